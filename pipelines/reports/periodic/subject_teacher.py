"""«Отчёт учителя-предметника»: a teacher's classes and subjects for a term or a year (п. 2.6, 4.5)."""

import pandas as pd

from pipelines.figures.figures import coverage_by, rows_of_standings
from pipelines.figures.work import curriculum_by, filling_by
from pipelines.reports.document import Chart, Document, DocumentTable, Section
from pipelines.reports.periodic.columns import CURRICULUM, FILLING, QUALITY, framed, place_of, text
from pipelines.reports.periodic.near_misses import pupils_without_marks, with_names
from pipelines.reports.periodic.source import BASIS_WORDS, ReportSource, document_of_source
from school.analytics.lookups.tables import Selection
from school.register.rules.cells import LOWEST_MARK

REGISTER = ("class_id", "subject_id")
TITLE = text("title", "Класс и предмет", 42)
RESULTS = (TITLE, *QUALITY)
PROGRAMMES = (TITLE, *CURRICULUM)
KEEPING = (TITLE, *FILLING)
WEAK_TITLE = {True: "Не успевают и не аттестованы", False: "Не успевают и пока без отметок"}
WEAK = (
    text("class_name", "Класс", 20),
    text("pupil", "Ученик", 70),
    text("subject", "Предмет", 55),
    text("mark", "Отметка", 30),
)


def subject_teacher(source: ReportSource) -> Document:
    """Return the report about one teacher: results, who fails or has no mark, the programme, how registers are kept."""
    teacher_id = source.order.about_id
    assert teacher_id is not None
    selection = source.selection
    sections = [
        Section(
            "Успеваемость и качество знаний",
            (BASIS_WORDS[source.basis],),
            (results_table(source, selection),),
        ),
        Section(WEAK_TITLE[source.is_over], (), (weak_table(source, selection),)),
        Section("Прохождение программы", (), (programme_table(source, selection),)),
        Section("Ведение журнала", (), (keeping_table(source, selection),)),
    ]
    name = source.teacher_name(teacher_id)
    return document_of_source(source, sections, about=name, signature="Учитель")


def _registers(source: ReportSource, rows: pd.DataFrame) -> pd.DataFrame:
    """Add the names of class and subject as ``title``; in the order of the school's lists, without ungraded classes."""
    kept = rows[rows["class_id"].isin(source.classes)]
    keys = list(zip(kept["class_id"], kept["subject_id"], strict=True))
    named = kept.assign(
        title=[f"{source.class_name(class_id)} {source.subject_name(subject)}" for class_id, subject in keys],
        place=[source.class_places[class_id] for class_id, _ in keys],
    )
    return named.sort_values(["place", "title"], ignore_index=True)


def results_table(source: ReportSource, selection: Selection) -> DocumentTable:
    """Return quality by class and subject with the teacher's own total."""
    rows, together = _registers(source, source.quality(selection, REGISTER)), source.quality(selection, ())
    return framed(
        "",
        rows,
        RESULTS,
        totals=[together.assign(title="Всего")] if len(rows) > 1 else [],
        empty="Отметок за этот период нет.",
        note="Изменение — к предыдущему периоду, где класс у того же учителя имел отметки.",
        chart=Chart("Где качество знаний выше?", 0, place_of(RESULTS, "quality_rate"), highest=100.0),
    )


def weak_table(source: ReportSource, selection: Selection) -> DocumentTable:
    """Return the pupils with a «2» and those who should have a mark and have none."""
    rows = rows_of_standings(source.scoped, source.basis, source.period, selection)
    failed = rows.filter(f"value = {LOWEST_MARK}").df().assign(mark=str(LOWEST_MARK))
    unmarked = pupils_without_marks(source, selection).assign(mark="нет отметки")
    columns = [*REGISTER, "pupil_id", "mark"]
    lines = with_names(source, pd.concat([failed[columns], unmarked[columns]], ignore_index=True))
    return framed("", lines, WEAK, empty="Таких учеников нет.")


def programme_table(source: ReportSource, selection: Selection) -> DocumentTable:
    """Return how far the lesson plans are held at the end of the period, or today."""
    rows = curriculum_by(source.reader, source.period, selection, source.last_day, REGISTER)
    return framed(
        "",
        _registers(source, rows),
        PROGRAMMES,
        empty="Журналов с уроками за этот период нет.",
        note="С начала года по конец периода. Нет КТП — часов по плану 0.",
    )


def keeping_table(source: ReportSource, selection: Selection) -> DocumentTable:
    """Return how the registers were filled and whether pupils have the marks of п. 5.2."""
    filled = filling_by(source.reader, source.period, selection, source.now, REGISTER)
    covered = coverage_by(source.reader, source.period, selection, source.last_day, REGISTER)
    rows = _registers(source, filled.merge(covered, on=list(REGISTER), how="left"))
    note = "Вовремя — не позднее 16:00 дня урока (п. 5.5). Накопляемость — доля учеников, у которых хватает отметок (п. 5.2)."
    return framed("", rows, KEEPING, empty="Уроков за этот период нет.", note=note)
