"""The diary as plain HTML: the templates and the words they use. Whatever people typed is escaped by the templates."""

import gzip
from collections.abc import Callable
from datetime import date, datetime, time
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pages.families.parts.diary_files import TEMPLATES, icon_address, script_address, style_address
from pages.ui.links import file_address
from pages.ui.typed_text import plain_number
from school.calendar import MONTHS, WEEKDAYS, WEEKDAYS_SHORT, term_title
from school.families.lookups.marks import DiarySubject
from school.families.rules import FEWEST_FOR_MEAN
from school.numbers import counted
from school.records import LETTER_OF_REASON, AbsenceReason, HomeworkState, Term
from school.register.rules.marks import mean_text

PLACES = {"": "Неделя", "/marks": "Отметки", "/absences": "Пропуски", "/remarks": "Замечания"}
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


def day_text(day: date) -> str:
    """Return «16 ноября»; of a moment its day."""
    return f"{day.day} {MONTHS[day.month - 1]}"


def moment_text(moment: datetime) -> str:
    """Return «16 ноября в 14:05»."""
    return f"{day_text(moment)} в {moment:%H:%M}"


def mean_words(subject: DiarySubject) -> str:
    """Return «4,25 · отметок 8», «мало отметок: 2 из 5 нужных» (п. 5.2), «отметок нет»."""
    count, minimum = subject.count, subject.minimum
    number = f"{count} из {minimum}" if minimum and count < minimum else str(count)
    if count < FEWEST_FOR_MEAN:
        return f"мало отметок: {number}" if count else f"отметок {number}"
    return f"{mean_text(subject.mean)} · отметок {number}"


def week_title(monday: date, last_day: date) -> str:
    """Return «16–21 ноября», «30 ноября – 5 декабря»."""
    if monday.month == last_day.month:
        return f"{monday.day}–{day_text(last_day)}"
    return f"{day_text(monday)} – {day_text(last_day)}"


def _short_term(term: Term) -> str:
    short = SHORT_TERMS.get(term.kind)
    return f"{term.number} {short}" if short else term_title(term.kind, term.number)


def _clock(moment: time) -> str:
    return f"{moment.hour}:{moment.minute:02}"


FILTERS: dict[str, Callable[..., Any]] = {
    "clock": _clock,
    "counted": counted,
    "day": day_text,
    "file_address": file_address,
    "mean_words": mean_words,
    "moment": moment_text,
    "number": plain_number,
    "short_day": lambda day: f"{day:%d.%m}",
    "short_term": _short_term,
    "term_title": lambda term: term_title(term.kind, term.number),
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
        "places": PLACES,
        "reasons": REASON_WORDS,
        "letters": LETTER_OF_REASON,
        "missed_words": MISSED_WORDS,
        "nothing_set": NOTHING_SET,
        # Pages that are about nobody's diary tell of no new devices.
        "notices": (),
    }
    return environment


def drawn(template: str, **words: Any) -> bytes:
    """Return a page by its template, packed with gzip: some 5 kB of 20."""
    return gzip.compress(
        _environment().get_template(template).render(**words).encode(), compresslevel=5, mtime=0
    )
