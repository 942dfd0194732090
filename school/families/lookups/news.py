"""«Новое»: what has come into a child's diary since this reader's last visit, the oldest first (п. 2.8, 3.6, 4.7)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from school.access.action import Action
from school.access.checks import check_may, may
from school.access.scopes import Rows
from school.announcements.lookups.family import FamilyAnnouncement, new_announcements
from school.families.lookups.diary import DiaryPupil, diary_pupil, lesson_ids_of_classes
from school.families.rules import MarksHours, cell_of, is_correction, is_of_family, marks_hour_on, shown_from
from school.families.store import news as stored
from school.families.store.news import AskedNews, NewsEvent, Visit
from school.families.store.recent_news import FIRST_DAYS, NO_EVENT, recent_events
from school.families.store.remarks import remarks_of_pupil
from school.homework.store import is_own_task, tasks_of_lessons
from school.materials.lookups import pupil_materials
from school.occasions.lookups import pupil_occasions
from school.occasions.rules import when_words
from school.records import AbsenceReason, HomeworkState, Lesson, RemarkKind, Term, User
from school.register.store.lessons import lessons_by_id
from school.register.store.pupil_lessons import lessons_of_pupil, subgroups_of_pupil
from school.register.store.registers import subject_names
from school.store.connection import Store
from school.tasks.store import register_tasks

__all__ = ["FIRST_DAYS", "Visit"]

YEAR = timedelta(366)


class NewsKind(StrEnum):
    """What has come."""

    MARK = "mark"
    CORRECTION = "correction"
    ABSENCE = "absence"
    REASON = "reason"
    PRESENT = "present"
    REMARK = "remark"
    HOMEWORK = "homework"
    TASK = "task"
    REVIEW = "review"
    MATERIAL = "material"
    OCCASION = "occasion"
    TERM_MARK = "term_mark"
    YEAR_MARK = "year_mark"
    ANNOUNCEMENT = "announcement"
    CONSULTATION = "consultation"
    EVENING = "evening"


@dataclass(frozen=True)
class NewsItem:
    """A thing that is new to a reader.

    ``entered_at`` is when it was entered, ``appeared_at`` when the family could see it first. ``held_on`` is the day of its
    lesson, ``text`` what it says: marks, homework, a remark. A correction has the marks before in ``old_text`` (and no
    ``text`` where they were taken back), a changed reason the one before in ``old_absence``. ``is_changed``: it stood there already,
    of an announcement it is a reminder. ``record_id``: the task, the event or the announcement.
    """

    kind: NewsKind
    pupil_id: int
    event_id: int
    entered_at: datetime
    appeared_at: datetime
    subject_id: int | None = None
    subject_name: str = ""
    held_on: date | None = None
    text: str = ""
    old_text: str = ""
    reason: str = ""
    absence: AbsenceReason | None = None
    old_absence: AbsenceReason | None = None
    remark_kind: RemarkKind | None = None
    term: Term | None = None
    is_changed: bool = False
    record_id: int | None = None


def news_since(
    store: Store, user: User, pupil_id: int, since: datetime | Visit, *, now: datetime
) -> list[NewsItem]:
    """Return what has appeared in a pupil's diary since a moment, or since a visit, the oldest first.

    After a visit nothing is lost: what was entered before it and stored after it is new too. Raises AccessRefused or Refusal.
    """
    entered = _entered_since(store, user, pupil_id, since, now)
    announced = _announced_since(store, user, pupil_id, since, now)
    return sorted([*entered, *announced], key=_order)


def _entered_since(
    store: Store, user: User, pupil_id: int, since: datetime | Visit, now: datetime
) -> list[NewsItem]:
    pupil = diary_pupil(store, user, pupil_id, now.date(), now)
    seen_at, last_event = since if isinstance(since, Visit) else (since, None)
    visible_from = _term_marks_visible_from(store, pupil)
    newly = [pupil_term(pupil, key).starts_on for key, at in visible_from.items() if seen_at < at <= now]
    asked = AskedNews(
        pupil_id,
        pupil.class_ids,
        datetime.combine(seen_at.date(), time()),
        last_event,
        datetime.combine(min(newly), time()) if newly else None,
    )
    recent = recent_events(store, now.date())
    events = recent.of(asked) if recent.holds(asked) else stored.news_events(store, asked)
    return _since(_Items(store, user, pupil, visible_from, now.date()).of(events), since, now)


def _since(items: Iterable[NewsItem], since: datetime | Visit, now: datetime) -> list[NewsItem]:
    seen_at, last_event = since if isinstance(since, Visit) else (since, None)
    return [
        item
        for item in items
        if item.appeared_at <= now
        and (item.appeared_at > seen_at or (last_event is not None and item.event_id > last_event))
    ]


def _order(item: NewsItem) -> tuple[datetime, int]:
    return item.appeared_at, item.event_id


def _announced_since(
    store: Store, user: User, pupil_id: int, since: datetime | Visit, now: datetime
) -> list[NewsItem]:
    """Return announcements that the reader has not opened; whoever has needs no news of them."""
    found = new_announcements(store, user, pupil_id, now=now)
    return _since((_announced(each, pupil_id) for each in found), since, now)


def _announced(found: FamilyAnnouncement, pupil_id: int) -> NewsItem:
    announcement = found.announcement
    return NewsItem(
        NewsKind.ANNOUNCEMENT,
        pupil_id,
        # It came after this event: a visit that knows no later one has not met it.
        announcement.after_event + 1,
        announcement.sent_at,
        found.appeared_at,
        text=announcement.subject,
        is_changed=found.own is not None and found.own.reminded_at is not None,
        record_id=announcement.announcement_id,
    )


def count_news(store: Store, user: User, pupil_id: int, since: datetime | Visit, *, now: datetime) -> int:
    """Return how many things ``news_since`` returns. Raises AccessRefused or Refusal."""
    return len(news_since(store, user, pupil_id, since, now=now))


def last_visits(store: Store, user: User, *, now: datetime) -> dict[int, Visit]:
    """Return how far the user has read the news of each of their children; of those never read, the last ``FIRST_DAYS`` are new."""
    visits = stored.visits_of(store, [user.user_id])[user.user_id] if user.pupil_ids else {}
    first = Visit(datetime.combine(now.date() - timedelta(FIRST_DAYS), time()), NO_EVENT)
    return {pupil: visits.get(pupil, first) for pupil in user.pupil_ids}


def newest_event(store: Store) -> int:
    """Return the number of the newest event: asked before the news are, so that what comes meanwhile stays new."""
    return stored.last_event(store)


def unread_counts(store: Store, user: User, *, now: datetime) -> dict[int, int]:
    """Return how many things are new to a family in the diary of each of its children: one query, the rest from memory."""
    visits = last_visits(store, user, now=now)
    return {pupil: _unread_count(store, user, pupil, visit, now) for pupil, visit in visits.items()}


def _unread_count(store: Store, user: User, pupil_id: int, visit: Visit, now: datetime) -> int:
    today, memory = now.date(), store.cache("choices")
    pupil = diary_pupil(store, user, pupil_id, today, now)
    lessons = lesson_ids_of_classes(store, pupil, today - YEAR, today + YEAR)
    entered: int = memory.get(
        ("news", user, pupil_id, visit, today, pupil.hold),
        store.state_of_pupil(pupil_id, lessons),
        lambda: len(_entered_since(store, user, pupil_id, visit, now)),
    )
    # Who opens an announcement changes nothing that pages in memory would show: it is asked apart, from memory too.
    return entered + len(_announced_since(store, user, pupil_id, visit, now))


def pupil_term(pupil: DiaryPupil, term_id: int) -> Term:
    """Return a term of a pupil by its id."""
    return next(each for each in pupil.terms if each.term_id == term_id)


def _term_marks_visible_from(store: Store, pupil: DiaryPupil) -> dict[int, datetime]:
    """Return from when on the diary shows the marks of each term: once it is closed, or over."""
    closed = stored.closing_moments(store)
    found = {}
    for term in pupil.terms:
        over = datetime.combine(term.ends_on + timedelta(1), time())
        found[term.term_id] = min(closed.get(term.term_id) or over, over)
    return found


@dataclass
class _Items:
    """Makes items of events for one reader of one pupil's diary."""

    store: Store
    user: User
    pupil: DiaryPupil
    visible_from: Mapping[int, datetime]
    today: date

    def of(self, events: list[NewsEvent]) -> list[NewsItem]:
        """Return the items of events; of a lesson's homework one, however often it was changed."""
        self.hours: MarksHours = (
            stored.marks_hours(self.store) if is_of_family(self.user, self.pupil.pupil_id) else {}
        )
        self.subjects = subject_names(self.store)
        self.lessons = lessons_by_id(
            self.store, [each.lesson_id for each in events if each.lesson_id is not None]
        )
        makers: dict[str, Callable[[NewsEvent], Iterable[NewsItem]]] = {
            "cell": self._of_cell,
            "term_mark": self._of_term_mark,
            "year_mark": self._of_year_mark,
            "consultation": self._of_consultation,
            "parents_evening": self._of_consultation,
            "task": self._of_register_task,
            "task_review": self._of_review,
            "material": self._of_material,
        }
        found = [item for each in events if each.kind in makers for item in makers[each.kind](each)]
        found += self._of_remarks([each for each in events if each.kind == "remark"])
        found += self._of_occasions([each for each in events if each.kind == "occasion"])
        return found + self._of_homework(
            [each for each in events if each.kind in stored.LESSON_KINDS and each.lesson_id in self.lessons]
        )

    def _item(
        self, kind: NewsKind, event: NewsEvent, appeared_at: datetime | None = None, **what: object
    ) -> NewsItem:
        lesson = self.lessons.get(event.lesson_id or 0)
        subject_id = lesson.subject_id if lesson else event.subject_id
        return NewsItem(
            kind,
            self.pupil.pupil_id,
            event.event_id,
            event.happened_at,
            appeared_at or event.happened_at,
            subject_id,
            self.subjects.get(subject_id or 0, ""),
            lesson.held_on if lesson else None,
            **what,  # type: ignore[arg-type]
        )

    def _of_cell(self, event: NewsEvent) -> Iterable[NewsItem]:
        if event.lesson_id not in self.lessons:
            return
        old, new = cell_of(event.old_value), cell_of(event.new_value)
        if old.absence != new.absence:
            kind = (
                NewsKind.PRESENT
                if new.absence is None
                else NewsKind.REASON
                if old.absence
                else NewsKind.ABSENCE
            )
            yield self._item(kind, event, absence=new.absence, old_absence=old.absence)
        before, after = (marks_text(each) for each in (old.marks, new.marks))
        at = shown_from(event.happened_at, self.hours)
        if is_correction(before, after):
            yield self._item(NewsKind.CORRECTION, event, at, text=after, old_text=before, reason=event.reason)
        elif before != after:
            added = marks_text(new.marks[len(old.marks) :])
            yield self._item(NewsKind.MARK, event, at, text=added)

    def _of_term_mark(self, event: NewsEvent) -> Iterable[NewsItem]:
        if event.record_id is None or event.record_id not in self.visible_from:
            return
        term = pupil_term(self.pupil, event.record_id)
        at = max(event.happened_at, self.visible_from[term.term_id])
        yield self._final(NewsKind.TERM_MARK, event, at, term)

    def _of_year_mark(self, event: NewsEvent) -> Iterable[NewsItem]:
        yield self._final(NewsKind.YEAR_MARK, event, event.happened_at, None)

    def _final(self, kind: NewsKind, event: NewsEvent, at: datetime, term: Term | None) -> NewsItem:
        old, new = event.old_value or "", event.new_value or ""
        return self._item(
            kind, event, at, text=new, old_text=old, reason=event.reason, term=term, is_changed=bool(old)
        )

    def _of_consultation(self, event: NewsEvent) -> Iterable[NewsItem]:
        # The pupil is not asked, and staff sees talks elsewhere.
        if not may(self.user, Action.BOOK_CONSULTATION, Rows(pupil_id=self.pupil.pupil_id)):
            return
        is_cancelled = bool(event.old_value)
        yield self._item(
            NewsKind.EVENING if event.kind == "parents_evening" else NewsKind.CONSULTATION,
            event,
            text=(event.old_value if is_cancelled else event.new_value) or "",
            reason=event.reason,
            is_changed=is_cancelled,
        )

    def _of_register_task(self, event: NewsEvent) -> Iterable[NewsItem]:
        own = {task.task_id: task for task in register_tasks(self.store, self.pupil.class_ids)}
        if event.new_value and event.record_id in own:
            text = own[event.record_id].text
            yield self._item(NewsKind.TASK, event, text=text, record_id=event.record_id)

    def _of_review(self, event: NewsEvent) -> Iterable[NewsItem]:
        yield self._item(NewsKind.REVIEW, event, text=event.new_value or "", record_id=event.record_id)

    def _of_material(self, event: NewsEvent) -> Iterable[NewsItem]:
        seen = pupil_materials(self.store, self.pupil.pupil_id, self.today)
        for each in seen:
            if event.new_value and each.material_id == event.record_id:
                is_newer = each.series_id != each.material_id
                yield self._item(NewsKind.MATERIAL, event, text=each.title, is_changed=is_newer)

    def _of_occasions(self, events: list[NewsEvent]) -> list[NewsItem]:
        newest = {each.record_id: each for each in events}
        if not newest:
            return []
        ahead = pupil_occasions(self.store, self.pupil.pupil_id, self.today, self.today + YEAR)
        return [
            self._item(
                NewsKind.OCCASION,
                newest[each.occasion.occasion_id],
                text=f"{each.occasion.draft.title}, {when_words(each.occasion.draft)}",
                reason=each.occasion.cancel_reason,
                is_changed=each.occasion.version > 0,
                record_id=each.occasion.occasion_id,
            )
            for each in ahead
            if each.occasion.occasion_id in newest
        ]

    def _of_remarks(self, events: list[NewsEvent]) -> list[NewsItem]:
        if not events:
            return []
        since = min(each.happened_at for each in events).date()
        written = {each.remark_id: each for each in remarks_of_pupil(self.store, self.pupil.pupil_id, since)}
        return [
            self._item(
                NewsKind.REMARK,
                each,
                text=written[each.record_id].text,
                remark_kind=RemarkKind(written[each.record_id].kind),
            )
            for each in events
            if each.record_id in written
        ]

    def _of_homework(self, events: list[NewsEvent]) -> list[NewsItem]:
        own = self._own_lessons(events)
        newest: dict[int, NewsEvent] = {}
        changed: set[int] = set()
        for each in events:
            if each.kind != "homework_task" and each.lesson_id in own:
                lesson_id = own[each.lesson_id].lesson_id
                changed |= {lesson_id} if each.kind == "homework" and each.old_value else set()
                newest[lesson_id] = each
        items = [
            self._item(NewsKind.HOMEWORK, each, text=own[key].homework, is_changed=key in changed)
            for key, each in newest.items()
            if own[key].homework_state == HomeworkState.SET
        ]
        return items + self._of_tasks(
            [each for each in events if each.kind == "homework_task" and each.new_value]
        )

    def _own_lessons(self, events: list[NewsEvent]) -> dict[int | None, Lesson]:
        """Return those lessons of events that the pupil was at: neither of another subgroup nor of a class left or not yet joined."""
        lessons = [self.lessons[each.lesson_id] for each in events if each.lesson_id is not None]
        if not lessons:
            return {}
        days = [each.held_on for each in lessons]
        attended = lessons_of_pupil(self.store, self.pupil.pupil_id, min(days), max(days))
        own = {each.lesson_id for each in attended}
        return {each.lesson_id: each for each in lessons if each.lesson_id in own}

    def _of_tasks(self, events: list[NewsEvent]) -> list[NewsItem]:
        if not events:
            return []
        pupil_id = self.pupil.pupil_id
        subgroups = subgroups_of_pupil(self.store, pupil_id)
        texts = {
            task.task_id: task.text
            for task in tasks_of_lessons(
                self.store, {each.lesson_id for each in events if each.lesson_id in self.lessons}
            )
            if is_own_task(task, pupil_id, subgroups, self.lessons[task.lesson_id].held_on)
        }
        return [
            self._item(NewsKind.TASK, each, text=texts[each.record_id])
            for each in events
            if each.record_id in texts
        ]


def marks_text(marks: tuple[int, ...]) -> str:
    """Return marks as a register writes them: «5/4»."""
    return "/".join(map(str, marks))


@dataclass(frozen=True)
class MarksHourSetting:
    """From which hour families see the marks of a day: today, and from tomorrow on; None: at once."""

    today: time | None
    tomorrow: time | None
    may_edit: bool


def marks_hour_setting(store: Store, user: User, today: date) -> MarksHourSetting:
    """Return the school's hour; raises AccessRefused."""
    check_may(user, Action.READ_MARKING)
    hours = stored.marks_hours(store)
    return MarksHourSetting(
        marks_hour_on(hours, today),
        marks_hour_on(hours, today + timedelta(1)),
        may(user, Action.EDIT_MARKING),
    )
