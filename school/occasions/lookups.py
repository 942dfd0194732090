"""Events as a family and the staff may see them: what is ahead, who comes, who has not answered (п. 3.6)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from school.access.action import Action
from school.access.checks import check_may, check_may_somewhere, may
from school.access.scopes import Rows
from school.calendar import school_year_of
from school.errors import AccessRefused, Refusal
from school.files.kept import content_of
from school.occasions import store as stored
from school.occasions.rules import Circle, Side, takes_answers
from school.occasions.store import Occasion, OccasionAnswer, OccasionFile, YearClass
from school.records import PersonName, Role, User
from school.register.lookups.diary_readers import stays_of_readable_pupil
from school.register.store.class_members import Member, members_on
from school.register.store.pupil_lessons import PupilClass, classes_of_pupil
from school.spans import is_in_span
from school.store.connection import Store
from school.store.reading import Reader

__all__ = ["Occasion", "OccasionAnswer", "OccasionFile", "YearClass"]

# A family sees what was, so many days back.
DAYS_BACK = 30


@dataclass(frozen=True)
class PupilOccasion:
    """An event of a pupil, with the family's answer and the pupil's own, None where there is none."""

    occasion: Occasion
    guardian_answer: OccasionAnswer | None
    pupil_answer: OccasionAnswer | None


def pupil_occasions(reader: Reader, pupil_id: int, first_day: date, last_day: date) -> list[PupilOccasion]:
    """Return the events of a pupil that have any day of a span, cancelled ones too, by day: from memory.

    Whoever asks has checked that the pupil's diary may be read.
    """
    years = {school_year_of(first_day), school_year_of(last_day)}
    dated = [
        each
        for year in sorted(years)
        for each in stored.occasions_of_year(reader, year)
        if each.draft.starts_on <= last_day and each.draft.ends_on >= first_day
    ]
    if not dated:
        return []
    stays = classes_of_pupil(reader, pupil_id, first_day)
    own = [each for each in dated if is_of_pupil(reader, each, stays)]
    answers = stored.answers_of(reader, [each.occasion_id for each in own])
    return [
        PupilOccasion(
            each,
            answers[each.occasion_id].get((Side.GUARDIAN, pupil_id)),
            answers[each.occasion_id].get((Side.PUPIL, pupil_id)),
        )
        for each in own
    ]


def is_of_pupil(reader: Reader, occasion: Occasion, stays: Iterable[PupilClass]) -> bool:
    """Whether a pupil reads of an event by their stays in classes: that of its first day decides."""
    if occasion.draft.is_staff_only:
        return False
    day, grades = occasion.draft.starts_on, None
    for stay in stays:
        if stay.school_year != occasion.school_year or not is_in_span([(stay.starts_on, stay.ends_on)], day):
            continue
        grades = grades or {
            each.class_id: each.grade_level for each in stored.classes_of_year(reader, occasion.school_year)
        }
        if occasion.audience.includes(stay.class_id, grades.get(stay.class_id)):
            return True
    return False


def read_occasions_ahead(store: Store, today: date) -> None:
    """Read the events of the school year with their answers before the first family asks."""
    found = stored.occasions_of_year(store, school_year_of(today))
    stored.answers_of(store, [each.occasion_id for each in found])


@dataclass(frozen=True)
class FamilyOccasion:
    """An event as somebody of the family reads it; ``asks``: this reader is asked, ``may_answer``: and still may say.

    ``who``: which guardian answered; ``is_over``: of past days.
    """

    occasion: Occasion
    guardian_answer: OccasionAnswer | None
    pupil_answer: OccasionAnswer | None
    who: str
    asks: bool
    may_answer: bool
    is_over: bool
    for_whom: str


def family_occasions(store: Store, user: User, pupil_id: int, *, now: datetime) -> list[FamilyOccasion]:
    """Return the events of a pupil ahead by day, then those of the last ``DAYS_BACK``, the newest first. Raises AccessRefused."""
    today = now.date()
    stays_of_readable_pupil(store, user, pupil_id, today)
    found = pupil_occasions(store, pupil_id, today - timedelta(DAYS_BACK), today + timedelta(366))
    answered = [each.guardian_answer.answered_by for each in found if each.guardian_answer]
    names = stored.guardian_names(store, answered)
    answers = may(user, Action.ANSWER_OCCASION, Rows(pupil_id=pupil_id))
    is_guardian = user.has(Role.GUARDIAN)
    seen = []
    for each in found:
        draft = each.occasion.draft
        asks = answers and (draft.asks_guardians if is_guardian else draft.asks_pupils)
        seen.append(
            FamilyOccasion(
                each.occasion,
                each.guardian_answer,
                each.pupil_answer,
                names.get(each.guardian_answer.answered_by, "") if each.guardian_answer else "",
                asks,
                asks and takes_answers(draft, each.occasion.cancelled_at, now),
                draft.ends_on < today,
                audience_words(store, each.occasion),
            )
        )
    return [each for each in seen if not each.is_over] + [each for each in reversed(seen) if each.is_over]


def audience_words(reader: Reader, occasion: Occasion) -> str:
    """Return «вся школа», «сотрудники», «7-е классы», «7А»."""
    audience = occasion.audience
    if audience == Circle() and occasion.draft.is_staff_only:
        return "сотрудники"
    if audience.class_id is not None:
        classes = stored.classes_of_year(reader, occasion.school_year)
        return next((each.name for each in classes if each.class_id == audience.class_id), "класс")
    return "вся школа" if audience.grade_level is None else f"{audience.grade_level}-е классы"


@dataclass(frozen=True)
class Asked:
    """How many are asked, and how many said yes and no."""

    asked: int
    coming: int
    not_coming: int

    @property
    def silent(self) -> int:
        """How many have not answered."""
        return self.asked - self.coming - self.not_coming


@dataclass(frozen=True)
class StaffOccasion:
    """An event as an employee reads it.

    ``families``: answers by child (the family's, or the pupil's own where only pupils are asked) in the classes that the reader
    plans for, None where nobody is asked or they may not know; ``staff``: the same of employees, for who plans for the school.
    ``own_answer``: theirs; ``asks_me``: they are asked, and may still say.
    """

    occasion: Occasion
    for_whom: str
    author: str
    families: Asked | None
    staff: Asked | None
    own_answer: OccasionAnswer | None
    asks_me: bool
    may_edit: bool


def staff_occasions(store: Store, user: User, school_year: int, *, now: datetime) -> list[StaffOccasion]:
    """Return the events of a school year by day. Raises AccessRefused."""
    check_may(user, Action.READ_OCCASIONS)
    found = stored.occasions_of_year(store, school_year)
    answers = stored.answers_of(store, [each.occasion_id for each in found])
    authors = stored.author_names(store, {each.written_by for each in found})
    seen = []
    for each in found:
        own, draft = answers[each.occasion_id], each.draft
        planned = _planned_classes(store, user, each)
        members = members_on(store, [one.class_id for one in planned], draft.starts_on) if planned else []
        is_whole = may(user, Action.PLAN_OCCASIONS)
        asks_staff = draft.asks_staff and (is_whole or user.staff_id is not None)
        employees = stored.asked_staff(store, each, now.date()) if asks_staff else {}
        seen.append(
            StaffOccasion(
                each,
                audience_words(store, each),
                authors.get(each.written_by, ""),
                _asked(own, _side(each), [one.pupil_id for one in members])
                if planned and _side(each)
                else None,
                _asked(own, Side.STAFF, employees) if draft.asks_staff and is_whole else None,
                own.get((Side.STAFF, user.staff_id or 0)),
                user.staff_id in employees and takes_answers(draft, each.cancelled_at, now),
                may(user, Action.PLAN_OCCASIONS, Rows(class_id=each.audience.class_id)),
            )
        )
    return seen


def _side(occasion: Occasion) -> Side | None:
    draft = occasion.draft
    return Side.GUARDIAN if draft.asks_guardians else Side.PUPIL if draft.asks_pupils else None


def _planned_classes(store: Store, user: User, occasion: Occasion) -> list[YearClass]:
    """Return those classes of an event whose answers the user may read: the homeroom teacher the own one's, of a school's event too."""
    classes = stored.audience_classes(store, occasion.school_year, occasion.audience)
    return [each for each in classes if may(user, Action.PLAN_OCCASIONS, Rows(class_id=each.class_id))]


def _asked(
    answers: Mapping[tuple[Side, int], OccasionAnswer], side: Side | None, people: Iterable[int]
) -> Asked | None:
    if side is None:
        return None
    asked = list(people)
    given = [answers[side, each].is_coming for each in asked if (side, each) in answers]
    return Asked(len(asked), sum(given), len(given) - sum(given))


@dataclass(frozen=True)
class ClassOccasion:
    """An event as it concerns one class: how many of its families have answered, None where they are not asked."""

    occasion: Occasion
    families: Asked | None


def class_occasions(store: Store, user: User, class_id: int, *, now: datetime) -> list[ClassOccasion]:
    """Return the events of a class's families that are not over, by day, cancelled ones too. Raises AccessRefused."""
    check_may(user, Action.PLAN_OCCASIONS, Rows(class_id=class_id))
    year = school_year_of(now.date())
    found = [
        each
        for each in stored.occasions_of_year(store, year)
        if each.draft.ends_on >= now.date()
        and not each.draft.is_staff_only
        and any(one.class_id == class_id for one in stored.audience_classes(store, year, each.audience))
    ]
    answers = stored.answers_of(store, [each.occasion_id for each in found])
    return [
        ClassOccasion(
            each,
            _asked(
                answers[each.occasion_id],
                _side(each),
                [one.pupil_id for one in members_on(store, [class_id], each.draft.starts_on)],
            ),
        )
        for each in found
    ]


@dataclass(frozen=True)
class ChildAnswer:
    """What was said of a child: the pupil's answer and the family's, with which guardian; None where there is none or nobody is asked."""

    pupil_id: int
    class_name: str
    name: PersonName
    guardian_answer: OccasionAnswer | None
    who: str
    pupil_answer: OccasionAnswer | None


@dataclass(frozen=True)
class StaffAnswer:
    """What an employee said; None: nothing yet."""

    name: str
    answer: OccasionAnswer | None


@dataclass(frozen=True)
class OccasionAnswers:
    """Who comes to an event, who does not and who has not answered, by class and name."""

    occasion: Occasion
    children: tuple[ChildAnswer, ...]
    staff: tuple[StaffAnswer, ...]


def occasion_answers(store: Store, user: User, occasion_id: int, *, today: date) -> OccasionAnswers:
    """Return the answers to an event in the classes that the user plans for, those of the staff to who plans for the school.

    Raises AccessRefused, Refusal where there is no such event.
    """
    check_may_somewhere(user, Action.PLAN_OCCASIONS)
    occasion = stored.occasion_by_id(store, occasion_id)
    if occasion is None:
        raise Refusal("Такого события нет.", next_step="Выберите его из списка.")
    classes = {each.class_id: each.name for each in _planned_classes(store, user, occasion)}
    if not classes:
        check_may(user, Action.PLAN_OCCASIONS)
    answers = stored.answers_of(store, [occasion_id])[occasion_id]
    given = {each.answered_by for each in answers.values() if each.side == Side.GUARDIAN}
    names = stored.guardian_names(store, given)
    places = {class_id: place for place, class_id in enumerate(classes)}
    members = sorted(
        members_on(store, list(classes), occasion.draft.starts_on), key=lambda each: places[each.class_id]
    )
    asks_staff = occasion.draft.asks_staff and may(user, Action.PLAN_OCCASIONS)
    employees = stored.asked_staff(store, occasion, today) if asks_staff else {}
    return OccasionAnswers(
        occasion,
        tuple(_of_child(each, classes[each.class_id], answers, names) for each in members),
        tuple(StaffAnswer(name, answers.get((Side.STAFF, staff))) for staff, name in employees.items()),
    )


def _of_child(
    member: Member,
    class_name: str,
    answers: Mapping[tuple[Side, int], OccasionAnswer],
    names: Mapping[int, str],
) -> ChildAnswer:
    of_family = answers.get((Side.GUARDIAN, member.pupil_id))
    return ChildAnswer(
        member.pupil_id,
        class_name,
        member.name,
        of_family,
        names.get(of_family.answered_by, "") if of_family else "",
        answers.get((Side.PUPIL, member.pupil_id)),
    )


def plannable_audiences(store: Store, user: User, school_year: int) -> dict[Circle, str]:
    """Return for whom the user may announce events, each in words, the widest first. Raises AccessRefused."""
    check_may_somewhere(user, Action.PLAN_OCCASIONS)
    classes = stored.classes_of_year(store, school_year)
    found: dict[Circle, str] = {}
    if may(user, Action.PLAN_OCCASIONS):
        found[Circle()] = "Вся школа"
        grades = dict.fromkeys(each.grade_level for each in classes if each.grade_level is not None)
        found |= {Circle(grade): f"{grade}-е классы" for grade in grades}
    return found | {
        Circle(None, each.class_id): each.name
        for each in classes
        if may(user, Action.PLAN_OCCASIONS, Rows(class_id=each.class_id))
    }


@dataclass(frozen=True)
class ReadOccasionFile:
    """A file's name, kind and content."""

    title: str
    kind: str
    content: bytes


def read_occasion_file(store: Store, user: User, file_id: int, *, today: date) -> ReadOccasionFile:
    """Return a file of an event to the staff, and to the families it is for.

    Raises AccessRefused, in the same words for a file that is not there.
    """
    file = stored.file_by_id(store, file_id)
    occasion = stored.occasion_by_id(store, file.occasion_id) if file else None
    if file is None or occasion is None or not _may_read(store, user, occasion, today):
        raise AccessRefused("Файл не открывается.", "Его нет или он не для вас.", "Вернитесь на страницу.")
    return ReadOccasionFile(file.title, file.kind, content_of(store, file.stored_name, file.sha256))


def _may_read(store: Store, user: User, occasion: Occasion, today: date) -> bool:
    if may(user, Action.READ_OCCASIONS):
        return True
    return any(
        may(user, Action.READ_DIARY, Rows(pupil_id=each))
        and is_of_pupil(store, occasion, classes_of_pupil(store, each, today))
        for each in user.pupil_ids
    )
