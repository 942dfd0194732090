"""The page «Персональные данные»: kept by the administrator, read by the head (152-ФЗ, ст. 21 ч. 3.1)."""

import io
from datetime import timedelta

import pytest
from docx import Document as WordFile
from office_pages import button
from screens import open_page, texts
from small_school import NOW, People

from pipelines.reports.document_docx import document_docx
from pipelines.reports.incident_notice import incident_notice
from school.errors import RuleRefused
from school.privacy.actions.incidents import (
    change_incident,
    close_incident,
    mark_notice_sent,
    record_incident,
)
from school.privacy.lookups.keeping import incidents
from school.privacy.rules.incidents import Incident, IncidentDraft, Notice
from school.privacy.store.settings import Operator
from school.store.school import School

PAGE = "privacy/privacy.py"
LEAK = IncidentDraft(
    NOW - timedelta(hours=5),
    is_leak=True,
    what="Список 7А ушёл на чужой адрес",
    whose="имена 7А",
    people_count=3,
)
PARTS = ("incidents", "viewings", "erasing", "operator")


def test_the_administrator_writes_an_incident_down_and_sees_the_hours(
    school_screens: School, people: People
) -> None:
    page = open_page(PAGE, people.admin)
    assert "24 часа" in texts(page)
    next(each for each in page.text_area if each.label == "Что произошло").set_value("Утерян лист с кодами")
    button(page, "Записать").click().run()
    assert not page.exception
    (incident,) = incidents(school_screens.store, people.head)
    assert incident.draft.what == "Утерян лист с кодами"
    assert incident.draft.found_at == NOW
    assert "осталось 24 ч" in texts(page)
    assert "осталось 72 ч" in texts(page)


def test_a_refused_incident_keeps_what_was_typed(school_screens: School, people: People) -> None:
    page = open_page(PAGE, people.admin)
    next(each for each in page.text_area if each.label == "Чьи данные и какие").set_value("имена 7А")
    button(page, "Записать").click().run()
    assert "Не сказано, что произошло" in texts(page)
    assert next(each.value for each in page.text_area if each.label == "Чьи данные и какие") == "имена 7А"
    assert incidents(school_screens.store, people.admin) == []


@pytest.mark.parametrize("part", PARTS)
def test_the_head_reads_every_part_and_keeps_none(school_screens: School, people: People, part: str) -> None:
    record_incident(school_screens.store, people.admin, LEAK, now=NOW)
    page = open_page(PAGE, people.head)
    page.segmented_control[0].set_value(part).run()
    assert not page.exception
    assert [each.label for each in page.button if each.label] == ["Выйти"] or not [
        each.label for each in page.button if each.label in {"Записать", "Сохранить", "Отправлено", "Закрыть"}
    ]
    assert not page.toggle
    assert not page.text_input


def test_an_incident_goes_its_way_to_the_end(school_screens: School, people: People) -> None:
    store = school_screens.store
    number = record_incident(store, people.admin, LEAK, now=NOW)
    with pytest.raises(RuleRefused, match="отправлено не всё"):
        close_incident(store, people.admin, number, now=NOW)
    for notice in Notice:
        mark_notice_sent(store, people.admin, number, notice, now=NOW)
    close_incident(store, people.admin, number, now=NOW)
    with pytest.raises(RuleRefused, match="закрыто"):
        change_incident(store, people.admin, number, LEAK, now=NOW)
    (incident,) = incidents(store, people.admin)
    assert incident.closed_at == NOW
    said = [
        row[0] for row in store.read("SELECT new_value FROM events WHERE kind = 'incident' ORDER BY event_id")
    ]
    assert (said[0], said[-1], len(said)) == ("записано", "закрыто", 4)
    # The record of changes names nobody whose data it was.
    assert not any("7А" in each for each in said)


@pytest.mark.parametrize(
    ("notice", "words"),
    [
        (
            Notice.FIRST,
            (
                "Список 7А ушёл на чужой адрес",
                "Затронуто людей: 3",
                "Предполагаемый вред",
                "24 часов",
                "7701",
            ),
        ),
        (Notice.SECOND, ("Результаты внутреннего расследования", "72 часов", "Зуева", "____")),
    ],
)
def test_the_drafts_say_what_the_law_asks_for(notice: Notice, words: tuple[str, ...]) -> None:
    said = Operator(tax_number="7701", responsible="Зуева М. П.")
    made = incident_notice(Incident(1, LEAK), notice, said, "Школа у реки", made_at=NOW, made_by="Адамов")
    file = WordFile(io.BytesIO(document_docx(made)))
    text = "\n".join(each.text for each in file.paragraphs)
    assert all(each in text for each in words), text


def test_the_night_is_switched_on_by_the_administrator(school_screens: School, people: People) -> None:
    page = open_page(PAGE, people.admin)
    page.segmented_control[0].set_value("erasing").run()
    assert "Ночное стирание выключено" in texts(page)
    page.toggle[0].set_value(True).run()
    assert not page.exception
    assert "Ночное стирание выключено" not in texts(page)
    assert "Сейчас стирать нечего" in texts(page)
