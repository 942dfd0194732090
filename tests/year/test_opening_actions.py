"""A year opens in the store, and changes in its middle leave alone what has been (п. 4.2, 4.3, 5.1)."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opening_school import ADMIN, AUGUST, Opening, open_year

from school.errors import RuleRefused
from school.files.plan import SourceRow, digest_of
from school.files.rows import ID
from school.store.connection import DATABASE_NAME, Store, Transaction
from school.store.events import Event
from school.store.file.witness import drop_witness
from school.year.actions.opening import save_classes, save_year_calendar
from school.year.actions.teaching_load import divide_class
from school.year.actions.timetable import remake_lessons
from school.year.lookups import first_day_offered, opening_steps
from school.year.records import Break, YearCalendar, YearKey
from school.year.rules.opening import StepState
from school.year.store.calendars import calendar_of
from school.year.store.school_tables import classes_in_use, classes_of_year, subjects_in_use

MID_YEAR = datetime(2026, 10, 14, 13)  # a Wednesday
TODAY, TOMORROW = MID_YEAR.date(), MID_YEAR.date() + timedelta(1)
LATER = date(2026, 11, 9)  # a Monday


@pytest.fixture(scope="module")
def opened_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The opened school, made once."""
    path = tmp_path_factory.mktemp("opened") / DATABASE_NAME
    store = Store(path, lambda: AUGUST)
    open_year(store)
    store.close()
    return path


def copy_of(opened_file: Path, folder: Path) -> Opening:
    """Return a copy of the opened school in the middle of October."""
    drop_witness(folder / DATABASE_NAME)  # of the copy before, which held more
    store = Store(Path(shutil.copy(opened_file, folder)), lambda: MID_YEAR)
    key = store.read("SELECT school_id FROM schools")[0][0]

    return Opening(store, YearKey(key, 2026), MID_YEAR)


@pytest.fixture
def opened(opened_file: Path, tmp_path: Path) -> Iterator[Opening]:
    """The opened school in the middle of October."""
    opening = copy_of(opened_file, tmp_path)
    yield opening
    opening.store.close()


def lessons(opening: Opening, where: str = "true") -> set[tuple[date, int, str, int | None]]:
    """Return the lessons of 7А: day, number, subject, teacher."""
    rows = opening.store.read(
        f"""SELECT held_on, number, b.name, teacher_id FROM lessons l JOIN subjects b USING (subject_id)
            WHERE class_id = {opening.class_id("7А")} AND {where}"""
    )
    return {(day, number, subject, teacher) for day, number, subject, teacher in rows}


def give_mark(opening: Opening, day: date, number: int = 1) -> int:
    """Put a mark at a lesson of 7А and return the lesson."""
    (lesson_id,) = opening.store.read(
        "SELECT lesson_id FROM lessons WHERE held_on = $day AND number = $number",
        {"day": day, "number": number},
    )[0]

    def work(transaction: Transaction) -> None:
        transaction.change(
            "INSERT INTO marks (lesson_id, pupil_id, slot, value, recorded_at) VALUES ($lesson, 1, 1, 5, $now)",
            {"lesson": lesson_id, "now": MID_YEAR},
        )
        transaction.record(Event(MID_YEAR, None, "cell", lesson_id=lesson_id, pupil_id=1))

    opening.store.write(work)
    return int(lesson_id)


def calendar(opening: Opening) -> YearCalendar:
    found = calendar_of(opening.store, opening.key)
    assert found is not None
    return found


def test_an_opened_year_has_its_lessons_on_school_days_with_terms_and_teachers(opened: Opening) -> None:
    days = {day for day, *_ in lessons(opened)}
    assert min(days) == date(2026, 9, 1)  # a Tuesday: history
    assert date(2026, 9, 2) in days
    assert date(2026, 10, 28) not in days  # autumn holidays
    assert date(2026, 11, 4) not in days  # a day off
    assert {(subject, teacher) for *_, subject, teacher in lessons(opened)} == {
        ("Алгебра", 11),
        ("История", 12),
    }
    outside = opened.store.read(
        """SELECT count(*) FROM lessons l JOIN terms t USING (term_id) JOIN class_terms k USING (class_id, term_id)
           WHERE l.held_on BETWEEN t.starts_on AND t.ends_on"""
    )
    assert outside == [(len(lessons(opened)),)]
    assert opened.store.read(
        "SELECT DISTINCT kind FROM class_terms JOIN terms USING (term_id) JOIN classes USING "
        "(class_id) WHERE name = '10Б'"
    ) == [("half",)]


def test_the_steps_are_read_off_the_data(opened: Opening, empty_store: Store) -> None:
    nothing = opening_steps(empty_store, ADMIN, None, TODAY)
    assert {line.state for line in nothing if line.step.code != "subgroups"} == {StepState.NOT_BEGUN}
    lines = {line.step.code: line for line in opening_steps(opened.store, ADMIN, opened.key, TODAY)}
    assert lines["calendar"].state is StepState.DONE
    assert lines["classes"].missing == ("нет классного руководителя: 10Б",)
    assert lines["pupils"].state is StepState.NOT_BEGUN
    assert lines["timetable"].missing == ("часы нагрузки и расписания расходятся, строк: 1",)


def test_a_new_week_holds_from_its_day_and_leaves_the_days_before(opened: Opening) -> None:
    before = lessons(opened, f"held_on <= '{TODAY}'")
    opened.week("7А", {("чт", 3): "алг 204", ("пт", 3): "алг 204", ("вт", 2): "ист 12"}, TOMORROW)
    assert lessons(opened, f"held_on <= '{TODAY}'") == before
    ahead = {
        (day.isoweekday(), number, subject)
        for day, number, subject, _ in lessons(opened, f"held_on > '{TODAY}'")
    }
    assert ahead == {(4, 3, "Алгебра"), (5, 3, "Алгебра"), (2, 2, "История")}


def test_a_week_cannot_begin_on_a_day_that_has_been(opened: Opening) -> None:
    assert first_day_offered(opened.store, ADMIN, opened.key, TODAY) == TOMORROW
    with pytest.raises(RuleRefused, match=r"не раньше 15\.10\.2026"):
        opened.week("7А", {("чт", 3): "алг"}, TODAY)


def test_a_lesson_ahead_with_a_mark_stays_and_nothing_is_put_over_it(opened: Opening) -> None:
    marked_day = date(2026, 10, 19)
    lesson_id = give_mark(opened, marked_day)
    done = opened.week("7А", {("пн", 1): "ист 12"}, TOMORROW)
    assert "остались с записями: 1" in done.lessons
    assert opened.store.read("SELECT number FROM lessons WHERE lesson_id = $id", {"id": lesson_id}) == [(1,)]
    assert {subject for day, _, subject, _ in lessons(opened) if day == marked_day} == {"Алгебра"}


def test_a_substituted_lesson_ahead_keeps_its_substitute(opened: Opening) -> None:
    day = date(2026, 10, 19)

    def substitute(transaction: Transaction) -> None:
        transaction.change(
            f"""INSERT INTO substitutions SELECT 900, lesson_id, class_id, subject_id, NULL, 'subject', 11, 12, NULL, 'болезнь',
                    '2026-10-14', 1, NULL, NULL, NULL FROM lessons WHERE held_on = '{day}'"""
        )
        transaction.change(f"UPDATE lessons SET teacher_id = 12 WHERE held_on = '{day}'")
        transaction.record(Event(MID_YEAR, None, "substitution"))

    opened.store.write(substitute)
    opened.week("7А", {("чт", 3): "алг 204"}, TOMORROW)
    remake_lessons(opened.store, ADMIN, opened.key, first_day=TOMORROW, now=MID_YEAR)
    assert lessons(opened, f"held_on = '{day}'") == {(day, 1, "Алгебра", 12)}


def test_a_new_teacher_takes_the_lessons_ahead_and_the_past_stays_with_the_former_one(
    opened: Opening,
) -> None:
    opened.load(("7А", "Алгебра", "", "Стрельцов", "2"), first_day=TOMORROW)
    teachers = {
        when: {teacher for *_, subject, teacher in lessons(opened, where) if subject == "Алгебра"}
        for when, where in (("past", f"held_on <= '{TODAY}'"), ("ahead", f"held_on > '{TODAY}'"))
    }
    assert teachers == {"past": {11}, "ahead": {12}}
    spans = opened.store.read(
        "SELECT teacher_id, starts_on, ends_on FROM teaching_load WHERE hours_a_week = 2 ORDER BY load_id"
    )
    assert spans == [(11, None, TODAY), (12, TOMORROW, None)]


def test_new_hours_hold_from_a_day_on_and_the_past_keeps_its_hours(opened: Opening) -> None:
    opened.load(("7А", "Алгебра", "", "Орлова", "1"), first_day=TOMORROW)
    # Corrected before it begins: the same day, no empty span beside it.
    opened.load(("7А", "Алгебра", "", "Орлова", "3"), first_day=TOMORROW)
    spans = opened.store.read(
        """SELECT hours_a_week, starts_on, ends_on FROM teaching_load JOIN subjects USING (subject_id)
        WHERE name = 'Алгебра' AND class_id = $class ORDER BY load_id""",
        {"class": opened.class_id("7А")},
    )
    assert spans == [(2.0, None, TODAY), (3.0, TOMORROW, None)]
    with pytest.raises(RuleRefused, match="с завтрашнего дня"):
        opened.load(("7А", "Алгебра", "", "Орлова", "4"), first_day=TODAY)


@pytest.mark.parametrize(
    ("changes", "teachers"),
    [
        ([("Стрельцов", TOMORROW)], (12, 12)),
        (
            [("Стрельцов", LATER), ("вакансия", TOMORROW)],
            (None, 12),
        ),  # a vacancy until the appointed one comes
    ],
)
def test_a_new_teacher_takes_each_week_in_its_days(
    opened: Opening, changes: list[tuple[str, date]], teachers: tuple[int | None, int]
) -> None:
    opened.week("7А", {("чт", 3): "алг 204", ("вт", 2): "ист 12"}, LATER)
    weeks = (f"held_on > '{TODAY}' AND held_on < '{LATER}'", f"held_on >= '{LATER}'")
    before = [{lesson[:3] for lesson in lessons(opened, week)} for week in weeks]
    for teacher, first_day in changes:
        opened.load(("7А", "Алгебра", "", teacher, "2"), first_day=first_day)
    assert [{lesson[:3] for lesson in lessons(opened, week)} for week in weeks] == before
    algebra = [
        {teacher for *_, subject, teacher in lessons(opened, week) if subject == "Алгебра"} for week in weeks
    ]
    assert algebra == [{teacher} for teacher in teachers]


def test_a_line_of_the_load_that_is_taken_away_keeps_its_past(opened: Opening) -> None:
    opened.load(("7А", "Алгебра", "", "Орлова", "2"), first_day=TOMORROW, class_id=opened.class_id("7А"))
    days = {day for day, _, subject, _ in lessons(opened) if subject == "История"}
    assert max(days) == date(2026, 10, 13)


def test_a_subject_divided_in_the_year_goes_on_in_its_subgroups(opened: Opening) -> None:
    class_id = opened.class_id("7А")
    opened.load(
        ("7А", "Алгебра", "1", "Орлова", "2"),
        ("7А", "Алгебра", "2", "Стрельцов", "2"),
        ("7А", "История", "", "Стрельцов", "1"),
        first_day=TOMORROW,
        class_id=class_id,
    )
    opened.week("7А", {("пн", 1): "алг 204/205", ("вт", 2): "ист 12"}, TOMORROW)
    groups = dict(opened.store.read("SELECT name, subgroup_id FROM subgroups"))
    ahead = opened.store.read(
        f"SELECT DISTINCT subgroup_id FROM lessons WHERE held_on > '{TODAY}' AND number = 1 ORDER BY 1"
    )
    assert [row[0] for row in ahead] == sorted(groups.values())
    assert not opened.store.read(
        f"SELECT 1 FROM lessons WHERE held_on <= '{TODAY}' AND subgroup_id IS NOT NULL"
    )


def test_pupils_are_divided_from_a_day_on_and_not_over_their_marks(opened: Opening) -> None:
    test_a_subject_divided_in_the_year_goes_on_in_its_subgroups(opened)
    class_id = opened.class_id("7А")
    subject_id, first, second = opened.store.read(
        "SELECT any_value(subject_id), min(subgroup_id), max(subgroup_id) FROM subgroups"
    )[0]

    def enrol(transaction: Transaction) -> None:
        for pupil_id in (1, 2):
            transaction.change(
                "INSERT INTO pupils (pupil_id, school_id, last_name) VALUES ($pupil, $school, 'Ученик')",
                {"pupil": pupil_id, "school": opened.key.school_id},
            )
            transaction.change(
                "INSERT INTO enrolments VALUES ($id, $pupil, $class, '2026-09-01', NULL)",
                {"id": 5000 + pupil_id, "pupil": pupil_id, "class": class_id},
            )
        transaction.record(Event(MID_YEAR, None, "school"))

    def division(wanted: dict[int, int | None], day: date) -> int:
        return divide_class(
            opened.store, ADMIN, opened.key, class_id, subject_id, wanted, first_day=day, now=MID_YEAR
        )

    opened.store.write(enrol)
    assert division({1: first, 2: second}, TOMORROW) == 2
    assert division({1: first, 2: second}, TOMORROW) == 0
    (lesson_id,) = opened.store.read(
        f"SELECT lesson_id FROM lessons WHERE subgroup_id = {first} ORDER BY held_on LIMIT 1"
    )[0]

    def mark(transaction: Transaction) -> None:
        transaction.change(
            f"INSERT INTO marks (lesson_id, pupil_id, slot, value) VALUES ({lesson_id}, 1, 1, 4)"
        )
        transaction.record(Event(MID_YEAR, None, "cell", lesson_id=lesson_id))

    opened.store.write(mark)
    with pytest.raises(RuleRefused, match="уже есть отметки"):
        division({1: second}, TOMORROW)
    assert division({1: second}, date(2026, 11, 9)) == 1
    spans = opened.store.read(
        "SELECT subgroup_id, starts_on, ends_on FROM subgroup_members WHERE pupil_id = 1 ORDER BY 2"
    )
    assert spans == [(first, TOMORROW, date(2026, 11, 9)), (second, date(2026, 11, 9), None)]


def test_a_day_off_takes_its_lessons_away_unless_something_stands_at_them(opened: Opening) -> None:
    free, marked = date(2026, 10, 20), date(2026, 10, 19)
    give_mark(opened, marked)
    old = calendar(opened)
    save_year_calendar(
        opened.store,
        ADMIN,
        opened.key.school_id,
        replace(old, breaks=(*old.breaks, Break("Карантин", marked, free))),
        now=MID_YEAR,
    )
    assert {day for day, *_ in lessons(opened) if marked <= day <= free} == {marked}
    save_year_calendar(opened.store, ADMIN, opened.key.school_id, old, now=MID_YEAR)
    assert {day for day, *_ in lessons(opened) if marked <= day <= free} == {marked, free}


def test_lessons_change_their_term_with_the_calendar(opened: Opening) -> None:
    old = calendar(opened)
    first, second, *others = old.terms
    moved = (
        replace(first, ends_on=date(2026, 10, 16)),
        replace(second, starts_on=date(2026, 10, 17)),
        *others,
    )
    with_new_terms = replace(old, terms=moved)
    save_year_calendar(opened.store, ADMIN, opened.key.school_id, with_new_terms, now=MID_YEAR)
    terms = opened.store.read("SELECT term_id FROM lessons WHERE held_on = '2026-10-19'")
    assert terms == [(second.term_id,)]


def test_what_something_hangs_on_is_not_removed(opened: Opening) -> None:
    present = classes_of_year(opened.store, opened.key)
    only_10b = [SourceRow(1, {"name": "10Б", ID: str(present[1].record_id)})]

    def keep_only(rows: list[SourceRow]) -> None:
        save_classes(opened.store, ADMIN, opened.key, rows, digest_of(present), now=MID_YEAR, is_whole=True)

    with pytest.raises(RuleRefused, match="Класс нельзя убрать: 7А"):
        keep_only(only_10b)
    with pytest.raises(RuleRefused, match="данные в журнале изменились"):
        save_classes(opened.store, ADMIN, opened.key, only_10b, "", now=MID_YEAR, is_whole=True)


@pytest.mark.parametrize(
    ("kept", "in_use"),
    [
        (
            "INSERT INTO lesson_plans (plan_id, class_id, subject_id, saved_at) VALUES (1, 500, 600, '2026-10-14')",
            ({500}, {600}),
        ),
        ("INSERT INTO external_tests VALUES (1, 'vpr', 600, '2026-10-14')", (set(), {600})),
    ],
)
def test_a_lesson_plan_or_an_external_test_keeps_its_class_and_subject(
    empty_store: Store, kept: str, in_use: tuple[set[int], set[int]]
) -> None:
    def keep(transaction: Transaction) -> None:
        transaction.change(kept)
        transaction.record(Event(MID_YEAR, None, "school"))

    empty_store.write(keep)
    assert (classes_in_use(empty_store, [500, 501]), subjects_in_use(empty_store, [600, 601])) == in_use


def test_every_change_of_the_opening_leaves_an_event(opened: Opening) -> None:
    kinds = {row[0] for row in opened.store.read("SELECT DISTINCT kind FROM events WHERE user_id = 1")}
    assert kinds == {
        "school",
        "year_calendar",
        "subjects",
        "classes",
        "homeroom_teacher",
        "bell_times",
        "teaching_load",
        "timetable",
    }


HOURS = [(day, number) for day in ("пн", "вт", "ср", "чт", "пт") for number in (1, 2)]
weeks = st.dictionaries(
    st.sampled_from(HOURS), st.sampled_from(["алг 204", "ист 12"]), min_size=1, max_size=6
)
marked_days = st.lists(st.integers(0, 60), max_size=4)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(weeks, st.integers(1, 40), marked_days), min_size=1, max_size=3))
def test_no_change_of_timetables_loses_a_mark(
    opened_file: Path, tmp_path: Path, changes: list[tuple[dict[tuple[str, int], str], int, list[int]]]
) -> None:
    opening = copy_of(opened_file, tmp_path)
    marked: set[int] = set()
    for week, in_days, places in changes:
        ahead = sorted({row[0] for row in lessons(opening, f"held_on > '{TODAY}'")})
        for place in places:
            if place < len(ahead):
                number = min(n for day, n, *_ in lessons(opening) if day == ahead[place])
                marked.add(mark_once(opening, ahead[place], number))
        opening.week("7А", week, TODAY + timedelta(in_days))
        kept = {
            row[0] for row in opening.store.read("SELECT lesson_id FROM marks JOIN lessons USING (lesson_id)")
        }
        assert kept == marked
    twice = opening.store.read(
        "SELECT 1 FROM lessons GROUP BY class_id, held_on, number HAVING count(*) > 1 AND count(subgroup_id) < count(*)"
    )
    assert not twice
    opening.store.close()


def mark_once(opening: Opening, day: date, number: int) -> int:
    (lesson_id,) = opening.store.read(
        "SELECT lesson_id FROM lessons WHERE held_on = $day AND number = $number",
        {"day": day, "number": number},
    )[0]
    if opening.store.read("SELECT 1 FROM marks WHERE lesson_id = $id", {"id": lesson_id}):
        return int(lesson_id)
    return give_mark(opening, day, number)


def test_a_change_that_was_to_come_later_gives_way_to_a_nearer_one(opened: Opening) -> None:
    later, nearer = date(2026, 11, 9), date(2026, 10, 26)
    opened.week("7А", {("чт", 3): "алг 204"}, later)
    opened.week("7А", {("пт", 5): "алг 204", ("вт", 2): "ист 12"}, nearer)
    ahead = {(day.isoweekday(), number) for day, number, *_ in lessons(opened, f"held_on >= '{nearer}'")}
    assert ahead == {(5, 5), (2, 2)}
    before = {(day.isoweekday(), number) for day, number, *_ in lessons(opened, f"held_on < '{nearer}'")}
    assert before == {(1, 1), (3, 1), (2, 2)}


def test_lessons_of_a_class_without_a_timetable_are_left_alone(opened: Opening) -> None:
    class_id = opened.class_id("10Б")

    def import_lesson(transaction: Transaction) -> None:
        transaction.change(
            f"""INSERT INTO lessons (lesson_id, class_id, subject_id, term_id, held_on, number)
                SELECT 777, {class_id}, subject_id, term_id, '2026-12-01', 1 FROM class_terms k, subjects
                WHERE k.class_id = {class_id} AND subjects.name = 'Алгебра' ORDER BY term_id LIMIT 1"""
        )
        transaction.record(Event(MID_YEAR, None, "school"))

    opened.store.write(import_lesson)
    opened.load(("10Б", "Алгебра", "", "Стрельцов", "3"), first_day=TOMORROW)
    assert opened.store.read("SELECT 1 FROM lessons WHERE lesson_id = 777")
