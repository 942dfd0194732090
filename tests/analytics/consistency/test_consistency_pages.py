"""«Объективность» and «Справедливое сравнение»: who sees what, and calm states of a school with little in it."""

from collections.abc import Callable

import pytest
from screens import open_page, texts
from small_school import CLASS_7A, MATHS, OWNER_STAFF, QUARTER_2, STRANGER_STAFF, People
from streamlit.testing.v1 import AppTest

from school.store.connection import Store, Transaction
from school.store.events import Event
from school.store.school import School

FAIR, CONSISTENCY = "analytics/fair_comparison.py", "analytics/consistency.py"
Change = Callable[[str], None]


@pytest.fixture
def change(school_store: Store, school_screens: School) -> Change:
    """Return ``change(sql)``: a change of the small school, as if it had always been so."""

    def changed(sql: str) -> None:
        def work(transaction: Transaction) -> None:
            transaction.change(sql)
            transaction.record(Event(school_screens.clock(), None, "school"))

        school_store.write(work)

    return changed


def opened(path: str, user: object, **address: str) -> AppTest:
    page = open_page(path, user, **address)  # type: ignore[arg-type]
    assert not page.exception
    return page


@pytest.mark.parametrize("part", ["deputy", "head", "owner", "homeroom"])
@pytest.mark.parametrize("path", [FAIR, CONSISTENCY])
@pytest.mark.usefixtures("school_screens")
def test_a_school_of_two_teachers_has_nothing_to_compare_and_says_so(
    people: People, path: str, part: str
) -> None:
    said = texts(opened(path, getattr(people, part)))
    calm = ("Сравнить пока не с чем", "Ничего необычного не замечено", "Проверять пока нечего")
    assert any(words in said for words in calm)


EMPTIED = {
    "no marks": "DELETE FROM marks",
    "no term marks": "DELETE FROM term_marks",
    "no lessons at all": "DELETE FROM marks; DELETE FROM absences; DELETE FROM lessons",
    "no teachers": "UPDATE lessons SET teacher_id = NULL; DELETE FROM teaching_load; UPDATE term_marks SET teacher_id = NULL",
    "no grade levels": "UPDATE classes SET grade_level = NULL",
    "one pupil": f"DELETE FROM enrolments WHERE pupil_id <> 51; DELETE FROM marks WHERE pupil_id <> 51; DELETE FROM classes WHERE class_id <> {CLASS_7A}",
    "no terms": "DELETE FROM class_terms",
}


@pytest.mark.parametrize("sql", EMPTIED.values(), ids=list(EMPTIED))
@pytest.mark.parametrize("path", [FAIR, CONSISTENCY])
def test_what_a_school_lacks_is_said_calmly(people: People, change: Change, path: str, sql: str) -> None:
    change(sql)
    said = texts(opened(path, people.deputy))
    assert not {"nan", "None", "inf"} & set(said.replace("«", " ").replace("»", " ").split())


# Eight lessons with marks and control works of the quarter, so that both teachers have figures of their own.
FILLED = f"""
INSERT INTO lessons (lesson_id, class_id, subject_id, teacher_id, term_id, held_on, number, work_type_id, recorded_at)
    SELECT 1000 + 10 * load_id + n, class_id, subject_id, teacher_id, {QUARTER_2}, DATE '2026-11-02' + n::INTEGER, 2,
        CASE WHEN n < 3 THEN 82 ELSE 81 END, TIMESTAMP '2026-11-02 10:00' + to_days(n::INTEGER)
    FROM teaching_load, range(8) AS days(n);
INSERT INTO marks (lesson_id, pupil_id, slot, value, recorded_at)
    SELECT lesson_id, pupil_id, 1, 3 + (lesson_id + pupil_id) % 3, recorded_at
    FROM lessons JOIN enrolments USING (class_id) WHERE lesson_id > 1000;
"""


@pytest.mark.parametrize(
    ("part", "named"),
    [("deputy", {"Орлова В.", "Стрельцов Г."}), ("owner", {"Орлова В."}), ("stranger", {"Стрельцов Г."})],
)
def test_a_teacher_sees_their_own_figures_and_nobody_elses(
    people: People, change: Change, part: str, named: set[str]
) -> None:
    change(FILLED)
    page = opened(CONSISTENCY, getattr(people, part), control="control_works")
    assert set(page.dataframe[0].value["Учитель"]) == named
    fair = opened(FAIR, getattr(people, part))
    assert set(fair.dataframe[0].value["Учитель"]) == named


def test_a_homeroom_teacher_sees_the_own_class_only(people: People, change: Change) -> None:
    change(FILLED)
    page = opened(FAIR, people.homeroom)
    assert list(page.dataframe[0].value["Класс"]) == ["7А"]
    assert not opened(CONSISTENCY, people.homeroom).dataframe


def test_filters_of_the_address_narrow_the_rows(people: People, change: Change) -> None:
    change(FILLED)
    page = opened(
        CONSISTENCY, people.deputy, control="control_works", teacher=str(OWNER_STAFF), subject=str(MATHS)
    )
    assert list(page.dataframe[0].value["Учитель"]) == ["Орлова В."]


def test_a_mark_saved_is_in_the_figures_at_the_next_look(people: People, change: Change) -> None:
    change(FILLED)
    before = opened(CONSISTENCY, people.deputy, control="control_works", teacher=str(STRANGER_STAFF))
    change(
        f"UPDATE marks SET value = 5 WHERE lesson_id IN (SELECT lesson_id FROM lessons WHERE work_type_id = 82 AND teacher_id = {STRANGER_STAFF})"
    )
    after = opened(CONSISTENCY, people.deputy, control="control_works", teacher=str(STRANGER_STAFF))
    assert after.dataframe[0].value["Контрольные"].tolist() == [5.0]
    assert before.dataframe[0].value["Контрольные"].tolist() != [5.0]


@pytest.mark.parametrize(
    ("sql", "first"), [("SELECT 1", "Учителя по предметам"), (EMPTIED["no teachers"], "Классы")]
)
def test_without_known_teachers_classes_are_compared(
    people: People, change: Change, sql: str, first: str
) -> None:
    change(sql)
    (offered, *_) = opened(FAIR, people.deputy).button_group
    assert offered.options[0] == first
