"""Days as files write them: as people do, as programs do, and as what a workbook makes of either."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from school.clock import school_zone
from school.errors import RuleRefused
from school.files.spellings import clean, plain

# Midnight, or any other time of the day, says nothing of the day.
_TIME = r"(?:(?:\s+|t)(?:[01]?\d|2[0-3])[:.][0-5]\d(?:[:.][0-5]\d(?:[.,]\d+)?)?(?:\s*z|[+-]\d{2}:?\d{2})?)?"
_YEAR_WORD = r"\s*(?:г\.?|года?)?"
_DAY_FIRST = re.compile(
    rf"(\d{{1,2}})\s*[./\-]\s*(\d{{1,2}})\s*[./\-]\s*(\d{{4}}|\d{{2}}){_YEAR_WORD}{_TIME}", re.ASCII
)
# An instant with a zone, as programs of other time zones write midnight: «2026-11-16T21:00:00Z» is the 17th in Moscow.
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[ t]\d{2}:\d{2}.*(?:z|[+-]\d{2}:?\d{2})", re.ASCII)
_YEAR_FIRST = re.compile(rf"(\d{{4}})[./\-](\d{{1,2}})[./\-](\d{{1,2}}){_TIME}", re.ASCII)
_TOGETHER = re.compile(r"(20\d{2})(\d{2})(\d{2})", re.ASCII)
_IN_WORDS = re.compile(
    rf"(\d{{1,2}})[\s\-]*([а-я]{{3,8}})\.?[\s\-]*(\d{{4}}|\d{{2}}){_YEAR_WORD}{_TIME}", re.ASCII
)
_SERIAL = re.compile(r"([0-9]{5})(?:[.,][0-9]+)?")
_DAY_AND_MONTH = re.compile(r"(\d{1,2})\s*[./]\s*(\d{1,2})\.?", re.ASCII)
# What a workbook shows, and writes into CSV, where it took «5/4» for a day: «05.апр».
_DAY_AND_MONTH_WORD = re.compile(r"(\d{1,2})[.\- ]([а-я]{3,8})\.?", re.ASCII)
_QUOTES = re.compile('[«»"]')
_WEEKDAY = r"(?:пн|вт|ср|чт|пт|сб|вс|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье)"
_ONE_WEEKDAY = re.compile(_WEEKDAY)
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(?:20)?\d{2}\b", re.ASCII)
_WEEKDAY_AROUND = re.compile(rf"^{_WEEKDAY}[.,]*\s+|[,\s]+\(?{_WEEKDAY}\.?\)?$", re.IGNORECASE)
_MONTH_WORDS = (
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
)
# Day 0 of a workbook's calendar; a bare number between these days is a date that lost its format.
_WORKBOOK_DAY_ZERO = date(1899, 12, 30)
_WORKBOOK_DAYS = range(20_000, 60_000)
# Books that were begun on an old Macintosh count their days from 1904: the same day is a number less by this.
_DAYS_TO_1904 = (date(1904, 1, 1) - _WORKBOOK_DAY_ZERO).days
# «26» is 2026, «75» is 1975.
_CENTURY_TURNS_AT = 60


@lru_cache(maxsize=4096)
def parse_day(text: str) -> date | None:
    """Return the day that a text names: 01.09.2026, 1.9.26, 2026-09-01, 1 сентября 2026, or a workbook's number of it.

    A time of the day and the name of the weekday beside it are passed over, and an instant with a zone is taken by the
    school's clock; None for what is no day.
    """
    tidy = without_weekday(_QUOTES.sub("", clean(text)).casefold())
    if match := _DAY_FIRST.fullmatch(tidy):
        return _day(_full_year(match[3]), int(match[2]), int(match[1]))
    if _INSTANT.fullmatch(tidy):
        return _day_of_instant(tidy)
    if match := _YEAR_FIRST.fullmatch(tidy) or _TOGETHER.fullmatch(tidy):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := _IN_WORDS.fullmatch(tidy):
        return _day(_full_year(match[3]), month_number(match[2]) or 0, int(match[1]))
    return day_of_number(tidy)


def day_of_number(text: str) -> date | None:
    """Return the day that a workbook's bare number of it is, counted from 1900; None for other texts."""
    match = _SERIAL.fullmatch(clean(text))
    number = int(match[1]) if match else 0
    return _WORKBOOK_DAY_ZERO + timedelta(days=number) if number in _WORKBOOK_DAYS else None


def without_weekday(text: str) -> str:
    """Return a text without the name of a weekday before or after it: «вт 10.11.2026», «10 (вт)»."""
    return _WEEKDAY_AROUND.sub("", text).strip()


def are_weekdays(texts: Iterable[str]) -> bool:
    """Whether texts are names of weekdays and nothing else, two of them at the least or one that means nothing else."""
    words = [clean(text).casefold().rstrip(".") for text in texts if clean(text)]
    # «Ср» alone may be an average.
    return bool(words) and all(map(_ONE_WEEKDAY.fullmatch, words)) and set(words) != {"ср"}


def month_first(texts: Iterable[str]) -> bool:
    """Whether days with slashes are written as in America, the month first: one of them says so by a day above 12."""
    pairs = [(int(match[1]), int(match[2])) for text in texts if (match := _SLASHED.match(clean(text)))]
    return any(first <= 12 < second <= 31 for first, second in pairs)


def is_slashed(text: str) -> bool:
    """Whether a text is a day with its year, written with slashes."""
    return bool(_SLASHED.match(clean(text)))


def day_since_1904(text: str) -> str:
    """Return the ISO day of a bare number in a workbook that counts its days from 1904; other texts as they are."""
    match = _SERIAL.fullmatch(clean(text))
    number = int(match[1]) + _DAYS_TO_1904 if match else 0
    return (_WORKBOOK_DAY_ZERO + timedelta(days=number)).isoformat() if number in _WORKBOOK_DAYS else text


def parse_day_and_month(text: str) -> tuple[int, int] | None:
    """Return day and month of «17.11» or «17/11», a day whose year is meant; None for what is none or may be two.

    «17.1» is none: a workbook writes so both the 17th of January and «17.10» taken for a number.
    """
    match = _DAY_AND_MONTH.fullmatch(clean(text))
    if not match or match[2] == "1":
        return None
    day, month = int(match[1]), int(match[2])
    return (day, month) if 1 <= month <= 12 and 1 <= day <= 31 else None


def taken_for_day(text: str, sign: str = "/") -> str:
    """Return what is to be said of a day that a workbook made of «5/4» or «5-1», written with this sign; empty for others."""
    tidy = clean(text).casefold()
    day, match = parse_day(tidy), _DAY_AND_MONTH_WORD.fullmatch(tidy)
    if day is not None:
        given = f"{day.day}{sign}{day.month}" + (f"{sign}{day.year % 100}" if day.year < 2010 else "")
        shown = f"{day:%d.%m.%Y}"
    elif match and (month := month_number(match[2])):
        given, shown = f"{int(match[1])}{sign}{month}", tidy
    else:
        return ""
    return f"Excel принял «{given}» за дату ({shown})."


def check_no_day(text: str, sign: str = "/") -> None:
    """Raise RuleRefused for a day where none can stand: a class, a subgroup, a room, hours; digits alone are no day."""
    if not clean(text).isdigit() and (said := taken_for_day(text, sign)):
        raise RuleRefused(said, next_step="Сделайте столбец текстовым и впишите значения снова.")


def month_number(text: str) -> int | None:
    """Return the month (1 to 12) that a word names in any case or cut: «сентябрь», «сент.», «мая»; None for other words."""
    word = plain(text).rstrip(".")
    return next(
        (number for number, full in enumerate(_MONTH_WORDS, start=1) if _is_form_of(word, full)), None
    )


def _is_form_of(word: str, full: str) -> bool:
    """Whether a word is a month's name, cut or in another case: «ноя», «ноября», «марта»."""
    stem = full.rstrip("ьй")
    return (len(word) > 2 and full.startswith(word)) or (word[:-1] == stem and word[-1] in "аеуюя")


def _full_year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) == 4 else year + (1900 if year > _CENTURY_TURNS_AT else 2000)


def _day_of_instant(text: str) -> date | None:
    try:
        return datetime.fromisoformat(text.upper()).astimezone(ZoneInfo(school_zone())).date()
    except ValueError:
        return None


def _day(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None
