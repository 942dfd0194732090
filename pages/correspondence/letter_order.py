"""«Порядок переписки»: how answers are kept, complaints, mutings, hours and who writes to whom; never the letters (п. 2.9, 4.1, 4.2)."""

from datetime import time

import streamlit as st

from pages.correspondence.parts.by_request import show_by_request
from pages.correspondence.parts.complaints import show_complaints, show_mutes
from pages.ui.doing import try_and_rerun
from pages.ui.tables import RecordColumn, show_records
from pages.ui.typed_text import Markdown, as_typed
from school.access.action import Action
from school.access.checks import may
from school.access.roles import ROLES
from school.access.writing import WRITING, Pair
from school.correspondence.actions.order import set_order
from school.correspondence.lookups.order import ANSWER_DAYS, Oversight, StaffAnswers, oversight
from school.correspondence.rules.hours import NORM_DAYS, LetterOrder
from school.records import Role, User
from server.session import guard, school

ANSWERS: tuple[RecordColumn[StaffAnswers], ...] = (
    RecordColumn("Учитель", lambda row: row.name, width=220),
    RecordColumn("Вопросов", lambda row: row.asked, 0),
    RecordColumn("В срок", lambda row: row.in_time, 0),
    RecordColumn(
        "С опозданием", lambda row: row.late, 0, help="Ответ пришёл позже срока или его всё ещё нет"
    ),
    RecordColumn("Ещё не срок", lambda row: row.waiting, 0),
    RecordColumn(
        "Ответ не нужен",
        lambda row: row.settled,
        0,
        help="Сколько сообщений семей сотрудник отметил так: благодарность — не вопрос",
    ),
    RecordColumn(
        "Доля в срок, %", lambda row: row.share, 0, help="Из вопросов, срок ответа на которые прошёл"
    ),
)
AWAY = RecordColumn[StaffAnswers](
    "Отсутствует по", lambda row: f"{row.away_until:%d.%m.%Y}" if row.away_until else ""
)


def show_answers(found: Oversight) -> None:
    """Show how employees answer families, without a word of it."""
    st.subheader(f"Ответы семьям за {ANSWER_DAYS} дней")
    norm = found.order.norm_days
    st.caption(
        f"Вопрос — сообщение семьи, после которого сотрудник ещё не ответил. Срок ответа — {norm} учебных дн. с доставки."
    )
    if found.answers:
        is_anybody_away = any(each.away_until for each in found.answers)
        show_records(found.answers, (*ANSWERS, AWAY) if is_anybody_away else ANSWERS, "letter_answers")
    else:
        st.info("Семьи за это время ничего не спрашивали.")
    if found.urgent:
        names = ", ".join(f"{name} — {count}" for name, count in found.urgent)
        st.markdown(Markdown(f"Отправляли срочно, вне часов переписки: {as_typed(names)}."))


def _open(sender: Role, every: list[Role], found: Oversight) -> list[Role]:
    return [each for each in every if (sender, each) not in found.closed]


def show_settings(user: User, found: Oversight) -> None:
    """Let the deputy set the hours, the norm, and close rows of the table."""
    st.subheader("Часы, срок ответа и кто кому пишет")
    may_set = may(user, Action.SET_LETTER_ORDER)
    with st.form("letter_order", border=False):
        left, middle, right = st.columns(3)
        opens = left.time_input("Доставлять с", found.order.opens_at, step=1800, disabled=not may_set)
        closes = middle.time_input("до", found.order.closes_at, step=1800, disabled=not may_set)
        norm = right.selectbox(
            "Ответить за, учебных дней",
            NORM_DAYS,
            NORM_DAYS.index(found.order.norm_days),
            disabled=not may_set,
        )
        st.markdown(
            "Кто кому может написать первым. Направление можно закрыть; того, чего здесь нет (ученики и родители между собой), "
            "не открыть. На письмо отвечают и по закрытому направлению."
        )
        shut: set[Pair] = set()
        for sender, row in WRITING.items():
            every: list[Role] = [*row.recipients]
            chosen = st.pills(
                Markdown(f"{ROLES[sender].title} ({as_typed(row.clause)})"),
                every,
                selection_mode="multi",
                default=_open(sender, every, found),
                format_func=lambda role: Markdown(ROLES[role].title),
                disabled=not may_set,
                key=f"writing_{sender}",
            )
            shut |= {(sender, each) for each in every if each not in chosen}
        if may_set and st.form_submit_button("Сохранить", type="primary"):
            wanted = LetterOrder(opens or time(8), closes or time(19), int(norm or 2))
            here = school()
            try_and_rerun(
                lambda: set_order(here.store, user, wanted, shut, now=here.clock()), "Порядок сохранён."
            )


def show_order(user: User) -> None:
    """Show the whole page."""
    here = school()
    found = oversight(here.store, user, now=here.clock())
    show_complaints(user, found)
    show_answers(found)
    show_mutes(user, found)
    show_settings(user, found)
    show_by_request(user, found)


show_order(guard(Action.READ_COMPLAINTS))
