"""«Журнал замен»: the lessons a teacher gives in place of others, to fill and to sign (п. 4.5)."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from pages.ui.doing import try_in_callback
from pages.ui.links import page_link
from pages.ui.substitution_marks import hour_words, kind_badge, lesson_words, register_codes, signature_words
from pages.ui.typed_text import as_typed
from school.access.action import Action
from school.records import User
from school.substitutions.actions import sign_substitutions
from school.substitutions.lookups import LogRow, own_log
from server.session import guard, school

WIDTHS = [1.9, 2.7, 4.0, 1.8, 2.1]
SIGNED_SHOWN = 30


def show_line(user: User, line: LogRow, today: date) -> None:
    """Show a line of the log: when, which lesson, in whose place, whether it is filled and signed."""
    hour_box, lesson_box, place_box, state_box, sign_box = st.columns(WIDTHS, vertical_alignment="center")
    hour_box.markdown(hour_words(line.lesson))
    with lesson_box:
        label = f"**{lesson_words(line.lesson)}**"
        page_link("register/grid.py", label, register_codes(line.lesson), ":material/edit_note:")
    place_box.markdown(f"отсутствует {as_typed(line.regular_name)} {kind_badge(line)}")
    if line.lesson.held_on > today:
        state_box.markdown(":gray[предстоит]")
        return
    state_box.markdown(
        ":green[журнал заполнен]" if line.is_filled else ":orange-background[журнал не заполнен]"
    )
    if line.signed_at:
        sign_box.markdown(f":gray[{signature_words(line)}]")
    else:
        sign_box.button(
            "Подписать",
            key=f"sign_{line.substitution_id}",
            icon=":material/draw:",
            on_click=sign,
            args=(user, [line.substitution_id]),
            width="stretch",
        )


def sign(user: User, substitution_ids: Sequence[int]) -> None:
    """Put the user's signature under lines of the log."""
    try_in_callback(
        lambda: sign_substitutions(school().store, user, substitution_ids, now=school().clock()),
        "Подписано.",
        ":material/draw:",
    )


def show_waiting(user: User, waiting: Sequence[LogRow], today: date) -> None:
    """Show what waits for the user's signature."""
    title_box, button_box = st.columns([6, 2], vertical_alignment="center")
    title_box.subheader(f"Не подписано: {len(waiting)}")
    if len(waiting) > 1:
        button_box.button(
            f"Подписать все: {len(waiting)}",
            type="primary",
            icon=":material/draw:",
            on_click=sign,
            args=(user, [line.substitution_id for line in waiting]),
            width="stretch",
        )
    for line in waiting:
        show_line(user, line, today)


def show_log(user: User) -> None:
    """Show the whole page."""
    today = school().clock().date()
    log = own_log(school().store, user, today)
    ahead = [line for line in log if line.lesson.held_on > today]
    waiting = [line for line in log if line.lesson.held_on <= today and not line.signed_at]
    signed = [line for line in reversed(log) if line.signed_at]
    if not log:
        st.info("За два месяца вы никого не заменяли. Замены назначает заместитель директора.")
        return
    st.caption(
        "Подпись подтверждает, что урок вы дали (п. 4.5). Отметки, тему и задание записывают в журнале класса."
    )
    if waiting:
        show_waiting(user, waiting, today)
    else:
        st.success("Все ваши замены подписаны.", icon=":material/check:")
    for title, lines in (("Предстоят", ahead), ("Подписаны", signed[:SIGNED_SHOWN])):
        if lines:
            st.subheader(f"{as_typed(title)}: {len(lines)}")
            for line in lines:
                show_line(user, line, today)


show_log(guard(Action.READ_SUBSTITUTION_LOG))
