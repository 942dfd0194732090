"""A load is seen first, happens at once or not at all, repeats without doubling and is taken back as a whole."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from loading import FILE, WISH, counts, look, reasons, rows_of, state_of, take
from small_school import (
    ABSENTEE,
    CHILD,
    CLASS_7A,
    MATHS,
    NOW,
    OWNER_STAFF,
    OWNERS_LESSON_TODAY,
    OWNERS_LESSON_YESTERDAY,
    QUARTER_2,
    STRANGER_STAFF,
    People,
)

from school.errors import RuleRefused
from school.files.plan import ImportKind
from school.imports.actions.loads import load, undo
from school.privacy.actions.viewings import note_viewings
from school.privacy.rules.viewing import Seen, Viewed, Viewing
from school.register.actions.batch import CellEdit
from school.register.actions.entries import enter_cells
from school.store.connection import Store, Transaction
from school.store.events import Event
from school.terms.actions import close_term, reopen_term

FACTS = ("full_name", "school_class", "subject", "lesson_date", "mark", "absence")
TERM_FACTS = ("full_name", "school_class", "subject", "term", "term_mark")
PUPILS = ("full_name", "school_class", "born_on")
LOAD = ("teacher", "school_class", "subject", "hours_a_week")
LESSON_TOMORROW = 75

MARKS_OF_A_DAY = rows_of(
    FACTS,
    ("Алёшин Пётр", "7А", "Математика", "17.11.2026", "5(2)", ""),
    ("Ёлкина Анна", "7А", "Математика", "17.11.2026", "4, 3", ""),
    ("Жуков Иван", "7А", "Математика", "17.11.2026", "", "болезнь"),
)
NEWCOMERS = rows_of(PUPILS, ("Новиков Лев Ильич", "7А", "03.05.2013"), ("Зуева Ася", "8 б", ""))
CASES = {ImportKind.FACTS: MARKS_OF_A_DAY, ImportKind.PUPILS: NEWCOMERS}


@pytest.mark.parametrize("kind", CASES)
def test_a_preview_changes_nothing(school_store: Store, people: People, kind: ImportKind) -> None:
    before = state_of(school_store)
    plan = look(school_store, people.admin, kind, CASES[kind])
    assert plan.brings_anything
    assert state_of(school_store) == before


@pytest.mark.parametrize("kind", CASES)
def test_the_same_file_again_brings_nothing(school_store: Store, people: People, kind: ImportKind) -> None:
    take(school_store, people.admin, kind, CASES[kind])
    again = look(school_store, people.admin, kind, CASES[kind])
    assert counts(again) == {"unchanged": len(CASES[kind])}
    with pytest.raises(RuleRefused, match="Загружать нечего"):
        take(school_store, people.admin, kind, CASES[kind])


@pytest.mark.parametrize("kind", CASES)
def test_taking_a_load_back_restores_every_row(school_store: Store, people: People, kind: ImportKind) -> None:
    before = state_of(school_store)
    batch = take(school_store, people.admin, kind, CASES[kind])
    assert state_of(school_store) != before
    undo(school_store, people.admin, batch, now=NOW)
    assert state_of(school_store) == before
    with pytest.raises(RuleRefused, match="уже отменена"):
        undo(school_store, people.admin, batch, now=NOW)


def test_who_looked_at_newcomers_does_not_keep_their_load(school_store: Store, people: People) -> None:
    batch = take(school_store, people.admin, ImportKind.PUPILS, NEWCOMERS)
    newcomers = school_store.read("SELECT pupil_id FROM pupils WHERE last_name IN ('Новиков', 'Зуева')")
    seen = Seen(Viewed.LIST, pupil_ids=frozenset(row[0] for row in newcomers), title="Движение учащихся")
    note_viewings(school_store, [Viewing(NOW, people.admin.user_id, seen)])
    assert school_store.read("SELECT count(*) FROM viewings") == [(2,)]
    undo(school_store, people.admin, batch, now=NOW)
    assert not school_store.read("SELECT pupil_id FROM pupils WHERE last_name IN ('Новиков', 'Зуева')")
    assert school_store.read("SELECT count(*) FROM viewings") == [(2,)]


def test_marks_of_a_file_make_the_lesson_they_need(school_store: Store, people: People) -> None:
    take(school_store, people.admin, ImportKind.FACTS, MARKS_OF_A_DAY)
    rows = school_store.read(
        """SELECT l.class_id, l.term_id, m.pupil_id, m.slot, m.value, m.weight, m.recorded_at FROM lessons l
           JOIN marks m USING (lesson_id) WHERE l.held_on = DATE '2026-11-17' ORDER BY m.pupil_id, m.slot"""
    )
    assert rows[0] == (CLASS_7A, QUARTER_2, CHILD, 1, 5, 2.0, None)
    assert [row[4] for row in rows] == [5, 4, 3]
    absences = school_store.read(
        "SELECT pupil_id, reason FROM absences JOIN lessons USING (lesson_id) WHERE held_on = DATE '2026-11-17'"
    )
    assert absences == [(ABSENTEE, "illness")]


def test_each_cell_of_a_load_has_its_event_and_its_taking_back_another(
    school_store: Store, people: People
) -> None:
    batch = take(school_store, people.admin, ImportKind.FACTS, MARKS_OF_A_DAY)
    undo(school_store, people.admin, batch, now=NOW)
    events = school_store.read(
        "SELECT old_value, new_value FROM events WHERE kind = 'cell' AND pupil_id = $pupil ORDER BY event_id",
        {"pupil": CHILD},
    )
    assert events == [(None, "5"), ("5", None)]


def test_a_mark_of_the_register_is_not_overwritten_unless_asked(school_store: Store, people: People) -> None:
    rows = rows_of(FACTS, ("Алёшин Пётр", "7А", "Математика", "18.11.2026", "2", ""))
    plan = look(school_store, people.admin, ImportKind.FACTS, rows)
    assert reasons(plan) == {2: "В журнале уже стоит «4», в файле «2»."}


def test_a_load_that_somebody_built_on_is_not_taken_back(school_store: Store, people: People) -> None:
    rows = rows_of(FACTS, ("Алёшин Пётр", "7А", "Математика", "19.11.2026", "5", ""))
    batch = take(school_store, people.admin, ImportKind.FACTS, rows)
    edit = CellEdit(OWNERS_LESSON_TODAY, CHILD, "3")
    enter_cells(school_store, people.owner, [edit], now=NOW + timedelta(minutes=5))
    before = state_of(school_store)
    with pytest.raises(RuleRefused, match="Отменить загрузку уже нельзя") as refusal:
        undo(school_store, people.admin, batch, now=NOW)
    assert "отметки — 1" in str(refusal.value)
    assert state_of(school_store) == before


def test_a_neighbours_mark_at_the_same_lesson_does_not_hold_a_load(
    school_store: Store, people: People
) -> None:
    rows = rows_of(FACTS, ("Алёшин Пётр", "7А", "Математика", "18.11.2026", "", "опоздал"))
    batch = take(school_store, people.admin, ImportKind.FACTS, rows)
    edit = CellEdit(OWNERS_LESSON_YESTERDAY, ABSENTEE, "б")
    enter_cells(school_store, people.owner, [edit], now=NOW)
    undo(school_store, people.admin, batch, now=NOW)
    held = school_store.read(
        "SELECT pupil_id, reason FROM absences WHERE lesson_id = $lesson", {"lesson": OWNERS_LESSON_YESTERDAY}
    )
    assert held == [(ABSENTEE, "illness")]


def test_a_pupil_with_marks_is_not_taken_back(school_store: Store, people: People) -> None:
    batch = take(school_store, people.admin, ImportKind.PUPILS, NEWCOMERS)
    take(
        school_store,
        people.admin,
        ImportKind.FACTS,
        rows_of(FACTS, ("Новиков Лев", "7А", "Математика", "18.11.2026", "5", "")),
    )
    with pytest.raises(RuleRefused, match="отметки — 1"):
        undo(school_store, people.admin, batch, now=NOW)


def test_what_changed_since_the_preview_is_not_loaded_over(school_store: Store, people: People) -> None:
    rows = rows_of(FACTS, ("Алёшин Пётр", "7А", "Математика", "19.11.2026", "5", ""))
    plan = look(school_store, people.admin, ImportKind.FACTS, rows)
    enter_cells(school_store, people.owner, [CellEdit(OWNERS_LESSON_TODAY, CHILD, "3")], now=NOW)
    with pytest.raises(RuleRefused, match="данные в журнале изменились"):
        load(school_store, people.admin, ImportKind.FACTS, rows, WISH, plan, FILE, now=NOW)


@pytest.mark.parametrize("was_taught", [False, True])
def test_a_lesson_taught_since_stays_with_the_teacher_of_the_load(
    school_store: Store, people: People, was_taught: bool
) -> None:
    def plan_tomorrow(transaction: Transaction) -> None:
        transaction.change(
            f"""INSERT INTO lessons (lesson_id, class_id, subject_id, teacher_id, term_id, held_on, number)
                VALUES ({LESSON_TOMORROW}, {CLASS_7A}, {MATHS}, {OWNER_STAFF}, {QUARTER_2}, '2026-11-20', 1)"""
        )
        transaction.record(Event(NOW, None, "school"))

    def teacher_tomorrow() -> int:
        sql = f"SELECT teacher_id FROM lessons WHERE lesson_id = {LESSON_TOMORROW}"
        return int(school_store.read(sql)[0][0])

    school_store.write(plan_tomorrow)
    rows = rows_of(LOAD, ("Стрельцов Глеб", "7А", "Математика", "5"))
    batch = take(school_store, people.deputy, ImportKind.LOAD, rows)
    assert teacher_tomorrow() == STRANGER_STAFF
    tomorrow = NOW + timedelta(days=1)
    if not was_taught:
        undo(school_store, people.deputy, batch, now=tomorrow)
        assert teacher_tomorrow() == OWNER_STAFF
        return
    enter_cells(school_store, people.stranger, [CellEdit(LESSON_TOMORROW, CHILD, "5")], now=tomorrow)
    with pytest.raises(RuleRefused, match="уроки — 1"):
        undo(school_store, people.deputy, batch, now=tomorrow)
    assert teacher_tomorrow() == STRANGER_STAFF


def test_a_term_mark_of_a_file_is_of_who_teaches_as_the_term_ends(
    school_store: Store, people: People, change: Callable[[str], None]
) -> None:
    change(
        f"""DELETE FROM term_marks;
            UPDATE terms SET closed_at = NULL;
            UPDATE teaching_load SET ends_on = '2026-11-30'
                WHERE class_id = {CLASS_7A} AND subject_id = {MATHS} AND subgroup_id IS NULL;
            INSERT INTO teaching_load (load_id, school_year, class_id, subject_id, teacher_id, hours_a_week, starts_on)
            VALUES (995, 2026, {CLASS_7A}, {MATHS}, {STRANGER_STAFF}, 5, '2026-12-01')"""
    )
    for number, teacher in ((1, OWNER_STAFF), (2, STRANGER_STAFF)):
        rows = rows_of(TERM_FACTS, ("Алёшин Пётр", "7А", "Математика", f"{number} четверть", "5"))
        take(school_store, people.admin, ImportKind.FACTS, rows)
        given = "SELECT teacher_id FROM term_marks JOIN terms USING (term_id) WHERE pupil_id = $pupil AND number = $number"
        assert school_store.read(given, {"pupil": CHILD, "number": number}) == [(teacher,)]


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        (FACTS, ("Алёшин Пётр", "7А", "Математика", "17.11.2026", "5", "")),
        (FACTS, ("Алёшин Пётр", "7А", "Математика", "18.11.2026", "2", "")),
        (FACTS, ("Жуков Иван", "7А", "Математика", "17.11.2026", "", "болезнь")),
        (TERM_FACTS, ("Алёшин Пётр", "7А", "Математика", "2 четверть", "4")),
    ],
    ids=["a new mark", "a mark replaced", "an absence", "a term mark"],
)
def test_a_load_into_a_term_closed_since_is_taken_back_once_it_is_open(
    school_store: Store, people: People, fields: tuple[str, ...], line: tuple[str, ...]
) -> None:
    before = state_of(school_store)
    choices = replace(WISH, may_replace=True)
    batch = take(school_store, people.admin, ImportKind.FACTS, rows_of(fields, line), choices)
    after_term = NOW.replace(month=12, day=30)
    close_term(school_store, people.deputy, 2026, "quarter", 2, now=after_term)
    closed = state_of(school_store)
    with pytest.raises(RuleRefused, match="Учебный период закрыт"):
        undo(school_store, people.admin, batch, now=after_term)
    assert state_of(school_store) == closed
    reopen_term(school_store, people.deputy, 2026, "quarter", 2, "ошибочный файл", now=after_term)
    undo(school_store, people.admin, batch, now=after_term)
    entries = ("lessons", "marks", "absences", "term_marks")
    after = state_of(school_store)
    assert [after[table] for table in entries] == [before[table] for table in entries]
