"""How long to wait before the next attempt to sign in (п. 3.2, 8.5): a wait by time, never a lock for good.

A school sits behind one address. Whoever has signed in from it lately, or comes with a device of their own, is not held up by the
guesses of others there; anybody else waits some seconds between attempts, not longer and longer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum


class Counted(StrEnum):
    """What failures are counted for."""

    NAME_AT_DEVICE = "name_at_device"
    NAME_AT_ADDRESS = "name_at_address"
    NAME = "name"
    ADDRESS = "address"


@dataclass(frozen=True)
class Limit:
    """After ``failures`` in a row the wait is ``first_wait`` and doubles with each further one up to ``longest_wait``.

    A row of failures ends when ``forgotten_after`` has passed since the last of them and its wait.
    """

    failures: int
    first_wait: timedelta
    longest_wait: timedelta
    forgotten_after: timedelta = timedelta(minutes=15)


# A name is held back hardest at the address or the device that guesses it, so nobody is kept out by somebody else's guesses.
# An address is held to a steady rate: guesses at many names stay slow, and a newcomer behind it waits a breath.
LIMITS: dict[Counted, Limit] = {
    Counted.NAME_AT_DEVICE: Limit(5, timedelta(seconds=30), timedelta(minutes=15)),
    Counted.NAME_AT_ADDRESS: Limit(5, timedelta(seconds=30), timedelta(minutes=15)),
    Counted.NAME: Limit(20, timedelta(seconds=5), timedelta(seconds=30)),
    Counted.ADDRESS: Limit(50, timedelta(seconds=10), timedelta(seconds=10)),
}
# Older failures cannot matter: they are forgotten by every limit.
LOOK_BACK = timedelta(hours=24)
# For so long a success makes a name known at its address.
ADDRESS_KNOWN = timedelta(days=30)


def wait_after(failures: int, limit: Limit) -> timedelta:
    """Return the wait that a number of failures in a row costs."""
    if failures < limit.failures:
        return timedelta()
    doublings = min(failures - limit.failures, 20)
    return min(limit.first_wait * (1 << doublings), limit.longest_wait)


def allowed_at(failed_at: Iterable[datetime], limit: Limit) -> datetime | None:
    """Return when the next attempt is allowed after failures at these moments, oldest first; None: at any time."""
    count, allowed = 0, None
    for moment in failed_at:
        if allowed is not None and moment > allowed + limit.forgotten_after:
            count = 0
        count += 1
        allowed = moment + wait_after(count, limit)
    return allowed


@dataclass(frozen=True)
class Attempt:
    """An attempt to sign in, seen from the next one: on the same name, from the same address, from the same device."""

    at: datetime
    is_same_name: bool
    is_same_address: bool
    is_same_device: bool
    has_succeeded: bool


@dataclass(frozen=True)
class Known:
    """Whether the name has signed in before from this device, and lately from this address."""

    at_device: bool = False
    at_address: bool = False


STRANGER = Known()


def counted_failures(
    attempts: Sequence[Attempt], now: datetime, known: Known = STRANGER
) -> dict[Counted, list[datetime]]:
    """Return when attempts failed, in their order, for each way of counting them that holds for somebody so known.

    A success on the name from the address or the device ends its row of failures there; the other rows are not its affair.
    On a device of their own only its own failures count. A moment after ``now`` is of a clock that was put back since: no wait
    counts from later than now.
    """
    attempts = [replace(each, at=min(each.at, now)) for each in attempts]
    if known.at_device:
        return {Counted.NAME_AT_DEVICE: _row(attempt for attempt in attempts if attempt.is_same_device)}
    failed = [attempt for attempt in attempts if not attempt.has_succeeded]
    failures = {
        Counted.NAME_AT_ADDRESS: _row(attempt for attempt in attempts if attempt.is_same_address),
        Counted.NAME: [attempt.at for attempt in failed if attempt.is_same_name],
    }
    if not known.at_address:
        failures[Counted.ADDRESS] = [attempt.at for attempt in failed if attempt.is_same_address]
    return failures


def _row(attempts: Iterable[Attempt]) -> list[datetime]:
    row: list[datetime] = []
    for attempt in attempts:
        if attempt.is_same_name:
            row = [] if attempt.has_succeeded else [*row, attempt.at]
    return row


def time_to_wait(attempts: Sequence[Attempt], now: datetime, known: Known = STRANGER) -> timedelta:
    """Return how long to wait still, the longest of what the limits ask; zero when an attempt is allowed."""
    failures = counted_failures(attempts, now, known)
    moments = [allowed_at(failed_at, LIMITS[counted]) for counted, failed_at in failures.items()]
    return max((moment - now for moment in moments if moment and moment > now), default=timedelta())


def wait_text(wait: timedelta) -> str:
    """Return a wait in Russian: seconds below a minute, minutes above, rounded up."""
    seconds = max(1, -int(-wait.total_seconds() // 1))
    return f"{seconds}\u00a0с" if seconds < 60 else f"{-(-seconds // 60)}\u00a0мин"
