"""Announcements in the demonstration: to the school, grades, classes and staff, about half of the families have answered."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from demo.days.families import families_of
from demo.plan.structure_rows import Founded
from demo.plan.whole_school import SchoolPlan
from school.announcements.actions import (
    confirm_announcement,
    note_opened,
    send_announcement,
    withdraw_announcement,
)
from school.announcements.rules import Draft, Wanted, missing
from school.announcements.store import Recipient, recipients_of
from school.audiences.rules import Audience, Part, Target
from school.errors import RuleRefused
from school.records import Role, User
from school.store.connection import Store, Transaction

# Of so many people in turn: how many confirm, how many only open it; the others have not looked yet.
IN_TURN, CONFIRM, OPEN = 8, 4, 6
# Of the largest announcements so many answers are enough to be believed.
MOST_ANSWERS = 160
SUNDAY = 6
WINTER = frozenset({11, 12, 1, 2, 3})
WARM = frozenset(range(4, 11))
STAFF, PUPILS, GUARDIANS = "for_staff", "for_pupils", "for_guardians"
MEMO = (
    "Памятка.txt",
    "Сбор у главного входа в 10:00. С собой: сменная обувь, тетрадь, перекус.\nВозвращение около 13:00.\n".encode(),
)


@dataclass(frozen=True)
class Told:
    """An announcement of so many days ago, at an hour: by whom, to whom, in which words."""

    days_ago: int
    hour: int
    author: Role
    target: Target
    parts: tuple[str, ...]
    subject: str
    text: str
    wanted: Wanted = Wanted.NOBODY
    days: int = 14
    is_important: bool = False
    is_pinned: bool = False
    files: tuple[tuple[str, bytes], ...] = ()
    is_withdrawn: bool = False
    months: frozenset[int] = WINTER | WARM
    takes_answers: bool = False


TOLD = (
    Told(40, 11, Role.DEPUTY, Target.SCHOOL, (PUPILS, GUARDIANS), "Школьная фотосъёмка",
         "Общие и портретные снимки — в актовом зале по графику классов. Парадная форма. Участие по желанию."),
    Told(26, 15, Role.HEAD, Target.SCHOOL, (STAFF, PUPILS, GUARDIANS), "Правила входа в школу",
         "С понедельника вход по пропускам. Родители проходят по паспорту и записи у секретаря. Вопросы — дежурному администратору.",
         Wanted.ANYBODY, days=60, is_pinned=True),
    Told(19, 14, Role.HOMEROOM, Target.CLASS, (GUARDIANS,), "Родительское собрание",
         "Повестка: учёба и посещаемость, безопасность по дороге в школу, разное. Кабинет класса, 18:30, около часа. "
         "Если прийти не получится, напишите, когда удобно встретиться.", Wanted.ONE_GUARDIAN, takes_answers=True),
    Told(12, 12, Role.DEPUTY, Target.GRADE, (PUPILS, GUARDIANS), "Диагностические работы по математике",
         "Работа на втором уроке, 45 минут. Нужны ручка, линейка, черновик. Отметки в журнал не ставятся. "
         "Примеры заданий: https://fioco.ru/obraztsi_i_opisaniya_vpr", Wanted.PUPIL_AND_GUARDIAN),
    Told(9, 16, Role.HOMEROOM, Target.CLASS, (PUPILS, GUARDIANS), "Экскурсия в краеведческий музей",
         "Едем на школьном автобусе, билеты оплачивает школа. Подтвердите, что согласны и ознакомлены с памяткой.",
         Wanted.BOTH_GUARDIANS, files=(MEMO,), takes_answers=True),
    Told(6, 10, Role.HOMEROOM, Target.CLASS, (GUARDIANS,), "Сбор средств на подарки",
         "Отправлено по ошибке.", is_withdrawn=True),
    Told(5, 9, Role.DEPUTY, Target.ROLE, (STAFF,), "Педагогический совет",
         "День и кабинет — в «Событиях», там же отметьте, придёте ли. Классным руководителям: ведомости по классам с собой.",
         Wanted.ANYBODY, is_important=True, takes_answers=True),
    Told(4, 13, Role.TEACHER, Target.CLASS, (PUPILS, GUARDIANS), "Консультация перед контрольной",
         "В четверг после шестого урока разберём задания, похожие на контрольную. Приходите с тетрадью и вопросами."),
    Told(3, 17, Role.SECRETARY, Target.SCHOOL, (GUARDIANS,), "Справки для налогового вычета",
         "Заявления на справки принимаются у секретаря по вторникам и четвергам с 14:00 до 17:00.", days=30),
    Told(1, 15, Role.DEPUTY, Target.SCHOOL, (STAFF, PUPILS, GUARDIANS), "Гололёд: будьте осторожны",
         "Уроки идут по расписанию. Вход со двора закрыт до обработки дорожек, пользуйтесь главным. "
         "Поговорите дома о дороге в школу.", Wanted.ONE_GUARDIAN, days=5, is_important=True, months=WINTER),
    Told(1, 15, Role.DEPUTY, Target.SCHOOL, (STAFF, PUPILS, GUARDIANS), "Главный вход закрыт на ремонт",
         "Уроки идут по расписанию. До конца недели пользуйтесь входом со двора, дежурные покажут дорогу.",
         Wanted.ONE_GUARDIAN, days=5, is_important=True, months=WARM),
    Told(1, 16, Role.HOMEROOM, Target.CLASS, (PUPILS, GUARDIANS), "Дежурство и сменная обувь",
         "На этой неделе класс дежурит на втором этаже, приходим к 8:10. Напомните детям о сменной обуви."),
)  # fmt: skip


def live_announcements(store: Store, plan: SchoolPlan, school: Founded, now: datetime) -> None:
    """Announce what was announced up to the evening before ``now``, and let about half of the people answer."""
    ids = {row.name: int(row.value) for row in school.structure.settings if row.name.startswith("demo.user.")}
    shown = set(ids.values())
    people = _people(plan, school)
    by_user = {user.user_id: user for user in school.users.values()}
    authors = {
        role: by_user[ids[f"demo.user.{role}"]]
        if ids.get(f"demo.user.{role}") in by_user
        else school.user_with(role)
        for role in {each.author for each in TOLD}
    }
    for number, told in enumerate(TOLD):
        at = datetime.combine(now.date() - timedelta(told.days_ago), time(told.hour, 5 * number % 60))
        at -= timedelta(at.weekday() == SUNDAY)
        if at.month not in told.months:
            continue
        with suppress(
            RuleRefused
        ):  # on the first days of a year, and in summer, nobody belongs to some audience
            sent = send_announcement(store, authors[told.author], _draft(plan, authors, told, at), now=at)
            _answer(store, sent, people, shown, number, told.wanted, min(now, at + timedelta(days=3)))
            if told.is_withdrawn:
                withdraw_announcement(store, authors[told.author], sent, now=at + timedelta(minutes=25))


def _draft(plan: SchoolPlan, authors: dict[Role, User], told: Told, at: datetime) -> Draft:
    ids, roles = _aimed(plan, authors, told)
    audience = Audience(told.target, ids, roles, **dict.fromkeys(told.parts, True))
    day = at.date()
    return Draft(
        audience,
        told.subject,
        told.text,
        day,
        day + timedelta(told.days),
        told.wanted,
        told.is_important,
        told.is_pinned,
        told.files,
        told.takes_answers,
    )


def _aimed(
    plan: SchoolPlan, authors: dict[Role, User], told: Told
) -> tuple[tuple[int, ...], tuple[Role, ...]]:
    year = plan.years[-1]
    led = authors[Role.HOMEROOM].homeroom_class_ids
    own = [each.class_id for each in year.classes if each.class_id in led]
    if told.target == Target.ROLE:
        return (), (Role.TEACHER, Role.HOMEROOM)
    if told.target == Target.GRADE:
        grades = [each.grade_level for each in year.classes if each.class_id in own]
        return tuple(grades[:1]), ()
    if told.target == Target.CLASS and told.author == Role.TEACHER:
        taught = [
            load.school_class.class_id
            for load in year.loads
            if load.teacher_id == authors[Role.TEACHER].staff_id and load.subgroup is None
        ]
        return tuple(taught[:1]), ()
    return (tuple(own[:1]) if told.target == Target.CLASS else ()), ()


def _people(plan: SchoolPlan, school: Founded) -> dict[tuple[Part, int], User]:
    families = families_of(plan, school)
    found = {(Part.STAFF, staff_id): user for staff_id, user in school.users.items()}
    for row in school.structure.users:
        if row.user_id in families and row.guardian_id is not None:
            found[Part.GUARDIAN, row.guardian_id] = families[row.user_id]
        elif row.user_id in families and row.pupil_id is not None:
            found[Part.PUPIL, row.pupil_id] = families[row.user_id]
    return found


def _answer(
    store: Store,
    sent: int,
    people: dict[tuple[Part, int], User],
    shown: set[int],
    turn: int,
    wanted: Wanted,
    until: datetime,
) -> None:
    """Let half of those who have a way in confirm, others only open it; whom visitors play have yet to answer."""

    def work(transaction: Transaction) -> None:
        rows: Sequence[Recipient] = recipients_of(transaction, [sent])[:MOST_ANSWERS]
        for number, row in enumerate(rows):
            user, place = people.get((row.part, row.person_id)), (3 * number + turn) % IN_TURN
            if user is None or user.user_id in shown:
                continue
            at = until - timedelta(minutes=11 * number % 700)
            if place < CONFIRM and missing(wanted, [row]):
                confirm_announcement(transaction, user, sent, [row.owner_id], now=at)
            elif place < OPEN:
                note_opened(transaction, user, sent, row.owner_id, now=at)

    store.write(work)
