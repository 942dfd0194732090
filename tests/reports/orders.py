"""Orders of reports about the small school, and its people's reports made without a screen."""

from small_school import CLASS_7A, NOW, OWNER_STAFF

from pipelines.reports.document import Document, to_json
from pipelines.reports.periodic.build import report_document
from school.records import User
from school.reports.actions import ReportContent, keep_report
from school.reports.records import ReportKind, ReportOrder, Span
from school.store.connection import Store

FIRST_QUARTER, SECOND_QUARTER = Span(2026, "quarter", 1), Span(2026, "quarter", 2)
YEAR = Span(2026, "year", 1)
ABOUT_7A = {ReportKind.HOMEROOM: CLASS_7A, ReportKind.SUBJECT_TEACHER: OWNER_STAFF}


def order(kind: ReportKind, span: Span = FIRST_QUARTER) -> ReportOrder:
    return ReportOrder(kind, span, ABOUT_7A.get(kind))


def made(store: Store, user: User, wanted: ReportOrder) -> Document:
    return report_document(store, user, wanted, now=NOW)


def kept(store: Store, user: User, wanted: ReportOrder) -> int:
    document = made(store, user, wanted)
    content = ReportContent(to_json(document), document.about, document.made_of)
    return keep_report(store, user, wanted, content, now=NOW)
