"""Names, namesakes and families as lists have them: who is meant is known or said, and nobody is made up (п. 4.3, 4.6)."""

from datetime import date

import pytest
from loading import counts, csv_of, look, look_at, read, reasons, rows_of, state_of, take
from small_school import NOW, People

from school.errors import RuleRefused
from school.files.plan import ImportKind
from school.imports.actions.loads import undo
from school.imports.rules.guardian_cells import read_guardians
from school.people.actions.staff import add_staff
from school.people.records import StaffDraft
from school.records import PersonName
from school.store.connection import Store

PUPILS = ("full_name", "school_class", "born_on", "guardian", "phone")
FACTS = ("full_name", "school_class", "subject", "lesson_date", "mark", "born_on")
UNUSUAL = [
    "Мамедов Руслан Али оглы",
    "Иванова Анна-Мария Петровна",
    "Мамедова Севда Ариф кызы",
    "де Бур Анна Яновна",
    "аль-Хасан Омар",
    "О’Коннор Шон",
    "Римский – Корсаков Николай Андреевич",
    "Сидорова Анна Мария Петровна",
    "Нгуен Ван Ань",
]


def pupil_rows(*names: str, born_on: str = "", guardian: str = "", phone: str = ""):
    return rows_of(PUPILS, *((name, "7А", born_on, guardian, phone) for name in names))


@pytest.mark.parametrize("name", UNUSUAL)
def test_a_pupil_of_any_name_is_loaded_once_and_gets_marks(
    school_store: Store, people: People, name: str
) -> None:
    take(school_store, people.admin, ImportKind.PUPILS, pupil_rows(name))
    for spelling in (name, name.upper(), f"1. {name} (староста)", name.replace("-", "‑").replace("’", "'")):
        again = look(school_store, people.admin, ImportKind.PUPILS, pupil_rows(spelling))
        assert counts(again) == {"unchanged": 1}
        row = rows_of(FACTS, (spelling, "7А", "Математика", "17.11.2026", "5", ""))
        assert counts(look(school_store, people.admin, ImportKind.FACTS, row)) == {"new": 1}


@pytest.mark.parametrize("name", UNUSUAL)
def test_an_employee_of_any_name_makes_one_card_and_takes_load(
    school_store: Store, people: People, name: str
) -> None:
    content = csv_of([("ФИО", "Должность"), (name, "учитель")])
    take(school_store, people.admin, ImportKind.STAFF, read(ImportKind.STAFF, content).rows)
    assert counts(look_at(school_store, people.admin, ImportKind.STAFF, content)) == {"unchanged": 1}
    load = csv_of([("Учитель", "Класс", "Предмет", "Часов в неделю"), (name, "7А", "История", "2")])
    assert counts(look_at(school_store, people.deputy, ImportKind.LOAD, load)) == {"new": 1}


def test_a_number_before_a_name_is_dropped_and_a_note_is_named(school_store: Store, people: People) -> None:
    plan = look(
        school_store,
        people.admin,
        ImportKind.PUPILS,
        pupil_rows(
            "1. Аникин Олег Ильич", "2) ван Дейк Ян", "Волков Олег (ОВЗ)", "Волков Пётр *", "Алёшин П. (б/л)"
        ),
    )
    assert [row.record.draft.name.parts for row in plan.new] == [
        ("Аникин", "Олег", "Ильич"),
        ("ван Дейк", "Ян", ""),
    ]
    assert "В имени лишнее: «(ОВЗ)»" in reasons(plan)[4]
    assert "есть «*»" in reasons(plan)[5]
    assert [row.number for row in plan.unchanged] == [6]


def load_two_namesakes(store: Store, people: People) -> None:
    rows = rows_of(
        PUPILS,
        ("Ким Анна Ивановна", "7А", "12.03.2014", "", ""),
        ("Ким Анна Ивановна (01.08.2013)", "7А", "", "", ""),
    )
    take(store, people.admin, ImportKind.PUPILS, rows)


def ids_by_birthday(store: Store) -> dict[date, int]:
    return dict(store.read("SELECT born_on, pupil_id FROM pupils WHERE last_name = 'Ким'"))


def test_namesakes_of_a_class_are_loaded_by_birthday_and_each_is_updated(
    school_store: Store, people: People
) -> None:
    load_two_namesakes(school_store, people)
    assert set(ids_by_birthday(school_store)) == {date(2014, 3, 12), date(2013, 8, 1)}
    rows = rows_of(
        PUPILS,
        ("Ким Анна Ивановна 01.08.2013", "7А", "", "Ким Вера Олеговна", ""),
        ("Ким Анна Ивановна", "7А", "12.03.2014", "", ""),
        ("Ким Анна Ивановна", "7А", "", "", ""),
        ("Ким Анна Ивановна 01.08.2013", "7А", "12.03.2014", "", ""),
    )
    plan = look(school_store, people.admin, ImportKind.PUPILS, rows)
    ids = ids_by_birthday(school_store)
    assert [row.record.pupil_id for row in plan.changed] == [ids[date(2013, 8, 1)]]
    assert [row.record.pupil_id for row in plan.unchanged] == [ids[date(2014, 3, 12)]]
    assert "Укажите дату рождения" in reasons(plan)[4]
    assert "Две даты рождения" in reasons(plan)[5]


@pytest.mark.parametrize(
    ("name", "born_on", "meant"),
    [
        ("Ким Анна Ивановна", "12.03.2014", date(2014, 3, 12)),
        ("Ким Анна Ивановна 01.08.2013", "", date(2013, 8, 1)),
        ("Ким А. (01.08.2013)", "", date(2013, 8, 1)),
        ("Ким Анна Ивановна", "", "Укажите дату рождения"),
        ("Ким Анна Ивановна", "02.02.2014", "другая дата рождения"),
    ],
)
def test_a_mark_of_a_namesake_goes_by_birthday(
    school_store: Store, people: People, name: str, born_on: str, meant: object
) -> None:
    load_two_namesakes(school_store, people)
    rows = rows_of(FACTS, (name, "7А", "Математика", "17.11.2026", "5", born_on))
    plan = look(school_store, people.admin, ImportKind.FACTS, rows)
    if isinstance(meant, str):
        assert meant in reasons(plan)[2]
    else:
        assert [row.record.pupil_id for row in plan.new] == [ids_by_birthday(school_store)[meant]]


def test_one_person_twice_in_a_file_is_noticed_in_whatever_order(school_store: Store, people: People) -> None:
    plan = look(
        school_store, people.admin, ImportKind.PUPILS, pupil_rows("Ким Анна", "Анна Ким", "КИМ АННА ИВАНОВНА")
    )
    assert [row.record.draft.name.full for row in plan.new] == ["Ким Анна Ивановна"]
    assert set(reasons(plan).values()) == {"Повторяет строку 4."}


def test_two_children_of_a_name_are_not_both_taken_for_one_without_a_birthday(
    school_store: Store, people: People
) -> None:
    take(school_store, people.admin, ImportKind.PUPILS, pupil_rows("Ким Анна Ивановна"))
    rows = rows_of(
        PUPILS,
        ("Ким Анна Ивановна", "7А", "12.03.2014", "", ""),
        ("Ким Анна Ивановна", "7А", "01.08.2013", "", ""),
    )
    plan = look(school_store, people.admin, ImportKind.PUPILS, rows)
    assert {number: "несколько детей" in reason for number, reason in reasons(plan).items()} == {
        2: True,
        3: True,
    }


def test_employees_of_one_name_are_told_apart_by_their_position(school_store: Store, people: People) -> None:
    name = PersonName("Ким", "Анна", "Ивановна")
    posts = ("Учитель физики", "Учитель истории")
    add_staff(school_store, people.admin, [StaffDraft(name, post) for post in posts], now=NOW)
    lines = [(name.full, "учитель истории", ""), (name.full, "учитель химии", ""), (name.full, "", "")]
    plan = look(
        school_store, people.admin, ImportKind.STAFF, rows_of(("full_name", "position", "roles"), *lines)
    )
    assert [row.record.draft.position for row in (*plan.changed, *plan.unchanged)] == ["учитель истории"]
    assert all("должность" in reason for reason in reasons(plan).values())
    load = ("teacher", "school_class", "subject", "hours_a_week")
    both = look(
        school_store, people.deputy, ImportKind.LOAD, rows_of(load, (name.full, "7А", "История", "2"))
    )
    assert "Ким Анна Ивановна (Учитель истории), Ким Анна Ивановна (Учитель физики)" in reasons(both)[2]
    one = rows_of(load, (f"{name.full} (учитель истории)", "7А", "История", "2"))
    assert counts(look(school_store, people.deputy, ImportKind.LOAD, one)) == {"new": 1}


PARENTS = [
    ("Дёмина М.И., Дёмин П.П.", "", [("Дёмина М. И.", "", ""), ("Дёмин П. П.", "", "")]),
    ("Дёмина М.И., Дёмин П.П.", "89161234567, 89167654321", ["89161234567", "89167654321"]),
    ("Дёмина Мария Ивановна; Дёмин Пётр Ильич", "", ["Дёмина Мария Ивановна", "Дёмин Пётр Ильич"]),
    ("Дёмина Мария Ивановна / Дёмин Пётр Ильич", "", ["Дёмина Мария Ивановна", "Дёмин Пётр Ильич"]),
    ("Дёмина Мария Ивановна и Дёмин Пётр Ильич", "", ["Дёмина Мария Ивановна", "Дёмин Пётр Ильич"]),
    ("Дёмина Мария Ивановна\nДёмин Пётр Ильич", "", ["Дёмина Мария Ивановна", "Дёмин Пётр Ильич"]),
    ("Дёмина Мария Ивановна Дёмин Пётр Ильич", "", ["Дёмина Мария Ивановна", "Дёмин Пётр Ильич"]),
    ("Дёмина М.И. Дёмин П.П.", "", ["Дёмина М. И.", "Дёмин П. П."]),
    (
        "Мамедова Севда Ариф кызы Мамедов Али Вели оглы",
        "",
        ["Мамедова Севда Ариф кызы", "Мамедов Али Вели оглы"],
    ),
    ("Дёмина Мария Ивановна (мать)", "79161234567", [("Дёмина Мария Ивановна", "мать", "79161234567")]),
    ("мать: Дёмина Мария, отец: Дёмин Пётр", "", [("Дёмина Мария", "мать", ""), ("Дёмин Пётр", "отец", "")]),
    ("Дёмина Мария - мама", "", [("Дёмина Мария", "мать", "")]),
    (
        "Дёмина М.И. 8 916 123-45-67, Дёмин П.П. +7(916)765-43-21",
        "",
        [("Дёмина М. И.", "", "8 916 123-45-67"), ("Дёмин П. П.", "", "+7(916)765-43-21")],
    ),
    (
        "Дёмина Мария (мать), Дёмин Пётр (отец)",
        "89161234567 (папа)",
        [("Дёмина Мария", "мать", ""), ("Дёмин Пётр", "отец", "89161234567")],
    ),
    ("Дёмина, Мария Ивановна", "", ["Дёмина Мария Ивановна"]),
    ("Дёмина Мария Ивановна, мать, 89161234567", "", [("Дёмина Мария Ивановна", "мать", "89161234567")]),
    ("—", "", []),
    ("нет", "нет", []),
    ("Ким Анна", "", ["Ким Анна"]),
]


@pytest.mark.parametrize(("cell", "phones", "expected"), PARENTS)
def test_parents_of_a_cell_are_divided(cell: str, phones: str, expected: list[object]) -> None:
    found = read_guardians({"": cell}, phones)
    for each, wanted in zip(found, expected, strict=True):
        said = (each.name.full, each.relation, each.phone)
        assert said == wanted if isinstance(wanted, tuple) else wanted in said


@pytest.mark.parametrize(
    ("cell", "phones", "why"),
    [
        ("Дёмина М.И., Дёмин П.П.", "79161234567", "Родителей в строке 2, а телефонов 1"),
        ("Дёмина Мария Ивановна (мать)", "7,91612E+10", "«7,91612E\\+10»: таблица записала"),
        ("Дёмина Мария Ивановна", "8916, 89161234567", "«8916»: в нём 4 цифр"),
        ("Дёмина Мария", "89161234567, 89167654321", "Родителей в строке 1, а телефонов 2"),
        ("Дёмины Мария и Пётр", "", "Не понять, кто родители"),
        ("Дёмина Мария Дёмин Пётр", "", "Не понять, кто родители"),
        ("Мария Ивановна Дёмина Пётр Ильич Дёмин", "", "Не понять, кто родители"),
        ("мать", "", "Не понять, кто родители"),
        ("Мать Дёмина Мария Ивановна Отец Дёмин Пётр", "", "Не понять, кто родители"),
        ("Дёмина Мария Ивановна мать Дёмин Пётр Ильич отец", "", "Не понять, кто родители"),
        ("", "89161234567", "чей он, не сказано"),
        ("Дёмина Мария (звонить вечером)", "", "В имени лишнее"),
        ("Дёмина Мария", "89161234567 (папа)", "не понять, чей он"),
    ],
)
def test_what_cannot_be_divided_is_refused_with_the_reason(cell: str, phones: str, why: str) -> None:
    with pytest.raises(RuleRefused, match=why):
        read_guardians({"": cell}, phones)


def test_a_column_of_mothers_holds_one_person() -> None:
    with pytest.raises(RuleRefused, match="В столбце «Мать» несколько людей"):
        read_guardians({"мать": "Дёмина Мария, Дёмин Пётр"}, "")
    mother, father = read_guardians({"мать": "Дёмина Мария", "отец": "Дёмин Пётр"}, "89161234567")
    assert (mother.phone, father.phone) == ("89161234567", "")


def test_a_phone_of_the_father_is_not_the_mothers(school_store: Store, people: People) -> None:
    content = csv_of(
        [
            ("ФИО", "Класс", "ФИО матери", "ФИО отца", "Телефон отца"),
            ("Новиков Лев", "7А", "Новикова Анна", "Новиков Пётр", "89161234567"),
            ("Новикова Яна", "7А", "Новикова Анна", "", "89161234567"),
        ]
    )
    plan = look_at(school_store, people.admin, ImportKind.PUPILS, content)
    (row,) = plan.new
    assert [(each.relation, each.phone) for each in row.record.draft.guardians] == [
        ("мать", ""),
        ("отец", "89161234567"),
    ]
    assert "не понять, чей он" in reasons(plan)[3]


def test_a_column_of_parents_is_known_by_its_header(school_store: Store, people: People) -> None:
    content = csv_of(
        [
            ("ФИО", "Класс", "ФИО родителей", "Телефоны"),
            ("Новиков Лев", "7А", "Новикова А. П., Новиков П. И.", "89161234567, 89167654321"),
        ]
    )
    (row,) = look_at(school_store, people.admin, ImportKind.PUPILS, content).new
    assert [(each.name.full, each.phone) for each in row.record.draft.guardians] == [
        ("Новикова А. П.", "89161234567"),
        ("Новиков П. И.", "89167654321"),
    ]


def test_a_phone_lost_by_a_spreadsheet_is_refused_and_the_card_keeps_its_own(
    school_store: Store, people: People
) -> None:
    def plan_of(guardian: str, phone: str):
        rows = pupil_rows("Новиков Лев Ильич", guardian=guardian, phone=phone)
        return look(school_store, people.admin, ImportKind.PUPILS, rows)

    assert "потеряла цифры" in reasons(plan_of("Новикова Анна Петровна", "7,91612E+10"))[2]
    take(
        school_store,
        people.admin,
        ImportKind.PUPILS,
        pupil_rows("Новиков Лев Ильич", guardian="Новикова Анна Петровна"),
    )
    rows = pupil_rows("Новиков Лев Ильич", guardian="Новикова А. П. (мать)", phone="8 916 123-45-67")
    before = state_of(school_store)
    batch = take(school_store, people.admin, ImportKind.PUPILS, rows)
    held = """SELECT first_name, phone, relation FROM guardians JOIN guardian_pupils USING (guardian_id)
        WHERE last_name = 'Новикова'"""
    assert school_store.read(held) == [("Анна", "8 916 123-45-67", "мать")]
    undo(school_store, people.admin, batch, now=NOW)
    assert state_of(school_store) == before
    take(school_store, people.admin, ImportKind.PUPILS, rows)
    assert counts(plan_of("Новикова Анна", "+7 (916) 123-45-67")) == {"unchanged": 1}
    assert "в карточке другой телефон" in reasons(plan_of("Новикова Анна", "+7 (916) 123-45-68"))[2]
