"""What counts as having looked at a pupil's data, apart from the daily work in registers (152-ФЗ, ст. 19)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from school.reports.records import About, ReportOrder
from school.reports.rules import REPORTS


class Viewed(StrEnum):
    """What somebody looked at or took out."""

    CARD = "card"
    HISTORY = "history"
    DIARY = "diary"
    LIST = "list"
    REPORT = "report"
    EXPORT = "export"
    RECORD = "record"
    PAPER = "paper"
    SCHEDULE = "schedule"
    CERTIFICATE = "certificate"


VIEWED_TITLES: dict[Viewed, str] = {
    Viewed.CARD: "карточка ученика",
    Viewed.HISTORY: "страница ученика за все годы",
    Viewed.DIARY: "дневник",
    Viewed.LIST: "скачан список",
    Viewed.REPORT: "скачан отчёт",
    Viewed.EXPORT: "выгружены данные школы",
    Viewed.RECORD: "скачан документ «Что мы храним о ребёнке»",
    Viewed.PAPER: "справка о пропуске, которую прислала семья",
    Viewed.SCHEDULE: "расписание и отметки по запросу системы региона",
    Viewed.CERTIFICATE: "справка, выписка, табель или личная карта",
}


@dataclass(frozen=True)
class Seen:
    """What is looked at and of whom: of these pupils, of all who were in a class, of a teacher's in a year, or else of all.

    ``title`` names a list or a report, never a person.
    """

    kind: Viewed
    pupil_ids: frozenset[int] = frozenset()
    title: str = ""
    class_id: int | None = None
    teacher: tuple[int, int] | None = None  # staff_id, school_year


@dataclass(frozen=True)
class Viewing:
    """That a user looked at something."""

    viewed_at: datetime
    user_id: int
    seen: Seen


def seen_by_report(order: ReportOrder) -> Seen | None:
    """Return whom a report names: a class, a teacher's pupils or all of the school; None where it names nobody."""
    rule = REPORTS[order.kind]
    if not rule.names_pupils:
        return None
    if order.about_id is None:
        return Seen(Viewed.REPORT, title=rule.title)
    if rule.about is About.CLASS:
        return Seen(Viewed.REPORT, title=rule.title, class_id=order.about_id)
    return Seen(Viewed.REPORT, title=rule.title, teacher=(order.about_id, order.span.school_year))


def is_of_another(pupil_id: int, own_pupil_ids: Collection[int]) -> bool:
    """Whether a diary is somebody else's child's: a family that reads its own is not noted."""
    return pupil_id not in own_pupil_ids


def title_of(kind: str, title: str) -> str:
    """«скачан список «Список 7А»»: what was looked at in words."""
    words = VIEWED_TITLES[Viewed(kind)]
    return f"{words} «{title}»" if title else words
