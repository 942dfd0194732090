"""The classes that a homeroom teacher leads, or a deputy head looks at."""

from datetime import date

from school.access.action import Action
from school.access.checks import check_may_somewhere, may
from school.access.scopes import Rows
from school.calendar import first_of_september
from school.people.store.class_lists import ClassHead, class_heads, school_year_days
from school.records import User
from school.store.connection import Store


def led_classes(store: Store, user: User, action: Action, today: date) -> list[ClassHead]:
    """Return the classes with which the user may do this, of the newest school year begun that has any.

    Raises AccessRefused where no role grants the action.
    """
    check_may_somewhere(user, action)
    days = school_year_days(store)
    own = [head for head in class_heads(store) if may(user, action, Rows(class_id=head.class_id))]
    begun = [head for head in own if _begins(head, days) <= today] or own
    newest = max((head.school_year for head in begun), default=0)
    return [head for head in begun if head.school_year == newest]


def _begins(head: ClassHead, days: dict[int, tuple[date, date]]) -> date:
    return days[head.school_year][0] if head.school_year in days else first_of_september(head.school_year)
