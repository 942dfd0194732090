"""Report cards of a class as PDF, a page a pupil: subjects by terms, the year, the final mark, lessons missed (п. 4.3, 5.4)."""

from pipelines.reports.typesetting import typeset
from school.calendar import school_year_title, term_title
from school.certificates.lookups.report_cards import ClassCards, ReportCard
from school.numbers import DASH


def report_cards_pdf(cards: ClassCards, school_name: str) -> bytes:
    """Return the report cards as PDF pages of A4, each pupil on a page of their own."""
    return typeset(
        "pupil_papers/report_cards",
        {
            "school_name": school_name,
            "letterhead": cards.letterhead,
            "head_name": cards.head_name,
            "class_name": cards.class_name,
            "year": school_year_title(cards.school_year),
            "homeroom": cards.homeroom,
            "day": cards.day,
            "terms": [term_title(each.kind, each.number) for each in cards.terms],
            "cards": [
                {
                    "name": each.name.full,
                    "file_number": each.file_number,
                    "rows": _rows(cards, each),
                    "totals": _totals(cards, each),
                }
                for each in cards.cards
            ],
        },
    )


def _rows(cards: ClassCards, card: ReportCard) -> list[list[str]]:
    return [
        [
            row.subject,
            *(str(row.by_term.get(term.term_id, DASH)) for term in cards.terms),
            str(row.year_mark or DASH),
            str(row.final_mark or DASH),
            str(row.missed or ""),
        ]
        for row in card.rows
    ]


def _totals(cards: ClassCards, card: ReportCard) -> list[list[str]]:
    return [
        [
            title,
            *(
                str(counts.get(term.term_id, 0)) if term.starts_on <= cards.day else ""
                for term in cards.terms
            ),
            "",
            "",
            str(sum(counts.values())),
        ]
        for title, counts in (("Пропущено уроков", card.missed), ("в том числе по болезни", card.ill))
    ]
