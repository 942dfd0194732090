"""1, 10, 50 and 100 users without pauses: requests a second, waiting, errors, lost entries, memory; ``python -m benchmarks.crowd.load``.

Every user is a teacher who is a deputy too, so that one session does all five kinds of work and sees the whole school, as the
rival's users did.
"""

import random
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from benchmarks.crowd.people import Outcome, Stage, dealt, run_crowd
from benchmarks.doings import Hand, choose_register, open_register, open_report
from benchmarks.probe import Probe, mean_probe, probe
from benchmarks.rivals import PROBE_MS, ROSARIO_LOAD_A_SECOND, ROSARIO_LOAD_MS, ROSARIO_LOAD_P95_MS
from benchmarks.school_facts import (
    SchoolFacts,
    TeacherLesson,
    empty_recent_lessons,
    give_role,
    school_facts,
    stored_entries,
)
from benchmarks.server import open_sessions, prepare_school, running_server
from benchmarks.visitor import Visitor
from benchmarks.works import Bound, judge, percentile

SECONDS = 30
LEVELS = (1, 10, 50, 100)
STAYING = ", other registers chosen on the page"
REGISTER, SAVE_MARKS, OPEN_ATTENDANCE, SAVE_ATTENDANCE, REPORT = (
    "open a register",
    "save 25 marks",
    "open attendance",
    "save attendance",
    "report",
)
SAVES = (SAVE_MARKS, SAVE_ATTENDANCE)
DECK = [REGISTER] * 8 + [SAVE_MARKS] * 5 + [OPEN_ATTENDANCE] * 2 + [SAVE_ATTENDANCE] * 3 + [REPORT] * 2
# With fifty users; the memory with one.
LEAST_A_SECOND, MOST_P95_MS, MOST_SAVE_P95_MS = 40, 1500, 200
MOST_MEMORY_MB, MOST_MEMORY_OF_FIFTY_MB = 450, 550


@dataclass(frozen=True)
class LoadUser:
    """A user in a session of their own who asks for the next thing as soon as the last is there."""

    number: int
    user_id: int
    secret: str
    registers: Sequence[str]
    lessons: Sequence[TeacherLesson]
    comes_late: bool = False
    # Another register is chosen where one stands, as people do, and not opened as a page of its own.
    stays_on_page: bool = False

    def visitor(self, port: int) -> Visitor:
        """Return the user's tab."""
        return Visitor(port, self.secret)

    async def play(self, visitor: Visitor, stage: Stage) -> None:
        """Ask for things in the mix of the deck, shuffled anew each time it is through."""
        chance = random.Random(self.number)
        hand = Hand(visitor, self.user_id, stage.outcome.entries)
        # Marks and absences are never written into the same cell.
        for_marks, for_attendance = self.lessons[::2], self.lessons[1::2]
        turn, last = 0, REPORT
        while not stage.is_over:
            for kind in chance.sample(DECK, len(DECK)):
                if stage.is_over:
                    return
                turn += 1
                register = chance.choice(self.registers)
                marked, attended = (
                    for_marks[turn % len(for_marks)],
                    for_attendance[turn % len(for_attendance)],
                )
                text = "2345"[turn // len(for_marks) % 4]
                is_there = self.stays_on_page and last != REPORT
                show_register = choose_register if is_there else open_register
                acts: dict[str, Callable[[], Awaitable[None]]] = {
                    REGISTER: partial(show_register, visitor, register),
                    SAVE_MARKS: partial(hand.save_marks, marked, text),
                    OPEN_ATTENDANCE: partial(show_register, visitor, attended.address),
                    SAVE_ATTENDANCE: partial(hand.save_attendance, attended, turn),
                    REPORT: partial(open_report, visitor),
                }
                await stage.timed(kind, acts[kind], visitor)
                last = last if kind in SAVES else kind


def load_users(facts: SchoolFacts, count: int, *, stay_on_page: bool = False) -> list[LoadUser]:
    """Return as many users, each with a session and lessons of their own; the app must not be running."""
    by_teacher: dict[int, list[TeacherLesson]] = {}
    for lesson in facts.lessons:
        by_teacher.setdefault(lesson.user_id, []).append(lesson)
    teachers = sorted(by_teacher, key=lambda user: -len(by_teacher[user]))
    teachers = [user for user in teachers if len(by_teacher[user]) >= 8]
    tabs = -(-count // len(teachers))
    users = [teachers[number % len(teachers)] for number in range(count)]
    secrets = open_sessions(users)
    give_role(set(users), "deputy")
    return [
        LoadUser(
            number,
            user,
            secret,
            facts.registers,
            by_teacher[user][number // len(teachers) :: tabs],
            stays_on_page=stay_on_page,
        )
        for number, (user, secret) in enumerate(zip(users, secrets, strict=True))
    ]


def report(users: int, outcome: Outcome, lost: int, speed: Probe, *, stay_on_page: bool = False) -> bool:
    """Print what so many users met, and how many acknowledged entries are not in the store; return whether the bounds hold."""
    requests, saves = outcome.times(), outcome.times(*SAVES)
    cost = outcome.server_seconds * 1000 / max(len(requests), 1)
    errors = outcome.errors()
    print(
        f"{users} users{STAYING if stay_on_page else ''}: {outcome.rate:.1f} requests/s, p95 {percentile(requests, 0.95):.0f} ms, "
        f"saves p95 {percentile(saves, 0.95):.0f} ms, errors {len(errors)} {sorted(set(errors))}, "
        f"memory {outcome.memory_mb:.0f} MB"
    )
    print(
        f"  server {cost:.0f} cpu ms a request = {cost / speed.total_ms:.2f} probes (probe {speed.total_ms:.0f} ms); "
        f"the users' own {outcome.client_seconds * 1000 / max(len(requests), 1):.1f} cpu ms a request"
    )
    print(f"  entries sent {outcome.entries.sent}, saved {outcome.entries.saved}, lost {lost}")
    outcome.show()
    bounds = [Bound("errors", len(errors), 0), Bound("lost", lost, 0)]
    if stay_on_page:
        return judge(bounds)
    if users == 1:
        bounds.append(Bound("memory MB", outcome.memory_mb, MOST_MEMORY_MB))
    if users == 50:
        print(
            f"  Rosario: {ROSARIO_LOAD_A_SECOND:.1f} requests/s, p95 {ROSARIO_LOAD_P95_MS:.0f} ms, "
            f"{ROSARIO_LOAD_MS / PROBE_MS:.2f} probes a request"
        )
        bounds += [
            Bound("requests/s", outcome.rate, LEAST_A_SECOND, at_least=True),
            Bound("p95", percentile(requests, 0.95), MOST_P95_MS),
            Bound("saves p95", percentile(saves, 0.95), MOST_SAVE_P95_MS),
            Bound("memory MB", outcome.memory_mb, MOST_MEMORY_OF_FIFTY_MB),
        ]
    return judge(bounds)


def load(levels: Sequence[int] = LEVELS, seconds: float = SECONDS) -> bool:
    """Run each level on a server and a copy of the school of its own; print; return whether the bounds hold."""
    is_within = True
    # The rival's pages are all whole; how it is for fifty who stay on the register's page is printed beside.
    for level, stays in [
        (each, stays) for each in levels for stays in ((False, True) if each == 50 else (False,))
    ]:
        prepare_school()
        empty_recent_lessons()
        users = load_users(school_facts(), level, stay_on_page=stays)
        with running_server() as server:
            before = [probe() for _ in range(10)]
            outcome = run_crowd(server, dealt(users), seconds)
            after = [probe() for _ in range(10)]
        lost = outcome.entries.lost(stored_entries())
        is_within &= report(level, outcome, lost, mean_probe([*before, *after]), stay_on_page=stays)
    return is_within


def main() -> int:
    """Print what every level met; the exit code is 1 when a bound is broken."""
    return int(not load([int(word) for word in sys.argv[1:]] or LEVELS))


if __name__ == "__main__":
    sys.exit(main())
