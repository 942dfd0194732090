"""Two namesakes of one list are told apart wherever people choose or read one of them; nobody else's name changes."""

from collections.abc import Callable
from datetime import date

import pytest
from small_school import (
    ABSENTEE,
    CHILD,
    CLASS_7A,
    CLASSMATE,
    HISTORY,
    MATHS,
    NOW,
    OWNER_STAFF,
    OWNERS_LESSON_TODAY,
    OWNERS_LESSON_YESTERDAY,
    QUARTER_2,
    SCHOOL,
    STRANGER_STAFF,
    STRANGERS_LESSON_TODAY,
    USER_IDS,
    People,
)

from school.access.action import Action
from school.analytics.lookups.pupil_history import search_pupils
from school.analytics.lookups.register_work import pupils_in_classes
from school.analytics.lookups.tables import class_pupils
from school.attendance.lookups import absence_week
from school.attendance.store import class_leaves
from school.audit.lookups import authors_of_events, event_page
from school.audit.store import EventFilter
from school.control.store import requests_since
from school.data_checks.lookups import check_findings
from school.data_checks.rules import CHECKS
from school.families.lookups.diary import children_of
from school.families.lookups.remarks import pupils_to_write_of, readable_remarks
from school.homework.lookups import task_recipients_of
from school.imports.store.loads import batches
from school.invitations.lookups import family_lines
from school.people.lookups.class_lists import class_list
from school.people.records import ClassOfYear
from school.records import Namesake, PersonName, RegisterKey
from school.register.lookups.registers import cell_history, register_page
from school.register.store.lessons import lessons_by_id
from school.register.store.registers import class_terms
from school.reports.store import made_reports
from school.store.connection import Store
from school.store.events import Event
from school.store.names import staff_initials, tell_apart
from school.substitutions.lookups import month_sheet, unsigned_substitutions
from school.substitutions.store import join_targets
from school.term_marks.lookups.term_marks import term_marks_page
from school.term_marks.store import term_mark_events
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


def test_employees_of_one_name_and_position_show_what_they_teach(
    school_store: Store, change: Callable[[str], None]
) -> None:
    make_employees_namesakes(school_store)
    change(f"UPDATE teaching_load SET subject_id = {HISTORY} WHERE teacher_id = {STRANGER_STAFF}")
    found = staff_initials(school_store)
    assert [found[OWNER_STAFF], found[STRANGER_STAFF]] == [
        f"Ким Анна Ивановна {note}" for note in ("(Математика)", "(История)")
    ]


EMPLOYEES = (OWNER_STAFF, STRANGER_STAFF)
SHOWN = {"Ким Анна Ивановна (Учитель физики)", "Ким Анна Ивановна (Учитель истории)"}


def make_employees_namesakes(store: Store, positions: tuple[str, str] = ("Учитель", "Учитель")) -> None:
    names = dict.fromkeys(EMPLOYEES, ("Ким", "Анна", "Ивановна"))
    rename(store, "staff", names, position=dict(zip(EMPLOYEES, positions, strict=True)))


# What people read of employees in logs and lists, by where they read it.
STAFF_LISTS: dict[str, Callable[[Store, People], list[str]]] = {
    "the record of changes": lambda store, people: [
        line.who
        for line in event_page(store, people.admin, EventFilter(kind="cell"), number=0, size=50).lines
    ],
    "whose changes": lambda store, people: [*authors_of_events(store, people.admin).values()],
    "the substitution log": lambda store, people: [
        name
        for line in month_sheet(store, people.deputy, TODAY, TODAY).lines
        for name in (line.regular_name, line.substitute_name)
    ],
    "what waits for a signature": lambda store, people: [
        line.regular_name for line in unsigned_substitutions(store, people.deputy, TODAY)
    ],
    "lessons to be joined to": lambda store, people: [
        target.teacher_name for target in join_targets(store, TODAY, TODAY)
    ],
    "data checks": lambda store, people: [
        each.teacher_name
        for check in CHECKS
        for each in check_findings(store, people.admin, check.name, 2026, TODAY)
    ],
    "requests": lambda store, people: [each.teacher_name for each in requests_since(store, NOW)],
    "reports": lambda store, people: [each.made_by_name for each in made_reports(store)],
    "remarks": lambda store, people: [each.author for each in readable_remarks(store, people.head, TODAY)],
    "the history of a cell": lambda store, people: [
        each.who for each in cell_history(store, people.head, OWNERS_LESSON_YESTERDAY, CHILD)
    ],
    "the history of a term mark": lambda store, people: [
        each.who for each in term_mark_events(store, (CLASS_7A, MATHS, QUARTER_2, CHILD))
    ],
    "leaves": lambda store, people: [
        each.entered_by for each in class_leaves(store, CLASS_7A, date(2026, 11, 16), date(2026, 11, 22))
    ],
    "earlier loads": lambda store, people: [each.loaded_by_name for each in batches(store)],
}
OWNER, STRANGER = USER_IDS["owner"], USER_IDS["stranger"]
BOTH_ENTERED = f"""
UPDATE lessons SET teacher_id = {OWNER_STAFF} WHERE lesson_id = {STRANGERS_LESSON_TODAY};
INSERT INTO events (event_id, happened_at, user_id, kind, lesson_id, pupil_id, record_id, class_id, subject_id, new_value, reason)
    SELECT 9000 + row_number() OVER (), '2026-11-18 09:00', u, k, l, {CHILD}, r, {CLASS_7A}, {MATHS}, '5', '' FROM (VALUES
        ('cell', {OWNERS_LESSON_YESTERDAY}, NULL), ('term_mark', NULL, {QUARTER_2})) e(k, l, r), (VALUES ({OWNER}), ({STRANGER})) w(u);
INSERT INTO substitutions SELECT 9100 + row_number() OVER (), lesson_id, class_id, subject_id, subgroup_id, 'subject',
    {OWNER_STAFF}, {STRANGER_STAFF}, NULL, '', '2026-11-18', NULL, NULL, NULL, NULL FROM lessons WHERE lesson_id = {OWNERS_LESSON_TODAY};
INSERT INTO gap_requests (request_id, class_id, subject_id, teacher_id, term_id, comment, due_on, short_pupils, sent_at)
    SELECT 9200 + t, {CLASS_7A}, {MATHS}, t, {QUARTER_2}, '', '2026-12-01', 1, '{NOW}' FROM (VALUES ({OWNER_STAFF}), ({STRANGER_STAFF})) w(t);
INSERT INTO made_reports (report_id, kind, school_year, term_kind, term_number, about_name, made_at, made_by, made_of, stored_name, sha256)
    SELECT 9300 + u, 'performance', 2026, 'quarter', 1, '', '{NOW}', u, '', 'x' || u, '' FROM (VALUES ({OWNER}), ({STRANGER})) w(u);
INSERT INTO remarks (remark_id, pupil_id, class_id, kind, text, written_at, written_by)
    SELECT 9400 + u, {CHILD}, {CLASS_7A}, 'remark', 'текст', '{NOW}', u FROM (VALUES ({OWNER}), ({STRANGER})) w(u);
INSERT INTO leaves (leave_id, pupil_id, class_id, starts_on, ends_on, lesson_numbers, reason, note, created_at, created_by)
    SELECT 9500 + u, {CHILD}, {CLASS_7A}, '2026-11-16', '2026-11-17', [], 'illness', '', '{NOW}', u FROM (VALUES ({OWNER}), ({STRANGER})) w(u);
INSERT INTO import_batches (batch_id, kind, file_name, fingerprint, new_count, changed_count, unchanged_count, refused_count, loaded_at, loaded_by)
    SELECT 9600 + u, 'facts', 'f', '', 0, 0, 0, 0, '{NOW}', u FROM (VALUES ({OWNER}), ({STRANGER})) w(u);
"""


@pytest.mark.parametrize("place", STAFF_LISTS)
def test_employees_of_one_name_are_told_apart_in_every_log(
    school_store: Store, people: People, change: Callable[[str], None], place: str
) -> None:
    change(BOTH_ENTERED)
    make_employees_namesakes(school_store, ("Учитель физики", "Учитель истории"))
    found = STAFF_LISTS[place](school_store, people)
    assert not [name for name in found if name.startswith("Ким") and name not in SHOWN]
    assert any(name in SHOWN for name in found)
