"""Whatever happens to pupils, subgroups, hours and marks, every screen's figure is what plain Python finds in the log of events."""

from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from plain_school import PlainSchool, mean, rounded
from plain_story import (
    CLASS_7B,
    CLASS_10A,
    HALF,
    REGISTERS,
    STORIES,
    TERM_CLASSES,
    TODAY,
    UPPER_PUPIL,
    Story,
    enter,
    give_term_marks,
    school_of,
)
from small_school import CLASS_7A, HISTORY, MATHS, NOW, QUARTER_1, QUARTER_2, People

from pipelines.fair.grading_consistency import FEWEST_CURRENT_MARKS, Control
from pipelines.figures.fair import controls
from pipelines.figures.figures import coverage_by, pupils_behind, quality_by
from pipelines.figures.work import attendance_of, curriculum_by, homework_by, homework_load_by
from pipelines.measures.movement import pupil_movement
from pipelines.reports.document import DocumentTable
from pipelines.reports.periodic.build import report_document
from school.access.action import Action
from school.analytics.lookups.readers import FigureReader, periods_of
from school.analytics.lookups.tables import NO_SELECTION, PeriodRow, tables
from school.families.lookups.marks import diary_absences, diary_marks
from school.records import YEAR, RegisterKey
from school.register.lookups.registers import register_page
from school.register.store.registers import class_terms
from school.reports.records import ReportKind, ReportOrder, Span
from school.store.connection import Store
from school.store.school import School
from school.term_marks.lookups.term_marks import term_marks_page


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(story=STORIES)
def test_every_figure_is_what_the_events_say(
    story: Story, small_school_file: Path, tmp_path: Path, people: People
) -> None:
    with school_of(story, small_school_file, tmp_path) as store:
        # Looked at before and after: what is in memory by then must not matter.
        check(store, people)
        enter(store, people, story)
        give_term_marks(store, PlainSchool(store, TODAY))
        check(store, people)
        check_writing(store, people)


# A report costs as much as all the figures: few stories, of what the figures above do not say yet.
@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(story=STORIES)
def test_periodic_reports_are_what_the_events_say(
    story: Story, small_school_file: Path, tmp_path: Path, people: People
) -> None:
    with school_of(story, small_school_file, tmp_path) as store:
        enter(store, people, story)
        check_reports(store, people, PlainSchool(store, TODAY))


def check(store: Store, people: People) -> None:
    plain = PlainSchool(store, TODAY)
    reader = FigureReader(School(store, lambda: NOW), people.deputy, Action.READ_REGISTER_WORK)
    check_term_marks(store, people, plain)
    check_diaries(store, people, plain)
    check_movement(store, people, plain)
    for period in periods_of(reader):
        if not period.is_whole_year and period.term_ids != (QUARTER_1,):
            check_quality(reader, plain, period)
            check_coverage(reader, plain, period)
            check_attendance(reader, plain, period)
            check_pupils_behind(reader, plain, period)


def check_writing(store: Store, people: People) -> None:
    """Check what entries change little or not at all: plans, homework, comparisons of grading."""
    plain = PlainSchool(store, TODAY)
    reader = FigureReader(School(store, lambda: NOW), people.deputy, Action.READ_REGISTER_WORK)
    for period in periods_of(reader):
        if not period.is_whole_year and period.term_ids != (QUARTER_1,):
            check_curriculum(reader, plain, period)
            check_homework(reader, plain, period)
    check_consistency(store, people, plain)


def check_term_marks(store: Store, people: People, plain: PlainSchool) -> None:
    for class_id, subject_id, group, _ in REGISTERS:
        key = RegisterKey(class_id, subject_id, group)
        for term in class_terms(store, class_id):
            sheet = term_marks_page(store, people.deputy, key, term.term_id, now=NOW)
            page = register_page(store, people.deputy, key, term, today=TODAY)
            assert sheet is not None
            listed = [
                pupil
                for pupil in plain.pupils
                for days in [plain.days_in_class(pupil, class_id, term.starts_on, term.ends_on)]
                if any(group is None or plain.is_in_group(pupil, group, day) for day in days)
            ]
            assert sorted(pupil for pupil, _ in sheet.pupils) == listed
            assert sorted(row.pupil_id for row in page.pupils) == listed
            counted = plain.counted(class_id, subject_id, term.term_id)
            for pupil in listed:
                own, basis = counted[pupil], sheet.basis(term.term_id, pupil)
                expected = mean(own)
                assert (basis.count, basis.control_count) == (len(own), sum(mark.is_control for mark in own))
                assert basis.mean == pytest.approx(expected)
                assert basis.proposed == (None if expected is None else rounded(expected))
                assert basis.minimum == plain.fewest_marks(class_id, subject_id, term.term_id, group)
                summary = page.summaries.get(pupil)
                assert (summary.count if summary else 0) == len(own)
                assert (summary.mean if summary else None) == pytest.approx(expected)
                if plain.class_of_term(pupil, QUARTER_2) == class_id and class_id != CLASS_10A:
                    given_marks = plain.year_marks(pupil, subject_id)
                    year = sheet.basis(YEAR, pupil)
                    assert year.count == len(given_marks)
                    assert year.mean == (
                        pytest.approx(sum(given_marks) / len(given_marks)) if given_marks else None
                    )


def check_diaries(store: Store, people: People, plain: PlainSchool) -> None:
    for pupil in plain.pupils:
        term_id = HALF if pupil == UPPER_PUPIL else QUARTER_2
        class_id = plain.class_of_term(pupil, term_id)
        if class_id is None or not plain.is_in_class(pupil, class_id, TODAY):
            continue
        diary = diary_marks(store, people.deputy, pupil, today=TODAY, term_id=term_id)
        shown = {subject.subject_id: subject.count for subject in diary.subjects}
        for subject_id in (MATHS, HISTORY):
            assert shown.get(subject_id, 0) == len(plain.counted(class_id, subject_id, term_id)[pupil])
        missed = diary_absences(store, people.deputy, pupil, today=TODAY, term_id=term_id)
        term = plain.terms[term_id]
        letters = [
            text[:1]
            for (lesson_id, whose), text in plain.cells.items()
            if whose == pupil and term["starts_on"] <= plain.lessons[lesson_id]["held_on"] <= term["ends_on"]
        ]
        found = {
            "нбуо"[["unknown", "illness", "valid", "late"].index(reason)]: number
            for reason, number in missed.by_reason.items()
        }
        assert found == {letter: letters.count(letter) for letter in "нбуо" if letter in letters}


def check_movement(store: Store, people: People, plain: PlainSchool) -> None:
    first, last = date(2026, 9, 2), TODAY
    enrolments = tables(store, people.deputy, Action.READ_QUALITY).enrolments()
    columns = ["pupils_at_start", "pupils_arrived", "pupils_left", "pupils_at_end"]
    by_class = pupil_movement(enrolments, first_day=first, last_day=last).df()
    found = {int(row["class_id"]): tuple(row[columns]) for _, row in by_class.iterrows()}
    for class_id in plain.classes:
        assert found.get(class_id, (0, 0, 0, 0)) == plain.movement({class_id}, first, last)
    school = pupil_movement(enrolments, (), first_day=first, last_day=last).df()
    assert tuple(school[columns].iloc[0]) == plain.movement(set(plain.classes), first, last)


def check_quality(reader: FigureReader, plain: PlainSchool, period: PeriodRow) -> None:
    counts = ["n5", "n4", "n3", "n2"]
    for by, of in (("class_id", "class_id"), ("teacher_id", "teacher_id")):
        rows = quality_by(reader, "marks", [period], NO_SELECTION, (by,))
        found = {int(row[by]): [int(row[name]) for name in counts] for _, row in rows.iterrows() if row["n"]}
        given_here = [mark for mark in plain.marks() if mark.lesson["term_id"] in period.term_ids]
        groups = {mark.lesson[of] for mark in given_here}
        assert found == {
            key: [
                sum(mark.lesson[of] == key and mark.value == value for mark in given_here)
                for value in (5, 4, 3, 2)
            ]
            for key in groups
        }
    rows = quality_by(reader, "today", [period], NO_SELECTION, ("class_id",))
    found = {
        int(row["class_id"]): [int(row[name]) for name in counts] for _, row in rows.iterrows() if row["n"]
    }
    expected: dict[int, list[int]] = {}
    for class_id, term_id in TERM_CLASSES:
        if term_id not in period.term_ids:
            continue
        standings = [
            rounded(value)
            for subject_id in (MATHS, HISTORY)
            for pupil, own in plain.counted(class_id, subject_id, term_id).items()
            if plain.class_of_term(pupil, term_id) == class_id and (value := mean(own)) is not None
        ]
        if standings:
            expected[class_id] = [standings.count(mark) for mark in (5, 4, 3, 2)]
    assert found == expected


def check_coverage(reader: FigureReader, plain: PlainSchool, period: PeriodRow) -> None:
    by = ("class_id", "subject_id", "pupil_id")
    rows = coverage_by(reader, period, NO_SELECTION, TODAY, by)
    found = {
        tuple(int(row[name]) for name in by): (bool(row["pairs_covered"]), bool(row["pairs_without_marks"]))
        for _, row in rows.iterrows()
    }
    expected = {}
    for class_id, subject_id, group, _ in REGISTERS:
        for term_id in set(period.term_ids) & plain.terms_of_class[class_id]:
            counted = plain.counted(class_id, subject_id, term_id)
            for pupil in plain.pupils:
                is_taught = group is None or plain.is_in_group(pupil, group, TODAY)
                if plain.is_in_class(pupil, class_id, TODAY) and is_taught:
                    marks, fewest = (
                        len(counted[pupil]),
                        plain.fewest_marks(class_id, subject_id, term_id, group),
                    )
                    expected[class_id, subject_id, pupil] = (marks >= fewest, marks == 0)
    assert found == expected


def check_attendance(reader: FigureReader, plain: PlainSchool, period: PeriodRow) -> None:
    columns = ["pupil_lessons", "missed_lessons", "late_arrivals", "pupils_with_lessons"]
    rows = attendance_of(reader, period, NO_SELECTION, TODAY, ("class_id",))
    found = {int(row["class_id"]): [int(row[name]) for name in columns] for _, row in rows.iterrows()}
    expected = {}
    for class_id, term_id in TERM_CLASSES:
        pupils = plain.attendance(class_id, term_id) if term_id in period.term_ids else {}
        if pupils:
            missed = sum(each[letter] for each in pupils.values() for letter in "нбу")
            late = sum(each["о"] for each in pupils.values())
            expected[class_id] = [sum(each["lessons"] for each in pupils.values()), missed, late, len(pupils)]
    assert found == expected


def check_curriculum(reader: FigureReader, plain: PlainSchool, period: PeriodRow) -> None:
    columns = ["plan_hours", "hours_held", "hours_due", "lessons_without_written_topic"]
    rows = curriculum_by(reader, period, NO_SELECTION, TODAY, ("class_id", "subject_id"))
    found = {
        (int(row["class_id"]), int(row["subject_id"])): tuple(int(row[name]) for name in columns)
        for _, row in rows.iterrows()
    }
    expected = defaultdict[tuple[int, int], list[tuple[int, ...]]](list)
    for class_id, subject_id, group, _ in REGISTERS:
        for term_id in set(period.term_ids) & plain.terms_of_class[class_id]:
            expected[class_id, subject_id].append(plain.progress((class_id, subject_id, group), term_id))
    assert found == {key: tuple(map(sum, zip(*each, strict=True))) for key, each in expected.items()}


def check_homework(reader: FigureReader, plain: PlainSchool, period: PeriodRow) -> None:
    by = ("class_id",)
    rows = homework_by(reader, period, NO_SELECTION, TODAY, by).merge(
        homework_load_by(reader, period, NO_SELECTION, TODAY, by), on="class_id"
    )
    columns = [
        "lessons_filled",
        "lessons_with_homework",
        "lessons_homework_none",
        "school_days",
        "assignments",
    ]
    found = {int(row["class_id"]): tuple(int(row[name]) for name in columns) for _, row in rows.iterrows()}
    expected = {
        class_id: plain.homework(class_id, term_id)
        for class_id, term_id in TERM_CLASSES
        if term_id in period.term_ids
    }
    assert found == {class_id: counts for class_id, counts in expected.items() if counts[0]}


def standings_of(plain: PlainSchool, class_id: int, term_id: int) -> dict[int, list[int]]:
    """Return by pupil of a class the marks that their current marks give today, of those who end the term there."""
    found = defaultdict[int, list[int]](list)
    for subject_id in (MATHS, HISTORY):
        for pupil, own in plain.counted(class_id, subject_id, term_id).items():
            if plain.class_of_term(pupil, term_id) == class_id and (value := mean(own)) is not None:
                found[pupil].append(rounded(value))
    return found


def check_pupils_behind(reader: FigureReader, plain: PlainSchool, period: PeriodRow) -> None:
    for class_id, term_id in TERM_CLASSES:
        if term_id in period.term_ids:
            found = defaultdict[int, list[int]](list)
            for row in pupils_behind(reader, period, {"class_id": (class_id,)}):
                counted = plain.counted(class_id, row.subject_id, term_id)[row.pupil_id]
                assert sorted(row.marks) == sorted(mark.value for mark in counted)
                if row.mark_so_far is not None:
                    found[row.pupil_id].append(row.mark_so_far)
            expected = standings_of(plain, class_id, term_id)
            assert {key: sorted(each) for key, each in found.items()} == {
                key: sorted(each) for key, each in expected.items()
            }


def check_consistency(store: Store, people: People, plain: PlainSchool) -> None:
    reader = FigureReader(School(store, lambda: NOW), people.deputy, Action.READ_CONSISTENCY)
    period = next(row for row in periods_of(reader) if row.term_ids == (QUARTER_2,))
    answers = controls(reader, period)
    rows = answers[Control.TERM_MARKS].rows
    columns = ["cases", "higher", "lower"]
    found = {
        (int(row["teacher_id"]), int(row["subject_id"])): tuple(int(row[name]) for name in columns)
        for _, row in rows.iterrows()
    }
    assert found == plain.term_marks_against_means({QUARTER_1, QUARTER_2, HALF})
    gaps = {
        (int(row["teacher_id"]), int(row["subject_id"])): (int(row["cases"]), float(row["disagreement"]))
        for _, row in answers[Control.CONTROL_WORKS].rows.iterrows()
    }
    expected = plain.control_works(FEWEST_CURRENT_MARKS)
    assert gaps == {key: (cases, pytest.approx(gap)) for key, (cases, gap) in expected.items()}


def check_reports(store: Store, people: People, plain: PlainSchool) -> None:
    """Hold the summary and the report on marks (п. 5.2) of the running quarter to plain counts."""
    quarter = Span(2026, "quarter", 2)
    summary, coverage = (
        report_document(store, people.deputy, ReportOrder(kind, quarter), now=NOW).tables[0]
        for kind in (ReportKind.PERFORMANCE, ReportKind.MARK_COVERAGE)
    )
    for class_id, name in ((CLASS_7A, "7А"), (CLASS_7B, "7Б")):
        of_class = cells(summary, name)
        marks = standings_of(plain, class_id, QUARTER_2)
        start, come, left, end = plain.movement({class_id}, plain.terms[QUARTER_2]["starts_on"], TODAY)
        lowest = [min(each) for each in marks.values()]
        expected = {"На начало": start, "Прибыло": come, "Выбыло": left, "На конец": end}
        expected |= {"Неуспевают": lowest.count(2), "Отличники": lowest.count(5)}
        if marks:
            every = [mark for each in marks.values() for mark in each]
            expected["Средний балл"] = pytest.approx(sum(every) / len(every))
            expected["На «4» и «5», % учеников"] = pytest.approx(
                100 * sum(mark > 3 for mark in lowest) / len(lowest)
            )
        assert {title: of_class[title] for title in expected} == expected
        pairs = [
            (len(plain.counted(class_id, subject_id, QUARTER_2)[pupil]), group, subject_id)
            for of, subject_id, group, _ in REGISTERS
            if of == class_id
            for pupil in plain.pupils
            if plain.is_in_class(pupil, class_id, TODAY)
            and (group is None or plain.is_in_group(pupil, group, TODAY))
        ]
        enough = sum(
            count >= plain.fewest_marks(class_id, subject_id, QUARTER_2, group)
            for count, group, subject_id in pairs
        )
        found = cells(coverage, name)
        assert (found.get("Всего пар", 0), found.get("Хватает отметок", 0)) == (len(pairs), enough)


def cells(table: DocumentTable, name: str) -> dict[str, object]:
    """Return the row of a document's table that begins with a name, by the columns' titles."""
    titles = [column.title for column in table.columns]
    return next((dict(zip(titles, row, strict=True)) for row in table.rows if row[0] == name), {})
