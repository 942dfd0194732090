"""``python -m benchmarks.crowd.asking``: how long the search takes in every role, the first question of a person included."""

import asyncio
import sys
import time
from statistics import median

from benchmarks.server import WORKING_DAY, Server, open_sessions, prepare_school, running_server
from benchmarks.visitor import Visitor
from benchmarks.works import Bound, judge, percentile
from school.access.writing import STAFF

# A class and a subject, names, screens, another keyboard's letters, a question: what is typed while somebody looks.
WORDS = ("7а алгебра", "иван", "кто не заполнил", "замены", "fktrctq", "5 б", "куз", "отчёт за четверть")
ROLES = """SELECT roles, min(user_id) FROM
    (SELECT user_id, string_agg(role, ' ' ORDER BY role) AS roles FROM user_roles GROUP BY user_id) GROUP BY roles ORDER BY roles"""
ROUNDS, PAUSE_SECONDS, MOST_MS = 3, 0.3, 50


def somebody_of_each_role() -> dict[str, int]:
    """Return a user of every set of roles of the staff; the app must not be running."""
    store = WORKING_DAY.store()
    try:
        rows = store.read(ROLES)
    finally:
        store.close()
    return {roles: user_id for roles, user_id in rows if STAFF & set(roles.split())}


async def ask(server: Server, secret: str) -> tuple[list[float], list[float]]:
    """Return the milliseconds of all questions of a person, and of the first one after the search was opened."""
    visitor, times, firsts = Visitor(server.port, secret), [], []
    try:
        for _ in range(ROUNDS):
            for number, words in enumerate(("", *WORDS)):
                began = time.perf_counter()
                await visitor.post("/api/search", {"words": words})
                times.append(1000 * (time.perf_counter() - began))
                if number == 1:
                    firsts.append(times[-1])
                # Nobody types sooner than this after the search has opened.
                await asyncio.sleep(PAUSE_SECONDS if number == 0 else 0)
    finally:
        await visitor.close()
    return times, firsts


def main() -> int:
    """Measure and print; the exit code is 1 where the search keeps somebody waiting."""
    prepare_school()
    people = somebody_of_each_role()
    secrets = dict(zip(people, open_sessions(people.values()), strict=True))
    every: list[float] = []
    first: list[float] = []
    print(f"the search, {len(WORDS)} questions and its opening × {ROUNDS}; wall and processor of one, ms")
    print(f"  {'roles':<20} {'median':>7} {'p95':>7} {'first':>7} {'most':>7} {'cpu':>6}")
    with running_server() as server:
        for role, secret in secrets.items():
            used = server.processor_seconds()
            times, firsts = asyncio.run(ask(server, secret))
            processor = 1000 * (server.processor_seconds() - used) / len(times)
            columns = (median(times), percentile(times, 0.95), max(firsts), max(times))
            print(f"  {role:<20} {' '.join(f'{each:7.1f}' for each in columns)} {processor:6.1f}")
            every += times
            first += firsts
    return int(
        not judge([Bound("p95", percentile(every, 0.95), MOST_MS), Bound("first", max(first), MOST_MS)])
    )


if __name__ == "__main__":
    sys.exit(main())
