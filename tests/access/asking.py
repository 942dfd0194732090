"""What questions about 8Б are made of: who may, what an answer gives away, and the rows asked about."""

from collections.abc import Callable, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from small_school import CLASS_8B, MATHS, NOW, QUARTER_2, STRANGERS_LESSON_TODAY, USER_IDS

from school.analytics.store.frames import PeriodRow
from school.errors import RuleRefused
from school.records import HomeworkState, Lesson, RegisterKey, Term, User
from school.register.actions import batch, entries
from school.register.store.lessons import lessons_by_id
from school.sign_in.store.users import users_by_id
from school.store.connection import Store

TODAY = NOW.date()

REGISTER_8B = RegisterKey(CLASS_8B, MATHS)

TERM = Term(QUARTER_2, 2026, "quarter", 2, date(2026, 11, 2), date(2026, 12, 29))

PERIOD = PeriodRow(2026, "quarter", 2, TERM.starts_on, TERM.ends_on, (QUARTER_2,), 2, True, True)

NAMES_OF_8B = ("8Б", "Яковлев", "Борисова", "Щукин", "Стрельцов")

NOBODY: Set[str] = frozenset()

TEACHER = {"stranger"}

LEADER = {"leader"}

REGISTER_READERS = {"stranger", "leader", "head", "deputy", "admin"}

ANALYSTS = {"stranger", "leader", "head", "deputy"}

OVERSEERS = {"leader", "head", "deputy"}

CONTROLLERS = {"head", "deputy", "admin"}


def names_8b(answer: Any) -> bool:
    """Whether an answer names the class, its pupils or its teacher."""
    return any(name in repr(answer) for name in NAMES_OF_8B)


def holds_8b(frame: pd.DataFrame) -> bool:
    return bool((frame["class_id"] == CLASS_8B).any())


def was_done(_answer: Any) -> bool:
    return True


def passed(call: Callable[[], object]) -> bool:
    """Whether the call came past the door; a rule may still stop it behind."""
    with suppress(RuleRefused):
        call()
    return True


def was_saved(results: Sequence[batch.EntryResult[Any]]) -> bool:
    return any(result.status is batch.EntryStatus.SAVED for result in results)


@dataclass(frozen=True)
class Question:
    """A call about 8Б, who may make it, and whether an answer reveals anything of 8Б."""

    ask: Callable[[Store, User], Any]
    allowed: Set[str]
    reveals: Callable[[Any], bool] = names_8b


def the_deputy(store: Store) -> User:
    return users_by_id(store, [USER_IDS["deputy"]])[USER_IDS["deputy"]]


HEAD_OF_8B = entries.LessonHead("Корни", None, HomeworkState.NONE)


def lesson_of_8b(store: Store) -> Lesson:
    return lessons_by_id(store, [STRANGERS_LESSON_TODAY])[STRANGERS_LESSON_TODAY]


def past_the_door(work: Callable[..., Any], *rows: Any) -> Callable[[Store, User], bool]:
    """Return a question whether somebody comes past the door of an action; a rule may still stop them behind."""
    return lambda store, user: passed(lambda: work(store, user, *rows, now=NOW))
