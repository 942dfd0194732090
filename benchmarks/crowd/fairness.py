"""F5 held on a heavy dashboard beside a teacher who types and a person who opens registers; ``python -m benchmarks.crowd.fairness``.

Quiet and busy stretches follow each other on one server, so that a machine that slows down meanwhile slows both alike.
"""

import asyncio
import itertools
import sys
from dataclasses import dataclass, replace
from functools import partial

from benchmarks.crowd.day import SAVE, TypingTeacher
from benchmarks.crowd.people import Outcome, Player, Stage, run_crowd
from benchmarks.doings import Entries, open_register
from benchmarks.school_facts import empty_recent_lessons, school_facts, stored_entries
from benchmarks.server import WORKING_DAY, open_sessions, prepare_school, running_server
from benchmarks.visitor import Visitor
from benchmarks.works import Bound, judge, percentile

STRETCH_SECONDS, STRETCHES = 20, 2
SECONDS_BETWEEN_KEYS = 0.1
SECONDS_A_PAGE = 1.0
REGISTER = "open a register"
MOST_LATER_MS = 50


@dataclass(frozen=True)
class HeldKey:
    """Somebody who asks for the same dashboard again and again in one session and does not wait for it."""

    secret: str
    page: str
    query: str
    comes_late: bool = False

    def visitor(self, port: int) -> Visitor:
        """Return the tab."""
        return Visitor(port, self.secret)

    async def play(self, visitor: Visitor, stage: Stage) -> None:
        """Hold the key until the end."""
        reading = asyncio.create_task(visitor.receive_for_ever())
        while not stage.is_over:
            await visitor.ask_for(self.page, self.query)
            await stage.pause(SECONDS_BETWEEN_KEYS)
        reading.cancel()
        # The next stretch must not find this one's page still being drawn.
        await visitor.leave()


@dataclass(frozen=True)
class Reader:
    """Another person who opens a register every second."""

    secret: str
    registers: tuple[str, ...]
    comes_late: bool = False

    def visitor(self, port: int) -> Visitor:
        """Return the tab."""
        return Visitor(port, self.secret)

    async def play(self, visitor: Visitor, stage: Stage) -> None:
        """Open register after register."""
        for address in itertools.cycle(self.registers):
            if stage.is_over:
                return
            await stage.timed(REGISTER, partial(open_register, visitor, address), visitor)
            await stage.pause(SECONDS_A_PAGE)


def fairness() -> bool:
    """Print how much later saves and pages are beside the held key; return whether the bound holds."""
    prepare_school()
    empty_recent_lessons()
    facts = school_facts()
    lesson = facts.lessons[0]
    teacher, opens, holder = open_sessions([lesson.user_id, facts.deputy_user_id, facts.deputy_user_id])
    typing, reading = TypingTeacher(0, teacher, lesson, 1.0), Reader(opens, tuple(facts.registers))
    held = HeldKey(holder, "attendance", f"period={WORKING_DAY.last_year}-year-1&attendance_view=pupils")
    quiet, busy, entries = Outcome(), Outcome(), Entries()
    with running_server() as server:
        run_crowd(server, [[reading]], STRETCH_SECONDS / 4)
        for stretch in range(2 * STRETCHES):
            # Other marks each time: a mark that is there already would cost nothing.
            ordinary: list[Player] = [replace(typing, first_turn=stretch * len(lesson.pupil_ids)), reading]
            is_busy = stretch % 2
            seen = run_crowd(server, [ordinary, [held]] if is_busy else [ordinary], STRETCH_SECONDS)
            (busy if is_busy else quiet).add(seen)
            entries.add(seen.entries)
    print("F5 held on «Кому позвонить»; wall ms of others without and beside it")
    for kind in (SAVE, REGISTER):
        columns = [
            f"{percentile(each.times(kind), share):8.0f}" for each in (quiet, busy) for share in (0.5, 0.95)
        ]
        print(f"  {kind:<24} median, p95 without {' '.join(columns[:2])}   beside {' '.join(columns[2:])}")
    lost = entries.lost(stored_entries())
    later = percentile(busy.times(SAVE), 0.95) - percentile(quiet.times(SAVE), 0.95)
    return judge(
        [
            Bound("errors", len(quiet.errors() + busy.errors()), 0),
            Bound("lost", lost, 0),
            Bound("saves later by p95", later, MOST_LATER_MS),
        ]
    )


if __name__ == "__main__":
    sys.exit(int(not fairness()))
