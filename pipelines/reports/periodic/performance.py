"""«Сводный отчёт об успеваемости и качестве знаний»: the whole school for a term or a year (п. 7.2)."""

from collections.abc import Collection, Sequence
from typing import Any

import pandas as pd

from pipelines.figures.figures import standings_by
from pipelines.measures.movement import COUNTS as MOVED
from pipelines.measures.movement import pupil_movement
from pipelines.reports.document import Chart, Document, DocumentTable, Section
from pipelines.reports.periodic.columns import (
    QUALITY,
    STANDINGS,
    framed,
    number,
    place_of,
    table_of_groups,
    text,
    with_titles,
)
from pipelines.reports.periodic.near_misses import FAILED, near_misses, pupils_without_marks
from pipelines.reports.periodic.source import BASIS_WORDS, ReportSource, document_of_source
from school.analytics.lookups.tables import NO_SELECTION, Selection
from school.numbers import counted, is_known, number_text, percent_text
from school.reports.rules import STAGES

CLASSES = (
    text("title", "Класс", 30),
    number("pupils_at_start", "На начало", 12),
    number("pupils_arrived", "Прибыло", 12),
    number("pupils_left", "Выбыло", 12),
    number("pupils_at_end", "На конец", 12),
    *STANDINGS,
    number("not_marked", "Не аттестованы", 14),
    number("pupil_pass_rate", "Успевают, % учеников", 16, 1),
    number("pupil_quality_rate", "На «4» и «5», % учеников", 16, 1),
    number("attainment_index", "СОУ, %", 12, 1),
    number("mean_mark", "Средний балл", 14, 2),
)
RATES = ("pupil_quality_rate", "pupil_pass_rate")
COUNTED = (*MOVED, "not_marked")


def performance(source: ReportSource) -> Document:
    """Return the report of a period: classes by level of education, subjects, teachers, pupils one mark away."""
    classes = class_rows(source)
    school = total_row(source, classes, NO_SELECTION, "Всего по школе")
    sections = [
        Section(
            "Итоги по школе",
            (BASIS_WORDS[source.basis], summary(school)),
            (classes_table(source, classes, school),),
        ),
        Section(
            "Предметы", (), (quality_table(source, "subject_id", "Предмет", "Где выше качество знаний?"),)
        ),
        Section("Учителя", (), (quality_table(source, "teacher_id", "Учитель", ""),)),
        Section("Кому не хватило одной отметки и кто не успевает", (), tuple(pupil_tables(source))),
    ]
    return document_of_source(source, sections, is_landscape=True)


def class_rows(source: ReportSource) -> pd.DataFrame:
    """Return a row a class: movement, standings, pupils without a mark, quality; in the order of the school's lists."""
    by = ("class_id",)
    finished = standings_by(source.reader, source.basis, source.period, NO_SELECTION, by)
    measured = source.quality(NO_SELECTION, by, is_compared=False)
    moved = movement(source, source.classes, by)
    listed = pd.DataFrame({"class_id": source.classes})
    for part in (moved, finished, not_marked(source), measured):
        listed = listed.merge(part, on="class_id", how="left")
    counts = [*COUNTED, *(field.name for field in STANDINGS)]
    return with_titles(listed.fillna(dict.fromkeys(counts, 0)), "title", "class_id", source.class_name)


def movement(source: ReportSource, class_ids: Collection[int], by: Sequence[str] = ()) -> pd.DataFrame:
    """Return ``pipelines.measures.pupil_movement`` of classes in the period."""
    enrolments = source.scoped.enrolments({"class_id": class_ids})
    moved: pd.DataFrame = pupil_movement(
        enrolments, by, first_day=source.period.starts_on, last_day=source.last_day
    ).df()
    return moved


def not_marked(source: ReportSource) -> pd.DataFrame:
    """Return per class how many pupils lack a mark in some subject: class_id, not_marked."""
    lacking = pupils_without_marks(source, NO_SELECTION)
    pupils = lacking.drop_duplicates(["class_id", "pupil_id"])
    return pupils.groupby("class_id").size().rename("not_marked").reset_index()


def results_of(source: ReportSource, selection: Selection) -> pd.DataFrame:
    """Return one row for all pupils of a selection: standings, quality and its change to the previous period."""
    finished = standings_by(source.reader, source.basis, source.period, selection, ())
    measured = source.quality(selection, ())
    return pd.concat([finished, measured.reset_index(drop=True)], axis=1)


def total_row(source: ReportSource, classes: pd.DataFrame, selection: Selection, title: str) -> pd.DataFrame:
    """Return one row for several classes: their pupils moved, without moves among them (п. 4.6), and all of their marks."""
    moved = movement(source, [int(each) for each in classes["class_id"]])
    counts = {name: [moved[name].sum()] for name in MOVED} | {"not_marked": [classes["not_marked"].sum()]}
    return results_of(source, selection).assign(title=title, **counts)


def stage_totals(source: ReportSource, classes: pd.DataFrame) -> list[pd.DataFrame]:
    """Return a total for each level of education that has more than one class here; none where there is one level."""
    grades = {row.class_id: row.grade_level for row in source.choices.classes}
    level = classes["class_id"].map(grades)
    found = [(title, levels, classes[level.isin(levels)]) for title, levels in STAGES.items()]
    kept = [each for each in found if len(each[2])]
    if len(kept) < 2:
        return []
    return [
        total_row(source, part, {"grade_level": levels}, f"Итого {title}") for title, levels, part in kept
    ]


def classes_table(source: ReportSource, classes: pd.DataFrame, school: pd.DataFrame) -> DocumentTable:
    """Return the table of classes with totals."""
    return framed(
        "По классам",
        classes,
        CLASSES,
        totals=[*stage_totals(source, classes), school],
        note="Успевают и учатся на «4» и «5» — доля учеников с отметками; СОУ и средний балл — по всем отметкам. Переход из "
        "класса в класс — выбытие из одного и прибытие в другой; в итогах переходов внутри школы нет. Не аттестованы — ученики, у которых нет отметки хотя "
        "бы по одному предмету.",
        chart=Chart("В каких классах ниже качество?", 0, place_of(CLASSES, *RATES), highest=100.0),
    )


def summary(results: pd.DataFrame) -> str:
    """Return the totals of ``results_of`` in two sentences."""
    row = results.iloc[0]
    pupils = int(row["pupils_with_marks"]) if is_known(row["pupils_with_marks"]) else 0
    return (
        f"С отметками — {counted(pupils, 'ученик', 'ученика', 'учеников')}. Успеваемость "
        f"{percent_text(row['pupil_pass_rate'])}, качество знаний {percent_text(row['pupil_quality_rate'])} "
        f"учеников. Из всех отметок «4» и «5» — {percent_text(row['quality_rate'])}{_compared(row)}; СОУ "
        f"{percent_text(row['attainment_index'])}, средний балл {number_text(row['mean_mark'], 2)}."
    )


def _compared(row: "pd.Series[Any]") -> str:
    change: Any = row.get("quality_rate_change")
    if not is_known(change):
        return ""
    return f" (к прошлому периоду {'+' if change > 0 else ''}{number_text(change, 1)} п. п.)"


def quality_table(source: ReportSource, key: str, title: str, question: str) -> DocumentTable:
    """Return quality by subject or by teacher, the best first, with the change to the previous period."""
    return table_of_groups(
        source,
        source.quality(NO_SELECTION, (key,)),
        key,
        (text("title", title, 45), *QUALITY),
        "quality_rate",
        is_ascending=False,
        question=question,
        highest=100.0,
        empty="Отметок за этот период нет.",
    )


def pupil_tables(source: ReportSource) -> Sequence[DocumentTable]:
    """Return who has one «4», one «3», who fails, each with the subject and the teacher."""
    lines = near_misses(source, NO_SELECTION)
    titles = {"one_four": "С одной «4»", "one_three": "С одной «3»", FAILED: "Неуспевающие"}
    fields = (
        text("class_name", "Класс", 16),
        text("pupil", "Ученик", 60),
        text("subject", "Предмет", 55),
        text("teacher", "Учитель", 50),
    )
    return [framed(title, lines[lines["standing"] == standing], fields) for standing, title in titles.items()]
