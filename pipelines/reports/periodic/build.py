"""From an order to its document: which module makes which report."""

from collections.abc import Callable
from datetime import datetime

from pipelines.reports.document import Document
from pipelines.reports.periodic.curriculum import curriculum
from pipelines.reports.periodic.homeroom import homeroom
from pipelines.reports.periodic.mark_coverage import mark_coverage
from pipelines.reports.periodic.performance import performance
from pipelines.reports.periodic.source import ReportSource, source_of
from pipelines.reports.periodic.subject_teacher import subject_teacher
from pipelines.reports.periodic.substitutions import substitutions
from pipelines.reports.periodic.user_activity import activity
from school.records import User
from school.reports.records import ReportKind, ReportOrder
from school.store.connection import Store

BUILDERS: dict[ReportKind, Callable[[ReportSource], Document]] = {
    ReportKind.PERFORMANCE: performance,
    ReportKind.HOMEROOM: homeroom,
    ReportKind.SUBJECT_TEACHER: subject_teacher,
    ReportKind.MARK_COVERAGE: mark_coverage,
    ReportKind.CURRICULUM: curriculum,
    ReportKind.SUBSTITUTIONS: substitutions,
    ReportKind.USER_ACTIVITY: activity,
}


def report_document(store: Store, user: User, order: ReportOrder, *, now: datetime) -> Document:
    """Return the document of a report, made of what the user reaches at this moment.

    Raises AccessRefused, or RuleRefused where there is no such period, or it has not begun.
    """
    return BUILDERS[order.kind](source_of(store, user, order, now=now))
