"""Making a report: its document from the school's figures, kept beside the database; forms are drawn from what is kept."""

from collections.abc import Callable
from dataclasses import dataclass

from pipelines.reports.document import Document, from_json, to_json
from pipelines.reports.document_pdf import document_pdf
from pipelines.reports.document_word import document_word
from pipelines.reports.document_xlsx import document_xlsx
from pipelines.reports.periodic.build import report_document
from school.records import User
from school.reports.actions import ReportContent, keep_report, keep_scheduled_report
from school.reports.lookups import report_content
from school.reports.records import MadeReport, ReportOrder
from school.reports.rules import REPORTS, span_title
from school.store.school import School


@dataclass(frozen=True)
class Form:
    """A form that a document goes out in."""

    title: str
    ending: str
    mime: str
    draw: Callable[[Document], bytes]


FORMS = (
    Form("PDF", "pdf", "application/pdf", document_pdf),
    Form(
        "Word",
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        document_word,
    ),
    Form("XLSX", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", document_xlsx),
)


def make_report(school: School, user: User, order: ReportOrder) -> int:
    """Make a report that a user asks for and return its id. Raises AccessRefused or RuleRefused."""
    now = school.clock()
    document = report_document(school.store, user, order, now=now)
    return keep_report(school.store, user, order, _content(document), now=now)


def keep_scheduled(school: School, order: ReportOrder, kept: bytes) -> int | None:
    """Keep a report that was made by the schedule, its document as JSON; None where it was made already."""
    document = from_json(kept)
    content = ReportContent(kept, document.about, document.made_of)
    return keep_scheduled_report(school.store, order, content, now=document.made_at)


def _content(document: Document) -> ReportContent:
    return ReportContent(to_json(document), document.about, document.made_of)


def drawn(school: School, user: User, report_id: int, form: Form) -> bytes:
    """Return a kept report in a form. Raises AccessRefused."""
    _, content = report_content(school.store, user, report_id)
    return form.draw(from_json(content))


def file_name(made: MadeReport, form: Form) -> str:
    """Return the name a form is downloaded under: report, whom about, span."""
    parts = [REPORTS[made.order.kind].title, made.about_name, span_title(made.order.span)]
    words = " ".join(part for part in parts if part).replace("/", "-")
    return f"{words}.{form.ending}"
