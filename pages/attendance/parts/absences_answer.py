"""What «Пропуски» shows, as one answer over HTTP (see ``pages.grid``)."""

from datetime import date, timedelta
from typing import Any

from pages.attendance.parts.absences_view import absence_grid, warnings, week_title
from pages.ui.register_choice import Address, box, whole_number_of
from school.access.action import Action
from school.attendance.lookups import AbsenceWeek, absence_week, week_of
from school.control.lookups.classes import led_classes
from school.excuses.lookups import announced_absences, class_excuses
from school.records import User
from server.session import School

NO_CLASS = "Класса за вами нет. Классного руководителя назначает администратор."
WEEK = timedelta(weeks=1)


def week_of_address(address: Address, today: date) -> date:
    """Return the Monday that an address names, or this week's."""
    try:
        return week_of(date.fromisoformat(address.get("week", "")))
    except ValueError:
        return week_of(today)


def absences_answer(school: School, user: User, address: Address) -> dict[str, Any]:
    """Return a class's week as the address means it; raises AccessRefused."""
    store, today = school.store, school.clock().date()
    classes = {each.class_id: each.name for each in led_classes(store, user, Action.READ_ABSENCES, today)}
    if not classes:
        return {"message": NO_CLASS}
    wanted = whole_number_of(address, "class")
    class_id = wanted if wanted in classes else next(iter(classes))
    first_day = week_of_address(address, today)
    # Read before the cells: data older than a save under way must not push the saved letter out of the grid.
    version = store.version
    week = absence_week(store, user, class_id, first_day, today=today)
    told = class_excuses(store, user, class_id)
    answer: dict[str, Any] = {
        "address": {"class": str(class_id), "week": first_day.isoformat()},
        "boxes": [
            box("Класс", {_class_part(each): name for each, name in classes.items()}, _class_part(class_id)),
            week_box(first_day, today),
        ],
        "buttons": buttons(week, len(told)),
        "notes": warnings(week),
    }
    if not week.columns or not week.pupils:
        missing = "уроков" if week.pupils else "учеников"
        return answer | {"message": f"На этой неделе {missing} нет. Выберите другую неделю."}
    lessons = [lesson.lesson_id for column in week.columns for lesson in column.lessons]
    announced = announced_absences(store, user, lessons)
    return answer | {"grid": absence_grid(week, user, announced, today=today, version=version)}


def _class_part(class_id: int) -> str:
    return f"class={class_id}"


def _week_part(first_day: date) -> str:
    return f"week={first_day.isoformat()}"


def week_box(first_day: date, today: date) -> dict[str, Any]:
    """Return the row of weeks: the one before, the shown, the one after, and this week where another is shown."""
    titles = {
        _week_part(first_day - WEEK): "‹ Неделей раньше",
        _week_part(first_day): week_title(first_day),
        _week_part(first_day + WEEK): "Неделей позже ›",
    }
    if (this := _week_part(week_of(today))) not in titles:
        titles[this] = "Эта неделя"
    return box("Неделя", titles, _week_part(first_day), is_row=True)


def buttons(week: AbsenceWeek, told: int) -> list[dict[str, Any]]:
    """Return what the page leads to: what families have announced, the form of a reason, the papers that touch the week."""
    found: list[dict[str, Any]] = []
    if told:
        title = "Родители сообщили о пропусках: принять или отклонить"
        found.append({"what": "excuses", "label": f"Сообщили семьи: {told}", "title": title, "is_main": True})
    if week.may_edit:
        title = "Причина за несколько дней, одному или нескольким ученикам"
        found.append({"what": "reason", "label": "Проставить причину", "title": title, "is_main": not told})
    if week.leaves:
        label = f"Справки и заявления: {len(week.leaves)}"
        found.append({"what": "leaves", "label": label, "title": "По каким бумагам записаны причины"})
    return found
