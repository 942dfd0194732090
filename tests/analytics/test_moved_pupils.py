"""A pupil's marks are the pupil's, whichever class of the school gave them: every lookup and figure after moves (п. 5.2, 5.4)."""

import math
from collections import Counter

import pytest
from moving_school import (
    AT_THE_BORDER,
    CLASS_7B,
    DAYS,
    GROUPS,
    LEAVER,
    MOVER,
    NEWCOMER,
    REGISTERS,
    RETURNER,
    STAYS,
    SWITCHER,
    TERMS,
    TODAY,
    GivenMark,
    build_moving_school,
    counted_marks,
    is_there,
    last_class,
    mean,
    was_in_term,
)
from small_school import (
    CLASS_7A,
    HISTORY,
    MATHS,
    NOW,
    OWNER_STAFF,
    QUARTER_1,
    QUARTER_2,
    STRANGER_STAFF,
    People,
)

from pipelines.figures.figures import coverage_by, quality_by, standings_today, sums_of_pupils
from school.access.action import Action
from school.analytics.lookups.readers import FigureReader, periods_of
from school.analytics.lookups.tables import NO_SELECTION, tables
from school.control.store import mark_counts
from school.families.lookups.marks import diary_marks
from school.records import RegisterKey
from school.register.actions.batch import CellEdit
from school.register.actions.entries import enter_cells
from school.register.lookups.registers import entered_summaries, register_page
from school.register.rules.marks import round_half_up
from school.register.rules.minimum_marks import minimum_marks
from school.register.store.days import teacher_lessons
from school.register.store.registers import class_terms
from school.store.connection import Store, Transaction
from school.store.events import Event
from school.store.school import School
from school.term_marks.lookups.term_marks import term_marks_page
from school.term_marks.store import given_marks

SEEDS = range(4)
CLASSES, SUBJECTS = (CLASS_7A, CLASS_7B), (MATHS, HISTORY)


def keys() -> list[RegisterKey]:
    return [RegisterKey(*register[:3]) for register in REGISTERS]


def counts(marks: list[GivenMark]) -> tuple[int, float | None]:
    found = mean(marks)
    return len(marks), None if found is None else round(found, 9)


@pytest.mark.parametrize("seed", SEEDS)
def test_registers_and_term_mark_sheets_count_a_pupils_marks_of_all_classes(
    school_store: Store, people: People, seed: int
) -> None:
    marks = build_moving_school(school_store, seed)
    for key in keys():
        for term in class_terms(school_store, key.class_id):
            expected = counted_marks(marks, key.class_id, key.subject_id, term.term_id)
            page = register_page(school_store, people.deputy, key, term, today=TODAY)
            shown = {each.pupil_id: page.summaries.get(each.pupil_id) for each in page.pupils}
            sheet = term_marks_page(school_store, people.deputy, key, term.term_id, now=NOW)
            assert sheet is not None
            assert [pupil for pupil, _ in sheet.pupils] == [*shown]
            for pupil, summary in shown.items():
                found = (summary.count, summary.mean) if summary else (0, None)
                assert counts(expected[pupil]) == (found[0], found[1] and round(found[1], 9)), (key, pupil)
                basis = sheet.basis(term.term_id, pupil)
                assert counts(expected[pupil]) == (basis.count, basis.mean and round(basis.mean, 9))


@pytest.mark.parametrize("seed", SEEDS)
def test_control_counts_them_too(school_store: Store, people: People, seed: int) -> None:
    marks = build_moving_school(school_store, seed)
    for class_id in CLASSES:
        rows = mark_counts(school_store, class_id, QUARTER_2, TODAY)
        found = {(row.subject_id, row.pupil_id): row.mark_count for row in rows}
        for (subject_id, pupil), count in found.items():
            assert count == len(counted_marks(marks, class_id, subject_id, QUARTER_2)[pupil])
        here = {pupil for pupil in STAYS if last_class(pupil, QUARTER_2) == class_id and pupil != LEAVER}
        assert {pupil for _, pupil in found} == here


@pytest.mark.parametrize("seed", SEEDS)
def test_figures_count_each_pupil_once_in_the_class_of_the_terms_end(
    school_store: Store, people: People, seed: int
) -> None:
    marks = build_moving_school(school_store, seed)
    check_figures(school_store, people, marks)
    # An entry in a lesson of the class left changes the figures of the class entered.
    old = next(
        mark
        for mark in marks
        if mark.pupil_id == MOVER and mark.class_id == CLASS_7A and mark.subject_id == MATHS
        if mark.held_on > TERMS[QUARTER_2][0]
    )
    edit = CellEdit(old.lesson_id, MOVER, "2" if old.value != 2 else "5", str(old.value), reason="описка")
    (result,) = enter_cells(school_store, people.owner, [edit], now=NOW)
    assert result.status == "saved", result
    changed = GivenMark(**{**vars(old), "value": int(edit.text)})
    check_figures(school_store, people, [changed if mark is old else mark for mark in marks])
    # And one in the class entered, in which others have moved in and out.
    today = 1000 + 100 + DAYS.index(TODAY)
    before = next((mark for mark in marks if mark.lesson_id == today and mark.pupil_id == NEWCOMER), None)
    text = "5" if before is None or before.value != 5 else "4"
    edit = CellEdit(today, NEWCOMER, text, str(before.value) if before else "")
    enter_cells(school_store, people.stranger, [edit], now=NOW)
    weight = next(mark.weight for mark in marks if mark.lesson_id == today)
    kept = [changed if mark is old else mark for mark in marks if mark is not before]
    new = GivenMark(today, CLASS_7B, MATHS, None, TODAY, NEWCOMER, int(text), weight)
    check_figures(school_store, people, [*kept, new])


def check_figures(store: Store, people: People, marks: list[GivenMark]) -> None:
    reader = FigureReader(School(store, lambda: NOW), people.deputy, Action.READ_QUALITY)
    period = next(row for row in periods_of(reader) if row.term_ids == (QUARTER_2,))
    found = quality_by(reader, "today", [period], NO_SELECTION, ("class_id",))
    expected: dict[int, Counter[int]] = {class_id: Counter() for class_id in CLASSES}
    for class_id in CLASSES:
        for subject_id in SUBJECTS:
            for pupil, own in counted_marks(marks, class_id, subject_id, QUARTER_2).items():
                if last_class(pupil, QUARTER_2) == class_id:
                    value = mean(own)
                    assert value is not None
                    expected[class_id][round_half_up(value)] += 1
    figures = {
        int(row["class_id"]): {mark: row[f"n{mark}"] for mark in (5, 4, 3, 2)}
        for row in found.to_dict("records")
    }
    assert figures == {
        class_id: {mark: expected[class_id][mark] for mark in (5, 4, 3, 2)} for class_id in CLASSES
    }
    by = ("class_id", "subject_id", "pupil_id")
    covered = coverage_by(
        FigureReader(reader.school, people.deputy, Action.READ_REGISTER_WORK), period, NO_SELECTION, TODAY, by
    )
    pairs = {
        tuple(row[name] for name in by): (row["pairs_covered"], row["pairs_without_marks"])
        for row in covered.to_dict("records")
    }
    for (class_id, subject_id, pupil), (is_covered, is_bare) in pairs.items():
        count = len(counted_marks(marks, class_id, subject_id, QUARTER_2)[pupil])
        # Two hours a week: five marks at the least.
        assert (is_covered, is_bare) == (count >= 5, count == 0), (class_id, subject_id, pupil)
    assert {key[2] for key in pairs} == STAYS.keys() - {LEAVER}


@pytest.mark.parametrize("seed", SEEDS)
def test_what_python_reads_in_memory_is_what_the_database_adds_up(
    school_store: Store, people: People, seed: int
) -> None:
    build_moving_school(school_store, seed)
    places = given_marks(school_store, term_ids=TERMS)
    scoped = tables(school_store, people.deputy, Action.READ_QUALITY)
    sums = sums_of_pupils(scoped, NO_SELECTION).aggregate(
        "class_id, subject_id, term_id, pupil_id, sum(marks_given), sum(weighted_marks)",
        "class_id, subject_id, term_id, pupil_id",
    )
    found = {tuple(row[:4]): row[4:] for row in sums.fetchall()}
    assert found.keys() == places.keys()
    for place, marks in places.items():
        count, weighted = found[place]
        assert count == len(marks)
        assert math.isclose(weighted, sum(mark.value * mark.weight for mark in marks))
    standings = standings_today(scoped, NO_SELECTION).select("class_id", "term_id", "pupil_id").fetchall()
    assert {row for row in standings if row[2] == MOVER} == {
        (CLASS_7A, QUARTER_1, MOVER),
        (CLASS_7B, QUARTER_2, MOVER),
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_the_diary_counts_what_the_teacher_sees(school_store: Store, people: People, seed: int) -> None:
    marks = build_moving_school(school_store, seed)
    for pupil in STAYS:
        class_id = last_class(pupil, QUARTER_2)
        assert class_id is not None
        diary = diary_marks(school_store, people.deputy, pupil, today=TODAY, term_id=QUARTER_2)
        found = {each.subject_id: each.count for each in diary.subjects}
        for subject_id in SUBJECTS:
            own = counted_marks(marks, class_id, subject_id, QUARTER_2)[pupil]
            assert found.get(subject_id, 0) == len(own)


def test_after_an_entry_the_mean_is_still_of_all_classes(school_store: Store, people: People) -> None:
    marks = build_moving_school(school_store, 0)
    lesson = 1000 + 100 + DAYS.index(TODAY)
    found = entered_summaries(school_store, people.stranger, [lesson], [MOVER])
    expected = counted_marks(marks, CLASS_7B, MATHS, QUARTER_2)[MOVER]
    assert (found[MOVER].count, found[MOVER].mean) == (len(expected), pytest.approx(mean(expected)))


def test_who_left_on_the_first_day_of_a_term_is_in_none_of_its_lists(
    school_store: Store, people: People
) -> None:
    build_moving_school(school_store, 0)
    for key in keys():
        term = next(each for each in class_terms(school_store, key.class_id) if each.term_id == QUARTER_2)
        page = register_page(school_store, people.deputy, key, term, today=TODAY)
        listed = {each.pupil_id for each in page.pupils}
        assert not {LEAVER, *([AT_THE_BORDER] if key.class_id == CLASS_7A else [])} & listed
    assert was_in_term(RETURNER, CLASS_7B, QUARTER_2)
    assert SWITCHER in STAYS


def test_of_two_marks_for_one_term_that_of_the_class_of_its_end_counts(
    school_store: Store, people: People
) -> None:
    build_moving_school(school_store, 0)

    def give(transaction: Transaction) -> None:
        for class_id, value in ((CLASS_7A, 5), (CLASS_7B, 3)):
            transaction.change(
                "INSERT INTO term_marks (class_id, subject_id, term_id, pupil_id, value) VALUES (?, ?, ?, ?, ?)",
                [class_id, MATHS, QUARTER_2, MOVER, value],
            )
        transaction.record(Event(NOW, None, "school"))

    school_store.write(give)
    reader = FigureReader(School(school_store, lambda: NOW), people.deputy, Action.READ_QUALITY)
    period = next(row for row in periods_of(reader) if row.term_ids == (QUARTER_2,))
    found = quality_by(reader, "term", [period], NO_SELECTION, ("class_id",))
    assert [(row["class_id"], row["n"], row["n3"]) for row in found.to_dict("records")] == [(CLASS_7B, 1, 1)]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_teachers_day_counts_who_is_in_the_subgroup_on_that_day(school_store: Store, seed: int) -> None:
    build_moving_school(school_store, seed)
    for teacher_id in (OWNER_STAFF, STRANGER_STAFF):
        for lesson in teacher_lessons(school_store, teacher_id, DAYS[0], TODAY):
            day, group = lesson.held_on, lesson.subgroup_id
            expected = [
                pupil
                for pupil, stays in STAYS.items()
                if is_there(stays, lesson.class_id, day)
                and (group is None or is_there(GROUPS.get(pupil, ()), group, day))
            ]
            assert lesson.pupil_count == len(expected), lesson


@pytest.mark.parametrize(
    ("loads", "minimum"),
    [
        ([(5, None, "2026-11-15"), (1, "2026-11-16", None)], 3),  # five hours became one
        ([(1, None, "2026-11-15"), (5, "2026-11-16", None)], 6),
        ([(1, None, None), (1, None, None)], 5),  # two teachers
        ([(5, None, "2026-11-19")], 6),  # in force on its last day
    ],
)
def test_the_least_number_of_marks_goes_by_the_hours_in_force(
    school_store: Store, people: People, loads: list[tuple[int, str | None, str | None]], minimum: int
) -> None:
    build_moving_school(school_store, 0)

    def write(transaction: Transaction) -> None:
        transaction.change(
            "DELETE FROM teaching_load WHERE class_id = $class AND subject_id = $maths",
            {"class": CLASS_7B, "maths": MATHS},
        )
        for number, load in enumerate(loads):
            transaction.change(
                "INSERT INTO teaching_load (load_id, school_year, class_id, subject_id, teacher_id, hours_a_week, starts_on, ends_on)"
                " VALUES (?, 2026, ?, ?, ?, ?, ?, ?)",
                [700 + number, CLASS_7B, MATHS, STRANGER_STAFF, *load],
            )
        transaction.record(Event(NOW, None, "school"))

    school_store.write(write)
    key = RegisterKey(CLASS_7B, MATHS)
    term = class_terms(school_store, CLASS_7B)[1]
    assert register_page(school_store, people.deputy, key, term, today=TODAY).minimum == minimum
    sheet = term_marks_page(school_store, people.deputy, key, QUARTER_2, now=NOW)
    assert sheet is not None
    assert sheet.basis(QUARTER_2, MOVER).minimum == minimum
    hours = {
        row.hours_a_week
        for row in mark_counts(school_store, CLASS_7B, QUARTER_2, TODAY)
        if row.subject_id == MATHS
    }
    assert [minimum_marks(each) for each in hours] == [minimum]
