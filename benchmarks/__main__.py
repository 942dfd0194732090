"""``make bench``: prints each measured work with median, p95, processor time of the server, and the rivals' ratio."""

import argparse
import statistics
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from benchmarks import dashboards, engines, lake
from benchmarks.client import client_of, edit, save
from benchmarks.figures import forecasting, quality_of_teaching
from benchmarks.rivals import RIVALS
from benchmarks.school_facts import SchoolFacts, TeacherLesson, school_facts
from benchmarks.server import Server, open_sessions, prepare_school, running_server
from benchmarks.visitor import Visitor
from server.session import COOKIE_NAME

REPEATS = 30
TYPING_TEACHERS, DEPUTIES, TYPING_SECONDS, SECONDS_A_MARK = 60, 5, 40, 2.0
CLOCK_TICK_MS = 10


@dataclass
class Work:
    """One kind of work with the bounds it must keep; times in milliseconds."""

    name: str
    title: str
    processor_bound_ms: float | None = None
    wall_bound_ms: float | None = None
    wall_ms: list[float] = field(default_factory=list)
    processor_ms: float | None = None

    def line(self) -> str:
        """Return the printed row: median, p95, processor time a piece, bounds, ratio to the rivals."""
        median, high = statistics.median(self.wall_ms), percentile(self.wall_ms, 0.95)
        cells = [f"{self.title:<58}", f"{median:8.1f}", f"{high:8.1f}"]
        cells.append("       —" if self.processor_ms is None else f"{self.processor_ms:8.1f}")
        cells += [f"{self._verdict(high):<22}", self._ratios()]
        return " ".join(cells)

    def _verdict(self, high: float) -> str:
        words = []
        if self.processor_bound_ms is not None and self.processor_ms is not None:
            words.append(_bound_text("cpu", self.processor_ms, self.processor_bound_ms))
        if self.wall_bound_ms is not None:
            words.append(_bound_text("p95", high, self.wall_bound_ms))
        return " ".join(words)

    def _ratios(self) -> str:
        rivals = RIVALS.get(self.name)
        if rivals is None or not self.processor_ms:
            return ""
        pairs = {"Rosario": rivals.rosario_ms, "Gibbon": rivals.gibbon_ms}
        return ", ".join(f"{name} ×{ms / self.processor_ms:.1f}" for name, ms in pairs.items() if ms)


def _bound_text(what: str, value: float, bound: float) -> str:
    return f"{what}{'≤' if value <= bound else '>'}{bound:g}"


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def measure(server: Server, work: Work, once: Callable[[int], object]) -> Work:
    """Do a work REPEATS times one by one after a warm-up and note wall and processor time."""
    for number in range(3):
        once(number)
    before = server.processor_seconds()
    for number in range(3, 3 + REPEATS):
        began = time.perf_counter()
        once(number)
        work.wall_ms.append((time.perf_counter() - began) * 1000)
    work.processor_ms = (server.processor_seconds() - before) * 1000 / REPEATS
    return work


def figure(milliseconds: list[float]) -> Work:
    """Return the school's quality of teaching, computed in one process: its processor time is its wall time."""
    work = Work("quality_frame", "quality by teacher × subject × term, whole school", 50)
    work.wall_ms, work.processor_ms = milliseconds, statistics.median(milliseconds)
    return work


def forecast_figures() -> list[Work]:
    """Return the forecasts, computed in one process: their processor time is their wall time."""
    times = forecasting()
    works = [
        Work("forecast_fitting", "forecasts: choose and fit a model on two years", 60_000),
        Work("forecast_school", "forecasts of the whole school, tables read already", 1000),
        Work("forecast_class", "forecasts of one class", 50),
    ]
    for work, measured in zip(works, (times.fitting, times.school, times.one_class), strict=True):
        work.wall_ms, work.processor_ms = measured, statistics.median(measured)
    return works


def open_registers(server: Server, facts: SchoolFacts, secrets: dict[int, str]) -> None:
    """Let every teacher open the registers that they will write in, as whoever types has done."""
    for lesson in facts.lessons:
        with Visitor(server.port, f"{COOKIE_NAME}={secrets[lesson.user_id]}") as visitor:
            visitor.open_page("grid", lesson.address)


def one_by_one(server: Server, facts: SchoolFacts, secrets: dict[int, str]) -> list[Work]:
    """Measure what one user waits for."""
    deputy = f"{COOKIE_NAME}={secrets[facts.deputy_user_id]}"
    works = []
    with Visitor(server.port, deputy) as visitor:
        work = Work("open_register", "open the register of a class × term (page)", 95)
        works.append(
            measure(
                server,
                work,
                lambda number: visitor.open_page("grid", facts.registers[number % len(facts.registers)]),
            )
        )
        for page, title in (
            ("quality", "quality"),
            ("teachers", "teacher activity"),
            ("forecasts", "forecasts"),
        ):
            work = Work(page, f"deputy opens {title} (page)")
            works.append(measure(server, work, lambda _number, page=page: visitor.open_page(page)))  # type: ignore[misc]
    tab, clients = str(uuid4()), {user: client_of(server, secret) for user, secret in secrets.items()}

    def save_all(number: int, text: str) -> None:
        lesson = facts.lessons[number % len(facts.lessons)]
        edits = [edit(lesson, pupil, text, number * 1000 + i) for i, pupil in enumerate(lesson.pupil_ids)]
        assert save(clients[lesson.user_id], lesson.user_id, tab, edits) == len(edits)

    def attend(number: int) -> None:
        lesson = facts.lessons[(number + REPEATS + 3) % len(facts.lessons)]
        # As the grid sends it: two absentees in one class, «все присутствуют» in the next.
        edits = [edit(lesson, pupil, "н", number) for pupil in lesson.pupil_ids[:2]] if number % 2 else []
        attendance = [] if edits else [{"lesson": str(lesson.lesson_id), "seq": number}]
        saved = save(clients[lesson.user_id], lesson.user_id, tab, edits, attendance=attendance)
        assert saved == len(edits) + len(attendance)

    works.append(
        measure(
            server,
            Work("save_marks", "save 25 marks of a lesson, durable", 20, 50),
            lambda number: save_all(number, "4"),
        )
    )
    works.append(
        measure(server, Work("save_attendance", "save a class's attendance, durable", 20, 50), attend)
    )
    return works


def everybody(server: Server, facts: SchoolFacts, secrets: dict[int, str]) -> tuple[Work, int, int]:
    """Let 60 teachers type a mark every two seconds while 5 deputies open dashboards; count what was saved."""
    work = Work("everybody", "acknowledgement, 60 teachers typing + 5 deputies", None, 300)
    sent, saved, lock, over = 0, 0, threading.Lock(), time.monotonic() + TYPING_SECONDS

    def type_marks(number: int, lesson: TeacherLesson) -> None:
        nonlocal sent, saved
        time.sleep(SECONDS_A_MARK * number / TYPING_TEACHERS)
        with client_of(server, secrets[lesson.user_id]) as client:
            tab, seq = str(uuid4()), 0
            while time.monotonic() < over:
                began, seq = time.perf_counter(), seq + 1
                pupil = lesson.pupil_ids[seq % len(lesson.pupil_ids)]
                done = save(client, lesson.user_id, tab, [edit(lesson, pupil, "2345"[seq % 4], seq)])
                with lock:
                    work.wall_ms.append((time.perf_counter() - began) * 1000)
                    sent, saved = sent + 1, saved + done
                time.sleep(max(SECONDS_A_MARK - (time.perf_counter() - began), 0))

    def look() -> None:
        with Visitor(server.port, f"{COOKIE_NAME}={secrets[facts.deputy_user_id]}") as visitor:
            while time.monotonic() < over:
                for page in ("quality", "teachers", "forecasts"):
                    visitor.open_page(page)
                    time.sleep(3)

    lessons = [facts.lessons[number % len(facts.lessons)] for number in range(TYPING_TEACHERS)]
    threads = [threading.Thread(target=type_marks, args=pair) for pair in enumerate(lessons)]
    threads += [threading.Thread(target=look) for _ in range(DEPUTIES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return work, sent, saved


def main() -> int:
    """Run every measurement and print the table; the exit code is 1 when a bound is broken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.split("\n")[0])
    parser.add_argument(
        "--schools", default=str(lake.SCHOOLS), help="schools of the district's lake, 10,100,500"
    )
    options = parser.parse_args()
    prepare_school()
    facts = school_facts()
    secrets = open_sessions([facts.deputy_user_id, *{lesson.user_id for lesson in facts.lessons}])
    works = [figure(quality_of_teaching()), *forecast_figures()]
    with running_server() as server:
        open_registers(server, facts, secrets)
        works += one_by_one(server, facts, secrets)
        crowd, sent, saved = everybody(server, facts, secrets)
        works.append(crowd)
    print(f"{facts.pupils} pupils, {facts.classes} classes, {facts.teachers} teachers, {facts.marks} marks")
    print(f"{'work (ms)':<58} {'median':>8} {'p95':>8} {'cpu':>8} {'bounds':<22} rivals' processor time")
    for work in works:
        print(work.line())
    print(
        f"marks sent {sent}, saved {saved}, lost {sent - saved}; processor time is read in {CLOCK_TICK_MS} ms steps"
    )
    broken = sent != saved or any(">" in work.line() for work in works)
    return max(int(broken), dashboards.main(), engines.main(), lake.main(["--schools", options.schools]))


if __name__ == "__main__":
    sys.exit(main())
