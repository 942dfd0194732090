"""Letters for families without a computer: of one child or of the class, made with progress, downloaded once made (п. 4.3)."""

from collections.abc import Mapping

import streamlit as st

from pages.ui.export import download, noted
from pages.ui.typed_text import Markdown, as_typed
from pipelines.reports.family_letter import letters_pdf
from school.access.action import Action
from school.access.checks import may
from school.access.scopes import Rows
from school.families.lookups.diary import marks_wait_until
from school.families.lookups.letter import family_letter
from school.numbers import counted
from school.records import User
from school.sign_in.lookups.sessions import school_name
from server.session import school

MADE = "family_letters"
TITLE = "Письма семьям"


def show_letters(user: User, class_id: int, class_name: str, pupils: Mapping[int, str]) -> None:
    """Show whose letter is made, the button that makes it, and what was made last of this class."""
    if not may(user, Action.READ_DIARY, Rows(class_id=class_id)):
        return
    with st.popover("Письмо семье без компьютера", icon=":material/mail:"):
        st.caption("Отметки, итоги, пропуски, замечания и задания на листе с местом для подписи.")
        if until := marks_wait_until(school().store, school().clock()):
            st.caption(f"Отметки, поставленные сегодня, войдут с {until:%H:%M}: раньше семьи их не видят.")
        chosen = st.selectbox(
            "Чьё письмо",
            [0, *pupils],
            format_func=lambda pupil: pupils.get(pupil, f"весь класс: {len(pupils)}"),
            key=f"letter_pupil_{class_id}",
        )
        if st.button("Сделать", type="primary", icon=":material/print:", key=f"make_letters_{class_id}"):
            make_letters(user, class_id, list(pupils) if not chosen else [chosen])
        show_made(class_id, class_name, pupils)


def make_letters(user: User, class_id: int, pupil_ids: list[int]) -> None:
    """Make letters one by one, saying how far it is, and keep them for this tab."""
    here, now = school(), school().clock()
    progress = st.progress(0.0, "Собираю письма…")
    letters = []
    for number, pupil_id in enumerate(pupil_ids, 1):
        letters.append(family_letter(here.store, user, pupil_id, now=now))
        progress.progress(number / (len(pupil_ids) + 1), f"Собрано писем: {number} из {len(pupil_ids)}")
    content = letters_pdf(school_name(here.store), letters, made_at=now)
    progress.empty()
    st.session_state[MADE] = (class_id, tuple(pupil_ids), content)


def show_made(class_id: int, class_name: str, pupils: Mapping[int, str]) -> None:
    """Show the button that downloads what was made last; letters of another class are forgotten."""
    made_of, pupil_ids, content = st.session_state.get(MADE, (None, (), b""))
    if made_of != class_id:
        st.session_state.pop(MADE, None)
        return
    whose = pupils.get(pupil_ids[0], "") if len(pupil_ids) == 1 else class_name
    letters = counted(len(pupil_ids), "письмо", "письма", "писем")
    st.markdown(Markdown(f"Готово: {as_typed(letters)}, {as_typed(whose)}."))
    download(
        "Скачать PDF",
        noted(lambda: content, pupil_ids, TITLE),
        f"{TITLE} {whose}.pdf",
        "application/pdf",
        key=f"letters_{class_id}",
    )
