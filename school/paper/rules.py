"""Which documents of a class a school prints, how long it keeps them and when one is out of date (п. 2.3, 6.6)."""

from dataclasses import dataclass
from datetime import date

from school.paper.records import OrderState, Paper, PaperForm, PaperKind


@dataclass(frozen=True)
class PaperRule:
    """A document in words, its clause, for how many years it is kept and the forms that it is made in."""

    title: str
    clause: str
    years_kept: int
    forms: tuple[PaperForm, ...]


_BOTH = (PaperForm.PDF, PaperForm.XLSX)
PAPERS: dict[PaperKind, PaperRule] = {
    PaperKind.CLASS_REGISTER: PaperRule("Классный журнал", "п. 6.6", 5, (PaperForm.PDF,)),
    PaperKind.MARKS_SUMMARY: PaperRule("Сводная ведомость успеваемости", "п. 6.6", 25, _BOTH),
    PaperKind.ATTENDANCE_SUMMARY: PaperRule("Сводная ведомость посещаемости", "п. 6.6", 5, _BOTH),
    PaperKind.PUPIL_SUMMARIES: PaperRule("Итоги года по ученикам", "п. 6.6", 25, (PaperForm.PDF,)),
}
FORM_TITLES: dict[PaperForm, str] = {PaperForm.PDF: "PDF", PaperForm.XLSX: "XLSX"}
OPEN = frozenset({OrderState.WAITING, OrderState.RUNNING})
# A printing whose process dies is tried so often before it is given up.
MOST_ATTEMPTS = 2


def kept_until(kind: PaperKind, school_year: int) -> date:
    """Return the last day of a document's term, which begins on 1 January after the school year (п. 6.6)."""
    return date(school_year + 1 + PAPERS[kind].years_kept, 12, 31)


def is_outdated(paper: Paper, newest_event: int) -> bool:
    """Whether the class has changed since the document was made."""
    return newest_event > paper.made_from


def sheets_of(pages: int) -> int:
    """Return how many sheets of paper a document takes when printed on both sides."""
    return (pages + 1) // 2
