"""``make bench``: jobs beside the rival's, load, a day, an evening, fairness, talk, dashboards, engines; see ``docs/speed.md``."""

import argparse
import asyncio
import sys

from benchmarks import announcing, dashboards, engines, lake, mass_letters
from benchmarks.crowd import asking
from benchmarks.crowd.day import day
from benchmarks.crowd.evening import evening
from benchmarks.crowd.fairness import fairness
from benchmarks.crowd.load import load
from benchmarks.doings import Entries
from benchmarks.figures import forecasting
from benchmarks.jobs import one_by_one, people, secrets_of
from benchmarks.rivals import PROBE_MS
from benchmarks.school_facts import SchoolFacts, empty_recent_lessons, school_facts, stored_entries
from benchmarks.server import WORKING_DAY, Server, prepare_school, running_server
from benchmarks.works import HEADER, Bound, Work, computed, judge

CLOCK_TICK_MS = 10


def forecasts() -> list[Work]:
    """Return the forecasts, computed in this process."""
    times = forecasting()
    works = [
        Work("forecast_fitting", "forecasts: choose and fit a model on two years", 60_000),
        Work("forecast_school", "forecasts of the whole school, tables read", 1000),
        Work("forecast_class", "forecasts of one class", 50),
    ]
    measured = (times.fitting, times.school, times.one_class)
    return [computed(work, milliseconds) for work, milliseconds in zip(works, measured, strict=True)]


async def jobs(server: Server, facts: SchoolFacts, secrets: dict[int, str], entries: Entries) -> list[Work]:
    """Return the jobs that are compared with a rival's."""
    who = people(server, facts, secrets, entries)
    try:
        return await one_by_one(server, facts, who, WORKING_DAY.last_year)
    finally:
        await who.close()


def works() -> bool:
    """Measure and print every work that one person waits for; return whether the bounds hold."""
    prepare_school()
    empty_recent_lessons()
    facts, entries = school_facts(), Entries()
    secrets = secrets_of(facts, WORKING_DAY)
    with running_server() as server:
        measured = asyncio.run(jobs(server, facts, secrets, entries))
    measured += forecasts()
    lost = entries.lost(stored_entries())
    print(f"{facts.pupils} pupils, {facts.classes} classes, {facts.teachers} teachers, {facts.marks} marks")
    print(HEADER)
    for work in measured:
        print(work.line())
    print(
        f"ours, Rosario and the bounds of cpu are in probes: of this moment, and of the machine that Rosario was measured on "
        f"({PROBE_MS:.0f} ms); processor time is read in {CLOCK_TICK_MS} ms steps"
    )
    return judge([Bound("lost", lost, 0)]) and all(work.is_within_bounds for work in measured)


def main() -> int:
    """Run every measurement and print it; the exit code is 1 when a bound is broken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.split("\n")[0])
    parser.add_argument(
        "--schools", default=str(lake.SCHOOLS), help="schools of the district's lake, 10,100,500"
    )
    schools = parser.parse_args().schools
    kept = [works(), load(), day(), evening(), fairness()]
    kept += [not each.main() for each in (asking, announcing, mass_letters, dashboards, engines)]
    return int(not all(kept) or lake.main(["--schools", schools]))


if __name__ == "__main__":
    sys.exit(main())
