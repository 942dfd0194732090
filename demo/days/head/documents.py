"""Documents of the demonstration: one half acquainted, one replaced by a new version, one before the head (п. 4.1, 4.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from school.audiences.rules import Target
from school.records import User
from school.regulations.actions import acquaint, approve_document, note_on_paper, save_draft, submit_draft
from school.regulations.lookups import OrderRequest, order_words, waiting_to_read
from school.regulations.records import RegulationDraft, RegulationKind
from school.regulations.rules.orders import OrderTemplate
from school.store.connection import Store

STATUTE = RegulationDraft(
    RegulationKind.STATUTE,
    "О ведении электронного классного журнала",
    Target.SCHOOL,
    basis="решение педагогического совета",
    body="1. Общие положения\nЭлектронный журнал ведут все педагогические работники школы.\n"
    "2. Сроки\nТекущие отметки выставляются в день проведения урока не позднее 16:00.\n"
    "Запись | Кто делает | Срок\nТема и домашнее задание | учитель | в день урока\nПричина пропуска | классный руководитель | раз в неделю\n"
    "3. Контроль\nВедение журнала проверяют не реже одного раза в четверть.",
    is_for_families=True,
)
RENEWED = "\n4. Семьям\nЗамечания и отметки видны в дневнике с часа, который установила школа."
INSTRUCTION = RegulationDraft(
    RegulationKind.INSTRUCTION,
    "О сохранности паролей от электронного журнала",
    Target.SCHOOL,
    body="1. Пароль никому не сообщают, ученикам тоже.\n2. Уходя от компьютера, выходят из журнала.\n"
    "3. О потере пароля сразу говорят администратору журнала.",
)
# Of so many in turn one has not done it yet: of the new version every second, of the instruction every seventh.
SLOW_IN_TURN, QUICK_IN_TURN = 2, 7
DAYS_AGO = (70, 40, 5, 1)


def live_documents(
    store: Store, head: User, deputy: User, staff: Mapping[int, User], shown: Sequence[int], now: datetime
) -> None:
    """Draft, approve and read documents up to ``now``; whom visitors play (user ids in ``shown``) have yet to answer."""
    day = now.date()
    at = [datetime.combine(day - timedelta(days), time(11, 20)) for days in DAYS_AGO]
    first = _approved(store, head, deputy, STATUTE, "1", at[0])
    _read(store, first, staff, shown, 1000, at[0])
    instruction = _approved(store, head, deputy, INSTRUCTION, "1", at[1])
    _read(store, instruction, staff, (), QUICK_IN_TURN, at[1])
    late = [
        staff_id
        for staff_id, user in staff.items()
        if any(each.regulation_id == instruction for each in waiting_to_read(store, user, today=day))
    ]
    note_on_paper(store, deputy, instruction, late[:1], at[1].date() + timedelta(3), now=at[2])
    renewed = replace(
        STATUTE, body=STATUTE.body + RENEWED, valid_from=at[2].date(), read_by=day + timedelta(2)
    )
    second = _approved(store, head, deputy, renewed, "2", at[2], newer_than=first)
    _read(store, second, staff, shown, SLOW_IN_TURN, at[2])
    words = order_words(store, deputy, OrderRequest(OrderTemplate.HOMEROOMS), today=day)
    order = RegulationDraft(
        RegulationKind.ORDER, words.title, Target.SCHOOL, number="47", basis=words.basis, body=words.body
    )
    submit_draft(store, deputy, save_draft(store, deputy, order, now=at[3]), now=at[3])


def _approved(
    store: Store,
    head: User,
    deputy: User,
    draft: RegulationDraft,
    number: str,
    at: datetime,
    *,
    newer_than: int | None = None,
) -> int:
    document = save_draft(store, deputy, draft, newer_than=newer_than, now=at - timedelta(hours=2))
    submit_draft(store, deputy, document, now=at - timedelta(hours=1))
    approve_document(store, head, document, number, at.date(), now=at)
    return document


def _read(
    store: Store, document: int, staff: Mapping[int, User], shown: Sequence[int], turn: int, at: datetime
) -> None:
    for number, user in enumerate(staff.values(), 1):
        asked = {each.regulation_id for each in waiting_to_read(store, user, today=at.date())}
        if number % turn and user.user_id not in shown and document in asked:
            acquaint(store, user, document, now=at + timedelta(hours=2, minutes=7 * number))
