"""Extra help: who may take a pupil up, what is kept of the first day, what «Кому помочь», «Сегодня» and «Сбылось ли» show (п. 2.7, 4.2–4.5)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from screens import open_page, texts
from small_school import (
    CHILD,
    CLASS_7A,
    CLASSMATE,
    MATHS,
    NOW,
    OWNER_STAFF,
    QUARTER_1,
    QUARTER_2,
    STRANGER_STAFF,
    People,
)

from school.errors import AccessRefused, RuleRefused
from school.extra_help.actions import drop_help, take_up
from school.extra_help.lookups import help_in_terms, helpers, lessons_ahead, warned_by_newest
from school.extra_help.records import HelpPlace, Warned
from school.extra_help.rules import (
    FAILING_CHANCE,
    LONGEST_AGREED,
    LOWERED_CHANCE,
    check_agreed,
    feared_chance,
    feared_mark,
    has_come_better,
)
from school.records import User
from school.store.connection import Store, Transaction
from school.store.events import Event

PLACE = HelpPlace(CLASS_7A, MATHS, QUARTER_2, CHILD)
WARNED = Warned(2, 0.4, 2.5, 2)
TODAY, RISK, RECORD = NOW.date(), "forecasts/at_risk.py", "forecasts/forecast_record.py"


@pytest.mark.parametrize(
    ("p2", "p3", "previous", "feared"),
    [
        (FAILING_CHANCE, 0.5, None, 2),
        (FAILING_CHANCE - 0.01, 0.9, None, None),  # a 3 after nothing is no fall
        (0.01, LOWERED_CHANCE, 4, 3),
        (0.01, LOWERED_CHANCE - 0.02, 4, None),
        (0.01, 0.9, 3, None),  # a 3 after a 3
        (0.2, 0.7, 5, 2),  # the worse fear counts
    ],
)
def test_a_pupil_is_warned_of_by_the_chances_and_the_last_term(
    p2: float, p3: float, previous: float | None, feared: int | None
) -> None:
    assert feared_mark(p2, p3, previous) == feared


def test_the_chance_is_of_the_feared_mark_or_a_lower_one() -> None:
    assert (feared_chance(0.2, 0.3, 2), feared_chance(0.2, 0.3, 3)) == (0.2, 0.5)
    assert (has_come_better(3, 2), has_come_better(3, 3), has_come_better(2, 3)) == (True, False, False)


def test_what_was_agreed_is_a_note_and_not_a_book() -> None:
    assert check_agreed("  пересдать  ") == "пересдать"
    with pytest.raises(RuleRefused):
        check_agreed("я" * (LONGEST_AGREED + 1))


def taken(store: Store, user: User) -> list[tuple[int, int, str, Warned]]:
    return [
        (each.place.pupil_id, each.helper_id, each.agreed, each.warned)
        for each in help_in_terms(store, user, [QUARTER_2])
    ]


def give(
    store: Store, user: User, agreed: str = "", helper_id: int | None = None, warned: Warned = WARNED
) -> None:
    take_up(store, user, PLACE, warned, agreed=agreed, helper_id=helper_id, now=NOW)


def test_a_teacher_takes_a_pupil_of_the_own_lessons_up(school_store: Store, people: People) -> None:
    give(school_store, people.owner, "консультация в четверг")
    assert taken(school_store, people.deputy) == [(CHILD, OWNER_STAFF, "консультация в четверг", WARNED)]


def test_how_it_stood_on_the_first_day_stays_when_the_note_changes(
    school_store: Store, people: People
) -> None:
    give(school_store, people.owner, "консультация")
    give(school_store, people.owner, "пересдача 27.11", warned=Warned(2, 0.05, 4.0, 9))
    assert taken(school_store, people.owner) == [(CHILD, OWNER_STAFF, "пересдача 27.11", WARNED)]


def test_the_deputy_gives_a_pupil_to_a_teacher_of_the_register_or_the_homeroom_teacher_only(
    school_store: Store, people: People
) -> None:
    offered = {each.staff_id for each in helpers(school_store, people.deputy, PLACE, TODAY)}
    assert OWNER_STAFF in offered
    give(school_store, people.deputy, helper_id=OWNER_STAFF)
    assert taken(school_store, people.deputy)[0][1] == OWNER_STAFF
    with pytest.raises(RuleRefused):
        give(school_store, people.deputy, helper_id=STRANGER_STAFF)


@pytest.mark.parametrize("part", ["stranger", "head", "admin", "guardian", "pupil", "secretary"])
def test_others_take_nobody_up(school_store: Store, people: People, part: str) -> None:
    with pytest.raises(AccessRefused):
        give(school_store, getattr(people, part), helper_id=OWNER_STAFF)


def test_taken_back_the_pupil_is_free_again_and_the_journal_of_actions_knows(
    school_store: Store, people: People
) -> None:
    give(school_store, people.owner, "консультация")
    drop_help(school_store, people.owner, PLACE, now=NOW)
    assert taken(school_store, people.deputy) == []
    kinds = school_store.read("SELECT new_value FROM events WHERE kind = 'extra_help' ORDER BY event_id")
    assert kinds == [("консультация",), (None,)]
    with pytest.raises(RuleRefused):
        drop_help(school_store, people.owner, PLACE, now=NOW)


def test_a_strange_teacher_reads_nothing_of_it(school_store: Store, people: People) -> None:
    give(school_store, people.owner)
    assert taken(school_store, people.stranger) == []
    with pytest.raises(AccessRefused):
        lessons_ahead(school_store, people.stranger, PLACE, today=TODAY, last_day=TODAY + timedelta(30))


def remember(
    store: Store, p2: float, term_id: int = QUARTER_2, pupil_id: int = CHILD, day: str = "2026-11-15"
) -> None:
    def work(transaction: Transaction) -> None:
        transaction.change(
            f"""INSERT INTO forecast_snapshots (snapshot_id, as_of, made_at, is_replayed) VALUES (1, '{day}', '{NOW}', false)
                ON CONFLICT DO NOTHING"""
        )
        transaction.change(
            f"""INSERT INTO forecast_snapshot_rows VALUES
                (1, {CLASS_7A}, {MATHS}, {pupil_id}, {term_id}, {p2}, 0.1, {0.9 - p2}, 0, 3)"""
        )
        transaction.record(Event(NOW, None, "school"))

    store.write(work)


def test_the_weeks_list_is_of_the_own_lessons_and_class_and_of_whom_nobody_helps(
    school_store: Store, people: People
) -> None:
    remember(school_store, 0.4)
    remember(school_store, 0.01, pupil_id=CLASSMATE)
    for part in ("owner", "homeroom"):
        assert warned_by_newest(school_store, getattr(people, part)) == {PLACE: 2}, part
    for part in ("stranger", "head", "admin"):
        assert warned_by_newest(school_store, getattr(people, part)) == {}, part
    give(school_store, people.owner)
    assert warned_by_newest(school_store, people.owner) == {}


@pytest.mark.usefixtures("school_screens")
def test_the_teachers_day_names_how_many_wait_for_help(school_store: Store, people: People) -> None:
    def links() -> list[str]:
        page = open_page("register/today.py", people.owner)
        return [each.proto.label for each in page.get("page_link")]

    assert not [label for label in links() if "Кому помочь" in label]
    remember(school_store, 0.4)
    assert [label for label in links() if "предупреждает о 1 ученике" in label]
    there = open_page("forecasts/at_risk.py", people.owner, risk="warned")
    assert not there.exception
    assert "Ещё никто не взялся · 1" in there.button_group(key="filter_risk").options


@pytest.mark.usefixtures("school_screens")
def test_who_is_taken_up_stands_in_the_plan_with_what_changed_since(
    school_store: Store, people: People
) -> None:
    give(school_store, people.owner, "*консультация* в четверг")
    page = open_page(RISK, people.deputy, risk="plan")
    row = next(each.value for each in page.dataframe if "Что и к какому дню" in each.value).to_dict(
        "records"
    )[0]
    assert row["Что и к какому дню"] == "*консультация* в четверг"
    assert row["Риск"].startswith("40")
    assert row["Ср. балл"].startswith("2,50 → ")


@pytest.mark.usefixtures("school_screens")
def test_an_empty_plan_says_how_a_pupil_comes_there(people: People) -> None:
    assert "Взять на помощь" in texts(open_page(RISK, people.owner, risk="plan"))


@pytest.mark.usefixtures("school_screens")
def test_a_closed_term_says_whether_the_warned_were_helped(
    school_store: Store, people: People, closed: Callable[[], None]
) -> None:
    closed()
    for pupil, p2 in ((CHILD, 0.4), (CLASSMATE, 0.3)):
        remember(school_store, p2, QUARTER_1, pupil, day="2026-10-10")
    page = open_page(RECORD, people.deputy)
    row = next(each.value for each in page.dataframe if "Предупреждений" in each.value).to_dict("records")[0]
    assert (row["Предупреждений"], row["Взяли на помощь"]) == (2, 1)
    assert "Помогает ли это, пока не сказать" in texts(page)


@pytest.fixture
def closed(school_store: Store) -> Callable[[], None]:
    """Close the first quarter with one of two pupils taken up in it."""

    def work(transaction: Transaction) -> None:
        transaction.change(f"UPDATE terms SET closed_at = ends_on WHERE term_id = {QUARTER_1}")
        transaction.change(
            f"""INSERT INTO extra_help VALUES ({CLASS_7A}, {MATHS}, {QUARTER_1}, {CHILD}, {OWNER_STAFF}, '2026-10-12', 1, 2, 0.4,
                2.5, 2, '')"""
        )
        transaction.record(Event(NOW, None, "school"))

    return lambda: school_store.write(work)
