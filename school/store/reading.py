"""What a query needs of whoever asks it: a store or a transaction to read, a transaction to write."""

from collections.abc import Collection
from typing import Any, Protocol


class Reader(Protocol):
    """A store or a transaction: both answer a query with rows."""

    def read(self, sql: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        """Return all rows of the query."""

    def steady(self, tables: tuple[str, ...], sql: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
        """Return the rows of a query over tables that seldom change."""


class Writer(Reader, Protocol):
    """A transaction that may change the current state."""

    def change(self, sql: str, parameters: Any = None, *, entered_in: Collection[int] | None = None) -> None:
        """Change the current state; ``entered_in``: only what is entered in these lessons."""

    def keep(self, sql: str, parameters: Any = None) -> None:
        """Keep the writer's own books."""
