"""A file names one class of a pupil; what it says is of the class in which they were then, and the preview says which (п. 4.3, 4.6)."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from loading import WISH, counts, look, reasons, rows_of, state_of, take
from small_school import CLASS_7A, CLASS_8B, MATHS, NOW, QUARTER_1, QUARTER_2, SCHOOL, People

from pages.imports.parts.preview import plan_preview
from school.files.plan import ImportKind, SourceRow
from school.files.source import SourceTable
from school.imports.actions.loads import undo
from school.store.connection import Store

MOVED, FACTS = 57, ImportKind.FACTS
OF_LESSONS = ("full_name", "school_class", "subject", "lesson_date", "mark")
OF_TERMS = ("full_name", "school_class", "subject", "term", "term_mark")


@pytest.fixture
def with_moved(school_store: Store, change: Callable[[str], None]) -> Store:
    """A pupil of 8Б who was away for some days of November and then came to 7А; the first quarter is open."""
    change(
        f"""INSERT INTO pupils (pupil_id, school_id, last_name, first_name) VALUES ({MOVED}, {SCHOOL}, 'Новикова', 'Ия');
            INSERT INTO enrolments VALUES (990, {MOVED}, {CLASS_8B}, '2026-09-01', '2026-11-12'),
                (991, {MOVED}, {CLASS_7A}, '2026-11-16', NULL);
            UPDATE terms SET closed_at = NULL"""
    )
    return school_store


def lesson(day: str, school_class: str = "7А") -> list[SourceRow]:
    return rows_of(OF_LESSONS, ("Новикова Ия", school_class, "Математика", day, "5"))


def term(name: str, school_class: str = "7А") -> list[SourceRow]:
    return rows_of(OF_TERMS, ("Новикова Ия", school_class, "Математика", name, "4"))


MARKS = f"SELECT l.class_id, l.held_on::VARCHAR, m.value FROM marks m JOIN lessons l USING (lesson_id) WHERE m.pupil_id = {MOVED}"
FINALS = f"""SELECT class_id, term_id, value FROM term_marks WHERE pupil_id = {MOVED}
    UNION ALL SELECT class_id, 0, value FROM year_marks WHERE pupil_id = {MOVED}"""


@pytest.mark.parametrize(
    ("day", "named", "found"),
    [
        ("10.11.2026", "7А", CLASS_8B),
        ("10.11.2026", "8Б", CLASS_8B),
        ("18.11.2026", "7А", CLASS_7A),
        ("18.11.2026", "8Б", CLASS_7A),
    ],
)
def test_a_mark_is_of_the_class_of_its_day(
    with_moved: Store, people: People, day: str, named: str, found: int
) -> None:
    rows = lesson(day, named)
    shown = plan_preview(FACTS, look(with_moved, people.admin, FACTS, rows), SourceTable(tuple(rows)))
    is_elsewhere = found != {"7А": CLASS_7A, "8Б": CLASS_8B}[named]
    name = {CLASS_7A: "7А", CLASS_8B: "8Б"}[found]
    words = [f"5, в журнал {name}: ученик был тогда в этом классе"] if is_elsewhere else []
    said = shown.tables["new"].get("Запишется")
    assert ([] if said is None else [*said]) == words
    assert any("запишется строк: 1" in note for note in shown.notes) is is_elsewhere
    before = state_of(with_moved)
    batch = take(with_moved, people.admin, FACTS, rows)
    assert [row[0] for row in with_moved.read(MARKS)] == [found]
    assert counts(look(with_moved, people.admin, FACTS, rows)) == {"unchanged": 1}
    undo(with_moved, people.admin, batch, now=NOW)
    assert state_of(with_moved) == before


@pytest.mark.parametrize("named", ["7А", "8Б"])
def test_of_a_day_in_no_class_nothing_is_taken(with_moved: Store, people: People, named: str) -> None:
    plan = look(with_moved, people.admin, FACTS, lesson("13.11.2026", named))
    assert reasons(plan) == {2: "Ученик не числился в классе в этот день."}


@pytest.mark.parametrize("named", ["7А", "8Б"])
@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("1 четверть", (CLASS_8B, QUARTER_1, 4)),
        ("2 четверть", (CLASS_7A, QUARTER_2, 4)),
        ("год", (CLASS_7A, 0, 4)),
    ],
)
def test_a_term_mark_is_of_the_class_in_which_the_term_ended(
    with_moved: Store, people: People, named: str, name: str, place: tuple[int, int, int]
) -> None:
    take(with_moved, people.admin, FACTS, term(name, named))
    assert with_moved.read(FINALS) == [place]
    assert counts(look(with_moved, people.admin, FACTS, term(name, named))) == {"unchanged": 1}


def test_a_mark_that_stands_in_the_named_class_stays_there(
    with_moved: Store, people: People, change: Callable[[str], None]
) -> None:
    change(
        f"""INSERT INTO term_marks (class_id, subject_id, term_id, pupil_id, value)
            VALUES ({CLASS_7A}, {MATHS}, {QUARTER_1}, {MOVED}, 4)"""
    )
    assert counts(look(with_moved, people.admin, FACTS, term("1 четверть"))) == {"unchanged": 1}


def test_rows_of_both_classes_are_one_mark(with_moved: Store, people: People) -> None:
    take(with_moved, people.admin, FACTS, [*term("1 четверть"), *rows_of(OF_TERMS, ("Новикова Ия", "8Б", "Математика", "1 четверть", "4"), first=3)])  # fmt: skip
    assert with_moved.read(FINALS) == [(CLASS_8B, QUARTER_1, 4)]


FORMER = replace(WISH, is_of_former_school=True)
HELD = "SELECT pupil_id, subject_id, term_id, value FROM former_school_marks"


@pytest.fixture
def with_newcomer(with_moved: Store, change: Callable[[str], None]) -> Store:
    """The same pupil as one who came from another school in November."""
    change(
        f"DELETE FROM enrolments WHERE enrolment_id = 990; UPDATE terms SET closed_at = '2026-10-26' WHERE term_id = {QUARTER_1}"
    )
    return with_moved


def test_a_class_of_another_school_is_refused_with_what_to_choose(
    with_newcomer: Store, people: People
) -> None:
    (reason,) = reasons(look(with_newcomer, people.admin, FACTS, term("1 четверть", "7В"))).values()
    assert reason.startswith("Класса «7В» в школе нет.")
    assert "Файл из прежней школы" in reason


@pytest.mark.parametrize("named", ["7В", "8Б", "7А", ""])
def test_whatever_its_class_a_newcomer_s_file_brings_marks_of_the_former_school(
    with_newcomer: Store, people: People, named: str
) -> None:
    rows = term("1 четверть", named)
    plan = look(with_newcomer, people.admin, FACTS, rows, FORMER)
    shown = plan_preview(FACTS, plan, SourceTable(tuple(rows)))
    assert [*shown.tables["new"]["Запишется"]] == ["4, оценка прежней школы"]
    before = state_of(with_newcomer)
    batch = take(with_newcomer, people.admin, FACTS, rows, FORMER)
    assert with_newcomer.read(HELD) == [(MOVED, MATHS, QUARTER_1, 4)]
    assert counts(look(with_newcomer, people.admin, FACTS, rows, FORMER)) == {"unchanged": 1}
    undo(with_newcomer, people.admin, batch, now=NOW)
    assert state_of(with_newcomer) == before


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (lesson("10.11.2026", "7В"), "а не за урок"),
        (term("год", "7В"), "за четверти, триместры и полугодия этого года"),
        (term("2025/2026, 1 четверть", "7В"), "за четверти, триместры и полугодия этого года"),
        (term("2 четверть", "7В"), "ученик уже учился здесь"),
        (
            rows_of(OF_TERMS, ("Алёшин Пётр", "7В", "Математика", "1 четверть", "4")),
            "ученик уже учился здесь",
        ),
        (rows_of(OF_TERMS, ("Никто Никита", "7В", "Математика", "1 четверть", "4")), "в школе нет"),
        (rows_of(OF_TERMS, ("Новикова Ия", "7В", "Алхимия", "1 четверть", "4")), "Предмета «Алхимия»"),
    ],
)
def test_of_the_former_school_only_terms_before_the_pupil_came_are_taken(
    with_newcomer: Store, people: People, rows: list[SourceRow], reason: str
) -> None:
    plan = look(with_newcomer, people.admin, FACTS, rows, FORMER)
    (said,) = reasons(plan).values()
    assert reason in said
    assert not plan.brings_anything


def test_of_two_newcomers_of_one_name_neither_is_taken(
    with_newcomer: Store, people: People, change: Callable[[str], None]
) -> None:
    change(
        f"""INSERT INTO pupils (pupil_id, school_id, last_name, first_name) VALUES (58, {SCHOOL}, 'Новикова', 'Ия');
            INSERT INTO enrolments VALUES (992, 58, {CLASS_8B}, '2026-11-09', NULL)"""
    )
    (said,) = reasons(look(with_newcomer, people.admin, FACTS, term("1 четверть", "7В"), FORMER)).values()
    assert said == "Под это имя подходят ученики школы: 2. Укажите дату рождения."
