"""A school of two classes for tests: small enough to know by heart, with a name for everybody in it."""

from dataclasses import dataclass, fields
from datetime import datetime

import bcrypt

from school.records import User
from school.sign_in.store.users import users_by_id
from school.store.connection import Store, Transaction
from school.store.events import Event

# A Thursday in the second quarter, before the 16:00 deadline.
NOW = datetime(2026, 11, 19, 12, 0)
PASSWORD = "тихий омут 7"
SCHOOL, CLASS_7A, CLASS_8B, MATHS, HISTORY = 1, 11, 12, 21, 22
QUARTER_1, QUARTER_2 = 31, 32
OWNER_STAFF, STRANGER_STAFF, HOMEROOM_STAFF, HEAD_STAFF, DEPUTY_STAFF, ADMIN_STAFF, SECRETARY_STAFF = range(
    41, 48
)
CHILD, CLASSMATE, ABSENTEE, STRANGE_CHILD, UNMARKED_STRANGE_CHILD = 51, 52, 53, 54, 56
GUARDIAN_PERSON = 61
# Lessons: maths in 7А by the owner, maths in 8Б by the stranger; yesterday's have marks.
OWNERS_LESSON_TODAY, STRANGERS_LESSON_TODAY, OWNERS_LESSON_YESTERDAY, STRANGERS_LESSON_YESTERDAY = range(
    71, 75
)
ORDINARY_WORK, CONTROL_WORK = 81, 82
LOAD_7A, LOAD_8B = 91, 92


@dataclass(frozen=True)
class People:
    """Everybody who may sign in: the owner teaches 7А and the stranger 8Б; the homeroom teacher leads 7А.

    The guardian's only child and the pupil are the same child of 7А.
    """

    owner: User
    stranger: User
    homeroom: User
    head: User
    deputy: User
    admin: User
    secretary: User
    guardian: User
    pupil: User


NAMES = tuple(field.name for field in fields(People))
USER_IDS = {name: 101 + number for number, name in enumerate(NAMES)}
ROLE_OF = {name: name for name in NAMES} | {"owner": "teacher", "stranger": "teacher"}
LOGINS = {name: f"{name}.7" for name in NAMES}

_STAFF = {
    OWNER_STAFF: ("Орлова", "Вера"),
    STRANGER_STAFF: ("Стрельцов", "Глеб"),
    HOMEROOM_STAFF: ("Климова", "Рита"),
    HEAD_STAFF: ("Дорохов", "Игорь"),
    DEPUTY_STAFF: ("Завьялова", "Инна"),
    ADMIN_STAFF: ("Адамов", "Лев"),
    SECRETARY_STAFF: ("Секачёва", "Майя"),
}
_STAFF_OF = dict(
    zip(("owner", "stranger", "homeroom", "head", "deputy", "admin", "secretary"), _STAFF, strict=True)
)
_PUPILS = {
    CHILD: (CLASS_7A, "Алёшин", "Пётр"),
    CLASSMATE: (CLASS_7A, "Ёлкина", "Анна"),
    ABSENTEE: (CLASS_7A, "Жуков", "Иван"),
    STRANGE_CHILD: (CLASS_8B, "Яковлев", "Олег"),
    55: (CLASS_8B, "Борисова", "Юлия"),
    UNMARKED_STRANGE_CHILD: (CLASS_8B, "Щукин", "Марк"),
}

_FRAME = f"""
INSERT INTO settings VALUES ('school.name', 'Школа у реки');
INSERT INTO schools VALUES ({SCHOOL}, NULL, 'Школа у реки');
INSERT INTO school_years VALUES (2026, '2026-09-01', '2027-05-31', 5);
INSERT INTO terms (term_id, school_id, school_year, kind, number, starts_on, ends_on, closed_at) VALUES
    ({QUARTER_1}, {SCHOOL}, 2026, 'quarter', 1, '2026-09-01', '2026-10-25', '2026-10-26'),
    ({QUARTER_2}, {SCHOOL}, 2026, 'quarter', 2, '2026-11-02', '2026-12-29', NULL);
INSERT INTO bell_times SELECT n, TIME '08:30' + to_minutes(55 * (n - 1)), TIME '09:15' + to_minutes(55 * (n - 1))
    FROM range(1, 8) AS numbers(n);
INSERT INTO classes (class_id, school_id, school_year, name, grade_level, term_kind, homeroom_id) VALUES
    ({CLASS_7A}, {SCHOOL}, 2026, '7А', 7, 'quarter', {HOMEROOM_STAFF}),
    ({CLASS_8B}, {SCHOOL}, 2026, '8Б', 8, 'quarter', NULL);
INSERT INTO class_terms SELECT class_id, term_id FROM classes, terms;
INSERT INTO subjects (subject_id, school_id, name) VALUES
    ({MATHS}, {SCHOOL}, 'Математика'), ({HISTORY}, {SCHOOL}, 'История');
INSERT INTO work_types VALUES
    ({ORDINARY_WORK}, 'Ответ на уроке', 'Отв', 1.0, false), ({CONTROL_WORK}, 'Контрольная работа', 'К/р', 2.0, true);
INSERT INTO guardians (guardian_id, last_name, first_name) VALUES ({GUARDIAN_PERSON}, 'Алёшина', 'Ольга');
INSERT INTO guardian_pupils (guardian_id, pupil_id) VALUES ({GUARDIAN_PERSON}, {CHILD});
"""

_LESSONS = f"""
INSERT INTO teaching_load (load_id, school_year, class_id, subject_id, teacher_id, hours_a_week) VALUES
    ({LOAD_7A}, 2026, {CLASS_7A}, {MATHS}, {OWNER_STAFF}, 5),
    ({LOAD_8B}, 2026, {CLASS_8B}, {MATHS}, {STRANGER_STAFF}, 5);
INSERT INTO timetable (slot_id, load_id, weekday, number)
    SELECT 200 + 10 * load_id + weekday, load_id, weekday, 1 FROM teaching_load, range(1, 6) AS days(weekday);
INSERT INTO lessons (lesson_id, class_id, subject_id, teacher_id, term_id, held_on, number, topic, work_type_id,
    homework_state, attendance_taken_at, recorded_at) VALUES
    ({OWNERS_LESSON_TODAY}, {CLASS_7A}, {MATHS}, {OWNER_STAFF}, {QUARTER_2}, '2026-11-19', 1, '', NULL,
        'unset', NULL, NULL),
    ({STRANGERS_LESSON_TODAY}, {CLASS_8B}, {MATHS}, {STRANGER_STAFF}, {QUARTER_2}, '2026-11-19', 1, '', NULL,
        'unset', NULL, NULL),
    ({OWNERS_LESSON_YESTERDAY}, {CLASS_7A}, {MATHS}, {OWNER_STAFF}, {QUARTER_2}, '2026-11-18', 1, 'Дроби',
        {ORDINARY_WORK}, 'none', '2026-11-18 09:00', '2026-11-18 09:00'),
    ({STRANGERS_LESSON_YESTERDAY}, {CLASS_8B}, {MATHS}, {STRANGER_STAFF}, {QUARTER_2}, '2026-11-18', 1, 'Степени',
        {CONTROL_WORK}, 'none', '2026-11-18 09:00', '2026-11-18 09:00');
INSERT INTO marks (lesson_id, pupil_id, slot, value, recorded_at) VALUES
    ({OWNERS_LESSON_YESTERDAY}, {CHILD}, 1, 4, '2026-11-18 09:00'),
    ({OWNERS_LESSON_YESTERDAY}, {CLASSMATE}, 1, 5, '2026-11-18 09:00'),
    ({STRANGERS_LESSON_YESTERDAY}, {STRANGE_CHILD}, 1, 3, '2026-11-18 09:00'),
    ({STRANGERS_LESSON_YESTERDAY}, 55, 1, 2, '2026-11-18 09:00');
INSERT INTO absences (lesson_id, pupil_id, reason, recorded_at) VALUES
    ({OWNERS_LESSON_YESTERDAY}, {ABSENTEE}, 'unknown', '2026-11-18 09:00');
INSERT INTO term_marks (class_id, subject_id, term_id, pupil_id, value, teacher_id, recorded_at)
    SELECT class_id, {MATHS}, {QUARTER_1}, pupil_id, 3 + pupil_id % 3, {OWNER_STAFF}, '2026-10-24' FROM enrolments;
"""


def build_small_school(store: Store) -> None:
    """Fill an empty store with the school."""
    store.write(_build)


def people_of(store: Store) -> People:
    """Return the people of the small school in this store."""
    users = users_by_id(store, USER_IDS.values())
    return People(**{name: users[user_id] for name, user_id in USER_IDS.items()})


def _build(transaction: Transaction) -> None:
    transaction.change(_FRAME)
    for staff_id, (last, first) in _STAFF.items():
        transaction.change(
            "INSERT INTO staff (staff_id, last_name, first_name, school_id) VALUES (?, ?, ?, ?)",
            [staff_id, last, first, SCHOOL],
        )
    for pupil_id, (class_id, last, first) in _PUPILS.items():
        transaction.change(
            "INSERT INTO pupils (pupil_id, school_id, last_name, first_name) VALUES (?, ?, ?, ?)",
            [pupil_id, SCHOOL, last, first],
        )
        transaction.change(
            "INSERT INTO enrolments VALUES (?, ?, ?, '2026-09-01', NULL)",
            [pupil_id + 100, pupil_id, class_id],
        )
    transaction.change(_LESSONS)
    _add_accounts(transaction)
    # Records made by the tests get identifiers above the school's own.
    transaction.new_ids(2000)
    transaction.record(Event(NOW, None, "school"))


def _add_accounts(transaction: Transaction) -> None:
    password_hash = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    for name, user_id in USER_IDS.items():
        transaction.change(
            "INSERT INTO users VALUES (?, ?, ?, ?, ?, ?, NULL)",
            [
                user_id,
                LOGINS[name],
                password_hash,
                _STAFF_OF.get(name),
                GUARDIAN_PERSON if name == "guardian" else None,
                CHILD if name == "pupil" else None,
            ],
        )
        transaction.change("INSERT INTO user_roles VALUES (?, ?)", [user_id, ROLE_OF[name]])
        transaction.change("INSERT INTO first_steps VALUES (?, ?, ?)", [user_id, ROLE_OF[name], NOW])
