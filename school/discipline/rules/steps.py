"""What may be written down of a measure, and what follows what (п. 4.1; ТК, ст. 191–194)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from school.discipline.records import (
    Acquainted,
    Asked,
    Away,
    Change,
    Closed,
    Explained,
    Lifted,
    Measure,
    MeasureDraft,
    Ordered,
    Refused,
    Source,
    WorkCalendar,
)
from school.discipline.rules.clock import FREE, KIND_TITLES, SANCTIONS, explanation_until, order_until
from school.errors import RuleRefused

SHORTEST, LONGEST_WORDS, LONGEST_NUMBER, LONGEST_ORDER = 3, 2000, 20, 8000
SOURCE_TITLES: dict[Source, str] = {
    Source.WORDS: "своими словами",
    Source.FINDING: "замечание проверки",
    Source.REQUEST: "обращение классного руководителя",
}
# What may be recorded without a way through explanation and order.
FIRST_KINDS = ("", *FREE)


def check_measure(draft: MeasureDraft, today: date) -> MeasureDraft:
    """Return what is written down as it is kept; raises RuleRefused for missing words or days in the wrong order."""
    words = draft.found_words.strip()
    if len(words) < SHORTEST:
        raise RuleRefused("Не написано, что произошло.", next_step="Опишите, что найдено и где.")
    if len(words) > LONGEST_WORDS:
        raise RuleRefused(f"Больше {LONGEST_WORDS} знаков.", next_step="Сократите описание.")
    if draft.found_on > today:
        raise RuleRefused("День обнаружения ещё не наступил.", next_step="Исправьте день.")
    if draft.deed_on > draft.found_on:
        raise RuleRefused("Обнаружено раньше, чем произошло.", next_step="Проверьте оба дня.")
    if draft.kind not in FIRST_KINDS:
        raise RuleRefused(
            f"{KIND_TITLES[draft.kind].capitalize()} объявляют приказом, после объяснения (ст. 193 ТК).",
            next_step="Запишите без решения и запросите объяснение.",
        )
    return replace(draft, found_words=words)


def advance(measure: Measure, change: Change, work: WorkCalendar, today: date) -> Measure:
    """Return a measure after a change; raises RuleRefused where the Labour Code does not let it happen so."""
    if measure.closed_on is not None:
        raise RuleRefused("Запись закрыта без меры.", next_step="Заведите новую запись.")
    if not isinstance(change, Away) and change.on > today:
        raise RuleRefused("Этот день ещё не наступил.", next_step="Исправьте день.")
    step: Callable[[Measure, Any, WorkCalendar], Measure] = _STEPS[type(change)]
    return step(measure, change, work)


def _check_open(measure: Measure) -> None:
    if measure.ordered_on is not None or measure.kind in FREE:
        raise RuleRefused("Решение уже принято.", next_step="Обновите страницу.")


def _asked(measure: Measure, change: Asked, _work: WorkCalendar) -> Measure:
    _check_open(measure)
    if change.on < measure.found_on:
        raise RuleRefused("Объяснение запрошено раньше, чем обнаружено.", next_step="Исправьте день.")
    return replace(measure, asked_on=change.on)


def _check_asked(measure: Measure) -> date:
    _check_open(measure)
    if measure.asked_on is None:
        raise RuleRefused(
            "Объяснение ещё не запрошено (ст. 193 ч. 1 ТК).", next_step="Сначала запросите его."
        )
    return measure.asked_on


def _explained(measure: Measure, change: Explained, _work: WorkCalendar) -> Measure:
    if change.on < _check_asked(measure):
        raise RuleRefused("Объяснение дано раньше, чем запрошено.", next_step="Исправьте день.")
    words = change.words.strip()
    if not SHORTEST <= len(words) <= LONGEST_WORDS:
        raise RuleRefused(
            f"Объяснение: от {SHORTEST} до {LONGEST_WORDS} знаков.", next_step="Запишите его суть."
        )
    return replace(measure, explained_on=change.on, explanation=words, refused_on=None)


def _refused(measure: Measure, change: Refused, work: WorkCalendar) -> Measure:
    until = explanation_until(_check_asked(measure), work)
    if change.on <= until:
        raise RuleRefused(
            f"У работника есть время до {until:%d.%m.%Y} включительно (ст. 193 ч. 1 ТК).",
            next_step="Составьте акт после этого дня.",
        )
    return replace(measure, refused_on=change.on, explained_on=None, explanation="")


def _away(measure: Measure, change: Away, _work: WorkCalendar) -> Measure:
    if change.last < change.first:
        raise RuleRefused("Последний день раньше первого.", next_step="Проверьте дни.")
    if any(first <= change.last and change.first <= last for first, last in measure.away):
        raise RuleRefused("Эти дни уже записаны.", next_step="Укажите другие.")
    spans = sorted([*measure.away, (change.first, change.last)])
    firsts, lasts = zip(*spans, strict=True)
    return replace(measure, away_from=firsts, away_until=lasts)


def _ordered(measure: Measure, change: Ordered, work: WorkCalendar) -> Measure:
    _check_asked(measure)
    if change.kind not in SANCTIONS:
        raise RuleRefused("Вид взыскания не выбран.", next_step="Выберите вид или закройте без меры.")
    known = [day for day in (measure.explained_on, measure.refused_on) if day is not None]
    if not known:
        raise RuleRefused(
            "Нет ни объяснения, ни акта об отказе (ст. 193 ч. 1, 2 ТК).", next_step="Запишите одно из двух."
        )
    last = order_until(measure.deed_on, measure.found_on, measure.away)
    if change.on > last:
        raise RuleRefused(
            f"Срок приказа — {last:%d.%m.%Y}: месяц со дня обнаружения, полгода со дня проступка (ст. 193 ч. 3, 4 ТК).",
            next_step="Если работник болел или был в отпуске, запишите эти дни; иначе закройте без меры.",
        )
    if change.on < max(known):
        raise RuleRefused("Приказ раньше объяснения или акта.", next_step="Исправьте день.")
    number = " ".join(change.number.split())
    if not number or len(number) > LONGEST_NUMBER:
        raise RuleRefused("Номер приказа не указан.", next_step="Впишите номер.")
    if len(change.text) > LONGEST_ORDER:
        raise RuleRefused(f"Приказ длиннее {LONGEST_ORDER} знаков.", next_step="Сократите.")
    return replace(
        measure, kind=change.kind, order_number=number, ordered_on=change.on, order_text=change.text.strip()
    )


def _acquainted(measure: Measure, change: Acquainted, _work: WorkCalendar) -> Measure:
    if measure.ordered_on is None:
        raise RuleRefused("Приказа ещё нет.", next_step="Сначала запишите приказ.")
    if change.on < measure.ordered_on:
        raise RuleRefused("Ознакомлен раньше приказа.", next_step="Исправьте день.")
    return replace(
        measure,
        acquainted_on=None if change.is_refused else change.on,
        order_refused_on=change.on if change.is_refused else None,
    )


def _lifted(measure: Measure, change: Lifted, _work: WorkCalendar) -> Measure:
    if measure.ordered_on is None or measure.kind not in SANCTIONS or measure.lifted_on is not None:
        raise RuleRefused("Снимать нечего.", next_step="Обновите страницу.")
    if change.on < measure.ordered_on:
        raise RuleRefused("Снято раньше приказа.", next_step="Исправьте день.")
    return replace(measure, lifted_on=change.on)


def _closed(measure: Measure, change: Closed, _work: WorkCalendar) -> Measure:
    _check_open(measure)
    return replace(measure, closed_on=change.on)


_STEPS: dict[type, Callable[[Measure, Any, WorkCalendar], Measure]] = {
    Asked: _asked,
    Explained: _explained,
    Refused: _refused,
    Away: _away,
    Ordered: _ordered,
    Acquainted: _acquainted,
    Lifted: _lifted,
    Closed: _closed,
}


def is_open_to_employee(measure: Measure) -> bool:
    """Whether the employee sees a measure: once an explanation was asked for, or it was decided; a note of the head alone is not."""
    return measure.asked_on is not None or measure.kind in FREE
