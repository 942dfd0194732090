"""Keeping made reports, and the schedule that makes them (п. 2.6, 7.1, 7.2)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from school.access.action import Action
from school.access.checks import check_may
from school.files.kept import drop_content, keep_content
from school.records import User
from school.reports.access import check_may_make_report
from school.reports.records import MadeReport, ReportOrder
from school.reports.rules import REPORTS, SCHEDULE_SETTING, span_title
from school.reports.store import keys_made, save_report
from school.store.connection import Store, Transaction, in_transaction
from school.store.events import Event
from school.store.settings import save_setting, setting

Kept = TypeVar("Kept", int, int | None)


@dataclass(frozen=True)
class ReportContent:
    """A report to keep: its document as bytes, whom it is about and what it was made of, in Russian."""

    document: bytes
    about_name: str
    made_of: str


def keep_report(
    store: Store, user: User, order: ReportOrder, content: ReportContent, *, now: datetime
) -> int:
    """Keep a report that the user made and return its id. Raises AccessRefused."""
    check_may_make_report(user, order)

    def save(transaction: Transaction, made: MadeReport) -> int:
        return _save(transaction, made, user.user_id, None)

    return _keep(store, order, content, now, save)


def keep_scheduled_report(
    store: Store, order: ReportOrder, content: ReportContent, *, now: datetime
) -> int | None:
    """Keep a report that the schedule made and return its id; None where it had been made already: never twice."""

    def save(transaction: Transaction, made: MadeReport) -> int | None:
        if keys_made(transaction, [order.schedule_key]):
            return None
        return _save(transaction, made, None, order.schedule_key)

    return _keep(store, order, content, now, save)


def _keep(
    store: Store,
    order: ReportOrder,
    content: ReportContent,
    now: datetime,
    save: Callable[[Transaction, MadeReport], Kept],
) -> Kept:
    """Keep the document, then its record; without a record nothing is left of the document."""
    stored_name, sha256 = keep_content(store, content.document)
    made = MadeReport(0, order, content.about_name, now, "", content.made_of, stored_name, sha256)
    report_id = None
    try:
        report_id = store.write(lambda transaction: save(transaction, made))
    finally:
        if report_id is None:
            drop_content(store, stored_name)
    return report_id


def _save(transaction: Transaction, made: MadeReport, made_by: int | None, schedule_key: str | None) -> int:
    numbered = replace(made, report_id=transaction.new_ids(1)[0])
    save_report(transaction, numbered, made_by=made_by, schedule_key=schedule_key)
    title = f"{REPORTS[made.order.kind].title}, {span_title(made.order.span)}"
    transaction.record(Event(made.made_at, made_by, "report", record_id=numbered.report_id, new_value=title))
    return numbered.report_id


@in_transaction
def switch_schedule(transaction: Transaction, user: User, *, is_on: bool, now: datetime) -> None:
    """Switch the schedule of the whole school on or off. Raises AccessRefused."""
    check_may(user, Action.MAKE_REPORTS)
    before, after = setting(transaction, SCHEDULE_SETTING) or "on", "on" if is_on else "off"
    if before == after:
        return
    save_setting(transaction, SCHEDULE_SETTING, after)
    words = {"on": "включены", "off": "выключены"}
    transaction.record(
        Event(now, user.user_id, "report_schedule", old_value=words[before], new_value=words[after])
    )
