"""The report of movement of a term or a year, and the help tables for the form ОО-1 on 20 September (п. 4.6)."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from pipelines.reports.document import Document, DocumentColumn, DocumentTable, Kind, Section, table
from school.people.lookups.school_counts import MovementReport, SchoolCounts
from school.people.records import MovementKind
from school.people.rules.movements import DEPARTURE_KINDS
from school.people.rules.school_counts import MovementCount, sum_of
from school.people.rules.sex import SEX_TITLES, Sex

SCHOOL = "Школа"
COUNTS = (
    DocumentColumn("Класс", 26),
    *(
        DocumentColumn(title, 16, Kind.NUMBER)
        for title in (
            "На начало",
            "Прибыло",
            "Из др. класса",
            "В др. класс",
            "Выбыло",
            *DEPARTURE_KINDS,
            "На конец",
        )
    ),
)
LINES = (
    DocumentColumn("Фамилия, имя, отчество", 56),
    DocumentColumn("Дата рождения", 22, Kind.DAY),
    DocumentColumn("Движение", 22),
    DocumentColumn("Класс", 14),
    DocumentColumn("Дата", 20, Kind.DAY),
    DocumentColumn("Приказ", 40),
    DocumentColumn("Откуда / куда", 48),
    DocumentColumn("Причина", 40),
)


def movement_document(
    report: MovementReport, title: str, school_name: str, made_by: str, now: datetime
) -> Document:
    """Return the report of movement: counts by class, grade level and school, then who came and left."""
    note = (
        f"Не сходится по записям о движении: {', '.join(report.unexplained)} — откройте карточки этих классов."
        if report.unexplained
        else ""
    )
    counts = table("", COUNTS, *_count_rows(report.classes), empty="Классов в этом году нет.", note=note)
    lines = [
        (
            each.name.full,
            each.born_on,
            each.title,
            each.to_class or each.from_class,
            each.happened_on,
            each.order_title or "нет",
            each.to_where if each.kind is MovementKind.DEPARTURE else each.from_where,
            each.reason,
        )
        for each in reversed(report.lines)
    ]
    return Document(
        title="Движение обучающихся",
        school_name=school_name,
        about=title,
        span=f"с {report.start:%d.%m.%Y} по {report.last:%d.%m.%Y}",
        made_at=now,
        made_by=made_by,
        made_of="Считаются дни в классах и записанные движения. Перевод из класса в класс в прибытие и выбытие школы не входит.",
        sections=(
            Section("По классам", tables=(counts,)),
            Section(
                "Прибыли и выбыли", tables=(table("", LINES, lines, empty="Никто не прибыл и не выбыл."),)
            ),
        ),
        signature="Директор",
        is_landscape=True,
    )


def _count_rows(classes: Sequence[MovementCount]) -> tuple[list[tuple[object, ...]]]:
    rows: list[tuple[object, ...]] = []
    for level, group in groupby(classes, key=lambda row: row.grade_level):
        own = list(group)
        rows += [_count_row(each) for each in own]
        if len(own) > 1 and level is not None:
            rows.append(_count_row(sum_of(own, f"{level}-е классы")))
    if classes:
        rows.append(_count_row(sum_of(classes, SCHOOL)))
    return (rows,)


def _count_row(row: MovementCount) -> tuple[object, ...]:
    left = (row.left.get(kind, 0) for kind in DEPARTURE_KINDS)
    return (
        row.name,
        row.at_start,
        row.arrived,
        row.moved_in,
        row.moved_out,
        row.left.total(),
        *left,
        row.at_end,
    )


def counts_document(counts: SchoolCounts, school_name: str, made_by: str, now: datetime) -> Document:
    """Return the help tables for the form ОО-1, each saying which lines it helps with; they are not the form."""
    told = (
        f"Пол школа в журнале не ведёт: он определён по отчеству у {counts.told_by_name} из {counts.of_all}"
    )
    unknown = counts.of_all - counts.told_by_name
    return Document(
        title="Помощь к форме ОО-1",
        school_name=school_name,
        about="Вспомогательные таблицы. Это не форма ОО-1: сверьте с указаниями к ней",
        span=f"на {counts.day:%d.%m.%Y}",
        made_at=now,
        made_by=made_by,
        made_of=f"{told}{f', у {unknown} не определён' if unknown else ''}. Второгодник — кто в прошлом году окончил ту же параллель.",
        sections=(
            Section(
                "Классы и обучающиеся",
                (
                    "Помогает заполнить строки о числе классов и обучающихся по параллелям, о девочках и об оставленных на повторное обучение.",
                ),
                (_grades(counts),),
            ),
            Section(
                "Возраст и пол",
                (
                    f"Помогает заполнить строки о распределении по возрасту и полу. Полных лет на {counts.ages_on:%d.%m.%Y}.",
                ),
                (_ages(counts),),
            ),
            Section(
                "Прибыли и выбыли по уровням",
                (
                    f"Помогает заполнить строки о выбывших по уровням образования. После {counts.former_day:%d.%m.%Y} по {counts.day:%d.%m.%Y}.",
                ),
                (_changes(counts),),
            ),
        ),
    )


def _grades(counts: SchoolCounts) -> DocumentTable:
    titles = ("Классов", "Обучающихся", "Из них девочек", "Из них второгодников")
    columns = (DocumentColumn("Параллель", 40), *(DocumentColumn(each, 30, Kind.NUMBER) for each in titles))
    rows: list[tuple[Any, ...]] = [
        (
            f"{each.grade_level}" if each.grade_level else "не указана",
            each.classes,
            each.pupils,
            each.girls,
            each.repeaters,
        )
        for each in counts.grades
    ]
    return table("Параллели", columns, rows, totals=_totals(rows))


def _ages(counts: SchoolCounts) -> DocumentTable:
    columns = (
        DocumentColumn("Полных лет", 40),
        *(DocumentColumn(SEX_TITLES[sex].capitalize(), 30, Kind.NUMBER) for sex in Sex),
        DocumentColumn("Всего", 30, Kind.NUMBER),
    )
    rows: list[tuple[Any, ...]] = [
        (
            "день рождения не указан" if age is None else str(age),
            *(of_age.get(sex, 0) for sex in Sex),
            of_age.total(),
        )
        for age, of_age in counts.ages.items()
    ]
    return table("Возраст", columns, rows, totals=_totals(rows))


def _totals(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [("Всего", *map(sum, zip(*(row[1:] for row in rows), strict=True)))] if rows else []


def _changes(counts: SchoolCounts) -> DocumentTable:
    columns = (
        DocumentColumn("Уровень образования", 50),
        *(DocumentColumn(each, 24, Kind.NUMBER) for each in ("Прибыло", "Выбыло", *DEPARTURE_KINDS)),
    )
    rows = [
        (each.level, each.arrived, each.left.total(), *(each.left.get(kind, 0) for kind in DEPARTURE_KINDS))
        for each in counts.changes
    ]
    return table("Уровни", columns, rows)
