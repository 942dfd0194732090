"""One writer, durable groups, no change without an event, ordered migrations."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from school.errors import RuleRefused, StoreFault
from school.store.connection import Store, Transaction, in_transaction, migrate
from school.store.events import Event

NOW = datetime(2026, 11, 23, 10)


@pytest.fixture
def store(tmp_path: Path):
    opened = Store(tmp_path / "school.duckdb", lambda: NOW)
    yield opened
    opened.close()


def name_setting(name: str, value: str = "да"):
    def work(transaction: Transaction) -> str:
        transaction.change("INSERT INTO settings VALUES ($name, $value)", {"name": name, "value": value})
        transaction.record(Event(NOW, None, "school", new_value=value))
        return name

    return work


def settings(store: Store) -> list[str]:
    return [row[0] for row in store.read("SELECT name FROM settings ORDER BY name")]


def test_a_write_is_there_for_the_next_read_and_raises_the_version(store: Store) -> None:
    before = store.version
    assert store.write(name_setting("а")) == "а"
    assert settings(store) == ["а"]
    assert store.version > before


def test_a_change_without_an_event_is_refused_and_leaves_nothing(store: Store) -> None:
    with pytest.raises(StoreFault):
        store.write(lambda transaction: transaction.change("INSERT INTO settings VALUES ('а', 'б')"))
    assert settings(store) == []


def test_a_refusal_half_way_leaves_neither_change_nor_event(store: Store) -> None:
    def work(transaction: Transaction) -> None:
        name_setting("а")(transaction)
        raise RuleRefused("Нельзя.")

    with pytest.raises(RuleRefused):
        store.write(work)
    assert settings(store) == []
    assert store.read("SELECT count(*) FROM events") == [(0,)]


def test_a_failing_neighbour_takes_nobody_with_it(store: Store) -> None:
    """Writes that wait together share a transaction; each still succeeds or fails on its own."""

    def attempt(number: int) -> str:
        try:
            return store.write(name_setting("занято" if number % 5 == 0 else f"н{number:03}"))
        except duckdb.ConstraintException:
            return "refused"

    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(attempt, range(100)))
    assert outcomes.count("refused") == 19
    assert len(settings(store)) == 81
    assert store.read("SELECT count(*) FROM events") == [(81,)]


def test_what_was_acknowledged_is_there_after_reopening(tmp_path: Path) -> None:
    path = tmp_path / "school.duckdb"
    store = Store(path, lambda: NOW)
    store.write(name_setting("а"))
    store.close()
    reopened = Store(path, lambda: NOW)
    assert settings(reopened) == ["а"]
    reopened.close()


def test_migrations_run_once_in_order_and_a_broken_one_leaves_no_trace(tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_a.sql").write_text("CREATE TABLE a (x INT);")
    (folder / "0002_b.sql").write_text("ALTER TABLE a ADD COLUMN y INT;")
    connection = duckdb.connect()
    assert migrate(connection, folder, NOW) == ["0001_a", "0002_b"]
    assert migrate(connection, folder, NOW) == []
    (folder / "0003_c.sql").write_text("CREATE TABLE c (x INT); CREATE TABLE a (x INT);")
    with pytest.raises(duckdb.Error):
        migrate(connection, folder, NOW)
    tables = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    assert ("c",) not in tables
    assert connection.execute("SELECT count(*) FROM migrations").fetchone() == (2,)


def test_a_database_newer_than_the_program_is_not_touched(tmp_path: Path) -> None:
    connection = duckdb.connect()
    migrate(connection, tmp_path, NOW)
    connection.execute("INSERT INTO migrations VALUES ('9999_later', now()::TIMESTAMP)")
    with pytest.raises(StoreFault, match="Обновите программу"):
        migrate(connection, tmp_path, NOW)


def test_a_query_is_told_by_the_tables_it_reads_through_views_and_parts(school_store: Store) -> None:
    """A figure of absences stays known while marks are typed; whatever reads marks, even through a view, does not."""
    absences = "WITH own AS (FROM absences) SELECT count(*) FROM own"
    marks = "SELECT count(*) FROM mark_rows WHERE EXISTS (FROM pupils)"
    events = "SELECT count(*) FROM events"

    def type_mark(transaction: Transaction) -> None:
        transaction.change("UPDATE marks SET value = 3 WHERE value = 4")
        transaction.record(Event(NOW, None, "school"))

    before = [school_store.state_of_query(sql) for sql in (absences, marks, events)]
    school_store.write(type_mark)
    after = [school_store.state_of_query(sql) for sql in (absences, marks, events)]
    assert [was == now for was, now in zip(before, after, strict=True)] == [True, False, False]


@in_transaction
def set_twice(transaction: Transaction, first: str, *, second: str) -> str:
    name_setting(first)(transaction)
    return name_setting(second)(transaction)


def test_an_action_opens_a_transaction_of_a_store(store: Store) -> None:
    assert set_twice(store, "а", second="б") == "б"
    assert settings(store) == ["а", "б"]


def test_an_action_joins_the_transaction_it_is_called_with(store: Store) -> None:
    def work(transaction: Transaction) -> None:
        set_twice(transaction, "а", second="б")
        raise RuleRefused("Нельзя.")

    with pytest.raises(RuleRefused):
        store.write(work)
    assert settings(store) == []
