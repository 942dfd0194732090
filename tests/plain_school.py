"""What a school's figures must be, in plain Python over the log of events: slow and obvious, and none of the product's own code.

It reads raw rows: who was where and when, who taught what, the lessons, and of entries nothing but the events.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from school.store.connection import Store

ONE_DAY = timedelta(days=1)
LONG_AGO, FAR_AHEAD = date(2000, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True)
class PlainMark:
    """A mark that stands today, of a pupil in a lesson."""

    lesson: dict[str, Any]
    pupil: int
    value: int
    weight: float
    is_control: bool


class PlainSchool:
    """A school as its rows and its events tell it, on a day."""

    def __init__(self, store: Store, today: date) -> None:
        """Read the rows and go through the events, oldest first."""
        self.today = today
        self.lessons = {row["lesson_id"]: row for row in _rows(store, "lessons")}
        self.classes = {row["class_id"]: row for row in _rows(store, "classes")}
        self.terms = {row["term_id"]: row for row in _rows(store, "terms")}
        self.terms_of_class = defaultdict[int, set[int]](set)
        for row in _rows(store, "class_terms"):
            self.terms_of_class[row["class_id"]].add(row["term_id"])
        self.stays = _rows(store, "enrolments")
        self.memberships = _rows(store, "subgroup_members")
        self.loads = _rows(store, "teaching_load")
        self.term_marks = _rows(store, "term_marks")
        self.work_types = {row["work_type_id"]: row for row in _rows(store, "work_types")}
        self.plans = {
            (row["class_id"], row["subject_id"], row["subgroup_id"]): row["plan_id"]
            for row in _rows(store, "lesson_plans")
        }
        self.plan_topics = _rows(store, "plan_topics", "position")
        self.pupils = sorted({row["pupil_id"] for row in self.stays})
        self.cells: dict[tuple[int, int], str] = {}
        self.entered_lessons: set[int] = set()
        for event in _rows(store, "events", "event_id"):
            if event["kind"] == "cell":
                self.cells[event["lesson_id"], event["pupil_id"]] = event["new_value"] or ""
                self.entered_lessons.add(event["lesson_id"])

    def is_in_class(self, pupil: int, class_id: int, day: date) -> bool:
        """Whether a pupil is in a class on a day; on the day of leaving no longer."""
        return any(
            row["pupil_id"] == pupil and row["class_id"] == class_id and _covers(row, day)
            for row in self.stays
        )

    def is_listed(self, pupil: int, lesson: dict[str, Any]) -> bool:
        """Whether a pupil is in the class of a lesson, and in its subgroup, on its day."""
        if not self.is_in_class(pupil, lesson["class_id"], lesson["held_on"]):
            return False
        return lesson["subgroup_id"] is None or self.is_in_group(
            pupil, lesson["subgroup_id"], lesson["held_on"]
        )

    def is_in_group(self, pupil: int, subgroup_id: int, day: date) -> bool:
        """Whether a pupil is in a subgroup on a day."""
        return any(
            row["pupil_id"] == pupil and row["subgroup_id"] == subgroup_id and _covers(row, day)
            for row in self.memberships
        )

    def days_in_class(self, pupil: int, class_id: int, first: date, last: date) -> list[date]:
        """Return the days from one to another, both inclusive, on which a pupil is in a class."""
        days = (first + number * ONE_DAY for number in range((last - first).days + 1))
        return [day for day in days if self.is_in_class(pupil, class_id, day)]

    def marks(self) -> list[PlainMark]:
        """Return every mark that stands today."""
        found = []
        for (lesson_id, pupil), text in self.cells.items():
            lesson = self.lessons[lesson_id]
            kind = self.work_types.get(lesson["work_type_id"])
            for digit in text:
                if digit.isdigit():
                    weight, is_control = (
                        (kind["weight"], kind["is_written_control"]) if kind else (1.0, False)
                    )
                    found.append(PlainMark(lesson, pupil, int(digit), weight, is_control))
        return found

    def counted(self, class_id: int, subject_id: int, term_id: int) -> dict[int, list[PlainMark]]:
        """Return the marks that count for the pupils of a class in a term: their own in the subject, whichever class gave them.

        Of another class those of the term's days up to the pupil's last day here; who was not here in the term has its own
        class's marks alone.
        """
        term, found = self.terms[term_id], defaultdict[int, list[PlainMark]](list)
        last_day = {
            pupil: max(self.days_in_class(pupil, class_id, term["starts_on"], term["ends_on"]), default=None)
            for pupil in self.pupils
        }
        for mark in self.marks():
            lesson, until = mark.lesson, last_day[mark.pupil]
            if lesson["subject_id"] != subject_id:
                continue
            is_here = lesson["class_id"] == class_id and lesson["term_id"] == term_id
            is_brought = (
                lesson["class_id"] != class_id
                and until is not None
                and term["starts_on"] <= lesson["held_on"] <= until
            )
            if is_here or is_brought:
                found[mark.pupil].append(mark)
        return found

    def class_of_term(self, pupil: int, term_id: int) -> int | None:
        """Return the class in which a pupil's term ends: the last one that reports by it."""
        term = self.terms[term_id]
        ends = {
            class_id: max(days)
            for class_id in self.classes
            if term_id in self.terms_of_class[class_id]
            and (days := self.days_in_class(pupil, class_id, term["starts_on"], term["ends_on"]))
        }
        return max(ends, key=lambda class_id: ends[class_id]) if ends else None

    def hours(self, class_id: int, subject_id: int, day: date, group: int | None = None) -> float:
        """Return the weekly hours of a subject in force on a day: of the class, and of one of its subgroups."""
        return sum(
            row["hours_a_week"]
            for row in self.loads
            if row["class_id"] == class_id
            and row["subject_id"] == subject_id
            and row["subgroup_id"] in (None, group)
            and (row["starts_on"] or LONG_AGO) <= day <= (row["ends_on"] or FAR_AHEAD)
        )

    def fewest_marks(self, class_id: int, subject_id: int, term_id: int, group: int | None = None) -> int:
        """Return the least number of marks of a term by the hours of today, or of its last day (п. 5.2)."""
        term = self.terms[term_id]
        hours = self.hours(
            class_id, subject_id, max(term["starts_on"], min(self.today, term["ends_on"])), group
        )
        return 3 if hours <= 1 else 5 if hours <= 2 else 6

    def year_marks(self, pupil: int, subject_id: int) -> list[int]:
        """Return the term marks that classes of the school gave a pupil in a subject, in the order of the terms."""
        rows = [
            row for row in self.term_marks if row["pupil_id"] == pupil and row["subject_id"] == subject_id
        ]
        return [row["value"] for row in sorted(rows, key=lambda row: self.terms[row["term_id"]]["ends_on"])]

    def attendance(self, class_id: int, term_id: int) -> dict[int, Counter[str]]:
        """Return by pupil the lessons of a class in a term: «lessons», and how many of each letter."""
        found = defaultdict[int, Counter[str]](Counter)
        for lesson in self.lessons.values():
            if (lesson["class_id"], lesson["term_id"]) != (class_id, term_id):
                continue
            if lesson["lesson_id"] not in self.entered_lessons or lesson["held_on"] > self.today:
                continue
            for pupil in self.pupils:
                if self.is_listed(pupil, lesson):
                    found[pupil]["lessons"] += 1
                    found[pupil].update(self.cells.get((lesson["lesson_id"], pupil), "")[:1])
        return found

    def progress(self, register: tuple[int, int, int | None], term_id: int) -> tuple[int, int, int, int]:
        """Return of a register's plan at the end of a term, or today: hours planned, held, due and lessons without a topic.

        A lesson takes an hour of its topic; beyond the topic's hours, or with a topic of no plan, it is lost, as a cancelled
        one is. Lessons without a topic take what is left.
        """
        plan = self.plans.get(register)
        hours = {row["title"]: row["hours"] for row in self.plan_topics if row["plan_id"] == plan}
        last, given, lost, unwritten = self.terms[term_id]["ends_on"], Counter[str](), 0, 0
        for lesson in self.lessons.values():
            is_of_register = (lesson["class_id"], lesson["subject_id"], lesson["subgroup_id"]) == register
            is_settled = lesson["topic"] != "" or lesson["status"] == "cancelled"
            is_past = lesson["held_on"] < self.today or (lesson["held_on"] == self.today and is_settled)
            if plan is None or not is_of_register or not is_past or lesson["held_on"] > last:
                continue
            if lesson["status"] == "cancelled":
                lost += 1
            elif lesson["topic"] == "":
                unwritten += 1
            elif given[lesson["topic"]] < hours.get(lesson["topic"], 0):
                given[lesson["topic"]] += 1
            else:
                lost += 1
        planned, held = sum(hours.values()), sum(given.values())
        taken = min(unwritten, planned - held)
        return planned, held + taken, min(planned, held + unwritten + lost), unwritten

    def homework(self, class_id: int, term_id: int) -> tuple[int, int, int, int, int]:
        """Return of a class's filled lessons of a term: how many, with homework, without on purpose, days, subjects set a day."""
        filled = [
            lesson
            for lesson in self.lessons.values()
            if (lesson["class_id"], lesson["term_id"]) == (class_id, term_id)
            and lesson["lesson_id"] in self.entered_lessons
            and lesson["held_on"] <= self.today
        ]
        states = Counter(lesson["homework_state"] for lesson in filled)
        days = {lesson["held_on"] for lesson in filled}
        set_on = {
            (lesson["held_on"], lesson["subject_id"])
            for lesson in filled
            if lesson["homework_state"] == "set"
        }
        return len(filled), states["set"], states["none"], len(days), len(set_on)

    def term_marks_against_means(self, terms: set[int]) -> dict[tuple[int, int], tuple[int, int, int]]:
        """Return by teacher and subject how many term marks stand on marks, and how many are above and below their rounded mean."""
        found = defaultdict[tuple[int, int], list[int]](lambda: [0, 0, 0])
        for row in self.term_marks:
            own = self.counted(row["class_id"], row["subject_id"], row["term_id"])[row["pupil_id"]]
            value = mean(own)
            if row["term_id"] in terms and value is not None:
                counts = found[row["teacher_id"], row["subject_id"]]
                counts[0] += 1
                counts[1] += row["value"] > rounded(value)
                counts[2] += row["value"] < rounded(value)
        return {key: (cases, higher, lower) for key, (cases, higher, lower) in found.items()}

    def control_works(self, fewest: int) -> dict[tuple[int, int], tuple[int, float]]:
        """Return by teacher and subject the pupils with control works and ``fewest`` other marks, and the mean gap of the two."""
        own = defaultdict[tuple[int, int, int, int], list[PlainMark]](list)
        for mark in self.marks():
            lesson = mark.lesson
            own[lesson["teacher_id"], lesson["subject_id"], lesson["class_id"], mark.pupil].append(mark)
        gaps = defaultdict[tuple[int, int], list[float]](list)
        for (teacher, subject, _, _), marks in own.items():
            control = [mark.value for mark in marks if mark.is_control]
            others = [mark.value for mark in marks if not mark.is_control]
            if control and len(others) >= fewest:
                gaps[teacher, subject].append(sum(control) / len(control) - sum(others) / len(others))
        return {key: (len(each), sum(each) / len(each)) for key, each in gaps.items()}

    def movement(self, places: set[int], first: date, last: date) -> tuple[int, int, int, int]:
        """Return how many pupils are in these classes on the first day, come, leave, and are there on the last."""
        start = come = leave = end = 0
        for pupil in self.pupils:
            days = [first + number * ONE_DAY for number in range((last - first).days + 1)]
            there = [any(self.is_in_class(pupil, place, day) for place in places) for day in days]
            start, end = start + there[0], end + there[-1]
            for before, after in pairwise(there):
                come, leave = come + (after and not before), leave + (before and not after)
        return start, come, leave, end


def mean(marks: list[PlainMark]) -> float | None:
    """Return the weighted mean; None where nothing has a weight."""
    weight = sum(mark.weight for mark in marks)
    return sum(mark.value * mark.weight for mark in marks) / weight if weight else None


def rounded(value: float) -> int:
    """Return a mean as a mark, halves upwards."""
    return int(value + 0.5 + 1e-9)


def _covers(row: dict[str, Any], day: date) -> bool:
    return (row["starts_on"] or LONG_AGO) <= day < (row["ends_on"] or FAR_AHEAD)


def _rows(store: Store, table: str, order: str = "ALL") -> list[dict[str, Any]]:
    cursor = store.cursor().execute(f"SELECT * FROM {table} ORDER BY {order}")
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
