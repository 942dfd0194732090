"""A pupil's personal card: who it is, classes and movement by orders, results by year (п. 4.6)."""

from datetime import datetime

from pipelines.reports.document import Document, DocumentColumn, Kind, Section, table
from school.calendar import school_year_title
from school.certificates.lookups.report_cards import PersonalCard
from school.certificates.rules.words import HEAD_DUTY, results_table
from school.people.lookups.pupils import movement_title
from school.people.rules.movements import where_words

FACTS = (DocumentColumn("Сведения", 50), DocumentColumn("Значение", 128))
STAYS = (
    DocumentColumn("Учебный год", 30),
    DocumentColumn("Класс", 25),
    DocumentColumn("С", 30),
    DocumentColumn("До", 30),
)
MOVES = (
    DocumentColumn("Дата", 22, Kind.DAY),
    DocumentColumn("Движение", 52),
    DocumentColumn("Приказ", 46),
    DocumentColumn("Причина, откуда или куда", 58),
)
MADE_OF = "Сведения электронного журнала школы. Отметки за год и итоговые — по журналам классов, в которых учился ученик."
SUBJECT_WIDTH = 60.0


def personal_card_document(card: PersonalCard, school_name: str, made_by: str, now: datetime) -> Document:
    """Return a pupil's personal card as a document."""
    last = card.stays[-1] if card.stays else None
    return Document(
        title="Личная карта обучающегося",
        school_name=school_name,
        about=card.pupil.name.full,
        span=f"{last.place.name}, {school_year_title(last.place.school_year)}" if last else "",
        made_at=now,
        made_by=made_by,
        made_of=MADE_OF,
        sections=(
            Section("Сведения", tables=(table("", FACTS, _facts(card)),)),
            Section("Классы", tables=(table("", STAYS, _stays(card)),)),
            Section("Движение", tables=(table("", MOVES, _moves(card), empty="Движения в журнале нет."),)),
            _results(card),
        ),
        signature=HEAD_DUTY,
    )


def _facts(card: PersonalCard) -> list[tuple[str, str]]:
    pupil = card.pupil
    rows = [
        ("Фамилия, имя, отчество", pupil.name.full),
        ("Дата рождения", f"{pupil.born_on:%d.%m.%Y}" if pupil.born_on else "не указана"),
        ("№ личного дела", pupil.file_number or "не указан"),
    ]
    return rows + [(each.relation.capitalize() or "Родитель", each.name.full) for each in card.guardians]


def _stays(card: PersonalCard) -> list[tuple[str, str, str, str]]:
    return [
        (
            school_year_title(each.place.school_year),
            each.place.name,
            f"{each.starts_on:%d.%m.%Y}" if each.starts_on else "с начала года",
            f"{each.ends_on:%d.%m.%Y}" if each.ends_on else "",
        )
        for each in card.stays
    ]


def _moves(card: PersonalCard) -> list[tuple[object, ...]]:
    names = card.class_names
    return [
        (
            each.happened_on,
            movement_title(
                each.kind, names.get(each.from_class_id or 0, ""), names.get(each.to_class_id or 0, "")
            ),
            each.order_title,
            "; ".join(filter(None, (each.reason, *where_words(each)))),
        )
        for each in card.movements
    ]


def _results(card: PersonalCard) -> Section:
    made = results_table(card.results)
    if made is None:
        return Section("Итоги по годам", ("Отметок за год пока нет.",))
    widths = (SUBJECT_WIDTH, *(18.0 for _ in made.columns[1:]))
    columns = [DocumentColumn(title, width) for title, width in zip(made.columns, widths, strict=True)]
    return Section("Итоги по годам", tables=(table("", columns, made.rows),))
