"""The queue of documents: who asks, what is kept and replaced, what a stop, a kill and a refusal leave (п. 4.6)."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from small_school import CHILD, CLASS_7A, CLASS_8B, NOW, OWNERS_LESSON_TODAY, People

from school.errors import AccessRefused, RuleRefused
from school.paper.actions import (
    PaperContent,
    ask_papers,
    begin_paper,
    cancel_papers,
    fail_paper,
    keep_paper,
    put_back_paper,
    resume_papers,
)
from school.paper.lookups import PaperShelf, paper_content, paper_shelf, progress_of
from school.paper.records import OrderState, PaperForm, PaperKind, PaperOrder
from school.paper.rules import MOST_ATTEMPTS
from school.register.actions.batch import CellEdit
from school.register.actions.entries import enter_cells
from school.store.connection import Store
from school.store.school import School
from server.documents.paper_job import PaperPrinter

REGISTER = PaperOrder(PaperKind.CLASS_REGISTER, CLASS_7A)
SUMMARY = PaperOrder(PaperKind.ATTENDANCE_SUMMARY, CLASS_7A)
OF_8B = PaperOrder(PaperKind.CLASS_REGISTER, CLASS_8B)
CONTENT = PaperContent({PaperForm.PDF: b"pdf"}, 3, 10**6)


def shelf(store: Store, people: People) -> PaperShelf:
    return paper_shelf(store, people.secretary, 2026)


def states(store: Store, people: People) -> list[tuple[PaperOrder, OrderState]]:
    return [(each.order, each.state) for each in shelf(store, people).queue]


def files(store: Store) -> list[bytes]:
    return sorted(path.read_bytes() for path in store.path.parent.glob("files/*/*"))


def ask(store: Store, people: People, *orders: PaperOrder) -> int:
    return ask_papers(store, people.secretary, orders, now=NOW)


def test_orders_are_taken_in_turn_and_never_twice(school_store: Store, people: People) -> None:
    assert ask(school_store, people, REGISTER, OF_8B, REGISTER) == 2
    assert ask(school_store, people, REGISTER, SUMMARY) == 1
    with pytest.raises(RuleRefused, match="уже готовятся"):
        ask(school_store, people, REGISTER)
    begun = [begin_paper(school_store) for _ in range(4)]
    assert [each and each.order for each in begun] == [REGISTER, OF_8B, SUMMARY, None]


def test_a_class_that_is_not_there_is_refused(school_store: Store, people: People) -> None:
    with pytest.raises(RuleRefused, match="Такого класса нет"):
        ask(school_store, people, PaperOrder(PaperKind.CLASS_REGISTER, 999))


def test_a_new_print_takes_the_place_of_the_earlier_one(school_store: Store, people: People) -> None:
    for content in (b"first", b"second"):
        ask(school_store, people, REGISTER)
        queued = begin_paper(school_store)
        assert queued
        keep_paper(
            school_store, people.secretary, queued, PaperContent({PaperForm.PDF: content}, 3, 1), now=NOW
        )
        read = paper_content(school_store, people.head, PaperKind.CLASS_REGISTER, CLASS_7A, PaperForm.PDF)
        assert read == content
    assert files(school_store) == [b"second"]
    assert states(school_store, people) == [(REGISTER, OrderState.DONE)]


def test_rights_are_asked_again_when_a_document_is_kept(school_store: Store, people: People) -> None:
    ask(school_store, people, OF_8B)
    queued = begin_paper(school_store)
    assert queued
    with pytest.raises(AccessRefused):
        keep_paper(school_store, people.homeroom, queued, CONTENT, now=NOW)
    assert files(school_store) == []
    assert shelf(school_store, people).papers == {}


def test_a_later_entry_makes_only_its_class_out_of_date(
    school_store: Store, people: People, change: Callable[[str], None]
) -> None:
    for order in (REGISTER, OF_8B):
        ask(school_store, people, order)
        queued = begin_paper(school_store)
        assert queued
        newest = school_store.read("SELECT max(event_id) FROM events")[0][0]
        content = PaperContent(CONTENT.forms, 3, newest)
        keep_paper(school_store, people.secretary, queued, content, now=NOW)
    before = shelf(school_store, people)
    assert [before.is_outdated(paper) for paper in before.papers.values()] == [False, False]
    entry = CellEdit(OWNERS_LESSON_TODAY, CHILD, "5", None, 1)
    enter_cells(school_store, people.owner, [entry], now=NOW)
    after = shelf(school_store, people)
    assert [after.is_outdated(after.papers[order]) for order in (REGISTER, OF_8B)] == [True, False]


def test_who_stops_the_queue_stops_what_waits_of_theirs(school_store: Store, people: People) -> None:
    ask(school_store, people, REGISTER, SUMMARY, OF_8B)
    begin_paper(school_store)
    cancel_papers(school_store, people.homeroom, now=NOW)
    assert states(school_store, people) == [(REGISTER, OrderState.RUNNING), (OF_8B, OrderState.WAITING)]


def test_progress_counts_what_failed_as_finished(school_store: Store, people: People) -> None:
    ask(school_store, people, REGISTER, SUMMARY)
    queued = begin_paper(school_store)
    assert queued
    progress = progress_of(shelf(school_store, people).queue)
    assert (progress.finished, progress.total, progress.current, progress.is_open) == (0, 2, REGISTER, True)
    fail_paper(school_store, queued, "Не вышло.")
    progress = progress_of(shelf(school_store, people).queue)
    assert (progress.finished, progress.total, progress.current, progress.is_open) == (1, 2, None, True)


def test_a_killed_server_tries_again_and_gives_up(school_store: Store, people: People) -> None:
    ask(school_store, people, REGISTER)
    for _ in range(MOST_ATTEMPTS):
        assert begin_paper(school_store)
        resume_papers(school_store)
    (queued,) = shelf(school_store, people).queue
    assert queued.state is OrderState.FAILED
    assert "несколько раз" in queued.problem


def test_an_orderly_stop_costs_no_attempt(school_store: Store, people: People) -> None:
    ask(school_store, people, REGISTER)
    for _ in range(MOST_ATTEMPTS + 1):
        queued = begin_paper(school_store)
        assert queued
        put_back_paper(school_store, queued)
    assert states(school_store, people) == [(REGISTER, OrderState.WAITING)]


def test_the_job_makes_what_waits_and_says_why_it_cannot(
    school_store: Store, people: People, change: Callable[[str], None]
) -> None:
    change(f"DELETE FROM class_terms WHERE class_id = {CLASS_8B}")
    (school_store.path.parent / "paper-left").mkdir()
    ask(school_store, people, REGISTER, OF_8B, SUMMARY)
    begin_paper(school_store)
    # As after a kill: what was begun is begun again, what was left is gone.
    printer = PaperPrinter(School(school_store, lambda: NOW + timedelta(minutes=1)))
    printer.begin()
    printer.look()
    found = shelf(school_store, people)
    assert {each.order: each.state for each in found.queue} == {
        REGISTER: OrderState.DONE,
        OF_8B: OrderState.FAILED,
        SUMMARY: OrderState.DONE,
    }
    failed = found.queued(OF_8B)
    assert failed
    assert "нет учебных периодов" in failed.problem
    assert list(school_store.path.parent.glob("paper-*")) == []
    register = found.papers[REGISTER]
    assert register.made_by_name == "Секачёва М."
    assert not found.is_outdated(register)
    pdf = paper_content(school_store, people.homeroom, *_place(REGISTER), PaperForm.PDF)
    assert len(PdfReader(BytesIO(pdf)).pages) == register.pages
    book = load_workbook(BytesIO(paper_content(school_store, people.head, *_place(SUMMARY), PaperForm.XLSX)))
    assert "Жуков Иван" in {cell.value for row in book.worksheets[-1] for cell in row}


def _place(order: PaperOrder) -> tuple[PaperKind, int]:
    return order.kind, order.class_id


def test_a_stopped_job_leaves_neither_a_process_nor_a_copy(school_store: Store, people: People) -> None:
    ask(school_store, people, REGISTER)
    printer = PaperPrinter(School(school_store, lambda: NOW))
    looking = threading.Thread(target=printer.look)
    looking.start()
    deadline = time.monotonic() + 10
    while (pid := printer.process.pid) is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    printer.stop()
    looking.join(10)
    assert not looking.is_alive()
    assert not Path(f"/proc/{pid}").exists()
    assert list(school_store.path.parent.glob("paper-*")) == []
    assert states(school_store, people) == [(REGISTER, OrderState.WAITING)]
