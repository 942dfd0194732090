"""Reports make themselves when a period ends: in time, each once, over restarts, and a failure stops nobody else."""

import threading
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from orders import FIRST_QUARTER
from small_school import CLASS_7A, CLASS_8B, NOW, OWNER_STAFF, STRANGER_STAFF, People

from pipelines.reports.document import to_json
from pipelines.reports.making import keep_scheduled
from pipelines.reports.schedule import scheduled_document
from school.reports.actions import switch_schedule
from school.reports.lookups import orders_due, report_content, shelf
from school.reports.records import EndedSpan, ReportKind, ReportOrder, Span
from school.reports.rules import DAYS_BACK, DAYS_TO_CLOSE, is_due
from school.store.connection import DATABASE_NAME, Store
from school.store.school import School
from server.documents import report_job
from server.documents.report_job import ReportKeeper
from server.jobs import Job

LAST_DAY = date(2026, 10, 25)
OF_THE_SCHOOL = {
    ReportKind.PERFORMANCE,
    ReportKind.MARK_COVERAGE,
    ReportKind.CURRICULUM,
    ReportKind.SUBSTITUTIONS,
    ReportKind.USER_ACTIVITY,
}
DUE = {(kind, None) for kind in OF_THE_SCHOOL} | {
    (ReportKind.HOMEROOM, CLASS_7A),
    (ReportKind.HOMEROOM, CLASS_8B),
    (ReportKind.SUBJECT_TEACHER, OWNER_STAFF),
    (ReportKind.SUBJECT_TEACHER, STRANGER_STAFF),
}


@pytest.mark.parametrize(
    ("days", "is_closed", "due"),
    [
        (0, True, False),  # its last day is still a school day
        (1, True, True),
        (1, False, False),  # teachers are still giving marks
        (DAYS_TO_CLOSE - 1, False, False),
        (DAYS_TO_CLOSE, False, True),  # nobody closed it: reported on anyway
        (DAYS_BACK, True, True),
        (DAYS_BACK + 1, True, False),  # a loaded past makes no flood
    ],
)
def test_a_period_is_reported_on_once_it_is_closed(days: int, is_closed: bool, due: bool) -> None:
    ended = EndedSpan(FIRST_QUARTER, LAST_DAY, is_closed)
    assert is_due(ended, LAST_DAY + timedelta(days=days)) == due


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def make_by_schedule(store: Store, order: ReportOrder) -> int | None:
    document = to_json(scheduled_document(store, order, NOW))
    return keep_scheduled(School(store, lambda: NOW), order, document)


def keeper_at(store: Store, now: datetime = NOW) -> ReportKeeper:
    return ReportKeeper(School(store, lambda: now))


def test_a_closed_quarter_gets_every_report_once(school_store: Store, people: People) -> None:
    keeper_at(school_store).look()
    reports = shelf(school_store, people.deputy).reports
    assert {(made.order.kind, made.order.about_id) for made in reports} == DUE
    assert {made.order.span for made in reports} == {FIRST_QUARTER}
    assert len(reports) == len(DUE)
    keeper_at(school_store, NOW + timedelta(days=1)).look()
    assert len(shelf(school_store, people.deputy).reports) == len(DUE)


def test_a_restart_goes_on_where_it_stopped(school_store: Store) -> None:
    first = orders_due(school_store, NOW)[0]
    assert make_by_schedule(school_store, first) is not None
    path = school_store.path
    school_store.close()
    again = Store(path.parent / DATABASE_NAME, lambda: NOW)
    due = orders_due(again, NOW)
    assert first not in due
    assert len(due) == len(DUE) - 1
    again.close()


def test_two_who_look_at_once_make_one_report(school_store: Store) -> None:
    wanted = ReportOrder(ReportKind.SUBSTITUTIONS, FIRST_QUARTER)
    made = [make_by_schedule(school_store, wanted) for _ in range(2)]
    assert [report_id is None for report_id in made] == [False, True]
    assert len(list(school_store.path.parent.glob("files/*/*"))) == 1


def test_a_report_made_apart_is_the_report_made_here(school_store: Store, people: People) -> None:
    keeper_at(school_store).look()
    made = shelf(school_store, people.deputy).reports
    for each in made:
        _, document = report_content(school_store, people.deputy, each.report_id)
        assert document == to_json(scheduled_document(school_store, each.order, NOW))


def test_what_fails_stops_nothing_else(
    school_store: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_no_period = ReportOrder(ReportKind.PERFORMANCE, Span(1999, "quarter", 1))
    monkeypatch.setattr(report_job, "orders_due", lambda store, now: [of_no_period, *orders_due(store, now)])
    keeper = keeper_at(school_store)
    keeper.look()
    assert keeper.failed == {of_no_period}
    assert len(shelf(school_store, people.deputy).reports) == len(DUE)


def test_a_process_that_dies_costs_the_report_it_was_at(
    school_store: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, *_ = orders_due(school_store, NOW)
    keeper = keeper_at(school_store)
    copy_to = school_store.copy_to

    def copy_a_broken_one(path: Path) -> None:
        path.write_bytes(b"no database")

    monkeypatch.setattr(school_store, "copy_to", copy_a_broken_one)
    keeper.look()
    assert keeper.failed == {first}
    assert shelf(school_store, people.deputy).reports == []
    monkeypatch.setattr(school_store, "copy_to", copy_to)
    keeper.look()
    made = {each.order for each in shelf(school_store, people.deputy).reports}
    assert second in made
    assert len(made) == len(DUE) - 1


def test_a_stopped_keeper_leaves_neither_a_process_nor_a_copy(school_store: Store) -> None:
    keeper = keeper_at(school_store)
    looking = threading.Thread(target=keeper.look)
    looking.start()
    until(lambda: keeper.process.pid is not None)
    pid = keeper.process.pid
    assert pid is not None
    keeper.stop()
    looking.join(10)
    assert not looking.is_alive()
    assert not Path(f"/proc/{pid}").exists()
    assert list(school_store.path.parent.glob("reports-*")) == []
    assert keeper.failed == set()


def test_a_start_removes_what_a_killed_server_left(school_store: Store) -> None:
    left = school_store.path.parent / "reports-left"
    left.mkdir()
    (left / DATABASE_NAME).write_bytes(b"a copy")
    keeper_at(school_store).begin()
    assert not left.exists()


def test_a_schedule_switched_off_owes_nothing(school_store: Store, people: People) -> None:
    switch_schedule(school_store, people.deputy, is_on=False, now=NOW)
    assert orders_due(school_store, NOW) == []
    switch_schedule(school_store, people.deputy, is_on=True, now=NOW)
    assert len(orders_due(school_store, NOW)) == len(DUE)


def test_a_keeper_stops_when_the_server_does(school_store: Store) -> None:
    keeper = keeper_at(school_store)
    job = Job("reports", every=60, first=40, look=keeper.look, end=keeper.stop)
    job.start()
    job.stop()
    assert not job.thread.is_alive()
    assert keeper.process.is_stopped


def test_a_job_looks_again_when_asked_and_after_a_failure() -> None:
    looks: list[int] = []
    third = threading.Event()

    def look() -> None:
        looks.append(len(looks))
        job.asked.set()
        if len(looks) == 3:
            third.set()
        raise ValueError(looks)

    job = Job("test", every=60, first=0, look=look)
    job.start()
    assert third.wait(10)
    job.stop()
    assert not job.thread.is_alive()
