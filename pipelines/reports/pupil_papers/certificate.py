"""A numbered paper as PDF: always what was said at its issue, a cancelled one says so."""

from pipelines.reports.typesetting import typeset
from school.certificates.records import IssuedPaper, PaperTable, PaperWords
from school.certificates.rules.issuing import KINDS
from school.certificates.rules.words import day_words

# Columns of words and of many marks are set to the left, single marks and numbers in the middle.
WORDS_SHARE = 3


def certificate_pdf(paper: IssuedPaper, words: PaperWords) -> bytes:
    """Return an issued paper as PDF pages of A4; the same paper gives the same bytes."""
    issued_by = f", выдал(а) {paper.issuer}" if paper.issuer else ""
    return typeset(
        "pupil_papers/certificate",
        {
            "school_name": words.school_name,
            "letterhead": words.letterhead,
            "title": words.title,
            "recipient": words.recipient,
            "number": str(paper.number),
            "issued_on": day_words(paper.issued_at),
            "paragraphs": words.paragraphs,
            "table": _table(words.table),
            "closing": words.closing,
            "signers": words.signers,
            "register": f"Книга выдачи «{KINDS[paper.kind].numbering}», № {paper.number_text}{issued_by}",
            "cancelled": _cancelled(paper),
        },
    )


def _cancelled(paper: IssuedPaper) -> str:
    if paper.cancelled_at is None:
        return ""
    return f"Документ аннулирован {paper.cancelled_at:%d.%m.%Y}: {paper.cancel_reason}"


def _table(table: PaperTable | None) -> dict[str, object] | None:
    if table is None:
        return None
    left = [place for place, share in enumerate(table.shares) if share >= WORDS_SHARE]
    return {"columns": table.columns, "shares": table.shares, "rows": table.rows, "left": left}


def certificate_name(paper: IssuedPaper) -> str:
    """Return the name a paper is downloaded under: its kind and number, of nobody."""
    return f"{KINDS[paper.kind].title} № {paper.number}-{paper.number_year}.pdf"
