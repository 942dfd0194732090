"""What each job costs in growing schools, drawn into ``docs/speed.md``; ``python -m benchmarks.growth [SCHOOL …]``.

A school is named by pupils and years: ``1000x5``. What was measured before stays in ``data/bench/growth.json``, so that a long run
can be done school by school.
"""

import asyncio
import json
import re
import sys
from pathlib import Path

from benchmarks.doings import Entries
from benchmarks.growth_chart import Curve, chart
from benchmarks.jobs import one_by_one, people, secrets_of
from benchmarks.rivals import PROBE_MS
from benchmarks.school_facts import SchoolFacts, empty_recent_lessons, school_facts, stored_entries
from benchmarks.server import (
    BENCH,
    ROOT,
    WORKING_DAY,
    BenchSchool,
    Server,
    prepare_school,
    remove_copy,
    running_server,
)
from benchmarks.works import HEADER, Work

YEARS, PUPILS = (1, 3, 5, 10), (300, 1000, 3000)
BY_YEARS = tuple((1000, years) for years in YEARS)
BY_PUPILS = tuple((pupils, 2) for pupils in PUPILS)
REPEATS = 8
MEASURED = BENCH / "growth.json"
PAGE, PICTURE = ROOT / "docs" / "speed.md", ROOT / "docs" / "speed-growth.svg"
BEGIN, END = "<!-- growth: written by benchmarks.growth -->", "<!-- end of growth -->"

Costs = dict[str, dict[str, float]]
"""By school (``1000x5``), then by job: processor milliseconds on the machine that the rival was measured on."""


def name_of(pupils: int, years: int) -> str:
    """Return how a school is named."""
    return f"{pupils}x{years}"


def school_named(name: str) -> BenchSchool:
    """Return a school of this name; raises ValueError where the name is of another form."""
    pupils, _, years = name.partition("x")
    if (int(pupils), int(years)) == (WORKING_DAY.pupils, WORKING_DAY.years):
        return WORKING_DAY
    return BenchSchool(f"_{name}", int(years), WORKING_DAY.now, int(pupils))


def measured(place: BenchSchool) -> list[Work]:
    """Measure every job in a school; raises RuntimeError where an entry was lost."""
    prepare_school(place)
    empty_recent_lessons(place)
    facts, entries = school_facts(place), Entries()
    secrets = secrets_of(facts, place)
    with running_server(place) as server:
        works = asyncio.run(_jobs(server, facts, secrets, entries, place.last_year))
    if entries.lost(stored_entries(place)):
        raise RuntimeError("An acknowledged entry is not in the store.")
    print(f"{place.pupils} pupils, {place.years} years, {facts.marks} marks")
    remove_copy(place)
    return works


async def _jobs(
    server: Server, facts: SchoolFacts, secrets: dict[int, str], entries: Entries, year: int
) -> list[Work]:
    who = people(server, facts, secrets, entries)
    try:
        return await one_by_one(server, facts, who, year, REPEATS)
    finally:
        await who.close()


def curves(costs: Costs, schools: tuple[tuple[int, int], ...], sizes: tuple[int, ...]) -> list[Curve]:
    """Return the cost of each job over those of these schools that were measured."""
    there = [
        (size, costs[name_of(*school)])
        for size, school in zip(sizes, schools, strict=True)
        if name_of(*school) in costs
    ]
    jobs = list(there[0][1]) if there else []
    return [Curve(job, [(size, of[job]) for size, of in there]) for job in jobs]


def table(costs: Costs, schools: tuple[tuple[int, int], ...]) -> str:
    """Return the costs as a Markdown table, a column a school."""
    there = [name_of(*school) for school in schools if name_of(*school) in costs]
    jobs = list(costs[there[0]]) if there else []
    head = [f"{pupils} pupils, {years} y." for pupils, _, years in (name.partition("x") for name in there)]
    rows = [[job, *(f"{costs[name][job]:.0f}" for name in there)] for job in jobs]
    lines = [["processor ms", *head], ["---", *["--:"] * len(there)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def draw(costs: Costs) -> None:
    """Write the chart beside the page and the tables into it."""
    panels = {
        "years of marks, 1,000 pupils": curves(costs, BY_YEARS, YEARS),
        "pupils, two years of marks": curves(costs, BY_PUPILS, PUPILS),
    }
    PICTURE.write_text(chart(panels, "processor ms"), encoding="utf-8")
    text = PAGE.read_text(encoding="utf-8")
    tables = "\n\n".join(table(costs, schools) for schools in (BY_YEARS, BY_PUPILS))
    inside = f"{BEGIN}\n\n![Cost of each job in growing schools]({PICTURE.name})\n\n{tables}\n\n{END}"
    PAGE.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: inside, text, flags=re.DOTALL), encoding="utf-8")


def main() -> int:
    """Measure the schools that were asked for, or all, and draw what was ever measured."""
    names = sys.argv[1:] or list(dict.fromkeys(name_of(*school) for school in BY_YEARS + BY_PUPILS))
    for name in names:
        works = measured(school_named(name))
        print(HEADER)
        for work in works:
            print(work.line(), flush=True)
        _keep(MEASURED, name, {work.title: work.probes * PROBE_MS for work in works})
    draw(json.loads(MEASURED.read_text(encoding="utf-8")))
    return 0


def _keep(path: Path, name: str, costs: dict[str, float]) -> None:
    known: Costs = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    path.write_text(json.dumps(known | {name: costs}, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
