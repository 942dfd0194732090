"""The inventory of a package: its documents with sheets, terms of keeping and SHA-256, as PDF and as CSV (п. 6.6)."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pipelines.reports.document import Document, DocumentColumn, Kind, Section, table
from pipelines.reports.document_pdf import document_pdf
from pipelines.reports.typesetting import ARCHIVAL
from school.calendar import school_year_title
from school.paper.rules import sheets_of

INVENTORY, INVENTORY_TABLE = "опись.pdf", "inventory.csv"
HEADINGS = ("№", "Заголовок", "Файл", "Листов", "Срок хранения, лет", "Хранить до", "SHA-256")
COLUMNS = (
    DocumentColumn("№", 9, Kind.NUMBER),
    DocumentColumn("Заголовок", 62),
    DocumentColumn("Листов", 14, Kind.NUMBER),
    DocumentColumn("Срок, лет", 14, Kind.NUMBER),
    DocumentColumn("Хранить до", 22, Kind.DAY),
    DocumentColumn("SHA-256", 130),
)


@dataclass(frozen=True)
class Entry:
    """A file of a package: what it is, where it lies, of how many pages (None: not for paper), how long it is kept."""

    title: str
    path: str
    pages: int | None
    years: int
    kept_until: date
    sha256: str

    @property
    def sheets(self) -> int | None:
        """How many sheets it takes, printed on both sides."""
        return None if self.pages is None else sheets_of(self.pages)


def inventory_table(entries: Sequence[Entry]) -> str:
    """Return the inventory of all files as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADINGS)
    for number, each in enumerate(entries, 1):
        sheets = "" if each.sheets is None else each.sheets
        writer.writerow(
            (number, each.title, each.path, sheets, each.years, each.kept_until.isoformat(), each.sha256)
        )
    return text.getvalue()


def inventory_pdf(
    entries: Sequence[Entry], school: str, school_year: int, made_by: str, now: datetime
) -> bytes:
    """Return the inventory of the documents that go on paper, to be signed and sewn with them."""
    listed = [each for each in entries if each.pages is not None]
    rows = [
        (number, each.title, each.sheets, each.years, each.kept_until, each.sha256)
        for number, each in enumerate(listed, 1)
    ]
    sheets = sum(each.sheets or 0 for each in listed)
    year = school_year_title(school_year)
    words = (
        "Документы напечатаны с двух сторон листа. SHA-256 — сумма файла: по ней проверяют, что документ не изменён. "
        f"Остальные файлы архива, всего {len(entries) - len(listed)}, перечислены в {INVENTORY_TABLE}."
    )
    documents = table("", COLUMNS, rows, totals=[("", "Всего листов", sheets, "", None, "")])
    return document_pdf(
        Document(
            title="Опись документов архива учебного года",
            school_name=school,
            about="",
            span=f"{year} учебный год",
            made_at=now,
            made_by=made_by,
            made_of="Сроки хранения: п. 6.6 Положения, с 1 января года, следующего за окончанием учебного года.",
            sections=(Section("", (words,), (documents,)),),
            signature="Секретарь",
            is_landscape=True,
        ),
        standard=ARCHIVAL,
    )
