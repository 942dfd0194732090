"""The lesson plan against the lessons: laid over them, held, behind, replanned (п. 2.2, 4.5, 6.3). One hour is one lesson."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from school.errors import RuleRefused
from school.records import PlanLesson, PlanTopic
from school.register.rules.entry import TOPIC_LENGTH

# A merged topic that would be longer ends with this.
CUT = "…"
# Works of п. 5.2 keep a lesson of their own as long as anything else can give way.
WRITTEN_CONTROL_WORD = "контрольн"
# «Контрольная работа», «контрольный диктант»; «к контрольной», «ошибки контрольной» are lessons about one.
_CONTROL_WORK = re.compile(rf"\b{WRITTEN_CONTROL_WORD}(?:ая|ый|ое|ые)\b")


@dataclass(frozen=True)
class PlacedLesson:
    """A lesson with the place of its topic in the plan (from 0), or None; ``is_planned`` when it holds a planned hour."""

    lesson: PlanLesson
    place: int | None = None
    is_planned: bool = False


def lay_over(topics: Sequence[PlanTopic], lessons: Sequence[PlanLesson]) -> list[PlacedLesson]:
    """Lay a plan over lessons in their order (п. 4.5).

    A cancelled lesson holds nothing. A written topic is the plan's where it was taken from the plan or says the
    same words; beyond the topic's hours, or in words of its own, it holds no planned hour. Every other lesson
    takes the first hour that is left.
    """
    hours = _Hours(topics)
    written = [_written(hours, lesson) for lesson in lessons]
    return [known or _next_hour(hours, lesson) for lesson, known in zip(lessons, written, strict=True)]


def _written(hours: "_Hours", lesson: PlanLesson) -> PlacedLesson | None:
    if lesson.is_cancelled:
        return PlacedLesson(lesson)
    if not lesson.topic:
        return None
    place = hours.place_of(lesson)
    return PlacedLesson(lesson, place, place is not None and hours.use(place))


def _next_hour(hours: "_Hours", lesson: PlanLesson) -> PlacedLesson:
    place = hours.first_left()
    return PlacedLesson(lesson, place, place is not None and hours.use(place))


class _Hours:
    """The hours of a plan that no lesson has taken yet."""

    def __init__(self, topics: Sequence[PlanTopic]) -> None:
        self.left = [topic.hours for topic in topics]
        self.first = 0
        self.by_id = {
            topic.topic_id: place for place, topic in enumerate(topics) if topic.topic_id is not None
        }
        self.words = [words_of(topic.title) for topic in topics]
        self.by_words: dict[str, list[int]] = {}
        for place, words in enumerate(self.words):
            self.by_words.setdefault(words, []).append(place)

    def place_of(self, lesson: PlanLesson) -> int | None:
        own = self.by_id.get(lesson.topic_id) if lesson.topic_id is not None else None
        if own is not None and self.left[own]:
            return own
        # A topic that stands in the plan twice has the hours of both.
        places = self.by_words.get(words_of(lesson.topic) if own is None else self.words[own], [])
        last = own if own is not None else (places[-1] if places else None)
        return next((place for place in places if self.left[place]), last)

    def use(self, place: int) -> bool:
        is_left = self.left[place] > 0
        self.left[place] -= is_left
        return is_left

    def first_left(self) -> int | None:
        while self.first < len(self.left) and not self.left[self.first]:
            self.first += 1
        return self.first if self.first < len(self.left) else None


def words_of(topic: str) -> str:
    """Return a topic's words as they are compared: without case, spare spaces and the last stop."""
    return " ".join(topic.casefold().replace("ё", "е").split()).rstrip(".")


def is_control_topic(title: str) -> bool:
    """Whether a topic of a plan is a written control work (п. 5.2): named as one, not its preparation or its mistakes."""
    return _CONTROL_WORK.search(words_of(title)) is not None


def planned_topic(
    topics: Sequence[PlanTopic], lessons: Sequence[PlanLesson], lesson_id: int
) -> PlanTopic | None:
    """Return the plan's topic for a lesson as if nothing were written there yet; None where the plan has none."""
    asked = [
        replace(lesson, topic="", topic_id=None) if lesson.lesson_id == lesson_id else lesson
        for lesson in lessons
    ]
    placed = (each for each in lay_over(topics, asked) if each.lesson.lesson_id == lesson_id)
    found = next(placed, None)
    return topics[found.place] if found and found.place is not None else None


@dataclass(frozen=True)
class PlanProgress:
    """A plan against the lessons up to a day, in lessons (п. 6.3).

    ``due`` is what the plan should have reached, ``held`` what it has; ``cancelled`` and ``off_plan`` say where the
    difference went; ``unwritten`` lessons were held, but their topic is not in the register yet.
    """

    total: int
    due: int
    held: int
    cancelled: int = 0
    off_plan: int = 0
    unwritten: int = 0

    @property
    def lag(self) -> int:
        """How many lessons the class is behind its plan."""
        return self.due - self.held

    @property
    def held_share(self) -> float | None:
        """Curriculum coverage: percent of the plan that was held; None without a plan."""
        return 100 * self.held / self.total if self.total else None


def progress(
    topics: Sequence[PlanTopic], lessons: Sequence[PlanLesson], today: date, replanned_on: date | None = None
) -> PlanProgress:
    """Hold a plan against its lessons (п. 6.3): past ones, and today's once they are written or cancelled.

    Lessons lost up to ``replanned_on`` were made up for by changing the plan: they are not lost again.
    """
    total = sum(topic.hours for topic in topics)
    due = [lesson for lesson in lessons if _is_due(lesson, today)]
    placed = lay_over(topics, due)
    held = [each for each in placed if each.is_planned]
    lost = [
        each
        for each in placed
        if not each.is_planned and (replanned_on is None or each.lesson.held_on > replanned_on)
    ]
    cancelled = sum(each.lesson.is_cancelled for each in lost)
    unwritten = sum(not lesson.topic and not lesson.is_cancelled for lesson in due)
    return PlanProgress(
        total, min(total, len(held) + len(lost)), len(held), cancelled, len(lost) - cancelled, unwritten
    )


def _is_due(lesson: PlanLesson, today: date) -> bool:
    return lesson.held_on < today or (lesson.held_on == today and (bool(lesson.topic) or lesson.is_cancelled))


def lessons_left(lessons: Sequence[PlanLesson], today: date) -> int:
    """Return how many lessons are still to be held, today's unwritten ones among them."""
    return sum(not lesson.is_cancelled and not _is_due(lesson, today) for lesson in lessons)


def held_hours(topics: Sequence[PlanTopic], lessons: Sequence[PlanLesson], today: date) -> list[int]:
    """Return how many hours of each topic were held by today."""
    hours = [0] * len(topics)
    for each in lay_over(topics, [lesson for lesson in lessons if _is_due(lesson, today)]):
        if each.is_planned and each.place is not None:
            hours[each.place] += 1
    return hours


def expected_lessons(
    slots: Collection[tuple[int, int]],
    spans: Collection[tuple[date, date]],
    days_off: Collection[date],
    after: date,
) -> Iterator[PlanLesson]:
    """Yield the lessons that a timetable promises after a day.

    ``slots`` are (ISO weekday, lesson number); ``spans`` the first and last days of the terms.
    """
    days = sorted(
        {day for starts_on, ends_on in spans for day in _days(max(starts_on, after + timedelta(1)), ends_on)}
    )
    for day in days:
        if day not in days_off:
            for weekday, number in sorted(slots):
                if weekday == day.isoweekday():
                    yield PlanLesson(day, number)


def _days(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(offset)


@dataclass
class ReplannedTopic:
    """A topic of a proposal: what is held of it, what is left, and the topics of the old plan it is made of."""

    before: list[PlanTopic]
    hours_held: int
    hours_left: int

    @property
    def after(self) -> PlanTopic:
        """The topic as the new plan has it."""
        title = "; ".join(topic.title for topic in self.before)
        if len(title) > TOPIC_LENGTH:
            title = title[: TOPIC_LENGTH - len(CUT)] + CUT
        return PlanTopic(title, self.hours_held + self.hours_left, self.before[0].topic_id)

    @property
    def is_changed(self) -> bool:
        """Whether anything differs from the old plan."""
        return len(self.before) > 1 or self.before[0].hours != self.after.hours

    @property
    def has_control(self) -> bool:
        """Whether a written control work is part of it (п. 5.2)."""
        return any(WRITTEN_CONTROL_WORD in words_of(topic.title) for topic in self.before)


def replan(topics: Sequence[PlanTopic], hours_held: Sequence[int], lessons_left: int) -> list[ReplannedTopic]:
    """Propose how the rest of a plan fits into the lessons that are left; what was held stays (п. 4.5).

    First the longest topics give up hours, each down to one (a topic begun already, down to what was held); then
    neighbouring topics are merged. Later topics give way before earlier ones, control works last.
    Raises RuleRefused when something is left to teach and no lesson for it.
    """
    rest = [
        ReplannedTopic([topic], min(held, topic.hours), max(0, topic.hours - held))
        for topic, held in zip(topics, hours_held, strict=True)
    ]
    if sum(topic.hours_left for topic in rest) and lessons_left < 1:
        raise RuleRefused(
            "Перепланировать некуда: уроков не осталось.",
            next_step="Попросите заместителя директора добавить уроки.",
        )
    _shorten(rest, lessons_left)
    _merge(rest, lessons_left)
    return rest


def _shorten(rest: list[ReplannedTopic], lessons_left: int) -> None:
    excess = sum(topic.hours_left for topic in rest) - lessons_left
    while excess > 0:
        longest = _best(rest, lambda topic: topic.hours_left - (0 if topic.hours_held else 1) > 0)
        if longest is None:
            return
        rest[longest].hours_left -= 1
        excess -= 1


def _best(rest: list[ReplannedTopic], may_give: Callable[[ReplannedTopic], bool]) -> int | None:
    places = [place for place, topic in enumerate(rest) if may_give(topic)]
    return max(places, key=lambda place: (rest[place].hours_left, place), default=None)


def _merge(rest: list[ReplannedTopic], lessons_left: int) -> None:
    while sum(topic.hours_left for topic in rest) > lessons_left:
        open_places = [place for place, topic in enumerate(rest) if topic.hours_left]
        first, second = min(pairwise(open_places), key=lambda pair: _cost(rest, pair))
        rest[first].before += rest[second].before
        del rest[second]


def _cost(rest: list[ReplannedTopic], pair: tuple[int, int]) -> tuple[bool, int, int]:
    one, other = (rest[place] for place in pair)
    return (one.has_control or other.has_control, len(one.before) + len(other.before), -pair[0])
