"""On a disk that takes a second for each flush saving is slow, says so, and loses nothing (п. 8.2)."""

from pathlib import Path

import pytest
from slow_disk import HOLD_UP_MICROSECONDS, PEOPLE, SAVES_EACH, STRACE, seen_slowly


@pytest.mark.skipif(not STRACE, reason="no strace here to hold up the flushes")
def test_a_slow_disk_is_told_and_loses_nothing(tmp_path: Path) -> None:
    found = seen_slowly(tmp_path)
    assert found["p95"] > HOLD_UP_MICROSECONDS / 1e6
    assert found["light"] == "soon"
    assert found["advice"]
    assert found["acknowledged"] == list(range(PEOPLE * SAVES_EACH))
    assert found["stored"] == found["acknowledged"]
