"""Tasks with answers, materials and events in the demonstration, as a school has them in the middle of a term (п. 3.6, 4.7)."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from demo.days.families import families_of
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
NOTES = "1. Главное из параграфа тремя предложениями.\r\n2. Свой пример и вывод.\r\n".encode()
PROGRAMME = [("Программа поездки.txt", "10:00 — сбор. 11:00 — экскурсия. 13:00 — у школы.\r\n".encode())]
GIVEN = (
    "Прочитать дополнительный параграф и выписать три новых слова.",
    "Подготовить сообщение на пять минут: план и два источника.",
    "Решить задачи повышенной сложности с карточки, решение сфотографировать.",
    "Исправить ошибки в проверочной работе и прислать снимок тетради.",
)
SAID = (
    "Сделал, посмотрите, пожалуйста.",
    "Готово. Третье задание вызвало вопрос: можно ли решать двумя способами?",
    "Отправляю ответ, план на второй странице.",
    "Работу проверили вместе дома.",
)
REPLIES = (
    (StepKind.ACCEPTED, "Хорошо, аккуратно и по делу."),
    (StepKind.AGAIN, "Во втором пункте не хватает вывода: допишите одно предложение."),
    (StepKind.ACCEPTED, ""),
)
LINKS = (
    ("Открытый урок по теме (видео)", "https://resh.edu.ru/"),
    ("Открытый банк заданий", "https://fipi.ru/"),
)


def live_tasks(store: Store, plan: SchoolPlan, school: Founded, now: datetime) -> None:
    """Let teachers give tasks and materials, the school announce events, and families answer, up to ``now``."""
    families = families_of(plan, school)
    ids = {row.name: int(row.value) for row in school.structure.settings if "demo.user." in row.name}
    own = [families[user_id] for user_id in ids.values() if user_id in families]
    shown = sorted({pupil for user in own for pupil in user.pupil_ids})
    year = school_year_of(now.date())
    teachers = {user.staff_id: user for user in school.users.values() if Role.TEACHER in user.roles}
    rows = [
        row for row in registers(store, year) if len(row.teacher_ids) == 1 and row.key.subgroup_id is None
    ]
    demo_teacher = next(
        (user for user in school.users.values() if user.user_id == ids.get(f"demo.user.{Role.TEACHER}")), None
    )
    _give_tasks(store, rows, teachers, families, shown, demo_teacher, now)
    _add_materials(store, rows, teachers, shown, now)
    _announce(store, school, families, own, shown, ids, now)


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
    now: datetime,
) -> None:
    """Give tasks in the shown children's classes and those of the shown teacher; families answer most, teachers reply to most of these."""
    by_pupil: dict[int, User] = {}
    for user in families.values():
        by_pupil |= {pupil: user for pupil in user.pupil_ids if pupil not in by_pupil or user.has(Role.PUPIL)}
    classes = _classes(store, shown, rows, now.date())
    wanted = _of_each(rows, classes, 4)
    wanted += [row for row in rows if demo_teacher and demo_teacher.staff_id in row.teacher_ids][:4]
    answered: list[tuple[User, int, int]] = []
    for number, row in enumerate(wanted):
        teacher = teachers.get(next(iter(row.teacher_ids)))
        at = datetime.combine(now.date(), time(15, 10)) - timedelta(days=9 - number % 7)
        at -= timedelta(days=at.isoweekday() == SUNDAY)
        members = [each.pupil_id for each in members_on(store, [row.key.class_id], at.date())]
        chosen = sorted(members, key=lambda pupil: (pupil not in shown, pupil not in by_pupil, pupil))[:4]
        if teacher is None or not chosen:
            continue
        due_on = now.date() + timedelta(number % 4 + 1)
        task_id = give_task(
            store, teacher, NewRegisterTask(row.key, GIVEN[number % len(GIVEN)], due_on, chosen), now=at
        )
        for place, pupil in enumerate(chosen):
            author = by_pupil.get(pupil)
            if author is None or (number + place) % SILENT == 0 or len(answered) >= ANSWERS:
                continue
            files = [("Тетрадь.txt", NOTES)] if place % 2 else []
            said = Answer(pupil, task_id, SAID[(number + place) % len(SAID)], files)
            answer_task(store, author, said, now=at + timedelta(days=1, hours=place))
            answered.append((teacher, task_id, pupil))

    def work(transaction: Transaction) -> None:
        for number, (teacher, task_id, pupil) in enumerate(answered):
            if number % SILENT:
                kind, words = REPLIES[number % len(REPLIES)]
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
        title, at = f"Памятка: {row.subject_name}, главное за четверть", now - timedelta(days=20 - number)
        new = NewMaterial(row.key, title, "", ("Памятка.txt", NOTES))
        first = add_material(store, teacher, new, now=at)
        if number % 2 == 0:
            newer = NewMaterial(row.key, f"{title} (дополнена)", "", ("Памятка 2.txt", NOTES + NOTES), first)
            add_material(store, teacher, newer, now=at + timedelta(days=9))
        words, link = LINKS[number % len(LINKS)]
        add_material(store, teacher, NewMaterial(row.key, words, link), now=at + timedelta(days=1))


def _announce_week(store: Store, deputy: User, today: date, now: datetime) -> None:
    """Announce what lasts several days, in the next week, unless that is of another school year."""
    monday = today + timedelta(7 - today.weekday())
    of_maths = OccasionDraft(
        "Неделя математики", monday, monday + timedelta(4),
        text="Олимпиада, викторины на переменах, выставка работ.",
    )  # fmt: skip
    if school_year_of(of_maths.ends_on) == school_year_of(today):
        announce_occasion(store, deputy, NewOccasion(Circle(), of_maths), now=now)


def _announce(
    store: Store,
    school: Founded,
    families: dict[int, User],
    own: list[User],
    shown: list[int],
    ids: dict[str, int],
    now: datetime,
) -> None:
    """Announce what a school holds in a month; most families and employees answer, the shown ones have one left to answer."""
    deputy = school.user_with(Role.DEPUTY)
    homeroom = next(
        user for user in school.users.values() if user.user_id == ids[f"demo.user.{Role.HOMEROOM}"]
    )
    classes = {each.class_id: each for each in classes_of_year(store, school_year_of(now.date()))}
    members = members_on(store, list(classes), now.date())
    of_shown = [classes[each.class_id] for each in members if each.pupil_id in shown]
    today, announced = now.date(), now - timedelta(days=12)
    last = today - timedelta(5)
    concert = OccasionDraft(
        "Концерт школьного хора", today + timedelta(4), today + timedelta(4), time(17), time(18, 30), "Актовый зал",
        "Приглашаем семьи. Вход свободный.", asks_guardians=True,
    )  # fmt: skip
    council = OccasionDraft(
        "Педагогический совет: итоги четверти", today + timedelta(3), today + timedelta(3), time(14, 30), None,
        "Кабинет 12", asks_staff=True, is_staff_only=True,
    )  # fmt: skip
    trip = OccasionDraft(
        "Поездка класса в краеведческий музей", today + timedelta(2), today + timedelta(2), time(10), time(13), "Сбор у главного входа",
        "С собой: сменная обувь, тетрадь, перекус. Сопровождает классный руководитель.", asks_guardians=True,
    )  # fmt: skip
    games = OccasionDraft(
        "Спортивные игры параллели", last, last, time(12), time(14), "Спортивный зал", asks_pupils=True
    )
    clean = OccasionDraft(
        "Уборка школьного двора", today + timedelta(1), today + timedelta(1), time(13), None, "Школьный двор"
    )
    early = replace(concert, starts_at=time(16), ends_at=time(17, 30))
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
    is_of_year = school_year_of(last) == school_year_of(today)
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
                for each in pupil_occasions(transaction, pupil, last, today + timedelta(7)):
                    draft, occasion = each.occasion.draft, each.occasion.occasion_id
                    asks = draft.asks_guardians if user.has(Role.GUARDIAN) else draft.asks_pupils
                    if asks and number % SILENT and not (user in own and draft == trip) and occasion in made:
                        at = announced + timedelta(days=1 + number % 4, minutes=number % 60)
                        answer_for_child(transaction, user, pupil, occasion, number % 5 != 1, now=at)
        meeting = occasion_by_id(transaction, made[1])
        asked = asked_staff(transaction, meeting, today) if meeting else {}
        for number, (staff_id, user) in enumerate(school.users.items()):
            if staff_id in asked and number % SILENT:
                answer_as_staff(
                    transaction, user, made[1], number % 7 != 1, now=announced + timedelta(days=2)
                )

    store.write(work)
