"""The weekly timetable: rows of a table, nobody and no room in two places at once (п. 4.3)."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from school.calendar import WEEKDAYS, WEEKDAYS_SHORT
from school.errors import RuleRefused
from school.files.plan import ImportKind, PlannedRow, RefusedRow, SourceRow, by_outcome, digest_of
from school.files.rows import OpeningPlan
from school.files.spellings import plain
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
    return any(sign.isdigit() for sign in room)


def hour_title(weekday: int, number: int) -> str:
    """Return «вт, 3-й урок»."""
    return f"{WEEKDAYS_SHORT[weekday - 1]}, {number}-й урок"


def check_timetable(
    rows: Sequence[SourceRow], state: TimetableState, class_id: int | None = None
) -> OpeningPlan[Slots]:
    """Check rows with the fields ``school_class``, ``weekday``, ``number`` and what the class has at that hour.

    That is either ``lesson``, as in a cell of a timetable: «Алгебра, 204», «Английский (1), 12; Информатика (2), 14», or
    ``subject``, ``subgroup``, ``room``, ``teacher`` apart. The rows are the whole week of the classes they name: what
    those have now and the rows do not say is removed. ``class_id``: so it is of this class even where no row names it.
    """
    named = _classes_named(rows, state) | ({class_id} if class_id is not None else set())
    own = [slot for slot in state.slots if state.loads[slot.load_id].class_id in named]
    week = Week(state, (slot for slot in state.slots if state.loads[slot.load_id].class_id not in named))
    planned: list[PlannedRow[Slots]] = []
    refused, kept = [], set()
    for row in rows:
        try:
            slots = _slots(row, state, week)
        except RuleRefused as refusal:
            refused.append(RefusedRow(row.number, _where(row) + str(refusal)))
            continue
        before = tuple(filter(None, (state.slot_at.get((s.load_id, s.weekday, s.number)) for s in slots)))
        kept |= {slot.record_id for slot in before}
        planned.append(PlannedRow(row.number, slots, before or None))
    return OpeningPlan(
        ImportKind.TIMETABLE,
        **by_outcome(planned),
        refused=tuple(refused),
        made_from=digest_of(state.slots),
        removed=tuple((slot,) for slot in own if slot.record_id not in kept),
    )


def _classes_named(rows: Sequence[SourceRow], state: TimetableState) -> set[int]:
    named = set()
    for text in {row["school_class"] for row in rows}:
        try:
            named.add(class_of(text, state.class_names))
        except RuleRefused:
            continue
    return named


def _where(row: SourceRow) -> str:
    return (
        ", ".join(
            filter(None, (row["school_class"], row["weekday"], row["number"] and f"урок {row['number']}"))
        )
        + ": "
    )


def _slots(row: SourceRow, state: TimetableState, week: Week) -> Slots:
    class_id = class_of(row["school_class"], state.class_names)
    weekday, number = weekday_of(row["weekday"]), _number(row["number"], state)
    if weekday > state.days_a_week:
        raise RuleRefused(f"учебная неделя — {state.days_a_week} дней")
    slots = tuple(
        _slot(state, load.load_id, weekday, number, room[:LONGEST_ROOM])
        for load, room in _lessons(row, state.loads_of(class_id))
    )
    for slot in slots:
        if reason := next(week.clashes(slot), ""):
            raise RuleRefused(reason)
        week.place(slot)
    return slots


def _lessons(row: SourceRow, loads: Sequence[TaughtLoad]) -> list[tuple[TaughtLoad, str]]:
    if row["lesson"].strip():
        return lessons_in_cell(row["lesson"], loads)
    return named_lessons(row["subject"], row["subgroup"], row["room"], row["teacher"], loads)


def _slot(state: TimetableState, load_id: int, weekday: int, number: int, room: str) -> SlotRecord:
    there = state.slot_at.get((load_id, weekday, number))
    return SlotRecord(load_id, weekday, number, room, there.record_id if there else None)


def _number(text: str, state: TimetableState) -> int:
    digits = text.strip().rstrip(".")
    if not digits.isdigit():
        raise RuleRefused(f"номер урока — число; здесь «{text.strip()[:20]}»")
    if int(digits) not in state.numbers:
        raise RuleRefused(f"в расписании звонков нет урока {int(digits)}")
    return int(digits)


def weekday_of(text: str) -> int:
    """Return the ISO weekday of «понедельник», «Пн», «пн.» or «1». Raises RuleRefused."""
    word = plain(text).rstrip(".")
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
