"""What a printed register takes from the store is what the screens of the register show (п. 2.3)."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from moving_school import CLASS_7B, LEAVER, MOVER, NOVEMBER_12, SWITCHER, build_moving_school
from small_school import (
    ABSENTEE,
    CHILD,
    CLASS_7A,
    CLASSMATE,
    MATHS,
    NOW,
    OWNERS_LESSON_TODAY,
    OWNERS_LESSON_YESTERDAY,
    QUARTER_1,
    QUARTER_2,
    People,
)

from pipelines.reports.class_register.gathering import PRINTER, class_sheets
from pipelines.reports.class_register.sheets import ClassSheets, Note
from school.errors import RuleRefused
from school.paper.request import PaperRequest
from school.records import RegisterKey, Term
from school.register.lookups.registers import register_page
from school.register.store.registers import class_terms
from school.store.connection import Store

LATER = datetime(2026, 11, 5, 10)


def sheets_of(store: Store, people: People, class_id: int = CLASS_7A) -> ClassSheets:
    return class_sheets(PaperRequest(store, people.secretary, class_id, NOW))


def test_cells_lessons_and_marks_are_those_of_the_register(school_store: Store, people: People) -> None:
    sheets = sheets_of(school_store, people)
    (maths,) = sheets.subjects
    assert maths.title == "Математика"
    assert maths.teachers == "Орлова Вера"
    assert [each.lesson_id for each in maths.lessons] == [OWNERS_LESSON_YESTERDAY, OWNERS_LESSON_TODAY]
    assert (maths.lessons[0].topic, maths.lessons[0].homework) == ("Дроби", "без задания")
    assert maths.cells[OWNERS_LESSON_YESTERDAY, CHILD] == "4"
    assert maths.cells[OWNERS_LESSON_YESTERDAY, ABSENTEE] == "н"
    assert maths.marks[QUARTER_1, CLASSMATE] == 3 + CLASSMATE % 3
    assert [each.name.short for each in sheets.pupils] == ["Алёшин Пётр", "Ёлкина Анна", "Жуков Иван"]
    assert sheets.pupils[0].guardians == "Алёшина Ольга"
    assert sheets.homeroom == "Климова Рита"
    assert len(sheets.attendance) == 3


def test_what_is_cancelled_or_to_come_is_not_printed(
    school_store: Store, people: People, change: Callable[[str], None]
) -> None:
    change(f"UPDATE lessons SET status = 'cancelled' WHERE lesson_id = {OWNERS_LESSON_YESTERDAY}")
    change(f"UPDATE lessons SET held_on = '2026-11-20' WHERE lesson_id = {OWNERS_LESSON_TODAY}")
    assert sheets_of(school_store, people).subjects[0].lessons == ()


def test_a_control_work_stands_before_the_topic(
    school_store: Store, people: People, change: Callable[[str], None]
) -> None:
    change(f"UPDATE lessons SET work_type_id = 82 WHERE lesson_id = {OWNERS_LESSON_YESTERDAY}")
    assert sheets_of(school_store, people).subjects[0].lessons[0].topic == "Контрольная работа: Дроби"


# When, of what, from and to, and whether a footnote says it: the first quarter was closed on 26 October, the second is open.
CORRECTIONS = [
    ("2026-11-05 10:00", f"'term_mark', NULL, {CHILD}, {QUARTER_1}, '3', '4'", "term"),
    ("2026-10-20 10:00", f"'term_mark', NULL, {CHILD}, {QUARTER_1}, '3', '4'", None),
    ("2026-11-05 10:00", f"'term_mark', NULL, {CHILD}, {QUARTER_2}, '3', '4'", None),
    ("2026-11-05 10:00", f"'cell', 900, {CHILD}, NULL, '3', '4'", "cell"),
    ("2026-11-05 10:00", f"'cell', 900, {CHILD}, NULL, '4', '4'", None),
    ("2026-11-18 10:00", f"'cell', {OWNERS_LESSON_YESTERDAY}, {CHILD}, NULL, '3', '4'", None),
    ("2026-11-05 10:00", f"'year_mark', NULL, {CHILD}, NULL, '3', '4'", None),
]


@pytest.mark.parametrize(("moment", "event", "where"), CORRECTIONS)
def test_corrections_after_closing_are_footnotes(
    school_store: Store,
    people: People,
    change: Callable[[str], None],
    moment: str,
    event: str,
    where: str | None,
) -> None:
    change(
        f"""INSERT INTO lessons (lesson_id, class_id, subject_id, term_id, held_on, number)
            VALUES (900, {CLASS_7A}, {MATHS}, {QUARTER_1}, '2026-10-12', 1)"""
    )
    change(
        f"""INSERT INTO events (happened_at, kind, lesson_id, pupil_id, record_id, old_value, new_value, reason, class_id, subject_id)
            SELECT '{moment}', *, 'приказ № 7', {CLASS_7A}, {MATHS} FROM (VALUES ({event}))"""
    )
    (maths,) = sheets_of(school_store, people).subjects
    note = (Note(LATER.date(), "3", "4", "приказ № 7"),)
    assert dict(maths.cell_notes) == ({(900, CHILD): note} if where == "cell" else {})
    assert dict(maths.mark_notes) == ({(QUARTER_1, CHILD): note} if where == "term" else {})


def test_remarks_of_inspections_come_with_what_became_of_them(
    school_store: Store, people: People, change: Callable[[str], None]
) -> None:
    scope = '{"term_ids": [32], "aspects": []}'
    change(
        f"""INSERT INTO inspections BY NAME SELECT 700 AS inspection_id, 'Проверка' AS title, 2026 AS school_year,
            DATE '2026-11-02' AS starts_on, DATE '2026-11-15' AS ends_on, '{scope}' AS scope,
            TIMESTAMP '2026-11-16 10:00' AS started_at, {people.deputy.user_id} AS started_by,
            TIMESTAMP '2026-11-17 10:00' AS published_at, {people.deputy.user_id} AS published_by"""
    )
    change(
        f"""INSERT INTO inspection_findings BY NAME SELECT * FROM (VALUES
            (701, 700, 'no_homework', {CLASS_7A}, {MATHS}, 3, 10, true), (702, 700, 'no_homework', {CLASS_7A}, {MATHS}, 3, 10, false),
            (703, 700, 'no_homework', 12, {MATHS}, 3, 10, true)) f(finding_id, inspection_id, check_code, class_id, subject_id,
            found_count, found_total, is_kept)"""
    )
    (remark,) = sheets_of(school_store, people).remarks
    assert (remark.made_on, remark.author) == (date(2026, 11, 17), "Завьялова Инна")
    assert remark.text == "Математика: Не записано домашнее задание: уроков 3 из 10"


def test_a_class_without_terms_is_refused(
    school_store: Store, people: People, change: Callable[[str], None]
) -> None:
    change("DELETE FROM class_terms")
    with pytest.raises(RuleRefused, match="учебных периодов"):
        sheets_of(school_store, people)
    with pytest.raises(RuleRefused):
        sheets_of(school_store, people, class_id=999)


@pytest.fixture
def moving_store(school_store: Store) -> Store:
    """The small school with pupils who move."""
    build_moving_school(school_store, seed=1)
    return school_store


def test_a_mover_is_printed_where_the_lessons_were(moving_store: Store, people: People) -> None:
    for class_id in (CLASS_7A, CLASS_7B):
        sheets = sheets_of(moving_store, people, class_id)
        terms: list[Term] = class_terms(moving_store, class_id)
        for sheet in sheets.subjects:
            days = {each.lesson_id: each.held_on for each in sheet.lessons}
            own = {days[lesson] for lesson, pupil in sheet.cells if pupil == MOVER and lesson in days}
            assert all((day < NOVEMBER_12) == (class_id == CLASS_7A) for day in own)
        maths = next(each for each in sheets.subjects if each.title == "Математика")
        shown = {
            pair: held.cell.text
            for term in terms
            for pair, held in register_page(
                moving_store, PRINTER, RegisterKey(class_id, MATHS), term, today=NOW.date()
            ).cells.items()
        }
        assert dict(maths.cells) == shown


def test_who_left_a_class_or_a_subgroup_is_said_to(
    moving_store: Store, people: People, change: Callable[[str], None]
) -> None:
    change(
        f"""INSERT INTO pupil_movements BY NAME SELECT 1 AS movement_id, {MOVER} AS pupil_id, 'transfer' AS kind,
            DATE '2026-11-12' AS happened_on, {CLASS_7A} AS from_class_id, {CLASS_7B} AS to_class_id,
            'приказ № 9' AS order_title, 'просьба семьи' AS reason, TIMESTAMP '2026-11-12 10:00' AS recorded_at"""
    )
    sheets = sheets_of(moving_store, people)
    maths = next(each for each in sheets.subjects if each.title == "Математика")
    assert maths.departures[MOVER] == "перев. в 7Б 12.11.2026, приказ № 9"
    assert maths.departures[LEAVER] == "выб. 02.11.2026"
    assert SWITCHER not in maths.departures
    groups = [each for each in sheets.subjects if each.title.startswith("История")]
    assert [each.departures.get(SWITCHER) for each in groups] == ["в другой подгруппе с 05.11.2026", None]
    assert [(each.happened_on, each.title, each.order_title) for each in sheets.movements] == [
        (NOVEMBER_12, "перевод в другой класс из 7А в 7Б", "приказ № 9")
    ]
