"""What has changed since when, and rows that seldom change, kept in memory until a table they come from changes."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

Rows = list[tuple[Any, ...]]
Known = TypeVar("Known")

_CHANGED_TABLE = re.compile(
    r"\b(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM)\s+(?!SET\b)(\w+)", re.IGNORECASE
)
MOST_ANSWERS = 4096
MOST_ENTRIES = 4096


def tables_changed_by(sql: str) -> set[str]:
    """Return the tables that the statements insert into, update or delete from."""
    return {name.lower() for name in _CHANGED_TABLE.findall(sql)}


@dataclass
class Changes:
    """What the jobs of a database transaction changed.

    ``tables``: all that changed; ``at_large``: those of which anything may have changed; of the others only what is
    entered in ``lessons``.
    """

    tables: set[str] = field(default_factory=set)
    at_large: set[str] = field(default_factory=set)
    lessons: set[int] = field(default_factory=set)

    def note(self, sql: str, entered_in: Collection[int] | None) -> None:
        """Note what a statement changes; ``entered_in``: the only lessons whose entries it does."""
        changed = tables_changed_by(sql)
        self.tables |= changed
        if entered_in is None:
            self.at_large |= changed
        else:
            self.lessons.update(entered_in)


class Memory:
    """States of tables, and answers of queries with the state of theirs; an older answer is asked for again."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self._states: dict[str, int] = {}
        self._states_at_large: dict[str, int] = {}
        # (state, tables, lessons) of the last commits that entered something in lessons; older ones than
        # ``_forgotten`` are no longer distinguished.
        self._entries: list[tuple[int, frozenset[str], frozenset[int]]] = []
        self._forgotten = 0
        self._answers: dict[object, tuple[int, Rows]] = {}
        self._known: dict[str, tuple[int, Any]] = {}

    def note_changes(self, changes: Changes, state: int) -> None:
        """Note what a commit changed; ``state`` grows with every commit."""
        for table in changes.tables:
            self._states[table] = state
        for table in changes.at_large:
            self._states_at_large[table] = state
        if changes.lessons:
            self._note_entries(frozenset(changes.tables), frozenset(changes.lessons), state)

    def _note_entries(self, tables: frozenset[str], lessons: frozenset[int], state: int) -> None:
        kept = self._entries
        if len(kept) >= MOST_ENTRIES:
            self._forgotten, kept = kept[MOST_ENTRIES // 2 - 1][0], kept[MOST_ENTRIES // 2 :]
        self._entries = [*kept, (state, tables, lessons)]

    def state_of(self, tables: Iterable[str]) -> int:
        """Return the state at which any of the tables changed last; 0 where none has since the start."""
        return max((self._states.get(table, 0) for table in tables), default=0)

    def state_at_large(self) -> int:
        """Return the state at which anything but entries in lessons changed last."""
        return max(self._states_at_large.values(), default=0)

    def lessons_entered(self, tables: frozenset[str], since: int) -> frozenset[int] | None:
        """Return the lessons in which something was entered after a state; None where anything may have changed."""
        at_large = max((self._states_at_large.get(table, 0) for table in tables), default=0)
        entries = self._entries
        if since < max(at_large, self._forgotten):
            return None
        newer = (lessons for state, changed, lessons in entries if state > since and changed & tables)
        return frozenset().union(*newer)

    def answer(
        self, tables: Iterable[str], sql: str, parameters: dict[str, Any], ask: Callable[[], Rows]
    ) -> Rows:
        """Return the rows known for a query of these tables, or ask and remember; callers leave the rows as they are."""
        state = self.state_of(tables)
        key = (sql, *((name, _frozen(value)) for name, value in parameters.items()))
        known = self._answers.get(key)
        if known and known[0] == state:
            return known[1]
        rows = ask()
        if len(self._answers) >= MOST_ANSWERS:
            self._answers.clear()
        self._answers[key] = (state, rows)
        return rows

    def derived(
        self,
        name: str,
        tables: frozenset[str],
        compute: Callable[[], Known],
        refreshed: Callable[[Known, frozenset[int]], Known],
    ) -> Known:
        """Return what is known of these tables under a name, found out by ``compute`` where anything may have changed.

        ``refreshed`` makes of what was known before, and the lessons in which something was entered since, what is so now.
        """
        state = self.state_of(tables)
        before = self._known.get(name)
        if before and before[0] == state:
            found: Known = before[1]
            return found
        lessons = self.lessons_entered(tables, before[0]) if before else None
        found = refreshed(before[1], lessons) if before and lessons is not None else compute()
        self._known[name] = (state, found)
        return found


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
