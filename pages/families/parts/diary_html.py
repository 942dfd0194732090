"""The diary as plain HTML: the templates and the words they use. Whatever people typed is escaped by the templates."""

import gzip
from collections.abc import Callable
from datetime import date, datetime, time
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pages.families.parts.diary_files import (
    TEMPLATES,
    icon_address,
    script_address,
    style_address,
    view_address,
)
from pages.ui.links import (
    announcement_file_address,
    file_address,
    material_address,
    message_file_address,
    occasion_file_address,
    paper_address,
    task_file_address,
)
from pages.ui.typed_text import plain_number
from school.announcements.rules import text_parts
from school.calendar import MONTHS, WEEKDAYS, WEEKDAYS_SHORT, term_title
from school.certificates.rules.issuing import KINDS as PAPER_KINDS
from school.excuses.rules import Absent, ExcuseState
from school.families.lookups.marks import DiarySubject
from school.families.lookups.subject import SubjectPage
from school.families.rules import FEWEST_FOR_MEAN
from school.guide.lookups import paragraphs_of
from school.numbers import counted
from school.occasions.rules import OccasionDraft
from school.records import LETTER_OF_REASON, AbsenceReason, HomeworkState, RemarkKind, Role, Term
from school.register.rules.cells import HIGHEST_MARK
from school.register.rules.marks import mean_text
from school.tasks.rules import TaskState
from school.term_marks.rules.year_needed import year_needed_text
from server.own_threads import entries

PLACES = {
    "": "Неделя",
    "/new": "Новое",
    "/marks": "Отметки",
    "/absences": "Пропуски",
    "/remarks": "От учителей",
    "/school": "Школа",
    "/messages": "Сообщения",
    "/find": "Найти",
}
# Of one's own child or oneself alone: staff who read a diary have their own.
OWN_PLACES = frozenset({"/messages", "/find"})
# What stands under «Школа»: links above its pages where there are several.
SCHOOL_PLACES = {
    "/school": "Объявления",
    "/events": "События",
    "/consultations": "Консультации",
    "/certificates": "Справки",
    "/documents": "Документы",
}
SHORT_TERMS = {"quarter": "четв.", "half": "полуг."}
NOTHING_SET = {HomeworkState.UNSET: "Пока не записано", HomeworkState.NONE: "Не задано"}
MISSED_WORDS = {
    AbsenceReason.ILLNESS: "по болезни",
    AbsenceReason.VALID: "по уважительной причине",
    AbsenceReason.UNKNOWN: "причина не выяснена",
}
REASON_WORDS = {reason: f"Пропуск: {words}" for reason, words in MISSED_WORDS.items()} | {
    AbsenceReason.LATE: "Опоздание"
}
ABSENCE_WORDS = {**MISSED_WORDS, AbsenceReason.LATE: "опоздание"}
# A sign beside the word: neither needs a colour.
REMARK_SIGNS = {RemarkKind.PRAISE: "★", RemarkKind.REMARK: "!", RemarkKind.RECOMMENDATION: "→"}
SUREST = 99
# For longer an entry mostly waits for the disk, and the interpreter for nobody.
LONGEST_WAIT = 0.01

EXCUSE_WORDS = {
    ExcuseState.WAITING: "ждёт ответа",
    ExcuseState.ACCEPTED: "принято",
    ExcuseState.DECLINED: "отклонено",
    ExcuseState.WITHDRAWN: "вы отозвали",
}

# What a family is asked to do about a task, or how it stands.
TASK_WORDS = {
    TaskState.GIVEN: "Ответить",
    TaskState.ANSWERED: "Ответ отправлен",
    TaskState.AGAIN: "Нужно доделать",
    TaskState.ACCEPTED: "Принято",
}


def day_text(day: date) -> str:
    """Return «16 ноября»; of a moment its day."""
    return f"{day.day} {MONTHS[day.month - 1]}"


def moment_text(moment: datetime) -> str:
    """Return «16 ноября в 14:05»."""
    return f"{day_text(moment)} в {moment:%H:%M}"


def days_text(absent: Absent) -> str:
    """Return «23–25 ноября, уроки 5, 6»: the days of an announced absence."""
    first, last = absent.starts_on, absent.ends_on
    days = day_text(first) if first == last else week_title(first, last)
    return days + (f", уроки {', '.join(map(str, absent.lesson_numbers))}" if absent.lesson_numbers else "")


def mean_words(subject: DiarySubject) -> str:
    """Return «4,25 · отметок 8», «мало отметок: 2 из 5 нужных» (п. 5.2), «отметок нет»."""
    count, minimum = subject.count, subject.minimum
    number = f"{count} из {minimum}" if minimum and count < minimum else str(count)
    if count < FEWEST_FOR_MEAN:
        return f"мало отметок: {number}" if count else f"отметок {number}"
    weight = sum(mark.weight for day in subject.days for mark in day.marks)
    weights = f", сумма весов {plain_number(weight)}" if weight and weight != count else ""
    return f"{mean_text(subject.mean)} · отметок {number}{weights}"


def mean_formula(subject: DiarySubject) -> str:
    """Return «(5 × 1 + 4 × 2) : (1 + 2) = 13 : 3 = 4,33»."""
    marks = [mark for day in subject.days for mark in day.marks]
    sums = [sum(mark.value * mark.weight for mark in marks), sum(mark.weight for mark in marks)]
    products = " + ".join(f"{mark.value} × {plain_number(mark.weight)}" for mark in marks)
    weights = " + ".join(plain_number(mark.weight) for mark in marks)
    total, weight = map(plain_number, sums)
    return f"({products}) : ({weights}) = {total} : {weight} = {mean_text(subject.mean)}"


def needed_words(found: SubjectPage) -> str:
    """Return which marks make the next mark come out, or how a 5 stays."""
    needed = found.needed
    if needed is None:
        return ""
    least = f"«{needed.target}» выходит от среднего балла {mean_text(needed.least_mean)}."
    if needed.spare is not None:
        if found.lessons_left == 0:
            return f"{least} Уроков в этом периоде больше нет."
        spare = counted(needed.spare, "отметку «4»", "отметки «4»", "отметок «4»")
        bears = f" Средний балл выдержит ещё {spare} подряд." if needed.spare else ""
        return f"{least} Она останется, если дальше будут «5».{bears}"
    left = counted(found.lessons_left, "урок", "урока", "уроков")
    if not needed.ways:
        return (
            f"{least} До конца периода — {left}: спросите учителя, какие работы ещё впереди и что они весят."
        )
    ways = " или ".join(counted(*way) for way in _ways(needed.ways))
    return f"{least} Достаточно: {ways} подряд (обычные отметки, вес 1). До конца периода — {left}."


def _ways(ways: tuple[tuple[int, int], ...]) -> list[tuple[int, str, str, str]]:
    return [
        (count, f"отметка «{value}»", f"отметки «{value}»", f"отметок «{value}»") for count, value in ways
    ]


def chance_words(found: SubjectPage) -> str:
    """Return how likely the wanted mark was by the school's forecast; no forecast is certain."""
    chance, needed = found.chance, found.needed
    if chance is None or needed is None:
        return ""
    percent = min(max(round(100 * chance.chance), 1), SUREST)
    mark = f"«{needed.target}»" if needed.target == HIGHEST_MARK else f"«{needed.target}» или выше"
    return f"Прогноз школы на {day_text(chance.as_of)}: вероятность {mark} — {percent} %."


def week_title(monday: date, last_day: date) -> str:
    """Return «16–21 ноября», «30 ноября – 5 декабря»."""
    if monday.month == last_day.month:
        return f"{monday.day}–{day_text(last_day)}"
    return f"{day_text(monday)} – {day_text(last_day)}"


def occasion_when(draft: OccasionDraft) -> str:
    """Return «27 ноября, пт, 10:00–12:00», «27–29 ноября», «27 ноября, 10:00 – 29 ноября, 18:00»: when an event is."""
    first, last, starts, ends = draft.when
    if first == last:
        hours = "–".join(_clock(each) for each in (starts, ends) if each)
        return ", ".join(filter(None, (day_text(first), WEEKDAYS_SHORT[first.weekday()], hours)))
    if starts is None:
        return week_title(first, last)
    ended = f", {_clock(ends)}" if ends else ""
    return f"{day_text(first)}, {_clock(starts)} – {day_text(last)}{ended}"


def _short_term(term: Term) -> str:
    short = SHORT_TERMS.get(term.kind)
    return f"{term.number} {short}" if short else term_title(term.kind, term.number)


def _clock(moment: time) -> str:
    return f"{moment.hour}:{moment.minute:02}"


FILTERS: dict[str, Callable[..., Any]] = {
    "announced_file": announcement_file_address,
    "clock": _clock,
    "counted": counted,
    "day": day_text,
    "days": days_text,
    "file_address": file_address,
    "material_address": material_address,
    "occasion_file_address": occasion_file_address,
    "occasion_when": occasion_when,
    "task_file_address": task_file_address,
    "chance_words": chance_words,
    "hour": lambda moment: f"{moment:%H:%M}",
    "mean_formula": mean_formula,
    "message_file_address": message_file_address,
    "paper_address": paper_address,
    "mean_words": mean_words,
    "needed_words": needed_words,
    "year_needed_words": year_needed_text,
    "moment": moment_text,
    "number": plain_number,
    "short_day": lambda day: f"{day:%d.%m}",
    "short_term": _short_term,
    "text_parts": text_parts,
    "term_title": lambda term: term_title(term.kind, term.number),
    "span": week_title,
    "short_weekday": lambda day: WEEKDAYS_SHORT[day.weekday()],
    "weekday": lambda day: WEEKDAYS[day.weekday()].capitalize(),
}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= FILTERS
    environment.globals |= {
        "style_address": style_address(),
        "icon_address": icon_address(),
        "script_address": script_address(),
        "view_address": view_address(),
        "places": PLACES,
        "own_places": OWN_PLACES,
        "school_places": SCHOOL_PLACES,
        "reasons": REASON_WORDS,
        "absence_words": ABSENCE_WORDS,
        "remark_signs": REMARK_SIGNS,
        "letters": LETTER_OF_REASON,
        "missed_words": MISSED_WORDS,
        "nothing_set": NOTHING_SET,
        "excuse_words": EXCUSE_WORDS,
        "task_words": TASK_WORDS,
        "paper_titles": {kind: rule.title for kind, rule in PAPER_KINDS.items()},
        # Pages that are about nobody's diary tell of no new devices.
        "notices": (),
        "letters_fail": False,
    }
    return environment


def compile_templates() -> None:
    """Compile all pages when the server starts: whoever opened the first would wait a quarter of a second, and others beside."""
    for name in _environment().list_templates(extensions=["html"]):
        _environment().get_template(name)


def drawn(template: str, **words: Any) -> bytes:
    """Return a page by its template, packed with gzip: some 5 kB of 20. An entry that is in hand goes first."""
    entries.go_first(LONGEST_WAIT)
    page = _environment().get_template(template).render(help_address=help_address(template), **words)
    return gzip.compress(page.encode(), compresslevel=5, mtime=0)


@cache
def help_address(template: str) -> str:
    """Return where the family's guide speaks of a page, by its template."""
    told = paragraphs_of({Role.GUARDIAN}, f"diary/{template.removesuffix('.html')}")
    return told[0].address if told else "/guide/family"
