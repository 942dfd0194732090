"""The council's decisions move the pupils when a year is opened (п. 4.3, 4.6; 273-ФЗ, ст. 58)."""

from dataclasses import replace

import pytest
from opening_school import ADMIN, AUGUST, Opening, open_year
from test_promotion import NEW_YEAR, SUMMER, pupils_of

from school.errors import RuleRefused
from school.reference import public_holidays
from school.store.connection import Store, Transaction
from school.store.events import Event
from school.year.actions.opening import Promoted, PromotionTerms, promote_classes, save_year_calendar
from school.year.lookups import year_setup
from school.year.records import LastClass, YearKey
from school.year.rules.calendar import usual_calendar
from school.year.rules.promotion import repeated_classes

ORDER = "№ 45 от 25.06.2027"
TERMS = PromotionTerms(NEW_YEAR, copies_load=False, moves_undecided=False, order_title=ORDER)
# Pupil → the class, and what the council decided.
DECIDED = {
    1: ("7А", "moved_up", ""),
    2: ("7А", "conditional", ""),
    3: ("7А", "repeats", ""),
    4: ("7А", "left", "переезд"),
    5: ("9В", "graduated", ""),
    6: ("9В", "repeats", ""),
}


@pytest.fixture
def decided(empty_store: Store) -> Opening:
    """Last year's 7А and 9В with a decision about everybody, and the year that opens with a 7Б, a 9А and a 9В of its own."""
    opening = open_year(empty_store)
    opening.classes({"name": "9В"})

    def fill(transaction: Transaction) -> None:
        for pupil_id, (name, outcome, note) in DECIDED.items():
            class_id = opening.class_id(name)
            transaction.change(
                "INSERT INTO pupils (pupil_id, school_id, last_name) VALUES (?, ?, 'Ученик')",
                [pupil_id, opening.key.school_id],
            )
            transaction.change(
                "INSERT INTO enrolments VALUES (?, ?, ?, '2026-09-01', NULL)",
                [9000 + pupil_id, pupil_id, class_id],
            )
            transaction.change(
                """INSERT INTO council_decisions (class_id, pupil_id, outcome, decided_on, protocol, note)
                   VALUES (?, ?, ?, '2027-05-28', '5', ?)""",
                [class_id, pupil_id, outcome, note],
            )
        transaction.record(Event(SUMMER, None, "school"))

    empty_store.write(fill)
    key = YearKey(opening.key.school_id, 2027)
    save_year_calendar(empty_store, ADMIN, key.school_id, usual_calendar(2027, public_holidays()), now=AUGUST)
    coming = Opening(empty_store, key)
    coming.classes({"name": "7Б"}, {"name": "9А"}, {"name": "9В"})
    return coming


def promote(coming: Opening, terms: PromotionTerms = TERMS) -> Promoted:
    promotions = year_setup(coming.store, ADMIN, coming.key, SUMMER.date()).promotions
    return promote_classes(coming.store, ADMIN, coming.key, promotions, terms, now=SUMMER)


def test_pupils_go_where_the_council_decided(decided: Opening) -> None:
    store = decided.store
    done = promote(decided)
    assert (done.classes, done.pupils, done.left, done.repeating) == (1, 4, 2, 2)
    assert pupils_of(store, "8А", NEW_YEAR) == [1, 2]
    assert pupils_of(store, "7Б", NEW_YEAR) == [3]  # the new year has no 7А
    assert pupils_of(store, "9В", NEW_YEAR) == [6]  # the class of the same letter, not 9А
    left = store.read(
        """SELECT pupil_id, kind, order_title, reason, happened_on = (SELECT ends_on + 1 FROM school_years
               WHERE school_year = 2026) FROM pupil_movements ORDER BY pupil_id"""
    )
    assert left == [
        (4, "departure", ORDER, "переезд", True),
        (5, "departure", ORDER, "окончание школы", True),
    ]


def test_nobody_is_moved_while_somebody_is_undecided_unless_the_school_says_so(decided: Opening) -> None:
    store = decided.store
    store.write(lambda transaction: transaction.keep("DELETE FROM council_decisions WHERE pupil_id = 1"))
    with pytest.raises(RuleRefused, match="Нет решения педсовета: 7А — 1"):
        promote(decided)
    assert pupils_of(store, "8А", NEW_YEAR) == []
    promote(decided, replace(TERMS, moves_undecided=True))
    assert pupils_of(store, "8А", NEW_YEAR) == [1, 2]


def test_a_proposal_is_no_decision(decided: Opening) -> None:
    decided.store.write(
        lambda transaction: transaction.keep(
            "UPDATE council_decisions SET decided_on = NULL WHERE pupil_id = 2"
        )
    )
    with pytest.raises(RuleRefused, match="7А — 1"):
        promote(decided)


def test_who_leaves_leaves_by_an_order(decided: Opening) -> None:
    with pytest.raises(RuleRefused, match="выбывает учеников: 2"):
        promote(decided, replace(TERMS, order_title=" "))


def test_a_repeated_grade_needs_a_class_in_the_new_year() -> None:
    last = LastClass(1, "7А", 7)
    assert repeated_classes({5: last}, {31: ("7Б", 7), 32: ("7 а", 7), 33: ("8А", 8)}) == {5: 32}
    with pytest.raises(RuleRefused, match="Сначала добавьте 7-й класс"):
        repeated_classes({5: last}, {33: ("8А", 8)})
