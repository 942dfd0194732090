"""«Замечания и рекомендации»: teachers write to a family, see whether it was read, take their words back (п. 3.6, 4.7)."""

from itertools import chain

import streamlit as st

from pages.ui.doing import try_in_callback, try_to
from pages.ui.filters import choose, choose_one, choose_segment
from pages.ui.remarks import remark_markdown
from school.access.action import Action
from school.access.checks import may_somewhere
from school.families.actions import RemarkDraft, withdraw_own_remark, write_remark
from school.families.lookups.remarks import (
    StoredRemark,
    TaughtPupil,
    own_subjects,
    pupils_to_write_of,
    readable_remarks,
)
from school.families.rules import LONGEST, READY_WORDS, REMARK_TITLES
from school.numbers import counted
from school.records import RemarkKind, User
from server.session import guard, school

FORM_NUMBER = "remark_form_number"
REMARKS_SHOWN = 40


def choose_pupil(user: User, number: int) -> TaughtPupil | None:
    """Let the user choose one of the pupils they teach or lead; the class is the one they work with."""
    pupils = pupils_to_write_of(school().store, user, school().clock().date())
    classes = {str(pupil.class_id): pupil.class_name for pupil in pupils}
    if not classes:
        return None
    class_box, pupil_box = st.columns([1, 3])
    led = next((each for each in classes if int(each) in user.homeroom_class_ids), None)
    class_id = int(choose("class", "Класс", classes, default=led, place=class_box, label_hidden=True))
    own = [pupil for pupil in pupils if pupil.class_id == class_id]
    return pupil_box.selectbox(
        "Ученик",
        own,
        index=None,
        format_func=lambda pupil: pupil.name.short,
        label_visibility="collapsed",
        placeholder="Ученик",
        key=f"remark_pupil_{number}_{class_id}",
    )


def show_form(user: User) -> None:
    """Show the fields of a remark; what was typed stays when it is refused, the class and the kind stay when it is sent.

    No form: ready words are put into the text that is typed, so it has to be known before it is sent.
    """
    number = st.session_state.get(FORM_NUMBER, 0)
    pupil = choose_pupil(user, number)
    kinds = {str(kind): REMARK_TITLES[kind] for kind in RemarkKind}
    kind = RemarkKind(choose_segment("remark_kind", "Вид", kinds, default=str(RemarkKind.PRAISE)))
    st.pills(
        "Готовые слова",
        READY_WORDS[kind],
        label_visibility="collapsed",
        key=f"remark_ready_{number}_{kind}",
        on_change=take_ready_words,
        args=(number, kind),
    )
    text = st.text_area(
        "Текст",
        max_chars=LONGEST,
        height=90,
        placeholder="Что передать семье: увидят родители и ученик. Готовые слова выше можно нажать и дополнить",
        label_visibility="collapsed",
        key=f"remark_text_{number}",
    )
    subject_box, button_box = st.columns([4, 2], vertical_alignment="center")
    subjects = own_subjects(school().store, user, pupil.class_id) if pupil else {}
    subject_id = choose_one(
        "Предмет",
        subjects,
        place=subject_box,
        index=0 if len(subjects) == 1 else None,
        label_visibility="collapsed",
        placeholder="Без предмета",
        key=f"remark_subject_{number}_{pupil.class_id if pupil else 0}",
    )
    if button_box.button("Отправить семье", type="primary", key=f"remark_send_{number}"):
        send(user, pupil, kind, text, subject_id)


def send(user: User, pupil: TaughtPupil | None, kind: RemarkKind, text: str, subject_id: int | None) -> None:
    """Send a remark to a family, or say why it cannot be sent."""
    if pupil is None:
        st.error("Ученик не выбран. Выберите его над текстом.")
        return
    draft = RemarkDraft(pupil.pupil_id, kind, text, subject_id)
    if try_to(lambda: write_remark(school().store, user, draft, now=school().clock()), "Отправлено семье."):
        st.session_state[FORM_NUMBER] = st.session_state.get(FORM_NUMBER, 0) + 1
        st.rerun()


def take_ready_words(number: int, kind: RemarkKind) -> None:
    """Put the words that were pressed into the text, in the place of others that were; what was typed stays before them."""
    words = st.session_state.get(f"remark_ready_{number}_{kind}")
    key = f"remark_text_{number}"
    typed = st.session_state.get(key, "")
    for ready in chain(*READY_WORDS.values()):
        typed = typed.replace(ready, "")
    st.session_state[key] = " ".join(filter(None, (typed.strip(), words)))


def show_remark(remark: StoredRemark, user: User) -> None:
    """Show a remark with whether it was read; its author may take it back."""
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="top", border=True
    ):
        st.markdown(remark_markdown(remark))
        if remark.written_by == user.user_id and remark.withdrawn_at is None:
            st.button(
                "Отозвать",
                key=f"withdraw_{remark.remark_id}",
                on_click=withdraw,
                args=(user, remark.remark_id),
            )


def withdraw(user: User, remark_id: int) -> None:
    """Take a remark back."""
    try_in_callback(
        lambda: withdraw_own_remark(school().store, user, remark_id, now=school().clock()),
        "Отозвано: семья больше не видит эту запись.",
    )


def show_remarks(user: User) -> None:
    """Show the whole page."""
    if may_somewhere(user, Action.WRITE_REMARK):
        show_form(user)
    found = readable_remarks(school().store, user, school().clock().date())
    if not found:
        st.info("Похвалы, замечаний и рекомендаций пока нет. Их пишут учителя и классный руководитель.")
        return
    unread = sum(remark.read_at is None and remark.withdrawn_at is None for remark in found)
    total = counted(len(found), "запись", "записи", "записей")
    st.caption(f"{total}, из них семьёй не прочитано: {unread}.")
    for remark in found[:REMARKS_SHOWN]:
        show_remark(remark, user)
    if len(found) > REMARKS_SHOWN:
        st.caption(f"Показаны последние {REMARKS_SHOWN} из {len(found)}.")


show_remarks(guard(Action.READ_REMARKS))
