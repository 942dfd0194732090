"""A class list on paper: names, and the columns that are asked for (п. 3.3, 4.6)."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pipelines.reports.document import Document, DocumentColumn, Kind, Section, table
from school.people.lookups.class_lists import ListedPupil
from school.people.records import Guardian


@dataclass(frozen=True)
class ListColumn:
    """A column that may stand on a list beside the names."""

    title: str
    width: float
    value: Callable[[ListedPupil], object]
    kind: Kind = Kind.TEXT


def _parent(guardian: Guardian) -> str:
    return ", ".join(filter(None, (guardian.name.full, guardian.phone)))


# Nothing but names is printed unasked: whoever needs more chooses it (152-ФЗ, ст. 5).
COLUMNS: dict[str, ListColumn] = {
    "born": ListColumn("Дата рождения", 26, lambda row: row.born_on, Kind.DAY),
    "file": ListColumn("№ личного дела", 24, lambda row: row.file_number),
    "since": ListColumn("В классе с", 26, lambda row: row.pupil.starts_on, Kind.DAY),
    "groups": ListColumn("Подгруппы", 60, lambda row: row.pupil.subgroups),
    "parents": ListColumn("Родители, телефоны", 70, lambda row: "\n".join(map(_parent, row.guardians))),
    "empty": ListColumn("Для записей", 40, lambda _: ""),
    "signature": ListColumn("Подпись", 30, lambda _: ""),
}
NARROW_COLUMNS = 3


def class_list_document(
    rows: Sequence[ListedPupil],
    codes: Collection[str],
    *,
    school_name: str,
    class_name: str,
    homeroom: str,
    day: date,
    made_by: str,
    now: datetime,
) -> Document:
    """Return the list of a class on a day with the columns of these codes, in the order of ``COLUMNS``."""
    chosen = [column for code, column in COLUMNS.items() if code in codes]
    columns = [
        DocumentColumn("№", 9, Kind.NUMBER),
        DocumentColumn("Фамилия, имя, отчество", 80),
        *(DocumentColumn(each.title, each.width, each.kind) for each in chosen),
    ]
    cells = [
        (number, row.pupil.name.full, *(each.value(row) for each in chosen))
        for number, row in enumerate(rows, 1)
    ]
    return Document(
        title=f"Список {class_name}",
        school_name=school_name,
        about=f"Классный руководитель: {homeroom}" if homeroom else "",
        span=f"на {day:%d.%m.%Y}",
        made_at=now,
        made_by=made_by,
        made_of="",
        sections=(
            Section("", tables=(table("", columns, cells, empty="В этот день в классе никого не было."),)),
        ),
        is_landscape=len(chosen) > NARROW_COLUMNS,
    )
