"""Numbered papers: numbers in order, words kept, cancelling, requests of families, what the secretary reads (п. 4.6)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from diary_pages import diary_client, diary_page, press
from office import events_of
from small_school import CHILD, CLASS_7A, NOW, STRANGE_CHILD, People

from pipelines.reports.pupil_papers.certificate import certificate_pdf
from school.certificates.actions import ask_for_certificate, cancel_paper, decline_request, issue_paper
from school.certificates.lookups.papers import (
    family_certificates,
    given_numbers,
    issued_papers,
    office_week,
    read_certificate,
    waiting_requests,
)
from school.certificates.lookups.report_cards import report_cards
from school.certificates.records import PaperKind, PaperOrder, RequestState
from school.certificates.rules.due import days_to_print, lacks_order
from school.certificates.rules.issuing import next_number
from school.errors import AccessRefused, RuleRefused
from school.people.actions.movements import MoveOrder, depart
from school.people.records import MovementKind
from school.register.lookups.registers import readable_registers
from school.store.connection import Store

STUDY = PaperOrder(PaperKind.STUDY, CHILD, "в бассейн")
PERIOD = PaperOrder(PaperKind.PERIOD, CHILD)
EXTRACT = PaperOrder(PaperKind.EXTRACT, CHILD, basis="приказ № 5", first=date(2026, 9, 1), last=NOW.date())
LETTER = PaperOrder(PaperKind.LETTER, to_whom="Школе № 5", about="О прибытии", body="Просим подтвердить.")


@pytest.mark.parametrize(
    ("last", "first", "number"), [(None, None, 1), (None, 46, 46), (45, None, 46), (45, 3, 46)]
)
def test_numbers_go_in_order_and_are_never_given_again(
    last: int | None, first: int | None, number: int
) -> None:
    assert next_number(last, first) == number


def test_a_cancelled_number_stays_and_each_kind_and_year_counts_alone(
    school_store: Store, people: People
) -> None:
    first = issue_paper(school_store, people.secretary, STUDY, now=NOW)
    cancel_paper(school_store, people.secretary, first, "ошибка", now=NOW)
    for order in (STUDY, PERIOD, LETTER):
        issue_paper(school_store, people.secretary, order, now=NOW)
    next_year = NOW + timedelta(days=60)
    issue_paper(school_store, people.secretary, STUDY, now=next_year)
    found = issued_papers(school_store, people.deputy, 2026)
    assert [(each.kind, each.number, each.cancelled_at is not None) for each in reversed(found)] == [
        (PaperKind.STUDY, 1, True),
        (PaperKind.STUDY, 2, False),
        (PaperKind.PERIOD, 1, False),
        (PaperKind.LETTER, 1, False),
    ]
    assert given_numbers(school_store, people.admin, 2027) == {PaperKind.STUDY: 1}
    with pytest.raises(RuleRefused, match="уже аннулирован"):
        cancel_paper(school_store, people.secretary, first, "ещё раз", now=NOW)
    assert ("Справка об обучении № 1/2026", "аннулировано", "ошибка") in events_of(
        school_store, "certificate"
    )


def test_a_copy_equals_the_first_whatever_changes_after(school_store: Store, people: People) -> None:
    paper = issue_paper(school_store, people.secretary, STUDY, now=NOW)
    before = certificate_pdf(*read_certificate(school_store, people.secretary, paper))
    order = MoveOrder(NOW.date(), reason="переезд", where="г. Томск")
    depart(school_store, people.secretary, CHILD, CLASS_7A, order, now=NOW)
    again = read_certificate(school_store, people.deputy, paper)
    assert certificate_pdf(*again) == before
    assert any("обучается в 7А классе" in each for each in again[1].paragraphs)
    with pytest.raises(RuleRefused, match="не числится"):
        issue_paper(school_store, people.secretary, STUDY, now=NOW)


def test_sentences_of_who_has_left_end_once(school_store: Store, people: People) -> None:
    order = MoveOrder(NOW.date(), "№ 9", "переезд", where="г. Томск")
    depart(school_store, people.secretary, CHILD, CLASS_7A, order, now=NOW)
    paper = issue_paper(school_store, people.secretary, PERIOD, now=NOW)
    _, words = read_certificate(school_store, people.secretary, paper)
    assert any("2026 г. Образовательная организация" in each for each in words.paragraphs)
    assert not any(".." in each for each in words.paragraphs)


def test_an_extract_holds_marks_with_days_means_terms_and_hours(school_store: Store, people: People) -> None:
    paper = issue_paper(school_store, people.secretary, EXTRACT, now=NOW)
    _, words = read_certificate(school_store, people.secretary, paper)
    assert words.table is not None
    (maths,) = [row for row in words.table.rows if row[0] == "Математика"]
    # A 4 of yesterday; of the first quarter 3 + 51 % 3; two lessons up to today.
    assert maths == ("Математика", "4 (18.11)", "4,00", "3", "2")


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (replace(STUDY, pupil_id=None), "не выбран"),
        (replace(EXTRACT, basis=" "), "Основание"),
        (replace(EXTRACT, first=date(2026, 11, 20), last=date(2026, 11, 1)), "Дни выписки"),
        (replace(LETTER, body=""), "текст"),
    ],
)
def test_an_order_that_says_too_little_takes_no_number(
    school_store: Store, people: People, order: PaperOrder, words: str
) -> None:
    with pytest.raises(RuleRefused, match=words):
        issue_paper(school_store, people.secretary, order, now=NOW)
    assert given_numbers(school_store, people.secretary, NOW.year) == {}


def test_a_family_asks_and_sees_what_became_of_it(school_store: Store, people: People) -> None:
    ids = [
        ask_for_certificate(school_store, people.guardian, CHILD, PaperKind.STUDY, place, "", now=NOW)
        for place in ("в бассейн", "в кружок")
    ]
    assert [each.request_id for each in waiting_requests(school_store, people.secretary)] == ids
    issue_paper(school_store, people.secretary, replace(STUDY, request_id=ids[0]), now=NOW)
    decline_request(school_store, people.secretary, ids[1], "нет заявления", now=NOW)
    found = {
        each.request_id: each for each in family_certificates(school_store, people.guardian, CHILD).requests
    }
    assert (found[ids[0]].state, found[ids[0]].number) == (RequestState.READY, 1)
    assert (found[ids[1]].state, found[ids[1]].answer) == (RequestState.DECLINED, "нет заявления")
    with pytest.raises(RuleRefused, match="уже ответили"):
        issue_paper(school_store, people.secretary, replace(STUDY, request_id=ids[1]), now=NOW)
    with pytest.raises(AccessRefused):
        ask_for_certificate(school_store, people.guardian, STRANGE_CHILD, PaperKind.STUDY, "", "", now=NOW)


def test_the_secretary_reads_marks_in_a_paper_only(school_store: Store, people: People) -> None:
    issue_paper(school_store, people.secretary, EXTRACT, now=NOW)
    with pytest.raises(AccessRefused):
        readable_registers(school_store, people.secretary, 2026)
    with pytest.raises(AccessRefused):
        issue_paper(school_store, people.deputy, EXTRACT, now=NOW)


def test_a_departure_without_an_order_waits_for_the_secretary(school_store: Store, people: People) -> None:
    order = MoveOrder(NOW.date() + timedelta(7), reason="переезд")
    depart(school_store, people.secretary, CHILD, CLASS_7A, order, now=NOW)
    week = office_week(school_store, people.secretary, NOW.date())
    assert [(each.pupil_id, each.order_title) for each in week.without_order] == [(CHILD, "")]


@pytest.mark.parametrize(("day", "left"), [((5, 24), None), ((5, 25), 36), ((6, 30), 0), ((7, 1), None)])
def test_the_year_is_called_to_mind_from_25_may(day: tuple[int, int], left: int | None) -> None:
    assert days_to_print(date(2027, *day)) == left


def test_only_arrivals_and_departures_need_an_order() -> None:
    assert lacks_order(MovementKind.ARRIVAL, " ")
    assert not lacks_order(MovementKind.ARRIVAL, "№ 1")
    assert not lacks_order(MovementKind.TRANSFER, "")


def test_a_report_card_has_marks_of_terms_that_are_over_and_lessons_missed(
    school_store: Store, people: People
) -> None:
    cards = report_cards(school_store, people.homeroom, CLASS_7A, NOW.date())
    rows = {each.name.short: each.rows[0] for each in cards.cards}
    assert {name: (list(row.by_term.values()), row.missed) for name, row in rows.items()} == {
        "Алёшин Пётр": ([3], 0),
        "Ёлкина Анна": ([4], 0),
        "Жуков Иван": ([5], 1),
    }


@pytest.mark.usefixtures("school_screens")
def test_the_family_s_page_takes_the_form_and_shows_the_state(people: People) -> None:
    address = f"/family/{CHILD}/certificates"
    sent = press(
        diary_client(people.guardian), f"{address}/ask", kind="study", to_whom="<b>бассейн</b>", note=""
    )
    assert (sent.status_code, sent.headers["location"]) == (303, f"{address}#asked")
    page = diary_page(people.guardian, f"/{CHILD}/certificates")
    assert "&lt;b&gt;бассейн" in page
    assert "заказана" in page
    assert "заказывает родитель" in diary_page(people.pupil, f"/{CHILD}/certificates")
    assert press(diary_client(people.pupil), f"{address}/ask", kind="study").status_code == 403
