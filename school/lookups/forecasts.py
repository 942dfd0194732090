"""What forecasts are made of, and which of them the signed-in user may see."""

from collections.abc import Mapping
from datetime import date

import pandas as pd

from school.access.actions import Action
from school.access.checks import check_may_somewhere
from school.lookups.analytics import reach_of
from school.records import User
from school.store import frames
from school.store.connection import Store
from school.store.frames import ClassTerm, Reach, Relation

WHOLE_SCHOOL = Reach(is_whole_school=True)
PUPIL_IN_SUBJECT = ["class_id", "subject_id", "pupil_id"]
COLUMNS: Mapping[str, str] = {
    "marks": "class_id, subject_id, teacher_id, term_id, pupil_id, given_on, value, weight",
    "term_marks": "class_id, subject_id, teacher_id, term_id, pupil_id, value",
    "terms": "term_id, school_id, school_year, kind, number, starts_on, ends_on",
    "enrolments": "class_id, pupil_id, starts_on, ends_on",
    "class_terms": "class_id, term_id",
    "teaching_load": "class_id, subject_id, teacher_id",
    "classes": "class_id, grade_level",
    "year_marks": "class_id, subject_id, school_year, pupil_id, value",
}


def journal_frames(store: Store, user: User) -> dict[str, pd.DataFrame]:
    """Return the whole journal as forecasts read it, for whoever may see any forecast.

    A forecast rests on all that the school knows, whoever asks; what a reader gets to see of the answer is narrowed by
    ``keep_readable``. Never show these frames. Raises AccessRefused.
    """
    check_may_somewhere(user, Action.READ_FORECASTS)
    cursor = store.cursor()
    tables: dict[str, Relation] = {
        "marks": frames.mark_table(cursor, WHOLE_SCHOOL),
        "term_marks": frames.term_mark_table(cursor, WHOLE_SCHOOL),
        "terms": frames.term_table(cursor),
        "enrolments": frames.enrolment_table(cursor, WHOLE_SCHOOL),
        "class_terms": frames.class_term_table(cursor, WHOLE_SCHOOL),
        "teaching_load": frames.load_table(cursor, WHOLE_SCHOOL),
        "classes": frames.class_table(cursor),
        "year_marks": frames.year_mark_table(cursor),
    }
    return {name: table.select(*COLUMNS[name].split(", ")).df() for name, table in tables.items()}


def terms_in_question(store: Store, user: User, today: date) -> list[ClassTerm]:
    """Return the term that each class in the user's reach is in, or the last one begun; raises AccessRefused."""
    return frames.terms_begun(store.cursor(), reach_of(user, Action.READ_FORECASTS), today)


def keep_readable(store: Store, user: User, rows: pd.DataFrame) -> pd.DataFrame:
    """Return those rows of class_id × subject_id × pupil_id that the user may see; raises AccessRefused."""
    reach = reach_of(user, Action.READ_FORECASTS)
    if reach.is_whole_school:
        return rows
    own = frames.own_pairs(store.cursor(), reach).df()
    whole = own[own["pupil_id"].isna()]
    is_own_class = rows["class_id"].isin(reach.class_ids)
    is_own_lesson = _are_in(rows, whole, PUPIL_IN_SUBJECT[:2]) | _are_in(rows, own, PUPIL_IN_SUBJECT)
    return rows[is_own_class | is_own_lesson]


def _are_in(rows: pd.DataFrame, listed: pd.DataFrame, columns: list[str]) -> pd.Series:
    wanted = pd.MultiIndex.from_frame(listed[columns])
    return pd.Series(pd.MultiIndex.from_frame(rows[columns]).isin(wanted), index=rows.index)
