"""What is kept in memory is never older than the last commit, inside a transaction and outside."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import pytest

from school.store.connection import Store, Transaction
from school.store.events import Event
from school.store.memory.states import tables_changed_by

NOW = datetime(2026, 11, 23, 10)
Found = TypeVar("Found")
NAMES = "SELECT name FROM subjects ORDER BY name"


@pytest.fixture
def store(tmp_path: Path):
    opened = Store(tmp_path / "school.duckdb", lambda: NOW)
    yield opened
    opened.close()


def add_subject(transaction: Transaction, name: str) -> None:
    (new_id,) = transaction.new_ids(1)
    transaction.change(
        "INSERT INTO subjects (subject_id, school_id, name) VALUES ($id, 1, $name)",
        {"id": new_id, "name": name},
    )
    transaction.record(Event(NOW, None, "school"))


def in_another_thread(work: Callable[[], Found]) -> Found:
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(work).result()


def subjects(reader: Store | Transaction) -> list[str]:
    return [row[0] for row in reader.steady(("subjects",), NAMES, {})]


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("INSERT INTO marks VALUES (1)", {"marks"}),
        ("insert or replace into Marks SELECT 1", {"marks"}),
        ("UPDATE lessons SET topic = 'x' FROM (SELECT 1) k", {"lessons"}),
        ("DELETE FROM absences USING (SELECT 1) k", {"absences"}),
        ("INSERT INTO a VALUES (1); UPDATE b SET x = 1;", {"a", "b"}),
        ("SELECT * FROM marks", set()),
    ],
)
def test_a_statement_says_which_tables_it_changes(sql: str, tables: set[str]) -> None:
    assert tables_changed_by(sql) == tables


def test_a_commit_is_seen_at_the_next_question(store: Store) -> None:
    assert subjects(store) == []
    store.write(lambda transaction: add_subject(transaction, "Алгебра"))
    assert subjects(store) == ["Алгебра"]
    store.write(lambda transaction: add_subject(transaction, "Химия"))
    assert subjects(store) == ["Алгебра", "Химия"]


def test_a_transaction_sees_its_own_change_and_nobody_else_does(store: Store) -> None:
    assert subjects(store) == []

    def work(transaction: Transaction) -> tuple[list[str], list[str]]:
        add_subject(transaction, "Алгебра")
        return subjects(transaction), subjects(store)

    assert store.write(work) == (["Алгебра"], [])
    assert subjects(store) == ["Алгебра"]


def test_a_change_that_was_taken_back_is_forgotten(store: Store) -> None:
    def work(transaction: Transaction) -> None:
        add_subject(transaction, "Алгебра")
        subjects(transaction)
        raise ValueError("taken back")

    with pytest.raises(ValueError, match="taken back"):
        store.write(work)
    assert subjects(store) == []


def test_different_questions_have_different_answers(store: Store) -> None:
    store.write(lambda transaction: add_subject(transaction, "Алгебра"))
    sql = "SELECT name FROM subjects WHERE list_contains($names, name)"
    assert store.steady(("subjects",), sql, {"names": ["Алгебра"]}) == [("Алгебра",)]
    assert store.steady(("subjects",), sql, {"names": ["Химия"]}) == []


def test_an_answer_computed_since_the_question_is_as_good_as_the_newest(store: Store) -> None:
    """Of many who wait for a figure one computes it for all, however much is entered meanwhile."""
    asked = store.version
    store.write(lambda transaction: add_subject(transaction, "Алгебра"))
    assert subjects(store) == ["Алгебра"]
    in_another_thread(lambda: store.write(lambda transaction: add_subject(transaction, "Химия")))
    with store.asked_at(asked):
        assert subjects(store) == ["Алгебра"]
    assert subjects(store) == ["Алгебра", "Химия"]


def test_an_answer_computed_before_the_question_is_computed_again(store: Store) -> None:
    assert subjects(store) == []
    in_another_thread(lambda: store.write(lambda transaction: add_subject(transaction, "Алгебра")))
    with store.asked_at(store.version):
        assert subjects(store) == ["Алгебра"]


def test_who_changes_something_sees_it_whenever_they_asked(store: Store) -> None:
    with store.asked_at(store.version):
        assert subjects(store) == []
        store.write(lambda transaction: add_subject(transaction, "Алгебра"))
        assert subjects(store) == ["Алгебра"]


def test_the_question_of_one_thread_is_not_anothers(store: Store) -> None:
    asked = store.version
    store.write(lambda transaction: add_subject(transaction, "Алгебра"))
    with store.asked_at(asked):
        subjects(store)
        in_another_thread(lambda: store.write(lambda transaction: add_subject(transaction, "Химия")))
        assert in_another_thread(lambda: subjects(store)) == ["Алгебра", "Химия"]
