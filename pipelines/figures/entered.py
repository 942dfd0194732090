"""Figures after an entry: the rows of its class and subject, counted again by the register's own rules over what is in memory.

To the database each of these counts is a query of a dozen steps, which cost more than the 25 marks of a lesson. What it
answers at first and what is counted here are the same measure: tests hold the two together.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from math import isnan
from typing import Any

import numpy as np
import pandas as pd

from pipelines.measures.tables import records
from pipelines.measures.teacher_activity import LESSON_COUNTS
from school.analytics.lookups.readers import FigureReader
from school.analytics.lookups.tables import Selection
from school.analytics.store.taught import Taught
from school.records import HomeworkState, Lesson, LessonStatus
from school.register.rules.deadlines import entry_deadline, is_late
from school.register.rules.marks import round_half_up, weighted_mean
from school.register.store.registers import MarkRow
from school.store.memory.partitions import RowsOfClass

# The teacher, and the term where figures are by term.
Group = tuple[int | None, int | None]
Row = dict[str, Any]
Count = Callable[[Taught], Mapping[Group, Mapping[str, float]]]
TERM = frozenset({"school_year", "term_kind", "term_number"})
KNOWN = TERM | {"class_id", "subject_id", "teacher_id", "grade_level", "school_id"}
SELECTABLE = frozenset({"class_id", "subject_id", "teacher_id", "grade_level", "school_id"})


def counted_in_memory(
    reader: FigureReader,
    terms: Collection[int],
    selection: Selection,
    grain: Sequence[str],
    count: Count,
    *,
    of_pupils: bool = False,
) -> RowsOfClass | None:
    """Return what counts the rows of a class again, by ``grain``; None where only the database can.

    That is for readers who see parts of the school, and for grains and selections of something else. ``of_pupils``: the figure is
    of pupils, whichever class gave the marks; then classes that pupils came to or left in these terms take the database.
    """
    if not reader.sees_whole_school or not KNOWN.issuperset(grain) or selection.keys() - SELECTABLE:
        return None

    is_by_term = TERM.issubset(grain)

    def rows_of_class(class_id: int, rows: pd.DataFrame, lessons: Collection[int]) -> pd.DataFrame | None:
        if of_pupils and reader.has_moves(class_id, terms):
            return None
        facts, by_subject = reader.facts_of_class(class_id), _by_subject(rows)
        for each in reader.taught_at(lessons, class_id, terms, in_their_terms=is_by_term):
            of_all = {**facts, "subject_id": each.subject_id}
            if not _is_selected(of_all, selection):
                continue
            counted = [
                {**of_all, "teacher_id": teacher, **(reader.facts_of_term(term) if term else {}), **counts}
                for (teacher, term), counts in count(each).items()
                if any(counts.values()) and _is_selected({"teacher_id": teacher}, selection)
            ]
            of_terms = [reader.facts_of_term(term).items() for term in each.term_ids] if is_by_term else []
            kept = [
                row
                for row in (by_subject.get(each.subject_id, ()) if is_by_term else ())
                if not any(term <= row.items() for term in of_terms)
            ]
            by_subject[each.subject_id] = sorted([*counted, *kept], key=partial(_order, names=rows.columns))
        return _as_table([row for subject in sorted(by_subject) for row in by_subject[subject]], rows)

    return rows_of_class


def _by_subject(rows: pd.DataFrame) -> dict[int, list[Row]]:
    """Return the rows of a class by subject, in their order; None where a row has no value."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in records(rows):
        found[row["subject_id"]].append(
            {
                name: None if isinstance(value, float) and isnan(value) else value
                for name, value in row.items()
            }
        )
    return found


def _order(row: Row, names: Iterable[str]) -> list[tuple[bool, Any]]:
    """Return where a row stands among those of a class and subject: in the order of the columns, nulls last."""
    return [(row[name] is None, row[name]) for name in names]


def _as_table(rows: Sequence[Row], like: pd.DataFrame) -> pd.DataFrame:
    """Return rows as a table with the columns of another and their types."""
    columns = {}
    for name, kind in like.dtypes.items():
        values = [row[str(name)] for row in rows]
        columns[name] = np.array(values, kind) if isinstance(kind, np.dtype) else pd.array(values, kind)
    return pd.DataFrame(columns, copy=False)


def _is_selected(facts: Mapping[str, Any], selection: Selection) -> bool:
    return all(facts[name] in ids for name, ids in selection.items() if name in facts)


def marks_by_term(each: Taught) -> dict[Group, dict[str, float]]:
    """Return ``quality_counts`` of current marks: n5 to n2, weights (Σ w) and weighted_marks (Σ w × mark)."""
    groups: dict[Group, list[MarkRow]] = defaultdict(list)
    for mark in each.marks:
        lesson = each.lessons[mark.lesson_id]
        groups[lesson.teacher_id, lesson.term_id].append(mark)
    return {
        group: {
            **_spread(mark.value for mark in marks),
            "weights": sum(mark.weight for mark in marks),
            "weighted_marks": sum(mark.weight * mark.value for mark in marks),
        }
        for group, marks in groups.items()
    }


def standings_by_term(each: Taught) -> dict[Group, dict[str, float]]:
    """Return ``quality_counts`` of ``standing_so_far``: what the current marks would give as term marks."""
    pupils: dict[tuple[int, int], list[MarkRow]] = defaultdict(list)
    for mark in each.marks:
        pupils[each.lessons[mark.lesson_id].term_id, mark.pupil_id].append(mark)
    standings: dict[Group, list[int]] = defaultdict(list)
    for (term_id, _), marks in pupils.items():
        mean = weighted_mean((mark.value, mark.weight) for mark in marks)
        if mean is not None:
            teacher = _main_teacher(each.lessons[mark.lesson_id].teacher_id for mark in marks)
            standings[teacher, term_id].append(round_half_up(mean))
    return {group: _spread(values) for group, values in standings.items()}


def _main_teacher(givers: Iterable[int | None]) -> int | None:
    """Return who gave most of the marks; of equals, the greater id."""
    given = Counter(givers)
    most = max(given.values())
    return max((teacher for teacher in given if teacher is not None and given[teacher] == most), default=None)


def _spread(values: Iterable[int]) -> dict[str, float]:
    counted = Counter(values)
    return {f"n{mark}": counted[mark] for mark in (5, 4, 3, 2)}


def lessons_filled(each: Taught, now: datetime) -> dict[Group, dict[str, int]]:
    """Return ``lesson_counts`` at a moment of the school's time: which lessons are filled, and in time (п. 5.5)."""
    groups: dict[Group, Counter[str]] = defaultdict(Counter)
    for lesson in each.lessons.values():
        groups[lesson.teacher_id, None].update(name for name, counts in _filling(lesson, now) if counts)
    return {group: {name: counted[name] for name in LESSON_COUNTS} for group, counted in groups.items()}


def _filling(lesson: Lesson, now: datetime) -> Iterable[tuple[str, bool]]:
    is_filled = lesson.recorded_at is not None
    is_settled = is_filled or entry_deadline(lesson.held_on) < now
    if lesson.status == LessonStatus.CANCELLED or lesson.held_on > now.date() or not is_settled:
        return ()
    late = lesson.recorded_at is not None and is_late(lesson.recorded_at, lesson.held_on)
    lacks_homework = lesson.homework_state == HomeworkState.UNSET
    flags = (True, is_filled and not late, late, not is_filled, is_filled)
    lacking = (is_filled and lesson.topic == "", is_filled and lacks_homework)
    return zip(LESSON_COUNTS, (*flags, *lacking), strict=True)


def marks_given(each: Taught, now: datetime) -> dict[Group, dict[str, int]]:
    """Return ``mark_counts`` at a moment of the school's time: how many marks, and how many of them came late (п. 5.5)."""
    groups: dict[Group, Counter[str]] = defaultdict(Counter)
    for mark in each.marks:
        lesson = each.lessons[mark.lesson_id]
        if lesson.held_on > now.date():
            continue
        has_time = mark.recorded_at is not None
        counts = groups[lesson.teacher_id, None]
        counts["marks_given"] += 1
        counts["control_marks"] += mark.is_written_control
        counts["marks_with_time"] += has_time
        counts["late_marks"] += mark.recorded_at is not None and is_late(mark.recorded_at, lesson.held_on)
    return dict(groups)


def marks_of_pairs(reader: FigureReader, terms: Collection[int]) -> RowsOfClass | None:
    """Return what counts the marks of each pupil × subject × term of a class again (п. 5.2); None where only the database can."""
    if not reader.sees_whole_school:
        return None

    def rows_of_class(class_id: int, rows: pd.DataFrame, lessons: Collection[int]) -> pd.DataFrame | None:
        if reader.has_moves(class_id, terms):
            return None
        given = rows["marks_given"].to_numpy(copy=True)
        subject, term = (rows[name].to_numpy() for name in ("subject_id", "term_id"))
        for each in reader.taught_at(lessons, class_id, terms, in_their_terms=True):
            counted = Counter((each.lessons[mark.lesson_id].term_id, mark.pupil_id) for mark in each.marks)
            (places,) = ((subject == each.subject_id) & np.isin(term, list(each.term_ids))).nonzero()
            pairs = zip(term[places], rows["pupil_id"].to_numpy()[places], strict=True)
            given[places] = [counted[pair] for pair in pairs]
        return rows.assign(marks_given=given)

    return rows_of_class
