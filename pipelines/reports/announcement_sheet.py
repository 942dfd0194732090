"""The sheet of an announcement for those without a way into the register: they sign that they are acquainted (п. 2.9)."""

from datetime import datetime

from pipelines.reports.document import Document, DocumentColumn, Section, table
from school.announcements.lookups.report import Report
from school.audiences.rules import Part

COLUMNS = (
    DocumentColumn("№", 10),
    DocumentColumn("Класс", 16),
    DocumentColumn("Ученик", 46),
    DocumentColumn("Кто знакомится", 52),
    DocumentColumn("Дата", 22),
    DocumentColumn("Подпись", 32),
)


def announcement_sheet(report: Report, school_name: str, *, made_at: datetime, made_by: str) -> Document:
    """Return the sheet: the announcement's words, and a line to sign for each who cannot confirm in the register."""
    announcement = report.announcement
    rows = [
        (
            str(number),
            row.class_name,
            "" if row.is_of_staff else row.name,
            f"{person.name}{' (ученик)' if person.row.part == Part.PUPIL else ''}",
            "",
            "",
        )
        for number, (row, person) in enumerate(report.without_sign_in, 1)
    ]
    return Document(
        title="Лист ознакомления с объявлением",
        school_name=school_name,
        about=announcement.subject,
        span=f"от {announcement.sent_at:%d.%m.%Y}, {announcement.author}",
        made_at=made_at,
        made_by=made_by,
        made_of="Те, у кого нет входа в электронный журнал. Подписавших отмечают в журнале: «Объявления» → «Отправленные».",
        sections=(
            Section("Объявление", tuple(line for line in announcement.text.splitlines() if line.strip())),
            Section(
                "С объявлением ознакомлены",
                tables=(table("", COLUMNS, rows, empty="Войти в журнал могут все получатели."),),
            ),
        ),
        signature="",
    )
