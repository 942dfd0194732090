"""«Сообщения»: an employee's letters with families and colleagues, a new one to one or to many (п. 2.9, 4.7)."""

import streamlit as st

from pages.correspondence.parts.away import show_away
from pages.correspondence.parts.new_letter import show_new_letter
from pages.correspondence.parts.threads import THREAD, opened, show_list, show_thread
from pages.ui.filters import choose_part, remember, remembered_code
from school.access.action import Action
from school.correspondence.actions.letters import note_read
from school.correspondence.lookups.threads import thread_lists
from school.correspondence.rules.letters import ThreadKind
from school.received import id_of
from school.records import User
from server.session import guard, school

NEW = "new"


def show_lists(user: User) -> None:
    """Show the threads, searched and by whose they are."""
    here = school()
    words = st.text_input(
        "Найти", placeholder="Найти в теме и тексте", label_visibility="collapsed", key="letters_search"
    )
    found = thread_lists(here.store, user, words=words, now=here.clock())
    # Calls for help have a page of their own.
    letters = [each for each in found.own if each.thread.kind is ThreadKind.LETTERS]
    if found.open:
        titles = {"own": f"Мои: {len(letters)}", "open": f"Учеников моего класса: {len(found.open)}"}
        if choose_part("Чьи", titles, "own", key="letters_whose") == "open":
            letters = [*found.open]
    if not letters:
        st.info("Ничего не нашлось." if words else "Писем пока нет.")
    show_list(user, letters, "letter")
    if found.is_cut:
        st.caption("Показаны последние 100 переписок: более давние найдёт поиск.")


def show_messages(user: User) -> None:
    """Show the whole page: threads at the left, the open one or a new letter at the right."""
    here = school()
    # A question asked from a record opens the form of a new letter.
    wanted = NEW if st.query_params.get("about") else remembered_code(THREAD)
    thread_id = id_of(wanted)
    if thread_id:
        note_read(here.store, user, thread_id, now=here.clock())
    left, right = st.columns([2, 3], gap="medium")
    with left:
        st.button("Написать", type="primary", icon=":material/edit:", on_click=open_new, width="stretch")
        show_away(user)
        show_lists(user)
    with right:
        if wanted == NEW:
            show_new_letter(user)
        elif thread_id and (page := opened(user, thread_id, ThreadKind.LETTERS)):
            show_thread(user, page)
        else:
            st.caption("Выберите переписку слева или напишите новое письмо.")


def open_new() -> None:
    """Open the form of a new letter."""
    st.query_params.pop("about", None)
    remember(**{THREAD: NEW})


show_messages(guard(Action.CORRESPOND))
