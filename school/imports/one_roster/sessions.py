"""Academic sessions as the school's terms: their days, kinds by their length, numbers, and the school year of each (п. 5.1)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import mean

from school.calendar import school_year_of_lesson
from school.imports.one_roster.tables import Line, OneRosterTables, RosterSet, day_of

# Sessions that marks are given for, finest first.
SESSION_TYPES = ("gradingPeriod", "term", "semester", "schoolYear")
YEAR, HALF, TRIMESTER, QUARTER, COURSE = "year", "half", "trimester", "quarter", "course"
DAYS_OF_YEAR, DAYS_OF_HALF, DAYS_OF_TRIMESTER = 230, 100, 75
_FULL_NUMBER = {YEAR: 1, HALF: 2, TRIMESTER: 3, QUARTER: 4}
# The number of a term by the month of its middle, where the set has not all terms of the year.
_NUMBER_OF_MONTH: dict[str, Mapping[int, int]] = {
    QUARTER: {8: 1, 9: 1, 10: 1, 11: 2, 12: 2, 1: 3, 2: 3, 3: 3, 4: 4, 5: 4, 6: 4},
    TRIMESTER: {8: 1, 9: 1, 10: 1, 11: 2, 12: 2, 1: 2, 2: 3, 3: 3, 4: 3, 5: 3, 6: 3},
    HALF: {8: 1, 9: 1, 10: 1, 11: 1, 12: 1, 1: 2, 2: 2, 3: 2, 4: 2, 5: 2, 6: 2},
}
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Session:
    """A session with its first and its last day."""

    key: str
    starts_on: date
    ends_on: date
    line: Line | None = None

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.ends_on - self.starts_on).days + 1

    @property
    def middle(self) -> date:
        """The day in its middle."""
        return self.starts_on + (self.ends_on - self.starts_on) / 2

    @property
    def school_year(self) -> int:
        """The year in which its school year starts."""
        return school_year_of_lesson(self.middle)

    def has(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.starts_on <= day <= self.ends_on


class Calendar:
    """The sessions of a set: which are terms, what belongs to which school year."""

    def __init__(
        self, sessions: Mapping[str, Session], parents: Mapping[str, str], terms: Sequence[Session]
    ) -> None:
        self._sessions, self._parents, self.terms = sessions, parents, terms

    @property
    def years(self) -> set[int]:
        """The school years of the terms, or of all sessions where there are no terms."""
        return {each.school_year for each in self.terms or self._sessions.values()}

    def year_of(self, keys: Iterable[str]) -> int | None:
        """Return the first school year of these sessions, each taken for what it or a session above it says."""
        years = (self._year_of(key) for key in keys)
        return min((year for year in years if year is not None), default=None)

    def _year_of(self, key: str) -> int | None:
        found = next((self._sessions[each] for each in self._upwards(key) if each in self._sessions), None)
        return found.school_year if found else None

    def term_of(self, day: date, named: str, of_class: Sequence[str]) -> str:
        """Return the term of a mark: the one that its work names, else one of its class, else any that has the day."""
        on_day = [term for term in self.terms if term.has(day)]
        own = (term.key for term in on_day if named in self._upwards(term.key))
        of_its_class = (term.key for term in on_day if set(of_class) & set(self._upwards(term.key)))
        return next(own, "") or next(of_its_class, "") or next((term.key for term in on_day), "")

    def _upwards(self, key: str) -> list[str]:
        path = [key]
        while (parent := self._parents.get(path[-1], "")) and parent not in path:
            path.append(parent)
        return path


def read_calendar(
    roster: RosterSet, tables: OneRosterTables, known: Sequence[Session], schools: Sequence[str]
) -> Calendar:
    """Add the finest sessions of each year as terms of every school; return all sessions. ``known``: the register's terms."""
    lines = roster["academicSessions"]
    sessions = _sessions(lines, tables)
    if roster.is_own or _touch(sessions):
        tables.notes.append("academicSessions.csv: endDate — первый день после периода, так набор записан.")
        sessions = {
            key: replace(each, ends_on=max(each.ends_on - _DAY, each.starts_on))
            for key, each in sessions.items()
        }
    terms = []
    for kind, number, each in _terms(sessions.values(), tables):
        terms.append(each)
        for school in schools:
            tables.add(
                "terms",
                _line(each),
                term_id=each.key,
                school_id=school,
                school_year=str(each.school_year),
                kind=kind,
                number=str(number),
                starts_on=each.starts_on.isoformat(),
                ends_on=each.ends_on.isoformat(),
            )
    own = {each.key for each in terms}
    terms += [each for each in known if each.key not in own]
    sessions |= {each.key: each for each in known if each.key not in sessions}
    return Calendar(sessions, {line["sourcedId"]: line["parentSourcedId"] for line in lines}, terms)


def _line(session: Session) -> Line:
    assert session.line is not None
    return session.line


def _sessions(lines: Sequence[Line], tables: OneRosterTables) -> dict[str, Session]:
    found = {}
    for line in lines:
        starts_on, ends_on = day_of(line["startDate"]), day_of(line["endDate"])
        if starts_on is None or ends_on is None:
            name = "startDate" if starts_on is None else "endDate"
            tables.cannot_read("terms", line, f"{name}: «{line[name][:40]}», нужна дата ГГГГ-ММ-ДД")
        elif starts_on > ends_on:
            tables.cannot_read("terms", line, "endDate раньше, чем startDate")
        else:
            found[line["sourcedId"]] = Session(line["sourcedId"], starts_on, ends_on, line)
    return found


def _touch(sessions: Mapping[str, Session]) -> bool:
    """Whether a session begins on the very day on which another of its type ends: endDate is then the day after."""
    begins = {(_type(each), each.starts_on) for each in sessions.values()}
    return any((_type(each), each.ends_on) in begins and each.days > 1 for each in sessions.values())


def _type(session: Session) -> str:
    return _line(session)["type"].lower()


def _terms(sessions: Iterable[Session], tables: OneRosterTables) -> Iterator[tuple[str, int, Session]]:
    by_year: dict[int, list[Session]] = defaultdict(list)
    for each in sessions:
        by_year[each.school_year].append(each)
    for _, of_year in sorted(by_year.items()):
        present = {_type(each) for each in of_year}
        finest = next((each for each in SESSION_TYPES if each.lower() in present), None)
        for each in of_year:
            if _type(each) not in map(str.lower, SESSION_TYPES):
                tables.refuse(
                    "terms", _line(each), f"type: «{_line(each)['type'][:40]}» — такого вида периода нет"
                )
        if finest:
            yield from _terms_of_year([each for each in of_year if _type(each) == finest.lower()], tables)


def _terms_of_year(
    sessions: Sequence[Session], tables: OneRosterTables
) -> Iterator[tuple[str, int, Session]]:
    in_order = sorted(sessions, key=lambda each: (each.starts_on, each.ends_on, _line(each).number))
    of_kind: dict[str, list[Session]] = defaultdict(list)
    shorter = [each for each in in_order if each.days < DAYS_OF_YEAR]
    parts = [each for each in shorter if each.days < DAYS_OF_HALF]
    for each in in_order:
        kind = (
            YEAR
            if each.days >= DAYS_OF_YEAR
            else HALF
            if each.days >= DAYS_OF_HALF
            else _kind_of_parts(parts)
        )
        if kind == YEAR and shorter:
            tables.refuse(
                "terms",
                _line(each),
                "это весь учебный год: он пересекается с его частями, за которые стоят отметки",
            )
        elif (first := _overlapped(each, of_kind[kind])) and kind != COURSE:
            tables.refuse(
                "terms",
                _line(each),
                f"пересекается по дням с периодом из строки {_line(first).number}; взят тот",
            )
        else:
            of_kind[kind].append(each)
    for kind, terms in of_kind.items():
        yield from ((kind, number, each) for number, each in zip(_numbers(kind, terms), terms, strict=True))


def _kind_of_parts(parts: Sequence[Session]) -> str:
    if len(parts) > _FULL_NUMBER[QUARTER]:
        return COURSE
    is_trimester = (
        len(parts) < _FULL_NUMBER[QUARTER] and mean(each.days for each in parts) >= DAYS_OF_TRIMESTER
    )
    return TRIMESTER if is_trimester else QUARTER


def _overlapped(session: Session, others: Sequence[Session]) -> Session | None:
    return next(
        (each for each in others if each.starts_on <= session.ends_on and session.starts_on <= each.ends_on),
        None,
    )


def _numbers(kind: str, terms: Sequence[Session]) -> list[int]:
    months = _NUMBER_OF_MONTH.get(kind, {})
    by_month = [months.get(each.middle.month, 0) for each in terms]
    is_partial = len(terms) < _FULL_NUMBER.get(kind, 0)
    if is_partial and all(by_month) and len(set(by_month)) == len(terms):
        return by_month
    return list(range(1, len(terms) + 1))
