"""What an office has to do by when: orders that movements lack, the year on paper by 30 June (п. 4.6, 6.6)."""

from collections.abc import Collection
from datetime import date

from school.people.records import MovementKind
from school.people.rules.movements import MOVEMENT_TITLES

# The year is printed, signed and stitched by the one; from the other on it is called to mind (п. 6.6).
PRINTED_BY, REMINDED_FROM = (6, 30), (5, 25)  # month, day
# Orders that are missing are asked for within so many days around today.
DAYS_BACK, DAYS_AHEAD = 92, 62

WITHOUT_CLASS_MOVES = frozenset(MovementKind) - {MovementKind.TRANSFER}


def days_to_print(today: date) -> int | None:
    """Return how many days are left until 30 June, from 25 May on; None on other days (п. 6.6)."""
    last = date(today.year, *PRINTED_BY)
    return (last - today).days if date(today.year, *REMINDED_FROM) <= today <= last else None


def lacks_order(kind: MovementKind, order_title: str) -> bool:
    """Whether a movement needs an order and has none: arrivals and departures do (п. 4.6)."""
    return kind in WITHOUT_CLASS_MOVES and not order_title.strip()


def movement_summary(kinds: Collection[MovementKind]) -> str:
    """Return how many movements of each kind there were: «прибытие 2, выбытие 1»."""
    counts = {kind: sum(each is kind for each in kinds) for kind in MovementKind}
    return ", ".join(f"{MOVEMENT_TITLES[kind]} {count}" for kind, count in counts.items() if count)
