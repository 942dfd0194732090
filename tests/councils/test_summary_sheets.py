"""The summary sheet: its columns, how it is split in leaves, its totals, and its files (п. 6.6)."""

import io
from dataclasses import replace
from datetime import date, datetime

import openpyxl
import pytest
from small_school import CLASS_7A, NOW, People

from pipelines.reports.papers import MAKERS
from pipelines.reports.summary.sheet import parts_of, sheet_context, summary_sheet
from pipelines.reports.summary.workbook import class_sheet_xlsx
from pipelines.reports.typesetting import page_count
from school.councils.records import ClassYear, Decision, Missed, Outcome, PupilYear, SubjectYear
from school.councils.rules import SheetColumn, SheetLook, sheet_look
from school.paper.records import PaperForm, PaperKind
from school.paper.request import PaperRequest
from school.records import PersonName, Term
from school.store.connection import Store

TERMS = [Term(n, 2026, "quarter", n, date(2026, 8 + n, 1), date(2026, 8 + n, 28)) for n in (1, 2, 3, 4)]
SUBJECTS = {21: "Математика", 22: "История", **{30 + n: f"Предмет {n}" for n in range(10)}}
DECIDED = Decision(Outcome.CONDITIONAL, date(2027, 5, 28), "5", (22,), "", datetime(2027, 5, 28))


def pupil(number: int, maths: SubjectYear, **others: object) -> PupilYear:
    history = SubjectYear((3, 3, 2, 2), 2, final=2, is_owed=True)
    return PupilYear(
        number, PersonName("Ким", f"Аня {number}"), {21: maths, 22: history}, Missed(12, 5), **others
    )  # type: ignore[arg-type]


YEAR = ClassYear(
    11,
    "7А",
    7,
    2026,
    "Школа у реки",
    "Климова Р.",
    TERMS,
    SUBJECTS,
    frozenset({21}),
    [
        pupil(1, SubjectYear((4, 4, 5, 5), 5, 4, 5, 5, is_owed=True), decision=DECIDED, file_number="К-17"),
        pupil(2, SubjectYear((4, None, 4, 4), 4, 3, 4, 3, "пересдача", is_owed=True)),
        pupil(
            3,
            SubjectYear((4, None, None, None)),
            left_on=date(2026, 10, 1),
            movement="выбытие 01.10.2026, № 4",
        ),
    ],
)


def test_a_sheet_holds_terms_year_exam_and_final_mark_of_each_subject() -> None:
    sheet = summary_sheet(YEAR, SheetLook())
    maths, history, *_ = sheet.blocks
    assert [column.title for column in maths.columns] == ["I", "II", "III", "IV", "год", "экз.", "итог"]
    assert [column.title for column in history.columns] == ["I", "II", "III", "IV", "год", "итог"]
    assert maths.rows == (
        ("4", "4", "5", "5", "5", "4", "5"),
        ("4", "", "4", "4", "4", "3", "3"),
        ("4", "", "", "", "", "", ""),
    )
    assert maths.totals == ("4,00", "1 / 0 / 1 / 0")
    assert sheet.lead_rows[0] == ("1", "Ким Аня 1", "К-17")
    assert sheet.tail_rows == (
        ("12", "5", "перевести в 8 класс условно (История), № 5 от 28.05.2027", ""),
        ("12", "5", "", ""),
        ("12", "5", "", "выбытие 01.10.2026, № 4"),
    )
    assert sheet.notes == ("№ 2, Математика: итог 3 — пересдача",)


@pytest.mark.parametrize(
    ("left_out", "maths", "lead", "tail"),
    [
        (SheetColumn.TERMS, 3, 3, 4),
        (SheetColumn.EXAM, 6, 3, 4),
        (SheetColumn.FILE_NUMBER, 7, 2, 4),
        (SheetColumn.ABSENCES, 7, 3, 2),
        (SheetColumn.TOTALS, 7, 3, 4),
    ],
)
def test_a_school_leaves_columns_out(left_out: SheetColumn, maths: int, lead: int, tail: int) -> None:
    look = SheetLook(frozenset(SheetColumn) - {left_out})
    sheet = summary_sheet(YEAR, look)
    assert (len(sheet.blocks[0].columns), len(sheet.lead), len(sheet.tail)) == (maths, lead, tail)
    assert bool(sheet.total_titles) == (left_out is not SheetColumn.TOTALS)
    assert all(len(row) == tail for row in sheet.tail_rows)
    assert sheet_look(look.text) == look


def test_subjects_that_do_not_fit_go_on_to_another_leaf_and_decisions_stand_on_the_last() -> None:
    sheet = summary_sheet(YEAR, SheetLook())
    for width in (269.0, 392.0):
        parts = parts_of(sheet, width)
        assert [block for part in parts for block in part.blocks] == list(sheet.blocks)
        assert [part.has_tail for part in parts] == [False] * (len(parts) - 1) + [True]
        for part in parts:
            own = sum(block.width for block in part.blocks) + sum(column.width for column in sheet.lead)
            assert own + part.has_tail * sum(column.width for column in sheet.tail) <= width
    assert len(parts_of(sheet, 269.0)) == 3
    assert len(parts_of(sheet, 392.0)) == 2
    assert len(sheet_context(sheet, 269.0)["parts"]) == 3


def test_a_workbook_has_marks_as_numbers_and_ends_leaves_between_subjects() -> None:
    page = openpyxl.load_workbook(io.BytesIO(class_sheet_xlsx(YEAR, SheetLook()))).worksheets[0]
    assert [page.cell(3, column).value for column in (1, 2, 3, 4, 11)] == [
        "№",
        "Фамилия, имя, отчество",
        "№ личного дела",
        "Математика",
        "История",
    ]
    assert [page.cell(5, column).value for column in range(2, 11)] == [
        "Ким Аня 1",
        "К-17",
        4,
        4,
        5,
        5,
        5,
        4,
        5,
    ]
    starts = {4, 11, *range(17, 17 + 6 * 10, 6)}
    assert {each.id + 1 for each in page.col_breaks.brk} <= starts
    assert page.print_title_cols == "$A:$B"


def test_both_documents_of_a_class_are_made(school_store: Store, people: People) -> None:
    request = PaperRequest(school_store, people.secretary, CLASS_7A, NOW)
    summary = MAKERS[PaperKind.MARKS_SUMMARY](request)
    assert (page_count(summary[PaperForm.PDF]), summary.keys()) == (1, {PaperForm.PDF, PaperForm.XLSX})
    archived = MAKERS[PaperKind.PUPIL_SUMMARIES](replace(request, is_archival=True))
    assert page_count(archived[PaperForm.PDF]) == 3
