"""The next year out of the last one: classes go up with their pupils, the graduating leave, the load follows (п. 4.3)."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from opening_school import ADMIN, Opening, open_year

from school.errors import RuleRefused
from school.reference import public_holidays
from school.store.connection import Store, Transaction
from school.store.events import Event
from school.year.actions.opening import PromotionTerms, check_promotion, promote_classes, save_year_calendar
from school.year.actions.teaching_load import divide_class
from school.year.lookups import year_setup
from school.year.records import LastClass, LastLoad, LoadRecord, YearKey
from school.year.rules.calendar import usual_calendar
from school.year.rules.promotion import (
    Fate,
    Promotion,
    check_promotions,
    next_name,
    proposed_load,
    proposed_promotions,
)
from school.year.store.timetables import load_of_year

SUMMER = datetime(2027, 8, 25, 9)
NEW_YEAR = date(2027, 9, 1)
AS_BEFORE = PromotionTerms(NEW_YEAR, copies_load=True, moves_undecided=True)


@pytest.mark.parametrize(
    ("name", "grade_level", "fate", "next_one"),
    [
        ("7А", 7, Fate.GOES_UP, "8А"),
        ("1-2", 1, Fate.GOES_UP, "2-2"),
        ("10Б", 10, Fate.GOES_UP, "11Б"),
        ("9В", 9, Fate.LEAVES, ""),
        ("11А", 11, Fate.LEAVES, ""),
        ("Курс", None, Fate.STAYS_OUT, ""),
    ],
)
def test_what_usually_becomes_of_a_class(
    name: str, grade_level: int | None, fate: Fate, next_one: str
) -> None:
    (proposed,) = proposed_promotions([LastClass(1, name, grade_level)])
    assert (proposed.fate, proposed.name) == (fate, next_one)


def test_a_class_whose_next_one_is_there_is_not_proposed_again() -> None:
    assert proposed_promotions([LastClass(1, "7А", 7)], ["8 а"]) == []
    assert next_name(LastClass(1, "10А", 10)) == "11А"


def test_two_classes_do_not_go_on_under_one_name() -> None:
    pair = [Promotion(LastClass(n, name, 7), Fate.GOES_UP, "8А") for n, name in ((1, "7А"), (2, "7Б"))]
    with pytest.raises(RuleRefused, match="Два класса с одним названием: 8А"):
        check_promotions(pair, [])
    with pytest.raises(RuleRefused, match="8А"):
        check_promotions(pair[:1], ["8-а"])


def test_the_load_takes_hours_of_the_grade_and_teachers_of_the_class() -> None:
    maths, physics = 1, 2
    last = [
        LastLoad(70, 7, maths, "", 11, 4.0),
        LastLoad(80, 8, maths, "", 12, 3.0),
        LastLoad(80, 8, physics, "", 13, 2.0),
    ]
    assert proposed_load({8000: 8}, {8000: 70}, last) == [
        LoadRecord(8000, maths, "", 11, 3.0),  # the class keeps its teacher, the hours are those of grade 8
        LoadRecord(8000, physics, "", 13, 2.0),  # new to the class: whoever taught it in grade 8
    ]


def pupils_of(store: Store, class_name: str, day: date) -> list[int]:
    rows = store.read(
        """SELECT e.pupil_id FROM enrolments e JOIN classes c USING (class_id)
           WHERE c.name = $name AND e.starts_on <= $day AND (e.ends_on IS NULL OR e.ends_on > $day) ORDER BY 1""",
        {"name": class_name, "day": day},
    )
    return [row[0] for row in rows]


@pytest.fixture
def last_year(empty_store: Store) -> Opening:
    """A year with a 7А of two pupils in two subgroups, a 9В that graduates and a 8Б that shows what grade 8 learns."""
    opening = open_year(empty_store)
    opening.classes({"name": "9В"}, {"name": "8Б"})
    opening.load(
        ("7А", "Английский язык", "1", "Орлова", "2"),
        ("7А", "Английский язык", "2", "Стрельцов", "2"),
        ("8Б", "Английский язык", "", "Орлова", "3"),
        ("8Б", "Алгебра", "", "Стрельцов", "5"),
    )

    def enrol(transaction: Transaction) -> None:
        for pupil_id, name in ((1, "7А"), (2, "7А"), (3, "9В")):
            transaction.change(
                "INSERT INTO pupils (pupil_id, school_id, last_name) VALUES ($pupil, $school, 'Ученик')",
                {"pupil": pupil_id, "school": opening.key.school_id},
            )
            transaction.change(
                "INSERT INTO enrolments VALUES ($id, $pupil, $class, '2026-09-01', NULL)",
                {"id": 9000 + pupil_id, "pupil": pupil_id, "class": opening.class_id(name)},
            )
        transaction.record(Event(SUMMER, None, "school"))

    empty_store.write(enrol)
    (subject_id,) = empty_store.read("SELECT subject_id FROM subjects WHERE name = 'Английский язык'")[0]
    groups = [row[0] for row in empty_store.read("SELECT subgroup_id FROM subgroups ORDER BY name")]
    divide_class(
        empty_store,
        ADMIN,
        opening.key,
        opening.class_id("7А"),
        subject_id,
        dict(zip((1, 2), groups, strict=True)),
        first_day=date(2026, 9, 1),
        now=opening.now,
    )
    return opening


def test_a_year_is_copied_with_its_pupils_subgroups_and_load(last_year: Opening) -> None:
    store = last_year.store
    key = YearKey(last_year.key.school_id, 2027)
    save_year_calendar(store, ADMIN, key.school_id, usual_calendar(2027, public_holidays()), now=SUMMER)
    proposed = year_setup(store, ADMIN, key, SUMMER.date()).promotions
    assert {(each.last.name, each.fate) for each in proposed} == {("7А", Fate.GOES_UP), ("9В", Fate.LEAVES)}
    done = promote_classes(store, ADMIN, key, proposed, AS_BEFORE, now=SUMMER)
    assert (done.classes, done.pupils, done.left) == (1, 2, 1)
    assert pupils_of(store, "8А", NEW_YEAR) == [1, 2]
    assert pupils_of(store, "7А", date(2027, 5, 20)) == [1, 2]
    assert pupils_of(store, "7А", NEW_YEAR) == []
    assert pupils_of(store, "9В", NEW_YEAR) == []
    subjects = dict(store.read("SELECT subject_id, name FROM subjects"))
    lines = {
        (subjects[load.subject_id], load.subgroup, load.teacher_id, load.hours_a_week)
        for load in load_of_year(store, key, NEW_YEAR)
    }
    assert lines == {
        ("Алгебра", "", 11, 5.0),
        ("Английский язык", "1-я подгруппа", 11, 3.0),
        ("Английский язык", "2-я подгруппа", 12, 3.0),
    }
    members = store.read(
        """SELECT g.name, m.pupil_id FROM subgroup_members m JOIN subgroups g USING (subgroup_id)
           JOIN classes c USING (class_id) WHERE c.name = '8А' ORDER BY 1"""
    )
    assert members == [("1-я подгруппа", 1), ("2-я подгруппа", 2)]
    assert year_setup(store, ADMIN, key, SUMMER.date()).promotions == []
    assert store.read(
        "SELECT count(*) FROM class_terms k JOIN classes c USING (class_id) WHERE c.name = '8А'"
    ) == [(4,)]


def test_who_is_named_to_lead_a_new_class_gets_the_role(last_year: Opening) -> None:
    store, teacher_id = last_year.store, 12

    def open_account(transaction: Transaction) -> None:
        transaction.change(
            "INSERT INTO users (user_id, login, password_hash, staff_id) VALUES (50, 'streltsov', '', $staff)",
            {"staff": teacher_id},
        )
        transaction.record(Event(SUMMER, None, "school"))

    store.write(open_account)
    going = Promotion(LastClass(last_year.class_id("7А"), "7А", 7), Fate.GOES_UP, "8А", teacher_id)
    key = YearKey(last_year.key.school_id, 2027)
    promote_classes(store, ADMIN, key, [going], replace(AS_BEFORE, copies_load=False), now=SUMMER)
    assert store.read("SELECT role FROM user_roles WHERE user_id = 50") == [("homeroom",)]
    events = store.read(
        "SELECT new_value FROM events WHERE kind = 'homeroom_teacher' AND class_id = $class_id",
        {"class_id": last_year.class_id("8А")},
    )
    assert events == [("8А: Стрельцов Глеб",)]


@pytest.mark.parametrize(("days_after_the_year", "is_refused"), [(-30, True), (0, True), (1, False)])
def test_nobody_goes_up_before_the_last_year_is_over(
    last_year: Opening, days_after_the_year: int, is_refused: bool
) -> None:
    store, key = last_year.store, YearKey(last_year.key.school_id, 2027)
    (ended_on,) = store.read("SELECT ends_on FROM school_years WHERE school_year = 2026")[0]
    going = Promotion(LastClass(last_year.class_id("7А"), "7А", 7), Fate.GOES_UP, "8А")
    refusal = pytest.raises(RuleRefused, match=f"Укажите день после {ended_on:%d.%m.%Y}")
    with refusal if is_refused else nullcontext():
        day = ended_on + timedelta(days_after_the_year)
        terms = PromotionTerms(day, False, True)
        check_promotion(store, ADMIN, key, [going], terms)
        promote_classes(store, ADMIN, key, [going], terms, now=SUMMER)
    assert len(pupils_of(store, "8А", NEW_YEAR)) == (0 if is_refused else 2)
