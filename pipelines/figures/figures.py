"""Figures of the insight pages, remembered for everybody of the same reach until the data change."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import pandas as pd

from pipelines.figures.compositions import (
    TERM,
    attended,
    basis_rows,
    coverage,
    previous_period,
    quality_by_term,
    rows_of_standings,
)
from pipelines.measures.attendance import pupil_attendance
from pipelines.measures.quality import quality
from pipelines.measures.same_pupils import change_of_same_pupils
from pipelines.measures.standings import pupil_standings, standings
from school.access.action import Action
from school.access.checks import may_somewhere
from school.analytics.lookups.pupil_history import PupilHistory, pupil_tables
from school.analytics.lookups.readers import By, Reader, _frozen, chosen, measured, remembered
from school.analytics.lookups.tables import (
    NO_SELECTION,
    PeriodRow,
    PupilInSubject,
    Selection,
    UnfilledLesson,
    class_pupils,
    lessons_not_filled,
    pupils_in_subjects,
)
from school.forecasts.lookups import ClassTerm
from school.records import RegisterKey
from school.register.lookups.registers import readable_registers
from school.register.rules.deadlines import entry_deadline

__all__ = ["previous_period"]
BASES = {"term": "Итоговые отметки", "today": "Итоги на сегодня", "marks": "Текущие отметки"}
# What the current marks would give for a year nobody reckons: a year mark stands on term marks.
YEAR_BASES = {name: BASES[name] for name in ("term", "marks")}


def quality_by(
    reader: Reader, basis: str, periods: Sequence[PeriodRow], selection: Selection, by: Sequence[str] = ()
) -> pd.DataFrame:
    """Return ``pipelines.measures.quality`` by term and ``by`` over these periods, with each change to the term before."""

    def build() -> Any:
        return quality_by_term(reader.tables, basis, periods, selection, by)

    keys = tuple(chosen(period, selection) for period in periods)
    return measured(reader, "quality", (basis, keys, tuple(by)), build)


def pupils_behind(reader: Reader, period: PeriodRow, selection: Selection) -> list[PupilInSubject]:
    """Return the pupils of the selected classes and subjects with their marks."""
    return remembered(
        reader,
        "pupils",
        (period.term_ids, _frozen(selection)),
        lambda: pupils_in_subjects(reader.school.store, reader.user, reader.action, period, selection),
    )


def registers_of(
    reader: Reader, school_year: int, class_id: int, subject_id: int
) -> list[tuple[RegisterKey, str]]:
    """Return the registers of a class in a subject that the user may open, with the subgroups' names."""
    if not may_somewhere(reader.user, Action.READ_REGISTER):
        return []
    opener = Reader(reader.school, reader.user, Action.READ_REGISTER)
    found = remembered(
        opener,
        "registers",
        (school_year, reader.user.user_id),
        lambda: readable_registers(reader.school.store, reader.user, school_year),
    )
    return [
        (row.key, row.subgroup_name)
        for row in found
        if (row.key.class_id, row.key.subject_id) == (class_id, subject_id)
    ]


def last_deadline(now: datetime) -> datetime:
    """Return a moment that stays the same all day but for passing the deadline (п. 5.5): figures change only then."""
    deadline = entry_deadline(now.date())
    return deadline + timedelta(minutes=1) if now > deadline else datetime.combine(now.date(), time())


def coverage_by(reader: Reader, period: PeriodRow, selection: Selection, today: date, by: By) -> pd.DataFrame:
    """Return ``pipelines.measures.mark_coverage`` by ``by``: whether pupils have the marks of п. 5.2."""

    def build() -> Any:
        return coverage(reader.tables, {**selection, "term_id": period.term_ids}, today, by)

    return measured(reader, "coverage", (*chosen(period, selection), today, by), build)


def standings_by(reader: Reader, basis: str, period: PeriodRow, selection: Selection, by: By) -> pd.DataFrame:
    """Return ``pipelines.measures.standings`` by ``by``: of final marks, otherwise of what the current marks give today.

    A pupil's standing is over all subjects: only classes are counted that the reader sees wholly, and ``selection``
    names neither subject nor teacher.
    """
    return measured(
        reader,
        "standings",
        (basis, *chosen(period, selection), by),
        lambda: standings(
            rows_of_standings(reader.tables, basis, period, wholly_seen(reader, selection)), by
        ),
    )


def pupil_standings_of(reader: Reader, basis: str, period: PeriodRow, selection: Selection) -> pd.DataFrame:
    """Return ``pipelines.pupil_standings``: how each pupil finished a period, or would today."""
    return measured(
        reader,
        "pupil standings",
        (basis, *chosen(period, selection)),
        lambda: pupil_standings(
            rows_of_standings(reader.tables, basis, period, wholly_seen(reader, selection))
        ),
    )


def wholly_seen(reader: Reader, selection: Selection) -> Selection:
    """Narrow a selection to the classes of which the reader sees every subject: what is said of a pupil needs them all."""
    reach = reader.tables.reach
    if reach.is_whole_school:
        return selection
    asked = selection.get("class_id")
    return {
        **selection,
        "class_id": reach.class_ids if asked is None else reach.class_ids.intersection(asked),
    }


def same_pupils_by(
    reader: Reader, basis: str, before: PeriodRow, period: PeriodRow, selection: Selection, by: By
) -> pd.DataFrame:
    """Return ``pipelines.measures.same_pupils`` by ``by``: how the quality of the same pupils changed since a period.

    The pupils are those of the selection; before, they may have been in other classes of other teachers.
    """
    whatever_class = {name: ids for name, ids in selection.items() if name in {"school_id", "subject_id"}}

    def build() -> Any:
        reached = reader.tables
        now = basis_rows(reached, basis, [period], selection)
        return change_of_same_pupils(now, basis_rows(reached, basis, [before], whatever_class), by)

    keys = (chosen(before, whatever_class), chosen(period, selection))
    return measured(reader, "same pupils", (basis, keys, by), build)


def pupil_attendance_of(reader: Reader, period: PeriodRow, selection: Selection, today: date) -> pd.DataFrame:
    """Return ``pipelines.pupil_attendance`` by class: what each pupil missed."""

    def build() -> Any:
        picked: Selection = {**selection, "term_id": period.term_ids}
        return attended(pupil_attendance, reader.tables, picked, NO_SELECTION, today, ("class_id",))

    return measured(reader, "pupil attendance", (*chosen(period, selection), today), build)


def one_pupils_attendance(reader: Reader, history: PupilHistory, today: date) -> pd.DataFrame:
    """Return ``pipelines.pupil_attendance`` of a pupil by term over all years, in the order of the terms."""

    def build() -> Any:
        reached = pupil_tables(reader.school.store, reader.user, history.pupil_id, today=today)
        classes = {"class_id": sorted({place.class_id for place in history.places})}
        return attended(pupil_attendance, reached, classes, {"pupil_id": (history.pupil_id,)}, today, TERM)

    rows = measured(
        reader, "a pupil's attendance", (history.places, history.sees_all, history.pupil_id, today), build
    )
    return rows.sort_values(list(TERM), ignore_index=True)


def one_pupils_standings(reader: Reader, history: PupilHistory, today: date) -> pd.DataFrame:
    """Return ``pipelines.pupil_standings`` of a pupil by term over all years, in the order of the terms."""

    def build() -> Any:
        reached = pupil_tables(reader.school.store, reader.user, history.pupil_id, today=today)
        return pupil_standings(reached.term_marks({"pupil_id": (history.pupil_id,)}), TERM)

    rows = measured(reader, "a pupil's standings", (history.sees_all, history.pupil_id, today), build)
    return rows.sort_values(list(TERM), ignore_index=True)


def unfilled_of(reader: Reader, teacher_id: int, period: PeriodRow, last_day: date) -> list[UnfilledLesson]:
    """Return a teacher's lessons without an entry, held in a period by ``last_day``, newest first."""
    return remembered(
        reader,
        "unfilled",
        (teacher_id, period.term_ids, last_day),
        lambda: lessons_not_filled(reader.school.store, reader.user, teacher_id, period, last_day),
    )


def pupil_names(reader: Reader, terms: Sequence[ClassTerm], class_id: int) -> dict[int, str]:
    """Return the pupils of a class in its term, by name."""
    term = next(row for row in terms if row.class_id == class_id)

    def compute() -> dict[int, str]:
        listed = class_pupils(
            reader.school.store, reader.user, reader.action, class_id, term.starts_on, term.ends_on
        )
        return {row.pupil_id: row.name for row in listed}

    return remembered(reader, "pupil names", (class_id, term.term_id), compute)


def class_list(reader: Reader, class_id: int, period: PeriodRow) -> dict[int, str]:
    """Return the pupils who were in a class in a period, by name."""

    def compute() -> dict[int, str]:
        listed = class_pupils(
            reader.school.store, reader.user, reader.action, class_id, period.starts_on, period.ends_on
        )
        return {row.pupil_id: row.name for row in listed}

    return remembered(reader, "class list", (class_id, period.starts_on, period.ends_on), compute)


def quality_of_forecast_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return ``pipelines.measures.quality`` by class of the rounded means that stand beside forecasts."""
    values = rows[["class_id", "rounded_mean"]].rename(columns={"rounded_mean": "value"})
    measured: pd.DataFrame = quality(values, ["class_id"])
    return measured
