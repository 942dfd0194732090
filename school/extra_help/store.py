"""Extra help as rows."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

import pandas as pd

from school.extra_help.records import ExtraHelp, Helper, HelpPlace, NextLesson, Warned
from school.store.connection import Cursor
from school.store.names import staff_initials
from school.store.reading import Reader, Writer
from school.store.selection import holds_on
from school.store.writing import insert

_HELP = """SELECT class_id, subject_id, term_id, pupil_id, helper_id, taken_at, feared_mark, chance, mean_before, marks_before,
    agreed FROM extra_help"""
PLACE = "class_id = $class_id AND subject_id = $subject_id AND term_id = $term_id AND pupil_id = $pupil_id"


def help_of_terms(reader: Reader, term_ids: Collection[int]) -> list[ExtraHelp]:
    """Return who is taken up in these terms, the newest first."""
    names = staff_initials(reader)
    query = f"{_HELP} WHERE term_id IN (SELECT unnest($terms::BIGINT[])) ORDER BY taken_at DESC, pupil_id, subject_id"
    return [_help(row, names) for row in reader.read(query, {"terms": sorted(term_ids)})]


def _help(row: tuple[Any, ...], names: dict[int, str]) -> ExtraHelp:
    *place, helper_id, taken_at, feared, chance, mean, marks, agreed = row
    warned = Warned(feared, chance, mean, marks)
    return ExtraHelp(HelpPlace(*place), helper_id, names.get(helper_id, ""), taken_at, warned, agreed)


def save_help(
    writer: Writer,
    place: HelpPlace,
    helper_id: int,
    warned: Warned,
    agreed: str,
    *,
    at: datetime,
    user_id: int,
) -> None:
    """Note who has taken a pupil up, in place of who had before."""
    insert(
        writer,
        "extra_help",
        "OR REPLACE",
        [],
        [],
        **place._asdict(),
        helper_id=helper_id,
        taken_at=at,
        taken_by=user_id,
        feared_mark=warned.feared_mark,
        chance=warned.chance,
        mean_before=warned.mean,
        marks_before=warned.marks,
        agreed=agreed,
    )


def change_agreed(writer: Writer, place: HelpPlace, helper_id: int, agreed: str) -> None:
    """Change who helps and what was agreed; how it stood at first stays."""
    sql = f"UPDATE extra_help SET helper_id = $helper, agreed = $agreed WHERE {PLACE}"
    writer.change(sql, {**place._asdict(), "helper": helper_id, "agreed": agreed}, of_pupils=[place.pupil_id])


def drop_help(writer: Writer, place: HelpPlace) -> None:
    """Take the note back."""
    writer.change(f"DELETE FROM extra_help WHERE {PLACE}", place._asdict(), of_pupils=[place.pupil_id])


def helpers_of(reader: Reader, class_id: int, subject_id: int, today: date) -> list[Helper]:
    """Return who may help in a subject of a class today: its teachers, then the homeroom teacher."""
    names = staff_initials(reader)
    query = f"""SELECT DISTINCT teacher_id FROM teaching_load WHERE class_id = $class_id AND subject_id = $subject
        AND teacher_id IS NOT NULL AND {holds_on("teaching_load", "$today")} ORDER BY teacher_id"""
    found = reader.read(query, {"class_id": class_id, "subject": subject_id, "today": today})
    teachers = [Helper(key, names.get(key, ""), is_homeroom=False) for (key,) in found]
    rows = reader.read("SELECT homeroom_id FROM classes WHERE class_id = $class_id", {"class_id": class_id})
    own = {each.staff_id for each in teachers}
    leaders = [Helper(key, names.get(key, ""), is_homeroom=True) for (key,) in rows if key and key not in own]
    return teachers + leaders


def next_lessons(reader: Reader, class_id: int, subject_id: int, today: date, last: date) -> list[NextLesson]:
    """Return the lessons of a subject of a class after today up to a day, each day once."""
    query = """SELECT held_on, coalesce(max(topic), '') FROM lessons WHERE class_id = $class_id AND subject_id = $subject
        AND held_on > $today AND held_on <= $last AND status <> 'cancelled' GROUP BY held_on ORDER BY held_on"""
    rows = reader.read(query, {"class_id": class_id, "subject": subject_id, "today": today, "last": last})
    return [NextLesson(*row) for row in rows]


def warned_forecasts(cursor: Cursor) -> pd.DataFrame:
    """Return the remembered forecasts of the newest day: class_id, subject_id, pupil_id, term_id, p2, p3, previous (NaN: none).

    ``previous``: the newest mark that the pupil has in the subject for a term before.
    """
    return _with_previous(cursor, "s.as_of = (SELECT max(as_of) FROM forecast_snapshots)", "")


def forecasts_that_came(cursor: Cursor) -> pd.DataFrame:
    """Return the remembered forecasts of closed terms as ``warned_forecasts`` does, with as_of, the mark that came (``value``) and the term.

    Columns besides: school_year, kind, number, ends_on, grade_level, taken_at (NaT: nobody took the pupil up), chance_then,
    mean_then, marks_then (of who was taken up, on that day).
    """
    return _with_previous(
        cursor,
        "t.closed_at IS NOT NULL AND s.as_of < t.ends_on",
        """JOIN term_marks m USING (class_id, subject_id, term_id, pupil_id) JOIN classes c USING (class_id)
           LEFT JOIN extra_help h USING (class_id, subject_id, term_id, pupil_id)""",
        """, m.value, t.school_year, t.kind, t.number, t.ends_on, c.grade_level, h.taken_at, h.chance AS chance_then,
        h.mean_before AS mean_then, h.marks_before AS marks_then, r.rounded_mean""",
    )


def _with_previous(cursor: Cursor, condition: str, joined: str, columns: str = "") -> pd.DataFrame:
    query = f"""WITH past AS (SELECT pupil_id, subject_id, value, ends_on FROM term_marks JOIN terms USING (term_id)),
        shown AS (SELECT s.as_of, r.class_id, r.subject_id, r.pupil_id, r.term_id, r.p2, r.p3, t.starts_on{columns}
            FROM forecast_snapshot_rows r JOIN forecast_snapshots s USING (snapshot_id) JOIN terms t USING (term_id) {joined}
            WHERE {condition} AND s.snapshot_id IN (SELECT max(snapshot_id) FROM forecast_snapshots GROUP BY as_of))
        SELECT shown.*, past.value AS previous FROM shown ASOF LEFT JOIN past ON past.pupil_id = shown.pupil_id
            AND past.subject_id = shown.subject_id AND shown.starts_on > past.ends_on
        ORDER BY as_of, class_id, subject_id, pupil_id"""
    return cursor.execute(query).df()
