"""Questions about 8Б to the actions and lookups of reports."""

from collections.abc import Callable
from typing import Any

from asking import LEADER, PERIOD, Question, the_deputy, was_done
from small_school import CLASS_8B, NOW

from school.records import User
from school.reports import actions as report_actions
from school.reports import lookups as report_lookups
from school.reports.records import ReportKind, ReportOrder, Span
from school.store.connection import Store

REPORT_ON_8B = ReportOrder(ReportKind.HOMEROOM, Span(2026, "quarter", 1), CLASS_8B)


def _keep_report_on_8b(store: Store, user: User) -> int:
    content = report_actions.ReportContent(b"{}", "8Б класс", "")
    return report_actions.keep_report(store, user, REPORT_ON_8B, content, now=NOW)


def _about_report(ask: Callable[[Store, User, int], Any]) -> Callable[[Store, User], Any]:
    """Ask about a report on 8Б that the deputy has made."""
    return lambda store, user: ask(store, user, _keep_report_on_8b(store, the_deputy(store)))


QUESTIONS: dict[str, Question] = {
    "reports.actions.keep_report": Question(_keep_report_on_8b, {"deputy"} | LEADER, was_done),
    "reports.actions.switch_schedule": Question(
        lambda store, user: report_actions.switch_schedule(store, user, is_on=False, now=NOW),
        {"deputy", "admin"},
        was_done,
    ),
    "reports.lookups.shelf": Question(
        _about_report(lambda store, user, _: report_lookups.shelf(store, user)), {"head", "deputy"} | LEADER
    ),
    "reports.lookups.report_content": Question(
        _about_report(report_lookups.report_content), {"head", "deputy"} | LEADER
    ),
    "reports.lookups.kinds_to_make": Question(
        lambda _, user: report_lookups.kinds_to_make(user),
        {"owner", "stranger", "homeroom", "deputy", "admin"} | LEADER,
        bool,
    ),
    "reports.lookups.periods_for": Question(
        lambda store, user: report_lookups.periods_for(store, user, ReportKind.PERFORMANCE), {"deputy"}, bool
    ),
    "reports.lookups.subjects_of_report": Question(
        lambda store, user: report_lookups.subjects_of_report(store, user, ReportKind.HOMEROOM, PERIOD),
        {"deputy"} | LEADER,
    ),
    "reports.lookups.may_switch_schedule": Question(
        lambda _, user: report_lookups.may_switch_schedule(user), {"deputy", "admin"}, bool
    ),
}
