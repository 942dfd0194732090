"""``python -m benchmarks.mass_letters``: processor time of a letter to a thousand people in one transaction, first and later ones.

The first one is sent by a process that has just opened the school and knows nobody yet.
"""

import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.works import Bound, judge
from school.correspondence.actions.letters import Letter, send_letters
from school.correspondence.writing import Words
from school.records import Role, User
from school.store.connection import DATABASE_NAME, Store, Transaction
from school.store.events import Event

NOW = datetime(2026, 11, 23, 10, 0)
PEOPLE, PROCESSES, LATER, MOST_MS = 1000, 5, 10, 100
STAFF = 60
DEPUTY = User(1, "deputy", "", frozenset({Role.DEPUTY}), 1)
# A thousand pupils of forty classes, each with a guardian who may sign in; sixty teachers.
SCHOOL = f"""
INSERT INTO schools VALUES (1, NULL, 'Школа');
INSERT INTO school_years VALUES (2026, '2026-09-01', '2027-05-31', 5);
INSERT INTO classes (class_id, school_id, school_year, name, grade_level)
    SELECT 100 + n, 1, 2026, 'Класс ' || n, 1 + n % 11 FROM range(40) AS numbers(n);
INSERT INTO subjects (subject_id, school_id, name) SELECT 200 + n, 1, 'Предмет ' || n FROM range(12) AS numbers(n);
INSERT INTO staff (staff_id, last_name, first_name) SELECT 1 + n, 'Учитель' || n, 'Имя' FROM range({STAFF}) AS numbers(n);
INSERT INTO users (user_id, login, password_hash, staff_id) SELECT 1 + n, 'staff' || n, 'x', 1 + n FROM range({STAFF}) AS numbers(n);
INSERT INTO user_roles SELECT 1 + n, CASE n WHEN 0 THEN 'deputy' ELSE 'teacher' END FROM range({STAFF}) AS numbers(n);
INSERT INTO teaching_load (load_id, school_year, class_id, subject_id, teacher_id, hours_a_week)
    SELECT 300 + n, 2026, 100 + n % 40, 200 + n % 12, 1 + n % {STAFF}, 2 FROM range(480) AS numbers(n);
INSERT INTO pupils (pupil_id, school_id, last_name, first_name)
    SELECT 1000 + n, 1, 'Ученик' || n, 'Имя' FROM range({PEOPLE}) AS numbers(n);
INSERT INTO enrolments SELECT 10000 + n, 1000 + n, 100 + n % 40, '2026-09-01', NULL FROM range({PEOPLE}) AS numbers(n);
INSERT INTO guardians (guardian_id, last_name, first_name) SELECT 3000 + n, 'Родитель' || n, 'Имя' FROM range({PEOPLE}) AS numbers(n);
INSERT INTO guardian_pupils (guardian_id, pupil_id) SELECT 3000 + n, 1000 + n FROM range({PEOPLE}) AS numbers(n);
INSERT INTO users (user_id, login, password_hash, guardian_id)
    SELECT 5000 + n, 'user' || n, 'x', 3000 + n FROM range({PEOPLE}) AS numbers(n);
INSERT INTO user_roles SELECT 5000 + n, 'guardian' FROM range({PEOPLE}) AS numbers(n);
"""
RECIPIENTS = [(5000 + number, 1000 + number) for number in range(PEOPLE)]
LETTER = Letter("Собрание", Words("В среду в 18:00 общешкольное собрание."))


def _found(transaction: Transaction) -> None:
    transaction.change(SCHOOL)
    transaction.new_ids(20_000)
    transaction.record(Event(NOW, None, "school"))


def times_of(path: Path, letters: int) -> list[float]:
    """Return the processor time of so many letters, in milliseconds, sent by this process to the school at a path."""
    store, found = Store(path, lambda: NOW), []
    start = NOW + timedelta(minutes=len(store.read("SELECT DISTINCT started_at FROM threads")))
    for number in range(letters):
        now, began = start + timedelta(minutes=number), time.process_time()
        send_letters(store, DEPUTY, LETTER, RECIPIENTS, now=now)
        found.append(1000 * (time.process_time() - began))
    store.close()
    return found


def main() -> int:
    """Measure and print; the exit code is 1 where a letter takes more than is allowed, be it the first or a later one."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / DATABASE_NAME
        store = Store(path, lambda: NOW)
        store.write(_found)
        store.close()
        command = [sys.executable, "-m", "benchmarks.mass_letters", str(path)]
        first = [
            float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            for _ in range(PROCESSES)
        ]
        later = times_of(path, 1 + LATER)[1:]
    print(f"{PEOPLE} recipients, each a thread of their own; median and most of processor, ms")
    for title, times in (("first letter of a process", first), ("later ones", later)):
        print(f"  {title:<30} {median(times):7.2f} {max(times):7.2f}")
    return int(not judge([Bound("first", median(first), MOST_MS), Bound("later", median(later), MOST_MS)]))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(times_of(Path(sys.argv[1]), 1)[0])
    else:
        sys.exit(main())
