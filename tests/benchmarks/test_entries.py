"""What counts as a lost entry in a measured crowd."""

import pytest

from benchmarks.crowd.people import Answer, Outcome
from benchmarks.doings import Entries

CELL, OTHER = (1, 10), (1, 11)


def test_an_acknowledged_mark_that_the_store_lacks_is_lost() -> None:
    entries = Entries()
    entries.acknowledged([(CELL, "4"), (OTHER, "5")])
    assert entries.lost({CELL: "4"}) == 1
    assert entries.lost({CELL: "4", OTHER: "3"}) == 1
    assert entries.lost({CELL: "4", OTHER: "5"}) == 0


def test_the_later_mark_counts() -> None:
    entries = Entries()
    entries.acknowledged([(CELL, "4")])
    entries.acknowledged([(CELL, "2")])
    assert entries.lost({CELL: "4"}) == 1
    assert (entries.sent, entries.saved) == (2, 2)


def test_a_mark_without_an_answer_may_be_there_or_not() -> None:
    entries = Entries()
    entries.acknowledged([(CELL, "4")])
    entries.unanswered([(CELL, "2"), (OTHER, "5")])
    assert [entries.lost({CELL: text}) for text in ("4", "2", "3")] == [0, 0, 1]
    assert entries.lost({}) == 1
    assert (entries.sent, entries.saved) == (3, 1)


def test_a_later_tab_overwrites() -> None:
    earlier, later = Entries(), Entries()
    earlier.acknowledged([(CELL, "4"), (OTHER, "4")])
    later.acknowledged([(CELL, "5")])
    earlier.add(later)
    assert earlier.lost({CELL: "5", OTHER: "4"}) == 0
    assert earlier.saved == 3


def test_a_failed_answer_is_no_answer(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = Outcome([Answer("page", 100.0), Answer("page", 60_000.0, "TimeoutError"), Answer("save", 10.0)])
    outcome.wall_seconds = 2.0
    assert outcome.rate == 1.0
    assert outcome.times("page") == [100.0]
    assert outcome.errors() == ["TimeoutError"]
    outcome.show()
    rows = [line.split() for line in capsys.readouterr().out.splitlines()[1:]]
    assert rows == [["page", "1", "100", "100", "1"], ["save", "1", "10", "10", "0"]]
