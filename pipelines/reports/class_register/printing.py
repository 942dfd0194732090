"""The printed register of a class and its summary sheet of attendance, as files (п. 2.3, 6.6)."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pipelines.reports.class_register.attendance import MISSED_TITLES, attendance_table, spans_of, totals_of
from pipelines.reports.class_register.gathering import class_sheets
from pipelines.reports.class_register.parts import PARTS, attendance_data
from pipelines.reports.class_register.sheets import ClassSheets
from pipelines.reports.class_register.spreads import laid_out, spreads_of
from pipelines.reports.document import Document, DocumentColumn, Kind, Section, table
from pipelines.reports.document_xlsx import document_xlsx
from pipelines.reports.typesetting import ARCHIVAL, typeset
from school.calendar import school_year_title
from school.numbers import counted, number_words, plural
from school.paper.records import PaperForm, PaperKind
from school.paper.request import PaperRequest
from school.paper.rules import PAPERS

LAYOUT = "class_register/register"
MOST_SHEETS = 999
SUMMARY = PAPERS[PaperKind.ATTENDANCE_SUMMARY].title
TITLE = PAPERS[PaperKind.CLASS_REGISTER].title


def class_register(request: PaperRequest) -> Mapping[PaperForm, bytes]:
    """Return the printed register of a class. Raises RuleRefused where there is nothing to print.

    Only what goes into an archive is tagged: tags make the file of hundreds of tables many times as large.
    """
    context = register_context(class_sheets(request))
    standard = ARCHIVAL if request.is_archival else None
    return {PaperForm.PDF: typeset(LAYOUT, context, standard=standard, is_tagged=request.is_archival)}


def attendance_summary(request: PaperRequest) -> Mapping[PaperForm, bytes]:
    """Return the summary sheet of attendance of a class. Raises RuleRefused where there is nothing to print."""
    sheets = class_sheets(request)
    standard = ARCHIVAL if request.is_archival else None
    context = {
        "title": f"{SUMMARY}, {sheets.class_name}, {school_year_title(sheets.school_year)}",
        "heading": SUMMARY,
        "school_name": sheets.school_name,
        "class_name": sheets.class_name,
        "year": school_year_title(sheets.school_year),
        "made": made_words(sheets),
        "table": attendance_data(sheets),
    }
    return {
        PaperForm.PDF: typeset("class_register/attendance_summary", context, standard=standard),
        PaperForm.XLSX: document_xlsx(attendance_document(sheets)),
    }


def attendance_document(sheets: ClassSheets) -> Document:
    """Return the summary sheet of attendance as a document with a table for each term and the year."""
    found = attendance_table(sheets.attendance, sheets.terms)
    columns = (
        DocumentColumn("№", 8, Kind.NUMBER),
        DocumentColumn("Фамилия, имя, отчество", 60),
        *(DocumentColumn(title, 28, Kind.NUMBER) for title in MISSED_TITLES),
    )
    nothing = [None] * len(MISSED_TITLES)
    tables = []
    for span, title in spans_of(sheets.terms).items():
        rows = [
            (
                place,
                each.name.full,
                *(missed.values if (missed := found.get(each.pupil_id, {}).get(span)) else nothing),
            )
            for place, each in enumerate(sheets.pupils, start=1)
        ]
        totals = [("", "Всего по классу", *totals_of(found, span).values)]
        tables.append(table(title, columns, rows, totals=totals))
    return Document(
        title=SUMMARY,
        school_name=sheets.school_name,
        about=f"{sheets.class_name} класс",
        span=f"{school_year_title(sheets.school_year)} учебный год",
        made_at=sheets.made_at,
        made_by=sheets.made_by,
        made_of=f"Из записей журнала: событие № {sheets.made_from}.",
        sections=(Section("", tables=tuple(tables)),),
        is_landscape=True,
    )


def register_context(sheets: ClassSheets) -> dict[str, Any]:
    """Return a register as its layout reads it."""
    today = sheets.made_at.date()
    subjects = [
        {"title": each.title, "teachers": each.teachers, "spreads": [*map(laid_out, spreads_of(each, today))]}
        for each in sheets.subjects
    ]
    printed = [each for each in subjects if each["spreads"]]
    parts = [asdict(part(sheets)) for part in PARTS]
    places = {id(each): place for place, each in enumerate(printed)}
    contents = [
        {"title": each["title"], "who": each["teachers"], "place": places.get(id(each))} for each in subjects
    ]
    contents += [
        {"title": each["title"], "who": "", "place": f"t{place}"} for place, each in enumerate(parts)
    ]
    years = PAPERS[PaperKind.CLASS_REGISTER].years_kept
    return {
        "title": f"{TITLE}, {sheets.class_name}, {school_year_title(sheets.school_year)}",
        "school_name": sheets.school_name,
        "class_name": sheets.class_name,
        "year": school_year_title(sheets.school_year),
        "homeroom": sheets.homeroom,
        "first_day": sheets.first_day,
        "last_day": sheets.last_day,
        "kept_words": counted(years, "год", "года", "лет"),
        "contents": contents,
        "rules": rules_of(sheets),
        "work_types": [
            [
                each.name,
                each.short_name,
                f"{each.weight:g}".replace(".", ","),
                "да" if each.is_written_control else "",
            ]
            for each in sheets.work_types
            if not each.is_retired
        ],
        "made": made_words(sheets),
        "subjects": printed,
        "parts": parts,
        "sheets": [sheets_words(count) for count in range(MOST_SHEETS)],
    }


def sheets_words(count: int) -> str:
    """«84 (восемьдесят четыре) листа»."""
    return f"{count} ({number_words(count)}) {plural(count, 'лист', 'листа', 'листов')}"


def rules_of(sheets: ClassSheets) -> list[str]:
    """Return how the register is to be read: signs, means, corrections."""
    return [
        "Журнал ведётся в электронном виде и печатается один раз в год, по окончании учебного года, не позднее 30 июня (п. 6.6).",
        "В клетке: отметки 2–5, несколько отметок урока — через «/»; н — отсутствовал, причина не выяснена; б — болезнь; "
        "у — уважительная причина; о — опоздал. «–» — ученика ещё не было в классе или подгруппе; «выб.» — выбыл, с датой и приказом.",
        "На левой странице — список и отметки, на правой — дата, тема урока и домашнее задание тех же уроков. Отметки за учебный "
        "период стоят после последнего урока периода.",
        "Отметка за период предлагается по средневзвешенному: сумма отметок, умноженных на вес вида работы, делённая на сумму "
        f"весов; округление — {sheets.rounding}. Отметку ставит учитель (п. 5.4).",
        "Исправления, сделанные после закрытия периода, указаны в сносках: прежнее и новое значение, день и основание. Полная "
        "история записей хранится в электронном журнале.",
    ]


def made_words(sheets: ClassSheets) -> list[str]:
    """Return by what, by whom, when and from which state of the data the register was printed."""
    return [
        f"Напечатано {sheets.made_at:%d.%m.%Y в %H:%M}, {sheets.made_by}. Программа: электронный журнал, версия {sheets.program}. "
        f"Состояние данных: запись № {sheets.made_from} журнала изменений."
    ]
