"""Who draws next: the shortest page of whoever has used least, few at a time, and nobody waits for ever."""

import threading
from collections.abc import Callable

import pytest

from server.admission import AT_MOST, HALF_LIFE_SECONDS, LONG_SECONDS, PATIENCE_SECONDS, Admission

TEST_SECONDS = 5.0


class Clock:
    """Seconds that the test moves: of the day, and of each thread's processor."""

    def __init__(self) -> None:
        self.now = 0.0
        self.used = threading.local()

    def processor(self) -> float:
        return getattr(self.used, "seconds", 0.0)

    def work(self, seconds: float) -> None:
        self.used.seconds = self.processor() + seconds


class Queue:
    """Scripts in threads of their own, each held until the test lets it end."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.admission = Admission(lambda: self.clock.now, self.clock.processor)
        self.began: list[str] = []
        self.news = threading.Condition()
        self.threads: list[threading.Thread] = []

    def script(self, name: str, person: str, page: str, cost: float = 0.01) -> Callable[[], None]:
        """Let a script queue up; return what lets it end."""
        may_end = threading.Event()

        def run() -> None:
            with self.admission.turn(person, page):
                with self.news:
                    self.began.append(name)
                    self.news.notify_all()
                may_end.wait(TEST_SECONDS)
                self.clock.work(cost)

        thread = threading.Thread(target=run)
        waiting = len(self.admission._waiting) + len(self.admission._running)
        thread.start()
        self.threads.append(thread)
        while len(self.admission._waiting) + len(self.admission._running) <= waiting:
            pass

        def end() -> None:
            may_end.set()
            thread.join(TEST_SECONDS)

        return end

    def has_begun(self, *names: str) -> bool:
        with self.news:
            return self.news.wait_for(lambda: self.began == [*names], TEST_SECONDS)

    def learn(self, page: str, cost: float) -> None:
        """Let the queue find out what a page costs, from somebody long ago."""
        self.script(f"first {page}", f"somebody of {page}", page, cost)()
        self.clock.now += 100 * HALF_LIFE_SECONDS
        self.began.clear()


def test_of_those_who_wait_the_shortest_page_is_drawn_first() -> None:
    queue = Queue()
    queue.learn("dashboard", 0.14)
    queue.learn("register", 0.01)
    end_first = queue.script("holds", "anna", "register")
    ends = {
        "dashboard": queue.script("dashboard", "boris", "dashboard"),
        "register": queue.script("register", "vera", "register"),
    }
    assert queue.has_begun("holds")
    end_first()
    assert queue.has_begun("holds", "register")
    ends["register"]()
    assert queue.has_begun("holds", "register", "dashboard")
    ends["dashboard"]()


def test_who_reloads_without_end_waits_behind_everybody_else() -> None:
    queue = Queue()
    for number in range(20):
        queue.script(f"reload {number}", "loop", "page", 0.1)()
    queue.began.clear()
    ends = [queue.script("anna", "anna", "page"), queue.script("loop again", "loop", "page")]
    ends.append(queue.script("vera", "vera", "page"))
    ends[0]()
    assert queue.has_begun("anna", "vera")
    ends[2]()
    assert queue.has_begun("anna", "vera", "loop again")
    ends[1]()


def test_a_person_draws_one_page_at_a_time() -> None:
    queue = Queue()
    queue.learn("dashboard", 2 * LONG_SECONDS)
    ends = [queue.script("one", "anna", "dashboard"), queue.script("two", "anna", "page")]
    ends.append(queue.script("other", "boris", "page"))
    assert queue.has_begun("one", "other")
    ends[2]()
    ends[0]()
    ends[1]()
    assert sorted(queue.began) == ["one", "other", "two"]


def test_a_long_page_leaves_the_other_place_to_short_ones() -> None:
    queue = Queue()
    queue.learn("dashboard", 2 * LONG_SECONDS)
    ends = [queue.script(name, name, "dashboard") for name in ("long", "second long")]
    ends.append(queue.script("short", "vera", "page"))
    assert queue.has_begun("long", "short")
    for end in ends:
        end()


def test_a_page_that_turns_out_long_holds_nobody_up() -> None:
    queue = Queue()
    ends = [queue.script("unknown", "anna", "new page"), queue.script("short", "vera", "page")]
    assert queue.has_begun("unknown")
    queue.clock.now += 2 * PATIENCE_SECONDS
    assert queue.has_begun("unknown", "short")
    for end in ends:
        end()


def test_nobody_waits_for_ever() -> None:
    queue = Queue()
    for number in range(20):
        queue.script(f"reload {number}", "loop", "page", 0.5)()
    holds = queue.script("holds", "anna", "page")
    patient = queue.script("patient", "loop", "page")
    queue.clock.now += 60
    fresh = queue.script("fresh", "boris", "page")
    queue.began.clear()
    holds()
    assert queue.has_begun("patient")
    patient()
    fresh()


def test_a_page_that_fails_gives_its_turn_back_and_teaches_nothing() -> None:
    queue = Queue()
    with pytest.raises(ValueError, match="broken"), queue.admission.turn("anna", "page"):
        raise ValueError("broken")
    queue.script("next", "anna", "page")()
    assert queue.began == ["next"]


def test_turns_never_overlap_beyond_the_limit() -> None:
    admission, running, most = Admission(), [0], [0]
    lock = threading.Lock()

    def visit(person: int) -> None:
        for _ in range(20):
            with admission.turn(person, "page"):
                with lock:
                    running[0] += 1
                    most[0] = max(most[0], running[0])
                with lock:
                    running[0] -= 1

    threads = [threading.Thread(target=visit, args=(number % 5,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TEST_SECONDS)
    assert not any(thread.is_alive() for thread in threads)
    assert most[0] <= AT_MOST


def test_people_who_used_alike_come_in_their_order() -> None:
    queue = Queue()
    for number, person in enumerate(("anna", "boris", "vera")):
        queue.script(f"before {number}", person, "page", 0.1 + 0.03 * (3 - number))()
    end = queue.script("holds", "gleb", "page")
    ends = []
    for person in ("anna", "boris", "vera"):
        queue.clock.now += 0.01
        ends.append(queue.script(person, person, "page"))
    for each in (end, *ends):
        each()
    assert queue.began[-3:] == ["anna", "boris", "vera"]
