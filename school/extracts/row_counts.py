"""What became of every row of a set of files: the four kinds add up to its rows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RowCounts:
    """How many rows were read, were empty, could not be read (place and reason), and were left out (reason)."""

    read: int = 0
    empty: int = 0
    unreadable: int = 0
    left_out: int = 0

    @property
    def total(self) -> int:
        """How many rows the files have, headers aside."""
        return self.read + self.empty + self.unreadable + self.left_out
