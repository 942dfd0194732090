"""A name is written one way wherever a query writes it."""

import pytest
from small_school import ADMIN_STAFF, CLASS_7A, NOW, People

from school.audit.store import EventFilter, event_authors, event_rows
from school.imports.store.loads import BatchRow, batches, save_batch
from school.records import PersonName
from school.register.store.registers import registers
from school.store.connection import Store
from school.store.events import Event
from school.store.names import full_name, short_name, staff_initials, surname_and_initials


@pytest.mark.parametrize(
    "name",
    [
        PersonName("Иванов", "Пётр", "Сергеевич"),
        PersonName("Иванов", "Пётр"),
        PersonName("Иванов", "", "Сергеевич"),
        PersonName("Иванов", ""),
    ],
)
def test_a_part_of_a_name_that_is_not_known_is_left_out(school_store: Store, name: PersonName) -> None:
    _rename(school_store, ADMIN_STAFF, name)
    sql = f"SELECT {full_name('staff')}, {short_name('staff')} FROM staff WHERE staff_id = {ADMIN_STAFF}"
    assert school_store.read(sql) == [(name.full, name.short)]
    assert staff_initials(school_store)[ADMIN_STAFF] == name.initials


def test_a_join_that_finds_nobody_names_nobody(school_store: Store) -> None:
    forms = ", ".join(form("s") for form in (full_name, short_name, surname_and_initials))
    rows = school_store.read(f"SELECT {forms} FROM (SELECT 1) LEFT JOIN staff s ON s.staff_id = 0")
    assert rows == [("", "", "")]


def test_a_register_names_a_teacher_without_a_first_name_by_the_surname(
    school_store: Store, people: People
) -> None:
    _rename(school_store, people.owner.staff_id or 0, PersonName("Орлова", ""))
    shown = [row.teacher_names for row in registers(school_store, 2026) if row.key.class_id == CLASS_7A]
    assert shown == ["Орлова"]


def test_the_event_log_names_families_too(school_store: Store, people: People) -> None:
    left_by = (people.owner, people.guardian, people.pupil)
    school_store.write(
        lambda change: change.record(*(Event(NOW, user.user_id, "sign_in") for user in left_by))
    )
    names = ["Орлова В.", "Алёшина О.", "Алёшин Пётр"]
    shown = event_rows(school_store, EventFilter(kind="sign_in"), offset=0, limit=10)
    assert [row.who for row in reversed(shown)] == names
    assert {name for _, name in event_authors(school_store)} == set(names)


def test_a_load_by_an_account_of_no_staff_is_named_by_its_login(school_store: Store, people: People) -> None:
    batch = BatchRow(1, "pupils", "7А.xlsx", "", 1, 0, 0, 0, NOW, people.guardian.user_id)
    school_store.write(lambda change: (save_batch(change, batch), change.record(Event(NOW, None, "import"))))
    assert [row.loaded_by_name for row in batches(school_store)] == [people.guardian.login]


def _rename(store: Store, staff_id: int, name: PersonName) -> None:
    store.write(
        lambda change: (
            change.change(
                "UPDATE staff SET last_name = ?, first_name = ?, middle_name = ? WHERE staff_id = ?",
                [name.last, name.first, name.middle, staff_id],
            ),
            change.record(Event(NOW, None, "staff")),
        )
    )
