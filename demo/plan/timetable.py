"""A weekly timetable in which neither a class nor a teacher is in two places, and no class has a gap."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from demo.plan.load import Load
from demo.plan.year_calendar import DAYS_A_WEEK

LAST_NUMBER = 8
CLASH_COST, REPEAT_COST = 100, 1
SEARCH_STEPS = 20_000

Slot = tuple[int, int]  # weekday, number of the lesson


@dataclass(frozen=True)
class Block:
    """Loads that take place at the same time: a whole class, or all its subgroups."""

    loads: tuple[Load, ...]

    @property
    def subject_name(self) -> str:
        """The subject of all the loads."""
        return self.loads[0].subject.name

    @property
    def hours(self) -> int:
        """Weekly hours, the same for all the loads."""
        return self.loads[0].hours

    @property
    def teacher_ids(self) -> list[int]:
        """Everybody who teaches in it."""
        return [load.teacher_id for load in self.loads]


@dataclass
class ClassWeek:
    """The week of one class: a block in each of its slots, without gaps."""

    blocks: dict[Slot, Block]

    def repeats(self, slot: Slot, block: Block) -> int:
        """Return how many other lessons of the block's subject the day has."""
        return sum(
            other.subject_name == block.subject_name
            for place, other in self.blocks.items()
            if place[0] == slot[0] and place != slot
        )


@dataclass
class Search:
    """Swaps lessons inside class weeks until no teacher is in two classes at once."""

    rng: np.random.Generator
    weeks: list[ClassWeek]
    teaching: dict[tuple[int, Slot], int] = field(default_factory=lambda: defaultdict(int))

    def run(self) -> None:
        """Search until no clash is left or the steps are used up."""
        for week in self.weeks:
            for slot, block in week.blocks.items():
                self.count(block, slot, 1)
        for _ in range(SEARCH_STEPS):
            clashing = self._clashing()
            if not clashing:
                break
            for week, slot in clashing:
                self._improve(week, slot)
        self._spread()

    def _clashing(self) -> list[tuple[ClassWeek, Slot]]:
        found = [
            (week, slot)
            for week in self.weeks
            for slot, block in week.blocks.items()
            if self.clashes(block, slot) > 0
        ]
        return [found[place] for place in self.rng.permutation(len(found))]

    def _spread(self) -> None:
        for week in self.weeks:
            for slot, block in list(week.blocks.items()):
                if week.repeats(slot, block):
                    self._improve(week, slot)

    def count(self, block: Block, slot: Slot, step: int) -> None:
        """Note that the block's teachers are taken then (step 1) or free again (-1)."""
        for teacher in block.teacher_ids:
            self.teaching[teacher, slot] += step

    def clashes(self, block: Block, slot: Slot, placed: int = 1) -> int:
        """Return how many other lessons the block's teachers have then; ``placed``: how often it is counted."""
        return sum(max(0, self.teaching[teacher, slot] - placed) for teacher in block.teacher_ids)

    def _improve(self, week: ClassWeek, slot: Slot) -> None:
        """Swap the lesson in the slot with the one that costs least; ties are broken at random."""
        slots = [other for other in week.blocks if other != slot]
        costs = [self._cost_of_swap(week, slot, other) for other in slots]
        noise = self.rng.random(len(slots))
        best = min(range(len(slots)), key=lambda place: (costs[place], noise[place]))
        is_stuck = costs[best] >= self._cost_now(week, slot, slots[best])
        if not is_stuck or (self.clashes(week.blocks[slot], slot) and self.rng.random() < 0.5):
            self._swap(week, slot, slots[best])

    def _cost(self, week: ClassWeek, slot: Slot) -> int:
        block = week.blocks[slot]
        return CLASH_COST * self.clashes(block, slot) + REPEAT_COST * week.repeats(slot, block)

    def _cost_now(self, week: ClassWeek, one: Slot, other: Slot) -> int:
        return self._cost(week, one) + self._cost(week, other)

    def _cost_of_swap(self, week: ClassWeek, one: Slot, other: Slot) -> int:
        self._swap(week, one, other)
        cost = self._cost_now(week, one, other)
        self._swap(week, one, other)
        return cost

    def _swap(self, week: ClassWeek, one: Slot, other: Slot) -> None:
        first, second = week.blocks[one], week.blocks[other]
        self.count(first, one, -1)
        self.count(second, other, -1)
        week.blocks[one], week.blocks[other] = second, first
        self.count(second, one, 1)
        self.count(first, other, 1)


def weekly_timetable(rng: np.random.Generator, loads: Sequence[Load]) -> list[tuple[Slot, Load]]:
    """Return the weekly lessons of a year's loads.

    A lesson whose teacher could not be freed by swaps moves to the end of a day or, at worst, is left out.
    """
    weeks = [_first_week(rng, blocks) for blocks in _blocks_by_class(loads)]
    search = Search(rng, weeks)
    search.run()
    return [
        (slot, load)
        for week in weeks
        for slot, block in _without_clashes(search, week)
        for load in block.loads
    ]


def _blocks_by_class(loads: Sequence[Load]) -> list[list[Block]]:
    together: dict[tuple[int, str], list[Load]] = {}
    for load in loads:
        together.setdefault((load.school_class.class_id, load.subject.name), []).append(load)
    by_class: dict[int, list[Block]] = {}
    for (class_id, _), parts in together.items():
        by_class.setdefault(class_id, []).append(Block(tuple(parts)))
    return list(by_class.values())


def _first_week(rng: np.random.Generator, blocks: Sequence[Block]) -> ClassWeek:
    """Deal the hours over the days, the biggest subjects first, so that few fall on a day twice."""
    biggest_first = sorted(blocks, key=lambda block: -block.hours)
    hours = [block for block in biggest_first for _ in range(block.hours)]
    days = [int(day) + 1 for day in rng.permutation(DAYS_A_WEEK)]
    dealt: dict[int, list[Block]] = {day: [] for day in days}
    for place, block in enumerate(hours):
        dealt[days[place % DAYS_A_WEEK]].append(block)
    placed = {}
    for day, day_blocks in sorted(dealt.items()):
        for number, place in enumerate(rng.permutation(len(day_blocks)), start=1):
            placed[day, number] = day_blocks[int(place)]
    return ClassWeek(placed)


def _without_clashes(search: Search, week: ClassWeek) -> Iterator[tuple[Slot, Block]]:
    for slot, block in list(week.blocks.items()):
        if not search.clashes(block, slot):
            yield slot, block
            continue
        search.count(block, slot, -1)
        del week.blocks[slot]
        for free in _free_slots(week):
            if not search.clashes(block, free, placed=0):
                search.count(block, free, 1)
                week.blocks[free] = block
                yield free, block
                break


def _free_slots(week: ClassWeek) -> list[Slot]:
    return [
        (day, number)
        for number in range(1, LAST_NUMBER + 1)
        for day in range(1, DAYS_A_WEEK + 1)
        if (day, number) not in week.blocks
    ]
