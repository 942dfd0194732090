"""Opening a school year: the school's name, its calendar, subjects, bell times, classes and last year's copy (п. 4.3)."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from school.access.action import Action
from school.access.checks import check_may
from school.calendar import school_year_title
from school.councils.records import Outcome
from school.councils.store import StoredDecision, decisions_of
from school.errors import RuleRefused
from school.files.plan import SourceRow, check_still_holds
from school.files.rows import OpeningPlan, check_nothing_refused
from school.files.spellings import class_key
from school.people.actions.movements import MoveOrder, depart
from school.people.store.staff import give_role
from school.records import Role, User, WorkType
from school.reference import usual_work_types
from school.register.store.registers import work_types
from school.register.store.work_types import save_work_type
from school.store.connection import Store, Transaction, in_transaction
from school.store.events import Event
from school.store.reading import Reader
from school.year.actions.lesson_making import make_lessons
from school.year.records import ONE_DAY, ClassRecord, YearCalendar, YearKey
from school.year.rules.calendar import calendar_problems
from school.year.rules.calendar_changes import check_calendar_change
from school.year.rules.promotion import (
    Fate,
    Promotion,
    check_all_decided,
    check_order_given,
    check_promotion_day,
    check_promotions,
    leavers_of,
    proposed_load,
    repeated_classes,
)
from school.year.rules.school_tables import check_bells, check_classes, check_subjects
from school.year.store import calendars, school_tables, timetables

LONGEST_SCHOOL_NAME = 120


@in_transaction
def name_school(
    transaction: Transaction, user: User, school_id: int | None, name: str, *, now: datetime
) -> int:
    """Name the school, or make it where there is none yet; return its id. Raises AccessRefused or RuleRefused.

    A new school begins with the usual work types, which it may change (п. 5.2).
    """
    check_may(user, Action.OPEN_YEAR)
    tidy = " ".join(name.split())
    if not 3 <= len(tidy) <= LONGEST_SCHOOL_NAME:
        raise RuleRefused(
            "Название школы не сохранено.",
            f"В нём от 3 до {LONGEST_SCHOOL_NAME} знаков.",
            "Напишите, например: МБОУ «СОШ № 12».",
        )
    there = dict(calendars.known_schools(transaction))
    if school_id is None and there:
        raise RuleRefused("Школа уже есть.", next_step="Обновите страницу.")
    saved = calendars.save_school(transaction, school_id, tidy, is_only=len(there) <= 1)
    old = there.get(saved)
    if not work_types(transaction):
        _add_usual_work_types(transaction)
    transaction.record(Event(now, user.user_id, "school", record_id=saved, old_value=old, new_value=tidy))
    return saved


def _add_usual_work_types(transaction: Transaction) -> None:
    usual = usual_work_types()
    for work_type_id, kind in zip(transaction.new_ids(len(usual)), usual, strict=True):
        save_work_type(transaction, WorkType(work_type_id, *kind))


@in_transaction
def save_year_calendar(
    transaction: Transaction, user: User, school_id: int, calendar: YearCalendar, *, now: datetime
) -> None:
    """Write the calendar of a year (п. 5.1); classes get its terms, lessons ahead without entries follow it.

    Raises AccessRefused, or RuleRefused where it does not hold or facts would fall out of it.
    """
    check_may(user, Action.OPEN_YEAR)
    if problems := calendar_problems(calendar):
        raise RuleRefused("Календарь не сохранён.", " ".join(problems), "Исправьте строки и сохраните.")
    key = YearKey(school_id, calendar.school_year)
    old = calendars.calendar_of(transaction, key)
    if old:
        facts = calendars.fact_days(transaction, key, now.date())
        marked = calendars.terms_with_term_marks(
            transaction, [term.term_id for term in old.terms if term.term_id]
        )
        check_calendar_change(old, calendar, facts, marked)
    calendars.save_calendar(transaction, school_id, calendar)
    calendars.give_terms_to_classes(transaction, key)
    changes = make_lessons(transaction, key, now.date())
    words = f"{school_year_title(calendar.school_year)}, периодов: {len(calendar.terms)}, каникул и выходных: {len(calendar.breaks)}"
    transaction.record(
        Event(now, user.user_id, "year_calendar", new_value="; ".join(filter(None, (words, changes))))
    )


@in_transaction
def save_classes(
    transaction: Transaction,
    user: User,
    key: YearKey,
    rows: Sequence[SourceRow],
    made_from: str,
    *,
    now: datetime,
    is_whole: bool,
) -> OpeningPlan[ClassRecord]:
    """Write classes with their homeroom teachers from rows; return what was done.

    ``made_from``: the digest of the plan that was looked at; ``is_whole``: rows of a typed table, none of which may
    be amiss. Raises AccessRefused or RuleRefused.
    """
    check_may(user, Action.OPEN_YEAR)
    present = school_tables.classes_of_year(transaction, key)
    staff = school_tables.staff_names(transaction, now.date())
    plan = _held(check_classes(rows, present, staff, is_whole=is_whole), made_from, is_whole=is_whole)
    if not plan.brings_anything:
        return plan
    _check_unused(plan, school_tables.classes_in_use, transaction, "Класс")
    school_tables.remove_classes(transaction, [each.record_id for each in plan.removed])
    added = [row.record for row in plan.new]
    ids = school_tables.add_classes(transaction, key, added)
    for row in plan.changed:
        school_tables.update_class(transaction, row.record)
    calendars.give_terms_to_classes(transaction, key)
    _note(transaction, user, now, "classes", plan, lambda record: record.name)
    known = dict(zip(added, ids, strict=True))
    appointments = [
        _Appointment(
            row.record,
            row.record.record_id or known[row.record],
            row.before.homeroom_id if row.before else None,
        )
        for row in (*plan.new, *plan.changed)
    ]
    _appoint_homerooms(transaction, user, now, appointments)
    return plan


@dataclass(frozen=True)
class _Appointment:
    """A class as it is now, and who led it before."""

    record: ClassRecord
    class_id: int
    former_id: int | None = None


def _appoint_homerooms(
    transaction: Transaction, user: User, now: datetime, appointments: Sequence[_Appointment]
) -> None:
    leaders = (each.record.homeroom_id for each in appointments)
    give_role(transaction, [each for each in leaders if each is not None], Role.HOMEROOM)
    names = school_tables.staff_names(transaction, date.min)
    for each in appointments:
        former, leader = names.get(each.former_id or 0), names.get(each.record.homeroom_id or 0)
        if each.record.homeroom_id != each.former_id:
            transaction.record(
                Event(
                    now,
                    user.user_id,
                    "homeroom_teacher",
                    class_id=each.class_id,
                    old_value=former.full if former else None,
                    new_value=f"{each.record.name}: {leader.full}" if leader else None,
                )
            )


@in_transaction
def save_subjects(
    transaction: Transaction,
    user: User,
    school_id: int,
    rows: Sequence[SourceRow],
    made_from: str,
    *,
    now: datetime,
    is_whole: bool,
) -> OpeningPlan[Any]:
    """Write subjects from rows, as ``save_classes`` does. Raises AccessRefused or RuleRefused."""
    check_may(user, Action.OPEN_YEAR)
    present = school_tables.subjects_of_school(transaction, school_id)
    plan = _held(check_subjects(rows, present, is_whole=is_whole), made_from, is_whole=is_whole)
    _check_unused(plan, school_tables.subjects_in_use, transaction, "Предмет")
    school_tables.remove_subjects(transaction, [each.record_id for each in plan.removed])
    school_tables.add_subjects(transaction, school_id, [row.record for row in plan.new])
    for row in plan.changed:
        school_tables.update_subject(transaction, row.record)
    _note(transaction, user, now, "subjects", plan, lambda record: record.name)
    return plan


@in_transaction
def save_bell_times(
    transaction: Transaction,
    user: User,
    rows: Sequence[SourceRow],
    made_from: str,
    *,
    now: datetime,
    is_whole: bool,
) -> OpeningPlan[Any]:
    """Write bell times from rows, as ``save_classes`` does. Raises AccessRefused or RuleRefused."""
    check_may(user, Action.OPEN_YEAR)
    present = school_tables.bell_times(transaction)
    plan = _held(check_bells(rows, present, is_whole=is_whole), made_from, is_whole=is_whole)
    gone = {each.number for each in plan.removed} | {
        row.before.number for row in plan.changed if row.before and row.before.number != row.record.number
    }
    if taken := sorted(gone & school_tables.numbers_in_timetable(transaction)):
        raise RuleRefused(
            f"Уроки № {', '.join(map(str, taken))} стоят в расписании.",
            next_step="Сначала уберите их из расписания.",
        )
    school_tables.save_bells(transaction, [row.record for row in (*plan.new, *plan.changed)], gone)
    _note(transaction, user, now, "bell_times", plan, lambda record: str(record.number))
    return plan


def _held(plan: OpeningPlan[Any], made_from: str, *, is_whole: bool) -> OpeningPlan[Any]:
    check_still_holds(plan, made_from)
    if is_whole:
        check_nothing_refused(plan)
    return plan


def _check_unused(
    plan: OpeningPlan[Any],
    in_use: Callable[[Transaction, Collection[int]], set[int]],
    transaction: Transaction,
    word: str,
) -> None:
    used = in_use(transaction, [each.record_id for each in plan.removed]) if plan.removed else set()
    if names := [each.name for each in plan.removed if each.record_id in used]:
        raise RuleRefused(
            f"{word} нельзя убрать: {', '.join(names)}.",
            "С ним связаны ученики, нагрузка или уроки.",
            "Верните строку или сначала уберите то, что с ней связано.",
        )


def _note(
    transaction: Transaction,
    user: User,
    now: datetime,
    kind: str,
    plan: OpeningPlan[Any],
    title: Callable[[Any], str],
) -> None:
    parts = {
        "добавлено": [title(row.record) for row in plan.new],
        "изменено": [title(row.record) for row in plan.changed],
        "убрано": [title(each) for each in plan.removed],
    }
    words = "; ".join(f"{what}: {', '.join(names)}" for what, names in parts.items() if names)
    if words:
        transaction.record(Event(now, user.user_id, kind, new_value=words))


@dataclass(frozen=True)
class Promoted:
    """What a promotion brought: classes, pupils in them, pupils who left, who repeat a grade, lines of the load."""

    classes: int
    pupils: int
    left: int
    repeating: int
    loads: int


@dataclass(frozen=True)
class PromotionTerms:
    """From which day classes go up and how: with a load, by which order pupils leave.

    ``moves_undecided``: about whom the council has decided nothing goes where the class goes.
    """

    first_day: date
    copies_load: bool
    moves_undecided: bool
    order_title: str = ""


@in_transaction
def promote_classes(
    transaction: Transaction,
    user: User,
    key: YearKey,
    promotions: Sequence[Promotion],
    terms: PromotionTerms,
    *,
    now: datetime,
) -> Promoted:
    """Make the classes of a year out of last year's: pupils go where the council decided, graduating classes leave.

    With ``terms.copies_load`` subgroups with their pupils and a proposal of the load come along. Raises AccessRefused or
    RuleRefused.
    """
    check_may(user, Action.OPEN_YEAR)
    last_calendar, decisions = _checked(transaction, key, promotions, terms)
    going = [each for each in promotions if each.fate is Fate.GOES_UP]
    leaving = [each.last.class_id for each in promotions if each.fate is Fate.LEAVES]
    left_on = last_calendar.ends_on + ONE_DAY if last_calendar else terms.first_day
    leavers = _let_leave(transaction, user, decisions, MoveOrder(left_on, terms.order_title), now)
    records = [ClassRecord(class_key(each.name), each.grade_level, each.homeroom_id) for each in going]
    ids = school_tables.add_classes(transaction, key, records)
    repeaters = _repeaters(transaction, key, promotions, decisions)
    pairs = {each.last.class_id: class_id for each, class_id in zip(going, ids, strict=True)}
    stay_away = len(school_tables.still_there(transaction, leaving, terms.first_day))
    pupils = school_tables.promote_pupils(transaction, pairs, leaving, terms.first_day, repeaters)
    calendars.give_terms_to_classes(transaction, key)
    appointments = [_Appointment(*each) for each in zip(records, ids, strict=True)]
    _appoint_homerooms(transaction, user, now, appointments)
    loads = _copy_load(transaction, key, records, pairs, terms.first_day) if terms.copies_load else 0
    of_leaving = sum(
        each.decision.outcome is Outcome.REPEATS for each in decisions if each.class_id in leaving
    )
    done = Promoted(len(ids), pupils, leavers + stay_away - of_leaving, len(repeaters), loads)
    words = f"классов: {done.classes}, учеников: {done.pupils}, выпущено и выбыло: {done.left}, на повторном обучении: {done.repeating}, нагрузка: {done.loads}"
    transaction.record(Event(now, user.user_id, "promotion", new_value=words))
    return done


def check_promotion(
    store: Store, user: User, key: YearKey, promotions: Sequence[Promotion], terms: PromotionTerms
) -> None:
    """Raise what ``promote_classes`` would, before anything long is begun: AccessRefused or RuleRefused."""
    check_may(user, Action.OPEN_YEAR)
    _, decisions = _checked(store, key, promotions, terms)
    leavers = leavers_of((each.class_id, each.pupil_id, each.decision) for each in decisions)
    check_order_given(leavers, terms.order_title)


def _checked(
    reader: Reader, key: YearKey, promotions: Sequence[Promotion], terms: PromotionTerms
) -> tuple[YearCalendar | None, list[StoredDecision]]:
    """Return last year's calendar and what the council decided. Raises RuleRefused where the promotion may not be."""
    check_promotions(promotions, [each.name for each in school_tables.classes_of_year(reader, key)])
    last_calendar = calendars.calendar_of(reader, key.before)
    check_promotion_day(terms.first_day, last_calendar.ends_on if last_calendar else None)
    staying = [each for each in promotions if each.fate is not Fate.STAYS_OUT]
    return last_calendar, _decisions(reader, staying, terms)


def _decisions(
    reader: Reader, promotions: Sequence[Promotion], terms: PromotionTerms
) -> list[StoredDecision]:
    """Return what the council decided about those who are still in these classes; see that it decided about all of them."""
    names = {each.last.class_id: each.last.name for each in promotions}
    there = school_tables.still_there(reader, list(names), terms.first_day)
    decided = {
        (each.class_id, each.pupil_id): each
        for each in decisions_of(reader, list(names))
        if each.decision.is_recorded
    }
    undecided = Counter(
        names[class_id] for class_id, pupil_id in there if (class_id, pupil_id) not in decided
    )
    check_all_decided(undecided, moves_undecided=terms.moves_undecided)
    return [decided[place] for place in there if place in decided]


def _let_leave(
    transaction: Transaction, user: User, decisions: Sequence[StoredDecision], order: MoveOrder, now: datetime
) -> int:
    """Note the departure of whom the council let go; return how many."""
    leavers = leavers_of((each.class_id, each.pupil_id, each.decision) for each in decisions)
    check_order_given(leavers, order.order_title)
    for each in leavers:
        depart(transaction, user, each.pupil_id, each.class_id, replace(order, reason=each.reason), now=now)
    return len(leavers)


def _repeaters(
    transaction: Transaction,
    key: YearKey,
    promotions: Sequence[Promotion],
    decisions: Sequence[StoredDecision],
) -> dict[int, int]:
    """Return into which class of the new year those go who repeat a grade."""
    classes = {each.last.class_id: each.last for each in promotions}
    new = {
        each.record_id: (each.name, each.grade_level)
        for each in school_tables.classes_of_year(transaction, key)
        if each.record_id is not None
    }
    repeating = [each for each in decisions if each.decision.outcome is Outcome.REPEATS]
    return repeated_classes({each.pupil_id: classes[each.class_id] for each in repeating}, new)


def _copy_load(
    transaction: Transaction,
    key: YearKey,
    records: Sequence[ClassRecord],
    pairs: Mapping[int, int],
    first_day: date,
) -> int:
    came_from = {new: old for old, new in pairs.items()}
    grades: dict[int, int | None] = {
        class_id: record.grade_level for class_id, record in zip(pairs.values(), records, strict=True)
    }
    last = timetables.last_load(transaction, key.before)
    working = school_tables.staff_names(transaction, first_day)
    there = {load.class_id for load in timetables.load_of_year(transaction, key, first_day)}
    proposed = [
        replace(each, teacher_id=each.teacher_id if each.teacher_id in working else None)
        for each in proposed_load(grades, came_from, last)
        if each.class_id not in there
    ]
    subgroups = timetables.add_subgroups(
        transaction, ((each.class_id, each.subject_id, each.subgroup) for each in proposed if each.subgroup)
    )
    rows = [(each, subgroups.get((each.class_id, each.subject_id, each.subgroup))) for each in proposed]
    timetables.add_loads(transaction, key.school_year, rows)
    timetables.copy_subgroup_pupils(transaction, pairs, first_day)
    return len(rows)
