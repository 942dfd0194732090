"""Tasks with answers, materials and events in the demonstration, as a school has them in the middle of a term (п. 3.6, 4.7)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from demo.days.families import families_of
from demo.days.homeroom import drawn_page
from demo.days.subject_words import MEMOS, PHOTO, PLAN, UNMARKED_GRADE, WORKS, field_of
from demo.plan.structure_rows import Founded
from demo.plan.whole_school import SchoolPlan
from school.calendar import school_year_of
from school.materials.actions import NewMaterial, add_material
from school.occasions.actions import (
    NewOccasion,
    announce_occasion,
    answer_as_staff,
    answer_for_child,
    cancel_occasion,
    change_occasion,
)
from school.occasions.lookups import pupil_occasions
from school.occasions.rules import Circle, OccasionDraft
from school.occasions.store import asked_staff, classes_of_year, occasion_by_id
from school.records import RegisterRow, Role, User
from school.register.store.class_members import members_on
from school.register.store.registers import registers
from school.store.connection import Store, Transaction
from school.tasks.actions import Answer, NewRegisterTask, Review, answer_task, give_task, review_task
from school.tasks.rules import StepKind

# Of so many families one has not answered yet.
SILENT = 3
ANSWERS, SUNDAY = 24, 7
DAYS_AHEAD, DAYS_BEHIND = 4, 5
# Of so many answers one is to be done again.
DONE_AGAIN = 4
OUTLINE = "План.\r\n1. Вступление.\r\n2. Главное: три примера.\r\n3. Вывод.\r\nИсточники: учебник, энциклопедия.\r\n".encode()
PROGRAMME = [("Программа поездки.txt", "10:00 — сбор. 11:00 — экскурсия. 13:00 — у школы.\r\n".encode())]
PRAISE = ("Хорошо, аккуратно и по делу.", "")
VIDEO = "https://resh.edu.ru/"
# A page of a notebook, as a phone takes it.
NOTEBOOK = """#set page(width: 100mm, height: 70mm, margin: 10mm, fill: rgb("#fdfdf6"))
#set text(font: "Libertinus Serif", style: "italic", size: 14pt, fill: rgb("#1c3f94"), lang: "ru")
#align(center)[Домашняя работа]

1) 3,6 + 0,48 = 4,08

2) 12 · 25 − 140 = 160

Ответ: 4,08; 160.
"""


def live_tasks(store: Store, plan: SchoolPlan, school: Founded, now: datetime) -> None:
    """Let teachers give tasks and materials, the school announce events, and families answer, up to ``now``."""
    families = families_of(plan, school)
    ids = {row.name: int(row.value) for row in school.structure.settings if "demo.user." in row.name}
    own = [families[user_id] for user_id in ids.values() if user_id in families]
    shown = sorted({pupil for user in own for pupil in user.pupil_ids})
    year = school_year_of(now.date())
    teachers = {user.staff_id: user for user in school.users.values() if Role.TEACHER in user.roles}
    rows = [
        row
        for row in registers(store, year)
        if len(row.teacher_ids) == 1 and row.key.subgroup_id is None and row.grade_level != UNMARKED_GRADE
    ]
    demo_teacher = next(
        (user for user in school.users.values() if user.user_id == ids.get(f"demo.user.{Role.TEACHER}")), None
    )
    ahead = _days_ahead(plan, now.date())
    _give_tasks(store, rows, teachers, families, shown, demo_teacher, ahead, now)
    _add_materials(store, rows, teachers, shown, now)
    _announce(store, school, families, own, shown, ids, (_day_behind(plan, now.date()), ahead), now)


def _days_ahead(plan: SchoolPlan, today: date) -> list[date]:
    """Return the next days with lessons, and days after them where the year has fewer."""
    calendar = plan.years[-1].calendar
    found = calendar.school_days(today + timedelta(1), calendar.ends_on)[:DAYS_AHEAD]
    last = max([today, *found])
    return found + [last + timedelta(day) for day in range(1, 1 + DAYS_AHEAD - len(found))]


def _day_behind(plan: SchoolPlan, today: date) -> date:
    """Return a day with lessons of the week before, or any where it had none."""
    last = today - timedelta(DAYS_BEHIND)
    return max(plan.years[-1].calendar.school_days(last - timedelta(6), last), default=last)


def _classes(store: Store, pupils: list[int], rows: list[RegisterRow], day: date) -> list[int]:
    members = members_on(store, {row.key.class_id for row in rows}, day)
    return sorted({each.class_id for each in members if each.pupil_id in pupils})


def _of_each(rows: list[RegisterRow], class_ids: list[int], count: int) -> list[RegisterRow]:
    """Return some registers of each class."""
    return [row for key in class_ids for row in [each for each in rows if each.key.class_id == key][:count]]


def _give_tasks(
    store: Store,
    rows: list[RegisterRow],
    teachers: dict[int | None, User],
    families: dict[int, User],
    shown: list[int],
    demo_teacher: User | None,
    ahead: list[date],
    now: datetime,
) -> None:
    """Give tasks in the shown children's classes and those of the shown teacher; families answer most, teachers reply to most of these."""
    by_pupil: dict[int, User] = {}
    for user in families.values():
        by_pupil |= {pupil: user for pupil in user.pupil_ids if pupil not in by_pupil or user.has(Role.PUPIL)}
    classes = _classes(store, shown, rows, now.date())
    wanted = _of_each(rows, classes, 4)
    wanted += [row for row in rows if demo_teacher and demo_teacher.staff_id in row.teacher_ids][:4]
    answered: list[tuple[User, int, int, str]] = []
    attached = {PHOTO: [("Тетрадь.png", drawn_page(NOTEBOOK))], PLAN: [("План.txt", OUTLINE)]}
    for number, row in enumerate(wanted):
        teacher = teachers.get(next(iter(row.teacher_ids)))
        at = datetime.combine(now.date(), time(15, 10)) - timedelta(days=9 - number % 7)
        at -= timedelta(days=at.isoweekday() == SUNDAY)
        members = [each.pupil_id for each in members_on(store, [row.key.class_id], at.date())]
        chosen = sorted(members, key=lambda pupil: (pupil not in shown, pupil not in by_pupil, pupil))[:4]
        if teacher is None or not chosen:
            continue
        due_on = ahead[number % 4]
        of_subject = WORKS[field_of(row.subject_name)]
        asked = of_subject[number % len(of_subject)]
        task_id = give_task(store, teacher, NewRegisterTask(row.key, asked.task, due_on, chosen), now=at)
        for place, pupil in enumerate(chosen):
            author = by_pupil.get(pupil)
            if author is None or (number + place) % SILENT == 0 or len(answered) >= ANSWERS:
                continue
            said = Answer(pupil, task_id, asked.answer, attached.get(asked.attached, []))
            answer_task(store, author, said, now=at + timedelta(days=1, hours=place))
            answered.append((teacher, task_id, pupil, asked.again))

    def work(transaction: Transaction) -> None:
        for number, (teacher, task_id, pupil, again) in enumerate(answered):
            if number % SILENT:
                kind = StepKind.AGAIN if number % DONE_AGAIN == 1 else StepKind.ACCEPTED
                words = again if kind == StepKind.AGAIN else PRAISE[number % len(PRAISE)]
                review = Review(task_id, pupil, kind, words)
                review_task(transaction, teacher, review, now=now - timedelta(hours=16))

    store.write(work)


def _add_materials(
    store: Store, rows: list[RegisterRow], teachers: dict[int | None, User], shown: list[int], now: datetime
) -> None:
    """Add a plan in two versions and a link to subjects of the shown children."""
    classes = _classes(store, shown, rows, now.date())
    for number, row in enumerate(_of_each(rows, classes, 4)):
        teacher = teachers.get(next(iter(row.teacher_ids)))
        if teacher is None:
            continue
        (title, memo), at = MEMOS[field_of(row.subject_name)], now - timedelta(days=20 - number)
        new = NewMaterial(row.key, title, "", ("Памятка.txt", memo.encode()))
        first = add_material(store, teacher, new, now=at)
        if number % 2 == 0:
            newer = NewMaterial(
                row.key,
                f"{title} (дополнена)",
                "",
                ("Памятка, дополнена.txt", f"{memo}Спросить можно на консультации.\r\n".encode()),
                first,
            )
            add_material(store, teacher, newer, now=at + timedelta(days=9))
        video = NewMaterial(row.key, f"Видеоуроки: {row.subject_name}", VIDEO)
        add_material(store, teacher, video, now=at + timedelta(days=1))


def _announce_week(store: Store, deputy: User, today: date, now: datetime) -> None:
    """Announce what lasts several days, in the next week, unless that is of another school year."""
    monday = today + timedelta(7 - today.weekday())
    of_maths = OccasionDraft(
        "Неделя математики", monday, monday + timedelta(4),
        text="Олимпиада, викторины на переменах, выставка работ.",
    )  # fmt: skip
    if school_year_of(of_maths.ends_on) == school_year_of(today):
        announce_occasion(store, deputy, NewOccasion(Circle(), of_maths), now=now)


def _answer_as_staff(transaction: Transaction, school: Founded, council: int, announced: datetime) -> None:
    """Let most employees say whether they come to the council."""
    meeting = occasion_by_id(transaction, council)
    asked = asked_staff(transaction, meeting, announced.date()) if meeting else {}
    for number, (staff_id, user) in enumerate(school.users.items()):
        if staff_id in asked and number % SILENT:
            at = announced + timedelta(days=2)
            answer_as_staff(transaction, user, council, number % 7 != 1, now=at)


def _drafts(behind: date, ahead: Sequence[date]) -> tuple[OccasionDraft, ...]:
    """Return a concert, a council of the staff, a trip of a class, and games that are over."""
    concert = OccasionDraft(
        "Концерт школьного хора", ahead[3], ahead[3], time(17), time(18, 30), "Актовый зал",
        "Приглашаем семьи. Вход свободный.", asks_guardians=True,
    )  # fmt: skip
    council = OccasionDraft(
        "Педагогический совет: итоги четверти", ahead[2], ahead[2], time(14, 30), None,
        "Кабинет 12", asks_staff=True, is_staff_only=True,
    )  # fmt: skip
    trip = OccasionDraft(
        "Поездка класса в краеведческий музей", ahead[1], ahead[1], time(10), time(13), "Сбор у главного входа",
        "С собой: сменная обувь, тетрадь, перекус. Сопровождает классный руководитель.", asks_guardians=True,
    )  # fmt: skip
    games = OccasionDraft(
        "Спортивные игры параллели", behind, behind, time(12), time(14), "Спортивный зал", asks_pupils=True
    )
    return concert, council, trip, games


def _announce(
    store: Store,
    school: Founded,
    families: dict[int, User],
    own: list[User],
    shown: list[int],
    ids: dict[str, int],
    days: tuple[date, list[date]],
    now: datetime,
) -> None:
    """Announce what a school holds in a month; most families and employees answer, the shown ones have one left to answer."""
    behind, ahead = days
    deputy = school.user_with(Role.DEPUTY)
    homeroom = next(
        user for user in school.users.values() if user.user_id == ids[f"demo.user.{Role.HOMEROOM}"]
    )
    classes = {each.class_id: each for each in classes_of_year(store, school_year_of(now.date()))}
    members = members_on(store, list(classes), now.date())
    of_shown = [classes[each.class_id] for each in members if each.pupil_id in shown]
    today, announced = now.date(), now - timedelta(days=12)
    concert, council, trip, games = _drafts(behind, ahead)
    early = replace(concert, starts_at=time(16), ends_at=time(17, 30))
    clean = OccasionDraft("Уборка школьного двора", ahead[0], ahead[0], time(13), None, "Школьный двор")
    made = [
        announce_occasion(store, deputy, NewOccasion(Circle(), early), now=announced),
        announce_occasion(store, deputy, NewOccasion(Circle(), council), now=announced),
    ]
    change_occasion(store, deputy, made[0], concert, now=announced + timedelta(hours=2))
    _announce_week(store, deputy, today, announced)
    for class_id in sorted(
        {each.class_id for each in of_shown} | set(homeroom.homeroom_class_ids) & classes.keys()
    ):
        author = homeroom if class_id in homeroom.homeroom_class_ids else deputy
        made.append(
            announce_occasion(
                store, author, NewOccasion(Circle(None, class_id), trip, PROGRAMME), now=announced
            )
        )
    is_of_year = school_year_of(behind) == school_year_of(today)
    for grade in sorted(
        {each.grade_level for each in of_shown if each.grade_level is not None and is_of_year}
    ):
        made.append(announce_occasion(store, deputy, NewOccasion(Circle(grade), games), now=announced))
    cancelled = announce_occasion(store, deputy, NewOccasion(Circle(), clean), now=announced)

    def work(transaction: Transaction) -> None:
        cancel_occasion(
            transaction, deputy, cancelled, "Обещают непогоду, перенесём", now=now - timedelta(days=1)
        )
        for number, user in enumerate(families.values()):
            for pupil in sorted(user.pupil_ids):
                for each in pupil_occasions(transaction, pupil, behind, ahead[-1]):
                    draft, occasion = each.occasion.draft, each.occasion.occasion_id
                    asks = draft.asks_guardians if user.has(Role.GUARDIAN) else draft.asks_pupils
                    if asks and number % SILENT and not (user in own and draft == trip) and occasion in made:
                        at = announced + timedelta(days=1 + number % 4, minutes=number % 60)
                        answer_for_child(transaction, user, pupil, occasion, number % 5 != 1, now=at)
        _answer_as_staff(transaction, school, made[1], announced)

    store.write(work)
