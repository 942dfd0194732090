"""An inspection from its start to the teachers' answers, and the next one that shows what was mended (п. 3.5, 6.2–6.4)."""

from datetime import timedelta

import openpyxl
import pytest
from docx import Document as WordFile
from screens import open_page, show_school, texts
from small_school import (
    CLASS_7A,
    CLASS_8B,
    MATHS,
    NOW,
    OWNER_STAFF,
    OWNERS_LESSON_YESTERDAY,
    QUARTER_2,
    STRANGER_STAFF,
    People,
)

from pipelines.figures.inspection_findings import Looked, evidence_address, found_in, inspected_period
from school.access.action import Action
from school.analytics.lookups.readers import FigureReader
from school.analytics.lookups.tables import readable_periods
from school.errors import AccessRefused, RuleRefused
from school.inspections.actions import (
    FindingEdit,
    InspectionDraft,
    add_finding,
    answer_inspection,
    confirm_inspection,
    discard_inspection,
    edit_findings,
    publish_inspection,
    start_inspection,
    write_conclusion,
)
from school.inspections.lookups import inspection_page, own_reports, unread_reports
from school.inspections.rules import NOT_IN_FIRST_GRADES, Aspect
from school.records import InspectionScope, MendState, RegisterFinding
from school.store.connection import Store
from school.store.events import Event
from school.store.school import School

LATER = NOW + timedelta(days=3)
DRAFT = InspectionDraft(
    "Проверка",
    2026,
    NOW.date() - timedelta(days=17),
    NOW.date(),
    InspectionScope((QUARTER_2,), tuple(map(str, Aspect))),
)
FOUND = [
    RegisterFinding("not_filled", CLASS_7A, MATHS, OWNER_STAFF, 1, 2),
    RegisterFinding("no_topic", CLASS_8B, MATHS, STRANGER_STAFF, 2, 4),
]


def started(store: Store, people: People) -> int:
    return start_inspection(store, people.deputy, DRAFT, FOUND, {}, now=NOW)


def published(store: Store, people: People) -> int:
    key = started(store, people)
    write_conclusion(store, people.deputy, key, "Журналы ведутся.", "", now=NOW)
    publish_inspection(store, people.deputy, key, now=NOW)
    return key


def test_the_inspector_completes_what_was_found(school_store: Store, people: People) -> None:
    key = started(school_store, people)
    first, second = inspection_page(school_store, people.head, key).findings
    until = NOW.date() + timedelta(days=5)
    edits = [
        FindingEdit(first.finding_id, is_kept=True, note="Заполнить", mend_until=until),
        FindingEdit(second.finding_id, is_kept=False),
    ]
    edit_findings(school_store, people.deputy, edits, now=NOW)
    add_finding(school_store, people.deputy, key, "Задания велики", (CLASS_7A, MATHS, OWNER_STAFF), now=NOW)
    page = inspection_page(school_store, people.deputy, key)
    assert [(row.found.check, row.note, row.mend_until) for row in page.kept] == [
        ("not_filled", "Заполнить", until),
        ("by_hand", "", None),
    ]
    assert page.teacher_ids == [OWNER_STAFF]


def test_nothing_of_a_batch_is_written_where_one_edit_is_refused(school_store: Store, people: People) -> None:
    key = started(school_store, people)
    first, second = inspection_page(school_store, people.deputy, key).findings
    past = NOW.date() - timedelta(days=1)
    edits = [
        FindingEdit(first.finding_id, is_kept=True, note="Хорошо"),
        FindingEdit(second.finding_id, is_kept=True, mend_until=past),
    ]
    with pytest.raises(RuleRefused, match="Срок"):
        edit_findings(school_store, people.deputy, edits, now=NOW)
    assert [row.note for row in inspection_page(school_store, people.deputy, key).findings] == ["", ""]


def test_a_report_needs_a_conclusion_and_then_no_longer_changes(school_store: Store, people: People) -> None:
    key = started(school_store, people)
    with pytest.raises(RuleRefused, match="нет вывода"):
        publish_inspection(school_store, people.deputy, key, now=NOW)
    write_conclusion(school_store, people.deputy, key, "Журналы ведутся.", "", now=NOW)
    publish_inspection(school_store, people.deputy, key, now=NOW)
    finding = inspection_page(school_store, people.deputy, key).findings[0]
    for change in (
        lambda: edit_findings(school_store, people.deputy, [FindingEdit(finding.finding_id, False)], now=NOW),
        lambda: write_conclusion(school_store, people.deputy, key, "Иначе", "", now=NOW),
        lambda: discard_inspection(school_store, people.deputy, key, now=NOW),
    ):
        with pytest.raises(RuleRefused, match="больше не меняется"):
            change()


def test_a_named_teacher_reads_their_part_and_answers(school_store: Store, people: People) -> None:
    """П. 6.4: made known to the teachers; nobody reads what was found at a colleague's."""
    assert unread_reports(school_store, people.owner) == 0
    key = published(school_store, people)
    (report,) = own_reports(school_store, people.owner)
    assert [row.found.check for row in report.findings] == ["not_filled"]
    assert unread_reports(school_store, people.owner) == 1
    confirm_inspection(school_store, people.owner, key, now=LATER)
    answer_inspection(school_store, people.owner, key, "Заполнил", now=LATER)
    assert unread_reports(school_store, people.owner) == 0
    reading = inspection_page(school_store, people.deputy, key).readings[OWNER_STAFF]
    assert (reading.read_at, reading.answer) == (LATER, "Заполнил")
    assert inspection_page(school_store, people.head, key).author == people.deputy.name


def test_a_report_that_is_being_written_is_nobody_elses(school_store: Store, people: People) -> None:
    key = started(school_store, people)
    assert own_reports(school_store, people.owner) == []
    with pytest.raises(AccessRefused):
        confirm_inspection(school_store, people.owner, key, now=NOW)


def test_a_dropped_inspection_leaves_an_event(school_store: Store, people: People) -> None:
    discard_inspection(school_store, people.deputy, started(school_store, people), now=NOW)
    assert school_store.read("SELECT count(*) FROM inspection_findings") == [(0,)]
    kinds = school_store.read("SELECT kind FROM events WHERE kind LIKE 'inspection%' ORDER BY event_id")
    assert kinds == [("inspection",), ("inspection_discarded",)]


def looked(school: School, people: People) -> Looked:
    reader = FigureReader(school, people.deputy, Action.READ_REGISTER_WORK)
    periods = readable_periods(school.store, people.deputy, Action.READ_REGISTER_WORK)
    period = next(row for row in periods if row.number == 2 and not row.is_whole_year)
    return Looked(reader, inspected_period(reader, period), school.clock() + timedelta(days=1))


def test_the_figures_fill_the_findings_each_with_its_evidence(school_screens: School, people: People) -> None:
    found = found_in(looked(school_screens, people), DRAFT.scope)
    said = {(row.check, row.class_id): (row.count, row.total) for row in found}
    assert said["not_filled", CLASS_7A] == (1, 2)  # today's lesson, looked at tomorrow
    assert said["no_plan", CLASS_7A] == (1, 1)
    assert ("no_topic", CLASS_7A) not in said
    finding = next(row for row in found if row.check == "not_filled" and row.class_id == CLASS_7A)
    assert finding.teacher_id == OWNER_STAFF
    assert evidence_address(finding, 2026) == f"/grid?year=2026&class={CLASS_7A}&subject={MATHS}"


def test_of_a_first_grade_neither_marks_nor_homework_are_expected(
    school_screens: School, people: People
) -> None:
    before = found_in(looked(school_screens, people), DRAFT.scope)
    assert {row.check for row in before if row.class_id == CLASS_7A} & NOT_IN_FIRST_GRADES

    def become_first(transaction) -> None:
        transaction.change(f"UPDATE classes SET grade_level = 1 WHERE class_id = {CLASS_7A}")
        transaction.record(Event(NOW, None, "school"))

    school_screens.store.write(become_first)
    found = found_in(looked(school_screens, people), DRAFT.scope)
    assert not {row.check for row in found if row.class_id == CLASS_7A} & NOT_IN_FIRST_GRADES
    assert ("not_filled", CLASS_7A) in {(row.check, row.class_id) for row in found}


def test_only_what_was_asked_for_is_found(school_screens: School, people: People) -> None:
    scope = InspectionScope((QUARTER_2,), ("marks",), class_ids=(CLASS_8B,))
    found = found_in(looked(school_screens, people), scope)
    assert {row.class_id for row in found} == {CLASS_8B}
    assert "no_plan" not in {row.check for row in found}


def test_attendance_that_was_not_taken_is_found(school_screens: School, people: People) -> None:
    def forget(transaction) -> None:
        transaction.change(
            f"UPDATE lessons SET attendance_taken_at = NULL WHERE lesson_id = {OWNERS_LESSON_YESTERDAY}"
        )
        transaction.record(Event(NOW, None, "school"))

    school_screens.store.write(forget)
    found = found_in(looked(school_screens, people), DRAFT.scope)
    assert [(row.class_id, row.count, row.total) for row in found if row.check == "no_attendance"] == [
        (CLASS_7A, 1, 1)
    ]


@pytest.mark.parametrize(("days", "is_told"), [(0, False), (30, True)])
def test_the_deputy_is_reminded_where_the_day_begins(
    days: int, is_told: bool, people: People, school_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """П. 6.2: the quarter ends in ten days and nobody has looked."""
    show_school(school_store, NOW + timedelta(days=days), monkeypatch)
    for path in ("analytics/overview.py", "inspections/inspections.py"):
        page = open_page(path, people.deputy)
        assert not page.exception
        said = texts(page) + " ".join(link.label for link in page.get("page_link"))
        assert ("проверки журнала ещё не было" in said) is is_told


def press(page, label: str):
    return next(button for button in page.button if button.label == label).click().run()


@pytest.mark.usefixtures("school_screens")
def test_the_deputy_goes_from_a_new_inspection_to_the_report(people: People, school_store: Store) -> None:
    page = open_page("inspections/inspections.py", people.deputy)
    assert "Проверок ещё не было" in texts(page)
    page = press(page, "Начать проверку")
    assert not page.exception
    next(area for area in page.text_area if area.label == "Вывод").input("Журналы ведутся своевременно.")
    page = press(page, "Сохранить")
    page = press(page, "Довести")
    assert not page.exception
    ((key, is_known),) = school_store.read("SELECT inspection_id, published_at IS NOT NULL FROM inspections")
    assert is_known
    own = open_page("register/today.py", people.owner)
    assert any("ждёт ознакомления" in link.label for link in own.get("page_link"))
    own = open_page("inspections/inspection_reports.py", people.owner)
    assert "Журналы ведутся своевременно." in texts(own)
    own = press(own, "Ознакомлен(а)")
    assert inspection_page(school_store, people.deputy, key).readings.keys() == {OWNER_STAFF}


@pytest.mark.usefixtures("school_screens")
def test_the_next_inspection_shows_what_was_mended(people: People, school_store: Store) -> None:
    published(school_store, people)  # the topic was written since, the lesson is still not filled
    page = open_page("inspections/inspections.py", people.deputy)
    page = press(page, "Начать проверку")
    assert not page.exception
    newest = school_store.read("SELECT max(inspection_id) FROM inspections")[0][0]
    states = {
        row.found.check: state for row, state in inspection_page(school_store, people.head, newest).rechecked
    }
    assert states["no_topic"] is MendState.MENDED
    assert "устранено" in texts(page)


def test_the_printed_report_says_the_same_in_every_form(tmp_path) -> None:
    from datetime import datetime

    from pipelines.reports.document_docx import document_docx
    from pipelines.reports.document_pdf import document_pdf
    from pipelines.reports.document_xlsx import document_xlsx
    from pipelines.reports.inspection import FindingLine, InspectionReport, inspection_document

    line = FindingLine("Домашние задания", "Орлова А. В.", "7А", "Алгебра", "Не записано: 3 из 20.")
    document = inspection_document(
        InspectionReport(
            "Проверка журналов",
            "Школа у реки",
            "02.11.2026–23.11.2026",
            "Все классы",
            datetime(2026, 11, 23),
            "Завучева З. З.",
            ["Домашние задания", "Запись замен"],
            [line],
            [line],
            ["устранено"],
            "Проверка первой четверти",
            "Журналы ведутся.",
            "",
            [("Орлова А. В.", "нет", "")],
        )
    )
    assert document_pdf(document).startswith(b"%PDF")
    (tmp_path / "report.docx").write_bytes(document_docx(document))
    word = WordFile(str(tmp_path / "report.docx"))
    said = "\n".join(cell.text for table in word.tables for row in table.rows for cell in row.cells)
    assert "Не записано: 3 из 20." in said
    assert "устранено" in said
    (tmp_path / "report.xlsx").write_bytes(document_xlsx(document))
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "Не записано: 3 из 20." in cells
