"""What a measure tells about itself, and what the measures of one family have in common."""

from dataclasses import dataclass

PERCENT, POINTS, MARK = "%", "процентные пункты", "балл"


@dataclass(frozen=True)
class Measure:
    """One measure as people read about it: all texts are Russian, ``name`` and ``n_column`` are columns."""

    name: str
    title: str
    question: str
    formula: str
    unit: str
    n_column: str
    n_counts: str
    exclusions: str
    clause: str


@dataclass(frozen=True)
class Basis:
    """What the measures of one family stand on: N, what it counts, what is left out, the clause."""

    n_column: str
    n_counts: str
    exclusions: str
    clause: str

    def measure(self, name: str, title: str, question: str, formula: str, unit: str) -> Measure:
        """Return a measure of this family."""
        shared = (self.n_column, self.n_counts, self.exclusions, self.clause)
        return Measure(name, title, question, formula, unit, *shared)
