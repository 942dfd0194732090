"""Every action and lookup × everybody, asked about rows that are not theirs: refused, or answered with nothing of them.

Everybody else belongs to 7А; every question is about 8Б, which the stranger teaches and the leader leads, or about
the school.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from contextlib import suppress
from types import ModuleType

import pytest
import questions
from asking import Question, was_done
from small_school import CLASS_8B, NAMES, People

import school
from school.errors import AccessRefused
from school.records import Role, User
from school.store.connection import Store

QUESTIONS: dict[str, Question] = {}
for found_questions in pkgutil.walk_packages(questions.__path__, "questions."):
    if not found_questions.ispkg:
        QUESTIONS |= importlib.import_module(found_questions.name).QUESTIONS


def everybody(people: People) -> dict[str, User]:
    """Return the people of the small school and the homeroom teacher of 8Б."""
    leader = User(
        people.homeroom.user_id, "leader", "", frozenset({Role.HOMEROOM}), None, frozenset({CLASS_8B})
    )
    return {name: getattr(people, name) for name in NAMES} | {"leader": leader}


# Composes an event for whoever was let in already; opens a session of whoever has shown who they are.
NO_DOORS = {"people.actions.pupils.movement_event", "sign_in.actions.letting_in.open_session"}


def _doors() -> Iterator[ModuleType]:
    """The modules of actions and lookups of every subject."""
    for found in pkgutil.walk_packages(school.__path__, "school."):
        if not found.ispkg and {"actions", "lookups"} & set(found.name.split(".")):
            yield importlib.import_module(found.name)


def _functions_for_users() -> set[str]:
    found = set()
    for module in _doors():
        for name, function in inspect.getmembers(module, inspect.isfunction):
            is_own = function.__module__ == module.__name__ and not name.startswith("_")
            if is_own and "user" in inspect.signature(function).parameters:
                found.add(f"{module.__name__.removeprefix('school.')}.{name}")
    return found - NO_DOORS


def test_every_action_and_lookup_for_a_user_is_asked() -> None:
    functions = _functions_for_users()
    assert sorted(functions - QUESTIONS.keys()) == [], "these take a user: ask each about 8Б in QUESTIONS"
    assert sorted(QUESTIONS.keys() - functions) == [], "these are gone"


@pytest.mark.parametrize("name", QUESTIONS)
def test_rows_of_others_stay_with_them(name: str, school_store: Store, people: People) -> None:
    question = QUESTIONS[name]
    for person, user in everybody(people).items():
        if person in question.allowed:
            assert question.reveals(question.ask(school_store, user)), f"{person} may, and is answered"
            continue
        with suppress(AccessRefused):
            answer = question.ask(school_store, user)
            assert question.reveals is not was_done, f"{person} may not, and was let through"
            assert not question.reveals(answer), f"{person} may not, and was shown 8Б"
