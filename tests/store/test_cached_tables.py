"""What is kept always says what its query says, whatever has been written since, and does little for an entry."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_school import CHILD, CLASSMATE, NOW

from school.analytics.store.frames import terms_with_marks
from school.store.connection import Store, Transaction
from school.store.events import Event
from school.store.memory import tables
from school.store.memory.cache import Caches
from school.store.memory.partitions import Partition
from school.store.memory.states import MOST_ENTRIES, Changes, States
from school.store.memory.tables import CachedTables

SUMS = "SELECT class_id, subject_id, pupil_id, sum(value) AS total FROM mark_rows GROUP BY ALL"
OF_SUMS = "SELECT class_id, subject_id, max(total) AS most FROM kept.sums GROUP BY ALL"
MARKED = "SELECT DISTINCT class_id, term_id FROM mark_rows"
ALIKE = (
    "SELECT lesson_id, class_id FROM mark_rows GROUP BY ALL HAVING count(*) > 1 AND min(value) = max(value)"
)
OF_LESSONS = "SELECT lesson_id, class_id, count(*) AS marks FROM mark_rows GROUP BY ALL"


@pytest.fixture
def kept(school_store: Store) -> Store:
    school_store.keep("sums", SUMS)
    school_store.keep("most", OF_SUMS)
    return school_store


def change(
    store: Store, sql: str, *, entered_in: list[int] | None = None, of_pupils: list[int] | None = None
) -> None:
    def work(transaction: Transaction) -> None:
        transaction.change(sql, entered_in=entered_in, of_pupils=of_pupils)
        transaction.record(Event(NOW, None, "school"))

    store.write(work)


def rows(store: Store, sql: str) -> list[tuple[object, ...]]:
    return sorted(store.ask(sql).fetchall())


def partitions(
    store: Store, sql: str, partition: Partition, among: set[int] | None = None
) -> list[tuple[object, ...]]:
    """Return an answer in partitions, which comes in the order of these and of its columns."""
    found = store.ask_by_partition(sql, partition, (lambda: among) if among is not None else None)
    found_rows = [tuple(map(int, row)) for row in found.itertuples(index=False, name=None)]
    place = list(found.columns).index(partition)
    assert found_rows == sorted(found_rows, key=lambda row: (row[place], row))
    return sorted(found_rows)


def assert_true(store: Store) -> None:
    sums = sorted(store.read(SUMS))
    assert rows(store, "FROM kept.sums") == sums
    totals = {}
    for *register, _, total in sums:
        totals.setdefault(tuple(register), []).append(total)
    most = sorted((*register, max(each)) for register, each in totals.items())
    assert rows(store, "FROM kept.most") == most
    assert partitions(store, OF_SUMS, "class_id") == most
    assert partitions(store, OF_LESSONS, "lesson_id") == sorted(store.read(OF_LESSONS))
    alike = sorted(store.read(ALIKE))
    assert partitions(store, ALIKE, "lesson_id", {lesson for lesson, _ in alike}) == alike
    assert sorted(terms_with_marks(store)) == sorted(store.read(MARKED))


def lessons_with_marks(store: Store) -> list[int]:
    return [row[0] for row in store.read("SELECT DISTINCT lesson_id FROM marks ORDER BY ALL")]


LESSON = st.integers(0, 50)
WRITES = st.lists(
    st.one_of(
        st.tuples(st.just("mark"), LESSON, st.integers(2, 5)),
        st.tuples(st.just("more"), LESSON, st.integers(2, 5)),
        st.tuples(st.just("none"), LESSON, st.just(0)),
        st.tuples(st.just("moved"), LESSON, st.just(0)),
        st.tuples(st.just("look"), LESSON, st.just(0)),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(writes=WRITES)
def test_a_kept_table_is_its_query_after_any_writes(kept: Store, writes: list[tuple[str, int, int]]) -> None:
    """Entries declared by their lessons, changes of anything else, looks in between: the answer is never an old one."""
    lessons = [row[0] for row in kept.read("SELECT lesson_id FROM lessons ORDER BY lesson_id")]
    classes = [row[0] for row in kept.read("SELECT class_id FROM classes ORDER BY class_id")]
    for place, (what, which, value) in enumerate(writes):
        lesson = lessons[which % len(lessons)]
        if what == "mark":
            change(kept, f"UPDATE marks SET value = {value} WHERE lesson_id = {lesson}", entered_in=[lesson])
        elif what == "more":
            new = f"({lesson}, {CHILD}, {20 + place}, {value}), ({lesson}, {CLASSMATE}, {20 + place}, 3)"
            sql = f"INSERT OR REPLACE INTO marks (lesson_id, pupil_id, slot, value) VALUES {new}"
            change(kept, sql, entered_in=[lesson])
        elif what == "none":
            change(kept, f"DELETE FROM marks WHERE lesson_id = {lesson}", entered_in=[lesson])
        elif what == "moved":
            other = classes[which % len(classes)]
            change(kept, f"UPDATE lessons SET class_id = {other} WHERE lesson_id = {lesson}")
        else:
            assert_true(kept)
    assert_true(kept)


def test_an_entry_refreshes_its_own_class_only(kept: Store) -> None:
    """What is remembered of other classes stays good: a figure of past years is not made again for today's mark."""
    lesson = lessons_with_marks(kept)[0]
    ((own,),) = kept.read("SELECT class_id FROM lessons WHERE lesson_id = $id", {"id": lesson})
    others = [
        row[0] for row in kept.read("SELECT class_id FROM classes WHERE class_id <> $own", {"own": own})
    ]
    before = (kept.state_of_classes("sums", [own]), kept.state_of_classes("sums", others))
    change(kept, f"UPDATE marks SET value = 2 WHERE lesson_id = {lesson}", entered_in=[lesson])
    after = (kept.state_of_classes("sums", [own]), kept.state_of_classes("sums", others))
    assert after[0] > before[0]
    assert after[1] == before[1]
    change(kept, "UPDATE work_types SET weight = 3")
    assert kept.state_of_classes("sums", others) > after[1]


def test_a_query_over_a_kept_table_changes_with_the_tables_behind_it(kept: Store) -> None:
    sql = "SELECT max(most) FROM kept.most"
    before = kept.state_of_query(sql)
    change(kept, "UPDATE pupils SET last_name = last_name")
    assert kept.state_of_query(sql) == before
    change(kept, "UPDATE marks SET value = 3", entered_in=lessons_with_marks(kept))
    assert kept.state_of_query(sql) > before


def test_of_many_entries_long_ago_all_is_recomputed_rather_than_forgotten() -> None:
    states, marks = States(), frozenset({"marks"})
    for state in range(1, MOST_ENTRIES + 2):
        changes = Changes()
        changes.note("UPDATE marks SET value = 3", entered_in=[state])
        states.note_changes(changes, state)
    assert states.lessons_entered(marks, MOST_ENTRIES) == {MOST_ENTRIES + 1}
    assert states.lessons_entered(marks, 1) is None


def test_a_day_of_entries_leaves_no_replaced_rows_in_memory(
    school_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each refresh writes the rows of its class and subject anew; the ones that they replace must not add up."""
    states = States()
    connection = school_store.connection.cursor()
    lesson = lessons_with_marks(school_store)[0]
    wide = f"SELECT *, hash(i) AS h, hash(i + 1) AS g FROM ({SUMS}), range(2000) AS numbers(i)"

    def held_after(refreshes: int) -> int:
        kept = CachedTables(connection, states, Caches())
        kept.keep("wide", wide, lambda sql: frozenset({"marks"}))
        kept.refresh(["wide"])
        for state in range(states.state_of(["marks"]) + 1, states.state_of(["marks"]) + refreshes + 1):
            changes = Changes()
            changes.note("UPDATE marks SET value = 3", entered_in=[lesson])
            states.note_changes(changes, state)
            kept.refresh(["wide"])
        ((held,),) = connection.execute(
            "SELECT sum(memory_usage_bytes)::BIGINT FROM duckdb_memory() WHERE tag = 'IN_MEMORY_TABLE'"
        ).fetchall()
        assert school_store.read("SELECT count(*) FROM kept.wide") == [(len(school_store.read(SUMS)) * 2000,)]
        # The store never knew of it.
        connection.execute("DETACH kept")
        return int(held)

    packed = held_after(60)
    monkeypatch.setattr(tables, "ROWS_TO_PACK", 10**9)
    assert held_after(60) > 2 * packed


def test_a_term_has_marks_until_its_last_one_is_taken_out(kept: Store) -> None:
    """A term opens on the screens with its first mark, and goes with the last; an absence alone changes neither."""
    ((class_id, term_id),) = kept.read(f"{MARKED} ORDER BY ALL LIMIT 1")
    own = kept.read(
        f"SELECT lesson_id FROM lessons WHERE class_id = {class_id} AND term_id = {term_id} ORDER BY lesson_id"
    )
    assert (class_id, term_id) in terms_with_marks(kept)
    for (lesson,) in own:
        change(kept, f"DELETE FROM marks WHERE lesson_id = {lesson}", entered_in=[lesson])
        assert sorted(terms_with_marks(kept)) == sorted(kept.read(MARKED))
    assert (class_id, term_id) not in terms_with_marks(kept)
    (lesson,) = own[0]
    change(kept, f"UPDATE lessons SET topic = 'Дроби' WHERE lesson_id = {lesson}", entered_in=[lesson])
    assert (class_id, term_id) not in terms_with_marks(kept)
    sql = f"INSERT INTO marks (lesson_id, pupil_id, slot, value) VALUES ({lesson}, {CHILD}, 1, 5)"
    change(kept, sql, entered_in=[lesson])
    assert (class_id, term_id) in terms_with_marks(kept)


@pytest.mark.parametrize(("sql", "partition"), [(SUMS, "class_id"), (OF_LESSONS, "lesson_id")])
def test_an_entry_leaves_an_answer_asked_before_as_it_was(
    kept: Store, sql: str, partition: Partition
) -> None:
    """Somebody may still be drawing it."""
    before = kept.ask_by_partition(sql, partition)
    copied = before.copy()
    change(kept, "UPDATE marks SET value = 2", entered_in=lessons_with_marks(kept)[:1])
    after = kept.ask_by_partition(sql, partition)
    assert after is not before
    assert before.equals(copied)


def test_only_what_is_not_an_entry_moves_the_state_of_all_the_rest(school_store: Store) -> None:
    before = school_store.state_but_entries()
    change(school_store, "UPDATE lessons SET topic = 'Дроби' WHERE lesson_id = 1", entered_in=[1])
    assert school_store.state_but_entries() == before
    change(school_store, "UPDATE lessons SET teacher_id = NULL WHERE lesson_id = 1")
    assert school_store.state_but_entries() > before


def test_what_is_entered_of_a_pupil_moves_the_state_of_that_pupil_alone(school_store: Store) -> None:
    marked, other, lessons = 51, 52, frozenset({1})
    states = states_of(school_store, (marked, other), lessons)
    change_marks = "UPDATE marks SET value = value WHERE lesson_id = 1"
    change(school_store, change_marks, entered_in=[1], of_pupils=[marked])
    after = states_of(school_store, (marked, other), lessons)
    assert (after[0] > states[0], after[1] == states[1]) == (True, True)
    change(school_store, "UPDATE lessons SET topic = 'Дроби' WHERE lesson_id = 1", entered_in=[1])
    of_lesson = states_of(school_store, (marked, other), lessons)
    assert min(of_lesson) > max(after)
    assert states_of(school_store, (other,), frozenset({2})) == [states[1]]
    change(school_store, "UPDATE notice_settings SET address = address")
    assert states_of(school_store, (marked, other), lessons) == of_lesson
    change(school_store, "UPDATE pupils SET last_name = last_name")
    assert min(states_of(school_store, (marked, other), frozenset())) > max(of_lesson)


def states_of(store: Store, pupil_ids: tuple[int, ...], lessons: frozenset[int]) -> list[int]:
    return [store.state_of_pupil(pupil_id, lessons) for pupil_id in pupil_ids]
