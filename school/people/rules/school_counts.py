"""Counting pupils: who was there at the beginning and the end of a span, by class and grade; ages and repeaters (п. 4.6)."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from school.people.records import MovementKind
from school.people.rules.movements import departure_kind

# Levels of general education by their last grade level (273-ФЗ, ст. 10).
LEVELS = {4: "начальное (1–4)", 9: "основное (5–9)", 11: "среднее (10–11)"}
NO_LEVEL = "параллель не указана"


class CountedStay(NamedTuple):
    """A pupil's stay in a class of a school year, as counts need it; ``starts_on`` None: from the first day of the year."""

    pupil_id: int
    class_id: int
    class_name: str
    grade_level: int | None
    school_year: int
    starts_on: date | None
    ends_on: date | None

    def covers(self, day: date) -> bool:
        """Whether the pupil was in the class on a day of its school year."""
        return (self.starts_on is None or self.starts_on <= day) and (
            self.ends_on is None or day < self.ends_on
        )


class CountedMovement(NamedTuple):
    """A movement, as counts need it."""

    kind: MovementKind
    happened_on: date
    from_class_id: int | None
    to_class_id: int | None
    reason: str


@dataclass(frozen=True)
class MovementCount:
    """How many pupils a class had at the beginning and the end of a span, and what lies between.

    ``left`` are departures by the headings of the report; ``moved_in`` and ``moved_out`` came from and went to other classes.
    """

    class_id: int
    name: str
    grade_level: int | None
    at_start: int
    arrived: int
    moved_in: int
    moved_out: int
    left: Counter[str]
    at_end: int

    @property
    def is_explained(self) -> bool:
        """Whether the movements on record lead from the beginning to the end."""
        return (
            self.at_start + self.arrived + self.moved_in - self.moved_out - self.left.total() == self.at_end
        )


def count_movement(
    stays: Iterable[CountedStay], movements: Iterable[CountedMovement], first: date, last: date
) -> list[MovementCount]:
    """Return the movement of each class after a day ``first``, up to ``last`` inclusive, by grade level and name.

    The stays are those of one school year. Who comes on ``first`` itself is there at the beginning.
    """
    names: dict[int, tuple[str, int | None]] = {}
    at_start, at_end = Counter[int](), Counter[int]()
    for stay in stays:
        names[stay.class_id] = stay.class_name, stay.grade_level
        at_start[stay.class_id] += stay.covers(first)
        at_end[stay.class_id] += stay.covers(last)
    came, moved_in, moved_out = Counter[int](), Counter[int](), Counter[int]()
    left: dict[int, Counter[str]] = {key: Counter() for key in names}
    for each in movements:
        if not first < each.happened_on <= last:
            continue
        if each.kind is MovementKind.TRANSFER:
            moved_in[each.to_class_id or 0] += 1
            moved_out[each.from_class_id or 0] += 1
        elif each.kind is MovementKind.ARRIVAL:
            came[each.to_class_id or 0] += 1
        elif each.from_class_id in left:
            left[each.from_class_id][departure_kind(each.reason)] += 1
    counted = [
        MovementCount(
            key, name, level, at_start[key], came[key], moved_in[key], moved_out[key], left[key], at_end[key]
        )
        for key, (name, level) in names.items()
    ]
    return sorted(counted, key=lambda row: (row.grade_level or 0, row.name))


def sum_of(rows: Sequence[MovementCount], name: str) -> MovementCount:
    """Return the sum of classes as a row of its own: of a grade level, or of the school."""
    left = sum((row.left for row in rows), Counter[str]())
    names = ("at_start", "arrived", "moved_in", "moved_out")
    start, arrived, into, out = (sum(getattr(row, field) for row in rows) for field in names)
    return MovementCount(
        0, name, rows[0].grade_level, start, arrived, into, out, left, sum(row.at_end for row in rows)
    )


def day_of_counting(first: date, year_begins_on: date) -> date:
    """Return the day at whose end a span that begins on ``first`` starts: the day before, within the school year."""
    return max(first - timedelta(days=1), year_begins_on)


def repeaters(stays: Collection[CountedStay], before: Collection[CountedStay]) -> set[int]:
    """Return who of the pupils was in a class of the same grade level at the end of the year before.

    ``before``: the stays of the year before that nobody left; a grade level that is not known says nothing.
    """
    former = {(each.pupil_id, each.grade_level) for each in before if each.grade_level is not None}
    return {each.pupil_id for each in stays if (each.pupil_id, each.grade_level) in former}


def level_of(grade_level: int | None) -> str:
    """Return the level of general education of a grade level."""
    return next((title for last, title in LEVELS.items() if grade_level and grade_level <= last), NO_LEVEL)
