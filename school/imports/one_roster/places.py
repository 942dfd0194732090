"""Where a pupil of a scheduled class belongs on a day, and who teaches it then: enrolments with their dates (п. 4.3)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from school.calendar import school_year_title
from school.files.spellings import class_key
from school.imports.one_roster.sessions import Calendar
from school.imports.one_roster.tables import Line, OneRosterTables, RosterSet, day_of, ids_in

PUPIL_ROLE, TEACHER_ROLE, HOMEROOM = "student", "teacher", "homeroom"
_OTHER_ROLES = ("administrator", "proctor", "aide", "guardian", "parent", "relative")


@dataclass(frozen=True)
class Stay:
    """A user in a class from a day up to the day before ``ends_on``; None: no border."""

    class_id: str
    user: str
    starts_on: date | None
    ends_on: date | None
    is_primary: bool = False

    def has(self, day: date) -> bool:
        """Whether the user is in the class on the day."""
        return (self.starts_on is None or self.starts_on <= day) and (
            self.ends_on is None or day < self.ends_on
        )


class Places:
    """The classes of a set, their school years, their pupils' homerooms and their teachers."""

    def __init__(
        self,
        roster: RosterSet,
        calendar: Calendar,
        known: Mapping[str, int],
        stays: Sequence[Stay],
        last_days: Collection[date] = (),
    ) -> None:
        """``known``: the register's own classes with their years, ``stays`` of pupils in them and ``last_days`` of its terms, for a
        set of changes.
        """
        self.classes = {line["sourcedId"]: line for line in roster["classes"]}
        self.courses = {line["sourcedId"]: line for line in roster["courses"]}
        self.homerooms = {key for key, line in self.classes.items() if line["classType"].lower() == HOMEROOM}
        self._calendar, self._years = calendar, dict[str, int | None]()
        self._known = {key: year for key, year in known.items() if key not in self.classes}
        self._homes: dict[tuple[str, int | None], list[Stay]] = defaultdict(list)
        self._teachers: dict[str, list[Stay]] = defaultdict(list)
        lines = roster["enrollments"]
        self._is_inclusive = _ends_on_last_day(lines, roster, self.homerooms | known.keys(), last_days)
        for line in lines:
            self._note(line["role"].lower(), self.stay_of(line))
        self.known_pupils = {stay.user for stay in stays}
        for stay in stays:
            self._note(PUPIL_ROLE, stay)
        self.alone = {
            line["classSourcedId"]
            for line in lines
            if line["role"].lower() == PUPIL_ROLE
            and self.is_home(line["classSourcedId"], line["userSourcedId"])
        } - self.homerooms

    def stay_of(self, line: Line) -> Stay:
        """Return an enrolment as a stay; a day that cannot be read is no border."""
        ends_on = day_of(line["endDate"])
        if ends_on and self._is_inclusive:
            ends_on += timedelta(days=1)
        starts_on, is_primary = day_of(line["beginDate"]), line["primary"].lower() == "true"
        return Stay(line["classSourcedId"], line["userSourcedId"], starts_on, ends_on, is_primary)

    def _note(self, role: str, stay: Stay) -> None:
        if role == TEACHER_ROLE:
            self._teachers[stay.class_id].append(stay)
        elif role == PUPIL_ROLE and (stay.class_id in self.homerooms or stay.class_id in self._known):
            self._homes[stay.user, self.year_of(stay.class_id)].append(stay)

    def year_of(self, class_id: str) -> int | None:
        """Return the school year of a class: of its sessions, its course, or the only one there is."""
        if class_id not in self._years:
            self._years[class_id] = self._year_of(class_id)
        return self._years[class_id]

    def _year_of(self, class_id: str) -> int | None:
        line = self.classes.get(class_id)
        if line is None:
            return self._known.get(class_id)
        named = self._calendar.year_of(ids_in(line["termSourcedIds"] or line["termSourcedId"]))
        if named is None and (course := self.courses.get(line["courseSourcedId"])):
            named = self._calendar.year_of([course["schoolYearSourcedId"]])
        years = self._calendar.years
        return next(iter(years)) if named is None and len(years) == 1 else named

    def is_home(self, class_id: str, user: str) -> bool:
        """Whether the user's own marks of this class stay in it: it is a homeroom, or the user has none that year."""
        return class_id in self.homerooms or not self._homes.get((user, self.year_of(class_id)))

    def classes_of(self, class_id: str, user: str, day: date) -> list[str]:
        """Return the school class to which a pupil's mark of that day belongs: the homeroom of the day, begun last.

        Several where the set has the pupil in several from the same day on.
        """
        homes = self._homes.get((user, self.year_of(class_id)), [])
        on_day = [stay for stay in homes if stay.has(day)] or homes
        begun = [stay for stay in on_day if (stay.starts_on or date.min) <= day] or on_day
        latest = max((stay.starts_on or date.min for stay in begun), default=date.min)
        return sorted({stay.class_id for stay in begun if (stay.starts_on or date.min) == latest}) or [
            class_id
        ]

    def teacher_of(self, class_id: str, day: date) -> str:
        """Return the only teacher of a class on a day, or the only primary one; empty where there is none or several."""
        on_day = [stay for stay in self._teachers[class_id] if stay.has(day)]
        primary = {stay.user for stay in on_day if stay.is_primary}
        users = primary if len(primary) == 1 else {stay.user for stay in on_day}
        return users.pop() if len(users) == 1 else ""


def _ends_on_last_day(
    lines: Iterable[Line], roster: RosterSet, homerooms: set[str], last_days: Collection[date]
) -> bool:
    """Whether an enrolment's endDate is its last day: who moves begins in the next homeroom on the day after.

    Where nobody moves: whether enrolments end with sessions that end so themselves, or on the ``last_days`` of the register's terms.
    """
    if roster.is_own:
        return False
    begins: dict[str, set[date]] = defaultdict(set)
    ends: list[tuple[str, date]] = []
    for line in lines:
        if line["role"].lower() == PUPIL_ROLE and line["classSourcedId"] in homerooms:
            if starts_on := day_of(line["beginDate"]):
                begins[line["userSourcedId"]].add(starts_on)
            if ends_on := day_of(line["endDate"]):
                ends.append((line["userSourcedId"], ends_on))
    day_after = sum(ends_on + timedelta(days=1) in begins[user] for user, ends_on in ends)
    same_day = sum(ends_on in begins[user] for user, ends_on in ends)
    if day_after or same_day:
        return day_after > same_day
    of_set = {day_of(line["endDate"]) for line in roster["academicSessions"]}
    return any(ends_on in of_set or ends_on in last_days for _, ends_on in ends)


def add_classes(tables: OneRosterTables, roster: RosterSet, places: Places) -> None:
    """Add homerooms, and scheduled classes with pupils who have no homeroom, as classes; say which have one name."""
    lines_of: dict[tuple[str, int, str], list[int]] = defaultdict(list)
    for line in roster["classes"]:
        key, year = line["sourcedId"], places.year_of(line["sourcedId"])
        if key not in places.homerooms | places.alone:
            continue
        if year is None:
            tables.refuse("classes", line, "termSourcedIds: неясно, какой это учебный год")
            continue
        lines_of[line["schoolSourcedId"], year, class_key(line["title"] or line["classCode"])].append(
            line.number
        )
        grade = line["grades"].split(",")[0].strip().lstrip("0")
        tables.add(
            "classes",
            line,
            class_id=key,
            school_id=line["schoolSourcedId"],
            school_year=str(year),
            name=line["title"] or line["classCode"],
            grade_level=grade if grade.isdecimal() else "",
        )

    for (_, year, name), numbers in lines_of.items():
        if len(numbers) > 1:
            listed = ", ".join(map(str, numbers))
            title = school_year_title(year)
            tables.notes.append(
                f"classes.csv: классов «{name}» {title} учебного года несколько (строки {listed}): загрузятся как разные."
            )


def add_subjects(tables: OneRosterTables, roster: RosterSet, places: Places, schools: Sequence[str]) -> None:
    """Add a course as a subject of each school that teaches it."""
    taught = {
        (line["courseSourcedId"], line["schoolSourcedId"])
        for key, line in places.classes.items()
        if key not in places.homerooms
    }
    named = {line["courseSourcedId"] for line in places.classes.values()}
    for line in roster["courses"]:
        of_schools = [school for school in schools if (line["sourcedId"], school) in taught]
        for school in of_schools:
            tables.add("subjects", line, subject_id=line["sourcedId"], school_id=school, name=line["title"])
        if not of_schools and line["sourcedId"] not in named:
            tables.pass_over(line, "ни один класс набора этого курса не называет")


def add_enrolments(tables: OneRosterTables, roster: RosterSet, places: Places) -> None:
    """Add pupils of homerooms, and those of other classes who have no homeroom."""
    for line in roster["enrollments"]:
        class_id, user, role = line["classSourcedId"], line["userSourcedId"], line["role"].lower()
        bad = next(
            (name for name in ("beginDate", "endDate") if line[name] and day_of(line[name]) is None), None
        )
        if role == TEACHER_ROLE and bad is None:
            continue
        if role not in (PUPIL_ROLE, TEACHER_ROLE):
            known = role in _OTHER_ROLES
            tables.pass_over(
                line, f"роль {role} журналу не нужна" if known else f"роль «{role[:40]}» неизвестна"
            )
        elif bad is not None:
            tables.cannot_read("enrolments", line, f"{bad}: «{line[bad][:40]}», нужна дата ГГГГ-ММ-ДД")
        elif class_id not in places.classes:
            tables.refuse("enrolments", line, f"classSourcedId: «{class_id}» — такого класса в наборе нет")
        elif class_id in places.homerooms or places.is_home(class_id, user):
            stay = places.stay_of(line)
            tables.add(
                "enrolments",
                line,
                school_id=line["schoolSourcedId"] or places.classes[class_id]["schoolSourcedId"],
                class_id=class_id,
                pupil_id=user,
                starts_on=_text(stay.starts_on),
                ends_on=_text(stay.ends_on),
            )


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""
