"""Who belongs to an audience on a day, and who may aim something at it (п. 2.9)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from small_school import (
    ABSENTEE,
    CHILD,
    CLASS_7A,
    CLASS_8B,
    CLASSMATE,
    GUARDIAN_PERSON,
    HOMEROOM_STAFF,
    MATHS,
    NOW,
    OWNER_STAFF,
    SECRETARY_STAFF,
    STRANGE_CHILD,
    STRANGER_STAFF,
    People,
)

from school.access.action import Action
from school.audiences.access import check_may_aim
from school.audiences.lookups import aims_of, pupils_to_aim_at, reached_by, staff_to_aim_at
from school.audiences.rules import Audience, Part, Target, check_audience
from school.audiences.store import audience_words, members_of
from school.errors import AccessRefused, RuleRefused
from school.records import Role
from school.store.connection import Store

TODAY, WRITE = NOW.date(), Action.WRITE_ANNOUNCEMENT
GROUP_7A = 301
ALL_PARTS = {"for_staff": True, "for_pupils": True, "for_guardians": True}
FAMILIES = {"for_pupils": True, "for_guardians": True}
WHOLE_SCHOOL = Audience(Target.SCHOOL, **ALL_PARTS)
OF_7A = Audience(Target.CLASS, (CLASS_7A,), **FAMILIES)
OF_8B = Audience(Target.CLASS, (CLASS_8B,), **FAMILIES)
OF_GROUP = Audience(Target.SUBGROUP, (GROUP_7A,), **ALL_PARTS)


@pytest.fixture
def with_group(change: Callable[[str], None]) -> None:
    """A subgroup of 7А in maths, taught by the stranger: the child is in it, the classmate was."""
    change(f"INSERT INTO subgroups VALUES ({GROUP_7A}, {CLASS_7A}, {MATHS}, '1 группа')")
    change(
        f"INSERT INTO subgroup_members VALUES ({GROUP_7A}, {CHILD}, '2026-09-01', NULL), "
        f"({GROUP_7A}, {CLASSMATE}, '2026-09-01', '2026-11-01')"
    )
    change(
        f"""INSERT INTO teaching_load (load_id, school_year, class_id, subgroup_id, subject_id, teacher_id, hours_a_week)
        VALUES (399, 2026, {CLASS_7A}, {GROUP_7A}, {MATHS}, {STRANGER_STAFF}, 1)"""
    )


def who(store: Store, audience: Audience, day: date = TODAY) -> dict[Part, set[int]]:
    found: dict[Part, set[int]] = {}
    for each in members_of(store, audience, day):
        found.setdefault(each.part, set()).add(each.person_id)
    return found


def test_an_audience_is_who_belongs_to_it_on_the_day(
    school_store: Store, with_group: None, change: Callable[[str], None]
) -> None:
    children, guardians = {CHILD, CLASSMATE, ABSENTEE}, {GUARDIAN_PERSON}
    school = who(school_store, WHOLE_SCHOOL)
    assert (len(school[Part.STAFF]), len(school[Part.PUPIL]), school[Part.GUARDIAN]) == (7, 6, guardians)
    assert who(school_store, OF_7A) == {Part.PUPIL: children, Part.GUARDIAN: guardians}
    assert who(school_store, replace(OF_7A, for_staff=True))[Part.STAFF] == {
        OWNER_STAFF,
        STRANGER_STAFF,
        HOMEROOM_STAFF,
    }
    assert who(school_store, Audience(Target.GRADE, (7,), **FAMILIES)) == who(school_store, OF_7A)
    assert who(school_store, OF_GROUP) == {
        Part.PUPIL: {CHILD},
        Part.GUARDIAN: guardians,
        Part.STAFF: {STRANGER_STAFF, HOMEROOM_STAFF},
    }
    assert who(school_store, OF_GROUP, date(2026, 10, 1))[Part.PUPIL] == {CHILD, CLASSMATE}
    listed = Audience(Target.PUPILS, (CHILD, STRANGE_CHILD), **FAMILIES)
    assert who(school_store, listed) == {Part.PUPIL: {CHILD, STRANGE_CHILD}, Part.GUARDIAN: guardians}
    secretaries = Audience(Target.ROLE, target_roles=(Role.SECRETARY,), for_staff=True)
    assert who(school_store, secretaries) == {Part.STAFF: {SECRETARY_STAFF}}
    change(f"UPDATE staff SET dismissed_on = '2026-11-19' WHERE staff_id = {SECRETARY_STAFF}")
    assert who(school_store, secretaries) == {}


def test_each_member_says_which_child_it_is_about(school_store: Store, change: Callable[[str], None]) -> None:
    change(f"INSERT INTO guardian_pupils (guardian_id, pupil_id) VALUES ({GUARDIAN_PERSON}, {STRANGE_CHILD})")
    members = members_of(school_store, WHOLE_SCHOOL, TODAY)
    own = {(each.owner_id, each.class_id) for each in members if each.part == Part.GUARDIAN}
    assert own == {(CHILD, CLASS_7A), (STRANGE_CHILD, CLASS_8B)}


def test_a_pupil_who_changed_class_is_in_the_class_of_the_day(
    school_store: Store, change: Callable[[str], None]
) -> None:
    change(f"UPDATE enrolments SET ends_on = '2026-11-16' WHERE pupil_id = {CHILD}")
    change(f"INSERT INTO enrolments VALUES (900, {CHILD}, {CLASS_8B}, '2026-11-16', NULL)")
    assert CHILD not in who(school_store, OF_7A)[Part.PUPIL]
    assert CHILD in who(school_store, OF_7A, date(2026, 11, 15))[Part.PUPIL]
    assert CHILD in who(school_store, OF_8B)[Part.PUPIL]
    assert who(school_store, OF_8B)[Part.GUARDIAN] == {GUARDIAN_PERSON}


@pytest.mark.parametrize(
    ("audience", "words"),
    [
        (Audience(Target.CLASS, **FAMILIES), "Не выбрано"),
        (Audience(Target.ROLE, for_staff=True), "Роль не выбрана"),
        (Audience(Target.SCHOOL), "Не отмечено"),
        (Audience(Target.PUPILS, (CHILD,), for_staff=True), "не дойдёт: сотрудники"),
        (Audience(Target.PUPILS, tuple(range(201)), for_pupils=True), "не больше 200"),
        (Audience(Target.ROLE, target_roles=(Role.GUARDIAN,), for_staff=True), "Роль не выбрана"),
    ],
)
def test_an_audience_of_nobody_is_refused_in_words(audience: Audience, words: str) -> None:
    with pytest.raises(RuleRefused, match=words):
        check_audience(audience)


# Who may write to whom (п. 2.9): the school's people → the audiences they may aim at.
MAY_AIM = {
    "owner": {"class 7A", "pupil of 7A"},
    "stranger": {"class 8B", "subgroup", "pupil of 7A"},
    "homeroom": {"class 7A", "subgroup", "pupil of 7A"},
    "guardian": set(),
    "pupil": set(),
}
AIMED = {
    "school": WHOLE_SCHOOL,
    "grade": Audience(Target.GRADE, (7,), **FAMILIES),
    "class 7A": OF_7A,
    "class 8B": OF_8B,
    "both classes": Audience(Target.CLASS, (CLASS_7A, CLASS_8B), **FAMILIES),
    "subgroup": OF_GROUP,
    "role": Audience(Target.ROLE, target_roles=(Role.TEACHER,), for_staff=True),
    "pupil of 7A": Audience(Target.PUPILS, (CHILD,), **FAMILIES),
    "colleague": Audience(Target.STAFF, (OWNER_STAFF,), for_staff=True),
}


@pytest.mark.parametrize(
    "name", ["owner", "stranger", "homeroom", "head", "deputy", "admin", "secretary", "guardian", "pupil"]
)
def test_everybody_aims_at_their_own_and_the_office_at_anybody(
    school_store: Store, people: People, with_group: None, name: str
) -> None:
    allowed = set()
    for title, audience in AIMED.items():
        try:
            check_may_aim(school_store, getattr(people, name), WRITE, audience, TODAY)
        except AccessRefused:
            continue
        allowed.add(title)
    assert allowed == MAY_AIM.get(name, AIMED.keys())


def test_the_choice_offers_what_may_be_aimed_at(
    school_store: Store, people: People, with_group: None
) -> None:
    own = aims_of(school_store, people.stranger, WRITE, TODAY)
    assert (own.is_whole_school, own.grades) == (False, ())
    assert own.classes == {CLASS_8B: "8Б"}
    assert own.subgroups == {GROUP_7A: "7А: Математика, 1 группа"}
    assert CHILD in {each.pupil_id for each in pupils_to_aim_at(school_store, people.stranger, WRITE, TODAY)}
    assert CLASSMATE not in {
        each.pupil_id for each in pupils_to_aim_at(school_store, people.stranger, WRITE, TODAY)
    }
    assert aims_of(school_store, people.deputy, WRITE, TODAY).grades == (7, 8)
    with pytest.raises(AccessRefused):
        staff_to_aim_at(school_store, people.stranger, WRITE, TODAY)
    assert len(staff_to_aim_at(school_store, people.secretary, WRITE, TODAY)) == 7


def test_how_many_it_reaches_is_known_before_it_is_sent(
    school_store: Store, people: People, change: Callable[[str], None]
) -> None:
    change(f"INSERT INTO guardian_pupils (guardian_id, pupil_id) VALUES ({GUARDIAN_PERSON}, {STRANGE_CHILD})")
    found = reached_by(school_store, people.deputy, WRITE, WHOLE_SCHOOL, TODAY)
    # A guardian of two children is one person.
    assert found.people == {Part.STAFF: 7, Part.PUPIL: 6, Part.GUARDIAN: 1}
    # Of six pupils one has a way in.
    assert (found.total, found.children, found.without_sign_in) == (14, 6, 5)


def test_an_audience_is_said_in_words(school_store: Store, with_group: None) -> None:
    assert audience_words(school_store, OF_7A) == "7А: ученики, родители"
    assert audience_words(school_store, OF_GROUP) == "7А: Математика, 1 группа: сотрудники, ученики, родители"
    assert audience_words(school_store, AIMED["colleague"]) == "Орлова В."
    assert audience_words(school_store, AIMED["role"]) == "учителя-предметники"
