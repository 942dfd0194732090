"""A document says the same as PDF, for Word and as a workbook, on A4, in Cyrillic, with nothing lost."""

import io
import sys
import zipfile
from dataclasses import replace
from datetime import date, datetime

import docx
import openpyxl
import pypdf
import pytest

from pipelines.reports.document import (
    Chart,
    Document,
    DocumentColumn,
    DocumentTable,
    Kind,
    Section,
    bars_of,
    charts_of,
    from_json,
    table,
    to_json,
)
from pipelines.reports.document_docx import document_docx
from pipelines.reports.document_pdf import document_pdf
from pipelines.reports.document_word import document_word
from pipelines.reports.document_xlsx import HEAD_ROWS, LINE_POINTS, document_xlsx
from school.errors import Refusal

COLUMNS = (
    DocumentColumn("Класс", 30),
    DocumentColumn("Учеников", 20, Kind.NUMBER),
    DocumentColumn("Качество, %", 20, Kind.NUMBER, 1),
    DocumentColumn("Закрыт", 25, Kind.DAY),
)
ROWS = [
    ("7А", 25, 48.26, date(2026, 10, 26)),
    ("=1+1 & <8Б>", 1234, float("nan"), None),  # a name is never a formula or markup; no figure is no zero
]
CLASSES = table(
    "По классам: [ё]/1",
    COLUMNS,
    ROWS,
    totals=[("Всего", 1259, 48.26, None)],
    note="Примечание.",
    chart=Chart("Где выше качество?", 0, (2,), highest=100.0),
)
DOCUMENT = Document(
    title="Сводный отчёт",
    school_name="Школа «У реки» & сад",
    about="7А класс",
    span="1-я четверть",
    made_at=datetime(2026, 11, 19, 12, 5),
    made_by="Завьялова И.",
    made_of="Из записей журнала.",
    sections=(
        Section("Итоги", ("Абзац — с «ёлочками».",), (CLASSES,)),
        Section("Неуспевающие", (), (table("", COLUMNS, [], empty="Таких нет."),)),
    ),
    signature="Учитель",
)
SAID = (
    *(
        "Сводный отчёт",
        "Школа «У реки» & сад",
        "7А класс",
        "1-я четверть",
        "Завьялова И.",
        "19.11.2026 в 12:05",
    ),
    *(
        "Итоги",
        "Абзац — с «ёлочками».",
        "=1+1 & <8Б>",
        "Примечание.",
        "Таких нет.",
        "Из записей журнала.",
        "Учитель",
    ),
)


def pdf_text(document: Document) -> str:
    pages = pypdf.PdfReader(io.BytesIO(document_pdf(document))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def docx_text(document: Document) -> str:
    file = docx.Document(io.BytesIO(document_docx(document)))
    cells = [cell.text for each in file.tables for row in each.rows for cell in row.cells]
    foot = [words.text for words in file.sections[0].footer.paragraphs]
    return " ".join([*(words.text for words in file.paragraphs), *cells, *foot])


def xlsx_text(document: Document) -> str:
    book = openpyxl.load_workbook(io.BytesIO(document_xlsx(document)))
    return " ".join(
        str(cell)
        for sheet in book
        for row in sheet.iter_rows(values_only=True)
        for cell in row
        if cell is not None
    )


@pytest.mark.parametrize("text_of", [pdf_text, docx_text, xlsx_text])
def test_every_form_says_everything(text_of) -> None:
    text = text_of(DOCUMENT)
    assert [words for words in SAID if words not in text] == []


@pytest.mark.parametrize("text_of", [pdf_text, docx_text])
def test_paper_writes_figures_as_the_screen_does(text_of) -> None:
    text = text_of(DOCUMENT).replace("\u202f", " ")
    assert all(words in text for words in ("48,3", "1 234", "26.10.2026", "—"))


def test_a_workbook_holds_real_numbers_and_days_under_a_frozen_header() -> None:
    book = openpyxl.load_workbook(io.BytesIO(document_xlsx(DOCUMENT)))
    sheet = book["По классам   ё  1"]
    header, first, second, total = list(
        sheet.iter_rows(min_row=HEAD_ROWS + 1, max_row=HEAD_ROWS + 4, values_only=True)
    )
    assert header == tuple(column.title for column in COLUMNS)
    assert first == ("7А", 25, 48.26, datetime(2026, 10, 26))
    assert second == ("=1+1 & <8Б>", 1234, None, None)
    assert total == ("Всего", 1259, 48.26, None)
    assert sheet.cell(HEAD_ROWS + 3, 1).data_type == "s"
    assert (sheet.freeze_panes, sheet.print_title_rows) == (
        f"B{HEAD_ROWS + 2}",
        f"${HEAD_ROWS + 1}:${HEAD_ROWS + 1}",
    )
    assert (sheet.page_setup.paperSize, sheet.sheet_properties.pageSetUpPr.fitToPage) == (9, True)
    assert sheet.print_area.startswith(f"'{sheet.title}'!$A$1:$D$")
    drawn = book["Рисунок, По классам   ё  1"]
    assert [len(each._charts) for each in (sheet, drawn)] == [0, 1]
    assert drawn.sheet_properties.pageSetUpPr.fitToPage
    assert drawn.page_setup.fitToHeight in (None, 1)


def test_rows_of_a_workbook_are_as_high_as_their_texts() -> None:
    titled = (DocumentColumn("Уроков, которые дал другой учитель", 12, Kind.NUMBER), *COLUMNS)
    long = table("", titled, [(1, "Класс с очень длинным названием " * 4, 1, 1, None), (2, "7А", 1, 1, None)])
    document = replace(DOCUMENT, sections=(Section("Длинное", ("Слова. " * 60,), (long,)),))
    book = openpyxl.load_workbook(io.BytesIO(document_xlsx(document)))
    heights = [book["Длинное"].row_dimensions[HEAD_ROWS + row].height for row in (1, 2, 3)]
    assert heights[0] >= 4 * LINE_POINTS
    assert heights[1] >= 3 * LINE_POINTS
    assert heights[2] in (None, LINE_POINTS)
    words = book.worksheets[0]
    (place,) = [
        row for row in range(1, words.max_row + 1) if str(words.cell(row, 1).value).startswith("Слова")
    ]
    assert words.row_dimensions[place].height >= 5 * LINE_POINTS


@pytest.mark.parametrize("is_landscape", [False, True])
@pytest.mark.parametrize("groups", [1, 27, 28, 60, 200])
def test_a_chart_stands_on_one_page_and_a_longer_one_in_parts(groups: int, is_landscape: bool) -> None:
    rows = [(f"Класс-{number:03d}", 1, 50.0, None) for number in range(groups)]
    drawn = table("", COLUMNS, rows, chart=Chart("Что выше?", 0, (2,), 100.0))
    parts = charts_of(drawn, is_landscape=is_landscape)
    assert [label for part in parts for label in part.labels] == [row[0] for row in rows]
    assert len({part.title for part in parts}) == len(parts)
    if groups != 60:
        return
    assert len(parts) == (3 if is_landscape else 2)
    alone = replace(
        DOCUMENT, is_landscape=is_landscape, sections=(Section("", ("Слова. " * 500,), (drawn,)),)
    )
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(document_pdf(alone))).pages]
    for number, part in enumerate(parts, start=1):
        (page,) = [text for text in pages if f"({number} из {len(parts)})" in text]
        assert [label for label in part.labels if label not in page] == []
    word = docx.Document(io.BytesIO(document_docx(alone)))
    heights = [shape.height.mm for shape in word.inline_shapes]
    assert len(heights) == len(parts)
    assert max(heights) < (170 if is_landscape else 255)


@pytest.mark.parametrize("is_landscape", [False, True])
def test_pages_are_a4_and_tables_fit_between_the_margins(is_landscape) -> None:
    document = Document(**{**vars(DOCUMENT), "is_landscape": is_landscape})
    sides = (842, 595) if is_landscape else (595, 842)
    for page in pypdf.PdfReader(io.BytesIO(document_pdf(document))).pages:
        assert (round(page.mediabox.width), round(page.mediabox.height)) == sides
    file = docx.Document(io.BytesIO(document_docx(document)))
    page = file.sections[0]
    text_width = page.page_width - page.left_margin - page.right_margin
    assert (round(page.page_width.pt), round(page.page_height.pt)) == sides
    assert sum(cell.width for cell in file.tables[0].rows[0].cells) == pytest.approx(text_width, rel=0.01)


def test_a_header_stands_on_every_page_of_a_long_table() -> None:
    long = table("", COLUMNS, ROWS * 60)
    document = Document(**{**vars(DOCUMENT), "sections": (Section("Много", (), (long,)),)})
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(document_pdf(document))).pages]
    assert len(pages) > 2
    assert all("Учеников" in page for page in pages[:-1])
    row = docx.Document(io.BytesIO(document_docx(document))).tables[0].rows[0]
    assert row._tr.trPr.xpath("w:tblHeader")


def _parts(word: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_document_drawn_apart_is_the_one_drawn_here() -> None:
    assert _parts(document_word(DOCUMENT)) == _parts(document_docx(DOCUMENT))


def test_a_drawing_that_dies_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(Refusal, match="Документ для Word не сделан"):
        document_word(DOCUMENT)


def test_a_kept_document_comes_back_as_it_was() -> None:
    assert from_json(to_json(DOCUMENT)) == DOCUMENT


def test_a_chart_draws_rows_with_figures_only() -> None:
    bars = bars_of(CLASSES)
    assert bars is not None
    assert (bars.labels, bars.texts, bars.values, bars.highest) == (["7А"], [["48,3"]], [[48.26]], 100.0)
    assert bars_of(DocumentTable("", COLUMNS, (), chart=CLASSES.chart)) is None
