"""A class is merged into another, or divided, in one step: looked at before, all or nobody, taken back at once (п. 4.6)."""

from datetime import date, timedelta

import pytest
from office import CLASS_7B, FRENCH, GROUP_1, TODAY, add_second_class, change, events_of
from screens import open_page, texts
from small_school import ABSENTEE, CHILD, CLASS_7A, CLASSMATE, NOW, OWNERS_LESSON_YESTERDAY, People

from school.errors import ReasonRequired, RuleRefused
from school.people.actions.joint_movements import take_back_together, transfer_together
from school.people.actions.movements import MoveOrder, take_back_movement, transfer
from school.people.lookups.class_lists import class_list
from school.people.lookups.joint_movements import joint_movements, moving_pupils
from school.people.lookups.pupils import pupil_card
from school.store.connection import Store

EVERYBODY = (CHILD, CLASSMATE, ABSENTEE)
YESTERDAY = TODAY - timedelta(days=1)
GROUP_THERE = 9_001
PAGE = "people/class_lists.py"


@pytest.fixture
def two_classes(school_store: Store) -> Store:
    """The small school with 7Б; French in 7А in two subgroups, in 7Б in one called as the first of them."""
    add_second_class(school_store)
    ((name,),) = school_store.read("SELECT name FROM subgroups WHERE subgroup_id = $id", {"id": GROUP_1})
    change(school_store, f"INSERT INTO subgroups VALUES ({GROUP_THERE}, {CLASS_7B}, {FRENCH}, '{name}')")
    return school_store


def listed(store: Store, people: People, class_id: int, day: date = TODAY) -> set[int]:
    return {row.pupil_id for row in class_list(store, people.secretary, class_id, day)}


def merge(
    store: Store, people: People, pupils: tuple[int, ...] = EVERYBODY, order: MoveOrder | None = None
) -> None:
    given = order or MoveOrder(TODAY, "№ 45 от 18.11.2026")
    transfer_together(store, people.secretary, pupils, CLASS_7A, CLASS_7B, given, now=NOW)


def test_a_whole_class_is_merged_into_another(two_classes: Store, people: People) -> None:
    before = listed(two_classes, people, CLASS_7B)
    merge(two_classes, people)
    assert listed(two_classes, people, CLASS_7A) == set()
    assert listed(two_classes, people, CLASS_7B) == before | set(EVERYBODY)
    assert listed(two_classes, people, CLASS_7A, YESTERDAY) == set(EVERYBODY)
    for pupil in EVERYBODY:
        (movement, *_) = pupil_card(two_classes, people.secretary, pupil, TODAY).movements
        assert movement.movement.order_title == "№ 45 от 18.11.2026"
    assert len(events_of(two_classes, "pupil_movement")) >= len(EVERYBODY)


def test_a_class_is_divided(two_classes: Store, people: People) -> None:
    merge(two_classes, people, (CHILD, ABSENTEE))
    assert listed(two_classes, people, CLASS_7A) == {CLASSMATE}


def test_all_of_them_or_nobody(two_classes: Store, people: People) -> None:
    """One has marks on the day that is given: the others stay too."""
    with pytest.raises(RuleRefused, match="есть записи"):
        merge(two_classes, people, EVERYBODY, MoveOrder(YESTERDAY, removes_absences=True))
    assert listed(two_classes, people, CLASS_7A) == set(EVERYBODY)
    with pytest.raises(RuleRefused, match="Никто не выбран"):
        merge(two_classes, people, ())


def test_subgroups_called_alike_are_kept(two_classes: Store, people: People) -> None:
    change(two_classes, f"INSERT INTO subgroup_members VALUES ({GROUP_1}, {CHILD}, NULL, NULL)")
    (row,) = [
        each
        for each in moving_pupils(two_classes, people.secretary, CLASS_7A, CLASS_7B, TODAY)
        if each.pupil_id == CHILD
    ]
    assert (bool(row.groups_kept), row.groups_lost) == (True, "")
    merge(two_classes, people)
    members = two_classes.read(
        "SELECT pupil_id, starts_on FROM subgroup_members WHERE subgroup_id = $id", {"id": GROUP_THERE}
    )
    assert members == [(CHILD, TODAY)]


def test_the_preview_says_what_stands_in_the_way(two_classes: Store, people: People) -> None:
    rows = {
        row.pupil_id: row
        for row in moving_pupils(two_classes, people.secretary, CLASS_7A, CLASS_7B, YESTERDAY)
    }
    assert rows.keys() == set(EVERYBODY)
    assert "есть записи" in rows[CHILD].why_not
    assert (rows[ABSENTEE].absences, rows[ABSENTEE].why_not) == (1, "")
    with pytest.raises(ReasonRequired):
        merge(two_classes, people, (ABSENTEE,), MoveOrder(YESTERDAY))


def test_the_step_is_taken_back_in_one(two_classes: Store, people: People) -> None:
    change(two_classes, f"INSERT INTO subgroup_members VALUES ({GROUP_1}, {CHILD}, NULL, NULL)")
    transfer(two_classes, people.secretary, ABSENTEE, CLASS_7A, CLASS_7B, MoveOrder(TODAY), now=NOW)
    assert joint_movements(two_classes, people.secretary, CLASS_7A) == []
    later = NOW + timedelta(minutes=5)
    transfer_together(
        two_classes, people.secretary, (CHILD, CLASSMATE), CLASS_7A, CLASS_7B, MoveOrder(TODAY), now=later
    )
    (joint,) = joint_movements(two_classes, people.secretary, CLASS_7B)
    assert (joint.from_class, joint.to_class) == ("7А", "7Б")
    assert {pupil for _, pupil in joint.members} == {CHILD, CLASSMATE}
    take_back_together(two_classes, people.secretary, joint, now=later)
    assert listed(two_classes, people, CLASS_7A) == {CHILD, CLASSMATE}
    assert joint_movements(two_classes, people.secretary, CLASS_7B) == []
    groups = two_classes.read(
        "SELECT subgroup_id FROM subgroup_members WHERE pupil_id = $id AND ends_on IS NULL", {"id": CHILD}
    )
    assert groups == [(GROUP_1,)]


def test_nobody_is_taken_back_where_one_has_moved_on(two_classes: Store, people: People) -> None:
    merge(two_classes, people, (CHILD, CLASSMATE))
    (joint,) = joint_movements(two_classes, people.secretary, CLASS_7A)
    own = {pupil: movement for movement, pupil in joint.members}
    take_back_movement(two_classes, people.secretary, own[CHILD], CHILD, now=NOW)
    with pytest.raises(RuleRefused, match="только последнее"):
        take_back_together(two_classes, people.secretary, joint, now=NOW)
    assert CLASSMATE in listed(two_classes, people, CLASS_7B)


@pytest.mark.usefixtures("school_screens")
@pytest.mark.parametrize("seen_from", [CLASS_7A, CLASS_7B])
def test_the_secretary_merges_and_takes_back_on_the_screen(
    two_classes: Store, people: People, seen_from: int
) -> None:
    page = open_page(PAGE, people.secretary, **{"class": str(CLASS_7A)})
    assert not page.exception
    assert "в 7Б станет" in texts(page)
    button = next(each for each in page.button if each.label.startswith("Перевести 3"))
    button.click().run()
    assert not page.exception
    assert listed(two_classes, people, CLASS_7A) == set()
    page = open_page(PAGE, people.secretary, **{"class": str(seen_from)})
    next(each for each in page.button if each.label == "Да, отменить перевод").click().run()
    assert not page.exception
    assert listed(two_classes, people, CLASS_7A) == set(EVERYBODY)


@pytest.mark.usefixtures("school_screens")
def test_a_class_of_another_grade_is_said_and_not_forbidden(two_classes: Store, people: People) -> None:
    change(two_classes, f"UPDATE classes SET grade_level = 3 WHERE class_id = {CLASS_7B}")
    page = open_page(PAGE, people.secretary, **{"class": str(CLASS_7A)})
    page.selectbox(key=f"joint_to_{CLASS_7A}").select_index(
        next(n for n, name in enumerate(page.selectbox(key=f"joint_to_{CLASS_7A}").options) if name == "7Б")
    ).run()
    assert not page.exception
    assert any("7Б — другая параллель" in each.value for each in page.warning)
    assert not next(each for each in page.button if each.label.startswith("Перевести 3")).disabled
    card = open_page("people/pupil_card.py", people.secretary, pupil=str(CHILD))
    form = f"transfer_{CHILD}_0"
    card.selectbox(key=f"{form}_class").select("7Б (другая параллель)").run()
    card.checkbox(key=f"{form}_no_order").check()
    card.button(key=f"{form}_send").click().run()
    assert card.error[0].value.startswith("Это другая параллель.")
    card.checkbox(key=f"{form}_sure_{CLASS_7B}").check()
    card.button(key=f"{form}_send").click().run()
    assert not card.exception
    assert "перевод в другой класс из 7А в 7Б" in " ".join(each.value for each in card.markdown)


def test_marks_stay_in_the_register_that_gave_them(two_classes: Store, people: People) -> None:
    merge(two_classes, people)
    marks = two_classes.read(
        "SELECT pupil_id FROM marks WHERE lesson_id = $lesson ORDER BY 1", {"lesson": OWNERS_LESSON_YESTERDAY}
    )
    assert marks == [(CHILD,), (CLASSMATE,)]
