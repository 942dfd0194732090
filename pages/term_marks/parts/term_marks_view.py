"""A register's term marks as the data of the grid component (п. 5.4)."""

from collections.abc import Mapping
from typing import Any

from school.calendar import school_year_title, term_title
from school.records import YEAR, RegisterKey, Term, TermPlace, User
from school.register.rules.cells import LOOK_ALIKES
from school.register.rules.marks import mean_text
from school.term_marks.lookups.term_marks import TermMarksPage
from school.term_marks.rules.term_marks import (
    GROUND_TEXTS,
    TermBasis,
    is_unexplained,
    telling_mean_text,
    weaknesses,
)

SAVE_ADDRESS, HISTORY_ADDRESS = "/api/term-marks/cells", "/api/term-marks/history"
NOT_LISTED = "Ученик не числился в классе в этом периоде"
LEFT = "Ученик перешёл в другой класс: отметку за период ставят там"
FORMER_SCHOOL = "прежней школы"
YEAR_TITLE, YEAR_MEAN = "Год", "Среднее отметок за периоды; год округляется с половины"
SHORT_WORDS = {"quarter": "четв.", "half": "полуг."}
REASONS = ["мало уроков", "долго болел(а)", "решает итоговая работа", "ошибка при вводе"]
COLUMNS = {
    "mean": ("Средний", "Средневзвешенный балл и число отметок: есть / нужно (п. 5.2)", 112),
    "control": ("Контр.", "Отметок за письменные контрольные работы (п. 5.2)", 52),
    "proposed": ("По правилу", "Отметка, которая выходит по округлению школы", 66),
    "forecast": ("Прогноз", "Вероятная отметка за период или год. Прогноз — не отметка", 78),
}


def column_id(key: RegisterKey, term_id: int) -> str:
    """Return the id of a term's column in a register's grid."""
    return f"{key.class_id}.{key.subject_id}.{key.subgroup_id or 0}.{term_id}"


def period_part(term: Term) -> str:
    """Return a term as an address says it, «term=5», «term=year»."""
    return f"term={'year' if term.term_id == YEAR else term.term_id}"


def period_title(term: Term) -> str:
    """Return «2-я четверть», «Год»."""
    return YEAR_TITLE if term.term_id == YEAR else term_title(term.kind, term.number)


def term_marks_grid(
    page: TermMarksPage, user: User, forecast: Mapping[int, tuple[str, str]] | None, *, version: int
) -> dict[str, Any]:
    """Return what the grid component takes; ``forecast``: pupil id → its words and the explanation, None: not shown."""
    key, chosen = page.register.key, page.chosen
    columns = ["mean", "proposed"] if chosen.term_id == YEAR else ["mean", "control", "proposed"]
    if forecast is not None:
        columns.append("forecast")
    return {
        "user_id": str(user.user_id),
        "label": "Отметки за учебный период",
        "read_only": all(page.why_not.values()),
        "save_url": SAVE_ADDRESS,
        "history_url": HISTORY_ADDRESS,
        "today": page.now.date().isoformat(),
        "selected_lesson": column_id(key, chosen.term_id),
        "pupils": [
            {"id": str(pupil), "name": name.short, "info": _info(page, pupil, forecast)}
            for pupil, name in page.pupils
        ],
        "lessons": [_column(page, term) for term in page.terms],
        "cells": _cells(page),
        "blocked": {
            f"{column_id(key, term.term_id)}:{pupil}": given_elsewhere(page, term.term_id, pupil)
            or (LEFT if page.has_left(term.term_id, pupil) else NOT_LISTED)
            for term in page.terms
            for pupil, _ in page.pupils
            if not page.is_listed(term.term_id, pupil)
        },
        "term_marks": None,
        "look_alikes": LOOK_ALIKES,
        "is_wide": True,
        "single_mark": True,
        "attendance_is_fixed": True,
        "info_title": period_title(chosen),
        "info": [
            dict(zip(("id", "title", "hint", "px"), (name, *COLUMNS[name]), strict=True)) for name in columns
        ],
        "fills": {
            f"{column_id(key, term_id)}:{pupil}": str(mark)
            for (term_id, pupil), mark in page.fillable.items()
        },
        "fill_title": "Принять предложенные",
        "reason_is_told": True,
        "reasons": REASONS,
        "version": version,
    }


def _info(
    page: TermMarksPage, pupil: int, forecast: Mapping[int, tuple[str, str]] | None
) -> dict[str, dict[str, str]]:
    basis = page.basis(page.chosen.term_id, pupil)
    words, why = (forecast or {}).get(pupil, ("", ""))
    return {
        "mean": {"text": mean_text(basis.mean), "title": YEAR_MEAN}
        if page.chosen.term_id == YEAR
        else _term_mean(page, pupil, basis),
        "control": {
            "text": str(basis.control_count) if basis.control_count else "нет",
            "title": "Нет отметок за письменные контрольные работы (п. 5.2)"
            if basis.has_no_control_works
            else "",
            "kind": "warn" if basis.has_no_control_works else "",
        },
        "proposed": {"text": "—" if basis.proposed is None else str(basis.proposed)},
        "forecast": {"text": words, "title": why, "kind": "guess"},
    }


def _term_mean(page: TermMarksPage, pupil: int, basis: TermBasis) -> dict[str, str]:
    needed = f"/{basis.minimum}" if basis.minimum is not None else ""
    is_short = basis.has_too_few and not page.has_left(page.chosen.term_id, pupil)
    shortage = f"Отметок {basis.count}, нужно не менее {basis.minimum} (п. 5.2)" if is_short else ""
    return {
        "text": telling_mean_text(basis.mean, page.rounding),
        "side": f"{basis.count}{needed}",
        "title": "; ".join(filter(None, (shortage, brought_text(page, pupil)))),
        "kind": "short" if is_short else "",
    }


def brought_text(page: TermMarksPage, pupil: int) -> str:
    """Return what of a basis others gave: «из 7А: 5 5 5 4», of the year «из прежней школы: 1-я четверть 4»; else nothing."""
    if page.chosen.term_id != YEAR:
        brought = page.brought.get((page.chosen.term_id, pupil), ())
        return "; ".join(f"из {each.class_name}: {' '.join(map(str, each.values))}" for each in brought)
    by_place: dict[str, list[str]] = {}
    for mark in page.marks_elsewhere(pupil):
        words = f"{term_title(mark.term.kind, mark.term.number)} {mark.value}"
        by_place.setdefault(mark.class_name or FORMER_SCHOOL, []).append(words)
    return "; ".join(f"из {place}: {', '.join(words)}" for place, words in by_place.items())


def given_elsewhere(page: TermMarksPage, term_id: int, pupil: int) -> str:
    """Say who gave a pupil's mark for a term in which they were not here; an empty string where nobody did."""
    marks = [mark for mark in page.marks_elsewhere(pupil) if mark.term.term_id == term_id]
    return f"Отметка из {marks[-1].class_name or FORMER_SCHOOL}" if marks else ""


def _cells(page: TermMarksPage) -> dict[str, dict[str, Any]]:
    """Return what stands in the cells: the register's own marks, and where the pupil was elsewhere the mark given there."""
    others = {
        f"{column_id(page.register.key, mark.term.term_id)}:{pupil}": {
            "text": str(mark.value),
            "late": False,
            "title": given_elsewhere(page, mark.term.term_id, pupil),
        }
        for pupil, _ in page.pupils
        for mark in page.marks_elsewhere(pupil)
        if not page.is_listed(mark.term.term_id, pupil)
    }
    return others | dict(_cell(page, place) for place, held in page.held.items() if held.value is not None)


def _column(page: TermMarksPage, term: Term) -> dict[str, Any]:
    why_not = page.why_not[term.term_id]
    is_year = term.term_id == YEAR
    return {
        "id": column_id(page.register.key, term.term_id),
        "name": period_title(term),
        "part": period_part(term),
        "date": min(page.terms[0].starts_on, page.now.date()).isoformat(),
        "day": "Год" if is_year else str(term.number),
        "month": school_year_title(term.school_year),
        "weekday": "" if is_year else SHORT_WORDS.get(term.kind, ""),
        "number": "",
        "work_type": _state_words(page, term),
        "work_type_title": "",
        "topic": "",
        "editable": not why_not,
        "why_not": why_not,
        "attendance_taken": False,
        "is_written_control": False,
    }


def _state_words(page: TermMarksPage, term: Term) -> str:
    if term.is_closed:
        return "исправление" if not page.why_not[term.term_id] else "закрыт"
    if term.starts_on > page.now.date():
        return "впереди"
    return "идёт" if term.ends_on >= page.now.date() else "не закрыт"


def _cell(page: TermMarksPage, place: TermPlace) -> tuple[str, dict[str, Any]]:
    term_id, pupil = place
    held, basis = page.state(*place), page.basis(*place)
    lacks_reason = is_unexplained(held, basis)
    reason = f"Причина: {held.reason}" if held.reason else ""
    missing = (
        " ".join(GROUND_TEXTS[ground] for ground in weaknesses(held.value, basis)) if lacks_reason else ""
    )
    cell = {
        "text": str(held.value),
        "late": lacks_reason,
        "title": f"{missing} Причина не записана." if lacks_reason else reason,
    }
    return f"{column_id(page.register.key, term_id)}:{pupil}", cell
