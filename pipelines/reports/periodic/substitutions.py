"""«Отчёт о заменах уроков»: hours by substitute, the log with reasons and signatures (п. 4.2, 4.5, 6.3)."""

from collections import Counter

import pandas as pd

from pipelines.reports.document import Chart, Document, DocumentColumn, DocumentTable, Kind, Section, table
from pipelines.reports.periodic.columns import framed, number, place_of, text
from pipelines.reports.periodic.source import ReportSource, document_of_source
from school.numbers import counted, number_text
from school.records import SubstitutionKind
from school.substitutions.lookups import LogRow, MonthSheet, month_sheet
from school.substitutions.rules import KIND_TITLES

SUBSTITUTES = (
    text("name", "Кто заменял", 55),
    number("subject", "Замена по предмету, ч", 25),
    number("supervision", "Присмотр, ч", 22),
    number("joined", "Объединение, ч", 24),
    number("total", "Всего часов", 22),
    number("unsigned", "Не подписано", 24),
)
LOG = (
    DocumentColumn("Дата", 20, Kind.DAY),
    DocumentColumn("Урок", 11, Kind.NUMBER),
    DocumentColumn("Класс", 15),
    DocumentColumn("Предмет", 42),
    DocumentColumn("Кого заменяли", 38),
    DocumentColumn("Кто заменял", 38),
    DocumentColumn("Вид замены", 36),
    DocumentColumn("Причина", 34),
    DocumentColumn("Подпись", 28),
)


def substitutions(source: ReportSource) -> Document:
    """Return the report of a period: what was substituted, by whom, and every line of the log."""
    sheet = month_sheet(source.store, source.user, source.period.starts_on, source.last_day)
    sections = [
        Section("Итоги", (summary(sheet.lines),), (hours_table(sheet),)),
        Section(
            "Журнал замен",
            (),
            (table("", LOG, [log_cells(line) for line in sheet.lines], empty="Строк нет."),),
        ),
    ]
    rests_on = counted(
        len(sheet.lines), "строка журнала замен", "строки журнала замен", "строк журнала замен"
    )
    return document_of_source(source, sections, is_landscape=True, rests_on=rests_on)


def summary(lines: list[LogRow]) -> str:
    """Return how many lessons were substituted, as what, and how many lines nobody has signed."""
    kinds = Counter(line.kind for line in lines)
    parts = [f"{KIND_TITLES[kind]} — {number_text(kinds[kind])}" for kind in KIND_TITLES if kinds[kind]]
    unsigned = sum(_is_unsigned(line) for line in lines)
    if not lines:
        return "Замен за этот период нет."
    count = number_text(len(lines))
    return f"Изменено уроков — {count}: {'; '.join(parts)}. Не подписано строк журнала замен: {number_text(unsigned)}."


def _is_unsigned(line: LogRow) -> bool:
    return line.signed_at is None and line.kind is not SubstitutionKind.CANCELLED


def hours_table(sheet: MonthSheet) -> DocumentTable:
    """Return hours by substitute; one lesson is one hour."""
    rows = pd.DataFrame(
        [
            {
                "name": row.name,
                **{kind.value: row.hours.hours[kind] for kind in SubstitutionKind},
                "total": row.hours.total,
                "unsigned": row.hours.unsigned,
            }
            for row in sheet.rows
        ],
        columns=[field.name for field in SUBSTITUTES],
    )
    return framed(
        "Часы по учителям",
        rows,
        SUBSTITUTES,
        totals=[rows.sum(numeric_only=True).to_frame().T.assign(name="Всего")] if len(rows) else [],
        empty="Никто никого не заменял.",
        note="Один урок — один час; отменённые уроки не считаются никому.",
        chart=Chart("Кто дал больше всего замен, часов?", 0, place_of(SUBSTITUTES, "total")),
    )


def log_cells(line: LogRow) -> tuple[object, ...]:
    """Return a line of the log as the columns of LOG."""
    lesson = line.lesson
    subject = (
        f"{lesson.subject_name}, {lesson.subgroup_name}" if lesson.subgroup_name else lesson.subject_name
    )
    kind = f"{KIND_TITLES[line.kind]} с {line.joined_with}" if line.joined_with else KIND_TITLES[line.kind]
    signed = (
        f"{line.signed_at:%d.%m.%Y}" if line.signed_at else ("не подписано" if _is_unsigned(line) else "")
    )
    return (
        lesson.held_on,
        lesson.number,
        lesson.class_name,
        subject,
        line.regular_name,
        line.substitute_name,
        kind,
        line.reason,
        signed,
    )
