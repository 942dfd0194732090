"""Every check finds what was spoiled, and nothing in a healthy school (п. 4.3, 6.3)."""

from dataclasses import dataclass, field

import pytest
from screens import open_page, texts
from small_school import (
    ABSENTEE,
    CHILD,
    CLASS_7A,
    CLASS_8B,
    LOAD_7A,
    MATHS,
    NOW,
    OWNER_STAFF,
    OWNERS_LESSON_TODAY,
    OWNERS_LESSON_YESTERDAY,
    QUARTER_1,
    QUARTER_2,
    STRANGE_CHILD,
    People,
)

from school.data_checks.lookups import check_counts, check_findings
from school.data_checks.rules import CHECKS
from school.data_checks.store import QUERIES, DataFinding
from school.store.connection import Store, Transaction
from school.store.events import Event

TODAY = NOW.date()
_LESSON = "INSERT INTO lessons (lesson_id, class_id, subject_id, teacher_id, term_id, held_on, number, status) VALUES"
_MORE_LESSONS = f"""INSERT INTO lessons (lesson_id, class_id, subject_id, teacher_id, term_id, held_on, number)
    SELECT 400 + n, {CLASS_7A}, 22, {OWNER_STAFF}, {QUARTER_2}, DATE '2026-11-09' + n::INTEGER, 6 FROM range(5) AS r(n)"""


@dataclass(frozen=True)
class Spoilt:
    """What goes wrong in the small school, and what the check then says: how many findings, the first of them."""

    sql: str
    count: int = 1
    finding: dict[str, object] = field(default_factory=dict)


SPOILT: dict[str, Spoilt] = {
    "entries_on_days_off": Spoilt(
        "INSERT INTO days_off VALUES ('2026-11-18', 'День школы')",
        count=2,
        finding={
            "class_name": "7А",
            "lesson_id": OWNERS_LESSON_YESTERDAY,
            "note": "отметок: 2, пропусков: 1",
        },
    ),
    "entries_at_cancelled_lessons": Spoilt(
        f"UPDATE lessons SET status = 'cancelled' WHERE lesson_id = {OWNERS_LESSON_YESTERDAY}",
        finding={"class_name": "7А", "teacher_name": "Орлова В."},
    ),
    "leaves_without_absence": Spoilt(
        f"""INSERT INTO leaves SELECT 400 + pupil_id, {CLASS_7A}, pupil_id, DATE '2026-11-18', DATE '2026-11-19', [],
            'illness', '', NULL, TIMESTAMP '2026-11-18 10:00', NULL, NULL
            FROM pupils WHERE pupil_id IN ({CHILD}, {ABSENTEE})""",
        finding={"pupil_id": CHILD, "class_id": CLASS_7A},
    ),
    "entries_of_unlisted_pupils": Spoilt(
        f"UPDATE enrolments SET ends_on = '2026-11-18' WHERE pupil_id = {STRANGE_CHILD}",
        finding={"pupil_name": "Яковлев Олег", "note": "отметок: 1, пропусков: 0"},
    ),
    "pupils_without_class": Spoilt(
        "INSERT INTO pupils (pupil_id, school_id, last_name) VALUES (402, 1, 'Новиков')",
        finding={"pupil_name": "Новиков", "class_id": None},
    ),
    "lessons_of_dismissed_staff": Spoilt(
        f"UPDATE staff SET dismissed_on = '2026-11-19' WHERE staff_id = {OWNER_STAFF}",
        count=2,
        finding={"teacher_id": OWNER_STAFF, "note": "уволен 19.11.2026, уроков после этого: 1"},
    ),
    "teacher_at_two_lessons": Spoilt(
        f"{_LESSON} (403, {CLASS_8B}, 22, {OWNER_STAFF}, {QUARTER_2}, '2026-11-19', 1, 'planned')",
        finding={"teacher_name": "Орлова В.", "number": 1, "note": "7А, 8Б"},
    ),
    "class_at_two_lessons": Spoilt(
        f"{_LESSON} (404, {CLASS_7A}, 22, NULL, {QUARTER_2}, '2026-11-19', 1, 'planned')",
        finding={"class_name": "7А", "number": 1, "note": "уроков: 2"},
    ),
    "load_without_timetable": Spoilt(
        f"DELETE FROM timetable WHERE load_id = {LOAD_7A}",
        finding={"class_name": "7А", "teacher_name": "Орлова В.", "note": "часов в неделю: 5"},
    ),
    "timetable_without_load": Spoilt(
        f"UPDATE teaching_load SET ends_on = '2026-11-01' WHERE load_id = {LOAD_7A}",
        finding={"class_name": "7А", "note": "нагрузка окончена 01.11.2026, уроков в неделю: 5"},
    ),
    "terms_without_marks": Spoilt(
        _MORE_LESSONS, finding={"subject_name": "История", "term_id": QUARTER_2, "note": "уроков прошло: 5"}
    ),
    "closed_terms_without_term_marks": Spoilt(
        f"""{_LESSON} (405, {CLASS_7A}, {MATHS}, {OWNER_STAFF}, {QUARTER_1}, '2026-10-12', 1, 'planned');
            INSERT INTO marks (lesson_id, pupil_id, slot, value) VALUES (405, {CHILD}, 1, 4);
            DELETE FROM term_marks WHERE pupil_id = {CHILD}""",
        finding={"term_id": QUARTER_1, "note": "учеников без отметки: 1"},
    ),
}
# What looks alike and is in order.
HARMLESS = {
    "a lesson joined with another is given by one teacher": (
        "teacher_at_two_lessons",
        f"""{_LESSON} (403, {CLASS_8B}, 22, {OWNER_STAFF}, {QUARTER_2}, '2026-11-19', 1, 'planned');
        INSERT INTO substitutions VALUES (501, 403, {CLASS_8B}, 22, NULL, 'joined', NULL, {OWNER_STAFF},
            {OWNERS_LESSON_TODAY}, '', '2026-11-19', NULL, NULL, NULL, NULL)""",
    ),
    "two subgroups have lessons at once": (
        "class_at_two_lessons",
        f"""INSERT INTO lessons (lesson_id, class_id, subject_id, subgroup_id, term_id, held_on, number) VALUES
            (406, {CLASS_7A}, 22, 601, {QUARTER_2}, '2026-11-19', 5), (407, {CLASS_7A}, 22, 602, {QUARTER_2}, '2026-11-19', 5)""",
    ),
    "a cancelled lesson takes nobody's time": (
        "teacher_at_two_lessons",
        f"{_LESSON} (403, {CLASS_8B}, 22, {OWNER_STAFF}, {QUARTER_2}, '2026-11-19', 1, 'cancelled')",
    ),
    "a pupil who left is in no class": (
        "pupils_without_class",
        f"UPDATE enrolments SET ends_on = '2026-11-19' WHERE pupil_id = {STRANGE_CHILD}",
    ),
    "a withdrawn certificate excuses nothing": (
        "leaves_without_absence",
        f"""INSERT INTO leaves VALUES (401, {CLASS_7A}, {CHILD}, '2026-11-18', '2026-11-18', [], 'illness', '', NULL,
            '2026-11-18 10:00', NULL, '2026-11-18 11:00')""",
    ),
    "grade 1 gets no marks": (
        "terms_without_marks",
        f"UPDATE classes SET grade_level = 1 WHERE class_id = {CLASS_7A}; {_MORE_LESSONS}",
    ),
    "a school without a timetable is not asked about each load": (
        "load_without_timetable",
        "DELETE FROM timetable",
    ),
}


def spoil(store: Store, sql: str) -> None:
    def work(change: Transaction) -> None:
        change.change(sql)
        change.record(Event(NOW, None, "school"))

    store.write(work)


def test_every_check_has_its_query_and_its_case() -> None:
    names = [check.name for check in CHECKS]
    assert len(set(names)) == len(names)
    assert set(names) == set(QUERIES) == set(SPOILT)


def test_a_healthy_school_has_no_findings(school_store: Store, people: People) -> None:
    assert set(check_counts(school_store, people.admin, 2026, TODAY).values()) == {0}


@pytest.mark.parametrize("name", SPOILT)
def test_a_check_finds_what_is_wrong(name: str, school_store: Store, people: People) -> None:
    spoilt = SPOILT[name]
    spoil(school_store, spoilt.sql)
    found: list[DataFinding] = check_findings(school_store, people.deputy, name, 2026, TODAY)
    assert check_counts(school_store, people.deputy, 2026, TODAY)[name] == len(found) == spoilt.count
    assert {key: getattr(found[0], key) for key in spoilt.finding} == spoilt.finding


@pytest.mark.parametrize("case", HARMLESS)
def test_a_check_passes_over_what_is_in_order(case: str, school_store: Store, people: People) -> None:
    name, sql = HARMLESS[case]
    spoil(school_store, sql)
    assert check_findings(school_store, people.head, name, 2026, TODAY) == []


@pytest.mark.usefixtures("school_screens")
def test_the_screen_is_calm_where_all_is_well(people: People) -> None:
    for user in (people.admin, people.deputy, people.head):
        assert f"Всё в порядке: {len(CHECKS)} проверок ничего не нашли." in texts(
            open_page("data_checks/data_checks.py", user)
        )


@pytest.mark.usefixtures("school_screens")
@pytest.mark.parametrize("name", SPOILT)
def test_findings_open_on_demand_with_a_link_to_where_they_are_mended(
    name: str, school_store: Store, people: People
) -> None:
    spoil(school_store, SPOILT[name].sql)
    page = open_page("data_checks/data_checks.py", people.deputy)
    assert "Нужно посмотреть: " in texts(page)
    assert not page.dataframe
    page.button(key=f"open_{name}").click().run()
    assert not page.exception
    table = page.dataframe[0].value
    assert len(table) == SPOILT[name].count
    assert "" in table.columns


@pytest.mark.usefixtures("school_screens")
def test_nobody_is_sent_to_a_page_that_is_not_theirs(school_store: Store, people: People) -> None:
    spoil(school_store, SPOILT["leaves_without_absence"].sql)
    page = open_page("data_checks/data_checks.py", people.admin, check="leaves_without_absence")
    assert list(page.dataframe[0].value.columns) == ["Где", "Когда", "Кто", "Что найдено"]
