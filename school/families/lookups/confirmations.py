"""Which families have looked through a week of the diary, for the homeroom teacher (п. 4.3, 4.7)."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.families.rules import monday_of
from school.families.store import confirmations
from school.records import User
from school.store.connection import Store


class WeekConfirmation(NamedTuple):
    """A guardian by last and first name, and when they said that they have looked through a week."""

    guardian_name: str
    confirmed_at: datetime
    guardian_id: int | None


def week_confirmations(
    store: Store, user: User, class_id: int, monday: date
) -> dict[int, list[WeekConfirmation]]:
    """Return who confirmed a week by pupil of a class, in alphabetical order; of pupils whose family did not, an empty list.

    ``monday`` may be any day of the week. Raises AccessRefused for a class whose diaries are not the user's to read.
    """
    check_may(user, Action.READ_DIARY, Rows(class_id=class_id))
    monday = monday_of(monday)
    pupils = confirmations.pupils_of_week(store, class_id, monday, monday + timedelta(6))
    found: dict[int, list[WeekConfirmation]] = {pupil: [] for pupil in pupils}
    for each in confirmations.confirmations_of_week(store, pupils, monday):
        found[each.pupil_id].append(WeekConfirmation(each.guardian_name, each.confirmed_at, each.guardian_id))
    return found
