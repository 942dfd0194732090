"""A document of the school from its text: the school's head, number and day, paragraphs and tables, who signs (п. 4.1)."""

import json
from dataclasses import asdict, dataclass
from datetime import date

from pipelines.reports.document_word import drawn_in_process
from pipelines.reports.typesetting import typeset
from school.certificates.rules.words import HEAD_DUTY, day_words
from school.discipline.rules.papers import MeasurePaper
from school.regulations.records import Regulation, RegulationKind
from school.regulations.rules.documents import KIND_TITLES, body_parts
from school.texts import all_printable

WORD_DRAWER = "pipelines.reports.official.word"
# What the head approves by itself; the others bear the mark of approval at their head.
SIGNED_KINDS = (RegulationKind.ORDER, RegulationKind.ACT)


@dataclass(frozen=True)
class OfficialPaper:
    """A paper as it is laid out. ``approval``: lines at the top right; ``mark``: across the page, of what is not in force yet."""

    school_name: str
    letterhead: str
    heading: str
    number: str
    dated: str
    title: str
    basis: str
    parts: tuple[str | tuple[tuple[str, ...], ...], ...]
    signers: tuple[tuple[str, str], ...]
    approval: tuple[str, ...] = ()
    mark: str = ""


def _parts(body: str) -> tuple[str | tuple[tuple[str, ...], ...], ...]:
    return tuple(each if isinstance(each, str) else tuple(each) for each in body_parts(body))


def _dated(day: date | None) -> str:
    return day_words(day) if day else ""


def regulation_paper(regulation: Regulation, issuer: tuple[str, str, str]) -> OfficialPaper:
    """Return a document of the school; ``issuer``: the school's name, the lines under it, the head's name."""
    school_name, letterhead, head = issuer
    is_signed = regulation.kind in SIGNED_KINDS
    approval: tuple[str, ...] = ()
    if not is_signed and regulation.is_approved:
        approval = ("УТВЕРЖДАЮ", HEAD_DUTY, f"_____________ / {head}", _dated(regulation.dated_on))
    return OfficialPaper(
        school_name,
        letterhead,
        KIND_TITLES[regulation.kind].upper(),
        regulation.number,
        _dated(regulation.dated_on),
        regulation.title,
        regulation.basis,
        _parts(regulation.body),
        ((HEAD_DUTY, head),) if is_signed else (),
        approval,
        "" if regulation.is_approved else "ПРОЕКТ",
    )


def measure_paper(
    paper: MeasurePaper, issuer: tuple[str, str, str], number: str = "", day: date | None = None
) -> OfficialPaper:
    """Return a paper of a measure; without a day a place to write one is left."""
    school_name, letterhead, _ = issuer
    return OfficialPaper(
        school_name,
        letterhead,
        paper.heading,
        number,
        _dated(day),
        paper.title,
        "",
        _parts(paper.body),
        paper.signers,
    )


def official_pdf(paper: OfficialPaper) -> bytes:
    """Return a paper as PDF pages of A4; the same paper gives the same bytes."""
    return typeset("official/paper", asdict(paper))


def official_word(paper: OfficialPaper) -> bytes:
    """Return a paper for Word. Raises Refusal where the process died."""
    return drawn_in_process(
        WORD_DRAWER, json.dumps(all_printable(asdict(paper)), ensure_ascii=False).encode()
    )
