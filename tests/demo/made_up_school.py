"""The moment and the size of the school that the tests of the demonstration share."""

from datetime import datetime

# A Wednesday in the third quarter: two quarters and a half-year are over.
WEDNESDAY = datetime(2027, 2, 10, 12, 0)
SMALL = {"pupils": 80, "years": 1, "seed": 3}


def quiet(_: str) -> None:
    """Say nothing of the progress."""
