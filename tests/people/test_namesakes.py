"""Two namesakes of one list are told apart wherever people choose or read one of them; nobody else's name changes."""

from collections.abc import Callable
from datetime import date

import pytest
from small_school import (
    ABSENTEE,
    CHILD,
    CLASS_7A,
    CLASSMATE,
    MATHS,
    NOW,
    OWNER_STAFF,
    OWNERS_LESSON_YESTERDAY,
    QUARTER_2,
    SCHOOL,
    STRANGER_STAFF,
    People,
)

from school.access.action import Action
from school.analytics.lookups.pupil_history import search_pupils
from school.analytics.lookups.register_work import pupils_in_classes
from school.analytics.lookups.tables import class_pupils
from school.attendance.lookups import absence_week
from school.audit.lookups import event_page
from school.audit.store import EventFilter
from school.families.lookups.diary import children_of
from school.families.lookups.remarks import pupils_to_write_of
from school.homework.lookups import task_recipients_of
from school.invitations.lookups import family_lines
from school.people.lookups.class_lists import class_list
from school.people.records import ClassOfYear
from school.records import Namesake, PersonName, RegisterKey
from school.register.lookups.registers import register_page
from school.register.store.lessons import lessons_by_id
from school.register.store.registers import class_terms
from school.store.connection import Store
from school.store.events import Event
from school.store.names import staff_initials, tell_apart
from school.term_marks.lookups.term_marks import term_marks_page
from school.year.store.school_tables import staff_names

TODAY = NOW.date()
YEAR_DAYS = (date(2026, 9, 1), date(2027, 5, 31))
KEY = RegisterKey(CLASS_7A, MATHS, None)


def rename(
    store: Store, table: str, names: dict[int, tuple[str, str, str]], **columns: dict[int, object]
) -> None:
    """Give people of a table names, and other columns by person."""

    def write(change):
        for person, parts in names.items():
            values = {"last_name": parts[0], "first_name": parts[1], "middle_name": parts[2]}
            values |= {column: by_person[person] for column, by_person in columns.items()}
            settings = ", ".join(f"{column} = ${column}" for column in values)
            sql = f"UPDATE {table} SET {settings} WHERE {'pupil_id' if table == 'pupils' else 'staff_id'} = $person"
            change.change(sql, {**values, "person": person})
        change.record(Event(NOW, None, "pupil", pupil_id=CHILD))

    store.write(write)


def make_namesakes(store: Store) -> None:
    rename(
        store,
        "pupils",
        dict.fromkeys((CHILD, CLASSMATE), ("Ким", "Анна", "Ивановна")),
        born_on={CHILD: date(2014, 3, 12), CLASSMATE: date(2013, 8, 1)},
    )


def _term(store: Store):
    return next(term for term in class_terms(store, CLASS_7A) if term.term_id == QUARTER_2)


def _lesson(store: Store):
    return lessons_by_id(store, [OWNERS_LESSON_YESTERDAY])[OWNERS_LESSON_YESTERDAY]


def _place() -> ClassOfYear:
    return ClassOfYear(CLASS_7A, "7А", SCHOOL, 2026, *YEAR_DAYS)


# What people see of the pupils of a class, by where they see it.
LISTS: dict[str, Callable[[Store, People], list[str]]] = {
    "the register": lambda store, people: [
        each.name.short for each in register_page(store, people.owner, KEY, _term(store), today=TODAY).pupils
    ],
    "term marks": lambda store, people: [
        name.short for _, name in term_marks_page(store, people.owner, KEY, QUARTER_2, now=NOW).pupils
    ],
    "absences": lambda store, people: [
        name.short
        for name in absence_week(
            store, people.homeroom, CLASS_7A, date(2026, 11, 16), today=TODAY
        ).pupils.values()
    ],
    "tasks of single pupils": lambda store, people: [
        *task_recipients_of(store, people.owner, _lesson(store), _term(store)).pupils.values()
    ],
    "whom to write of": lambda store, people: [
        each.name.short for each in pupils_to_write_of(store, people.owner, TODAY)
    ],
    "the class list": lambda store, people: [
        each.name.full for each in class_list(store, people.homeroom, CLASS_7A, TODAY)
    ],
    "codes of families": lambda store, people: [
        each.name.full for each in family_lines(store, people.homeroom, _place(), NOW)
    ],
    "attendance of classes": lambda store, people: [
        each.name for each in pupils_in_classes(store, people.head, [CLASS_7A], *YEAR_DAYS)
    ],
    "reports of a class": lambda store, people: [
        each.name for each in class_pupils(store, people.head, Action.READ_QUALITY, CLASS_7A, *YEAR_DAYS)
    ],
    "the search of a pupil": lambda store, people: [
        each.name for each in search_pupils(store, people.head, "ким", {}, today=TODAY, limit=10)
    ],
}


@pytest.mark.parametrize("place", LISTS)
def test_namesakes_of_a_class_show_their_birthdays(school_store: Store, people: People, place: str) -> None:
    before = LISTS[place](school_store, people)
    assert not any("(" in name for name in before)
    make_namesakes(school_store)
    after = LISTS[place](school_store, people)
    assert {name.rpartition(" ")[2] for name in after if "Ким" in name} == {"(12.03.2014)", "(01.08.2013)"}
    assert sum("Ким" in name for name in after) == 2


def test_the_record_of_changes_tells_namesakes_apart(school_store: Store, people: People) -> None:
    make_namesakes(school_store)
    both = (Event(NOW, None, "pupil", pupil_id=pupil) for pupil in (CHILD, CLASSMATE))
    school_store.write(lambda change: change.record(*both))
    page = event_page(school_store, people.admin, EventFilter(kind="pupil"), number=0, size=10)
    assert {"Ким Анна (12.03.2014)", "Ким Анна (01.08.2013)"} <= {line.pupil_name for line in page.lines}


def test_a_patronymic_tells_where_it_differs_and_a_missing_birthday_is_named(school_store: Store) -> None:
    names = {
        CHILD: ("Ким", "Анна", "Ивановна"),
        CLASSMATE: ("Ким", "Анна", "Ильинична"),
        ABSENTEE: ("Ким", "Анна", "Ильинична"),
    }
    birthdays = {CHILD: date(2014, 3, 12), CLASSMATE: date(2014, 3, 12), ABSENTEE: None}
    rename(school_store, "pupils", names, born_on=birthdays)
    apart = tell_apart(school_store, {pupil: PersonName(*parts) for pupil, parts in names.items()})
    assert [name.short for name in apart.values()] == [
        "Ким Анна Ивановна",
        "Ким Анна (12.03.2014)",
        "Ким Анна (без даты рождения)",
    ]
    assert isinstance(apart[CHILD], Namesake)


def test_a_family_of_namesakes_switches_between_them(school_store: Store, people: People) -> None:
    make_namesakes(school_store)
    both = type(people.guardian)(**{**vars(people.guardian), "pupil_ids": frozenset({CHILD, CLASSMATE})})
    assert set(children_of(school_store, both).values()) == {"Ким Анна (12.03.2014)", "Ким Анна (01.08.2013)"}


def test_names_that_differ_are_not_looked_up(school_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Store, "steady", None)
    names = {1: PersonName("Ким", "Анна", "Ивановна"), 2: PersonName("Ким", "Ася", "Ивановна")}
    assert tell_apart(school_store, names) == names
    assert tell_apart(school_store, {1: "Ким Анна", 2: "Ким Ася"}) == {1: "Ким Анна", 2: "Ким Ася"}


@pytest.mark.parametrize(
    ("positions", "shown"),
    [
        (("Учитель физики", "Учитель истории"), ["(Учитель физики)", "(Учитель истории)"]),
        (("Учитель", "Учитель"), ["(owner.7)", "(stranger.7)"]),
        (("", "Учитель"), ["(owner.7)", "(Учитель)"]),
    ],
)
def test_employees_of_one_name_show_their_position_or_login(
    school_store: Store, people: People, positions: tuple[str, str], shown: list[str]
) -> None:
    both = (OWNER_STAFF, STRANGER_STAFF)
    rename(
        school_store,
        "staff",
        dict.fromkeys(both, ("Ким", "Анна", "Ивановна")),
        position=dict(zip(both, positions, strict=True)),
    )
    for names in (staff_names(school_store, TODAY), staff_initials(school_store)):
        found = [str(getattr(names[staff], "full", names[staff])) for staff in both]
        assert found == [f"Ким Анна Ивановна {note}" for note in shown]
