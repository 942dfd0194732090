"""Pupils, employees, the load and the timetable of a file: what each brings to the school that is there (п. 4.3, 4.6)."""

from datetime import date

import pytest
from loading import WISH, counts, look, look_at, reasons, rows_of, take, workbook_of
from small_school import (
    ADMIN_STAFF,
    CLASS_7A,
    CLASS_8B,
    LOAD_7A,
    MATHS,
    NOW,
    OWNER_STAFF,
    UNMARKED_STRANGE_CHILD,
    People,
)

from school.files.plan import ImportKind
from school.imports.actions.file_kinds import LoadChoices
from school.imports.actions.loads import undo
from school.imports.rules.people_rows import roles_of
from school.people.actions.movements import MoveOrder, depart
from school.records import Role
from school.store.connection import Store

PUPILS = ("full_name", "school_class", "born_on", "mother", "phone", "starts_on")
STAFF = ("full_name", "position", "roles")
LOAD = ("teacher", "school_class", "subject", "hours_a_week")
WEEK = ("weekday", "number", "school_class", "subject", "room")


def test_a_newcomer_comes_with_the_family_into_the_class_of_the_day(
    school_store: Store, people: People
) -> None:
    rows = rows_of(
        PUPILS, ("Новиков Лев", "7А", "03.05.2013", "Новикова Анна", "8 900 123-45-67", "09.11.2026")
    )
    take(school_store, people.secretary, ImportKind.PUPILS, rows)
    held = school_store.read(
        """SELECT e.class_id, e.starts_on::VARCHAR, g.last_name, k.relation FROM pupils p JOIN enrolments e USING (pupil_id)
           JOIN guardian_pupils k USING (pupil_id) JOIN guardians g USING (guardian_id) WHERE p.last_name = 'Новиков'"""
    )
    assert held == [(CLASS_7A, "2026-11-09", "Новикова", "мать")]


def test_a_list_fills_what_the_card_lacks_and_keeps_what_it_has(school_store: Store, people: People) -> None:
    first = rows_of(PUPILS, ("Алёшин Пётр Ильич", "7А", "03.05.2013", "Алёшина Ольга", "", ""))
    plan = look(school_store, people.admin, ImportKind.PUPILS, first)
    changed = plan.changed[0].record
    assert (changed.draft.name.full, len(changed.new_guardians)) == ("Алёшин Пётр Ильич", 0), (
        "his mother is known"
    )
    take(school_store, people.admin, ImportKind.PUPILS, first)
    other = rows_of(PUPILS, ("Алёшин Пётр Ильич", "7А", "04.06.2013", "", "", ""))
    assert "new" in counts(look(school_store, people.admin, ImportKind.PUPILS, other)), (
        "another birthday, another child"
    )


def test_a_pupil_of_last_year_without_a_class_is_taken_into_one(school_store: Store, people: People) -> None:
    next_year = LoadChoices(WISH.school_id, 2027, WISH.first_day)
    school_store.write(
        lambda transaction: (
            transaction.change("INSERT INTO school_years VALUES (2027, '2027-09-01', '2028-05-31', 5)"),
            transaction.change(
                """INSERT INTO classes (class_id, school_id, school_year, name, grade_level, term_kind)
                   SELECT 900, school_id, 2027, '8А', 8, 'quarter' FROM schools"""
            ),
            transaction.record_rows(
                "SELECT TIMESTAMP '2027-08-25', NULL, 'school', NULL, NULL, NULL, NULL, NULL, '', NULL, NULL"
            ),
        )
    )
    rows = rows_of(PUPILS, ("Алёшин Пётр", "8А", "", "", "", ""))
    plan = look(school_store, people.admin, ImportKind.PUPILS, rows, next_year)
    assert [row.record.is_moving_in for row in plan.changed] == [True]
    batch = take(school_store, people.admin, ImportKind.PUPILS, rows, next_year)
    assert counts(look(school_store, people.admin, ImportKind.PUPILS, rows, next_year)) == {"unchanged": 1}
    undo(school_store, people.admin, batch, now=NOW)
    assert [
        row.record.is_moving_in
        for row in look(school_store, people.admin, ImportKind.PUPILS, rows, next_year).changed
    ] == [True]


@pytest.mark.parametrize(
    ("starts_on", "outcome"),
    [
        ("", {"new": 1, "refused": 1}),
        ("15.11.2026", {"new": 1, "refused": 1}),
        ("16.11.2026", {"new": 1, "changed": 1}),
    ],
)
def test_who_left_this_year_comes_back_no_earlier_than_they_left(
    school_store: Store, people: People, starts_on: str, outcome: dict[str, int]
) -> None:
    order = MoveOrder(date(2026, 11, 16), reason="переезд")
    depart(school_store, people.secretary, UNMARKED_STRANGE_CHILD, CLASS_8B, order, now=NOW)
    rows = rows_of(PUPILS, ("Щукин Марк", "8Б", "", "", "", starts_on), ("Новиков Лев", "8Б", "", "", "", ""))
    plan = look(school_store, people.admin, ImportKind.PUPILS, rows)
    assert counts(plan) == outcome
    if plan.refused:
        assert reasons(plan) == {2: "Ученик выбыл 16.11.2026: укажите день возвращения не раньше."}
    take(school_store, people.admin, ImportKind.PUPILS, rows)
    newcomers = school_store.read("SELECT count(*) FROM pupils WHERE last_name = 'Новиков'")
    assert newcomers == [(1,)]


def test_roles_come_from_words_and_from_a_teachers_position_only(school_store: Store, people: People) -> None:
    rows = rows_of(
        STAFF,
        ("Новикова Анна Ивановна", "Учитель физики", ""),
        ("Завучев Олег", "Заместитель директора по УВР", ""),
        ("Главный Иван", "", "завуч, учитель"),
        ("Волшебник Гэндальф", "", "маг"),
    )
    plan = look(school_store, people.admin, ImportKind.STAFF, rows)
    assert [row.record.draft.roles for row in plan.new] == [
        {Role.TEACHER},
        frozenset(),
        {Role.DEPUTY, Role.TEACHER},
    ]
    assert "Роль «маг» неизвестна" in reasons(plan)[5]


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("завуч и учитель", {Role.DEPUTY, Role.TEACHER}),
        ("учитель и классный руководитель", {Role.TEACHER, Role.HOMEROOM}),
        ("учитель русского языка и литературы", {Role.TEACHER}),
        ("учитель; секретарь", {Role.TEACHER, Role.SECRETARY}),
        ("директор/учитель", {Role.HEAD, Role.TEACHER}),
    ],
)
def test_no_role_of_several_is_lost(text: str, roles: set[Role]) -> None:
    assert roles_of(text) == roles


def test_a_list_of_employees_takes_no_role_away(school_store: Store, people: People) -> None:
    rows = rows_of(STAFF, ("Адамов Лев", "Учитель", "учитель"))
    take(school_store, people.admin, ImportKind.STAFF, rows)
    roles = school_store.read(
        "SELECT role FROM user_roles JOIN users USING (user_id) WHERE staff_id = $staff ORDER BY role",
        {"staff": ADMIN_STAFF},
    )
    assert roles == [("admin",), ("teacher",)]


def test_a_load_of_a_file_is_taken_and_taken_back(school_store: Store, people: People) -> None:
    rows = rows_of(
        LOAD,
        ("Орлова В.", "7-А", "История", "2"),
        ("Орлова Вера", "7А", "мат.", "5"),
        ("Никто", "7А", "История", "1"),
    )
    plan = look(school_store, people.deputy, ImportKind.LOAD, rows)
    assert counts(plan) == {"new": 1, "unchanged": 1, "refused": 1}
    batch = take(school_store, people.deputy, ImportKind.LOAD, rows)
    undo(school_store, people.deputy, batch, now=NOW)
    loads = school_store.read(
        "SELECT load_id, class_id, subject_id, teacher_id FROM teaching_load WHERE class_id = 11"
    )
    assert loads == [(LOAD_7A, CLASS_7A, MATHS, OWNER_STAFF)]


def test_a_timetable_of_a_file_names_the_rows_that_clash(school_store: Store, people: People) -> None:
    rows = rows_of(
        WEEK,
        ("Пн", "2", "7А", "Математика", "204"),
        ("Пн", "2", "7А", "Математика", "205"),
        ("Пн", "9", "7А", "Математика", ""),
    )
    plan = look(school_store, people.deputy, ImportKind.TIMETABLE, rows)
    assert counts(plan)["new"] == 1
    assert set(reasons(plan)) == {3, 4}


@pytest.mark.parametrize(
    "said", ["10.10.2026", "выбыл", "Выбыла в школу № 5", "отчислен приказом 12", "да", "+"]
)
@pytest.mark.parametrize(
    ("kind", "header"), [(ImportKind.PUPILS, "Дата выбытия"), (ImportKind.STAFF, "Статус")]
)
def test_a_row_that_says_somebody_has_left_adds_nobody(
    school_store: Store, people: People, kind: ImportKind, header: str, said: str
) -> None:
    rows = [("ФИО", "Класс", header), ("Новиков Лев Ильич", "7А", said), ("Зуев Ян Олегович", "7А", "нет")]
    plan = look_at(school_store, people.admin, kind, workbook_of({"Л": rows}))
    assert counts(plan) == {"new": 1, "refused": 1}
    assert f"В строке сказано: «{said}»" in reasons(plan)[2]


@pytest.mark.parametrize(
    ("came_on", "in_class_from"),
    [("01.09.2019", date(2026, 9, 1)), ("20.11.2026", date(2026, 11, 20)), ("10.10.2027", None)],
)
def test_the_day_of_coming_to_the_school_is_a_day_of_the_classs_year(
    school_store: Store, people: People, came_on: str, in_class_from: date | None
) -> None:
    rows = [("ФИО", "Класс", "Дата зачисления"), ("Новиков Лев Ильич", "7А", came_on)]
    plan = look_at(school_store, people.admin, ImportKind.PUPILS, workbook_of({"Л": rows}))
    assert [row.record.starts_on for row in plan.new] == ([in_class_from] if in_class_from else [])
    assert [f"{came_on} — после учебного года" in each for each in reasons(plan).values()] == (
        [] if in_class_from else [True]
    )
