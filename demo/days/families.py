"""Families in the demonstration: weeks looked through, homework ticked as done, control works that teachers have announced."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from demo.plan.structure_rows import Founded
from demo.plan.whole_school import SchoolPlan
from school.errors import RuleRefused
from school.families.actions import confirm_week, set_marks_hour
from school.families.rules import DAYS_AHEAD, monday_of
from school.homework.actions import NewTask, add_task, tick_homework
from school.homework.lookups import PupilHomework, pupil_homework
from school.homework.store import beside_text
from school.lesson_plans.actions import PlanChange, save_plan
from school.lesson_plans.lookups import lesson_topics, plan_page
from school.records import PlanTopic, Role, User
from school.register.store.lessons import lessons_by_id
from school.register.store.pupil_lessons import lessons_of_pupil
from school.store.connection import Store, Transaction

# Of so many families of a class one has not looked through the last week; of so many tasks one is not ticked.
WITHOUT_CONFIRMATION, NOT_DONE = 3, 4
CONTROL_WORKS = 3
# How many weeks back families have looked through; how long before the last week the school chose the hour of new marks.
CONFIRMED_WEEKS = 4
MARKS_HOUR, CHOSEN_BEFORE = time(16), timedelta(days=40)
CHANGED = "Проверьте себя: что осталось непонятным, спросите в начале урока."


def live_families(store: Store, plan: SchoolPlan, school: Founded, now: datetime) -> None:
    """Write what families did up to ``now``: the demonstration's own confirms the week before the last, and has the last to do."""
    users = families_of(plan, school)
    ids = {row.name: int(row.value) for row in school.structure.settings if "demo.user." in row.name}
    own = {name: users.get(user_id) for name, user_id in ids.items()}
    homeroom = next(
        user for user in school.users.values() if user.user_id == ids[f"demo.user.{Role.HOMEROOM}"]
    )
    of_class = {
        stay.pupil_id
        for each in plan.years[-1].classes
        if each.class_id in homeroom.homeroom_class_ids
        for stay in each.stays
        if stay.covers(now.date())
    }
    last_week = monday_of(now.date()) - timedelta(7)
    guardian, pupil = own["demo.user.guardian"], own["demo.user.pupil"]

    pupil_id = next(iter(pupil.pupil_ids)) if pupil else 0
    done = _done(store, pupil_id, now.date()) if pupil else []
    beside = beside_text(store, [each.lesson.lesson_id for each in done])
    written = {key: each.written.moment for key, each in beside.items() if each.written}

    def work(transaction: Transaction) -> None:
        others = [user for user in users.values() if user.has(Role.GUARDIAN) and user != guardian]
        for number, user in enumerate(others):
            for back in range(CONFIRMED_WEEKS if user.pupil_ids & of_class else 0):
                if (number + back) % WITHOUT_CONFIRMATION:
                    _confirm(transaction, user, last_week - timedelta(7 * back))
        for back in range(1, CONFIRMED_WEEKS):
            if guardian is not None:
                _confirm(transaction, guardian, last_week - timedelta(7 * back))
        for each in done:
            if pupil is not None and each.lesson.held_on < now.date():
                evening = datetime.combine(each.lesson.held_on, time(18, 40))
                at = max(evening, written.get(each.lesson.lesson_id, evening) + timedelta(minutes=20))
                tick_homework(transaction, pupil, pupil_id, each.lesson.lesson_id, True, now=at)

    store.write(work)
    _change_one(store, school, pupil_id, [each for each in done if each.lesson.held_on < now.date()], now)
    set_marks_hour(store, school.user_with(Role.DEPUTY), MARKS_HOUR, now=now - CHOSEN_BEFORE)
    for child in sorted({each for user in (guardian, pupil) if user for each in user.pupil_ids}):
        _announce(store, school, child, now)


def families_of(plan: SchoolPlan, school: Founded) -> dict[int, User]:
    """Return the accounts of guardians and pupils that may sign in, by id."""
    children: dict[int, set[int]] = {}
    for pupil in plan.register.pupils.values():
        children.setdefault(pupil.family.family_id, set()).add(pupil.pupil_id)
    found = {}
    for row in school.structure.users:
        if row.staff_id is None and row.password_hash:
            role = Role.GUARDIAN if row.guardian_id is not None else Role.PUPIL
            of = (
                children.get(row.guardian_id or 0, set())
                if row.guardian_id is not None
                else {row.pupil_id or 0}
            )
            found[row.user_id] = User(row.user_id, row.login, "", frozenset({role}), pupil_ids=frozenset(of))
    return found


def _confirm(transaction: Transaction, guardian: User, monday: date) -> None:
    at = datetime.combine(monday + timedelta(5), time(11, 20))
    for pupil_id in sorted(guardian.pupil_ids):
        if any(not each.is_cancelled for each in lessons_of_pupil(transaction, pupil_id, monday, at.date())):
            confirm_week(transaction, guardian, pupil_id, monday, now=at)


def _done(store: Store, pupil_id: int, today: date) -> list[PupilHomework]:
    """Return what a pupil has done of the homework of the last days and of that to come."""
    given = pupil_homework(store, pupil_id, monday_of(today) - timedelta(7), today)
    return [each for number, each in enumerate(given) if each.is_work and number % NOT_DONE]


def _change_one(
    store: Store, school: Founded, pupil_id: int, done: list[PupilHomework], now: datetime
) -> None:
    """Let a teacher add something for the pupil to what they had ticked last."""
    teachers = {user.staff_id: user for user in school.users.values()}
    open_still = [each for each in done if not each.lesson.term_is_closed]
    for each in sorted(open_still, key=lambda each: each.lesson.held_on)[-1:]:
        teacher = teachers.get(each.lesson.teacher_id)
        if teacher is not None:
            at = min(datetime.combine(each.lesson.held_on, time(20, 10)), now)
            with suppress(RuleRefused):  # in the holidays the term of the last lessons is closed
                add_task(store, teacher, each.lesson.lesson_id, NewTask(CHANGED, [pupil_id]), now=at)


def _announce(store: Store, school: Founded, pupil_id: int, now: datetime) -> None:
    """Let teachers put a control work into their plan, at some of a pupil's lessons to come."""
    teachers = {user.staff_id: user for user in school.users.values()}
    first = monday_of(now.date()) + timedelta(7)
    dated = lessons_of_pupil(store, pupil_id, first, first + timedelta(DAYS_AHEAD - 1))
    lessons = list(lessons_by_id(store, [each.lesson_id for each in dated if not each.is_cancelled]).values())
    announced = set()
    for lesson in lessons[:: max(1, len(lessons) // CONTROL_WORKS)]:
        teacher = teachers.get(lesson.teacher_id)
        if teacher is None or lesson.key in announced:
            continue
        announced.add(lesson.key)
        topics = plan_page(store, teacher, lesson.key, today=now.date()).topics
        topic = lesson_topics(store, teacher, lesson).planned
        if topic in topics and topic.hours > 1:
            place = topics.index(topic)
            halves = [
                replace(topic, hours=topic.hours - 1),
                PlanTopic(f"Контрольная работа «{topic.title}»", 1),
            ]
            changed = [*topics[:place], *halves, *topics[place + 1 :]]
            save_plan(
                store, teacher, lesson.key, PlanChange(changed, topics, "правка"), now=now - timedelta(days=1)
            )
