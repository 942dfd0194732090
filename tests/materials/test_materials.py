"""Materials of a subject: files and https links, versions with their days, for the class or subgroup of the day (п. 4.7)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from diary_pages import diary_page
from screens import open_page, texts
from small_school import CHILD, CLASS_7A, CLASS_8B, CLASSMATE, MATHS, NOW, OWNER_STAFF, People

from school.errors import AccessRefused, RuleRefused
from school.families.lookups.news import news_since
from school.materials.actions import NewMaterial, add_material, remove_material
from school.materials.lookups import diary_materials, pupil_materials, read_material, register_materials
from school.materials.rules import LINK_LENGTH, MOST_MATERIALS, check_count, check_link, check_one_thing
from school.records import RegisterKey
from school.store.connection import Store
from school.store.school import School

TODAY = NOW.date()
REGISTER = RegisterKey(CLASS_7A, MATHS)
LINK = "https://www.example.org/a?b=1#c"
PLAN = ("План.txt", b"1. ...")


def add(store: Store, people: People, **what: object) -> int:
    new = replace(NewMaterial(REGISTER, "Памятка", LINK), **what)  # type: ignore[arg-type]
    return add_material(store, people.owner, new, now=NOW)


def titles(store: Store, pupil: int = CHILD) -> list[str]:
    return [each.title for each in pupil_materials(store, pupil, TODAY)]


@pytest.mark.parametrize(
    ("link", "is_taken"),
    [
        (LINK, True),
        (" https://пример.рф/урок ", True),
        ("http://example.org", False),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("https://localhost/", False),
        ("https://user:word@example.org", False),
        ("https://exa mple.org/", False),
        ("https://[::1", False),
        ("data:text/html,x", False),
        ("https://example.org/" + "a" * LINK_LENGTH, False),
        ("", False),
    ],
)
def test_only_whole_https_addresses_are_taken(link: str, is_taken: bool) -> None:
    if is_taken:
        assert check_link(link) == link.strip()
        return
    with pytest.raises(RuleRefused):
        check_link(link)


@pytest.mark.parametrize(
    ("link", "has_file", "is_taken"),
    [("a", False, True), (" ", True, True), ("a", True, False), ("", False, False)],
)
def test_a_material_is_one_thing(link: str, has_file: bool, is_taken: bool) -> None:
    if is_taken:
        check_one_thing(link, has_file)
        return
    with pytest.raises(RuleRefused):
        check_one_thing(link, has_file)


def test_a_subject_has_no_more_than_a_family_looks_through() -> None:
    check_count(MOST_MATERIALS - 1)
    with pytest.raises(RuleRefused):
        check_count(MOST_MATERIALS)


def test_a_newer_version_stands_before_the_older_one_each_with_its_day(
    school_store: Store, people: People
) -> None:
    first = add(school_store, people, link="", file=PLAN)
    new = NewMaterial(REGISTER, "Памятка, исправлена", "", ("План 2.txt", b"2"), first)
    add_material(school_store, people.owner, new, now=NOW + timedelta(3))
    (series,) = register_materials(school_store, people.owner, REGISTER).series
    assert (series.newest.title, series.newest.added_at.day) == ("Памятка, исправлена", 22)
    assert [(each.title, each.added_at.day) for each in series.older] == [("Памятка", 19)]
    with pytest.raises(RuleRefused, match="уже нет"):
        add(school_store, people, newer_than=999999)


def test_the_class_and_the_subgroup_of_the_day_see_it(
    school_store: Store, people: People, change: Callable[[str], None]
) -> None:
    change(
        f"""INSERT INTO subgroups VALUES (401, {CLASS_7A}, {MATHS}, '1-я');
        INSERT INTO subgroup_members VALUES (401, {CLASSMATE}, NULL, NULL);
        INSERT INTO teaching_load (load_id, school_year, class_id, subject_id, subgroup_id, teacher_id, hours_a_week)
            VALUES (901, 2026, {CLASS_7A}, {MATHS}, 401, {OWNER_STAFF}, 2)"""
    )
    add(school_store, people)
    add(school_store, people, key=RegisterKey(CLASS_7A, MATHS, 401), title="Группе", link="", file=PLAN)
    assert titles(school_store) == ["Памятка"]
    assert titles(school_store, CLASSMATE) == ["Памятка", "Группе"]
    ((file,),) = school_store.read("SELECT material_id FROM materials WHERE stored_name <> ''")
    with pytest.raises(AccessRefused):
        read_material(school_store, people.guardian, file, today=TODAY)
    classmates = replace(people.guardian, pupil_ids=frozenset([CLASSMATE]))
    assert read_material(school_store, classmates, file, today=TODAY).title == "План.txt"
    # Whoever leaves the class sees the new one's.
    change(f"UPDATE enrolments SET ends_on = DATE '{TODAY}' WHERE pupil_id = {CLASSMATE}")
    change(f"INSERT INTO enrolments VALUES (9002, {CLASSMATE}, {CLASS_8B}, '{TODAY}', NULL)")
    assert titles(school_store, CLASSMATE) == []
    with pytest.raises(AccessRefused):
        read_material(school_store, classmates, file, today=TODAY)


def test_what_is_taken_away_leaves_no_file_and_a_trace(school_store: Store, people: People) -> None:
    material = add(school_store, people, link="", file=PLAN)
    with pytest.raises(AccessRefused):
        remove_material(school_store, people.stranger, material, now=NOW)
    remove_material(school_store, people.owner, material, now=NOW)
    assert titles(school_store) == []
    assert list((school_store.path.parent / "files").glob("??/*")) == []
    events = school_store.read(
        "SELECT old_value, new_value FROM events WHERE kind = 'material' ORDER BY event_id"
    )
    assert events == [(None, "Памятка"), ("Памятка", None)]


def test_a_family_reads_it_at_the_subject_and_in_the_news(
    school_store: Store, school_screens: School, people: People
) -> None:
    add(school_store, people, title="Ссылка <b>")
    add(school_store, people, title="Файл", link="", file=PLAN)
    page = diary_page(people.guardian, f"/{CHILD}/marks/{MATHS}")
    assert f'href="{LINK}" rel="noopener noreferrer">Ссылка &lt;b&gt;' in page
    assert "/api/materials/" in page
    news = news_since(school_store, people.guardian, CHILD, NOW - timedelta(1), now=NOW)
    assert [each.text for each in news if each.kind == "material"] == ["Ссылка <b>", "Файл"]
    assert "Новый материал" in diary_page(people.guardian, f"/{CHILD}/new")


def test_the_teacher_s_page_shows_the_form_to_who_teaches_alone(
    school_store: Store, school_screens: School, people: People
) -> None:
    add(school_store, people, title="Памятка", link="", file=PLAN)
    own = open_page("materials/materials.py", people.owner)
    assert not own.exception
    assert "Памятка" in texts(own)
    assert [each.label for each in own.button if each.label in {"Убрать", "Добавить"}] == [
        "Добавить",
        "Убрать",
    ]
    head = open_page("materials/materials.py", people.head)
    assert not head.exception
    assert not [each.label for each in head.button if each.label in {"Убрать", "Добавить"}]


def test_all_subjects_stand_on_one_page_which_what_is_new_leads_to(
    school_store: Store, school_screens: School, people: People
) -> None:
    assert "Материалов пока нет" in diary_page(people.guardian, f"/{CHILD}/materials")
    first = add(school_store, people, link="", file=PLAN)
    add(school_store, people, title="Памятка <2>", newer_than=first)
    page = diary_page(people.guardian, f"/{CHILD}/materials")
    assert page.index("Памятка &lt;2&gt;") < page.index("Прежние версии: 1") < page.index(">Памятка</a>")
    assert f'id="subject{MATHS}"' in page
    assert f"/family/{CHILD}/materials" in diary_page(people.guardian)
    news = diary_page(people.guardian, f"/{CHILD}/new")
    assert f'href="/family/{CHILD}/materials#subject{MATHS}">открыть' in news


def test_a_pupil_who_joins_later_finds_what_was_added_before(
    school_store: Store, school_screens: School, people: People, change: Callable[[str], None]
) -> None:
    first = add(school_store, people, link="", file=PLAN)
    add(school_store, people, title="Новая версия", newer_than=first)
    change(f"UPDATE enrolments SET starts_on = DATE '{TODAY + timedelta(1)}' WHERE pupil_id = {CLASSMATE}")
    family = replace(people.guardian, pupil_ids=frozenset([CLASSMATE]))
    assert titles(school_store, CLASSMATE) == []
    (found,) = diary_materials(school_store, family, CLASSMATE, today=TODAY + timedelta(1)).values()
    assert [(each.newest.title, [old.title for old in each.older]) for each in found[1]] == [
        ("Новая версия", ["Памятка"])
    ]
    assert read_material(school_store, family, first, today=TODAY + timedelta(1)).title == "План.txt"
    with pytest.raises(AccessRefused):
        diary_materials(school_store, people.stranger, CHILD, today=TODAY)
