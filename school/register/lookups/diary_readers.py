"""Whose diary somebody may open: their own child's, that of a pupil of their class, or anybody's (п. 2.8, 3.6)."""

from datetime import date

from school.access.action import Action
from school.access.checks import check_may, may
from school.access.scopes import Rows
from school.records import User
from school.register.store.pupil_lessons import PupilClass, classes_of_pupil
from school.store.connection import Store


def stays_of_readable_pupil(store: Store, user: User, pupil_id: int, today: date) -> list[PupilClass]:
    """Return the classes of a pupil whose diary the user may read, that of today first.

    Raises AccessRefused for a pupil who is not the user's to see, known or not.
    """
    stays = classes_of_pupil(store, pupil_id, today)
    rows = [Rows(pupil_id=pupil_id), *(Rows(pupil_id=pupil_id, class_id=each.class_id) for each in stays)]
    if not any(may(user, Action.READ_DIARY, each) for each in rows):
        check_may(user, Action.READ_DIARY, Rows(pupil_id=pupil_id))
    return stays
