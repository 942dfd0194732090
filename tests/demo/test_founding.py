"""Who may write a school's structure, and what is left of it in the log."""

import pytest
from small_school import NOW, People

from school.errors import AccessRefused, RuleRefused
from school.store.connection import Store
from school.store.rows import SchoolRow, SchoolStructure, SubjectRow
from school.year.actions.founding import reserve_ids, write_structure


def subject(store: Store) -> SchoolStructure:
    (subject_id,) = reserve_ids(store, 1)
    return SchoolStructure(subjects=[SubjectRow(subject_id, 1, "Астрономия", "")])


def names(store: Store) -> list[str]:
    return [name for (name,) in store.read("SELECT name FROM subjects")]


def test_an_empty_store_is_founded_by_nobody_and_says_so(empty_store: Store) -> None:
    write_structure(empty_store, None, SchoolStructure(schools=[SchoolRow(1, "Школа")]), now=NOW)
    assert empty_store.read("SELECT kind, user_id, new_value FROM events") == [("school", None, "школ: 1")]


def test_nobody_may_write_into_a_school(school_store: Store) -> None:
    with pytest.raises(RuleRefused, match="Школа уже создана"):
        write_structure(school_store, None, subject(school_store), now=NOW)
    assert "Астрономия" not in names(school_store)


def test_a_teacher_may_not(school_store: Store, people: People) -> None:
    with pytest.raises(AccessRefused):
        write_structure(school_store, people.owner, subject(school_store), now=NOW)
    assert "Астрономия" not in names(school_store)


def test_the_administrator_may(school_store: Store, people: People) -> None:
    write_structure(school_store, people.admin, subject(school_store), now=NOW)
    assert "Астрономия" in names(school_store)


def test_identifiers_are_never_given_twice(empty_store: Store) -> None:
    assert not set(reserve_ids(empty_store, 5)) & set(reserve_ids(empty_store, 5))
    assert list(reserve_ids(empty_store, 0)) == []
