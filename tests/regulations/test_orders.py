"""Orders filled from the register, printed as PDF and for Word; acquaintance sheets as PDF and workbook (п. 4.1, 4.2)."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import docx
import openpyxl
import pytest
from drafted import DRAFT, approved
from pypdf import PdfReader
from small_school import HOMEROOM_STAFF, NOW, OWNERS_LESSON_YESTERDAY, STRANGER_STAFF, People

from pipelines.reports.document_pdf import document_pdf
from pipelines.reports.document_xlsx import document_xlsx
from pipelines.reports.official.acquaintance import COLUMNS, acquaintance_document
from pipelines.reports.official.paper import official_pdf, official_word, regulation_paper
from school.errors import RuleRefused
from school.inspections.actions import InspectionDraft, start_inspection
from school.records import InspectionScope, RegisterFinding
from school.regulations.actions import acquaint, note_on_paper, save_draft, submit_draft
from school.regulations.lookups import (
    OrderRequest,
    acquaintance_sheet,
    issuer_words,
    open_document,
    order_subjects,
    order_words,
)
from school.regulations.records import RegulationKind
from school.regulations.rules.documents import body_parts
from school.regulations.rules.orders import OrderTemplate, inspection_order
from school.store.connection import Store

TODAY = NOW.date()


def filled(store: Store, people: People, template: OrderTemplate, **of_what: Any) -> tuple[str, list[Any]]:
    words = order_words(store, people.deputy, OrderRequest(template, **of_what), today=TODAY)
    return words.title, [each for each in body_parts(words.body) if not isinstance(each, str)]


def test_homeroom_teachers_and_administrators_come_from_the_register(
    school_store: Store, people: People
) -> None:
    _, (classes,) = filled(school_store, people, OrderTemplate.HOMEROOMS)
    assert classes == [("Класс", "Классный руководитель"), ("7А", "Климова Рита"), ("8Б", "не назначен")]
    _, (admins,) = filled(school_store, people, OrderTemplate.ADMINISTRATOR)
    assert admins[1:] == [("Адамов Лев", "администратор журнала")]


def test_the_calendar_comes_with_its_terms(school_store: Store, people: People) -> None:
    title, (terms,) = filled(school_store, people, OrderTemplate.CALENDAR)
    assert title.endswith("на 2026/27 учебный год")
    assert terms[1] == ("1-я четверть", "7, 8", "01.09.2026", "25.10.2026")


def test_substitutions_of_a_span_stand_a_row_each(
    school_store: Store, people: People, change: Callable[[str], None]
) -> None:
    with pytest.raises(RuleRefused, match="Замен"):
        filled(school_store, people, OrderTemplate.SUBSTITUTIONS)
    change(
        f"""INSERT INTO substitutions SELECT 9100, lesson_id, class_id, subject_id, subgroup_id, 'subject', teacher_id,
            {STRANGER_STAFF}, NULL, 'болезнь | ОРВИ', '2026-11-18', NULL, NULL, NULL, NULL
        FROM lessons WHERE lesson_id = {OWNERS_LESSON_YESTERDAY}"""
    )
    yesterday = TODAY - timedelta(1)
    title, (rows,) = filled(
        school_store, people, OrderTemplate.SUBSTITUTIONS, first=yesterday, last=yesterday
    )
    assert title == "О замене уроков 18.11.2026"
    assert rows[1] == ("18.11.2026", "1", "7А", "Математика", "Орлова В.", "Стрельцов Г.", "болезнь / ОРВИ")


def test_an_inspection_and_a_document_are_chosen(school_store: Store, people: People) -> None:
    with pytest.raises(RuleRefused, match="Не выбрано"):
        filled(school_store, people, OrderTemplate.INSPECTION)
    scope = InspectionScope(term_ids=(31,), aspects=("marks",))
    draft = InspectionDraft("Осенняя", 2026, date(2026, 9, 1), date(2026, 10, 25), scope)
    found = RegisterFinding("not_filled", 12, 21, STRANGER_STAFF, 3, 20)
    key = start_inspection(school_store, people.deputy, draft, [found], {}, now=NOW)
    assert order_subjects(school_store, people.deputy, OrderTemplate.INSPECTION) == {key: "Осенняя"}
    title, tables = filled(school_store, people, OrderTemplate.INSPECTION, record_id=key)
    assert (title, tables) == ("О проверке журналов", [])
    known = inspection_order(
        "Осенняя", (draft.starts_on, draft.ends_on), [("Стрельцов Глеб", "1", "")], is_known=True
    )
    assert (known.title, "Стрельцов Глеб | 1" in known.body) == ("Об итогах проверки журналов", True)
    first = approved(school_store, people)
    second = save_draft(school_store, people.deputy, DRAFT, newer_than=first, now=NOW)
    words = order_words(school_store, people.deputy, OrderRequest(OrderTemplate.STATUTE, second), today=TODAY)
    assert "Считать утратившим силу: Положение № 1 от 19.11.2026" in words.body


def test_a_document_is_printed_and_written_for_word(school_store: Store, people: People) -> None:
    document = save_draft(school_store, people.deputy, DRAFT, now=NOW)
    issuer = issuer_words(school_store, people.deputy)
    draft = open_document(school_store, people.deputy, document, today=TODAY).regulation
    assert (
        "ПРОЕКТ" in PdfReader(BytesIO(official_pdf(regulation_paper(draft, issuer)))).pages[0].extract_text()
    )
    submit_draft(school_store, people.deputy, document, now=NOW)
    done = approved(school_store, people, kind=RegulationKind.ORDER, number="5")
    paper = regulation_paper(open_document(school_store, people.owner, done, today=TODAY).regulation, issuer)
    said = PdfReader(BytesIO(official_pdf(paper))).pages[0].extract_text().replace("\xa0", " ")
    assert ["№ 5" in said, "19 ноября 2026 г." in said, "Дорохов" in said, "ПРОЕКТ" in said] == [
        *(True, True, True),
        False,
    ]
    word = docx.Document(BytesIO(official_word(paper)))
    lines = [each.text for each in word.paragraphs]
    assert ["ПРИКАЗ" in lines, "1. Общие положения" in lines] == [True, True]
    assert [cell.text for cell in word.tables[0].rows[1].cells] == ["отметки", "16:00"]


def test_the_sheet_has_its_columns_and_says_how_each_was_acquainted(
    school_store: Store, people: People
) -> None:
    document = approved(school_store, people)
    acquaint(school_store, people.stranger, document, now=NOW)
    note_on_paper(school_store, people.secretary, document, [HOMEROOM_STAFF], TODAY, now=NOW)
    sheet = acquaintance_sheet(school_store, people.deputy, document, today=TODAY)
    made = acquaintance_document(sheet, "Школа у реки", made_at=NOW, made_by="Завьялова Инна")
    pages = PdfReader(BytesIO(document_pdf(made))).pages
    assert (len(pages), "собрано 2 из 7" in pages[0].extract_text()) == (1, True)
    _, table = openpyxl.load_workbook(BytesIO(document_xlsx(made))).worksheets
    rows = [row for row in table.iter_rows(values_only=True) if isinstance(row[0], int | float)]
    titles = [column.title for column in COLUMNS]
    by_name = {str(row[1]): dict(zip(titles, row, strict=True)) for row in rows}
    ways = {
        name: (row["Дата и время ознакомления"], row["Способ"])
        for name, row in by_name.items()
        if row["Способ"]
    }
    assert ways == {
        "Стрельцов Глеб": ("19.11.2026 12:00", "в системе"),
        "Климова Рита": ("19.11.2026", "на бумаге, внёс(ла) Секачёва М."),
    }
