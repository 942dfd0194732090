"""``python -m benchmarks.announcing``: processor time of an announcement to a thousand people in one transaction."""

import sys
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.works import Bound, judge
from school.announcements.actions import remind, send_announcement
from school.announcements.lookups.family import open_counts
from school.announcements.lookups.report import announcement_report
from school.announcements.rules import Draft, Wanted
from school.audiences.rules import Audience, Target
from school.records import Role, User
from school.store.connection import DATABASE_NAME, Store, Transaction
from school.store.events import Event

NOW = datetime(2026, 11, 23, 10, 0)
PEOPLE, REPEATS, MOST_MS = 1000, 20, 100
DEPUTY = User(1, "deputy", "", frozenset({Role.DEPUTY}))
# 500 pupils in 20 classes, each with a guardian.
SCHOOL = f"""
INSERT INTO schools VALUES (1, NULL, 'Школа');
INSERT INTO school_years VALUES (2026, '2026-09-01', '2027-05-31', 5);
INSERT INTO classes (class_id, school_id, school_year, name, grade_level)
    SELECT 100 + n, 1, 2026, 'Класс ' || n, 1 + n % 11 FROM range(20) AS numbers(n);
INSERT INTO pupils (pupil_id, school_id, last_name) SELECT 1000 + n, 1, 'Ученик ' || n FROM range({PEOPLE // 2}) AS numbers(n);
INSERT INTO enrolments SELECT 10000 + n, 1000 + n, 100 + n % 20, '2026-09-01', NULL FROM range({PEOPLE // 2}) AS numbers(n);
INSERT INTO guardians (guardian_id, last_name, first_name) SELECT 3000 + n, 'Родитель', n FROM range({PEOPLE // 2}) AS numbers(n);
INSERT INTO guardian_pupils (guardian_id, pupil_id) SELECT 3000 + n, 1000 + n FROM range({PEOPLE // 2}) AS numbers(n);
INSERT INTO users SELECT 5000 + n, 'user' || n, 'x', NULL, 3000 + n, NULL, NULL FROM range({PEOPLE // 2}) AS numbers(n);
"""
EVERYBODY = Audience(Target.SCHOOL, for_pupils=True, for_guardians=True)
DRAFT = Draft(
    EVERYBODY,
    "Правила входа",
    "По пропускам",
    date(2026, 11, 23),
    date(2026, 12, 7),
    Wanted.PUPIL_AND_GUARDIAN,
)


def _found(transaction: Transaction) -> None:
    transaction.change(SCHOOL)
    transaction.new_ids(20_000)
    transaction.record(Event(NOW, None, "school"))


def milliseconds(work: Callable[[], object]) -> float:
    """Return the processor time of a work."""
    began = time.process_time()
    work()
    return 1000 * (time.process_time() - began)


def main() -> int:
    """Measure and print; the exit code is 1 where sending takes more than is allowed."""
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / DATABASE_NAME, lambda: NOW)
        store.write(_found)
        sent: list[int] = []
        sending = [
            milliseconds(lambda: sent.append(send_announcement(store, DEPUTY, DRAFT, now=NOW)))
            for _ in range(REPEATS)
        ]
        reminding = [
            milliseconds(partial(remind, store, DEPUTY, each, now=NOW + timedelta(1))) for each in sent
        ]
        reading = [milliseconds(partial(announcement_report, store, DEPUTY, each)) for each in sent]
        family = User(5000, "", "", frozenset({Role.GUARDIAN}), pupil_ids=frozenset([1000]))
        open_counts(store, family, now=NOW)
        counting = [milliseconds(lambda: open_counts(store, family, now=NOW)) for _ in sent]
        reached = store.read("SELECT count(*) FROM announcement_recipients")[0][0] / len(sent)
        store.close()
    print(f"{reached:.0f} recipients, {len(sent)} announcements; median and most of processor, ms")
    for title, times in (
        ("send", sending),
        ("remind", reminding),
        ("report", reading),
        (f"count beside a diary's tabs, {len(sent)} announcements", counting),
    ):
        print(f"  {title:<50} {median(times):7.2f} {max(times):7.2f}")
    return int(not judge([Bound("send", median(sending), MOST_MS)]))


if __name__ == "__main__":
    sys.exit(main())
