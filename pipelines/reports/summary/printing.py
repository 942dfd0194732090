"""The summary sheets as PDF: of a class in leaves side by side, of a pupil a page (п. 6.6)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pipelines.reports.summary.asked import asked_year
from pipelines.reports.summary.sheet import (
    decision_words,
    mark_text,
    sheet_context,
    summary_sheet,
    term_columns,
)
from pipelines.reports.summary.workbook import class_sheet_xlsx
from pipelines.reports.typesetting import ARCHIVAL, typeset
from school.calendar import school_year_title
from school.councils.records import ClassYear, PupilYear
from school.councils.rules import SheetColumn, SheetLook
from school.paper.records import PaperForm
from school.paper.request import PaperRequest

# What the margins leave of a page's width in millimetres, by whether it is A3.
TEXT_WIDTH_MM = {False: 269.0, True: 392.0}


def marks_summary(request: PaperRequest) -> Mapping[PaperForm, bytes]:
    """Return the summary sheet of a class, split where the subjects do not fit. Raises RuleRefused where there is nothing to print."""
    year, look = asked_year(request)
    return {PaperForm.PDF: class_sheet_pdf(request, year, look), PaperForm.XLSX: class_sheet_xlsx(year, look)}


def pupil_summaries(request: PaperRequest) -> Mapping[PaperForm, bytes]:
    """Return the year of each pupil of a class on a page of its own. Raises RuleRefused where there is nothing to print."""
    return {PaperForm.PDF: pupil_sheets_pdf(request, *asked_year(request))}


def _set(layout: str, context: Any, request: PaperRequest) -> bytes:
    return typeset(f"summary/{layout}", context, standard=ARCHIVAL if request.is_archival else None)


def class_sheet_pdf(request: PaperRequest, year: ClassYear, look: SheetLook) -> bytes:
    """Return the summary sheet of a class as PDF, A4 or A3 across."""
    context = {
        **head_of(year, request.now),
        "paper": "a3" if look.is_a3 else "a4",
        "sheet": sheet_context(summary_sheet(year, look), TEXT_WIDTH_MM[look.is_a3]),
    }
    return _set("of_class", context, request)


def head_of(year: ClassYear, now: datetime) -> dict[str, Any]:
    """Return what stands above and below every summary sheet."""
    return {
        "title": "Сводная ведомость учёта успеваемости",
        "school_name": year.school_name,
        "class_name": year.name,
        "year": school_year_title(year.school_year),
        "homeroom": year.homeroom,
        "made": f"Составлено {now:%d.%m.%Y в %H:%M} по данным электронного журнала",
    }


def pupil_sheets_pdf(request: PaperRequest, year: ClassYear, look: SheetLook) -> bytes:
    """Return the year of each pupil as PDF, a row a subject, for the personal file."""
    context = {
        **head_of(year, request.now),
        "title": "Итоги учебного года",
        "columns": [column.title for column in term_columns(year)] if look.has(SheetColumn.TERMS) else [],
        "has_exam": look.has(SheetColumn.EXAM) and bool(year.exams),
        "pupils": [_pupil(year, pupil, look) for pupil in year.pupils],
    }
    return _set("of_pupils", context, request)


def _pupil(year: ClassYear, pupil: PupilYear, look: SheetLook) -> dict[str, Any]:
    has_terms, has_exam = look.has(SheetColumn.TERMS), look.has(SheetColumn.EXAM) and bool(year.exams)
    held = {subject: pupil.subjects[subject] for subject in year.subjects if subject in pupil.subjects}
    return {
        "name": pupil.name.full,
        "file_number": pupil.file_number if look.has(SheetColumn.FILE_NUMBER) else "",
        "rows": [
            [
                year.subjects[subject],
                *(mark_text(mark) for mark in (each.terms if has_terms else ())),
                mark_text(each.year),
                *([mark_text(each.exam)] if has_exam else []),
                mark_text(each.final),
                each.reason,
            ]
            for subject, each in held.items()
        ],
        "missed": f"{pupil.missed.lessons}, из них по болезни {pupil.missed.ill}"
        if look.has(SheetColumn.ABSENCES)
        else "",
        "decision": decision_words(year, pupil),
        "movement": pupil.movement,
    }
