"""Writing an announcement on one screen: to whom, what, for how long, whose confirmation; how many people it reaches is said first."""

from datetime import timedelta

import streamlit as st

from pages.ui.audience import choose_audience, reached_words, show_reached
from pages.ui.doing import try_to
from pages.ui.filters import choose_one
from pages.ui.typed_text import Markdown
from pages.ui.upload import file_uploader, note_done, show_done
from school.access.action import Action
from school.announcements.actions import send_announcement
from school.announcements.rules import (
    DAYS_AHEAD,
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    MOST_FILES,
    USUAL_DAYS,
    WANTED_OF_STAFF,
    WANTED_TITLES,
    Draft,
    Wanted,
    wanted_of,
)
from school.audiences.rules import Audience, Part
from school.files.attachments.kinds import FILE_BYTES, FILE_KINDS
from school.records import User
from server.session import school

FORM_NUMBER = "announcement_form"
NOBODY_TO_WRITE_TO = "Писать пока некому: за вами нет ни класса, ни подгруппы. Нагрузку и классное руководство назначает завуч."


def show_form(user: User) -> None:
    """Show the form; what was typed stays when it is refused."""
    show_done(FORM_NUMBER)
    number = str(st.session_state.get(FORM_NUMBER, 0))
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.markdown("**Кому**")
        audience = choose_audience(user, Action.WRITE_ANNOUNCEMENT, number)
        if audience is None:
            st.info(NOBODY_TO_WRITE_TO)
            return
        subject = st.text_input("Заголовок", max_chars=LONGEST_SUBJECT, key=f"announcement_subject_{number}")
        text = st.text_area(
            "Текст",
            max_chars=LONGEST_TEXT,
            height=190,
            key=f"announcement_text_{number}",
            placeholder="Что, когда, где, что взять с собой. Адреса https:// станут ссылками",
        )
    with right:
        draft = _with_settings(audience, subject, text, number)
    reached = show_reached(user, Action.WRITE_ANNOUNCEMENT, audience)
    is_asked = st.button(
        "Отправить",
        type="primary",
        icon=":material/send:",
        disabled=not (reached and reached.total),
        key=f"send_{number}",
    )
    if is_asked and reached:
        store, now = school().store, school().clock()
        if try_to(lambda: send_announcement(store, user, draft, now=now), "Отправлено."):
            note_done(FORM_NUMBER, Markdown(f"Объявление отправлено. {reached_words(reached)}"))
            st.session_state[FORM_NUMBER] = int(number) + 1
            st.rerun()


def _with_settings(audience: Audience, subject: str, text: str, number: str) -> Draft:
    """Show what has a sensible default: days, confirmation, importance, files."""
    today = school().clock().date()
    is_of_staff = audience.parts == {Part.STAFF}
    titles = {
        each: WANTED_OF_STAFF if is_of_staff and each != Wanted.NOBODY else WANTED_TITLES[each]
        for each in wanted_of(audience.parts)
    }
    wanted = choose_one(
        "Подтверждение",
        titles,
        key=f"announcement_wanted_{number}_{'-'.join(titles)}",
        help="Кто должен нажать «Ознакомлен(а)». Без подтверждения видно, кто открыл объявление.",
    )
    from_box, until_box = st.columns(2)
    shown_from = from_box.date_input(
        "Показывать с",
        today,
        today,
        today + timedelta(DAYS_AHEAD),
        format="DD.MM.YYYY",
        key=f"announcement_from_{number}",
    )
    shown_until = until_box.date_input(
        "по (включительно)",
        shown_from + timedelta(USUAL_DAYS),
        format="DD.MM.YYYY",
        key=f"announcement_until_{number}_{shown_from}",
    )
    is_important = st.checkbox(
        "Важное",
        key=f"announcement_important_{number}",
        help="Тем, кто просил, сразу уйдут письмо и уведомление на телефон; остальные увидят его в сводке и в дневнике.",
    )
    is_pinned = st.checkbox("Закрепить над остальными", key=f"announcement_pinned_{number}")
    takes_answers = st.checkbox(
        "Можно ответить автору",
        key=f"announcement_answers_{number}",
        help="Ответы придут вам в «Сообщения», каждый отдельной перепиской.",
    )
    files = file_uploader(
        f"Файлы, до {MOST_FILES} по {FILE_BYTES // 1024 // 1024} МБ",
        list(FILE_KINDS),
        key=f"announcement_files_{number}",
        accept_multiple_files=True,
        max_upload_size=FILE_BYTES // 1024 // 1024,
    )
    sent = tuple((each.name, each.getvalue()) for each in files or ())
    return Draft(
        audience,
        subject,
        text,
        shown_from,
        shown_until,
        wanted or Wanted.NOBODY,
        is_important,
        is_pinned,
        sent,
        takes_answers,
    )
