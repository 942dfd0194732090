"""Work of the demonstration's homeroom teacher: reasons of absence, planned leaves, requests, remarks."""

from datetime import date, datetime, time, timedelta

import typst

from demo.plan.classes import SchoolClass
from demo.plan.structure_rows import Founded
from demo.plan.whole_school import SchoolPlan
from school.attendance.actions import LeaveOrder, give_reason
from school.attendance.lookups import absence_week, week_of
from school.control.actions import RequestDraft, send_request
from school.control.lookups.gaps import class_control
from school.errors import RuleRefused
from school.excuses.actions import Announcement, accept_excuse, announce_absence
from school.excuses.rules import DAYS_BACK, Absent
from school.families.actions import RemarkDraft, confirm_remark, note_readings, write_remark
from school.families.lookups.marks import diary_absences
from school.records import AbsenceReason, RemarkKind, Role, User
from school.store.connection import Store

CERTIFICATES, REQUESTS = 2, 2
PAPER = """#set page(width: 105mm, height: 74mm, margin: 9mm)
#set text(font: "Libertinus Serif", size: 12pt, lang: "ru")
#align(center)[*Образец справки*]
Ученик нуждается в освобождении от занятий на три дня.

#align(right)[Детская поликлиника, педиатр]
"""
REMARKS = (
    (
        RemarkKind.RECOMMENDATION,
        "Прошу заглядывать в дневник каждый вечер: домашние задания бывают не готовы.",
    ),
    (RemarkKind.REMARK, "Бег по лестнице на перемене. Поговорите дома о безопасности."),
    (RemarkKind.PRAISE, "Отличное выступление на классном часе: ждём на школьной конференции!"),
    (RemarkKind.REMARK, "Третий раз за неделю без сменной обуви."),
)


def live_homerooms(store: Store, plan: SchoolPlan, school: Founded, now: datetime) -> None:
    """Write what the demonstration's homeroom teacher did up to the evening before ``now``, and remarks to its family."""
    evening = datetime.combine(now.date() - timedelta(days=1), time(17, 30))
    user_ids = {
        row.name: int(row.value) for row in school.structure.settings if row.name.startswith("demo.user.")
    }
    users = {user.user_id: user for user in school.users.values()}
    homeroom, teacher = (users[user_ids[f"demo.user.{role}"]] for role in (Role.HOMEROOM, Role.TEACHER))
    for each in plan.years[-1].classes:
        if each.class_id in homeroom.homeroom_class_ids and each.stays:
            _give_reasons(store, homeroom, each.class_id, evening)
            _plan_leaves(store, homeroom, each, now, evening)
            _send_requests(store, (homeroom, teacher), each.class_id, evening)
    guardians = _guardians(plan, school)
    guardian = guardians[user_ids["demo.user.guardian"]]
    _announce_absences(store, plan, school, (homeroom, guardian, *guardians.values()), evening)
    _read_diaries(store, guardians, evening)
    _write_remarks(store, plan, school, (homeroom, guardian), evening)


def _guardians(plan: SchoolPlan, school: Founded) -> dict[int, User]:
    children: dict[int, set[int]] = {}
    for pupil in plan.register.pupils.values():
        children.setdefault(pupil.family.family_id, set()).add(pupil.pupil_id)
    return {
        row.user_id: User(
            row.user_id,
            row.login,
            "",
            frozenset({Role.GUARDIAN}),
            pupil_ids=frozenset(children.get(row.guardian_id, ())),
        )
        for row in school.structure.users
        if row.guardian_id is not None and row.password_hash
    }


def _announce_absences(
    store: Store, plan: SchoolPlan, school: Founded, users: tuple[User, ...], evening: datetime
) -> None:
    """Let the demonstration's family announce absences, one accepted and one waiting, and a family of the class one more."""
    homeroom, guardian, *families = users
    today = evening.date() + timedelta(1)
    here = {
        stay.pupil_id: each.class_id
        for each in plan.years[-1].classes
        for stay in each.stays
        if stay.covers(today)
    }
    of_class = [
        (family, pupil)
        for family in families
        for pupil in sorted(family.pupil_ids - guardian.pupil_ids)
        if here.get(pupil) in homeroom.homeroom_class_ids
    ]
    own = [(guardian, pupil) for pupil in sorted(guardian.pupil_ids) if pupil in here]
    missed = {pupil: _missed(store, sender, pupil, today) for sender, pupil in own}
    ill, day = next(((pupil, day) for pupil, day in missed.items() if day), (None, today))
    past = Absent(day or today, day or today, AbsenceReason.ILLNESS, note="температура")
    doctor = Absent(
        today + timedelta(1), today + timedelta(1), AbsenceReason.VALID, (1, 2), "приём у врача, утром"
    )
    cold = Absent(today, today + timedelta(2), AbsenceReason.ILLNESS, note="простуда, врача вызвали")
    for (sender, pupil), absent, papers in (
        *((each, past, ()) for each in own if each[1] == ill),
        *((each, doctor, ()) for each in own[:1]),
        *((each, cold, (("Справка.png", drawn_page(PAPER)),)) for each in of_class[:1]),
    ):
        leader = school.users[plan.years[-1].homerooms[here[pupil]]]
        at = evening + timedelta(hours=2)
        try:
            excuse_id = announce_absence(store, sender, Announcement(pupil, absent, papers), now=at)
        except RuleRefused:
            continue  # on the first days of a year some days are of no class
        if absent is past:
            accept_excuse(store, leader, excuse_id, now=at + timedelta(minutes=30))


def _missed(store: Store, guardian: User, pupil_id: int, today: date) -> date | None:
    """Return the last day on which a child was away, of those that may still be announced."""
    days = diary_absences(store, guardian, pupil_id, today=today).whole
    return max((day for day in days if today - timedelta(DAYS_BACK) < day < today), default=None)


def drawn_page(markup: str) -> bytes:
    """Return a picture of a page in typst's markup: it stands for a photo of a paper, nobody's."""
    made = typst.compile(markup.encode(), format="png", ignore_system_fonts=True, timestamp=0)
    assert isinstance(made, bytes)
    return made


def _read_diaries(store: Store, guardians: dict[int, User], evening: datetime) -> None:
    """Let two families of three have opened their diaries in the last days."""
    readings = {
        (user_id, pupil): evening - timedelta(days=number % 11, minutes=7 * number % 300)
        for number, (user_id, guardian) in enumerate(guardians.items())
        if number % 3
        for pupil in sorted(guardian.pupil_ids)
    }
    if readings:
        note_readings(store, readings)


def _give_reasons(store: Store, homeroom: User, class_id: int, evening: datetime) -> None:
    """Enter certificates for some of last week's unexplained absences; the others stay unexplained."""
    today = evening.date()
    week = absence_week(store, homeroom, class_id, week_of(today), today=today)
    held_on = {lesson.lesson_id: lesson.held_on for column in week.columns for lesson in column.lessons}
    missed: dict[int, list[date]] = {}
    for (lesson_id, pupil), cell in week.cells.items():
        if cell.absence == AbsenceReason.UNKNOWN:
            missed.setdefault(pupil, []).append(held_on[lesson_id])
    for pupil in sorted(missed, key=lambda pupil: (-len(missed[pupil]), pupil))[1 : 1 + CERTIFICATES]:
        first, last = min(missed[pupil]), max(missed[pupil])
        order = LeaveOrder(
            class_id, (pupil,), first, last, AbsenceReason.ILLNESS, note="ОРВИ", certified_on=last
        )
        give_reason(store, homeroom, order, now=evening)


def _plan_leaves(
    store: Store, homeroom: User, school_class: SchoolClass, now: datetime, evening: datetime
) -> None:
    pupils = [stay.pupil_id for stay in school_class.stays if stay.covers(now.date())]
    class_id = school_class.class_id
    today = now.date()
    competition = LeaveOrder(
        class_id,
        tuple(pupils[2:4]),
        today,
        today + timedelta(days=1),
        AbsenceReason.VALID,
        note="соревнования по лыжам, приказ директора",
    )
    doctor = LeaveOrder(
        class_id,
        tuple(pupils[5:6]),
        today + timedelta(days=1),
        today + timedelta(days=1),
        AbsenceReason.VALID,
        lesson_numbers=(1, 2),
        note="заявление родителей: врач",
    )
    for order in (competition, doctor):
        if order.pupil_ids:
            give_reason(store, homeroom, order, now=evening)


def _send_requests(store: Store, users: tuple[User, User], class_id: int, evening: datetime) -> None:
    """Send requests of the homeroom teacher to colleagues, first to the demonstration's subject teacher."""
    homeroom, teacher = users
    control = class_control(store, homeroom, class_id, now=evening)
    strangers = {None, homeroom.staff_id}
    rows = [
        row for row in (control.rows if control else []) if row.lessons and row.teacher_id not in strangers
    ]
    for row in sorted(rows, key=lambda row: row.teacher_id != teacher.staff_id)[:REQUESTS]:
        assert control
        assert row.teacher_id is not None
        draft = RequestDraft(
            class_id,
            row.subject_id,
            row.teacher_id,
            control.term.term_id,
            tuple(lesson.lesson_id for lesson in row.lessons),
            control.deadline,
            comment="Родители спрашивают о домашнем задании.",
        )
        send_request(store, homeroom, draft, now=evening)


def _write_remarks(
    store: Store, plan: SchoolPlan, school: Founded, users: tuple[User, User], evening: datetime
) -> None:
    """Write remarks to the demonstration's family and two pupils of its class; the family confirms the first."""
    homeroom, guardian = users
    year = plan.years[-1]
    present = [
        (stay.pupil_id, each.class_id)
        for each in year.classes
        for stay in each.stays
        if stay.covers(evening.date())
    ]
    of_family = [place for place in present if place[0] in guardian.pupil_ids]
    of_class = [place for place in present if place[1] in homeroom.homeroom_class_ids]
    places = [(pupil, school.users[year.homerooms[class_id]]) for pupil, class_id in of_family + of_class[:2]]
    for number, (kind, text) in enumerate(REMARKS if places else ()):
        pupil_id, author = places[number % len(places)]
        at = evening - timedelta(hours=len(REMARKS) - number)
        remark_id = write_remark(store, author, RemarkDraft(pupil_id, kind, text), now=at)
        if number == 0 and pupil_id in guardian.pupil_ids:
            confirm_remark(store, guardian, remark_id, now=at + timedelta(minutes=40))
