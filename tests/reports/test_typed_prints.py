"""What was typed goes onto paper, into Word and into workbooks letter by letter."""

import io
import re
from dataclasses import replace
from datetime import datetime

import docx
import openpyxl
import pypdf
import pytest
from typed_texts import TYPED

from pages.ui.export import comma_separated, workbook
from pipelines.reports.document import Document, DocumentColumn, Section, table
from pipelines.reports.document_docx import document_docx
from pipelines.reports.document_pdf import document_pdf
from pipelines.reports.document_xlsx import HEAD_ROWS, document_xlsx
from pipelines.reports.invitation_slips import slips_pdf
from school.people.records import Invitee, IssuedCode, PersonKind
from school.records import PersonName

# Signs of typst, of Word's templates and of workbooks.
SIGNS = "#let x = 1; @ссылка «*2*3*4*» _а_ $x$ {{ title }} {% if %} <r>x</r> &P \\ // --"
TEXTS = [*TYPED, SIGNS, "<r>x</r>", "_x0041_", "=1+1", "очень" * 30]
DOCUMENT = Document(
    title=SIGNS,
    school_name=SIGNS,
    about=SIGNS,
    span=SIGNS,
    made_at=datetime(2026, 11, 19, 12, 5),
    made_by=SIGNS,
    made_of=SIGNS,
    sections=(
        Section(
            SIGNS,
            (SIGNS,),
            (
                table(
                    SIGNS,
                    [DocumentColumn(SIGNS, 30), DocumentColumn("Текст", 60)],
                    [("а", each) for each in TEXTS],
                    note=SIGNS,
                ),
            ),
        ),
    ),
    signature=SIGNS,
)


def _signs(text: str) -> str:
    """Return a text without blanks and without the hyphens of lines that were broken."""
    return re.sub(r"[\s\u00ad\u2010\u200b-]+", "", text)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")


def test_paper_shows_every_sign() -> None:
    pages = pypdf.PdfReader(io.BytesIO(document_pdf(DOCUMENT))).pages
    printed = _signs("".join(page.extract_text() for page in pages))
    assert [text for text in TEXTS if _signs(text) not in printed] == []
    assert printed.count(_signs(SIGNS)) >= 8


def test_a_run_without_a_place_to_break_stays_in_its_cell() -> None:
    number = "0123456789" * 12
    columns = [DocumentColumn("Класс", 60), DocumentColumn("Телефон", 30)]
    document = replace(DOCUMENT, sections=(Section("", (), (table("", columns, [("7А", number)]),)),))
    printed = pypdf.PdfReader(io.BytesIO(document_pdf(document))).pages[0].extract_text()
    assert number not in printed
    assert number in _signs(printed)


def test_word_shows_every_sign() -> None:
    file = docx.Document(io.BytesIO(document_docx(DOCUMENT)))
    (drawn,) = file.tables
    assert [row.cells[1].text for row in drawn.rows[1:]] == list(map(_lines, TEXTS))
    assert drawn.rows[0].cells[0].text == SIGNS
    words = [paragraph.text for paragraph in file.paragraphs]
    assert sum(SIGNS in each for each in words) >= 6


def test_a_sign_that_word_cannot_hold_leaves_the_document_whole() -> None:
    columns = [DocumentColumn("Текст", 60)]
    document = replace(
        DOCUMENT,
        title="раз\x0b",
        sections=(Section("\x0c", ("\x0b",), (table("", columns, [("раз\x0bдва\x01",)]),)),),
    )
    (drawn,) = docx.Document(io.BytesIO(document_docx(document))).tables
    assert drawn.rows[1].cells[0].text == "раз два "


def test_a_workbook_holds_every_sign() -> None:
    book = openpyxl.load_workbook(io.BytesIO(document_xlsx(DOCUMENT)))
    sheet = book.worksheets[1]
    rows = sheet.iter_rows(min_row=HEAD_ROWS + 2, max_row=HEAD_ROWS + 1 + len(TEXTS), min_col=2, max_col=2)
    assert [_lines(cell.value) for (cell,) in rows] == list(map(_lines, TEXTS))
    assert sheet.cell(HEAD_ROWS + 1, 1).value == SIGNS


def test_an_exported_table_holds_every_sign() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(["<r>Тема</r>"], [[each] for each in TEXTS], "Темы")))
    head, *cells = (cell.value for (cell,) in book.active.iter_rows())
    assert head == "<r>Тема</r>"
    assert list(map(_lines, cells)) == list(map(_lines, TEXTS))


@pytest.mark.parametrize("text", ["a|b; «2*3*4»", '"да"', "раз\nдва", "<b>x</b>"])
def test_a_csv_file_holds_every_sign(text: str) -> None:
    lines = comma_separated(["Тема"], [[text]]).decode("utf-8-sig")
    assert text in lines.replace('""', '"')


def test_slips_show_every_sign() -> None:
    name = PersonName("*2*3*4*", "#let", "$x$")
    invitee = Invitee(PersonKind.STAFF, 1)
    code = IssuedCode(invitee, name, "_цель_ @а", datetime(2026, 12, 1), False, "AB12-CD34")
    printed = pypdf.PdfReader(io.BytesIO(slips_pdf(SIGNS, "http://a.b", [code]))).pages[0].extract_text()
    assert _signs(SIGNS) in _signs(printed)
    assert _signs("*2*3*4* #let $x$") in _signs(printed)
    assert _signs("_цель_ @а") in _signs(printed)


CONTROL = "а\x0bб\x00в\x1f\ufffe"


def test_control_signs_break_no_form() -> None:
    """A vertical tab comes with what is pasted from Word, and Word cannot open a file that holds one."""
    spoiled = replace(
        DOCUMENT,
        **dict.fromkeys(
            ("title", "school_name", "about", "span", "made_by", "made_of", "signature"), CONTROL
        ),
        sections=(
            Section(
                CONTROL,
                (CONTROL,),
                (
                    table(CONTROL, [DocumentColumn(CONTROL, 30)], [(CONTROL,)], note=CONTROL),
                    table(CONTROL, [DocumentColumn(CONTROL, 30)], [], empty=CONTROL),
                ),
            ),
        ),
    )
    word = docx.Document(io.BytesIO(document_docx(spoiled)))
    assert "а б в" in "\n".join(paragraph.text for paragraph in word.paragraphs)
    assert word.tables[0].rows[1].cells[0].text.startswith("а б в")
    printed = "".join(
        page.extract_text() for page in pypdf.PdfReader(io.BytesIO(document_pdf(spoiled))).pages
    )
    assert "\x0b" not in printed
    for made in (document_xlsx(spoiled), workbook([CONTROL], [[CONTROL]], CONTROL)):
        sheet = openpyxl.load_workbook(io.BytesIO(made)).worksheets[-1]
        texts = [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
        assert any(text.startswith("а б в") for text in texts)
        assert not [text for text in texts if "\x0b" in text or "_x000B_" in text]
