"""Names of days, terms and school years in a school's own words; which school year a day belongs to."""

from datetime import date, timedelta

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

SCHOOL_YEAR_BEGINS = (9, 1)  # month, day
FIRST_MONTH_WITH_LESSONS = 8

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


def first_of_september(school_year: int) -> date:
    """Return the day on which a school year begins where its calendar does not say otherwise."""
    return date(school_year, *SCHOOL_YEAR_BEGINS)


def school_year_of(day: date) -> int:
    """Return the school year whose classes pupils are in on a day; in summer the one that has ended."""
    return day.year - ((day.month, day.day) < SCHOOL_YEAR_BEGINS)


def school_year_of_lesson(day: date) -> int:
    """Return the school year of a day that has lessons: those of the last days of August open the next year."""
    return day.year - (day.month < FIRST_MONTH_WITH_LESSONS)


def year_of_month(school_year: int, month: int) -> int:
    """Return the calendar year in which a month of a school year falls."""
    return school_year + (month < FIRST_MONTH_WITH_LESSONS)


def day_title(day: date) -> str:
    """Return «20 ноября, пятница»."""
    return f"{day.day} {MONTHS[day.month - 1]}, {WEEKDAYS[day.weekday()]}"


def period_text(school_year: int, kind: str, number: int) -> str:
    """«2026/27, 2-я четверть»."""
    return f"{school_year_title(school_year)}, {term_title(kind, number)}"


def spans_before(today: date) -> dict[str, tuple[date, date]]:
    """Return the spans that people ask about by name: yesterday, this week from its Monday, the week and the two weeks before it."""
    monday = today - timedelta(days=today.weekday())
    week = timedelta(weeks=1)
    return {
        "yesterday": (today - timedelta(days=1), today - timedelta(days=1)),
        "week": (monday, today),
        "last_week": (monday - week, monday - timedelta(days=1)),
        "two_weeks": (monday - 2 * week, monday - timedelta(days=1)),
    }
