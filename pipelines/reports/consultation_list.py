"""A teacher's list of a day's consultations on paper: who comes when, with room for a note by hand (п. 4.7)."""

from datetime import datetime

from pipelines.reports.document import Document, DocumentColumn, Section, table
from pipelines.reports.document_pdf import document_pdf
from school.calendar import day_title
from school.consultations.lookups.staff import ConsultationDay, OwnTime

COLUMNS = (
    DocumentColumn("Время", 22),
    DocumentColumn("Ученик, класс", 42),
    DocumentColumn("Кто придёт", 36),
    DocumentColumn("О чём", 44),
    DocumentColumn("Для записей", 34),
)
# A line by hand needs some height.
BY_HAND = "\n\n"


def list_pdf(day: ConsultationDay, school_name: str, *, made_at: datetime) -> bytes:
    """Return the list as PDF pages of A4; free times stay as empty lines, to be filled by hand."""
    booked = sum(each.booking is not None for each in day.times)
    places = ", ".join(dict.fromkeys(each.slot.place for each in day.times if each.slot.place))
    about = f"Записано {booked} из {len(day.times)}."
    document = Document(
        title="Консультации",
        school_name=school_name,
        about=day.name,
        span=day_title(day.day),
        made_at=made_at,
        made_by=day.name,
        made_of="Пустые строки — свободное время: запишите, кто пришёл без записи.",
        sections=(
            Section(
                "",
                (f"{about} Где или как: {places}." if places else about,),
                (table("", COLUMNS, [_row(each) for each in day.times]),),
            ),
        ),
    )
    return document_pdf(document)


def _row(each: OwnTime) -> tuple[str, str, str, str, str]:
    booking = each.booking
    if booking is None:
        return (each.slot.times.words, "", "", "", BY_HAND)
    whose = f"{booking.pupil_name.short}, {booking.class_name}"
    return (each.slot.times.words, whose, booking.guardian, booking.question, BY_HAND)
