"""What a file brings into the register's cells, and what the register holds of the classes and subjects that it names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from school.calendar import school_year_title
from school.errors import RuleRefused
from school.files.plan import SourceRow
from school.files.spellings import abbreviated, class_key, clean
from school.files.values.days import check_no_day
from school.people.rules.former_marks import is_before
from school.records import AbsenceReason, Cell, PersonName, Term
from school.spans import Span


@dataclass(frozen=True)
class LoadedMark:
    """A mark of a file; ``weight`` is None where the file says nothing of it."""

    value: int
    weight: float | None = None


@dataclass(frozen=True)
class Entry:
    """What a file, or the register, has in a cell."""

    absence: AbsenceReason | None = None
    marks: tuple[LoadedMark, ...] = ()

    @property
    def cell(self) -> Cell:
        """The cell as the register has it."""
        return Cell(self.absence, tuple(mark.value for mark in self.marks))


EMPTY_ENTRY = Entry()


@dataclass(frozen=True)
class CellRecord:
    """A cell to fill: ``lesson_id`` is None where the lesson has to be made, the ``nth`` of its register that day.

    ``other_class``: the class of the register, where the file names another one of the pupil's.
    """

    class_id: int
    subject_id: int
    term_id: int
    held_on: date
    nth: int
    subgroup_id: int | None
    lesson_id: int | None
    pupil_id: int
    entry: Entry
    other_class: str = ""


@dataclass(frozen=True)
class TermMarkRecord:
    """A mark for a term; ``term_id`` is YEAR for the school year. One of the former school is of no class, whichever the file names.

    ``other_class``: as in ``CellRecord``.
    """

    class_id: int
    subject_id: int
    term_id: int
    school_year: int
    pupil_id: int
    value: int
    is_of_former_school: bool = False
    other_class: str = ""


JournalRecord = CellRecord | TermMarkRecord


@dataclass(frozen=True)
class KnownClass:
    """A class as files name it, with the days of its school year."""

    class_id: int
    name: str
    school_year: int
    starts_on: date
    ends_on: date
    days_a_week: int
    grade_level: int | None = None


@dataclass(frozen=True)
class KnownLesson:
    """A lesson of a register on a day."""

    lesson_id: int
    subgroup_id: int | None = None
    is_cancelled: bool = False


Register = tuple[int, int]  # class_id, subject_id
Pair = tuple[int, int]  # lesson_id, pupil_id


@dataclass(frozen=True)
class Names:
    """Classes and subjects to look up by their spellings."""

    classes: tuple[KnownClass, ...]
    subjects: tuple[tuple[int, str], ...]
    # Each spelling is looked up once: a file has a hundred thousand rows and a dozen subjects.
    _found: dict[str, list[int]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def _classes_by_key(self) -> dict[str, list[KnownClass]]:
        found: dict[str, list[KnownClass]] = {}
        for known in self.classes:
            found.setdefault(class_key(known.name), []).append(known)
        return found

    def has_class(self, text: str) -> bool:
        """Whether a class of any year is called so; a day that Excel made of a class is another fault."""
        check_no_day(text, "-")
        return class_key(text) in self._classes_by_key

    def class_of(self, text: str, day: date | None, school_year: int) -> KnownClass:
        """Return the class of that name in the school year of the day, or in ``school_year``; raises RuleRefused."""
        named = self._classes_by_key.get(class_key(text), [])
        fitting = [
            known
            for known in named
            if (known.starts_on <= day <= known.ends_on if day else known.school_year == school_year)
        ]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise RuleRefused(f"Классов «{clean(text)}» несколько.")
        if not named:
            check_no_day(text, "-")
            raise RuleRefused(f"Класса «{clean(text)}» в школе нет.")
        raise RuleRefused(
            f"{day:%d.%m.%Y} — не из учебного года, в котором есть класс «{clean(text)}»."
            if day
            else f"В {school_year_title(school_year)} учебном году нет класса «{clean(text)}»."
        )

    def subject_of(self, text: str) -> int:
        """Return the subject of that name, or the only one that it shortens («рус. яз.»); raises RuleRefused."""
        if text not in self._found:
            self._found[text] = abbreviated(text, self.subjects)
        found = self._found[text]
        if len(found) == 1:
            return found[0]
        raise RuleRefused(
            f"Предметов «{clean(text)}» несколько." if found else f"Предмета «{clean(text)}» в школе нет."
        )


@dataclass(frozen=True)
class JournalState:
    """What the register holds of the classes and subjects that a file names.

    ``birthdays`` are by pupil; ``first_days``, on which a pupil first came, by pupil and school year; ``former_marks``, of the
    former school, by subject, term and pupil. ``days_off`` are by day and grade level, None for the whole school; on ``moved_days`` there are lessons all the same.
    """

    names: Names
    pupils: Mapping[int, Sequence[tuple[int, PersonName, Span]]] = field(default_factory=dict)
    birthdays: Mapping[int, date | None] = field(default_factory=dict)
    first_days: Mapping[tuple[int, int], date] = field(default_factory=dict)
    terms: Mapping[int, Sequence[Term]] = field(default_factory=dict)
    days_off: Mapping[tuple[date, int | None], str] = field(default_factory=dict)
    moved_days: frozenset[date] = frozenset()
    lessons: Mapping[tuple[int, int, date], Sequence[KnownLesson]] = field(default_factory=dict)
    subgroup_spans: Mapping[Pair, Sequence[Span]] = field(default_factory=dict)
    taught_subgroups: Mapping[Register, Sequence[int | None]] = field(default_factory=dict)
    cells: Mapping[Pair, Entry] = field(default_factory=dict)
    term_marks: Mapping[tuple[int, int, int, int], int] = field(default_factory=dict)
    former_marks: Mapping[tuple[int, int, int], int] = field(default_factory=dict)

    def is_of_former_school(self, class_id: int, subject_id: int, term: Term, pupil_id: int) -> bool:
        """Whether a term ended before the pupil came this year, and its mark was not entered as the class's own either."""
        is_own = (class_id, subject_id, term.term_id, pupil_id) in self.term_marks
        return not is_own and is_before(term, self.first_days.get((pupil_id, term.school_year)))


def named_registers(rows: Iterable[SourceRow], names: Names) -> tuple[set[int], set[int]]:
    """Return the classes and subjects that rows may mean: what of the register has to be read."""
    class_keys = {class_key(text) for text in {row["school_class"] for row in rows}}
    subjects = set()
    for text in {row["subject"] for row in rows}:
        try:
            subjects.add(names.subject_of(text))
        except RuleRefused:
            continue
    return {known.class_id for known in names.classes if class_key(known.name) in class_keys}, subjects
