"""Names of days, terms and school years in a school's own words."""

from datetime import date

MONTHS = (
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
)
MONTHS_NOMINATIVE = (
    "Январь",
    "Февраль",
    "Март",
    "Апрель",
    "Май",
    "Июнь",
    "Июль",
    "Август",
    "Сентябрь",
    "Октябрь",
    "Ноябрь",
    "Декабрь",
)
MONTHS_SHORT = ("янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
WEEKDAYS = ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")
WEEKDAYS_SHORT = ("пн", "вт", "ср", "чт", "пт", "сб", "вс")

TERM_WORDS = {
    "quarter": "{}-я четверть",
    "trimester": "{}-й триместр",
    "half": "{}-е полугодие",
    "year": "год",
    "course": "курс {}",
    "term": "{}-й период",
}


def term_title(kind: str, number: int) -> str:
    """Return a term's name: «2-я четверть», «1-е полугодие»; an unknown kind is a numbered period (п. 5.1)."""
    return TERM_WORDS.get(kind, TERM_WORDS["term"]).format(number)


def school_year_title(school_year: int) -> str:
    """Return «2026/27» for the year that starts in 2026."""
    return f"{school_year}/{(school_year + 1) % 100:02d}"


def day_title(day: date) -> str:
    """Return «20 ноября, пятница»."""
    return f"{day.day} {MONTHS[day.month - 1]}, {WEEKDAYS[day.weekday()]}"
