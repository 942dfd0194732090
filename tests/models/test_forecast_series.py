"""What the features say, and that they never look past the day."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import pytest

from models.features.roster import roster
from models.features.series import FEATURES, MARK_FEATURES, features
from models.features.tables import JournalTables, codes_of, day_number, prepare

OCTOBER_FIRST = dt.date(2024, 10, 1)

TERMS = pd.DataFrame(
    [
        (1, 2023, "quarter", 4, "2024-04-01", "2024-05-25"),
        (2, 2024, "quarter", 1, "2024-09-01", "2024-10-25"),
        (3, 2024, "quarter", 2, "2024-11-05", "2024-12-28"),
        (4, 2023, "half", 2, "2024-01-12", "2024-05-25"),
    ],
    columns=["term_id", "school_year", "kind", "number", "starts_on", "ends_on"],
)


def journal_of(marks=(), term_marks=(), enrolments=((70, 1), (70, 2)), load=((70, 9, 5),)) -> JournalTables:
    """Class 70 (60 a year before), subject 9 (and 8), pupils 1 and 2."""
    mark_columns = [
        "class_id",
        "subject_id",
        "teacher_id",
        "term_id",
        "pupil_id",
        "given_on",
        "value",
        "weight",
    ]
    return JournalTables(
        marks=pd.DataFrame(list(marks), columns=mark_columns),
        term_marks=pd.DataFrame(
            list(term_marks), columns=["class_id", "subject_id", "term_id", "pupil_id", "value"]
        ),
        terms=TERMS,
        enrolments=pd.DataFrame(list(enrolments), columns=["class_id", "pupil_id"]),
        class_terms=pd.DataFrame([(70, 2), (70, 3), (60, 1)], columns=["class_id", "term_id"]),
        teaching_load=pd.DataFrame(list(load), columns=["class_id", "subject_id", "teacher_id"]),
    )


def features_of(tables: JournalTables, term: int = 2, as_of: dt.date = OCTOBER_FIRST) -> pd.DataFrame:
    journal = prepare(tables)
    rows = roster(journal, codes_of(journal.term_ids, [term]), day_number(as_of))
    frame = features(journal, rows, day_number(as_of))
    ids = pd.MultiIndex.from_arrays([journal.subjects.take(rows.subject), journal.pupils.take(rows.pupil)])
    return frame.set_index(ids)


def mark(pupil, value, day, *, subject=9, weight=1, term=2, class_id=70):
    return (class_id, subject, 5, term, pupil, day, value, weight)


def test_mean_so_far_is_weighted_and_stops_at_the_day():
    tables = journal_of(
        [mark(1, 5, "2024-09-10", weight=3), mark(1, 3, "2024-10-01"), mark(1, 2, "2024-10-02")]
    )
    row = features_of(tables).loc[(9, 1)]
    assert row["mean_so_far"] == pytest.approx(4.5)
    assert row["plain_mean_so_far"] == pytest.approx(4.0)
    assert (row["n_marks"], row["lowest_mark"], row["last_mark"]) == (2, 3, 3)


def test_two_marks_on_one_day_both_count():
    row = features_of(journal_of([mark(1, 5, "2024-09-10"), mark(1, 4, "2024-09-10")])).loc[(9, 1)]
    assert (row["n_marks"], row["mean_so_far"]) == (2, 4.5)


def test_what_is_not_known_is_missing_and_not_zero():
    row = features_of(journal_of()).loc[(9, 1)]
    absent = [
        "mean_so_far",
        "lowest_mark",
        "last_mark",
        "previous_term_mark",
        "previous_term_mean",
        "older_term_mean",
        "class_mean",
        "teacher_past",
        "others_now",
        "previous_n_marks",
        "grade_level",
    ]
    assert row[absent].isna().all()
    assert row["n_marks"] == 0


@pytest.mark.parametrize(
    ("term_marks", "previous", "older"),
    [
        ([(60, 9, 1, 1, 4)], 4, None),
        ([(60, 9, 4, 1, 3)], None, 3),
        ([(60, 9, 1, 1, 4), (60, 9, 4, 1, 3)], 4, 3),
        ([(60, 8, 1, 1, 4)], None, None),
        ([(60, 9, 1, 2, 4)], None, None),
    ],
    ids=["fourth quarter last year", "another kind of term", "both", "another subject", "another pupil"],
)
def test_first_term_looks_at_the_last_term_of_the_same_kind_a_year_before(term_marks, previous, older):
    row = features_of(journal_of(term_marks=term_marks)).loc[(9, 1)]
    assert row["previous_term_mark"] == pytest.approx(previous or np.nan, nan_ok=True)
    assert row["older_term_mean"] == pytest.approx(older or np.nan, nan_ok=True)


def test_the_mark_of_the_term_itself_is_never_read_even_when_it_is_over():
    over = dt.date(2024, 11, 1)
    tables = journal_of([mark(1, 5, "2024-09-10")], [(70, 9, 2, 1, 3)])
    row = features_of(tables, as_of=over).loc[(9, 1)]
    assert np.isnan(row["previous_term_mark"])
    assert np.isnan(row["subject_past"])


def test_class_mean_leaves_the_pupil_out():
    tables = journal_of([mark(1, 5, "2024-09-10"), mark(2, 3, "2024-09-10"), mark(2, 4, "2024-09-11")])
    frame = features_of(tables)
    assert frame.loc[(9, 1), "class_mean"] == pytest.approx(3.5)
    assert frame.loc[(9, 2), "class_mean"] == pytest.approx(5.0)


def test_teacher_past_is_the_mean_of_what_the_teacher_gave_in_closed_terms():
    old = [mark(1, 3, "2024-04-10", term=1, class_id=60), mark(3, 3, "2024-04-10", term=1, class_id=60)]
    tables = journal_of(old, [(60, 9, 1, 1, 3), (60, 9, 1, 3, 4)])
    assert features_of(tables).loc[(9, 1), "teacher_past"] == pytest.approx(3.5)


def test_good_marks_elsewhere_lift_the_level_elsewhere():
    better = journal_of([mark(1, 5, "2024-09-10", subject=8), mark(2, 3, "2024-09-10", subject=8)])
    frame = features_of(better)
    assert frame.loc[(9, 1), "others_now"] > 0 > frame.loc[(9, 2), "others_now"]


def test_marks_to_come_follow_the_pace_of_the_class():
    few = features_of(journal_of([mark(1, 5, "2024-09-10")]))
    many = features_of(journal_of([mark(p, 5, f"2024-09-{d}") for p in (1, 2) for d in range(10, 20)]))
    assert many.loc[(9, 1), "expected_remaining_marks"] > few.loc[(9, 1), "expected_remaining_marks"] > 0
    end = features_of(journal_of([mark(1, 5, "2024-09-10")]), as_of=dt.date(2024, 10, 25))
    assert end.loc[(9, 1), "expected_remaining_marks"] == 0


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "here"),
    [
        (None, None, True),
        ("2024-09-01", "2024-10-01", False),
        ("2024-09-01", "2024-10-02", True),
        ("2024-10-20", None, False),
    ],
    ids=["always", "left that day", "leaves tomorrow", "not come yet"],
)
def test_roster_holds_who_is_enrolled_on_the_day(starts_on, ends_on, here):
    tables = journal_of()
    enrolments = pd.DataFrame(
        {"class_id": [70], "pupil_id": [1], "starts_on": [starts_on], "ends_on": [ends_on]}
    )
    frame = features_of(dataclasses.replace(tables, enrolments=enrolments))
    assert (len(frame) == 1) is here


def scrambled_after(tables: JournalTables, day: dt.date) -> JournalTables:
    """The same journal with everything later than `day` changed: marks, term marks, leavings; more marks added."""
    cut = pd.Timestamp(day)
    marks = tables.marks.copy()
    later = pd.to_datetime(marks["given_on"]) > cut
    marks.loc[later, "value"] = 7 - marks.loc[later, "value"]
    marks = pd.concat([marks, marks[later].assign(value=2, weight=9)], ignore_index=True)
    open_terms = tables.terms.loc[pd.to_datetime(tables.terms["ends_on"]) > cut, "term_id"]
    term_marks = tables.term_marks.copy()
    still_open = term_marks["term_id"].isin(open_terms)
    term_marks.loc[still_open, "value"] = 7 - term_marks.loc[still_open, "value"]
    enrolments = tables.enrolments.assign(
        ends_on=[cut + pd.Timedelta(days=9), None] * (len(tables.enrolments) // 2)
    )
    return dataclasses.replace(tables, marks=marks, term_marks=term_marks, enrolments=enrolments)


@pytest.mark.parametrize("day", [dt.date(2022, 8, 31), dt.date(2022, 11, 20), dt.date(2023, 5, 1)])
def test_features_stay_when_everything_later_is_scrambled(school, day):
    assert len(school.enrolments) % 2 == 0
    found = []
    for tables in (school, scrambled_after(school, day)):
        journal = prepare(dataclasses.replace(tables, marks=tables.marks.assign(weight=1.0)))
        running = journal.terms.last_day > day_number(day)
        terms = np.flatnonzero(running & (journal.terms.school_year == 2022))
        rows = roster(journal, terms, day_number(day))
        found.append(features(journal, rows, day_number(day)))
    assert len(found[0]) > 0
    pd.testing.assert_frame_equal(found[0], found[1])


def test_every_feature_is_a_column_and_none_is_wholly_missing_in_a_second_year(school):
    journal = prepare(school)
    terms = codes_of(journal.term_ids, ["2022-quarter-2"])
    frame = features(
        journal, roster(journal, terms, day_number(dt.date(2022, 12, 1))), day_number(dt.date(2022, 12, 1))
    )
    assert list(frame.columns) == FEATURES
    assert set(MARK_FEATURES) < set(FEATURES)
    assert frame.notna().any().all()


def test_marks_of_a_former_class_are_the_pupils_and_not_the_classs():
    # Pupil 1 came from class 60 with two fives and has a three here, where pupil 2 has a four and a two.
    marks = [
        mark(1, 5, "2024-09-03", class_id=60),
        mark(1, 5, "2024-09-04", class_id=60),
        mark(1, 3, "2024-09-20"),
        mark(2, 4, "2024-09-21"),
        mark(2, 2, "2024-09-22"),
    ]
    rows = features_of(journal_of(marks))
    assert (rows.loc[(9, 1)]["n_marks"], rows.loc[(9, 2)]["n_marks"]) == (3, 2)
    assert rows.loc[(9, 1)]["class_mean"] == pytest.approx(3.0)
    assert rows.loc[(9, 2)]["class_mean"] == pytest.approx(3.0)
    assert rows.loc[(9, 1)]["class_marks_per_pupil"] == pytest.approx(1.5)
