"""How long saves wait while a backup is taken of 1.5 million marks (п. 6.1); ``python -m benchmarks.backup_stall [1000x5]``.

Marks are typed through the writer of one process, one every fiftieth of a second: in turns without a backup and beside
one that this process takes as the server does, by the button, at night or for ``school.backup now``.
"""

import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import count, cycle

from benchmarks.growth import school_named
from benchmarks.school_facts import TeacherLesson, empty_recent_lessons, school_facts
from benchmarks.server import BenchSchool, prepare_school, remove_copy
from benchmarks.works import Bound, judge, percentile
from school.backup.lookups import source_of
from school.backup.records import Cause
from school.backup.taking import back_up
from school.processes import OwnProcess
from school.register.actions.batch import CellEdit, EntryStatus
from school.register.actions.entries import enter_cells
from school.sign_in.store.users import users_by_id
from school.store.connection import Store

SECONDS_A_MARK, WARM_UP_SECONDS, USUAL_SECONDS, BACKUPS, MOST_STALL_MS = 0.02, 2.0, 5.0, 8, 50
LESSONS = 20


class Typist:
    """Types marks one after another; notes how many milliseconds each save took, and what was acknowledged."""

    def __init__(self, store: Store, lessons: list[TeacherLesson], place: BenchSchool) -> None:
        """Begin with nothing typed."""
        self.store, self.now = store, place.now
        users = users_by_id(store, {each.user_id for each in lessons})
        cells = [(each.lesson_id, pupil, users[each.user_id]) for each in lessons for pupil in each.pupil_ids]
        self._cells, self._seq = cycle(cells), count(1)
        self.saved: dict[tuple[int, int], str] = {}

    def type_until(self, is_over: Callable[[], bool]) -> list[float]:
        """Type until it is over; return the milliseconds of each save. Raises RuntimeError for a save that was refused."""
        took = []
        while not is_over():
            (lesson, pupil, user), seq = next(self._cells), next(self._seq)
            edit = CellEdit(lesson, pupil, "2345"[seq % 4], None, seq)
            began = time.perf_counter()
            (result,) = enter_cells(self.store, user, [edit], now=self.now, client_id="typist")
            took.append((time.perf_counter() - began) * 1000)
            if result.status is not EntryStatus.SAVED:
                raise RuntimeError(f"A save was refused: {result.status}")
            self.saved[lesson, pupil] = edit.text
            time.sleep(max(0.0, SECONDS_A_MARK - took[-1] / 1000))
        return took

    def lost(self) -> int:
        """Return how many acknowledged marks are not stored."""
        query = "SELECT lesson_id, pupil_id, value::VARCHAR FROM marks WHERE lesson_id IN (SELECT unnest($lessons))"
        rows = self.store.read(query, {"lessons": sorted({lesson for lesson, _ in self.saved})})
        stored = {(lesson, pupil): value for lesson, pupil, value in rows}
        return sum(stored.get(cell) != text for cell, text in self.saved.items())


def _beside_a_backup(store: Store, typist: Typist, moment: datetime) -> tuple[list[float], float]:
    """Return the milliseconds of each save while a backup was taken, and its seconds. Raises Refusal where none was."""
    source, process = source_of(store), OwnProcess()
    with ThreadPoolExecutor(1) as pool:
        began = time.monotonic()
        made = pool.submit(
            back_up, source, Cause.COMMAND, "bench", lambda: moment, process, lambda _stage: None
        )
        took = typist.type_until(made.done)
        made.result()
    source.cursor.close()
    return took, time.monotonic() - began


def stall(place: BenchSchool) -> bool:
    """Measure and print; return whether the bounds hold."""
    prepare_school(place)
    empty_recent_lessons(place)
    facts = school_facts(place)
    store = place.store()
    typist = Typist(store, facts.lessons[:LESSONS], place)
    typist.type_until(_over_in(WARM_UP_SECONDS))
    print(f"{facts.marks} marks\n{'saves':<24} {'count':>6} {'p50':>7} {'p99':>7} {'worst':>7} ms")
    usual, beside = list[float](), list[float]()
    for number in range(BACKUPS):
        # In turns: another hour of a machine that others use as well is another machine.
        took = typist.type_until(_over_in(USUAL_SECONDS))
        _print("without a backup", took)
        usual += took
        took, seconds = _beside_a_backup(store, typist, place.now + timedelta(minutes=number))
        _print(f"beside backup {number + 1}, {seconds:.0f} s", took)
        beside += took
    _print("all without a backup", usual)
    _print("all beside a backup", beside)
    lost = typist.lost()
    store.close()
    remove_copy(place)
    bounds = [
        Bound("p99 beyond", percentile(beside, 0.99) - percentile(usual, 0.99), MOST_STALL_MS),
        Bound("worst beyond the usual p99", max(beside) - percentile(usual, 0.99), MOST_STALL_MS),
        Bound("lost", lost, 0),
    ]
    return judge(bounds)


def _over_in(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


def _print(title: str, took: list[float]) -> None:
    line = (percentile(took, 0.5), percentile(took, 0.99), max(took))
    print(f"{title:<24} {len(took):>6} {' '.join(f'{each:7.1f}' for each in line)}", flush=True)


if __name__ == "__main__":
    sys.exit(0 if stall(school_named(sys.argv[1] if sys.argv[1:] else "1000x5")) else 1)
