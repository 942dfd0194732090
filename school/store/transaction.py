"""What a job of the store's writer may do in its transaction."""

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb

from school.errors import StoreFault
from school.store.events import COLUMNS, Event, insert_events
from school.store.memory.entered import Kind, Remembered
from school.store.memory.states import Changes
from school.texts import storable

if TYPE_CHECKING:
    from school.store.connection import Store

Cursor = duckdb.DuckDBPyConnection
Result = TypeVar("Result")


@dataclass
class Transaction:
    """What a job of the writer may do: read, change, and record the events of its changes."""

    cursor: Cursor
    events: list[Event] = field(default_factory=list)
    has_changed: bool = False
    has_recorded_rows: bool = False
    store: "Store | None" = None
    # Shared by the jobs of one database transaction: none may take from memory what another has just changed.
    changes: Changes = field(default_factory=Changes)
    remembered: Remembered = field(default_factory=Remembered)

    def execute(self, sql: str, parameters: Any = None) -> Cursor:
        """Run a query and return the cursor that holds its answer until the next one."""
        return self.cursor.execute(self._statement(sql), parameters)

    def read(self, sql: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        """Return all rows of a query as the transaction sees them."""
        return self.execute(sql, parameters).fetchall()

    def steady(
        self, tables: tuple[str, ...], sql: str, parameters: dict[str, Any], *, but_entries: bool = False
    ) -> list[tuple[Any, ...]]:
        """Return the rows of a query over tables that seldom change, from memory where they have not changed.

        ``but_entries``: the rows depend on nothing that is entered in lessons.
        """
        changed = self.changes.at_large if but_entries else self.changes.tables
        if self.store is None or not changed.isdisjoint(tables):
            return self.read(sql, parameters)
        return self.store.steady(tables, sql, parameters, but_entries=but_entries)

    def entered(
        self, kind: Kind, keys: Collection[Hashable], read: Callable[[list[Any]], Mapping[Any, Result]]
    ) -> dict[Any, Result]:
        """Return what is entered in lessons, from memory where the transaction has not changed it: see ``EnteredRows``."""
        found = {
            key: self.remembered.values[kind, key] for key in keys if (kind, key) in self.remembered.values
        }
        left = [key for key in keys if key not in found]
        if self.store is None:
            found |= read(left) if left else {}
            return {key: found[key] for key in keys if key in found}
        changed = [key for key in left if self.changes.may_have_changed(kind.tables, key)]
        found |= read(changed) if changed else {}
        found |= self.store.entered(kind, [key for key in left if key not in changed], read)
        return {key: found[key] for key in keys if key in found}

    def remember(self, kind: Kind, values: Mapping[Any, Any]) -> None:
        """Say what is entered in lessons now, after the statements that changed it."""
        self.remembered.values |= {(kind, key): value for key, value in values.items()}

    def change(
        self,
        sql: str,
        parameters: Any = None,
        *,
        entered_in: Collection[Hashable] | None = None,
        of_pupils: Collection[int] | None = None,
    ) -> None:
        """Change the current state; the job must record an event for it.

        ``entered_in``: the change is of what is entered in these lessons only; whose lessons they are, and when, stays.
        ``of_pupils``: it changes nothing that is said of other pupils than these.
        """
        self.has_changed = True
        self.remembered.forget(self.changes.note(sql, entered_in, of_pupils), entered_in)
        self.execute(sql, storable(parameters))

    def keep(self, sql: str, parameters: Any = None) -> None:
        """Keep the writer's own books (sign-in attempts, fittings): nothing that a person would ask about later."""
        self.execute(sql, storable(parameters))

    def record(self, *events: Event) -> None:
        """Add events, stored in this same transaction."""
        self.events.extend(events)

    def record_rows(self, sql: str, parameters: Any = None) -> None:
        """Record one event for each row of a query: its columns are ``events.COLUMNS``."""
        columns = ", ".join(COLUMNS)
        self.cursor.execute(f"INSERT INTO events ({columns}) {sql}", parameters)
        self.has_recorded_rows = True

    def new_ids(self, count: int) -> list[int]:
        """Return fresh record identifiers in rising order."""
        rows = self.read("SELECT nextval('record_ids') FROM range($count)", {"count": count})
        return [row[0] for row in rows]

    def _statement(self, sql: str) -> str | duckdb.Statement:
        return self.store.statement(sql) if self.store else sql

    def seal(self) -> None:
        """Write the recorded events. Raises StoreFault when something changed and no event says so."""
        if self.has_changed and not self.events and not self.has_recorded_rows:
            raise StoreFault("A change without an event.")
        insert_events(self, self.events)
