"""The state of control: whom the reports of a quarter have looked at, worst first (п. 6.2)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from screens import open_page, texts
from small_school import (
    CLASS_7A,
    CLASS_8B,
    HISTORY,
    MATHS,
    NOW,
    OWNER_STAFF,
    QUARTER_2,
    STRANGER_STAFF,
    People,
)
from streamlit.testing.v1 import AppTest

from school.inspections.actions import (
    FindingEdit,
    InspectionDraft,
    edit_findings,
    publish_inspection,
    start_inspection,
    write_conclusion,
)
from school.inspections.lookups import About, control_state, inspection_page, quarters_checked
from school.inspections.rules import (
    CheckState,
    ControlTerm,
    Inspected,
    RegisterPlace,
    check_state,
    control_terms,
    covers,
    wholly_checked_on,
)
from school.records import InspectionScope, MendState, RegisterFinding
from school.store.connection import Store

TODAY = NOW.date()
QUARTER = ControlTerm("quarter", 2, date(2026, 11, 2), date(2026, 12, 29))
EARLIER = (date(2026, 9, 1), date(2026, 10, 25))
MATHS_7A, HISTORY_7A = RegisterPlace(7, 1, 41), RegisterPlace(7, 2, 42)


def looked(
    classes: tuple[int, ...] = (),
    subjects: tuple[int, ...] = (),
    teachers: tuple[int, ...] = (),
    *,
    known: date | None = date(2026, 11, 20),
    span: tuple[date, date] = (QUARTER.starts_on, TODAY),
) -> Inspected:
    scope = InspectionScope((QUARTER_2,), ("marks",), classes, subjects, teachers)
    return Inspected(1, *span, scope, known, "")  # fmt: skip


@pytest.mark.parametrize(
    ("inspected", "state"),
    [
        ([], CheckState.NEVER),
        ([looked()], CheckState.CHECKED),
        ([looked((7,))], CheckState.CHECKED),
        ([looked((8,))], CheckState.NEVER),
        ([looked((), (1,))], CheckState.PARTLY),
        # Two reports together look at the whole class.
        ([looked((), (1,)), looked((), (), (42,))], CheckState.CHECKED),
        ([looked(known=None)], CheckState.UNDERWAY),
        ([looked((), (1,)), looked(known=None)], CheckState.PARTLY),
        ([looked(span=EARLIER)], CheckState.NOT_YET),
        ([looked(span=EARLIER, known=None)], CheckState.NEVER),
        # A day of the quarter is enough, as it is for the reminder.
        ([looked(span=(date(2026, 10, 1), QUARTER.starts_on))], CheckState.CHECKED),
    ],
)
def test_a_class_is_checked_when_reports_look_at_all_its_registers(
    inspected: list[Inspected], state: CheckState
) -> None:
    assert check_state([MATHS_7A, HISTORY_7A], inspected, QUARTER) is state


def test_who_has_no_register_is_not_checked() -> None:
    assert check_state([], [looked()], QUARTER) is CheckState.NEVER


def test_a_vacant_register_is_looked_at_unless_a_teacher_is_asked_for() -> None:
    scope = InspectionScope((), ())
    assert covers(scope, 7, 1, None)
    assert not covers(replace(scope, teacher_ids=(41,)), 7, 1, None)


def test_a_quarter_is_checked_on_the_day_of_its_last_register() -> None:
    first, second = looked((), (1,), known=date(2026, 11, 10)), looked(known=date(2026, 11, 18))
    assert wholly_checked_on([MATHS_7A, HISTORY_7A], [first], QUARTER) is None
    assert wholly_checked_on([MATHS_7A, HISTORY_7A], [first, second], QUARTER) == date(2026, 11, 18)
    assert wholly_checked_on([MATHS_7A], [first, second], QUARTER) == date(2026, 11, 10)


@pytest.mark.parametrize(
    ("kinds", "inspected_by"),
    [
        (["quarter", "half"], "quarter"),
        (["half", "trimester"], "trimester"),
        (["half"], "half"),
        (["course"], "course"),
    ],
)
def test_the_shortest_periods_are_inspected(kinds: list[str], inspected_by: str) -> None:
    terms = [ControlTerm(kind, 1, date(2026, 9, 1), date(2026, 12, 29)) for kind in kinds]
    assert {each.kind for each in control_terms(terms)} == {inspected_by}


def inspect(
    store: Store,
    people: People,
    scope: InspectionScope,
    found: list[RegisterFinding],
    mended: dict[int, MendState] | None = None,
) -> int:
    draft = InspectionDraft("Проверка", 2026, QUARTER.starts_on, TODAY, scope)
    return start_inspection(store, people.deputy, draft, found, mended or {}, now=NOW)  # fmt: skip


def make_known(store: Store, people: People, key: int) -> None:
    write_conclusion(store, people.deputy, key, "Ведутся.", "", now=NOW)
    publish_inspection(store, people.deputy, key, now=NOW)


def scope_of(*class_ids: int) -> InspectionScope:
    return InspectionScope((QUARTER_2,), ("marks",), class_ids)


FOUND_7A = RegisterFinding("not_filled", CLASS_7A, MATHS, OWNER_STAFF, 1, 2)


def test_each_class_subject_and_teacher_says_when_it_was_checked_and_what_is_open(
    school_store: Store, people: People
) -> None:
    key = inspect(school_store, people, scope_of(CLASS_7A), [FOUND_7A])
    (finding,) = inspection_page(school_store, people.deputy, key).findings
    edits = [FindingEdit(finding.finding_id, is_kept=True, mend_until=TODAY)]
    edit_findings(school_store, people.deputy, edits, now=NOW)
    before = control_state(school_store, people.head, 2026, today=TODAY)
    assert before is not None
    # 8Б comes first, though 7А comes first by name: the report about 7А is being written.
    assert [(line.name, line.state) for line in before.lines[About.CLASS]] == [
        ("8Б", CheckState.NEVER),
        ("7А", CheckState.UNDERWAY),
    ]
    make_known(school_store, people, key)
    later = TODAY + timedelta(days=2)
    state = control_state(school_store, people.head, 2026, today=later)
    assert state is not None
    first, second = state.lines[About.CLASS]
    assert (first.name, first.last, first.registers, first.checked) == ("8Б", None, 1, 0)
    assert (second.name, second.state, second.checked) == ("7А", CheckState.CHECKED, 1)
    assert (second.open, second.overdue, second.mended, second.due_on) == (1, 1, 0, TODAY)
    assert second.last is not None
    assert (second.last.made_known_on, second.last.by) == (TODAY, "Завьялова И.")
    assert state.checked(About.CLASS) == 1
    (maths,) = state.lines[About.SUBJECT]
    assert (maths.state, maths.checked, maths.registers) == (CheckState.PARTLY, 1, 2)
    assert [line.name for line in state.lines[About.TEACHER]] == ["Стрельцов Г.", "Орлова В."]
    # Of the quarter before nothing was checked.
    assert second.states == (CheckState.NOT_YET, CheckState.CHECKED)


def test_a_finding_is_mended_when_the_inspection_after_it_saw_so(school_store: Store, people: People) -> None:
    key = inspect(school_store, people, scope_of(CLASS_7A), [FOUND_7A])
    make_known(school_store, people, key)
    (finding,) = inspection_page(school_store, people.deputy, key).findings
    inspect(school_store, people, scope_of(CLASS_7A), [], {finding.finding_id: MendState.MENDED})
    state = control_state(school_store, people.deputy, 2026, today=TODAY)
    assert state is not None
    line = next(each for each in state.lines[About.CLASS] if each.key == CLASS_7A)
    assert (line.open, line.mended) == (0, 1)


def test_a_load_that_is_over_needs_no_inspection(
    school_store: Store, people: People, change: Callable[[str], None]
) -> None:
    change(
        f"""INSERT INTO teaching_load (load_id, school_year, class_id, subject_id, teacher_id, hours_a_week, ends_on)
        VALUES (99, 2026, {CLASS_7A}, {HISTORY}, {STRANGER_STAFF}, 1, '2026-10-01')"""
    )
    make_known(school_store, people, inspect(school_store, people, scope_of(), []))
    state = control_state(school_store, people.deputy, 2026, today=TODAY)
    assert state is not None
    assert [line.name for line in state.lines[About.SUBJECT]] == ["Математика"]
    days = quarters_checked(school_store, 2026)
    assert list(days.values()) == [None, TODAY]


def test_before_the_first_quarter_there_is_no_state(school_store: Store, people: People) -> None:
    assert control_state(school_store, people.deputy, 2026, today=date(2026, 8, 30)) is None
    assert control_state(school_store, people.deputy, 2030, today=TODAY) is None


def line_of(page: AppTest) -> dict[str, object]:
    table = page.dataframe[0].value
    return dict(table.iloc[0])


@pytest.mark.usefixtures("school_screens")
def test_the_page_leads_to_an_inspection_with_the_class_chosen(school_store: Store, people: People) -> None:
    make_known(school_store, people, inspect(school_store, people, scope_of(CLASS_7A), [FOUND_7A]))
    page = open_page("inspections/control_state.py", people.head)
    assert "классы — 1 из 2" in texts(page)
    line = line_of(page)
    assert (line["Класс"], line["Сейчас"]) == ("8Б", "в этом году не проверялось")
    assert line["Проверка"] == f"/inspections?class={CLASS_8B}"
    start = open_page("inspections/inspections.py", people.head, **{"class": str(CLASS_8B)})
    chosen = next(each for each in start.multiselect if each.label == "Классы")
    assert chosen.value == [CLASS_8B]
    assert start.expander[0].proto.expanded
    of_teachers = open_page("inspections/control_state.py", people.head, control_of="teacher")
    assert line_of(of_teachers)["Учитель"] == "Стрельцов Г."
