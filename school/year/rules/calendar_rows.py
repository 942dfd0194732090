"""A year's calendar as the rows of one table: «Четверть», «Каникулы», «Выходной», «Учебный день» … (п. 5.1)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from school.calendar import WEEKDAYS
from school.errors import RuleRefused
from school.files.plan import RefusedRow, SourceRow, read_each
from school.files.spellings import plain
from school.files.values.days import parse_day
from school.files.values.numbers import parse_whole
from school.files.values.periods import parse_period
from school.records import TermKind
from school.year.records import Break, MovedDay, TermSpan, YearCalendar
from school.year.rules.calendar import LONGEST_NAME, calendar_problems, grades_text, parse_grades
from school.year.rules.timetable import weekday_of

YEAR, WEEK, BREAK, DAY_OFF, MOVED = (
    "Учебный год",
    "Учебная неделя, дней",
    "Каникулы",
    "Выходной",
    "Учебный день",
)
TERM_ROWS: dict[str, str] = {
    "Четверть": TermKind.QUARTER,
    "Триместр": TermKind.TRIMESTER,
    "Полугодие": TermKind.HALF,
}
WHATS = (YEAR, WEEK, *TERM_ROWS, BREAK, DAY_OFF, MOVED)


@dataclass
class CalendarReading:
    """What the rows of a calendar say; ``calendar`` is None while any row or the whole is amiss."""

    calendar: YearCalendar | None = None
    refused: list[RefusedRow] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass
class _Draft:
    starts_on: date | None = None
    ends_on: date | None = None
    days_a_week: int = 5
    terms: list[TermSpan] = field(default_factory=list)
    breaks: list[Break] = field(default_factory=list)
    moved_days: list[MovedDay] = field(default_factory=list)


def read_calendar(
    rows: Sequence[SourceRow], school_year: int, present: YearCalendar | None = None
) -> CalendarReading:
    """Read a calendar from rows with the fields ``what``, ``name``, ``starts_on``, ``ends_on``, ``grades``.

    Terms that the present calendar has under the same kind and number keep their identifiers. Nothing is taken
    from a table with a bad row: a calendar holds only as a whole.
    """
    draft, reading = _Draft(), CalendarReading()
    _, reading.refused = read_each(rows, lambda row: _reader_of(row)(draft, row))
    if reading.refused:
        return reading
    if draft.starts_on is None or draft.ends_on is None:
        reading.problems.append(f"Нет строки «{YEAR}» с первым и последним днём занятий.")
        return reading
    terms = with_known_terms(draft.terms, present.terms if present else ())
    calendar = YearCalendar(
        school_year,
        draft.starts_on,
        draft.ends_on,
        draft.days_a_week,
        tuple(terms),
        tuple(sorted(draft.breaks, key=lambda each: (each.starts_on, each.name))),
        tuple(sorted(draft.moved_days, key=lambda each: each.day)),
    )
    reading.problems = calendar_problems(calendar)
    reading.calendar = None if reading.problems else calendar
    return reading


def with_known_terms(terms: Iterable[TermSpan], known: Sequence[TermSpan]) -> list[TermSpan]:
    """Return terms with the identifiers of known ones of the same kind and number, shared grade levels first."""
    free = list(known)
    found = []
    for term in terms:
        same = [each for each in free if (each.kind, each.number) == (term.kind, term.number)]
        match = max(same, key=lambda each: len(each.grade_levels & term.grade_levels), default=None)
        if match:
            free.remove(match)
            found.append(replace(term, term_id=match.term_id, is_closed=match.is_closed))
        else:
            found.append(term)
    return found


def _reader_of(row: SourceRow) -> Callable[[_Draft, SourceRow], None]:
    word = plain(row["what"])
    for what, reader in _READERS.items():
        if word and (plain(what).startswith(word) or word.startswith(plain(what).split(",")[0])):
            return reader
    named = parse_period(row["what"])
    for title, kind in TERM_ROWS.items():
        if named and named.kind == kind:
            return _READERS[title]
    raise RuleRefused(f"что это: «{row['what'].strip()[:30]}»? Бывает: {', '.join(WHATS)}")


def _read_year(draft: _Draft, row: SourceRow) -> None:
    draft.starts_on, draft.ends_on = _span(row)


def _read_week(draft: _Draft, row: SourceRow) -> None:
    days = parse_whole(row["name"])
    if days not in (5, 6):
        raise RuleRefused("дней в учебной неделе 5 или 6")
    draft.days_a_week = days


def _read_term(kind: str) -> Callable[[_Draft, SourceRow], None]:
    def read(draft: _Draft, row: SourceRow) -> None:
        number = _term_number(row, kind)
        grades = _grades(row)
        if not grades:
            raise RuleRefused("не сказано, для каких классов период: например, 1–9")
        draft.terms.append(TermSpan(kind, number, *_span(row), grades))

    return read


def _term_number(row: SourceRow, kind: str) -> int:
    """Return the number of a period that stands in its own column, or in the words of either: «II», «2 четверть»."""
    texts = (row["name"], row["what"])
    periods = [period for text in texts if (period := parse_period(text)) and period.number]
    numbers = {period.number for period in periods if period.kind in (None, kind)}
    if len(numbers) != 1 or any(period.kind not in (None, kind) for period in periods):
        raise RuleRefused(f"у периода нужен номер от 1; здесь «{row['name'].strip()[:20]}»")
    return numbers.pop() or 0


def _read_break(draft: _Draft, row: SourceRow) -> None:
    name = " ".join(row["name"].split()) or row["what"].strip()
    if len(name) > LONGEST_NAME:
        raise RuleRefused(f"название длиннее {LONGEST_NAME} знаков: «{name[:LONGEST_NAME]}…»")
    draft.breaks.append(Break(name, *_span(row, is_day_enough=True), _grades(row)))


def _read_moved(draft: _Draft, row: SourceRow) -> None:
    words = row["name"].split()
    if not words:
        raise RuleRefused("по расписанию какого дня недели учатся? Напишите, например: понедельник")
    draft.moved_days.append(MovedDay(_day(row, "starts_on"), weekday_of(_nominative(words[-1]))))


def _nominative(word: str) -> str:
    """Return «понедельник» for «понедельнику»."""
    return next(
        (day for day in WEEKDAYS if plain(word)[:-1] == day or plain(word)[:-1] == day[:-1]), plain(word)
    )


_READERS: Mapping[str, Callable[[_Draft, SourceRow], None]] = {
    YEAR: _read_year,
    WEEK: _read_week,
    **{title: _read_term(kind) for title, kind in TERM_ROWS.items()},
    BREAK: _read_break,
    DAY_OFF: _read_break,
    MOVED: _read_moved,
}


def _span(row: SourceRow, *, is_day_enough: bool = False) -> tuple[date, date]:
    starts_on = _day(row, "starts_on")
    if is_day_enough and not row["ends_on"].strip():
        return starts_on, starts_on
    return starts_on, _day(row, "ends_on")


def _day(row: SourceRow, name: str) -> date:
    day = parse_day(row[name])
    if day is None:
        raise RuleRefused(f"дата пишется так: 01.09.2026; здесь «{row[name].strip()[:20]}»")
    return day


def _grades(row: SourceRow) -> frozenset[int]:
    grades = parse_grades(row["grades"])
    if grades is None and (day := parse_day(row["grades"])):
        raise RuleRefused(
            f"Excel принял «{day.day}-{day.month}» за дату: сделайте клетку текстовой и впишите классы снова"
        )
    if grades is None:
        raise RuleRefused(f"классы пишутся так: 1–9 или 10, 11; здесь «{row['grades'].strip()[:20]}»")
    return grades


CalendarTexts = dict[str, str]


def calendar_texts(calendar: YearCalendar) -> list[CalendarTexts]:
    """Return a calendar as rows that read back as the same."""
    titles = {kind: title for title, kind in TERM_ROWS.items()}
    return [
        _texts(YEAR, "", calendar.starts_on, calendar.ends_on),
        _texts(WEEK, str(calendar.days_a_week)),
        *(
            _texts(
                titles.get(term.kind, term.kind),
                str(term.number),
                term.starts_on,
                term.ends_on,
                grades_text(term.grade_levels),
            )
            for term in calendar.terms
        ),
        *(
            _texts(
                DAY_OFF if each.starts_on == each.ends_on else BREAK,
                each.name,
                each.starts_on,
                each.ends_on,
                grades_text(each.grade_levels),
            )
            for each in calendar.breaks
        ),
        *(_texts(MOVED, WEEKDAYS[each.weekday - 1], each.day, each.day) for each in calendar.moved_days),
    ]


def _texts(
    what: str, name: str = "", starts_on: date | None = None, ends_on: date | None = None, grades: str = ""
) -> CalendarTexts:
    days = (f"{day:%d.%m.%Y}" if day else "" for day in (starts_on, ends_on))
    return dict(
        zip(("what", "name", "starts_on", "ends_on", "grades"), (what, name, *days, grades), strict=True)
    )
