"""Which backups stay, when the next is due, and what is red (п. 6.1, 8.6)."""

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from school.backup.records import BEFORE_CHANGES, BY_HAND
from school.calendar import school_year_of

NIGHTLY_AT = time(2, 30)
DAYS, WEEKS, MONTHS, ON_PURPOSE = 7, 5, 12, 5
STALE_AFTER = timedelta(hours=26)
# A school that was switched off for a weekend takes its backup in the first minutes; nobody should restart it meanwhile.
GRACE_AFTER_START = timedelta(hours=1)
FIRST_DAY = timedelta(days=1)
DRILL_DUE_AFTER = timedelta(days=90)
RETRY_AFTER = timedelta(hours=1)
SPACE_FACTOR = 2
LEAST_FREE_BYTES = 256 * 1024**2


@dataclass(frozen=True)
class Taken:
    """A backup as rotation sees it."""

    name: str
    taken_at: datetime
    cause: str


def kept_names(backups: Collection[Taken]) -> set[str]:
    """Return which backups stay: the last of each of 7 days, 5 weeks, 12 months and of every school year (п. 6.1).

    Days, weeks and months without a backup do not count: a school that stood still for the summer loses none. Of those taken
    before an import, a migration or the opening of a year the last five stay as well, and so do the last five that somebody asked for.
    """
    newest_first = sorted(backups, key=lambda each: (each.taken_at, each.name), reverse=True)
    spans: tuple[tuple[Callable[[datetime], Hashable], int | None], ...] = (
        (lambda at: at.date(), DAYS),
        (lambda at: at.isocalendar()[:2], WEEKS),
        (lambda at: (at.year, at.month), MONTHS),
        (lambda at: school_year_of(at.date()), None),
    )
    kept = {
        each.name
        for causes in (BEFORE_CHANGES, BY_HAND)
        for each in [one for one in newest_first if one.cause in causes][:ON_PURPOSE]
    }
    for span_of, most in spans:
        last_of: dict[Hashable, str] = {}
        for each in newest_first:
            last_of.setdefault(span_of(each.taken_at), each.name)
        kept |= set(list(last_of.values())[:most])
    return kept


def is_due(now: datetime, last: datetime | None, last_failed: datetime | None = None) -> bool:
    """Whether the nightly backup is due: none since the last 02:30; after a failure it is tried again in an hour (п. 8.6)."""
    tonight = datetime.combine(now.date(), NIGHTLY_AT)
    latest = tonight if now >= tonight else tonight - timedelta(days=1)
    if last is not None and latest <= last <= now:
        return False
    return last_failed is None or not timedelta() <= now - last_failed < RETRY_AFTER


def is_stale(now: datetime, last: datetime | None, school_began: datetime, server_began: datetime) -> bool:
    """Whether the last backup is too old: over 26 hours, but not in a school's first day or a server's first hour (п. 8.6)."""
    if now - school_began < FIRST_DAY or now - server_began < GRACE_AFTER_START:
        return False
    return last is None or now - last > STALE_AFTER


def is_drill_overdue(now: datetime, last: datetime | None) -> bool:
    """Whether nobody has tried to restore the school for 90 days: a backup that was never restored is a hope (п. 8.6)."""
    return last is None or now - last > DRILL_DUE_AFTER


def has_space(free: int, size: int) -> bool:
    """Whether a backup of ``size`` bytes may be begun: twice its size must be free (п. 8.6)."""
    return free >= SPACE_FACTOR * size


def is_disk_full(free: int, database: int) -> bool:
    """Whether so few bytes are free that entries are in danger: less than the database itself may grow by at once (п. 8.6)."""
    return free < max(LEAST_FREE_BYTES, database)
