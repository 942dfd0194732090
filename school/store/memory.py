"""Rows that seldom change, kept in memory until a table they come from changes."""

import re
from collections.abc import Callable, Iterable
from typing import Any

Rows = list[tuple[Any, ...]]

_CHANGED_TABLE = re.compile(
    r"\b(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM)\s+(?!SET\b)(\w+)", re.IGNORECASE
)
MOST_ANSWERS = 4096


def tables_changed_by(sql: str) -> set[str]:
    """Return the tables that the statements insert into, update or delete from."""
    return {name.lower() for name in _CHANGED_TABLE.findall(sql)}


class Memory:
    """Answers of queries with the state of their tables; an answer of an older state is asked for again."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self._states: dict[str, int] = {}
        self._answers: dict[object, tuple[int, Rows]] = {}

    def note_changes(self, tables: Iterable[str], state: int) -> None:
        """Note that tables changed; ``state`` grows with every commit."""
        for table in tables:
            self._states[table] = state

    def state_of(self, tables: Iterable[str]) -> int:
        """Return the state at which any of the tables changed last; 0 where none has since the start."""
        return max((self._states.get(table, 0) for table in tables), default=0)

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


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
