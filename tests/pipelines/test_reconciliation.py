"""Figures add up: for any register the parts of a grouping are the whole, and the whole is what plain SQL counts."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_school import (
    CHILD,
    CLASS_7A,
    CLASS_8B,
    HISTORY,
    MATHS,
    NOW,
    OWNER_STAFF,
    QUARTER_1,
    QUARTER_2,
    STRANGER_STAFF,
    USER_IDS,
)

from pipelines.measures.attendance import attendance
from pipelines.measures.curriculum import curriculum_coverage
from pipelines.measures.homework import homework
from pipelines.measures.mark_coverage import mark_coverage
from pipelines.measures.quality import quality
from pipelines.measures.standings import standings
from pipelines.measures.teacher_activity import teacher_activity
from pipelines.measures.user_activity import user_activity
from school.access.action import Action
from school.analytics.lookups.curriculum import curriculum_tables
from school.analytics.lookups.register_work import homework_tables, work_tables
from school.analytics.lookups.tables import tables
from school.sign_in.store.users import users_by_id
from school.store.connection import Store, Transaction
from school.store.events import Event

FIRST, TODAY = date(2026, 9, 1), NOW.date()
TERMS = (QUARTER_1, QUARTER_2)
BY_LESSON = ("class_id", "teacher_id", "subject_id", "grade_level", "school_id", "term_id", "school_year")
BY_PUPIL = ("class_id", "grade_level", "school_id", "term_id", "school_year")
# A register's teacher and subject, its class's grade level and school; the plan is of one year, the term is chosen.
BY_REGISTER = ("class_id", "teacher_id", "subject_id", "grade_level", "school_id")
NO_PLACE, VACANCY = None, None

lessons = st.lists(
    st.tuples(
        st.sampled_from([CLASS_7A, CLASS_8B]),
        st.sampled_from([MATHS, HISTORY]),
        st.sampled_from([OWNER_STAFF, STRANGER_STAFF, VACANCY]),
        st.integers(0, 85),  # the day, some after today
        st.sampled_from(["planned", "planned", "cancelled"]),
        st.sampled_from(["", "Дроби", "Прочее"]),
        st.sampled_from(["set", "none", "unset"]),
        st.none() | st.integers(0, 40),  # hours from the lesson's midnight to its first entry
    ),
    max_size=12,
)
entries = st.lists(
    st.tuples(st.integers(0, 11), st.sampled_from([CHILD, 52, 53, 54, 55]), st.integers(2, 5), st.sampled_from(["unknown", "late", ""])),
    max_size=20,
)  # fmt: skip
term_marks = st.dictionaries(
    st.tuples(st.sampled_from([CHILD, 52, 53]), st.sampled_from([MATHS, HISTORY]), st.sampled_from(TERMS)),
    st.integers(2, 5),
    max_size=8,
)


@pytest.fixture(scope="module")
def store(small_school_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("reconciled") / small_school_file.name
    path.write_bytes(small_school_file.read_bytes())
    opened = Store(path, lambda: NOW)
    yield opened
    opened.close()


def refill(store: Store, register, marked, given_terms) -> None:
    """Make the store hold this register and nothing else."""

    def work(transaction: Transaction) -> None:
        for table in ("lessons", "marks", "absences", "term_marks", "events", "lesson_plans", "plan_topics"):
            transaction.change(f"DELETE FROM {table}")
        transaction.change(
            f"INSERT INTO lesson_plans (plan_id, class_id, subject_id, saved_at) VALUES (1, {CLASS_7A}, {MATHS}, '2026-09-01')"
        )
        transaction.change("INSERT INTO plan_topics VALUES (2, 1, 1, 'Дроби', 3)")
        for number, (class_id, subject, teacher, day, status, topic, state, hours) in enumerate(register):
            held_on = FIRST + timedelta(day)
            recorded = (
                None
                if hours is None
                else datetime.combine(held_on, datetime.min.time()) + timedelta(hours=hours)
            )
            transaction.change(
                """INSERT INTO lessons (lesson_id, class_id, subject_id, teacher_id, term_id, held_on, number, status,
                       topic, homework_state, recorded_at) VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?)""",
                [number, class_id, subject, teacher, QUARTER_1 if day < 55 else QUARTER_2, held_on, status, topic, state, recorded],
            )  # fmt: skip
        for slot, (lesson, pupil, value, reason) in enumerate(marked):
            if lesson < len(register):
                transaction.change(
                    "INSERT INTO marks (lesson_id, pupil_id, slot, value) VALUES (?, ?, ?, ?)",
                    [lesson, pupil, slot, value],
                )
                if reason:
                    transaction.change(
                        "INSERT OR IGNORE INTO absences VALUES (?, ?, ?, NULL, NULL)", [lesson, pupil, reason]
                    )
                transaction.record(
                    Event(NOW, USER_IDS["owner" if pupil % 2 else "guardian"], "cell", new_value=str(value))
                )
        for (pupil, subject, term), value in given_terms.items():
            transaction.change(
                "INSERT INTO term_marks (class_id, subject_id, term_id, pupil_id, value, teacher_id) VALUES (?, ?, ?, ?, ?, ?)",
                [CLASS_7A, subject, term, pupil, value, OWNER_STAFF],
            )
        transaction.record(Event(NOW, None, "school"))

    store.write(work)


def measures(store: Store):
    """Yield (name, by → answer, groupings, SQL of a count → column) of every measure over the whole school."""
    deputy = users_by_id(store, [USER_IDS["deputy"]])[USER_IDS["deputy"]]
    school_tables = tables(store, deputy, Action.READ_QUALITY)
    rosters = {
        "enrolments": school_tables.enrolments(),
        "subgroup_members": school_tables.subgroup_members(),
        "today": TODAY,
    }
    settled = "held_on <= DATE '2026-11-19' AND status <> 'cancelled'"
    filled = f"{settled} AND recorded_at IS NOT NULL"
    yield (
        "quality",
        lambda by: quality(school_tables.marks(), by),
        BY_LESSON,
        {"n": "SELECT count(*) FROM marks"},
    )
    yield (
        "standings",
        lambda by: standings(school_tables.term_marks(), by),
        BY_PUPIL,
        {"pupils_with_marks": "SELECT count(*) FROM (SELECT DISTINCT pupil_id, term_id FROM term_marks)"},
    )
    yield (
        "activity",
        lambda by: teacher_activity(school_tables.lessons(), school_tables.marks(), by, now=NOW),
        BY_LESSON,
        {
            "lessons_filled": f"SELECT count(*) FROM lessons WHERE {filled}",
            "marks_given": "SELECT count(*) FROM marks JOIN lessons USING (lesson_id) WHERE held_on <= DATE '2026-11-19'",
        },
    )
    yield (
        "attendance",
        lambda by: attendance(school_tables.lessons(), school_tables.absences(), by, **rosters),
        BY_LESSON,
        {
            # Three pupils in each class; an entry of a pupil in another class's lesson is no absence of theirs.
            "pupil_lessons": f"SELECT 3 * count(*) FROM lessons WHERE {filled}",
            "missed_unknown": f"""SELECT count(*) FROM absences a JOIN lessons l USING (lesson_id) JOIN enrolments e
            ON e.pupil_id = a.pupil_id AND e.class_id = l.class_id
            WHERE a.reason = 'unknown' AND {filled.replace("recorded_at", "l.recorded_at")}""",
        },
    )
    yield "coverage", lambda by: mark_coverage(
        school_tables.marks(), by, teaching_load=school_tables.teaching_load(), class_terms=school_tables.class_terms(), **rosters
    ), BY_REGISTER, {"pairs": "SELECT 3 * 2 * 2"}  # fmt: skip
    work = homework_tables(store, deputy)
    yield "homework", lambda by: homework(work.lessons, by, tasks=work.tasks, files=work.files, today=TODAY), BY_LESSON, {
        "lessons_with_homework": f"SELECT count(*) FROM lessons WHERE {filled} AND homework_state = 'set'"
    }  # fmt: skip
    read = curriculum_tables(store, deputy, 2026, TERMS, today=TODAY)
    yield "curriculum", lambda by: curriculum_coverage(
        read.lessons, by, registers=read.registers, plan_topics=read.plan_topics, class_terms=read.class_terms, today=TODAY
    ), BY_REGISTER, {
        "plan_hours": "SELECT 3",
        "registers_without_plan": f"""SELECT count(*) FROM (SELECT class_id, subject_id FROM lessons UNION SELECT class_id,
            subject_id FROM teaching_load) WHERE NOT (class_id = {CLASS_7A} AND subject_id = {MATHS})""",
    }  # fmt: skip
    events = work_tables(store, deputy, FIRST, TODAY).events
    yield (
        "users",
        lambda by: user_activity(events, by),
        ("user_id", "week_starts_on", "month_starts_on"),
        {"entries": "SELECT count(*) FROM events WHERE kind = 'cell'"},
    )


# Counts of people or days, a pupil or a day may be in two parts; extremes and rates are no sums.
NOT_ADDITIVE = {"pupils_with_lessons", "chronic_pupils", "days_active"}


def counts_in(answer) -> dict[str, int]:
    """Return the columns of whole numbers, added up over the rows."""
    frame = answer.df()
    names = [
        name for name in frame.columns
        if str(frame[name].dtype).startswith("int") and not name.endswith(("_id", "_year", "grade_level"))
    ]  # fmt: skip
    return {name: int(frame[name].sum()) for name in names if name not in NOT_ADDITIVE}


@given(register=lessons, marked=entries, given_terms=term_marks, choice=st.integers(0, 6))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_parts_are_the_whole_and_the_whole_is_what_the_store_holds(
    store, register, marked, given_terms, choice
):
    refill(store, register, marked, given_terms)
    for name, measure, groupings, counted in measures(store):
        whole = counts_in(measure(()))
        for column, sql in counted.items():
            assert whole[column] == store.read(sql)[0][0], f"{name}: {column}"
        group = groupings[choice % len(groupings)]
        parts = counts_in(measure((group,)))
        assert all(parts.get(column, 0) == total for column, total in whole.items()), f"{name} by {group}"
