"""Whose diary somebody may open, and what all of its pages have in common (п. 2.8, 3.6)."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from school.access.action import Action
from school.access.checks import check_may_somewhere
from school.errors import Refusal
from school.families.rules import Hold, cell_of, hold_at, is_correction, is_of_family
from school.families.store import diaries, news
from school.families.store.recent_news import recent_events
from school.records import AbsenceReason, Lesson, Term, User
from school.register.lookups.diary_readers import stays_of_readable_pupil
from school.register.lookups.registers import term_on
from school.register.store.cells import StoredMark, absences_by_lesson, marks_by_lesson
from school.register.store.lessons import lessons_by_id
from school.register.store.pupil_lessons import lessons_of_classes
from school.register.store.registers import class_terms, work_types
from school.store.connection import Store


@dataclass(frozen=True)
class DiaryPupil:
    """Whose diary it is: the class of today, or else the last one, and its terms that have begun.

    ``class_ids``: all classes that the pupil is or was in; ``hold``: marks that wait for the school's hour, for this reader.
    """

    pupil_id: int
    name: str
    class_id: int | None
    class_name: str
    school_year: int | None
    class_ids: tuple[int, ...]
    terms: tuple[Term, ...]
    hold: Hold | None = None

    def term(self, term_id: int | None, today: date) -> Term | None:
        """Return a term by its id, or that of today, or the last one; None before the first."""
        return next((each for each in self.terms if each.term_id == term_id), None) or term_on(
            self.terms, today
        )


@dataclass(frozen=True)
class Correction:
    """A change of marks that stood already; ``new_text`` is empty where they were taken back, ``shown_from`` as of a mark."""

    changed_at: datetime
    old_text: str
    new_text: str
    reason: str
    shown_from: datetime | None = None


@dataclass(frozen=True)
class DiaryMark:
    """A mark as a family reads it; ``shown_from``: the hour at which the family will, of a mark that staff see before it."""

    value: int
    weight: float
    work_type: str
    recorded_at: datetime | None
    shown_from: datetime | None = None


@dataclass(frozen=True)
class DiaryCell:
    """What a pupil has at a lesson."""

    marks: tuple[DiaryMark, ...] = ()
    absence: AbsenceReason | None = None
    absence_recorded_at: datetime | None = None
    corrections: tuple[Correction, ...] = ()


def children_of(store: Store, user: User) -> dict[int, str]:
    """Return a guardian's children, or the pupil themself, by id: last and first name. Others have none."""
    check_may_somewhere(user, Action.READ_DIARY)
    return {pupil: name.short for pupil, name in diaries.pupil_names(store, user.pupil_ids).items()}


def diary_pupil(
    store: Store,
    user: User,
    pupil_id: int,
    today: date,
    now: datetime | None = None,
    *,
    is_for_family: bool = False,
) -> DiaryPupil:
    """Return whose diary it is. Without ``now`` a family sees no mark of a day whose hour the school has chosen.

    ``is_for_family``: what staff hand to a family waits for the hour as the family's own reading does.
    Raises AccessRefused for a pupil who is not the user's to see, known or not; Refusal where nobody has the id.
    """
    pupil = store.cache("choices").get(
        ("pupil", user, pupil_id, today),
        store.state_of_pupil(pupil_id),
        lambda: _pupil(store, user, pupil_id, today),
    )
    hides, moment = is_for_family or is_of_family(user, pupil_id), now or datetime.combine(today, time())
    return replace(pupil, hold=hold_at(moment, news.marks_hours(store), hides=hides))


def _pupil(store: Store, user: User, pupil_id: int, today: date) -> DiaryPupil:
    stays = stays_of_readable_pupil(store, user, pupil_id, today)
    name = diaries.pupil_names(store, frozenset([pupil_id])).get(pupil_id)
    if name is None:
        raise Refusal("Такого ученика нет.", next_step="Откройте дневник по ссылке из списка класса.")
    current = stays[0] if stays else None
    terms = class_terms(store, current.class_id) if current else []
    return DiaryPupil(
        pupil_id,
        name.short,
        current.class_id if current else None,
        current.class_name if current else "",
        current.school_year if current else None,
        tuple(dict.fromkeys(each.class_id for each in stays)),
        tuple(each for each in terms if each.starts_on <= today),
    )


def marks_wait_until(store: Store, now: datetime) -> datetime | None:
    """Return when families see the marks of this day; None where they see them already."""
    hold = hold_at(now, news.marks_hours(store), hides=True)
    return hold.until if hold else None


def diary_lesson_ids(
    store: Store, user: User, pupil_id: int, first_day: date, last_day: date
) -> frozenset[int]:
    """Return the lessons whose entries may change what a diary says of these days. Raises AccessRefused or Refusal."""
    return lesson_ids_of_classes(store, diary_pupil(store, user, pupil_id, first_day), first_day, last_day)


def lesson_ids_of_classes(store: Store, pupil: DiaryPupil, first_day: date, last_day: date) -> frozenset[int]:
    """Return the lessons of a pupil's classes from one day to another: once for all who are in the same."""
    return store.cache("choices").get(
        ("lessons of days", pupil.class_ids, first_day, last_day),
        store.state_but_entries(),
        lambda: frozenset(
            each.lesson_id for each in lessons_of_classes(store, pupil.class_ids, first_day, last_day)
        ),
    )


def cells_of_pupil(store: Store, pupil: DiaryPupil, lesson_ids: Collection[int]) -> dict[int, DiaryCell]:
    """Return what a pupil has at lessons, as the reader of this diary may see it; those with nothing are missing.

    Every page of a family reads cells here: marks entered before the school's hour wait for it, absences do not.
    """
    marks, corrections = _marks(store, pupil, lesson_ids), _corrections(store, pupil, lesson_ids)
    absences = {
        lesson: absence
        for lesson, of_all in absences_by_lesson(store, lesson_ids).items()
        for absence in of_all
        if absence.pupil_id == pupil.pupil_id
    }
    lessons, types = lessons_by_id(store, marks), work_types(store)

    def mark_of(lesson: Lesson, mark: StoredMark) -> DiaryMark:
        kind = types.get(mark.work_type_id or lesson.work_type_id or 0)
        own = (kind.weight if kind else 1.0) if mark.weight is None else mark.weight
        until = pupil.hold.until if pupil.hold and _waits(mark, pupil.hold) else None
        return DiaryMark(mark.value, own, kind.name if kind else "", mark.recorded_at, until)

    return {
        lesson: DiaryCell(
            tuple(mark_of(lessons[lesson], each) for each in marks.get(lesson, ())),
            AbsenceReason(absences[lesson].reason) if lesson in absences else None,
            absences[lesson].recorded_at if lesson in absences else None,
            corrections.get(lesson, ()),
        )
        for lesson in (*marks, *(absences.keys() | corrections.keys()) - marks.keys())
    }


def _marks(store: Store, pupil: DiaryPupil, lesson_ids: Collection[int]) -> dict[int, list[StoredMark]]:
    """Return a pupil's marks at lessons: to a family, while the marks of the day wait, those that stood there before."""
    found = {
        lesson: own
        for lesson, of_all in marks_by_lesson(store, lesson_ids).items()
        if (own := [each for each in of_all if each.pupil_id == pupil.pupil_id])
    }
    hold = pupil.hold
    if hold is None or not hold.hides:
        return found
    before = recent_events(store, hold.since.date()).cells_before(pupil.pupil_id, hold.since)
    for lesson in before.keys() & set(lesson_ids):
        slots = {each.slot: each for each in found.get(lesson, ())}
        found[lesson] = [
            slots.get(slot, StoredMark(pupil.pupil_id, slot, value, None, None, None))._replace(value=value)
            for slot, value in enumerate(cell_of(before[lesson]).marks, 1)
        ]
    # An import leaves no event of each mark.
    return {
        lesson: own
        for lesson, marks in found.items()
        if (own := [each for each in marks if lesson in before or not _waits(each, hold)])
    }


def _waits(mark: StoredMark, hold: Hold) -> bool:
    return mark.recorded_at is not None and mark.recorded_at >= hold.since


def _corrections(
    store: Store, pupil: DiaryPupil, lesson_ids: Collection[int]
) -> Mapping[int, tuple[Correction, ...]]:
    found: dict[int, tuple[Correction, ...]] = defaultdict(tuple)
    for lesson, changes in diaries.changes_by_lesson(store, lesson_ids).items():
        for each in changes:
            if each.pupil_id != pupil.pupil_id or not is_correction(each.old_text, each.new_text):
                continue
            waits = pupil.hold if pupil.hold and each.changed_at >= pupil.hold.since else None
            if waits is None or not waits.hides:
                until = waits.until if waits else None
                found[lesson] += (
                    Correction(each.changed_at, each.old_text, each.new_text, each.reason, until),
                )
    return found
