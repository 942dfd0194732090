"""The report of movement of a span, and help tables for the form ОО-1 on 20 September (п. 4.6)."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from school.access.action import Action
from school.access.checks import check_may
from school.people.lookups.pupils import MovementLine, movement_lines
from school.people.records import MovementKind
from school.people.rules import school_counts as rules
from school.people.rules.movements import departure_kind
from school.people.rules.people import age_on
from school.people.rules.school_counts import CountedStay, MovementCount
from school.people.rules.sex import Sex, sex_of
from school.people.store import school_counts as stored
from school.people.store.class_lists import school_year_days
from school.records import User
from school.store.connection import Store

# The day on which the form counts classes and pupils.
COUNTING_DAY = (9, 20)  # month, day


@dataclass(frozen=True)
class MovementReport:
    """The movement of a span: counts by class from the end of ``start`` to the end of ``last``, and the movements with names.

    ``unexplained``: the classes whose movements on record do not lead from the beginning to the end.
    """

    start: date
    last: date
    classes: list[MovementCount]
    lines: list[MovementLine]

    @property
    def unexplained(self) -> list[str]:
        """Names of classes."""
        return [row.name for row in self.classes if not row.is_explained]


def movement_report(store: Store, user: User, school_year: int, first: date, last: date) -> MovementReport:
    """Return the movement of a term or a year of classes of a school year, moves between classes counted apart.

    Raises AccessRefused.
    """
    check_may(user, Action.READ_CLASS_LISTS)
    days = school_year_days(store)
    start = rules.day_of_counting(first, days[school_year][0] if school_year in days else first)
    stays = stored.stays_of_year(store, school_year)
    counts = rules.count_movement(stays, stored.counted_movements(store, start, last), start, last)
    of_school = [line for line in movement_lines(store, user, start, last) if line.happened_on > start]
    return MovementReport(
        start, last, counts, [each for each in of_school if each.kind is not MovementKind.TRANSFER]
    )


@dataclass(frozen=True)
class GradeCount:
    """A grade level on the day of counting."""

    grade_level: int | None
    classes: int
    pupils: int
    girls: int
    repeaters: int


@dataclass(frozen=True)
class LevelChange:
    """How many came to and left a level of education between two days of counting, departures by heading."""

    level: str
    arrived: int
    left: Counter[str]


@dataclass(frozen=True)
class SchoolCounts:
    """The help tables: by grade level, by full years of age and sex, who came and left since the former day of counting.

    ``ages`` are (full years on ``ages_on``, None: no birthday is known) → pupils by sex; ``told_by_name``: of how many the sex was
    told by the patronymic, ``of_all`` how many there are.
    """

    day: date
    former_day: date
    ages_on: date
    grades: list[GradeCount]
    ages: dict[int | None, Counter[Sex]]
    changes: list[LevelChange]
    told_by_name: int
    of_all: int


def school_counts(store: Store, user: User, school_year: int, *, ages_on: date | None = None) -> SchoolCounts:
    """Return the help tables of a school year on 20 September, ages on that day or on another. Raises AccessRefused."""
    check_may(user, Action.READ_CLASS_LISTS)
    day, former = date(school_year, *COUNTING_DAY), date(school_year - 1, *COUNTING_DAY)
    here = [each for each in stored.stays_of_year(store, school_year) if each.covers(day)]
    before = stored.stays_of_year(store, school_year - 1)
    again = rules.repeaters(here, [each for each in before if each.ends_on is None])
    people, on = stored.pupil_facts(store), ages_on or day
    sexes = {each.pupil_id: sex_of(people[each.pupil_id].name) for each in here}
    ages: dict[int | None, Counter[Sex]] = {}
    for each in here:
        born = people[each.pupil_id].born_on
        ages.setdefault(age_on(born, on) if born else None, Counter())[sexes[each.pupil_id]] += 1
    in_order = dict(sorted(ages.items(), key=lambda row: (row[0] is None, row[0] or 0)))
    return SchoolCounts(
        day,
        former,
        on,
        _grades(here, sexes, again),
        in_order,
        _changes(store, [*before, *stored.stays_of_year(store, school_year)], former, day),
        sum(sex is not Sex.UNKNOWN for sex in sexes.values()),
        len(here),
    )


def _grades(here: list[CountedStay], sexes: dict[int, Sex], again: set[int]) -> list[GradeCount]:
    found = []
    for level in sorted({each.grade_level for each in here}, key=lambda level: (level is None, level or 0)):
        own = [each for each in here if each.grade_level == level]
        girls = sum(sexes[each.pupil_id] is Sex.FEMALE for each in own)
        repeated = sum(each.pupil_id in again for each in own)
        found.append(GradeCount(level, len({each.class_id for each in own}), len(own), girls, repeated))
    return found


def _changes(store: Store, stays: list[CountedStay], former: date, day: date) -> list[LevelChange]:
    """Count arrivals and departures after one day of counting, up to the next."""
    levels = {each.class_id: rules.level_of(each.grade_level) for each in stays}
    arrived, left = Counter[str](), dict[str, Counter[str]]()
    for each in stored.counted_movements(store, former, day):
        if each.happened_on == former:
            continue
        if each.kind is MovementKind.ARRIVAL:
            arrived[levels.get(each.to_class_id or 0, rules.NO_LEVEL)] += 1
        elif each.kind is MovementKind.DEPARTURE:
            place = levels.get(each.from_class_id or 0, rules.NO_LEVEL)
            left.setdefault(place, Counter())[departure_kind(each.reason)] += 1
    titles = [*rules.LEVELS.values(), *({rules.NO_LEVEL} & (arrived.keys() | left.keys()))]
    return [LevelChange(title, arrived[title], left.get(title, Counter())) for title in titles]


def counted_year(today: date) -> int:
    """Return the school year whose 20 September was last."""
    return today.year - ((today.month, today.day) < COUNTING_DAY)


def movement_spans(store: Store, user: User, today: date) -> list[tuple[int, str, int, date, date]]:
    """Return the spans that a report of movement is made of, the newest first: years, and their terms that have begun.

    A span is (school year, kind of term, its number, first day, last day); a year has no kind. Raises AccessRefused.
    """
    check_may(user, Action.READ_CLASS_LISTS)
    days = {year: span for year, span in school_year_days(store).items() if span[0] <= today}
    spans = [(year, "", 0, *span) for year, span in days.items()]
    spans += [each for each in stored.terms_of_years(store) if each[3] <= today]
    return sorted(spans, key=lambda span: (-span[0], bool(span[1]), span[1], -span[2]))
