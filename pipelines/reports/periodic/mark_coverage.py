"""«Отчёт о накопляемости отметок»: whether pupils have the marks of п. 5.2, by class, subject, teacher and register."""

import pandas as pd

from pipelines.figures.figures import coverage_by
from pipelines.reports.document import Document, DocumentTable, Section
from pipelines.reports.periodic.columns import COVERAGE, framed, register_fields, table_of_groups, text
from pipelines.reports.periodic.source import ReportSource, document_of_source
from school.analytics.lookups.tables import NO_SELECTION
from school.numbers import number_text, percent_text

RULE = (
    "Для аттестации за период нужно не менее трёх отметок при одном часе в неделю, не менее пяти при двух часах и более "
    "пяти, если часов больше (п. 5.2). Накопляемость — доля пар «ученик × предмет», у которых отметок хватает."
)
TITLES = {"class_id": "Класс", "subject_id": "Предмет", "teacher_id": "Учитель"}
# Before a period is over few have all its marks: what counts is who is off the pace.
JUDGED_BY = {True: ("pairs_covered", "mark_coverage"), False: ("pairs_on_pace", "coverage_on_pace")}
REGISTER = ("class_id", "subject_id", "teacher_id")
REGISTERS = (*register_fields(16, 42, 40), *COVERAGE)


def mark_coverage(source: ReportSource) -> Document:
    """Return the report of a term: the school, each class, subject and teacher, and registers that lack marks."""
    sections = [
        Section(
            "Классы",
            (RULE, summary(source)),
            (group_table(source, "class_id", "В каких классах отметок не хватает?"),),
        ),
        Section("Учителя", (), (group_table(source, "teacher_id", ""),)),
        Section("Предметы", (), (group_table(source, "subject_id", ""),)),
        Section("Журналы, где отметок хватает не всем", (), (registers_table(source),)),
    ]
    return document_of_source(source, sections)


def _covered(source: ReportSource, by: tuple[str, ...]) -> pd.DataFrame:
    rows = coverage_by(source.reader, source.period, NO_SELECTION, source.last_day, by)
    return rows[rows["class_id"].isin(source.classes)] if "class_id" in by else rows


def summary(source: ReportSource) -> str:
    """Return the school's mark coverage in a sentence."""
    row = _covered(source, ()).iloc[0]
    return (
        f"По школе отметок хватает у {percent_text(row['mark_coverage'])} пар «ученик × предмет» "
        f"({number_text(row['pairs_covered'])} из {number_text(row['pairs'])}), идут в темпе "
        f"{percent_text(row['coverage_on_pace'])}; нет ни одной отметки у "
        f"{number_text(row['pairs_without_marks'])}."
    )


def group_table(source: ReportSource, key: str, question: str) -> DocumentTable:
    """Return mark coverage by class in the order of the lists, by subject or teacher the lowest first."""
    _, share = JUDGED_BY[source.is_over]
    return table_of_groups(
        source,
        _covered(source, (key,)),
        key,
        (text("title", TITLES[key], 50), *COVERAGE),
        share,
        question=question,
        highest=100.0,
        empty="Отметки за этот период не ожидаются.",
    )


def registers_table(source: ReportSource) -> DocumentTable:
    """Return the registers where some pupil lacks marks (before the period is over: is off the pace), the lowest first."""
    rows = _covered(source, REGISTER)
    enough, share = JUDGED_BY[source.is_over]
    lacking = source.with_names(rows[rows[enough] < rows["pairs"]]).sort_values(
        [share, "class_name", "subject"]
    )
    return framed("", lacking, REGISTERS, empty="Таких журналов нет: отметок хватает всем.")
