"""Made reports that a user may read, what may be asked for, and what is still due by the schedule."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from school.access.action import Action
from school.access.checks import may
from school.analytics.lookups.tables import PeriodRow, choices, readable_periods
from school.errors import RuleRefused
from school.files.kept import content_of
from school.records import User
from school.register.rules.marks import is_graded
from school.reports import store as store_reports
from school.reports.access import (
    FIGURES_OF,
    check_may_read_report,
    kinds_for,
    may_make_report,
    may_read_report,
)
from school.reports.records import About, MadeReport, ReportKind, ReportOrder, Span
from school.reports.rules import REPORTS, SCHEDULE_SETTING, is_due, is_for, scheduled_orders
from school.store.connection import Store
from school.store.settings import setting


@dataclass(frozen=True)
class ReportShelf:
    """Made reports that a user may read, newest first, and which of them they may make again."""

    reports: list[MadeReport]
    remakeable: frozenset[int]


def shelf(store: Store, user: User) -> ReportShelf:
    """Return the made reports within the user's scope."""
    readable = [made for made in store_reports.made_reports(store) if may_read_report(user, made.order)]
    return ReportShelf(
        readable, frozenset(made.report_id for made in readable if may_make_report(user, made.order))
    )


def report_content(store: Store, user: User, report_id: int) -> tuple[MadeReport, bytes]:
    """Return a made report with its document. Raises AccessRefused, RuleRefused where there is none."""
    made = store_reports.made_report(store, report_id)
    if made is None:
        raise RuleRefused("Такого отчёта нет.", next_step="Обновите страницу.")
    check_may_read_report(user, made.order)
    return made, content_of(store, made.stored_name, made.sha256)


def kinds_to_make(user: User) -> list[ReportKind]:
    """Return the reports that the user may make."""
    return kinds_for(user, Action.MAKE_REPORTS)


def periods_for(store: Store, user: User, kind: ReportKind) -> list[PeriodRow]:
    """Return the periods that a report can be asked for, oldest first; empty for who may not make it."""
    if kind not in kinds_to_make(user):
        return []
    return [row for row in readable_periods(store, user, FIGURES_OF[kind]) if is_for(kind, span_of(row))]


def span_of(period: PeriodRow) -> Span:
    """Return a period as reports name it."""
    return Span(period.school_year, str(period.kind), period.number)


def subjects_of_report(store: Store, user: User, kind: ReportKind, period: PeriodRow) -> dict[int, str]:
    """Return whom a report may be asked about by id: classes or teachers; empty where it is about the school."""
    about, span = REPORTS[kind].about, span_of(period)
    if about is About.SCHOOL:
        return {}
    offered = choices(store, user, FIGURES_OF[kind], period.term_ids)
    names = {row.class_id: row.name for row in offered.classes} if about is About.CLASS else offered.teachers
    return {
        about_id: name
        for about_id, name in names.items()
        if may_make_report(user, ReportOrder(kind, span, about_id))
    }


def schedule_is_on(store: Store) -> bool:
    """Whether the schedule makes reports."""
    return setting(store, SCHEDULE_SETTING) != "off"


def may_switch_schedule(user: User) -> bool:
    """Whether the user may switch the school's schedule."""
    return may(user, Action.MAKE_REPORTS)


def orders_due(store: Store, now: datetime) -> list[ReportOrder]:
    """Return what is due by the schedule at a moment and not made yet, for the server's own job."""
    if not schedule_is_on(store):
        return []
    today = now.date()
    spans = [each for each in store_reports.ended_spans(store, now) if is_due(each, today)]
    about_ids = {each.span: _about_ids(store, each.span) for each in spans}
    orders = scheduled_orders(spans, about_ids, today)
    made = store_reports.keys_made(store, [order.schedule_key for order in orders])
    return [order for order in orders if order.schedule_key not in made]


def _about_ids(store: Store, span: Span) -> dict[About, Collection[int]]:
    classes = [
        class_id
        for class_id, grade_level in store_reports.classes_of_span(store, span).items()
        if is_graded(grade_level)
    ]
    return {About.CLASS: classes, About.TEACHER: store_reports.teachers_of_classes(store, classes)}
