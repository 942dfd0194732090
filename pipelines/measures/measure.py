"""The description of a measure for readers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """One measure as people read about it: all texts are Russian, ``name`` and ``n_column`` are columns.

    The last four texts are those of its basis: what N counts, what is left out, the clause of the regulation.
    """

    name: str
    title: str
    question: str
    formula: str
    unit: str
    n_column: str
    n_counts: str
    exclusions: str
    clause: str
