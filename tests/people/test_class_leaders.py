"""Who led a class on a day: a list of a past day names the homeroom teacher of that day."""

from datetime import date, datetime

import pytest
from small_school import CLASS_7A, HOMEROOM_STAFF, OWNER_STAFF, People

from school.people.lookups.class_lists import class_leader
from school.store.connection import Store, Transaction
from school.store.events import Event

AUGUST, NOVEMBER = datetime(2026, 8, 25, 10, 0), datetime(2026, 11, 10, 10, 0)
FIRST, SECOND = "Климова Рита", "Орлова Вера"


def appoint(store: Store, changes: list[tuple[datetime, str | None, str | None]]) -> None:
    def work(transaction: Transaction) -> None:
        last = {FIRST: HOMEROOM_STAFF, SECOND: OWNER_STAFF, None: None}[changes[-1][2]]
        transaction.change("UPDATE classes SET homeroom_id = ? WHERE class_id = ?", [last, CLASS_7A])
        for moment, former, leader in changes:
            words = f"7А: {leader}" if leader else None
            transaction.record(
                Event(moment, None, "homeroom_teacher", class_id=CLASS_7A, old_value=former, new_value=words)
            )

    store.write(work)


APPOINTED, CHANGED = (AUGUST, None, FIRST), (NOVEMBER, FIRST, SECOND)


@pytest.mark.parametrize(
    ("changes", "day", "leader"),
    [
        ([APPOINTED, CHANGED], date(2026, 9, 1), FIRST),
        ([APPOINTED, CHANGED], date(2026, 11, 9), FIRST),
        ([APPOINTED, CHANGED], date(2026, 11, 10), SECOND),
        # A register opened in November: who was appointed first led the class from its beginning.
        ([(NOVEMBER, None, SECOND)], date(2026, 9, 1), SECOND),
        # Nobody for a while.
        ([APPOINTED, (datetime(2026, 10, 1), FIRST, None), (NOVEMBER, None, SECOND)], date(2026, 10, 5), ""),
        ([APPOINTED, (NOVEMBER, FIRST, None)], date(2026, 11, 19), ""),
    ],
)
def test_a_list_of_a_day_names_who_led_the_class_then(
    school_store: Store,
    people: People,
    changes: list[tuple[datetime, str | None, str | None]],
    day: date,
    leader: str,
) -> None:
    appoint(school_store, changes)
    assert class_leader(school_store, people.secretary, CLASS_7A, day) == leader
