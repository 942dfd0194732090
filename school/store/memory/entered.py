"""What is entered in lessons, kept in memory lesson by lesson: a teacher's save and the register ask the database for what changed."""

import threading
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from school.store.memory.states import States

Value = TypeVar("Value")
# Of each kind so many lessons are kept: a term of a school of 3,000 pupils has some 48,000.
MOST_LESSONS = 60_000


@dataclass(frozen=True)
class Kind:
    """A kind of what is kept: the name of the table that an entry changes, and the others that it is made of."""

    table: str
    others: tuple[str, ...] = ()

    @cached_property
    def tables(self) -> frozenset[str]:
        """All tables that a value depends on."""
        return frozenset((self.table, *self.others))


@dataclass
class Remembered:
    """What a transaction will leave behind in memory once it is committed."""

    values: dict[tuple[Kind, Hashable], Any] = field(default_factory=dict)

    def forget(self, tables: Collection[str], lessons: Collection[Hashable] | None) -> None:
        """Forget what a statement changes in these lessons; None: wherever it likes."""
        self.values = {
            (kind, key): value
            for (kind, key), value in self.values.items()
            if kind.tables.isdisjoint(tables) or (lessons is not None and key not in lessons)
        }


class EnteredRows:
    """The values of each kind by lesson, each with the state of the database that it was read at."""

    def __init__(self, states: States) -> None:
        """Begin with nothing known."""
        self._states = states
        self._known: dict[Kind, dict[Hashable, tuple[int, Any]]] = {}
        self._lock = threading.Lock()

    def get(
        self,
        kind: Kind,
        keys: Collection[Hashable],
        state: int,
        read: Callable[[list[Any]], Mapping[Any, Value]],
    ) -> dict[Any, Value]:
        """Return the values of these lessons, those read anew that may have changed; lessons without one are missing.

        ``state``: the state of the database before now.
        """
        known, state_of = self._known.setdefault(kind, {}), self._states.states_of_lessons(kind.tables)
        found: dict[Any, Value] = {}
        unknown: list[Any] = []
        for key in keys:
            at, value = known.get(key, (-1, None))
            if at >= state_of(key):
                if value is not None:
                    found[key] = value
            else:
                unknown.append(key)
        if unknown:
            read_now = read(unknown)
            self._put(kind, {key: read_now.get(key) for key in unknown}, lambda at: at < state, state)
            found |= read_now
        return {key: found[key] for key in keys if key in found}

    def put(self, kind: Kind, values: Mapping[Any, Any], state: int) -> None:
        """Keep what a commit has left behind at its state; a newer value stays."""
        self._put(kind, values, lambda at: at <= state, state)

    def _put(
        self, kind: Kind, values: Mapping[Any, Any], is_older: Callable[[int], bool], state: int
    ) -> None:
        # What was read may be older than what a commit at the same state has left behind: books of the writer's own change none.
        with self._lock:
            known = self._known.setdefault(kind, {})
            for key, value in values.items():
                if is_older(known.get(key, (-1, None))[0]):
                    known[key] = (state, value)
            if len(known) > MOST_LESSONS:
                self._known[kind] = dict(list(known.items())[MOST_LESSONS // 4 :])
