"""The events of the last weeks that families read of, in memory: a thousand families who look in one evening ask the database once."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from heapq import merge
from operator import attrgetter
from typing import Any

from school.families.store.news import (
    CLASS_KINDS,
    LESSON_KINDS,
    OWN_KINDS,
    SCHOOL_KINDS,
    AskedNews,
    NewsEvent,
    last_event,
)
from school.register.store.lessons import lessons_by_id
from school.store.connection import Store
from school.store.reading import Reader

# Who comes for the first time finds so many days new.
FIRST_DAYS = 14
# No event is newer than this one: who comes for the first time goes by days alone.
NO_EVENT = 2**62
# Marks of a term are news when it is over: they may be as old as the term.
TERM = timedelta(150)
# Events older than asked for are let go once there are so many days of them.
TOO_MUCH = timedelta(7)

_EVENTS = f"""SELECT {", ".join(NewsEvent._fields)} FROM events
    WHERE kind IN {(*OWN_KINDS, *LESSON_KINDS, *CLASS_KINDS, *SCHOOL_KINDS, "term_mark")} AND ({{asked}}) ORDER BY event_id"""
_AT_FIRST = _EVENTS.format(
    asked="event_id > $after OR happened_at >= CASE kind WHEN 'term_mark' THEN $term_marks ELSE $since END"
)
_LATER = _EVENTS.format(asked="event_id > $after")


@dataclass
class RecentEvents:
    """Events since a day, those of term marks since a term before, and all after ``after_event``; ``newest``: the last that was read."""

    since: datetime
    after_event: int
    newest: int
    of_pupil: dict[int, list[NewsEvent]] = field(default_factory=lambda: defaultdict(list))
    of_class: dict[int, list[NewsEvent]] = field(default_factory=lambda: defaultdict(list))
    of_school: list[NewsEvent] = field(default_factory=list)

    def holds(self, asked: AskedNews) -> bool:
        """Whether everything that is asked for is here."""
        after = self.newest if asked.after_event is None else asked.after_event
        return (
            asked.since >= self.since
            and after >= self.after_event
            and (asked.term_marks_since or self.since) >= self.since - TERM
        )

    def of(self, asked: AskedNews) -> list[NewsEvent]:
        """Return the events that are asked for, in their order: those of ``news.news_events``."""
        after = NO_EVENT if asked.after_event is None else asked.after_event
        since_of = {"term_mark": asked.term_marks_since or asked.since}
        lists = (
            self.of_pupil.get(asked.pupil_id, ()),
            *(self.of_class.get(each, ()) for each in asked.class_ids),
            self.of_school,
        )
        return [
            each
            for each in merge(*map(tuple, lists), key=attrgetter("event_id"))
            if each.pupil_id in (None, asked.pupil_id)
            and (each.event_id > after or each.happened_at >= since_of.get(each.kind, asked.since))
        ]

    def cells_before(self, pupil_id: int, since: datetime) -> dict[int, str]:
        """Return what a pupil's cells held before a moment of these days, by lesson, of those changed since: a text of the register."""
        found: dict[int, str] = {}
        for each in self.of_pupil.get(pupil_id, ()):
            if each.kind == "cell" and each.lesson_id is not None and each.happened_at >= since:
                found.setdefault(each.lesson_id, each.old_value or "")
        return found

    def read_on(self, reader: Reader) -> "RecentEvents":
        """Take in the events that have come since."""
        self._take(reader, reader.read(_LATER, {"after": self.newest}))
        return self

    def read_first(self, reader: Reader) -> "RecentEvents":
        """Read all."""
        asked = {"after": self.after_event, "since": self.since, "term_marks": self.since - TERM}
        self._take(reader, reader.read(_AT_FIRST, asked))
        return self

    def _take(self, reader: Reader, rows: list[tuple[Any, ...]]) -> None:
        events = [NewsEvent(*row) for row in rows]
        ids = {each.lesson_id for each in events if each.kind in LESSON_KINDS and each.lesson_id is not None}
        # Which class a lesson is of is in memory: a join would read all lessons after each entry.
        lessons = lessons_by_id(reader, ids)
        for event in events:
            self.newest = max(self.newest, event.event_id)
            if event.kind in LESSON_KINDS:
                if event.lesson_id in lessons:
                    self.of_class[lessons[event.lesson_id].class_id].append(event)
            elif event.kind in SCHOOL_KINDS:
                self.of_school.append(event)
            elif event.kind in CLASS_KINDS and event.class_id is not None:
                self.of_class[event.class_id].append(event)
            elif event.pupil_id is not None:
                self.of_pupil[event.pupil_id].append(event)


def recent_events(store: Store, today: date) -> RecentEvents:
    """Return the events of the last ``FIRST_DAYS`` or more, of which those that came since the last look are read."""
    since = datetime.combine(today - timedelta(FIRST_DAYS), time())

    def first() -> RecentEvents:
        query = "SELECT min(last_event) FROM diary_visits WHERE seen_at >= $since"
        ((oldest,),) = store.read(query, {"since": since})
        # After the newest event everything is read on; the visits of these days want what came after each of them.
        after = last_event(store) if oldest is None else int(oldest)
        return RecentEvents(since, after, after).read_first(store)

    return store.cache("choices").get(
        ("recent events",),
        store.version,
        first,
        lambda known, _: first() if since - known.since > TOO_MUCH else known.read_on(store),
    )
