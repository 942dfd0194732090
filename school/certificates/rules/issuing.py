"""What may be issued by number, cancelled, asked for and declined (п. 4.6)."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from school.certificates.records import PaperKind, PaperOrder, RequestState
from school.errors import RuleRefused

LONGEST_LINE, LONGEST_BODY, LONGEST_NOTE, LONGEST_REASON = 200, 6000, 300, 200
LONGEST_LETTERHEAD = 400
SHORTEST = 3
MOST_WAITING = 3
HIGHEST_FIRST_NUMBER = 9999


@dataclass(frozen=True)
class KindRule:
    """A kind of paper in words; ``numbering`` names its register, ``needs_class``: only of who studies on the day."""

    title: str
    numbering: str
    needs_pupil: bool = True
    needs_class: bool = False
    needs_basis: bool = False
    may_be_asked: bool = False


KINDS: dict[PaperKind, KindRule] = {
    PaperKind.STUDY: KindRule(
        "Справка об обучении", "справки об обучении", needs_class=True, may_be_asked=True
    ),
    PaperKind.PERIOD: KindRule("Справка о периоде обучения", "справки о периоде обучения", may_be_asked=True),
    PaperKind.EXTRACT: KindRule("Выписка текущих отметок", "выписки текущих отметок", needs_basis=True),
    PaperKind.LETTER: KindRule("Исходящее письмо", "исходящие письма", needs_pupil=False),
}
ASKED_KINDS = tuple(kind for kind, rule in KINDS.items() if rule.may_be_asked)
STATE_TITLES: dict[RequestState, str] = {
    RequestState.ASKED: "заказана",
    RequestState.READY: "готова",
    RequestState.DECLINED: "отказано",
}


def check_order(order: PaperOrder, *, is_known: bool, is_in_class: bool, today: date) -> PaperOrder:
    """Return an order with its lines tidied; raises RuleRefused (п. 4.6; приказ 240 for the ground of an extract)."""
    rule = KINDS[order.kind]
    if rule.needs_pupil and not is_known:
        raise RuleRefused("Ученик не выбран.", next_step="Найдите его по фамилии.")
    if rule.needs_class and not is_in_class:
        raise RuleRefused(
            "Ученик сейчас не числится ни в каком классе.",
            "Эта справка говорит, что он учится в школе сегодня.",
            "Выдайте справку о периоде обучения.",
        )
    if rule.needs_basis and not order.basis.strip():
        raise RuleRefused(
            "Основание не указано.",
            "Выписку выдают по приказу об отчислении или по заявлению (приказ 240).",
            "Напишите номер и дату приказа.",
        )
    if order.kind is PaperKind.EXTRACT:
        _check_days(order, today)
    if order.kind is PaperKind.LETTER:
        _check_letter(order)
    return replace(
        order,
        to_whom=_line(order.to_whom),
        basis=_line(order.basis),
        about=_line(order.about),
        body=order.body.strip(),
    )


def _check_days(order: PaperOrder, today: date) -> None:
    if order.first is None or order.last is None or order.first > order.last:
        raise RuleRefused(
            "Дни выписки не подходят.", next_step="Первый день должен быть не позже последнего."
        )
    if order.first > today:
        raise RuleRefused("Этих дней ещё не было.", next_step="Выберите первый день не позже сегодняшнего.")


def _check_letter(order: PaperOrder) -> None:
    missing = {"адресат": order.to_whom, "о чём письмо": order.about, "текст": order.body}
    if empty := [title for title, text in missing.items() if len(text.strip()) < SHORTEST]:
        raise RuleRefused(f"Не заполнено: {', '.join(empty)}.", next_step="Допишите и зарегистрируйте снова.")
    if len(order.body) > LONGEST_BODY:
        raise RuleRefused(f"Текст письма — до {LONGEST_BODY} знаков.", next_step="Сократите его.")


def _line(text: str) -> str:
    known = " ".join(text.split())
    if len(known) > LONGEST_LINE:
        raise RuleRefused(
            f"В строке помещается {LONGEST_LINE} знаков.", f"Сейчас {len(known)}.", "Сократите."
        )
    return known


def next_number(last: int | None, first_number: int | None) -> int:
    """Return the number after the last of a kind and year: numbers go in order and are never given again.

    ``first_number`` begins a year in which none was given yet, after those of a paper book. Raises RuleRefused.
    """
    if last is not None:
        return last + 1
    if first_number is None:
        return 1
    if not 1 <= first_number <= HIGHEST_FIRST_NUMBER:
        raise RuleRefused(
            "Первый номер не подходит.", next_step=f"Укажите число от 1 до {HIGHEST_FIRST_NUMBER}."
        )
    return first_number


def check_cancel(cancelled_at: datetime | None, reason: str) -> str:
    """Return why a paper is cancelled; raises RuleRefused where it was already, or nobody says why."""
    if cancelled_at is not None:
        raise RuleRefused("Документ уже аннулирован.", next_step="Обновите страницу.")
    return _reason(
        reason, "Причина не указана.", "Напишите, почему документ аннулируется: номер останется в книге."
    )


def check_decline(answer: str) -> str:
    """Return the word to the family; raises RuleRefused where there is none."""
    return _reason(answer, "Причина отказа не указана.", "Семья увидит её в дневнике: напишите.")


def _reason(text: str, what: str, next_step: str) -> str:
    known = " ".join(text.split())
    if len(known) < SHORTEST:
        raise RuleRefused(what, next_step=next_step)
    if len(known) > LONGEST_REASON:
        raise RuleRefused(f"Причина — до {LONGEST_REASON} знаков.", next_step="Сократите её.")
    return known


def check_request(
    kind: PaperKind, to_whom: str, note: str, waiting: Collection[PaperKind]
) -> tuple[str, str]:
    """Return where a certificate is to be shown and the note of who asks for it; raises RuleRefused (п. 3.6).

    ``waiting`` are the kinds asked for that nobody has answered yet.
    """
    if not KINDS[kind].may_be_asked:
        raise RuleRefused(
            "Этот документ из дневника не заказывают.", next_step="Обратитесь в канцелярию школы."
        )
    if len(waiting) >= MOST_WAITING:
        raise RuleRefused(
            f"Уже заказано справок: {len(waiting)}.", next_step="Дождитесь, пока школа их подготовит."
        )
    if len(note.strip()) > LONGEST_NOTE:
        raise RuleRefused(f"Пояснение — до {LONGEST_NOTE} знаков.", next_step="Сократите его.")
    return _line(to_whom), note.strip()


def check_waits(state: RequestState) -> None:
    """Raise RuleRefused for a request that was answered already."""
    if state is not RequestState.ASKED:
        raise RuleRefused("На этот заказ уже ответили.", next_step="Обновите страницу.")


def check_letterhead(text: str) -> str:
    """Return the lines that stand under the school's name on its papers; raises RuleRefused for too many."""
    known = "\n".join(line for line in (" ".join(each.split()) for each in text.splitlines()) if line)
    if len(known) > LONGEST_LETTERHEAD:
        raise RuleRefused(f"Реквизиты — до {LONGEST_LETTERHEAD} знаков.", next_step="Сократите их.")
    return known
