"""Memory over a week of visits: does it stay level? ``python -m benchmarks.crowd.week [VISITS]``; ``make bench WEEK=VISITS``.

A visit is a tab of its own that opens one page, or saves a mark too, and closes. A school of 1,000 pupils sees about 100,000 in a
week; fewer show the same once the server is warm, for it forgets closed tabs within minutes.
"""

import random
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from statistics import fmean

from benchmarks.crowd.people import Stage, dealt, run_crowd
from benchmarks.doings import Entries, Hand, open_diary, open_register, open_report
from benchmarks.school_facts import (
    SchoolFacts,
    TeacherLesson,
    empty_recent_lessons,
    school_facts,
    stored_entries,
)
from benchmarks.server import open_sessions, prepare_school, running_server
from benchmarks.visitor import Visitor
from benchmarks.works import Bound, judge

VISITS = 100_000
STREAMS, FAMILIES_A_STREAM, TEACHERS_A_STREAM = 10, 20, 3
STRETCH_SECONDS, FEWEST_STRETCHES = 15, 8
MOST_GROWTH_MB = 30
FAMILY = "family"


@dataclass(frozen=True)
class Stream:
    """Visits one after another, by the people of this stream in turn."""

    seed: int
    families: Sequence[str]
    teachers: Sequence[tuple[TeacherLesson, str]]
    deputy: str
    comes_late: bool = True

    def visitor(self, port: int) -> Visitor:
        """Return a tab that is never opened: each visit opens its own."""
        return Visitor(port, self.deputy)

    async def play(self, visitor: Visitor, stage: Stage) -> None:
        """Visit until the end."""
        chance = random.Random(self.seed)
        while not stage.is_over:
            kind, secret, act = self._visit(chance, stage.outcome.entries)
            tab = Visitor(visitor.port, secret)
            try:
                if kind != FAMILY:  # a diary is a plain page, without a websocket
                    await tab.connect()
                await stage.timed(kind, partial(act, tab), tab)
            finally:
                await tab.close()

    def _visit(
        self, chance: random.Random, entries: Entries
    ) -> tuple[str, str, Callable[[Visitor], Awaitable[None]]]:
        """Return the next visit: of ten, five families, four teachers, one deputy."""
        kind = chance.randrange(10)
        if kind < 5:
            return FAMILY, chance.choice(self.families), open_diary
        if kind == 9:
            return "deputy", self.deputy, open_report
        lesson, secret = chance.choice(self.teachers)
        return "teacher", secret, partial(_write, lesson, chance.randrange(1000), entries)


async def _write(lesson: TeacherLesson, number: int, entries: Entries, tab: Visitor) -> None:
    await open_register(tab, lesson.address)
    await Hand(tab, lesson.user_id, entries).save_mark(lesson, number)


def streams_of(facts: SchoolFacts) -> list[Stream]:
    """Return the streams with sessions for everybody; the app must not be running."""
    lessons = facts.lessons[: STREAMS * TEACHERS_A_STREAM]
    guardians = facts.guardian_user_ids[: STREAMS * FAMILIES_A_STREAM]
    secrets = open_sessions([facts.deputy_user_id, *guardians, *(lesson.user_id for lesson in lessons)])
    deputy, families = secrets[0], secrets[1 : 1 + len(guardians)]
    teachers = list(zip(lessons, secrets[1 + len(guardians) :], strict=True))
    return [
        Stream(number, families[number::STREAMS], teachers[number::STREAMS], deputy)
        for number in range(STREAMS)
    ]


def growth_mb(memory: Sequence[float]) -> float:
    """Return by how much the last quarter of the readings lies above the second: the first is the warming up."""
    quarter = len(memory) // 4
    return fmean(memory[-quarter:]) - fmean(memory[quarter : 2 * quarter])


def week(visits: int) -> bool:
    """Let so many visits pass; print the memory after each stretch; return whether it stays level."""
    prepare_school()
    empty_recent_lessons()
    streams = streams_of(school_facts())
    done, errors, entries = 0, 0, Entries()
    memory: list[float] = []
    with running_server() as server:
        while done < visits or len(memory) < FEWEST_STRETCHES:
            # Other visits and other marks in each stretch.
            players = [replace(stream, seed=stream.seed + len(memory) * STREAMS) for stream in streams]
            seen = run_crowd(server, dealt(players), STRETCH_SECONDS)
            done, errors = done + len(seen.times()), errors + len(seen.errors())
            entries.add(seen.entries)
            memory.append(seen.memory_mb)
            print(f"  {done:7d} visits, memory {seen.memory_mb:.0f} MB", flush=True)
    print(f"memory over {done} visits: from {memory[0]:.0f} to {memory[-1]:.0f} MB")
    return judge(
        [
            Bound("errors", errors, 0),
            Bound("lost", entries.lost(stored_entries()), 0),
            Bound("growth MB", growth_mb(memory), MOST_GROWTH_MB),
        ]
    )


if __name__ == "__main__":
    sys.exit(int(not week(int(sys.argv[1]) if len(sys.argv) > 1 else VISITS)))
