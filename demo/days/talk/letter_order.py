"""What comes of letters in the demonstration: a file in an answer, complaints with a muting, a note of absence."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from demo.plan.structure_rows import Founded
from school.correspondence.actions.away import set_away
from school.correspondence.actions.letters import answer
from school.correspondence.actions.order import answer_complaint, complain, mute
from school.correspondence.actions.past import PastThread
from school.correspondence.writing import Words
from school.records import Role
from school.sign_in.store.users import users_by_id
from school.store.connection import Store

A_DAY = timedelta(days=1)
CRITERIA = """Критерии работы

«5» — все задания выполнены, ход решения записан.
«4» — одна ошибка или две описки.
«3» — верно не меньше половины.
Работу можно переписать в течение двух недель.
"""
# The title, what a guardian writes, what the teacher answers: about this the teacher complains.
RUDE = (
    "Тройка за диктант",
    "Вы вообще умеете преподавать? Из-за таких, как вы, дети не хотят идти в школу. Немедленно исправьте отметку!",
    "Отметка выставлена по критериям, они у всех одинаковые. Давайте разберём работу вместе.",
)


def live_letter_order(
    store: Store, school: Founded, threads: Sequence[tuple[int, PastThread]], rude: int, now: datetime
) -> None:
    """Add a file to the first thread of the demonstration's own family, complaints, a muting and a note of absence.

    ``threads``: the family's first; ``rude``: the place of the one whose guardian is muted.
    """
    people = {user_id for _, each in threads for user_id, _ in each.people}
    users, deputy = users_by_id(store, people), school.user_with(Role.DEPUTY)
    first, past = threads[0]
    words = Words("Прикладываю критерии.", [("Критерии работы.txt", CRITERIA.encode())])
    # After all that was written before: nobody writes twice within seconds.
    answer(store, users[_of(past, Role.TEACHER)], first, words, now=now - timedelta(minutes=4))
    key, past = threads[rude]
    guardian, teacher = _of(past, Role.GUARDIAN), _of(past, Role.TEACHER)
    complaint = complain(
        store, users[teacher], key, "Мама ученика переходит на оскорбления.", now=now - 2 * A_DAY
    )
    said = "С мамой поговорили, писать она сможет через неделю. Работу разберёт завуч."
    answer_complaint(store, deputy, complaint, said, now=now - A_DAY)
    mute(store, deputy, guardian, 7, "Оскорбления в переписке с учителем", now=now - A_DAY)
    waiting = next((each for each in threads[1:] if _waits(each[1], guardian)), None)
    if waiting:
        reason = "Вторую неделю нет ответа на вопрос о работе."
        complain(store, users[_of(waiting[1], Role.GUARDIAN)], waiting[0], reason, now=now - A_DAY)
    own = {_of(each, Role.TEACHER) for _, each in threads if _family(each) == _family(threads[0][1])}
    away = sorted(own - {_of(threads[0][1], Role.TEACHER)}) or sorted(own)
    set_away(store, users[away[0]], (now + 4 * A_DAY).date(), "На курсах, отвечу позже", now=now - A_DAY)


def _of(past: PastThread, role: Role) -> int:
    return next(user_id for user_id, each in past.people if each is role)


def _family(past: PastThread) -> int | None:
    return next((user_id for user_id, each in past.people if each is Role.GUARDIAN), None)


def _waits(past: PastThread, muted: int) -> bool:
    """Whether a guardian who may write waits for a first answer."""
    return len(past.messages) == 1 and _family(past) not in {None, muted}
