"""«Отчёт классного руководителя»: a class for a term or a year (п. 2.6, 4.3)."""

from collections.abc import Mapping

import pandas as pd

from pipelines.catalogue.measures import STANDING_TITLES
from pipelines.figures.figures import pupil_attendance_of, pupil_standings_of
from pipelines.figures.work import attendance_of
from pipelines.measures.movement import pupil_movement
from pipelines.reports.document import Document, DocumentTable, Section
from pipelines.reports.periodic.columns import MISSED, QUALITY, framed, number, table_of_groups, text
from pipelines.reports.periodic.near_misses import near_misses, pupils_without_marks, with_names
from pipelines.reports.periodic.performance import results_of, summary
from pipelines.reports.periodic.source import BASIS_WORDS, ReportSource, document_of_source
from school.analytics.lookups.tables import Selection
from school.numbers import counted, number_text, percent_text

# By whether the period is over.
UNMARKED = {True: "Не аттестованы", False: "Пока без отметок"}
FINISHED = {True: "Кто как закончил период", False: "Кто как закончил бы период сегодня"}
GROUPS = (text("title", "Группа", 34), number("pupils", "Учеников", 16), text("who", "Кто", 128))
SUBJECTS = (text("title", "Предмет", 38), *QUALITY)
PUPILS = (text("pupil", "Ученик", 50), text("standing_title", "Группа", 30), *MISSED)


def homeroom(source: ReportSource) -> Document:
    """Return the report about one class: movement, standings by name, subjects, pupils without marks, absences."""
    class_id = source.order.about_id
    assert class_id is not None
    selection = source.selection
    names = source.pupil_names(class_id)
    sections = [
        Section("Движение обучающихся", (movement_words(source, selection),)),
        Section(
            "Успеваемость и качество знаний",
            (BASIS_WORDS[source.basis], summary(results_of(source, selection))),
            (groups_table(source, selection, names), subjects_table(source, selection)),
        ),
        Section(UNMARKED[source.is_over], (), (unmarked_table(source, selection),)),
        Section(
            "Пропуски уроков", (absence_words(source, selection),), (pupils_table(source, selection, names),)
        ),
    ]
    return document_of_source(
        source, sections, about=f"{source.class_name(class_id)} класс", signature="Классный руководитель"
    )


def movement_words(source: ReportSource, selection: Selection) -> str:
    """Return the movement of the class in a sentence."""
    moved = pupil_movement(
        source.scoped.enrolments(selection), first_day=source.period.starts_on, last_day=source.last_day
    ).df()
    if moved.empty:
        return "В классе нет учеников."
    row = moved.iloc[0]
    return (
        f"На начало периода — {row['pupils_at_start']}, прибыло — {row['pupils_arrived']}, "
        f"выбыло — {row['pupils_left']}, на конец — {row['pupils_at_end']}."
    )


def groups_table(source: ReportSource, selection: Selection, names: Mapping[int, str]) -> DocumentTable:
    """Return the standings with the pupils' names; of one «4», one «3» and «2» with the subjects."""
    pupils = pupil_standings_of(source.reader, source.basis, source.period, selection)
    subjects = _subjects_that_matter(source, selection)
    lines = []
    for standing, title in STANDING_TITLES.items():
        members = set(pupils[pupils["standing"] == standing]["pupil_id"])
        who = [
            f"{name}{subjects.get(pupil_id, '')}" for pupil_id, name in names.items() if pupil_id in members
        ]
        lines.append({"title": title, "pupils": len(members), "who": ", ".join(who)})
    return framed(FINISHED[source.is_over], pd.DataFrame(lines), GROUPS)


def _subjects_that_matter(source: ReportSource, selection: Selection) -> dict[int, str]:
    lines = near_misses(source, selection)
    found: dict[int, list[str]] = {}
    for pupil_id, subject, teacher in zip(lines["pupil_id"], lines["subject"], lines["teacher"], strict=True):
        found.setdefault(pupil_id, []).append(f"{subject}, {teacher}")
    return {pupil_id: f" ({'; '.join(sorted(set(each)))})" for pupil_id, each in found.items()}


def subjects_table(source: ReportSource, selection: Selection) -> DocumentTable:
    """Return quality by subject, the lowest first: what the class should talk about."""
    return table_of_groups(
        source,
        source.quality(selection, ("subject_id",)),
        "subject_id",
        SUBJECTS,
        "quality_rate",
        question="По каким предметам качество ниже?",
        highest=100.0,
        title="По предметам",
        empty="Отметок за этот период нет.",
    )


def unmarked_table(source: ReportSource, selection: Selection) -> DocumentTable:
    """Return who should have a mark and has none, with the subjects."""
    lines = with_names(source, pupils_without_marks(source, selection))
    by_pupil = lines.groupby("pupil", sort=False)["subject"].agg(", ".join).reset_index()
    fields = (text("pupil", "Ученик", 55), text("subject", "Предметы без отметки", 123))
    return framed("", by_pupil, fields, empty="Отметки есть у всех по всем предметам.")


def absence_words(source: ReportSource, selection: Selection) -> str:
    """Return the class's absences in a sentence."""
    rows = attendance_of(source.reader, source.period, selection, source.last_day, ("class_id",))
    if rows.empty or not rows.iloc[0]["pupil_lessons"]:
        return "Заполненных уроков за этот период нет."
    row = rows.iloc[0]
    missed = counted(int(row["missed_lessons"]), "урок", "урока", "уроков")
    return (
        f"Пропущено {missed} ({percent_text(row['missed_share'])}): по болезни — {number_text(row['missed_illness'])}, "
        f"по уважительной причине — {number_text(row['missed_valid'])}, причина не выяснена — "
        f"{number_text(row['missed_unknown'])}. Опозданий — {number_text(row['late_arrivals'])}. Пропускают десятую "
        f"часть уроков и больше — {number_text(row['chronic_pupils'])}."
    )


def pupils_table(source: ReportSource, selection: Selection, names: Mapping[int, str]) -> DocumentTable:
    """Return every pupil with the standing and the lessons missed, by name."""
    missed = pupil_attendance_of(source.reader, source.period, selection, source.last_day)
    finished = pupil_standings_of(source.reader, source.basis, source.period, selection)
    listed = pd.DataFrame({"pupil_id": list(names), "pupil": list(names.values())})
    rows = listed.merge(missed, on="pupil_id", how="left").merge(
        finished[["pupil_id", "standing"]], on="pupil_id", how="left"
    )
    return framed(
        "Ученики",
        rows.assign(standing_title=rows["standing"].map(STANDING_TITLES).fillna("нет отметок")),
        PUPILS,
    )
