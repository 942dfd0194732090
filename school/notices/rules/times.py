"""When a letter goes: digests at the hour chosen, urgent ones not at night, tries again with growing pauses (п. 3.6)."""

from datetime import datetime, time, timedelta

from school.notices.records import AT_ONCE, Choices, Digest, LetterKind

# Nobody is woken: what comes at night waits for the morning.
AWAKE_FROM, AWAKE_UNTIL = time(7), time(21)
HOURS = range(AWAKE_FROM.hour, AWAKE_UNTIL.hour + 1)
# A slip of the finger is put right, and who is late comes, within so long.
SETTLES_IN = timedelta(minutes=10)
# What was entered just before the hour is in the store by then.
COMMITTED_IN = timedelta(minutes=1)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=4)
# After so long nobody is helped by the letter any more; what a digest did not tell, the next one does.
KEPT_FOR = {
    LetterKind.CODE: timedelta(hours=1),
    LetterKind.DIGEST: timedelta(days=2),
    **dict.fromkeys(AT_ONCE, timedelta(days=1)),
}


def last_due(choices: Choices, now: datetime) -> datetime | None:
    """Return the newest moment up to which a digest tells; None without digests."""
    if choices.digest is Digest.NONE:
        return None
    due = datetime.combine(now.date(), time(choices.digest_hour))
    if choices.digest is Digest.WEEK:
        due -= timedelta((due.isoweekday() - choices.digest_weekday) % 7)
    if due + COMMITTED_IN > now:
        due -= timedelta(7 if choices.digest is Digest.WEEK else 1)
    return due


def not_at_night(moment: datetime) -> datetime:
    """Return the moment, or the morning after it where it is in the quiet hours."""
    if moment.time() < AWAKE_FROM:
        return datetime.combine(moment.date(), AWAKE_FROM)
    if moment.time() >= AWAKE_UNTIL:
        return datetime.combine(moment.date() + timedelta(1), AWAKE_FROM)
    return moment


def sending_time(kind: LetterKind, moment: datetime) -> datetime:
    """Return when a letter that could go at a moment does: a digest's hour was chosen, a code is waited for."""
    return not_at_night(moment) if kind in AT_ONCE else moment


def next_try(kind: LetterKind, tries: int, queued_at: datetime, now: datetime) -> datetime | None:
    """Return when a letter is tried again after so many tries; None where it is given up."""
    pause: timedelta = min(FIRST_PAUSE * 2 ** min(tries, 10), LONGEST_PAUSE)
    again = sending_time(kind, now + pause)
    return again if again - queued_at <= KEPT_FOR[kind] else None
