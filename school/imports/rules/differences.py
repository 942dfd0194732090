"""What changed here and there since the last exchange by a profile: each row of a file beside the school's (п. 4.6)."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from school.errors import RuleRefused
from school.files.plan import ImportKind, SourceRow
from school.files.spellings import abbreviated, class_key, plain
from school.files.values.days import parse_day
from school.files.values.numbers import parse_hours, parse_number
from school.files.values.periods import parse_period
from school.imports.rules.journal_texts import parse_entry
from school.imports.rules.outgoing import OutRow
from school.imports.rules.people_rows import roles_of
from school.year.rules.timetable import weekday_of

# What identifies a row of a kind; the rest is what it says.
KEYS: dict[ImportKind, tuple[str, ...]] = {
    ImportKind.PUPILS: ("name",),
    ImportKind.STAFF: ("name",),
    ImportKind.LOAD: ("school_class", "subject", "subgroup"),
    ImportKind.TIMETABLE: ("school_class", "weekday", "number", "subgroup"),
    ImportKind.FACTS: ("name", "school_class", "subject", "lesson_date", "nth", "term"),
}
_NAME_PARTS = ("last_name", "first_name", "middle_name")
# What a row of the register's entries holds: a mark and an absence of one lesson are two rows.
_ENTRIES = ("mark", "absence", "term_mark")
_NUMBERS = ("number", "weight", "nth")
_DAYS = ("born_on", "starts_on", "hired_on", "lesson_date")


class Difference(StrEnum):
    """What became of a row here and there."""

    SAME = "same"
    THERE = "there"
    HERE = "here"
    BOTH = "both"
    UNKNOWN = "unknown"
    ONLY_THERE = "only_there"
    ONLY_HERE = "only_here"
    REMOVED_THERE = "removed_there"
    REMOVED_HERE = "removed_here"


DIFFERENCE_TITLES: dict[Difference, str] = {
    Difference.THERE: "изменено в файле",
    Difference.HERE: "изменено в журнале",
    Difference.BOTH: "изменено и там, и здесь",
    Difference.UNKNOWN: "различаются, прежнего обмена нет",
    Difference.ONLY_THERE: "только в файле",
    Difference.ONLY_HERE: "только в журнале",
    Difference.REMOVED_THERE: "убрано из файла",
    Difference.REMOVED_HERE: "убрано из журнала",
}
# What a person most likely wants of a file.
OFFERED = frozenset({Difference.THERE, Difference.ONLY_THERE})


@dataclass(frozen=True)
class ComparedRow:
    """A row as it is compared: numbers that stand for its key and for all that it says, and its texts by field."""

    key: int
    content: int
    texts: Mapping[str, str]
    number: int = 0


@dataclass(frozen=True)
class DifferingRow:
    """A row that is not the same here and there; None where a side does not have it."""

    difference: Difference
    here: ComparedRow | None
    there: ComparedRow | None

    @property
    def is_loadable(self) -> bool:
        """Whether the file has the row, and loading it would not write down a known pupil again as a namesake."""
        if self.there is None:
            return False
        days = [_day(side.texts.get("born_on", "")) for side in (self.here, self.there) if side]
        return len({*days} - {""}) < 2


@dataclass(frozen=True)
class Comparison:
    """A file beside the school: every row of either side; ``has_last``: there was an exchange before by the profile."""

    rows: Sequence[DifferingRow]
    has_last: bool

    @property
    def differing(self) -> list[DifferingRow]:
        """The rows that are not alike."""
        return [each for each in self.rows if each.difference is not Difference.SAME]

    @property
    def alike(self) -> dict[int, int]:
        """Key → content of the rows that are alike."""
        same = (each.there for each in self.rows if each.difference is Difference.SAME)
        return {row.key: row.content for row in same if row}


def compared_rows(
    kind: ImportKind,
    rows: Sequence[Mapping[str, str]],
    given: Collection[str],
    subjects: Sequence[str],
    *,
    numbers: Sequence[int] | None = None,
) -> list[ComparedRow]:
    """Return rows (texts by field, in the order of the file) as they are compared, by the fields of a profile alone.

    ``subjects`` are the school's, whose names files shorten; ``numbers``: of the rows in their file.
    """
    spelled: dict[str, str] = {}

    def subject_of(text: str) -> str:
        if text not in spelled:
            found = abbreviated(text, ((title, title) for title in subjects))
            spelled[text] = plain(found[0] if len(found) == 1 else text)
        return spelled[text]

    groups: dict[tuple[str, ...], list[tuple[str, int, Mapping[str, str]]]] = {}
    for number, row in zip(numbers or range(len(rows)), rows, strict=True):
        said = _said(row, given, subject_of)
        what = next((name for name in _ENTRIES if said.get(name)), "")
        key = (*(said.get(name, "") for name in KEYS[kind]), what)
        content = "\x1f".join(f"{name}={text}" for name, text in sorted(said.items()) if text)
        groups.setdefault(key, []).append((content, number, row))
    # Two marks of one cell may stand in the file in either order.
    found = [
        ComparedRow(_number_of((*key, str(nth))), _number_of([content]), row, number)
        for key, group in groups.items()
        for nth, (content, number, row) in enumerate(sorted(group, key=lambda each: each[:2]))
    ]
    return sorted(found, key=lambda row: row.number)


def paired_rows(
    here: Sequence[ComparedRow], there: Sequence[ComparedRow], last: Mapping[int, int]
) -> list[DifferingRow]:
    """Return the rows of both sides in the order of the file, then those only here.

    ``last``: key → content of the rows of the last exchange.
    """
    own = {row.key: row for row in here}
    given = {row.key for row in there}
    pairs = [(own.get(row.key), row) for row in there]
    left = [(row, None) for row in here if row.key not in given]
    return [DifferingRow(_difference(a, b, last), a, b) for a, b in (*pairs, *left)]


def rows_to_load(
    kind: ImportKind, comparison: Comparison, chosen: Collection[int], rows: Sequence[SourceRow]
) -> tuple[list[SourceRow], dict[int, str]]:
    """Return the chosen rows of a file by their numbers, and where rows stand that are not of the file.

    A timetable is loaded by whole weeks of classes: what of a class was not chosen stays as the school has it.
    """
    loadable = {each.there.number for each in comparison.rows if each.there and each.is_loadable}
    taken = [row for row in rows if row.number in loadable & {*chosen}]
    if kind is not ImportKind.TIMETABLE:
        return taken, {}
    classes = {class_key(row["school_class"]) for row in taken}
    kept = [
        each.here.texts
        for each in comparison.rows
        if each.here
        and class_key(each.here.texts.get("school_class", "")) in classes
        and not (each.there and each.there.number in chosen)
    ]
    first = max((row.number for row in rows), default=0) + 1
    added = [SourceRow(number, dict(texts)) for number, texts in enumerate(kept, start=first)]
    return [*taken, *added], {row.number: "в журнале" for row in added}


def _difference(here: ComparedRow | None, there: ComparedRow | None, last: Mapping[int, int]) -> Difference:
    row = here or there
    before = last.get(row.key) if row else None
    if here and there:
        return _of_two(here.content, there.content, before)
    if before is None:
        return Difference.ONLY_THERE if there else Difference.ONLY_HERE
    if row is not None and before != row.content:
        return Difference.BOTH
    return Difference.REMOVED_HERE if there else Difference.REMOVED_THERE


def _of_two(here: int, there: int, before: int | None) -> Difference:
    if here == there:
        return Difference.SAME
    if before is None:
        return Difference.UNKNOWN
    if before in (here, there):
        return Difference.THERE if before == here else Difference.HERE
    return Difference.BOTH


def _said(row: Mapping[str, str], given: Collection[str], subject_of: Callable[[str], str]) -> dict[str, str]:
    name = row.get("full_name") or " ".join(filter(None, (row.get(part, "") for part in _NAME_PARTS)))
    said = {"name": plain(name)} if name else {}
    others = [field for field in given if field not in ("full_name", *_NAME_PARTS)]
    for field in others:
        text = row.get(field, "")
        said[field] = subject_of(text) if field == "subject" else tidy_text(field, text)
    return said


def tidy_text(field: str, text: str) -> str:
    """Return a text of a field as it is compared: days, numbers, phones and names of classes in one spelling."""
    if not text:
        return ""
    try:
        return _TIDY.get(field, plain)(text)
    except RuleRefused:
        return plain(text)


def _day(text: str) -> str:
    day = parse_day(text)
    return day.isoformat() if day else plain(text)


def _number(text: str) -> str:
    number = parse_number(text)
    return plain(text) if number is None else f"{number:g}"


def _hours(text: str) -> str:
    hours = parse_hours(text)
    return plain(text) if hours is None else f"{hours:g}"


def _term(text: str) -> str:
    period = parse_period(text)
    return plain(text) if period is None else f"{period.number or 'год'} {period.kind or ''}"


def _phone(text: str) -> str:
    return "".join(filter(str.isdigit, text))[-10:] or plain(text)


_TIDY: dict[str, Callable[[str], str]] = {
    "school_class": class_key,
    "weekday": lambda text: str(weekday_of(text)),
    "hours_a_week": _hours,
    "mark": lambda text: parse_entry(text).cell.text,
    "term_mark": lambda text: parse_entry(text).cell.text,
    "absence": lambda text: parse_entry("", "", text).cell.text,
    "roles": lambda text: ",".join(sorted(roles_of(text))),
    "term": _term,
    "phone": _phone,
    "mother_phone": _phone,
    "father_phone": _phone,
    **dict.fromkeys(_NUMBERS, _number),
    **dict.fromkeys(_DAYS, _day),
}


def texts_of(row: OutRow | SourceRow, given: Collection[str]) -> dict[str, str]:
    """Return a row of the school or of a file as texts by the fields of a profile; days in full."""
    texts = row.texts if isinstance(row, SourceRow) else row
    return {
        name: f"{value:%d.%m.%Y}" if isinstance(value, date) else value
        for name, value in texts.items()
        if name in given
    }


def _number_of(parts: Iterable[str]) -> int:
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
