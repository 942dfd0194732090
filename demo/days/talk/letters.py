"""Letters in the demonstration: some two hundred threads of families with teachers, of colleagues, and calls for help."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import numpy as np

from demo.days.subject_words import talks_of
from demo.days.talk.letter_order import RUDE, live_letter_order
from demo.plan.structure_rows import Founded
from school.correspondence.actions.past import PastThread, write_past_threads
from school.correspondence.rules.hours import LetterOrder, delivery_of
from school.correspondence.rules.letters import ThreadKind
from school.homework.store import is_day_off
from school.records import Role
from school.store.connection import Store
from school.store.reading import read_as
from school.store.selection import holds_on, is_there

LETTERS, WITH_PUPILS, AMONG_STAFF = 180, 10, 14
# What nobody has answered yet is of the last days; of the calls for help some are in hand.
DAYS_BACK, LATELY, IN_HAND = 60, 6, 2
# Of the demonstration's own family and teacher at least so many.
OWN = 6
# Of so many questions one waits still, and one was sent urgently.
UNANSWERED, URGENT = 12, 40

STAFF_TOPICS = (
    ("Замена в четверг", "Смогу взять ваш второй урок в четверг, если вы возьмёте мой пятый.", "Да, спасибо, договорились."),
    ("Контрольные на одной неделе", "У класса три контрольные на одной неделе. Сможете перенести свою?", "Перенесу на понедельник."),
    ("Кабинет", "Можно занять ваш кабинет после шестого урока в среду?", "Можно, ключ у вахтёра."),
    ("Проектор", "Проектор в кабинете мигает. У вас работает? Нужен на один урок во вторник.", "Работает, приходите с классом."),
    ("Открытый урок", "Во вторник третьим уроком у меня открытый урок. Придёте посмотреть?", "Приду, если не поставят замену."),
    ("Дежурство", "Поменяемся дежурством на этой неделе? У меня во вторник врач.", "Давайте, беру вторник."),
    ("Экскурсия", "Класс уезжает на экскурсию в пятницу, трёх последних уроков не будет.", "Хорошо, перенесу тему на следующий урок."),
    ("Сводка за период", "Подскажите, к какому дню сдаём сводку по классу?", "К пятнице, форма в «Отчётах»."),
)  # fmt: skip
PUPIL_TOPICS = (
    (
        "Олимпиада по предмету «{subject}»",
        "В субботу школьный этап. Пойдёшь?",
        "Да, запишите меня, пожалуйста.",
    ),
    ("Долг по работе", "Жду тетрадь с исправленной работой до пятницы.", "Принесу завтра на урок."),
    ("Доклад", "Тему доклада можно выбрать из списка в материалах.", "Спасибо, возьму вторую."),
)
# Title, question, answer: of families; employees wait for theirs still.
FAMILY_CALLS = (
    ("Не вижу отметок за прошлый период", "Открываю «Отметки», а там только текущий период.", "Выберите период над таблицей: прошлые там же."),
    ("Сменился номер телефона", "Как поправить телефон в карточке?", "Его меняет классный руководитель, номер я ему передам."),
    ("Не приходят письма", "Уведомления на почту не приходят вторую неделю.", "В адресе опечатка, поправьте его в «Уведомлениях»."),
    ("Дневник на телефоне", "Как открывать дневник с телефона, не набирая адрес?", "Внизу дневника есть страница «На телефоне»: там всё по шагам."),
    ("Вход для второго родителя", "Как второму родителю получить свой вход?", "Код приглашения даёт классный руководитель, у каждого родителя он свой."),
    ("Ошибка в фамилии", "В дневнике фамилия через «е», а в документах через «ё».", "Секретарь исправит по документам, напишу, когда будет готово."),
)  # fmt: skip
STAFF_CALLS = (
    ("Журнал подгруппы", "В журнале подгруппы не хватает двух учеников."),
    ("Не прикладывается файл", "Файл к уроку не прикладывается: журнал пишет, что он слишком большой."),
)


class _Pair(NamedTuple):
    """Who may write to whom: a guardian's account, the child and the child's account, an employee's account and what they teach."""

    guardian: int
    pupil_id: int
    child: str
    pupil: int | None
    teacher: int
    subject: str
    grade_level: int | None


def live_letters(store: Store, school: Founded, seed: int, now: datetime) -> None:
    """Write the threads of the last two months; of the demonstration's own family and teacher several, one of them new."""
    rng = np.random.default_rng([seed, 11])
    pairs = _pairs(store, now.date())
    if not pairs:
        return
    own = {row.name: int(row.value) for row in school.structure.settings if row.name.startswith("demo.user.")}
    guardian, teacher = own.get("demo.user.guardian"), own.get("demo.user.teacher")
    first = [each for each in pairs if each.guardian == guardian][:OWN]
    first += [each for each in pairs if each.teacher == teacher][:OWN]
    chosen = first + [pairs[place] for place in rng.integers(len(pairs), size=LETTERS - len(first))]
    times, said = _Times(store, rng, now), dict[int, set[str]]()
    past = [_letter(rng, times, said, each, number) for number, each in enumerate(chosen)]
    insulted = next((each for each in reversed(pairs) if each.guardian != guardian), pairs[-1])
    past.append(_rude(times, insulted))
    mine = [each for each in pairs if each.pupil == own.get("demo.user.pupil")][:2]
    past += _with_pupils(times, [*mine, *first, *reversed(chosen)])
    past += _among_staff(rng, times, school)
    past += _calls(
        rng, times, school, [each.guardian for each in chosen], school.user_with(Role.ADMIN).user_id
    )
    ids = write_past_threads(store, past, now=now)
    of_families = [*zip(ids, past, strict=True)][: len(chosen) + 1]
    live_letter_order(store, school, of_families, len(chosen), now)


def _pairs(store: Store, day: date) -> list[_Pair]:
    query = f"""SELECT DISTINCT u.user_id AS guardian, e.pupil_id, p.first_name AS child,
            (SELECT min(x.user_id) FROM users x WHERE x.pupil_id = e.pupil_id) AS pupil, s.user_id AS teacher, b.name AS subject,
            c.grade_level
        FROM users u JOIN guardian_pupils k USING (guardian_id) JOIN enrolments e ON e.pupil_id = k.pupil_id AND {is_there("e", "$day")}
            JOIN pupils p ON p.pupil_id = e.pupil_id JOIN classes c ON c.class_id = e.class_id
            JOIN teaching_load t ON t.class_id = e.class_id AND t.subgroup_id IS NULL AND {holds_on("t", "$day")}
            JOIN users s ON s.staff_id = t.teacher_id JOIN subjects b ON b.subject_id = t.subject_id
        WHERE u.staff_id IS NULL ORDER BY ALL"""
    return read_as(store, _Pair, query, {"day": day})


class _Times:
    """Moments of the last weeks: written on some day, delivered by the hours of correspondence."""

    def __init__(self, store: Store, rng: np.random.Generator, now: datetime) -> None:
        days = [now.date() - timedelta(days=back) for back in range(1, DAYS_BACK + 40)]
        self.working = {day for day in days if not is_day_off(store, day)}
        self.rng, self.now = rng, now

    def question(self, days_back: int) -> datetime:
        """Return when somebody of the last days asks: in the evening as often as by day."""
        day = self.now.date() - timedelta(days=int(self.rng.integers(2, days_back)))
        return datetime.combine(day, time(int(self.rng.integers(8, 23)), int(self.rng.integers(60))))

    def after(self, moment: datetime) -> datetime:
        """Return when the other answers: mostly on the next day, sometimes after a week."""
        wait = timedelta(hours=float(self.rng.exponential(22)) + 0.5)
        return self.delivered(min(moment + wait, self.now - timedelta(minutes=20)))

    def delivered(self, moment: datetime) -> datetime:
        """Return when a message of a moment is delivered, never later than now."""
        found = delivery_of(moment, LetterOrder(), lambda day: day in self.working)
        return min(found, self.now - timedelta(minutes=5))


def _letter(
    rng: np.random.Generator, times: _Times, said: dict[int, set[str]], pair: _Pair, number: int
) -> PastThread:
    fitting = talks_of(pair.subject, pair.grade_level)
    talks = [fitting[place] for place in rng.permutation(len(fitting))]
    # Whoever looks through the letters of one person does not read the same one twice, while there are others.
    known = said.setdefault(pair.guardian, set()) | said.setdefault(pair.teacher, set())
    talk = next((each for each in talks if each.question not in known), talks[0])
    for person in (pair.guardian, pair.teacher):
        said[person].add(talk.question)
    title, question, answer, thanks = (text.format(child=pair.child, subject=pair.subject) for text in talk)
    waits = number % UNANSWERED == UNANSWERED - 1 or number == 0
    asked = times.question(LATELY if waits else DAYS_BACK)
    is_urgent = number % URGENT == URGENT - 1
    came = asked if is_urgent else times.delivered(asked)
    messages = [(pair.guardian, asked, came, question, is_urgent)]
    if not waits or number == 0:
        answered = times.after(came)
        messages.append((pair.teacher, answered, answered, answer, False))
        if thanks and number and rng.random() < 0.6:
            thanked = times.after(answered)
            messages.append((pair.guardian, thanked, thanked, thanks, False))
    is_thanks = len(messages) > 2 and rng.random() < 0.8
    # The demonstration's own family finds an answer that it has not read; who waits is unread by the teacher.
    unread = pair.guardian if number == 0 else pair.teacher if waits else None
    people = ((pair.guardian, Role.GUARDIAN), (pair.teacher, Role.TEACHER))
    return PastThread(
        ThreadKind.LETTERS, title, "", pair.pupil_id, people, messages, unread, is_settled=is_thanks
    )


def _rude(times: _Times, pair: _Pair) -> PastThread:
    title, said, answer = RUDE
    asked = times.delivered(times.now - timedelta(days=4))
    answered = times.after(asked)
    people = ((pair.guardian, Role.GUARDIAN), (pair.teacher, Role.TEACHER))
    messages = [(pair.guardian, asked, asked, said, False), (pair.teacher, answered, answered, answer, False)]
    return PastThread(ThreadKind.LETTERS, title, "", pair.pupil_id, people, messages)


def _with_pupils(times: _Times, pairs: Sequence[_Pair]) -> list[PastThread]:
    """Return threads of teachers with pupils, which guardians and homeroom teachers read along; a child and a teacher once."""
    known = {(each.pupil_id, each.teacher): each for each in reversed(pairs) if each.pupil is not None}
    found = []
    for number, pair in enumerate([*reversed(known.values())][:WITH_PUPILS]):
        title, text, answer = (
            words.format(subject=pair.subject) for words in PUPIL_TOPICS[number % len(PUPIL_TOPICS)]
        )
        asked = times.delivered(times.question(DAYS_BACK))
        answered = times.after(asked)
        people = ((pair.teacher, Role.TEACHER), (pair.pupil or 0, Role.PUPIL))
        messages = [
            (pair.teacher, asked, asked, text, False),
            (pair.pupil or 0, answered, answered, answer, False),
        ]
        found.append(
            PastThread(ThreadKind.LETTERS, title, "", pair.pupil_id, people, messages, is_settled=True)
        )
    return found


def _among_staff(rng: np.random.Generator, times: _Times, school: Founded) -> list[PastThread]:
    teachers = [user for user in school.users.values() if user.has(Role.TEACHER)]
    found = []
    for number in range(AMONG_STAFF if len(teachers) > 1 else 0):
        one, other = (teachers[place] for place in rng.choice(len(teachers), size=2, replace=False))
        title, text, answer = STAFF_TOPICS[number % len(STAFF_TOPICS)]
        asked = times.delivered(times.question(DAYS_BACK))
        answered = times.after(asked)
        people = ((one.user_id, Role.TEACHER), (other.user_id, Role.TEACHER))
        messages = [
            (one.user_id, asked, asked, text, False),
            (other.user_id, answered, answered, answer, False),
        ]
        found.append(PastThread(ThreadKind.LETTERS, title, "", None, people, messages))
    return found


def _calls(
    rng: np.random.Generator, times: _Times, school: Founded, guardians: Sequence[int], admin: int
) -> list[PastThread]:
    teachers = [user.user_id for user in school.users.values() if user.has(Role.TEACHER)]
    found = []
    for number, (title, text, answer) in enumerate(FAMILY_CALLS):
        is_closed = number < len(FAMILY_CALLS) - IN_HAND
        who = guardians[int(rng.integers(len(guardians)))]
        asked = times.question(DAYS_BACK if is_closed else LATELY)
        answered = times.after(asked)
        messages = [(who, asked, asked, text, False), (admin, answered, answered, answer, False)]
        people = ((who, Role.GUARDIAN), (admin, Role.ADMIN))
        closed = (answered, admin) if is_closed else None
        found.append(
            PastThread(
                ThreadKind.HELP, title, "", None, people, messages, taken=(answered, admin), closed=closed
            )
        )
    for title, text in STAFF_CALLS if teachers else ():
        who, asked = teachers[int(rng.integers(len(teachers)))], times.question(LATELY)
        messages = [(who, asked, asked, text, False)]
        found.append(PastThread(ThreadKind.HELP, title, "", None, ((who, Role.TEACHER),), messages))
    return found
