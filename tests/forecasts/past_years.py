"""Two years of a class that has left: enough closed terms to learn from."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from screens import open_page
from small_school import SCHOOL
from streamlit.testing.v1 import AppTest

from school.records import User
from school.store.connection import Store, Transaction
from school.store.events import Event
from server import session

PAST_PUPILS = range(501, 521)
PAST_TERMS = range(301, 309)
PAST_START = date(2024, 9, 2)
WEEKS_A_TERM = 8
PAST_SUBJECTS = 5


@dataclass(frozen=True)
class Screens:
    """Pages as people open them."""

    here: session.School

    def open(self, user: User, path: str, **address: str) -> AppTest:
        page = open_page(path, user, **address)
        assert not page.exception, page.exception
        return page


def change_school(store: Store, sql: str, now: datetime) -> None:
    """Change the school as if it had always been so."""

    def work(transaction: Transaction) -> None:
        transaction.change(sql)
        transaction.record(Event(now, None, "school"))

    store.write(work)


def write_past(transaction: Transaction) -> None:
    draw = np.random.default_rng(4)
    level = {pupil: 3.2 + 1.8 * draw.random() for pupil in PAST_PUPILS}
    transaction.change(
        f"INSERT INTO classes (class_id, school_id, school_year, name, grade_level, term_kind) VALUES (900, {SCHOOL}, 2024, '6А', 6, 'quarter')"
    )
    rows = [f"({900 + place}, {SCHOOL}, 'Предмет {place}')" for place in range(PAST_SUBJECTS)]
    transaction.change(f"INSERT INTO subjects (subject_id, school_id, name) VALUES {', '.join(rows)}")
    pupils = ", ".join(f"({pupil}, {SCHOOL}, 'Былов')" for pupil in PAST_PUPILS)
    transaction.change(f"INSERT INTO pupils (pupil_id, school_id, last_name) VALUES {pupils}")
    stays = ", ".join(f"({pupil + 500}, {pupil}, 900, '{PAST_START}', NULL)" for pupil in PAST_PUPILS)
    transaction.change(f"INSERT INTO enrolments VALUES {stays}")
    for place, term_id in enumerate(PAST_TERMS):
        starts_on = PAST_START + timedelta(weeks=place * (WEEKS_A_TERM + 1))
        _write_past_term(transaction, draw, level, place, term_id, starts_on)
    transaction.record(Event(datetime(2025, 6, 1), None, "school"))


def _write_past_term(
    transaction: Transaction,
    draw: np.random.Generator,
    level: dict[int, float],
    place: int,
    term_id: int,
    starts_on: date,
) -> None:
    ends_on = starts_on + timedelta(weeks=WEEKS_A_TERM, days=-1)
    transaction.change(
        f"""INSERT INTO terms (term_id, school_id, school_year, kind, number, starts_on, ends_on, closed_at) VALUES
            ({term_id}, {SCHOOL}, {2024 + place // 4}, 'quarter', {place % 4 + 1}, '{starts_on}', '{ends_on}', '{ends_on}')"""
    )
    transaction.change(f"INSERT INTO class_terms VALUES (900, {term_id})")
    lessons, marks, term_marks = [], [], []
    for subject in range(900, 900 + PAST_SUBJECTS):
        given: dict[int, list[int]] = {pupil: [] for pupil in PAST_PUPILS}
        for week in range(WEEKS_A_TERM - 1):
            lesson_id = term_id * 1000 + (subject - 900) * 20 + week
            held_on = starts_on + timedelta(weeks=week, days=2)
            lessons.append(f"({lesson_id}, 900, {subject}, {term_id}, '{held_on}', 1)")
            for pupil in PAST_PUPILS:
                value = int(np.clip(round(level[pupil] + draw.normal(0, 0.6)), 2, 5))
                given[pupil].append(value)
                marks.append(f"({lesson_id}, {pupil}, 1, {value})")
        term_marks += [
            f"(900, {subject}, {term_id}, {pupil}, {int(np.mean(values) + 0.5)})"
            for pupil, values in given.items()
        ]
    columns = "lesson_id, class_id, subject_id, term_id, held_on, number"
    transaction.change(f"INSERT INTO lessons ({columns}) VALUES {', '.join(lessons)}")
    transaction.change(f"INSERT INTO marks (lesson_id, pupil_id, slot, value) VALUES {', '.join(marks)}")
    columns = "class_id, subject_id, term_id, pupil_id, value"
    transaction.change(f"INSERT INTO term_marks ({columns}) VALUES {', '.join(term_marks)}")
