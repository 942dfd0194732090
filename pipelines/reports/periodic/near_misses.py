"""Pupils by name behind a report's figures: one mark away from the next standing, failing, without a mark (п. 7.2)."""

import pandas as pd

from pipelines.figures.figures import rows_of_standings, without_final_marks
from pipelines.measures.standings import lone_marks
from pipelines.reports.periodic.source import ReportSource
from school.analytics.lookups.tables import Selection
from school.register.rules.cells import LOWEST_MARK

FAILED = "failing"
KEYS = ["class_id", "subject_id", "teacher_id", "pupil_id", "standing"]
NO_MARKS = ["class_id", "subject_id", "pupil_id"]


def near_misses(source: ReportSource, selection: Selection) -> pd.DataFrame:
    """Return a line for each mark that matters: of who has one «4» or one «3», and every «2».

    Columns: standing, class_id, pupil_id, class_name, pupil, subject, teacher; by class and name.
    """
    rows = rows_of_standings(source.scoped, source.basis, source.period, selection)
    lone = lone_marks(rows).df()[KEYS]
    failed = rows.filter(f"value = {LOWEST_MARK}").df().assign(standing=FAILED)[KEYS]
    return with_names(source, pd.concat([lone, failed], ignore_index=True))


def with_names(source: ReportSource, lines: pd.DataFrame) -> pd.DataFrame:
    """Add class_name, pupil, subject and, where there is a teacher_id, teacher; order by class, name and subject."""
    names = {
        (class_id, pupil_id): name
        for class_id in sorted(set(lines["class_id"]))
        for pupil_id, name in source.pupil_names(int(class_id)).items()
    }
    places = zip(lines["class_id"], lines["pupil_id"], strict=True)
    worded = source.with_names(lines.assign(pupil=[names.get(place, "") for place in places]))
    order = worded["class_id"].map(source.class_places)
    return worded.assign(place=order).sort_values(["place", "pupil", "subject"], ignore_index=True)


def pupils_without_marks(source: ReportSource, selection: Selection) -> pd.DataFrame:
    """Return who should have a final mark in a subject and has none: class_id, subject_id, pupil_id.

    Classes taught without marks are left out.
    """
    kept = {name: ids for name, ids in selection.items() if name != "term_id"}
    pairs = without_final_marks(
        source.reader, source.basis, source.period, kept, source.last_day, tuple(NO_MARKS)
    )
    lacking = pairs[pairs["pairs_without_marks"] > 0][NO_MARKS]
    return lacking[lacking["class_id"].isin(source.classes)]
