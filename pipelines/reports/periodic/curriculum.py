"""«Отчёт о прохождении программ»: lessons held against the lesson plans (п. 4.2, 6.3)."""

import pandas as pd

from pipelines.figures.work import curriculum_by
from pipelines.reports.document import Document, DocumentTable, Section
from pipelines.reports.periodic.columns import (
    CURRICULUM,
    framed,
    number,
    register_fields,
    table_of_groups,
    text,
)
from pipelines.reports.periodic.source import ReportSource, document_of_source
from school.analytics.lookups.tables import NO_SELECTION
from school.numbers import counted, number_text

NOTE = (
    "Дано — уроки с начала года по конец периода, занявшие часы КТП. Отставание — сколько часов плана к этому дню должно "
    "было быть дано, но не дано: уроки отменены или прошли не по плану."
)
STATES = (
    number("registers_with_plan", "Журналов с КТП", 17),
    number("registers_without_plan", "Без КТП", 14),
    number("registers_behind", "Отстают", 14),
)
REGISTER = ("class_id", "subject_id", "teacher_id")
UNPLANNED = register_fields(16, 40, 38)
REGISTERS = (*UNPLANNED, *CURRICULUM)


def curriculum(source: ReportSource) -> Document:
    """Return the report of a period: classes, teachers, registers behind, registers without a lesson plan."""
    registers = _measured(source, REGISTER)
    question = "На сколько часов отстают классы?"
    sections = [
        Section("Классы", (summary(_measured(source, ())),), (group_table(source, "class_id", question),)),
        Section("Учителя", (), (group_table(source, "teacher_id", ""),)),
        Section("Журналы с отставанием", (), (behind_table(source, registers),)),
        Section("Журналы без КТП", (), (unplanned_table(source, registers),)),
    ]
    return document_of_source(source, sections, is_landscape=True)


def _measured(source: ReportSource, by: tuple[str, ...]) -> pd.DataFrame:
    return curriculum_by(source.reader, source.period, NO_SELECTION, source.last_day, by)


def summary(school: pd.DataFrame) -> str:
    """Return the school's curriculum coverage in a sentence."""
    row = school.iloc[0]
    behind = counted(int(row["registers_behind"]), "журнале", "журналах", "журналах")
    return (
        f"По КТП дано {number_text(row['hours_held'])} из {number_text(row['hours_due'])} часов, которые должны быть даны; "
        f"отставание — {number_text(row['hours_behind'])}, в {behind}. Без КТП — {number_text(row['registers_without_plan'])}."
    )


def group_table(source: ReportSource, key: str, question: str) -> DocumentTable:
    """Return curriculum coverage by class in the order of the lists, or by teacher with the most behind first."""
    fields = (text("title", "Класс" if key == "class_id" else "Учитель", 45), *STATES, *CURRICULUM)
    return table_of_groups(
        source,
        _measured(source, (key,)),
        key,
        fields,
        "hours_behind",
        is_ascending=False,
        question=question,
        empty="Журналов за этот период нет.",
        note=NOTE,
    )


def behind_table(source: ReportSource, registers: pd.DataFrame) -> DocumentTable:
    """Return the registers that are behind, the furthest first."""
    behind = registers[registers["hours_behind"] > 0]
    rows = source.with_names(behind).sort_values(["hours_behind", "class_name"], ascending=[False, True])
    return framed("", rows, REGISTERS, empty="Отставания нет ни в одном журнале с КТП.")


def unplanned_table(source: ReportSource, registers: pd.DataFrame) -> DocumentTable:
    """Return the registers that have no lesson plan."""
    rows = source.with_names(registers[registers["registers_without_plan"] > 0])
    return framed(
        "",
        rows.sort_values(["teacher", "class_name", "subject"]),
        UNPLANNED,
        empty="КТП есть во всех журналах.",
    )
