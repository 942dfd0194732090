"""The rows and columns of «Семьи»: a class as figures, a person of a family (п. 4.3)."""

from dataclasses import dataclass
from datetime import datetime

from pages.ui.tables import RecordColumn
from school.families.lookups.family_work import ClassReaders, FamilyPerson
from school.records import PersonName


@dataclass(frozen=True)
class ClassRow:
    """A class with what its families do."""

    class_id: int
    name: str
    found: ClassReaders


def share(part: int, whole: int) -> float | None:
    """Return the percent, None of nothing."""
    return 100 * part / whole if whole else None


CLASS_COLUMNS: tuple[RecordColumn[ClassRow], ...] = (
    RecordColumn("Класс", lambda row: row.name, pinned=True),
    RecordColumn("Семей", lambda row: row.found.families, 0),
    RecordColumn("Могут войти", lambda row: row.found.with_sign_in, 0),
    RecordColumn(
        "Могут войти, %", lambda row: share(row.found.with_sign_in, row.found.families), 1, unit=" %"
    ),
    RecordColumn("Читали", lambda row: row.found.readers, 0),
    RecordColumn("Читали, %", lambda row: share(row.found.readers, row.found.families), 1, unit=" %"),
)


@dataclass(frozen=True)
class PersonRow:
    """A person of a family as a row; ``weeks``: when they confirmed the last week and the one before, empty where not."""

    pupil_id: int
    pupil_name: PersonName
    person: FamilyPerson
    unread: int
    weeks: tuple[str, str]


def moment_words(moment: datetime | None) -> str:
    """Return «21.11 в 19:40», a dash where there was none."""
    return f"{moment:%d.%m в %H:%M}" if moment else "—"


def way_in(person: FamilyPerson) -> str:
    """Return whether somebody can sign in."""
    return "есть" if person.may_sign_in else "нет"


PERSON_COLUMNS: tuple[RecordColumn[PersonRow], ...] = (
    RecordColumn("Ученик", lambda row: row.pupil_name.short, pinned=True),
    RecordColumn("Кто", lambda row: row.person.name if row.person.is_guardian else "сам ученик"),
    RecordColumn("Вход", lambda row: way_in(row.person)),
    RecordColumn(
        "Входил(а)",
        lambda row: moment_words(row.person.signed_in_at),
        help="Последний вход по паролю; записи о входах хранятся 90 дней",
    ),
    RecordColumn("Открыт дневник", lambda row: moment_words(row.person.read_at)),
)
LAST_COLUMNS: tuple[RecordColumn[PersonRow], ...] = (
    RecordColumn(
        "Не прочитано",
        lambda row: row.unread or "",
        help="Замечания и рекомендации за год, которые никто из родителей не отметил прочитанными",
    ),
    RecordColumn("Кем приходится", lambda row: row.person.who if row.person.is_guardian else ""),
)
