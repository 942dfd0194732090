"""Measures of the demonstration: one that waits for an explanation, one in force, a commendation (п. 4.1; ТК, ст. 191–194)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from school.discipline.actions import change_measure, record_measure
from school.discipline.records import Acquainted, Asked, Explained, MeasureDraft, MeasureKind, Ordered
from school.records import User
from school.store.connection import Store

LATE = "Отметки за контрольную работу выставлены через две недели после урока (п. 5.5 положения о журнале)."
FOREIGN = "Журнал класса не заполнялся неделю, на напоминания завуча ответа нет."
WELL = "Журнал ведётся без замечаний весь прошлый год, помогает коллегам."


def live_measures(store: Store, head: User, staff: Mapping[int, User], now: datetime) -> None:
    """Write down three measures of employees from the end of the list, up to ``now``."""
    *_, third, second, first = (staff_id for staff_id, user in staff.items() if user is not head)
    day = now.date()
    late = record_measure(
        store, head, MeasureDraft(first, LATE, day - timedelta(20), day - timedelta(6)), now=now
    )
    change_measure(store, head, late, Asked(day - timedelta(1)), now=now)
    ignored = MeasureDraft(second, FOREIGN, day - timedelta(75), day - timedelta(66))
    old = record_measure(store, head, ignored, now=now)
    for change in (
        Asked(day - timedelta(64)),
        Explained(day - timedelta(61), "Болел ребёнок, записи внесла позже."),
        Ordered(MeasureKind.CAUTION, "31", day - timedelta(58), "ПРИКАЗЫВАЮ:\n1. Объявить замечание."),
        Acquainted(day - timedelta(57)),
    ):
        change_measure(store, head, old, change, now=now)
    praise = MeasureDraft(
        third, WELL, day - timedelta(30), day - timedelta(30), kind=MeasureKind.COMMENDATION
    )
    record_measure(store, head, praise, now=now)
