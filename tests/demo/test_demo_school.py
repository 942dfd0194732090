"""A made-up school keeps the rules of a real one and looks like one."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from made_up_school import SMALL, WEDNESDAY, quiet

from demo.build import make_school
from school.records import Role
from school.register.rules.marks import round_half_up, weighted_mean
from school.store.connection import DATABASE_NAME, Store


def count(store: Store, sql: str) -> int:
    """Return the only number that a query answers with."""
    return store.read(sql)[0][0]


# What must not be found in any school: the statement and the query that counts the exceptions.
NEVER = {
    "a teacher is in two lessons at once": """SELECT count(*) FROM (SELECT 1 FROM lessons
        WHERE status <> 'cancelled' GROUP BY teacher_id, held_on, number HAVING count(*) > 1)""",
    "a teacher is twice in one slot of the timetable": """SELECT count(*) FROM (SELECT 1 FROM timetable
        JOIN teaching_load USING (load_id) GROUP BY school_year, teacher_id, weekday, number HAVING count(*) > 1)""",
    "a class has two subjects in one slot": """SELECT count(*) FROM (SELECT 1 FROM timetable
        JOIN teaching_load USING (load_id) GROUP BY class_id, weekday, number
        HAVING count(DISTINCT subject_id) > 1 OR (count(*) > 1 AND count(subgroup_id) < count(*)))""",
    "a class waits between lessons": """SELECT count(*) FROM (SELECT 1 FROM timetable
        JOIN teaching_load USING (load_id) GROUP BY class_id, weekday
        HAVING max(number) > count(DISTINCT number))""",
    "a load has other hours in the timetable": """SELECT count(*) FROM teaching_load l
        WHERE hours_a_week <> (SELECT count(*) FROM timetable t WHERE t.load_id = l.load_id)""",
    "a lesson falls on a day off or a weekend": """SELECT count(*) FROM lessons
        WHERE held_on IN (SELECT day FROM days_off) OR isodow(held_on) > 5""",
    "a lesson lies outside its term": """SELECT count(*) FROM lessons JOIN terms USING (term_id)
        WHERE held_on NOT BETWEEN starts_on AND ends_on""",
    "a class has a lesson in a term it does not report by": """SELECT count(*) FROM lessons
        ANTI JOIN class_terms USING (class_id, term_id)""",
    "a mark or absence stands before the pupil came or after they left": """SELECT count(*) FROM
        (SELECT lesson_id, pupil_id FROM marks UNION SELECT lesson_id, pupil_id FROM absences)
        JOIN lessons l USING (lesson_id) WHERE NOT EXISTS (SELECT 1 FROM enrolments e
            WHERE e.class_id = l.class_id AND e.pupil_id = pupil_id AND e.starts_on <= l.held_on
            AND (e.ends_on IS NULL OR e.ends_on > l.held_on))""",
    "a pupil is marked with the other subgroup": """SELECT count(*) FROM marks m JOIN lessons l USING (lesson_id)
        WHERE l.subgroup_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM subgroup_members g
            WHERE g.subgroup_id = l.subgroup_id AND g.pupil_id = m.pupil_id)""",
    "a first grade is marked": """SELECT count(*) FROM marks JOIN lessons USING (lesson_id)
        JOIN classes USING (class_id) WHERE grade_level = 1""",
    "a missed lesson has a mark": """SELECT count(*) FROM marks JOIN absences USING (lesson_id, pupil_id)
        WHERE reason <> 'late'""",
    "something was entered after now": """SELECT count(*) FROM (SELECT recorded_at FROM marks
        UNION ALL SELECT recorded_at FROM absences UNION ALL SELECT recorded_at FROM lessons
        UNION ALL SELECT recorded_at FROM term_marks UNION ALL SELECT happened_at FROM events)
        WHERE recorded_at > TIMESTAMP '2027-02-10 12:00'""",
    "a mark was entered before its lesson began": """SELECT count(*) FROM marks JOIN lessons USING (lesson_id)
        JOIN bell_times USING (number) WHERE marks.recorded_at < held_on + starts_at""",
    "a lesson of today or later is filled": """SELECT count(*) FROM lessons
        WHERE held_on >= DATE '2027-02-10' AND recorded_at IS NOT NULL""",
    "a mark has no event": """SELECT count(*) FROM marks m ANTI JOIN events e
        ON e.lesson_id = m.lesson_id AND e.pupil_id = m.pupil_id AND e.kind = 'cell'""",
    "a term mark stands in a term that runs": """SELECT count(*) FROM term_marks JOIN terms USING (term_id)
        WHERE ends_on >= DATE '2027-02-10'""",
    "a pupil has no guardian": "SELECT count(*) FROM pupils ANTI JOIN guardian_pupils USING (pupil_id)",
    "an employee, guardian or pupil has no account": """SELECT (SELECT count(*) FROM staff ANTI JOIN users USING (staff_id))
        + (SELECT count(*) FROM guardians ANTI JOIN users USING (guardian_id))
        + (SELECT count(*) FROM pupils ANTI JOIN users USING (pupil_id))""",
    "an account has no role": "SELECT count(*) FROM users ANTI JOIN user_roles USING (user_id)",
}


@pytest.mark.parametrize("query", NEVER.values(), ids=NEVER.keys())
def test_it_never_happens_that(demo_store: Store, query: str) -> None:
    assert count(demo_store, query) == 0


def test_there_are_lessons_today_and_later_lessons_of_the_term(demo_store: Store) -> None:
    assert count(demo_store, "SELECT count(*) FROM lessons WHERE held_on = DATE '2027-02-10'") > 20
    assert count(
        demo_store,
        "SELECT max(held_on) = DATE '2027-03-26' FROM lessons JOIN classes USING (class_id) WHERE grade_level = 7",
    )


def test_yesterday_is_partly_filled_and_the_week_before_nearly_all(demo_store: Store) -> None:
    share = "SELECT count(recorded_at) / count(*) FROM lessons WHERE status = 'planned' AND held_on"
    assert 0.3 < count(demo_store, f"{share} = DATE '2027-02-09'") < 0.85
    assert count(demo_store, f"{share} BETWEEN DATE '2027-02-01' AND DATE '2027-02-05'") > 0.9


def test_the_last_school_day_has_cards_and_tasks_of_single_pupils(demo_store: Store) -> None:
    files = demo_store.read("SELECT DISTINCT held_on FROM homework_files JOIN lessons USING (lesson_id)")
    assert files == [(datetime(2027, 2, 9).date(),)]
    assert count(demo_store, "SELECT count(*) FROM homework_task_pupils") > 2


def test_the_last_quarter_was_inspected_and_most_of_the_named_have_read_the_report(demo_store: Store) -> None:
    # The rest are of the running quarter: one whole class, one subject of another, one being written.
    assert demo_store.read("SELECT count(*), count(published_at) FROM inspections") == [(4, 3)]
    named = count(demo_store, "SELECT count(DISTINCT teacher_id) FROM inspection_findings")
    assert 0 < count(demo_store, "SELECT count(*) FROM inspection_readings") <= named


def test_a_class_is_divided_for_the_foreign_language(demo_store: Store) -> None:
    divided = """SELECT count(*) FROM lessons a JOIN lessons b USING (class_id, subject_id, held_on, number)
        WHERE a.subgroup_id < b.subgroup_id AND a.teacher_id <> b.teacher_id"""
    assert count(demo_store, divided) > 50


def test_shares_of_marks_are_those_of_a_good_school(demo_store: Store) -> None:
    shares = dict(
        demo_store.read("SELECT value, count(*) / (SELECT count(*) FROM marks) FROM marks GROUP BY value")
    )
    assert 0.42 < shares[5] < 0.68
    assert 0.24 < shares[4] < 0.38
    assert 0.04 < shares[3] < 0.2
    assert 0.003 < shares[2] < 0.05


def test_a_pupil_has_about_six_marks_a_term_in_a_subject(demo_store: Store) -> None:
    median = """SELECT median(given) FROM (SELECT count(*) AS given FROM mark_rows
        WHERE term_kind = 'quarter' AND term_number <= 2 GROUP BY pupil_id, subject_id, term_id)"""
    assert 5 <= count(demo_store, median) <= 7


def test_absences_come_in_runs(demo_store: Store) -> None:
    """An illness lasts for days: most days of illness are followed by another one."""
    days = {
        (pupil, day)
        for pupil, day in demo_store.read(
            "SELECT DISTINCT pupil_id, held_on FROM absences JOIN lessons USING (lesson_id) WHERE reason = 'illness'"
        )
    }
    school_days = [day for (day,) in demo_store.read("SELECT DISTINCT held_on FROM lessons ORDER BY held_on")]
    followed = sum((pupil, school_days[school_days.index(day) + 1]) in days for pupil, day in days)
    assert followed / len(days) > 0.5


def test_term_marks_are_the_rounded_mean_in_nearly_all_cases(demo_store: Store) -> None:
    marks: dict[tuple[int, ...], list[tuple[int, float]]] = {}
    for *place, value, weight in demo_store.read(
        "SELECT class_id, subject_id, term_id, pupil_id, value, weight FROM mark_rows"
    ):
        marks.setdefault(tuple(place), []).append((value, weight))
    given = demo_store.read("SELECT class_id, subject_id, term_id, pupil_id, value FROM term_marks")
    as_rounded = sum(
        round_half_up(weighted_mean(marks[tuple(place)]) or 0) == value for *place, value in given
    )
    assert len(given) > 1000
    assert 0.96 < as_rounded / len(given) < 1


def test_ended_terms_are_closed_and_the_running_ones_open(demo_store: Store) -> None:
    states = demo_store.read("SELECT kind, number, closed_at IS NOT NULL FROM terms ORDER BY kind, number")
    assert states == [
        ("half", 1, True),
        ("half", 2, False),
        ("quarter", 1, True),
        ("quarter", 2, True),
        ("quarter", 3, False),
        ("quarter", 4, False),
    ]


@pytest.fixture(scope="module")
def planted(demo_store: Store) -> dict[str, int]:
    return json.loads(count(demo_store, "SELECT value FROM settings WHERE name = 'demo.planted'"))


# What is measured of one teacher and of all others; the planted teacher's measure is beyond the others' by the step.
PLANTED_MEASURES = {
    "strict": ("SELECT avg(value) FROM mark_rows", -0.25),
    "lenient": ("SELECT avg(value) FROM mark_rows", 0.25),
    "fills_late": ("SELECT avg((recorded_at > held_on + INTERVAL 16 HOUR)::INT) FROM lesson_rows", 0.5),
    "sets_no_homework": (
        "SELECT avg((homework_state <> 'set')::INT) FROM lesson_rows JOIN classes c USING (class_id)",
        0.3,
    ),
    "control_disagrees": (
        """SELECT avg(value) FILTER (NOT is_written_control) - avg(value) FILTER (is_written_control)
           FROM mark_rows""",
        0.3,
    ),
    "marks_late_in_term": (
        """SELECT avg((ends_on - given_on < 7)::INT) FROM mark_rows JOIN terms USING (term_id)""",
        0.15,
    ),
}


@pytest.mark.parametrize("kind", PLANTED_MEASURES)
def test_a_planted_habit_can_be_measured(demo_store: Store, planted: dict[str, int], kind: str) -> None:
    measure, step = PLANTED_MEASURES[kind]
    own = count(demo_store, f"{measure} WHERE teacher_id = {planted[kind]}")
    others = count(demo_store, f"{measure} WHERE teacher_id <> {planted[kind]}")
    assert (own - others) / step > 1


def test_planted_habits_belong_to_different_teachers(planted: dict[str, int]) -> None:
    assert set(planted) == set(PLANTED_MEASURES)
    assert len(set(planted.values())) == len(planted)


def test_somebody_is_shown_in_every_role(demo_store: Store) -> None:
    for role in Role:
        shown = f"""SELECT count(*) FROM settings JOIN user_roles ON user_id = value::BIGINT
            WHERE name = 'demo.user.{role}' AND role = '{role}'"""
        assert count(demo_store, shown) == 1


def test_the_shown_guardian_has_a_child_with_marks_and_the_shown_teacher_lessons_today(
    demo_store: Store,
) -> None:
    shown = "(SELECT value::BIGINT FROM settings WHERE name = 'demo.user.{}')"
    child_marks = f"""SELECT count(*) FROM users JOIN guardian_pupils USING (guardian_id)
        JOIN marks ON marks.pupil_id = guardian_pupils.pupil_id WHERE user_id = {shown.format("guardian")}"""
    lessons = f"""SELECT count(*) FROM users JOIN lessons ON teacher_id = staff_id
        WHERE held_on = DATE '2027-02-10' AND user_id = {shown.format("teacher")}"""
    assert count(demo_store, child_marks) > 50
    assert count(demo_store, lessons) > 1


def test_one_person_is_teacher_and_deputy_head(demo_store: Store) -> None:
    both = """SELECT count(*) FROM user_roles a JOIN user_roles b USING (user_id)
        WHERE a.role = 'teacher' AND b.role = 'deputy'"""
    assert count(demo_store, both) == 1


def test_parts_of_a_name_agree_in_gender(demo_store: Store) -> None:
    people = demo_store.read(
        """SELECT last_name, middle_name FROM pupils UNION ALL SELECT last_name, middle_name FROM staff
           UNION ALL SELECT last_name, middle_name FROM guardians"""
    )
    for last, middle in people:
        is_female = middle.endswith(("на",))
        assert is_female != middle.endswith(("ич",))
        if not last.endswith("о"):  # Бондаренко is both
            assert is_female == last.endswith(("а", "ая")) or last == "Мороз"


LEFT_OUT = dict.fromkeys(
    (
        "announcement_files",
        "homework_files",
        "excuse_papers",
        "message_files",
        "task_files",
        "materials",
        "occasion_files",
    ),
    "EXCLUDE (stored_name)",
)


def all_rows(store: Store) -> dict[str, int]:
    """Return a checksum of each table; the moment of migration and the random names of stored files are no part of it."""
    tables = [name for (name,) in store.read("SELECT table_name FROM duckdb_tables() ORDER BY ALL")]
    return {
        table: count(
            store,
            f"SELECT coalesce(bit_xor(hash(t)), 0) FROM (SELECT * {LEFT_OUT.get(table, '')} FROM {table}) t",
        )
        for table in tables
        # When a school was begun, and which one of all it is, no seed says.
        if table not in {"migrations", "store_marks"}
    }


def made(folder: Path, seed: int) -> dict[str, int]:
    store = Store(folder / DATABASE_NAME, lambda: WEDNESDAY)
    make_school(store, pupils=15, years=1, seed=seed, now=WEDNESDAY, say=quiet)
    rows = all_rows(store)
    store.close()
    return rows


def test_the_same_seed_makes_the_same_school_and_another_seed_another(tmp_path: Path) -> None:
    first = made(tmp_path / "first", seed=1)
    assert first == made(tmp_path / "again", seed=1)
    assert first["marks"] != made(tmp_path / "other", seed=2)["marks"]


# A day, whether there are lessons on it, how many quarters are closed on it.
DAYS = {
    "the first day of a school year": (datetime(2026, 9, 1, 7, 30), True, 0),
    "a Monday in November": (datetime(2026, 11, 23, 12), True, 1),
    "a Sunday": (datetime(2026, 11, 22, 12), False, 1),
    "autumn holidays": (datetime(2026, 10, 30, 12), False, 1),
    "New Year's Eve": (datetime(2026, 12, 31, 18), False, 1),
    "the last day of lessons": (datetime(2027, 5, 26, 15), True, 3),
    "mid-June": (datetime(2027, 6, 15, 12), False, 4),
    "July": (datetime(2027, 7, 20, 12), False, 4),
    "29 February": (datetime(2028, 2, 29, 12), True, 2),
}


@pytest.mark.parametrize(("now", "has_lessons", "closed"), DAYS.values(), ids=DAYS.keys())
def test_a_school_can_be_made_on(tmp_path: Path, now: datetime, has_lessons: bool, closed: int) -> None:
    store = Store(tmp_path / DATABASE_NAME, lambda: now)
    make_school(store, pupils=6, years=1, seed=1, now=now, say=quiet)
    today = count(store, f"SELECT count(*) FROM lessons WHERE held_on = DATE '{now.date()}'")
    ended = count(store, "SELECT count(*) FROM terms WHERE kind = 'quarter' AND closed_at IS NOT NULL")
    future = count(
        store,
        f"SELECT count(*) FROM marks JOIN lessons USING (lesson_id) WHERE held_on >= DATE '{now.date()}'",
    )
    store.close()
    assert (today > 0, ended, future) == (has_lessons, closed, 0)


def test_pupils_of_the_small_school_are_about_as_many_as_asked_for(demo_store: Store) -> None:
    here = count(demo_store, "SELECT count(*) FROM enrolments WHERE ends_on IS NULL")
    assert abs(here - SMALL["pupils"]) <= 5
