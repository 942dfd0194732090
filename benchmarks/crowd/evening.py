"""An evening: 1,000 families open the week of the diary while teachers type; ``python -m benchmarks.crowd.evening [SECONDS]``."""

import asyncio
import sys
from dataclasses import dataclass

from benchmarks.crowd import day
from benchmarks.crowd.day import SAVE, TypingTeacher
from benchmarks.crowd.people import Player, Stage, dealt, run_crowd
from benchmarks.school_facts import SchoolFacts, empty_recent_lessons, school_facts, stored_entries
from benchmarks.server import open_sessions, prepare_school, running_server
from benchmarks.visitor import Visitor
from benchmarks.works import Bound, judge, percentile

SECONDS = 60
FAMILIES, PAGES_A_SECOND = 1000, 50
TEACHERS = 20
WEEK = "week"
MOST_WEEK_P95_MS, MOST_SAVE_P95_MS = 200, 150


@dataclass(frozen=True)
class Family:
    """A guardian who opens the week of the diary again and again, whatever the register is doing: first after so many seconds."""

    after_seconds: float
    every_seconds: float
    secret: str
    comes_late: bool = True

    def visitor(self, port: int) -> Visitor:
        """Return the guardian's phone."""
        return Visitor(port, self.secret)

    async def play(self, visitor: Visitor, stage: Stage) -> None:
        """Open the week at the guardian's moments; one that is still awaited is not given up for the next."""
        began = asyncio.get_running_loop().time()
        moment = self.after_seconds
        while True:
            await stage.pause(began + moment - asyncio.get_running_loop().time())
            if stage.is_over:
                return
            await stage.timed(WEEK, lambda: _open_week(visitor), visitor)
            moment += self.every_seconds


async def _open_week(visitor: Visitor) -> None:
    await visitor.read("/family")


def players_of(facts: SchoolFacts) -> list[Player]:
    """Return everybody with a session of their own, opened before anything is measured; the app must not be running.

    The families come one after the other, so that each second brings as many pages; there are as many sessions as families,
    though a smaller school's guardians have two each.
    """
    lessons = facts.lessons[:TEACHERS]
    guardians = (facts.guardian_user_ids * (FAMILIES // len(facts.guardian_user_ids) + 1))[:FAMILIES]
    secrets = iter(open_sessions([*(lesson.user_id for lesson in lessons), *guardians]))
    apart = day.TEACHERS // TEACHERS
    return [
        *(TypingTeacher(number * apart, next(secrets), lesson) for number, lesson in enumerate(lessons)),
        *(
            Family(number / PAGES_A_SECOND, FAMILIES / PAGES_A_SECOND, next(secrets))
            for number in range(FAMILIES)
        ),
    ]


def evening(seconds: float = SECONDS) -> bool:
    """Let an evening pass; print what everybody met; return whether the bounds hold."""
    prepare_school()
    empty_recent_lessons()
    players = players_of(school_facts())
    with running_server() as server:
        outcome = run_crowd(server, dealt(players), seconds)
    lost = outcome.entries.lost(stored_entries())
    weeks = outcome.times(WEEK)
    pages = len(weeks) / outcome.wall_seconds
    outcome.show_of(
        f"an evening of {seconds:.0f} s: {FAMILIES} families, {pages:.0f} pages a second, {TEACHERS} teachers",
        lost,
    )
    return judge(
        [
            Bound("errors", len(outcome.errors()), 0),
            Bound("lost", lost, 0),
            Bound("week p95", percentile(weeks, 0.95), MOST_WEEK_P95_MS),
            Bound("saves p95", percentile(outcome.times(SAVE), 0.95), MOST_SAVE_P95_MS),
        ]
    )


if __name__ == "__main__":
    sys.exit(int(not evening(*map(float, sys.argv[1:2]))))
