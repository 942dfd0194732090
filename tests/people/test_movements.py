"""Pupils arrive, leave, move between classes and subgroups on a day; every past day keeps its list (п. 4.2, 4.3, 4.6)."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from office import CLASS_7B, FRENCH, GROUP_1, GROUP_2, TODAY, add_second_class, change, events_of
from small_school import (
    ABSENTEE,
    CHILD,
    CLASS_7A,
    CLASSMATE,
    MATHS,
    NOW,
    OWNERS_LESSON_TODAY,
    OWNERS_LESSON_YESTERDAY,
    QUARTER_2,
    People,
)

from school.attendance.store import names_in_class
from school.errors import ReasonRequired, Refusal, RuleRefused
from school.people.actions.movements import (
    MoveOrder,
    change_subgroup,
    depart,
    return_pupil,
    take_back_movement,
    transfer,
    write_order,
)
from school.people.actions.pupils import (
    Arrival,
    add_guardian,
    admit_pupils,
    change_guardian,
    change_pupil,
    remove_guardian,
)
from school.people.lookups.class_lists import class_list
from school.people.lookups.pupils import movement_lines, pupil_card, readable_pupils
from school.people.records import Division, GuardianDraft, PupilDraft
from school.people.rules.movements import nearest_school_day, subgroups_to_join
from school.people.store.movements import current_classes
from school.records import PersonName, RegisterKey, Term, User
from school.register.actions.batch import CellEdit
from school.register.actions.entries import enter_cells
from school.register.store.registers import listed_pupils
from school.store.connection import Store

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
NOVEMBER_2 = date(2026, 11, 2)


@pytest.fixture
def two_classes(school_store: Store) -> Store:
    """The small school with 7Б, and French in two subgroups in 7А."""
    add_second_class(school_store)
    return school_store


def listed(store: Store, user: User, class_id: int, day: date) -> set[int]:
    return {pupil.pupil_id for pupil in class_list(store, user, class_id, day)}


def move(store: Store, people: People, pupil_id: int, day: date, *, removes_absences: bool = False) -> None:
    order = MoveOrder(day, "№ 45", "по заявлению", removes_absences)
    transfer(store, people.secretary, pupil_id, CLASS_7A, CLASS_7B, order, now=NOW)


def newest(store: Store, people: People, pupil_id: int) -> int:
    return pupil_card(store, people.secretary, pupil_id, TODAY).movements[0].movement.movement_id


def test_each_day_keeps_its_class_list(two_classes: Store, people: People) -> None:
    move(two_classes, people, CHILD, TODAY)
    for day, class_id in ((YESTERDAY, CLASS_7A), (TODAY, CLASS_7B), (TOMORROW, CLASS_7B)):
        other = {CLASS_7A: CLASS_7B, CLASS_7B: CLASS_7A}[class_id]
        assert CHILD in listed(two_classes, people.secretary, class_id, day)
        assert CHILD not in listed(two_classes, people.secretary, other, day)
    assert events_of(two_classes, "pupil_movement") == [("7А", "7Б с 19.11.2026", "№ 45; по заявлению")]


def test_marks_of_the_past_stay_in_the_register_that_has_them(two_classes: Store, people: People) -> None:
    move(two_classes, people, CHILD, TODAY)
    marks = two_classes.read("SELECT lesson_id FROM marks WHERE pupil_id = $pupil", {"pupil": CHILD})
    assert marks == [(OWNERS_LESSON_YESTERDAY,)]
    term = Term(QUARTER_2, 2026, "quarter", 2, NOVEMBER_2, date(2026, 12, 29))
    rows = {row.pupil_id: row for row in listed_pupils(two_classes, RegisterKey(CLASS_7A, MATHS), term)}
    assert rows[CHILD].is_listed_on(YESTERDAY)
    assert not rows[CHILD].is_listed_on(TODAY)


def test_the_new_class_takes_marks_and_the_old_one_no_more(two_classes: Store, people: People) -> None:
    move(two_classes, people, CHILD, TODAY)
    (result,) = enter_cells(two_classes, people.owner, [CellEdit(OWNERS_LESSON_TODAY, CHILD, "5")], now=NOW)
    assert result.status == "refused"


def test_back_over_a_mark_is_refused_with_the_first_day_that_may_be(
    two_classes: Store, people: People
) -> None:
    with pytest.raises(RuleRefused) as refused:
        move(two_classes, people, CHILD, YESTERDAY, removes_absences=True)
    assert "Математика 18.11" in str(refused.value)
    assert "не раньше 19.11.2026" in refused.value.next_step
    assert CHILD in listed(two_classes, people.secretary, CLASS_7A, TODAY)


def test_back_over_an_absence_takes_agreement_and_removes_it(two_classes: Store, people: People) -> None:
    with pytest.raises(ReasonRequired, match="отмечены пропуски: 1"):
        move(two_classes, people, ABSENTEE, YESTERDAY)
    assert two_classes.read("SELECT count(*) FROM absences") == [(1,)]
    move(two_classes, people, ABSENTEE, YESTERDAY, removes_absences=True)
    assert two_classes.read("SELECT count(*) FROM absences") == [(0,)]
    assert events_of(two_classes, "cell")[-1] == ("н", None, "не был в классе с 18.11.2026")


def test_who_came_late_was_there(two_classes: Store, people: People) -> None:
    change(two_classes, f"UPDATE absences SET reason = 'late' WHERE pupil_id = {ABSENTEE}")
    with pytest.raises(RuleRefused, match="есть записи"):
        move(two_classes, people, ABSENTEE, YESTERDAY, removes_absences=True)


def test_a_closed_term_is_not_touched(two_classes: Store, people: People) -> None:
    change(two_classes, f"UPDATE terms SET closed_at = '{NOW}' WHERE term_id = {QUARTER_2}")
    with pytest.raises(RuleRefused, match="есть записи"):
        move(two_classes, people, ABSENTEE, YESTERDAY, removes_absences=True)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 8, 20), "Учебный год 7А идёт с 01.09.2026 по 31.05.2027"),
        (date(2026, 9, 9), "День раньше прихода в класс"),
        (date(2027, 6, 15), "Учебный год 7А идёт"),
    ],
)
def test_a_day_that_cannot_be_is_refused(two_classes: Store, people: People, day: date, words: str) -> None:
    change(two_classes, f"UPDATE enrolments SET starts_on = '2026-09-10' WHERE pupil_id = {CLASSMATE}")
    with pytest.raises(RuleRefused, match=words):
        move(two_classes, people, CLASSMATE, day)


SEPTEMBER_1 = date(2026, 9, 1)
QUARTER = Term(QUARTER_2, 2026, "quarter", 2, NOVEMBER_2, date(2026, 12, 29))


@pytest.mark.parametrize("first_day", [NOVEMBER_2, TODAY], ids=["with the term", "within the term"])
def test_who_leaves_on_the_day_of_going_up_stands_in_no_list(
    two_classes: Store, people: People, first_day: date
) -> None:
    _begin_with_subgroup(two_classes, ABSENTEE, first_day)
    change(two_classes, "DELETE FROM absences")
    before = _places(two_classes, ABSENTEE)
    order = MoveOrder(first_day, reason="переезд")
    depart(two_classes, people.secretary, ABSENTEE, CLASS_7A, order, now=NOW)
    assert ABSENTEE not in listed(two_classes, people.secretary, CLASS_7A, first_day)
    rows = listed_pupils(two_classes, RegisterKey(CLASS_7A, MATHS), QUARTER)
    assert ABSENTEE not in {row.pupil_id for row in rows}
    assert ABSENTEE not in names_in_class(two_classes, CLASS_7A, NOVEMBER_2, date(2026, 12, 29))
    assert current_classes(two_classes, [ABSENTEE], first_day - timedelta(days=1)) == {}
    take_back_movement(
        two_classes, people.secretary, newest(two_classes, people, ABSENTEE), ABSENTEE, now=NOW
    )
    assert _places(two_classes, ABSENTEE) == before


def _begin_with_subgroup(store: Store, pupil_id: int, first_day: date) -> None:
    change(
        store,
        f"""UPDATE enrolments SET starts_on = '{first_day}' WHERE pupil_id = {pupil_id};
            INSERT INTO subgroup_members VALUES ({GROUP_1}, {pupil_id}, '{first_day}', NULL)""",
    )


def test_moves_to_and_fro_on_one_day_are_taken_back_one_by_one(two_classes: Store, people: People) -> None:
    states = [_places(two_classes, CLASSMATE)]
    for here, there in ((CLASS_7A, CLASS_7B), (CLASS_7B, CLASS_7A), (CLASS_7A, CLASS_7B)):
        transfer(two_classes, people.secretary, CLASSMATE, here, there, MoveOrder(TODAY), now=NOW)
        states.append(_places(two_classes, CLASSMATE))
    for state in reversed(states[:-1]):
        take_back_movement(
            two_classes, people.secretary, newest(two_classes, people, CLASSMATE), CLASSMATE, now=NOW
        )
        assert _places(two_classes, CLASSMATE) == state


def test_a_departure_says_why_and_frees_the_place(two_classes: Store, people: People) -> None:
    with pytest.raises(RuleRefused, match="Причина выбытия"):
        depart(two_classes, people.secretary, CHILD, CLASS_7A, MoveOrder(TODAY), now=NOW)
    depart(two_classes, people.secretary, CHILD, CLASS_7A, MoveOrder(TODAY, "№ 9", "переезд"), now=NOW)
    assert CHILD in listed(two_classes, people.secretary, CLASS_7A, YESTERDAY)
    assert CHILD not in listed(two_classes, people.secretary, CLASS_7A, TODAY)
    with pytest.raises(RuleRefused, match="уже выбывает"):
        depart(two_classes, people.secretary, CHILD, CLASS_7A, MoveOrder(TOMORROW, "", "переезд"), now=NOW)
    (line,) = movement_lines(two_classes, people.head, TODAY, TODAY)
    assert (line.title, line.from_class, line.order_title, line.reason) == ("выбытие", "7А", "№ 9", "переезд")


def test_an_order_issued_later_is_written_to_its_movement(two_classes: Store, people: People) -> None:
    depart(two_classes, people.secretary, CHILD, CLASS_7A, MoveOrder(TODAY, "", "переезд"), now=NOW)
    movement_id = newest(two_classes, people, CHILD)
    with pytest.raises(RuleRefused, match="Приказ не указан"):
        write_order(two_classes, people.secretary, movement_id, CHILD, "  ", now=NOW)
    write_order(two_classes, people.secretary, movement_id, CHILD, "№ 58-у  от 23.11.2026", now=NOW)
    (line,) = movement_lines(two_classes, people.head, TODAY, TODAY)
    assert (line.order_title, line.reason) == ("№ 58-у от 23.11.2026", "переезд")
    with pytest.raises(RuleRefused, match="Такого движения нет"):
        write_order(two_classes, people.secretary, movement_id, CLASSMATE, "№ 1", now=NOW)


def test_who_left_may_come_back(two_classes: Store, people: People) -> None:
    depart(two_classes, people.secretary, CHILD, CLASS_7A, MoveOrder(TODAY, "", "переезд"), now=NOW)
    found = {each.pupil_id: each for each in readable_pupils(two_classes, people.secretary, TODAY)}
    assert (found[CHILD].class_name, found[CHILD].last_class) == ("", "7А")
    return_pupil(two_classes, people.secretary, CHILD, CLASS_7B, MoveOrder(TOMORROW), now=NOW)
    assert CHILD in listed(two_classes, people.secretary, CLASS_7B, TOMORROW)
    with pytest.raises(RuleRefused, match="уже в классе 7Б"):
        return_pupil(two_classes, people.secretary, CHILD, CLASS_7A, MoveOrder(TOMORROW), now=NOW)


def test_a_movement_entered_by_mistake_is_taken_back(two_classes: Store, people: People) -> None:
    change(two_classes, f"INSERT INTO subgroup_members VALUES ({GROUP_1}, {CHILD}, '2026-09-01', NULL)")
    before = _places(two_classes, CHILD)
    move(two_classes, people, CHILD, TODAY)
    assert _places(two_classes, CHILD) != before
    take_back_movement(two_classes, people.secretary, newest(two_classes, people, CHILD), CHILD, now=NOW)
    assert _places(two_classes, CHILD) == before
    assert pupil_card(two_classes, people.secretary, CHILD, TODAY).movements == []


@pytest.mark.parametrize("changed_on", [NOVEMBER_2, TODAY, TOMORROW], ids=["before", "on the day", "after"])
def test_what_a_movement_ended_or_removed_comes_back_as_it_was(
    two_classes: Store, people: People, changed_on: date
) -> None:
    regroup(two_classes, people.deputy, GROUP_1, SEPTEMBER_1)
    regroup(two_classes, people.deputy, GROUP_2, changed_on)
    before = _places(two_classes, CHILD)
    move(two_classes, people, CHILD, TODAY)
    take_back_movement(two_classes, people.secretary, newest(two_classes, people, CHILD), CHILD, now=NOW)
    assert _places(two_classes, CHILD) == before


def test_removed_absences_come_back_but_not_into_a_closed_term(two_classes: Store, people: People) -> None:
    absences = "SELECT lesson_id, pupil_id, reason FROM absences"
    before = two_classes.read(absences)
    move(two_classes, people, ABSENTEE, YESTERDAY, removes_absences=True)
    movement_id = newest(two_classes, people, ABSENTEE)
    change(two_classes, f"UPDATE terms SET closed_at = '{NOW}' WHERE term_id = {QUARTER_2}")
    with pytest.raises(RuleRefused, match="Учебный период закрыт"):
        take_back_movement(two_classes, people.secretary, movement_id, ABSENTEE, now=NOW)
    change(two_classes, f"UPDATE terms SET closed_at = NULL WHERE term_id = {QUARTER_2}")
    take_back_movement(two_classes, people.secretary, movement_id, ABSENTEE, now=NOW)
    assert two_classes.read(absences) == before
    assert events_of(two_classes, "cell")[-1] == (None, "н", "движение отменено")


def test_last_years_movement_stays_once_the_pupil_has_gone_up(two_classes: Store, people: People) -> None:
    move(two_classes, people, CHILD, TODAY)
    change(
        two_classes,
        f"""INSERT INTO classes (class_id, school_id, school_year, name, grade_level, term_kind)
                SELECT 499, school_id, 2027, '8Б', 8, term_kind FROM classes WHERE class_id = {CLASS_7B};
            UPDATE enrolments SET ends_on = '2027-09-01' WHERE pupil_id = {CHILD} AND class_id = {CLASS_7B};
            INSERT INTO enrolments VALUES (9499, {CHILD}, 499, '2027-09-01', NULL)""",
    )
    before = _places(two_classes, CHILD)
    with pytest.raises(RuleRefused, match="уже переведён в следующий учебный год"):
        take_back_movement(two_classes, people.secretary, newest(two_classes, people, CHILD), CHILD, now=NOW)
    assert _places(two_classes, CHILD) == before


def _places(store: Store, pupil_id: int) -> list[object]:
    return [
        store.read(
            f"SELECT {key}, starts_on, ends_on FROM {table} WHERE pupil_id = $pupil ORDER BY ALL",
            {"pupil": pupil_id},
        )
        for table, key in (("enrolments", "class_id"), ("subgroup_members", "subgroup_id"))
    ]


def test_only_the_newest_movement_is_taken_back(two_classes: Store, people: People) -> None:
    move(two_classes, people, CHILD, TODAY)
    first = newest(two_classes, people, CHILD)
    depart(two_classes, people.secretary, CHILD, CLASS_7B, MoveOrder(TOMORROW, "", "переезд"), now=NOW)
    with pytest.raises(RuleRefused, match="только последнее"):
        take_back_movement(two_classes, people.secretary, first, CHILD, now=NOW)


def test_an_arrival_with_marks_is_not_taken_back(two_classes: Store, people: People) -> None:
    (pupil_id,) = admit_pupils(two_classes, people.secretary, [_arrival(TODAY)], now=NOW)
    (result,) = enter_cells(
        two_classes, people.owner, [CellEdit(OWNERS_LESSON_TODAY, pupil_id, "5")], now=NOW
    )
    assert result.status == "saved"
    with pytest.raises(RuleRefused, match=r"Математика 19\.11"):
        take_back_movement(
            two_classes, people.secretary, newest(two_classes, people, pupil_id), pupil_id, now=NOW
        )


def _arrival(day: date, *guardians: GuardianDraft, last: str = "Белкина", another: bool = False) -> Arrival:
    pupil = PupilDraft(PersonName(last, "Ева"), date(2013, 5, 4), guardians)
    return Arrival(pupil, CLASS_7A, day, "№ 12", another)


def test_a_newcomer_is_in_the_list_from_their_day(two_classes: Store, people: People) -> None:
    (pupil_id,) = admit_pupils(two_classes, people.secretary, [_arrival(TODAY)], now=NOW)
    assert pupil_id not in listed(two_classes, people.secretary, CLASS_7A, YESTERDAY)
    assert pupil_id in listed(two_classes, people.secretary, CLASS_7A, TODAY)


def test_one_child_is_not_written_down_twice(two_classes: Store, people: People) -> None:
    admit_pupils(two_classes, people.secretary, [_arrival(TODAY)], now=NOW)
    with pytest.raises(ReasonRequired, match=r"уже есть\. Класс: 7А"):
        admit_pupils(two_classes, people.secretary, [_arrival(TODAY)], now=NOW)
    assert admit_pupils(two_classes, people.secretary, [_arrival(TODAY, another=True)], now=NOW)


def test_brothers_and_sisters_share_a_parent(two_classes: Store, people: People) -> None:
    mother = GuardianDraft(PersonName("Белкина", "Ольга"), "мать", "8 900 123-45-67")
    again = GuardianDraft(PersonName("Белкина", "Ольга"), "опекун", "+79001234567")
    ids = admit_pupils(
        two_classes,
        people.secretary,
        [_arrival(TODAY, mother), _arrival(TODAY, again, last="Белкин")],
        now=NOW,
    )
    cards = [pupil_card(two_classes, people.secretary, each, TODAY) for each in ids]
    assert {card.guardians[0].guardian_id for card in cards} == {cards[0].guardians[0].guardian_id}
    assert [card.guardians[0].relation for card in cards] == ["мать", "опекун"]


def test_a_thousand_arrive_at_once(two_classes: Store, people: People) -> None:
    arrivals = [
        _arrival(date(2026, 9, 1), GuardianDraft(PersonName(name, "Ольга"), "мать", ""), last=name)
        for name in (_letters(number) for number in range(1000))
    ]
    assert len(admit_pupils(two_classes, people.secretary, arrivals, now=NOW)) == 1000
    assert len(listed(two_classes, people.secretary, CLASS_7A, TODAY)) == 1003


def _letters(number: int) -> str:
    return "Белк" + "".join("абвгдежзик"[int(digit)] for digit in f"{number:03d}")


def test_the_card_is_kept_with_what_stood_there(two_classes: Store, people: People) -> None:
    draft = PupilDraft(PersonName("Алёшин", "Пётр", "Ильич"), date(2013, 2, 1))
    change_pupil(two_classes, people.homeroom, CHILD, draft, now=NOW)
    assert events_of(two_classes, "pupil") == [("Алёшин Пётр", "Алёшин Пётр Ильич, 01.02.2013", "")]
    father = GuardianDraft(PersonName("Алёшин", "Илья"), "отец", "8 900 123-45-67")
    add_guardian(two_classes, people.homeroom, CHILD, father, now=NOW)
    with pytest.raises(RuleRefused, match="уже в карточке"):
        add_guardian(two_classes, people.homeroom, CHILD, father, now=NOW)


def test_a_parent_taken_out_of_the_card_sees_the_child_no_more(two_classes: Store, people: People) -> None:
    guardian = pupil_card(two_classes, people.homeroom, CHILD, TODAY).guardians[0]
    renamed = GuardianDraft(PersonName("Алёшина-Белова", "Ольга"), "мать", "89001234567")
    change_guardian(two_classes, people.homeroom, CHILD, guardian.guardian_id, renamed, now=NOW)
    remove_guardian(two_classes, people.homeroom, CHILD, guardian.guardian_id, now=NOW)
    assert pupil_card(two_classes, people.homeroom, CHILD, TODAY).guardians == []
    assert events_of(two_classes, "guardian")[-1] == ("Алёшина-Белова Ольга, мать, 89001234567", None, "")
    assert two_classes.read("SELECT * FROM guardian_pupils WHERE pupil_id = $pupil", {"pupil": CHILD}) == []


def regroup(
    store: Store, user: User, group: int | None, day: date, *, removes_absences: bool = False
) -> None:
    order = MoveOrder(day, removes_absences=removes_absences)
    change_subgroup(store, user, CHILD, CLASS_7A, FRENCH, group, order, now=NOW)


def _groups_on(store: Store, people: People, day: date) -> str:
    row = next(each for each in class_list(store, people.deputy, CLASS_7A, day) if each.pupil_id == CHILD)
    return row.subgroups


def test_each_day_keeps_its_subgroups(two_classes: Store, people: People) -> None:
    regroup(two_classes, people.deputy, GROUP_1, NOVEMBER_2)
    regroup(two_classes, people.deputy, GROUP_2, TODAY)
    assert _groups_on(two_classes, people, YESTERDAY) == "Французский язык — группа 1"
    assert _groups_on(two_classes, people, TODAY) == "Французский язык — группа 2"
    regroup(two_classes, people.deputy, None, TOMORROW)
    assert _groups_on(two_classes, people, TOMORROW) == ""


def test_a_subgroup_is_not_left_back_over_its_marks(two_classes: Store, people: People) -> None:
    regroup(two_classes, people.deputy, GROUP_1, NOVEMBER_2)
    change(
        two_classes,
        f"UPDATE lessons SET subject_id = {FRENCH}, subgroup_id = {GROUP_1} WHERE lesson_id = {OWNERS_LESSON_YESTERDAY}",
    )
    with pytest.raises(RuleRefused, match=r"Французский язык 18\.11"):
        regroup(two_classes, people.deputy, GROUP_2, NOVEMBER_2)
    regroup(two_classes, people.deputy, GROUP_2, TODAY)


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["transfer", "depart", "return", "take back"]),
        st.integers(0, 60),
        st.sampled_from([CLASS_7A, CLASS_7B]),
    ),
    max_size=8,
)


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(MOVES)
def test_whatever_happens_a_pupil_is_in_one_class_at_most_on_any_day(
    two_classes: Store, people: People, moves: list[tuple[str, int, int]]
) -> None:
    user = people.secretary
    (pupil_id,) = admit_pupils(two_classes, user, [_arrival(date(2026, 9, 1), another=True)], now=NOW)
    for kind, days, class_id in moves:
        order = MoveOrder(SEPTEMBER_1 + timedelta(days=days), reason="проверка")
        try:
            if kind == "transfer":
                other = CLASS_7A if class_id == CLASS_7B else CLASS_7B
                transfer(two_classes, user, pupil_id, class_id, other, order, now=NOW)
            elif kind == "depart":
                depart(two_classes, user, pupil_id, class_id, order, now=NOW)
            elif kind == "return":
                return_pupil(two_classes, user, pupil_id, class_id, order, now=NOW)
            else:
                take_back_movement(
                    two_classes, user, newest(two_classes, people, pupil_id), pupil_id, now=NOW
                )
        except (Refusal, IndexError):
            continue
    stays = two_classes.read(
        "SELECT starts_on, coalesce(ends_on, DATE '9999-12-31') FROM enrolments WHERE pupil_id = $pupil ORDER BY ALL",
        {"pupil": pupil_id},
    )
    assert all(first <= last for first, last in stays)
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(stays))


YEARS = [(date(2025, 9, 1), date(2026, 5, 31)), (date(2026, 9, 1), date(2027, 5, 31))]


@pytest.mark.parametrize(
    ("years", "day", "list_day"),
    [
        (YEARS, TODAY, TODAY),
        (YEARS, date(2026, 7, 15), date(2026, 9, 1)),
        (YEARS, date(2027, 7, 15), date(2027, 5, 31)),
        ([], TODAY, TODAY),
    ],
    ids=["in the year", "in summer with the next year open", "in summer without", "without a calendar"],
)
def test_lists_are_of_the_day_or_of_the_nearest_school_day(
    years: list[tuple[date, date]], day: date, list_day: date
) -> None:
    assert nearest_school_day(years, day) == list_day


def test_a_transfer_takes_subgroups_of_the_new_class_alone(two_classes: Store, people: People) -> None:
    own = [
        Division(MATHS, "Алгебра", 1, "1 подгруппа", False),
        Division(MATHS, "Алгебра", 2, "2 подгруппа", False),
    ]
    assert subgroups_to_join(own, [2]) == [2]
    assert subgroups_to_join(own, []) == []
    for wanted in ([1, 2], [3]):
        with pytest.raises(RuleRefused, match="уже другие"):
            subgroups_to_join(own, wanted)
