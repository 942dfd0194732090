"""The calendar of a school year: terms by grade level, holidays, days off, moved days (п. 5.1)."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations

from school.calendar import first_of_september, year_of_month
from school.files.spellings import GRADE_LEVELS
from school.files.values.numbers import parse_whole
from school.records import TermKind
from school.year.records import ONE_DAY, Break, MovedDay, TermSpan, YearCalendar

FIRST_GRADE, FIRST_HALF_YEAR_GRADE, LAST_GRADE = 1, 10, 11
LAST_SCHOOL_DAY = (5, 26)
# Grade 1 rests a week more in the middle of the third quarter (СанПиН 2.4.3648-20, п. 3.4.16).
FURTHER_HOLIDAYS, FURTHER_HOLIDAYS_START = "Дополнительные каникулы", (2, 15)
# From this month on people prepare the year that begins in September.
MONTH_OF_NEXT_YEAR = 6
LONGEST_NAME = 60

PublicHoliday = tuple[int, int, str]  # month, day, name


def year_to_open(today: date) -> int:
    """Return the school year that people prepare or run on a day, by the year it starts in."""
    return today.year if today.month >= MONTH_OF_NEXT_YEAR else today.year - 1


def term_kind_of(grade_level: int | None) -> TermKind:
    """Return what a grade level usually reports by: half-years from grade 10, quarters below (п. 5.1)."""
    return (
        TermKind.HALF
        if grade_level is not None and grade_level >= FIRST_HALF_YEAR_GRADE
        else TermKind.QUARTER
    )


def calendar_problems(calendar: YearCalendar) -> list[str]:
    """Return what is amiss in a calendar, in Russian sentences; an empty list means that it holds (п. 5.1)."""
    return [
        *_year_problems(calendar),
        *(problem for term in calendar.terms for problem in _term_problems(calendar, term)),
        *(problem for grade in _grades(calendar) for problem in _grade_problems(calendar, grade)),
        *(problem for each in calendar.breaks for problem in _break_problems(each)),
        *(problem for each in calendar.moved_days for problem in _moved_problems(calendar, each)),
    ]


def _year_problems(calendar: YearCalendar) -> Iterator[str]:
    if calendar.starts_on >= calendar.ends_on:
        yield "Учебный год кончается раньше, чем начинается."
    if calendar.starts_on.year != calendar.school_year or calendar.ends_on.year != calendar.school_year + 1:
        yield f"Учебный год {calendar.school_year} начинается в {calendar.school_year} году и кончается в следующем."
    if calendar.days_a_week not in (5, 6):
        yield "Учебная неделя бывает пяти- или шестидневной."
    if not calendar.terms:
        yield "Нет ни одного учебного периода: добавьте четверти, триместры или полугодия."


def span_text(starts_on: date, ends_on: date) -> str:
    """Return «01.09.2026 – 25.10.2026»."""
    return f"{starts_on:%d.%m.%Y} – {ends_on:%d.%m.%Y}"


def _term_problems(calendar: YearCalendar, term: TermSpan) -> Iterator[str]:
    where = f"Период {span_text(term.starts_on, term.ends_on)}"
    if term.starts_on >= term.ends_on:
        yield f"{where}: последний день раньше первого."
    if term.starts_on < calendar.starts_on or term.ends_on > calendar.ends_on:
        yield f"{where} выходит за учебный год {span_text(calendar.starts_on, calendar.ends_on)}."
    if not term.grade_levels:
        yield f"{where}: не сказано, для каких классов."


def _grades(calendar: YearCalendar) -> list[int]:
    return sorted({grade for term in calendar.terms for grade in term.grade_levels})


def _grade_problems(calendar: YearCalendar, grade_level: int) -> Iterator[str]:
    terms = calendar.terms_of(grade_level)
    if len({term.kind for term in terms}) > 1:
        yield f"{grade_level}-е классы: периоды разных видов; оставьте либо четверти, либо полугодия."
    for one, other in combinations(terms, 2):
        if one.starts_on <= other.ends_on and other.starts_on <= one.ends_on:
            yield f"{grade_level}-е классы: периоды пересекаются с {other.starts_on:%d.%m.%Y}."
        if (one.kind, one.number) == (other.kind, other.number):
            yield f"{grade_level}-е классы: период № {one.number} назван дважды."
    if [term.number for term in terms] != sorted(term.number for term in terms):
        yield f"{grade_level}-е классы: номера периодов идут не по порядку дат."


def _break_problems(each: Break) -> Iterator[str]:
    if each.starts_on > each.ends_on:
        yield f"{each.name} {span_text(each.starts_on, each.ends_on)}: последний день раньше первого."


def _moved_problems(calendar: YearCalendar, each: MovedDay) -> Iterator[str]:
    if not calendar.starts_on <= each.day <= calendar.ends_on:
        yield f"Перенесённый учебный день {each.day:%d.%m.%Y} не в этом учебном году."
    elif calendar.is_off(each.day, None):
        yield f"{each.day:%d.%m.%Y} назван и выходным, и учебным днём."


def usual_calendar(
    school_year: int, public_holidays: Sequence[PublicHoliday], days_a_week: int = 5
) -> YearCalendar:
    """Return a proposal: four quarters and two half-years with the usual autumn, winter and spring holidays."""
    starts_on, ends_on = first_of_september(school_year), date(school_year + 1, *LAST_SCHOOL_DAY)
    holidays = usual_holidays(school_year)
    quarters = usual_quarters(starts_on, ends_on, holidays)
    return YearCalendar(
        school_year,
        starts_on,
        ends_on,
        days_a_week,
        (*quarters, *half_years(quarters)),
        tuple(
            sorted(
                [*holidays, *public_days_off(public_holidays, starts_on, ends_on, days_a_week, holidays)],
                key=lambda each: each.starts_on,
            )
        ),
    )


def usual_holidays(school_year: int) -> list[Break]:
    """Return the three school holidays of a year and the further ones of grade 1."""
    autumn, spring = _last_monday(school_year, 10), _last_monday(school_year + 1, 3)
    winter_end = _sunday_of(date(school_year + 1, 1, 8))  # lessons resume on a Monday
    further = date(school_year + 1, *FURTHER_HOLIDAYS_START)
    further -= further.weekday() * ONE_DAY
    return [
        Break("Осенние каникулы", autumn - 2 * ONE_DAY, autumn + 6 * ONE_DAY),
        Break("Зимние каникулы", date(school_year, 12, 31), winter_end),
        Break("Весенние каникулы", spring - 2 * ONE_DAY, spring + 6 * ONE_DAY),
        Break(FURTHER_HOLIDAYS, further, further + 6 * ONE_DAY, frozenset({FIRST_GRADE})),
    ]


def _last_monday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - (last.isoweekday() - 1) * ONE_DAY


def _sunday_of(day: date) -> date:
    return day + (7 - day.isoweekday()) * ONE_DAY


def public_days_off(
    public_holidays: Sequence[PublicHoliday],
    starts_on: date,
    ends_on: date,
    days_a_week: int,
    holidays: Sequence[Break],
) -> Iterator[Break]:
    """Yield the public holidays of a year outside its school holidays; one on a free day moves to the next Monday."""
    everybody = [each for each in holidays if not each.grade_levels]
    for month, number, name in public_holidays:
        own_day = date(year_of_month(starts_on.year, month), month, number)
        is_moved = own_day.isoweekday() > days_a_week
        day = own_day + (8 - own_day.isoweekday()) * ONE_DAY if is_moved else own_day
        if starts_on <= day <= ends_on and not any(
            each.starts_on <= day <= each.ends_on for each in everybody
        ):
            yield Break(f"{name} (перенос)" if is_moved else name, day, day)


def usual_quarters(starts_on: date, ends_on: date, holidays: Sequence[Break]) -> tuple[TermSpan, ...]:
    """Return the quarters that the holidays of everybody divide a year into, for the grades up to 9."""
    dividing = [each for each in holidays if not each.grade_levels]
    starts = [starts_on, *(each.ends_on + ONE_DAY for each in dividing)]
    ends = [*(each.starts_on - ONE_DAY for each in dividing), ends_on]
    grades = frozenset(range(FIRST_GRADE, FIRST_HALF_YEAR_GRADE))
    spans = zip(starts, ends, strict=True)
    return tuple(TermSpan(TermKind.QUARTER, number, *span, grades) for number, span in enumerate(spans, 1))


def half_years(quarters: Sequence[TermSpan]) -> tuple[TermSpan, ...]:
    """Return the two half-years that four quarters make, for the grades from 10."""
    grades = frozenset(range(FIRST_HALF_YEAR_GRADE, LAST_GRADE + 1))
    return tuple(
        TermSpan(TermKind.HALF, number, quarters[first].starts_on, quarters[last].ends_on, grades)
        for number, (first, last) in enumerate(((0, 1), (2, 3)), start=1)
    )


def grades_text(grade_levels: frozenset[int]) -> str:
    """Return «1–9», «1–4, 9»; an empty string for everybody."""
    runs: list[list[int]] = []
    for grade in sorted(grade_levels):
        if runs and runs[-1][-1] == grade - 1:
            runs[-1].append(grade)
        else:
            runs.append([grade])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def parse_grades(text: str) -> frozenset[int] | None:
    """Return the grade levels of «1–9», «1-4, 9»; empty for an empty text; None where it says something else, as «9–1»."""
    grades: set[int] = set()
    for part in text.replace("–", "-").replace("—", "-").replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        edges = [parse_whole(each) for each in ((first, last) if dash else (first, first))]
        named = {grade for grade in GRADE_LEVELS if (edges[0] or 0) <= grade <= (edges[1] or 0)}
        if part and not (named and all(edge in GRADE_LEVELS for edge in edges)):
            return None
        grades |= named
    return frozenset(grades) if grades or not text.strip() else None
