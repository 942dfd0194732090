"""Where «Журнал» opens when nobody says which register: the lesson of now, else the register looked at last."""

from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from pages.ui.register_choice import Address, address_of
from school.access.action import Action
from school.access.checks import may
from school.access.scopes import Rows
from school.records import RegisterRow, User
from school.register.lookups.today import teacher_day
from server.session import School

# A lesson is filled in the break after it too.
AFTER_A_LESSON = timedelta(minutes=15)
# The register that each user of a school looked at last, as an address. Plain dictionary operations: no lock; a restart
# forgets it.
_last: WeakKeyDictionary[object, dict[int, Address]] = WeakKeyDictionary()


def note_register(school: School, user: User, register: RegisterRow) -> None:
    """Note which register a user looks at; of a year that is over it is not where anybody begins."""
    codes = address_of(register, None)
    del codes["year"]
    _last.setdefault(school.store, {})[user.user_id] = codes


def opening_address(school: School, user: User, address: Address) -> Address:
    """Return an address that names a class as it stands, and for one that names none where to begin."""
    if "class" in address:
        return address
    return _lesson_of_now(school, user, school.clock()) or {
        **_last.get(school.store, {}).get(user.user_id, {}),
        **address,
    }


def _lesson_of_now(school: School, user: User, now: datetime) -> Address | None:
    if not may(user, Action.READ_DAY, Rows(teacher_ids=user.own_lessons)):
        return None
    begun = [
        each.lesson
        for each in teacher_day(school.store, user, now).lessons
        if each.lesson.starts_at and each.lesson.ends_at and each.lesson.starts_at <= now.time()
    ]
    if not begun or now > datetime.combine(now.date(), begun[-1].ends_at or now.time()) + AFTER_A_LESSON:
        return None
    lesson = begun[-1]
    codes = {
        "class": lesson.class_id,
        "subject": lesson.subject_id,
        "group": lesson.subgroup_id,
        "lesson": lesson.lesson_id,
    }
    return {name: str(code) for name, code in codes.items() if code is not None}
