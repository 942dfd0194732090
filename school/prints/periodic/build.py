"""From an order to its document: which module makes which report."""

from collections.abc import Callable
from datetime import datetime

from school.prints.document import Document
from school.prints.periodic.curriculum import curriculum
from school.prints.periodic.homeroom import homeroom
from school.prints.periodic.mark_coverage import mark_coverage
from school.prints.periodic.performance import performance
from school.prints.periodic.source import Source, source_of
from school.prints.periodic.subject_teacher import subject_teacher
from school.prints.periodic.substitutions import substitutions
from school.prints.periodic.user_activity import activity
from school.records import User
from school.reports import ReportKind, ReportOrder
from school.store.connection import Store

BUILDERS: dict[ReportKind, Callable[[Source], Document]] = {
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
