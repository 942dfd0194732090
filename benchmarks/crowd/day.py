"""A minute of an ordinary day: teachers type, deputies look at dashboards, families open the diary; ``python -m benchmarks.crowd.day``."""

import asyncio
import itertools
import random
import sys
import time
from dataclasses import dataclass
from functools import partial

from benchmarks.crowd.people import Player, Stage, dealt, run_crowd
from benchmarks.doings import Hand, open_diary
from benchmarks.school_facts import (
    SchoolFacts,
    TeacherLesson,
    empty_recent_lessons,
    school_facts,
    stored_entries,
)
from benchmarks.server import open_sessions, prepare_school, running_server
from benchmarks.visitor import Visitor
from benchmarks.works import Bound, judge, percentile

SECONDS = 60
TEACHERS, SECONDS_A_MARK = 60, 2.0
DEPUTIES, SECONDS_A_LOOK = 5, 3.0
FAMILIES = 200
DASHBOARDS = ("quality", "teachers", "forecasts")
SAVE, DIARY = "save a mark", "diary"
MOST_SAVE_P95_MS, MOST_PAGE_P95_MS = 150, 1000


@dataclass(frozen=True)
class TypingTeacher:
    """A teacher who types a mark now and then, whatever the register is doing."""

    number: int
    secret: str
    lesson: TeacherLesson
    seconds_a_mark: float = SECONDS_A_MARK
    first_turn: int = 0
    comes_late: bool = False

    def visitor(self, port: int) -> Visitor:
        """Return the teacher's tab."""
        return Visitor(port, self.secret)

    async def play(self, visitor: Visitor, stage: Stage) -> None:
        """Type until the end; the next mark is never typed before the last is saved."""
        hand = Hand(visitor, self.lesson.user_id, stage.outcome.entries)
        await stage.pause(self.seconds_a_mark * (self.number % TEACHERS) / TEACHERS)
        for turn in itertools.count(self.first_turn):
            if stage.is_over:
                return
            began = time.monotonic()
            await stage.timed(SAVE, partial(hand.save_mark, self.lesson, turn), visitor)
            await stage.pause(began + self.seconds_a_mark - time.monotonic())


@dataclass(frozen=True)
class Deputy:
    """A deputy who goes from dashboard to dashboard."""

    number: int
    secret: str
    comes_late: bool = False

    def visitor(self, port: int) -> Visitor:
        """Return the deputy's tab."""
        return Visitor(port, self.secret)

    async def play(self, visitor: Visitor, stage: Stage) -> None:
        """Open a dashboard, look at it, open the next."""
        await stage.pause(SECONDS_A_LOOK * self.number / DEPUTIES)
        for page in itertools.cycle(DASHBOARDS):
            if stage.is_over:
                return
            await stage.timed(page, partial(visitor.open_page, page), visitor)
            await stage.pause(SECONDS_A_LOOK)


@dataclass(frozen=True)
class Family:
    """A guardian who opens the diary once: a plain page, without a websocket."""

    after_seconds: float
    secret: str
    comes_late: bool = True

    def visitor(self, port: int) -> Visitor:
        """Return the guardian's tab."""
        return Visitor(port, self.secret)

    async def play(self, visitor: Visitor, stage: Stage) -> None:
        """Come at the guardian's moment."""
        await asyncio.sleep(self.after_seconds)
        await stage.timed(DIARY, lambda: open_diary(visitor), visitor)


def players_of(facts: SchoolFacts) -> list[Player]:
    """Return everybody with sessions of their own; the app must not be running."""
    lessons, guardians = facts.lessons[:TEACHERS], facts.guardian_user_ids[:FAMILIES]
    users = [*(lesson.user_id for lesson in lessons), *[facts.deputy_user_id] * DEPUTIES, *guardians]
    secrets = iter(open_sessions(users))
    chance = random.Random(1)
    return [
        *(TypingTeacher(number, next(secrets), lesson) for number, lesson in enumerate(lessons)),
        *(Deputy(number, next(secrets)) for number in range(DEPUTIES)),
        *(Family(chance.uniform(0, SECONDS), next(secrets)) for _ in guardians),
    ]


def day() -> bool:
    """Let a minute pass; print what everybody met; return whether the bounds hold."""
    prepare_school()
    empty_recent_lessons()
    players = players_of(school_facts())
    with running_server() as server:
        outcome = run_crowd(server, dealt(players), SECONDS)
    lost = outcome.entries.lost(stored_entries())
    outcome.show_of(f"a minute of a day: {TEACHERS} teachers, {DEPUTIES} deputies, {FAMILIES} families", lost)
    return judge(
        [
            Bound("errors", len(outcome.errors()), 0),
            Bound("lost", lost, 0),
            Bound("saves p95", percentile(outcome.times(SAVE), 0.95), MOST_SAVE_P95_MS),
            Bound("pages p95", percentile(outcome.times(*DASHBOARDS, DIARY), 0.95), MOST_PAGE_P95_MS),
        ]
    )


if __name__ == "__main__":
    sys.exit(int(not day()))
