"""The weekly timetable: rows of a table, nobody and no room in two places at once (п. 4.3)."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from school.calendar import WEEKDAYS, WEEKDAYS_SHORT
from school.errors import RuleRefused
from school.files.plan import ImportKind, PlannedRow, RefusedRow, SourceRow, by_outcome, check_read, digest_of
from school.files.rows import OpeningPlan
from school.files.spellings import plain
from school.files.values.days import check_no_day
from school.files.values.numbers import parse_lesson_number, without_empty_fraction
from school.year.records import SlotRecord, TaughtLoad, TimetableState
from school.year.rules.teaching_load import class_of
from school.year.rules.timetable_cells import lessons_in_cell, named_lessons

LONGEST_ROOM = 30


Hour = tuple[int, int]  # weekday, number
Slots = tuple[SlotRecord, ...]


class Week:
    """Who and what is taken at each hour of the week."""

    def __init__(self, state: TimetableState, slots: Iterable[SlotRecord] = ()) -> None:
        """Place these slots."""
        self.state = state
        self.taken: dict[Hour, list[SlotRecord]] = defaultdict(list)
        for slot in slots:
            self.place(slot)

    def place(self, slot: SlotRecord) -> None:
        """Place a slot into its hour."""
        self.taken[slot.weekday, slot.number].append(slot)

    def clashes(self, slot: SlotRecord) -> Iterator[str]:
        """Yield why a slot cannot stand in its hour beside those taken, in words."""
        own = self.state.loads[slot.load_id]
        for other in self.taken[slot.weekday, slot.number]:
            load = self.state.loads[other.load_id]
            if load.class_id == own.class_id and self._share_pupils(own, load):
                yield f"у класса {own.class_name} в это время {load.title}"
            if self._is_taught_together(slot, other):
                continue
            if own.teacher_id is not None and own.teacher_id == load.teacher_id:
                yield f"{own.teacher_name} в это время ведёт {load.class_name}, {load.title}"
            elif is_single_room(slot.room) and plain(slot.room) == plain(other.room):
                yield f"кабинет {slot.room} в это время занят: {load.class_name}, {load.title}"

    def _share_pupils(self, one: TaughtLoad, other: TaughtLoad) -> bool:
        if one.subgroup_id is None or other.subgroup_id is None or one.subgroup_id == other.subgroup_id:
            return True
        members = [self.state.members.get(each, frozenset()) for each in (one.subgroup_id, other.subgroup_id)]
        return not members[0].isdisjoint(members[1])

    def _is_taught_together(self, slot: SlotRecord, other: SlotRecord) -> bool:
        """Whether two classes have one lesson together: one teacher, one subject, one named room."""
        one, two = self.state.loads[slot.load_id], self.state.loads[other.load_id]
        return (
            bool(slot.room)
            and plain(slot.room) == plain(other.room)
            and one.teacher_id == two.teacher_id
            and one.subject_id == two.subject_id
            and one.class_id != two.class_id
        )


def is_single_room(room: str) -> bool:
    """Whether a room holds one lesson at a time: a numbered one does, a sports or assembly hall may hold several."""
    return any(sign.isdecimal() for sign in room)


def hour_title(weekday: int, number: int) -> str:
    """Return «вт, 3-й урок»."""
    return f"{WEEKDAYS_SHORT[weekday - 1]}, {number}-й урок"


def check_timetable(
    rows: Sequence[SourceRow], state: TimetableState, class_id: int | None = None
) -> OpeningPlan[Slots]:
    """Check rows with the fields ``school_class``, ``weekday``, ``number`` and what the class has at that hour.

    That is either ``lesson``, as in a cell of a timetable: «Алгебра, 204», «Английский (1), 12; Информатика (2), 14», or
    ``subject``, ``subgroup``, ``room``, ``teacher`` apart. The rows are the whole week of the classes they name: what
    those have now and the rows do not say is removed. But what could not be taken is not unsaid: a class with a refused
    row keeps all that the other rows do not replace. ``class_id``: so it is of this class even where no row names it.
    """
    named = _classes_named(rows, state) | ({class_id} if class_id is not None else set())
    read, refused = _read_hours(rows, state)
    while True:
        unsaid_stay = named & _classes_of((rows[index] for index in refused), state)
        attempt = _placed(read, state, named, unsaid_stay)
        if not attempt.refused:
            break
        # A class whose row cannot stand there keeps its lessons, which may be in the way of another row.
        refused |= attempt.refused
        read = [each for each in read if each.index not in attempt.refused]
    kept = {slot.record_id for row in attempt.planned for slot in row.record} | attempt.kept
    return OpeningPlan(
        ImportKind.TIMETABLE,
        **by_outcome(attempt.planned),
        refused=tuple(refused[index] for index in sorted(refused)),
        made_from=digest_of(state.slots),
        removed=tuple(
            (slot,)
            for slot in state.slots
            if state.loads[slot.load_id].class_id in named and slot.record_id not in kept
        ),
        kept=tuple((slot,) for slot in state.slots if slot.record_id in attempt.kept),
    )


def typed_state(plan: OpeningPlan[Slots], state: TimetableState) -> TimetableState:
    """Return the timetable as it would be with a plan: what it removes and replaces is gone."""
    given = (*plan.new, *plan.changed, *plan.unchanged)
    before = {slot.record_id for row in given for slot in (*row.record, *(row.before or ()))}
    before |= {slot.record_id for slots in plan.removed for slot in slots}
    staying = [slot for slot in state.slots if slot.record_id not in before]
    return replace(state, slots=(*staying, *(slot for row in given for slot in row.record)))


@dataclass(frozen=True)
class _ReadRow:
    """A row that is understood: its place among the rows, its class, its hour and its lessons there."""

    index: int
    row: SourceRow
    class_id: int
    hour: Hour
    slots: Slots


@dataclass
class _Attempt:
    """Rows placed into the week: those that can stand there, those that cannot, and the ids of slots that stay unsaid."""

    planned: list[PlannedRow[Slots]]
    refused: dict[int, RefusedRow]
    kept: set[int | None]


def _read_hours(
    rows: Sequence[SourceRow], state: TimetableState
) -> tuple[list[_ReadRow], dict[int, RefusedRow]]:
    """Return what rows say of their hours, and, by place among them, those that do not."""
    read: list[_ReadRow] = []
    refused: dict[int, RefusedRow] = {}
    for index, row in enumerate(rows):
        try:
            check_read(row)
            read.append(_hour(index, row, state))
        except RuleRefused as refusal:
            refused[index] = _refused(row, refusal)
    return read, refused


def _refused(row: SourceRow, refusal: RuleRefused) -> RefusedRow:
    return RefusedRow(row.number, _where(row) + str(refusal))


def _placed(
    read: Sequence[_ReadRow], state: TimetableState, named: set[int], unsaid_stay: set[int]
) -> _Attempt:
    said = {(each.class_id, *each.hour) for each in read}
    staying = [
        slot
        for slot in state.slots
        if (class_id := state.loads[slot.load_id].class_id) not in named
        or (class_id in unsaid_stay and (class_id, slot.weekday, slot.number) not in said)
    ]
    week = Week(state, staying)

    def place(each: _ReadRow) -> PlannedRow[Slots]:
        for slot in each.slots:
            if reason := next(week.clashes(slot), ""):
                raise RuleRefused(reason)
            week.place(slot)
        before = tuple(
            filter(None, (state.slot_at.get((s.load_id, s.weekday, s.number)) for s in each.slots))
        )
        return PlannedRow(each.row.number, each.slots, before or None)

    attempt = _Attempt([], {}, set())
    for each in read:
        try:
            attempt.planned.append(place(each))
        except RuleRefused as refusal:
            attempt.refused[each.index] = _refused(each.row, refusal)
    attempt.kept = {slot.record_id for slot in staying if state.loads[slot.load_id].class_id in named}
    return attempt


def _classes_named(rows: Iterable[SourceRow], state: TimetableState) -> set[int]:
    return {found for text in {row["school_class"] for row in rows} if (found := _class_named(text, state))}


def _class_named(text: str, state: TimetableState) -> int | None:
    try:
        return class_of(text, state.class_names)
    except RuleRefused:
        return None


def _classes_of(refused: Iterable[SourceRow], state: TimetableState) -> set[int]:
    """Return the classes that refused rows may be of: a row whose class is not understood may be of any."""
    found = {_class_named(text, state) for text in {row["school_class"] for row in refused}}
    return set(state.class_names) if None in found else {each for each in found if each is not None}


def _where(row: SourceRow) -> str:
    return (
        ", ".join(
            filter(None, (row["school_class"], row["weekday"], row["number"] and f"урок {row['number']}"))
        )
        + ": "
    )


def _hour(index: int, row: SourceRow, state: TimetableState) -> _ReadRow:
    class_id = class_of(row["school_class"], state.class_names)
    weekday, number = weekday_of(row["weekday"]), _number(row["number"], state)
    if weekday > state.days_a_week:
        raise RuleRefused(f"учебная неделя — {state.days_a_week} дней")
    says_rooms = bool(row["lesson"].strip()) or "room" in row.texts
    slots = tuple(
        _slot(state, load.load_id, weekday, number, room if says_rooms else None)
        for load, room in _lessons(row, state.loads_of(class_id))
    )
    return _ReadRow(index, row, class_id, (weekday, number), slots)


def _lessons(row: SourceRow, loads: Sequence[TaughtLoad]) -> list[tuple[TaughtLoad, str]]:
    if row["lesson"].strip():
        return lessons_in_cell(row["lesson"], loads)
    return named_lessons(row["subject"], row["subgroup"], row["room"], row["teacher"], loads)


def _slot(state: TimetableState, load_id: int, weekday: int, number: int, room: str | None) -> SlotRecord:
    """``room`` is None where the file has no rooms: the lesson keeps its own."""
    there = state.slot_at.get((load_id, weekday, number))
    if room is None:
        room = there.room if there else ""
    check_no_day(room, "-")
    room = without_empty_fraction(room)
    if len(room) > LONGEST_ROOM:
        raise RuleRefused(f"название кабинета длиннее {LONGEST_ROOM} знаков: «{room[:LONGEST_ROOM]}…»")
    return SlotRecord(load_id, weekday, number, room, there.record_id if there else None)


def _number(text: str, state: TimetableState) -> int:
    number = parse_lesson_number(text)
    if number is None:
        check_no_day(text)
        raise RuleRefused(f"номер урока — число; здесь «{text.strip()[:20]}»")
    if number not in state.numbers:
        raise RuleRefused(f"в расписании звонков нет урока {number}")
    return number


def weekday_of(text: str) -> int:
    """Return the ISO weekday of «понедельник», «Пн», «пн.» or «1». Raises RuleRefused."""
    # «П О Н Е Д Е Л Ь Н И К»: a letter a line, down a merged cell.
    word = re.sub(r"(?<=\b\w) (?=\w\b)", "", plain(text)).rstrip(".")
    for number, (full, short) in enumerate(zip(WEEKDAYS, WEEKDAYS_SHORT, strict=True), start=1):
        if word == str(number) or (len(word) > 1 and (full.startswith(word) or word == short)):
            return number
    raise RuleRefused(f"день недели — понедельник или пн; здесь «{text.strip()[:20]}»")


@dataclass(frozen=True)
class HoursGap:
    """A load whose weekly slots differ from its hours."""

    load: TaughtLoad
    slots: int


def hours_gaps(state: TimetableState) -> list[HoursGap]:
    """Return the loads that the timetable gives more or fewer lessons than hours; half an hour may be none or one."""
    counts = Counter(slot.load_id for slot in state.slots)
    return [
        HoursGap(load, counts[load.load_id])
        for load in state.loads.values()
        if not math.floor(load.hours_a_week) <= counts[load.load_id] <= math.ceil(load.hours_a_week)
    ]


def present_clashes(state: TimetableState) -> list[str]:
    """Return what clashes in the timetable as it stands, a sentence each."""
    week, found = Week(state), []
    for slot in state.slots:
        where = f"{state.loads[slot.load_id].class_name}, {hour_title(slot.weekday, slot.number)}"
        found += [f"{where}: {reason}" for reason in week.clashes(slot)]
        week.place(slot)
    return found
