"""What people of the demonstration write reads as people write: of the subject, of either gender, not the same twice."""

import re
from collections import Counter
from datetime import datetime

import pytest

from demo.days.subject_words import (
    MARK,
    MEMOS,
    SHORT_TASKS,
    TALKS,
    TALKS_OF,
    WORKS,
    Field,
    field_of,
    talks_of,
)
from demo.days.talk.announcements import MEMO, TOLD
from demo.plan.reference import subjects
from school.store.connection import Store

# Words of one gender, said of oneself, of a child or to somebody; and what a subject without exercises has none of.
OF_ONE_GENDER = re.compile(
    r"\b(рад|рада|готов|готова|сам|сама|должен|должна|сделал|сделала|написал|написала|записал|записала|бегал|бегала|забыл|забыла)\b"
)
OF_EXERCISES = re.compile(
    r"номер|вычислен|задач|пример|параграф|доск|тетрад|контрольн|олимпиад", re.IGNORECASE
)


def words_of(field: Field) -> list[str]:
    talks = [word for talk in TALKS_OF[field] for word in talk]
    works = [word for work in WORKS[field] for word in (work.task, work.answer, work.again)]
    return [*talks, *works, *SHORT_TASKS[field], *MEMOS[field]]


def test_nobody_s_gender_is_guessed() -> None:
    said = [word for talk in TALKS for word in talk] + [word for field in Field for word in words_of(field)]
    said += [word for told in TOLD for word in (told.subject, told.text)] + [MEMO[1].decode()]
    assert [word for word in said if OF_ONE_GENDER.search(word.lower())] == []
    assert all(word.format(child="Юля", subject="Физика") for talk in TALKS for word in talk if word)


@pytest.mark.parametrize(
    ("subject", "field"),
    [
        ("Алгебра", Field.EXACT),
        ("Физика", Field.EXACT),
        ("Литература", Field.READING),
        ("Химия", Field.READING),
        ("Физическая культура", Field.PRACTICE),
        ("Музыка", Field.PRACTICE),
    ],
)
def test_a_subject_is_spoken_of_by_its_kind(subject: str, field: Field) -> None:
    assert field_of(subject) == field
    assert MARK in {each.title for each in talks_of(subject, 5)}
    assert MARK not in {each.title for each in talks_of(subject, 1)}, "there are no marks in the first grade"


def test_nobody_is_asked_about_exercises_of_physical_culture() -> None:
    assert [word for word in words_of(Field.PRACTICE) if OF_EXERCISES.search(word)] == []


def test_letters_are_of_the_subject_and_seldom_the_same_to_one_person(demo_store: Store) -> None:
    letters = demo_store.read(
        """SELECT arg_min(m.text, m.message_id), arg_min(m.written_by, m.message_id), list(DISTINCT p.user_id)
        FROM threads t JOIN messages m USING (thread_id) JOIN thread_people p USING (thread_id)
        WHERE t.pupil_id IS NOT NULL GROUP BY t.thread_id"""
    )
    assert len(letters) > 150
    told = Counter((person, text) for text, _author, people in letters for person in people)
    # Ten teachers receive all of them: more letters each than there are topics.
    assert sum(number - 1 for number in told.values()) < len(letters) / 3
    practice = {each.name for each in subjects() if field_of(each.name) == Field.PRACTICE}
    of_practice = [text for text, *_ in letters if any(name in text for name in practice)]
    assert [text for text in of_practice if OF_EXERCISES.search(text)] == []


def test_what_nobody_has_answered_was_asked_lately(demo_store: Store) -> None:
    (oldest,) = demo_store.read(
        """SELECT min(last_at) FROM (SELECT max(m.written_at) AS last_at, count(*) AS messages, any_value(t.closed_at) AS closed_at
            FROM threads t JOIN messages m USING (thread_id) GROUP BY t.thread_id) WHERE messages = 1"""
    )[0]
    assert oldest >= datetime(2027, 2, 3)
