"""Every dashboard on a school of 1,000 pupils with five years of marks; ``python -m benchmarks.dashboards``.

A page is opened again and again: after a saved mark, when all its figures are recomputed, and with nothing changed. The
difference is what its data cost. Times are of the server's processor, which waiting and neighbours disturb least.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import count
from statistics import fmean

from benchmarks.doings import Entries, Hand
from benchmarks.figures import absences_of_a_year
from benchmarks.school_facts import SchoolFacts, empty_recent_lessons, school_facts
from benchmarks.server import FIVE_YEARS, Server, open_sessions, prepare_school, running_server
from benchmarks.visitor import Visitor
from school.access.checks import may_somewhere
from school.sign_in.store.users import users_by_id
from server.menu import existing_rows

PLACES = ("insight", "control", "forecast")
# Addresses of a page whose other views ask for other figures.
VIEWS = {
    "quality": ("", "view=map", "view=terms"),
    "attendance": (
        "",
        "attendance_view=weeks",
        "attendance_view=times",
        "attendance_view=pupils",
        "period=2026-year-1",
    ),
    "register_work": ("", "work_view=homework", "work_view=users"),
    "curriculum": ("", "curriculum_view=groups", "curriculum_view=map"),
}
DATA_BOUND_MS, PAGE_BOUND_MS, ABSENCES_BOUND_MS = 100, 300, 100
LOOKS = 8


@dataclass
class Look:
    """What one address cost: the first look of all, looks after a saved mark, looks with nothing changed (processor ms)."""

    address: str
    first_ms: float
    changed_ms: float
    unchanged_ms: float

    @property
    def data_ms(self) -> float:
        """What the figures cost."""
        return max(0.0, self.changed_ms - self.unchanged_ms)

    @property
    def is_within_bounds(self) -> bool:
        """Whether both bounds hold."""
        return self.data_ms <= DATA_BOUND_MS and self.changed_ms <= PAGE_BOUND_MS

    def line(self) -> str:
        """Return the printed row."""
        numbers = f"{self.first_ms:9.0f} {self.changed_ms:9.0f} {self.unchanged_ms:9.0f} {self.data_ms:9.0f}"
        verdict = "kept" if self.is_within_bounds else f"OVER data≤{DATA_BOUND_MS} page≤{PAGE_BOUND_MS}"
        return f"{self.address:<44} {numbers}  {verdict}"


def addresses(deputy_user_id: int) -> list[tuple[str, str]]:
    """Return (page, query) of every dashboard that the deputy may open."""
    store = FIVE_YEARS.store()
    try:
        deputy = users_by_id(store, [deputy_user_id])[deputy_user_id]
    finally:
        store.close()
    pages = [
        row.url_path for row in existing_rows() if row.place in PLACES and may_somewhere(deputy, row.action)
    ]
    return [(page, query) for page in pages for query in VIEWS.get(page, ("",))]


async def look(
    server: Server, visitor: Visitor, change: Callable[[], Awaitable[None]], page: str, query: str
) -> Look:
    """Measure an address; ``change`` saves a mark."""

    async def cost() -> float:
        before = server.processor_seconds()
        await visitor.open_page(page, query)
        return (server.processor_seconds() - before) * 1000

    async def changed() -> float:
        await change()
        return await cost()

    first = await cost()
    await changed()
    await cost()
    # In turn, so that a machine that slows down meanwhile slows both alike.
    changed_ms, unchanged_ms = zip(*[(await changed(), await cost()) for _ in range(LOOKS)], strict=True)
    return Look(f"{page}{'?' if query else ''}{query}", first, fmean(changed_ms), fmean(unchanged_ms))


async def dashboards(
    server: Server, facts: SchoolFacts, secrets: Sequence[str], found: Sequence[tuple[str, str]]
) -> list[Look]:
    """Measure every dashboard as the deputy sees it; ``secrets`` are the deputy's and the teacher's of the first lesson."""
    lesson, turns = facts.lessons[0], count()
    deputy, teacher = (Visitor(server.port, secret) for secret in secrets)
    async with deputy, teacher:
        hand = Hand(teacher, lesson.user_id, Entries())
        return [
            await look(server, deputy, lambda: hand.save_mark(lesson, next(turns)), page, query)
            for page, query in found
        ]


def main() -> int:
    """Print what every dashboard costs; the exit code is 1 when a bound is broken."""
    prepare_school(FIVE_YEARS)
    empty_recent_lessons(FIVE_YEARS)
    facts = school_facts(FIVE_YEARS)
    first_ms, again_ms = absences_of_a_year(FIVE_YEARS)
    verdict = "kept" if again_ms <= ABSENCES_BOUND_MS else f"OVER {ABSENCES_BOUND_MS}"
    print(f"{facts.pupils} pupils, {FIVE_YEARS.years} years, {facts.marks} marks; processor ms of the server")
    print(
        f"absences of the whole school, a year: {again_ms:.0f} ms ({first_ms:.0f} with building the query)  {verdict}"
    )
    print(f"{'dashboard':<44} {'first':>9} {'changed':>9} {'same':>9} {'data':>9}")
    secrets = open_sessions([facts.deputy_user_id, facts.lessons[0].user_id], FIVE_YEARS)
    found = addresses(facts.deputy_user_id)
    with running_server(FIVE_YEARS) as server:
        looks = asyncio.run(dashboards(server, facts, secrets, found))
    for each in looks:
        print(each.line())
    return int(again_ms > ABSENCES_BOUND_MS or not all(each.is_within_bounds for each in looks))


if __name__ == "__main__":
    sys.exit(main())
