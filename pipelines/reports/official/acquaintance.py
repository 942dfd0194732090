"""The acquaintance sheet of a document: who, when, how, and a place to sign (п. 4.1; ТК, ст. 22, 68)."""

from datetime import datetime

from pipelines.reports.document import Document, DocumentColumn, Kind, Section, table
from school.regulations.lookups import Sheet, SheetRow, title_of

COLUMNS = (
    DocumentColumn("№", 9, Kind.NUMBER),
    DocumentColumn("Фамилия, имя, отчество", 60),
    DocumentColumn("Должность", 52),
    DocumentColumn("Дата получения", 26, Kind.DAY),
    DocumentColumn("Дата и время ознакомления", 34),
    DocumentColumn("Способ", 52),
    DocumentColumn("Подпись", 34),
)
NO_AGREEMENT = "Соглашения об электронном ознакомлении в школе нет: лист подписывают на бумаге все, и те, кто отметил в журнале."


def acquaintance_document(sheet: Sheet, school_name: str, *, made_at: datetime, made_by: str) -> Document:
    """Return the sheet as a document of A4 pages or a workbook; empty signatures are those to be collected."""
    regulation = sheet.regulation
    rows = [_cells(number, each) for number, each in enumerate(sheet.rows, 1)]
    by = f"Срок ознакомления — {regulation.read_by:%d.%m.%Y}. " if regulation.read_by else ""
    return Document(
        title="Лист ознакомления",
        school_name=school_name,
        about=title_of(regulation),
        span=f"редакция {regulation.version}; собрано {sheet.done} из {len(sheet.rows)}",
        made_at=made_at,
        made_by=made_by,
        made_of=by + (f"Электронное ознакомление: {sheet.agreement}." if sheet.agreement else NO_AGREEMENT),
        sections=(
            Section(
                "С документом ознакомлены", tables=(table("", COLUMNS, rows, empty="Знакомить некого."),)
            ),
        ),
        is_landscape=True,
    )


def _cells(number: int, each: SheetRow) -> tuple[object, ...]:
    row = each.row
    return (number, each.name, each.position, row.given_at.date(), moment_words(each), way_words(each), "")


def moment_words(each: SheetRow) -> str:
    """Return when somebody was acquainted; of a signature on paper the day alone is known."""
    at = each.row.confirmed_at
    if at is None:
        return ""
    return f"{at:%d.%m.%Y}" if each.row.paper_by is not None else f"{at:%d.%m.%Y %H:%M}"


def way_words(each: SheetRow) -> str:
    """Return how somebody was acquainted: in the register, or on paper and who entered it."""
    if each.row.confirmed_at is None:
        return ""
    if each.row.paper_by is None:
        return "в системе"
    return f"на бумаге, внёс(ла) {each.noted_by}" if each.noted_by else "на бумаге"
