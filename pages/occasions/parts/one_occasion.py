"""One event: what it is, one's own answer, who comes, who does not, who has not answered (п. 3.6)."""

import streamlit as st

from pages.occasions.parts.occasion_form import show_changing
from pages.occasions.parts.occasion_words import answer_words, state_badge
from pages.ui.doing import try_and_rerun
from pages.ui.filters import choose_segment
from pages.ui.links import occasion_file_address, opener
from pages.ui.tables import RecordColumn, show_records
from pages.ui.typed_text import Markdown, as_typed
from school.access.action import Action
from school.access.checks import may_somewhere
from school.occasions.actions import answer_as_staff
from school.occasions.lookups import (
    ChildAnswer,
    OccasionAnswer,
    OccasionAnswers,
    StaffAnswer,
    StaffOccasion,
    occasion_answers,
)
from school.occasions.rules import when_words
from school.records import User
from server.session import school

VIEWS = {"silent": "Не ответили", "yes": "Придут", "no": "Не придут", "all": "Все"}


def show_occasion(user: User, each: StaffOccasion, *, may_read_answers: bool) -> None:
    """Show an event with all that this user may do about it."""
    occasion, draft = each.occasion, each.occasion.draft
    st.subheader(Markdown(f"{as_typed(draft.title)}{state_badge(occasion)}"))
    place = f" · {as_typed(draft.place)}" if draft.place else ""
    st.markdown(
        Markdown(
            f"**{as_typed(when_words(draft))}**{place} · {as_typed(each.for_whom)} · {as_typed(each.author)}"
        )
    )
    if draft.text:
        st.markdown(as_typed(draft.text))
    for file in occasion.files:
        st.markdown(Markdown(f"[{as_typed(file.title)}]({occasion_file_address(file.file_id)})"))
    show_own_answer(user, each)
    today = school().clock().date()
    if each.may_edit and occasion.cancelled_at is None and draft.ends_on >= today:
        show_changing(user, occasion)
    if may_read_answers:
        show_answers(user, occasion_answers(school().store, user, occasion.occasion_id, today=today))


def show_own_answer(user: User, each: StaffOccasion) -> None:
    """Show the two buttons of somebody who is asked, with what they have said."""
    if not each.asks_me:
        if each.own_answer is not None:
            st.markdown(Markdown(f"Ваш ответ: **{as_typed(answer_words(each.own_answer))}**."))
        return
    said = Markdown("Вас просят ответить, придёте ли вы.")
    if each.own_answer is not None:
        said = Markdown(f"Ваш ответ: **{as_typed(answer_words(each.own_answer))}**.")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(said, width="content")
        for is_coming in (True, False):
            if st.button(
                "Приду" if is_coming else "Не приду", key=f"own_{each.occasion.occasion_id}_{is_coming}"
            ):
                answer = lambda is_coming=is_coming: answer_as_staff(  # noqa: E731
                    school().store, user, each.occasion.occasion_id, is_coming, now=school().clock()
                )
                try_and_rerun(answer, Markdown("Ответ записан."))


def show_answers(user: User, found: OccasionAnswers) -> None:
    """Show who comes by child, then the staff, with files to download."""
    draft = found.occasion.draft
    if draft.asks_guardians or draft.asks_pupils:
        view = choose_segment("occasion_view", "Кого показать", VIEWS, default="silent")
        shown = [each for each in found.children if _is_shown(view, _counted(found, each))]
        st.caption(Markdown(f"Учеников: {len(shown)} из {len(found.children)}."))
        opens = may_somewhere(user, Action.READ_CLASS_LISTS)
        show_records(
            shown,
            child_columns(found),
            "occasion_children",
            on_choose=opener("people/pupil_card.py", "pupil", [each.pupil_id for each in shown])
            if opens
            else None,
            export=f"Ответы {draft.title}",
        )
    if draft.asks_staff and found.staff:
        st.markdown("**Сотрудники**")
        columns = (
            RecordColumn[StaffAnswer]("Сотрудник", lambda each: each.name),
            RecordColumn[StaffAnswer]("Ответ", lambda each: answer_words(each.answer)),
            RecordColumn[StaffAnswer]("Когда", lambda each: _moment(each.answer)),
        )
        show_records(found.staff, columns, "occasion_staff", export=f"Ответы сотрудников {draft.title}")


def _counted(found: OccasionAnswers, each: ChildAnswer) -> OccasionAnswer | None:
    """Return the answer that counts: the family's where it is asked, else the pupil's own."""
    return each.guardian_answer if found.occasion.draft.asks_guardians else each.pupil_answer


def _is_shown(view: str, answer: OccasionAnswer | None) -> bool:
    if view == "all":
        return True
    if answer is None:
        return view == "silent"
    return view == ("yes" if answer.is_coming else "no")


def _moment(answer: OccasionAnswer | None) -> str:
    return f"{answer.answered_at:%d.%m.%Y %H:%M}" if answer else ""


def child_columns(found: OccasionAnswers) -> list[RecordColumn[ChildAnswer]]:
    """Return the columns of a child: those of whoever is asked."""
    draft = found.occasion.draft
    columns = [
        RecordColumn[ChildAnswer]("Класс", lambda each: each.class_name, width=70),
        RecordColumn[ChildAnswer]("Ученик", lambda each: each.name.short, width=220),
    ]
    if draft.asks_guardians:
        columns += [
            RecordColumn("Семья", lambda each: answer_words(each.guardian_answer), width=110),
            RecordColumn("Кто ответил", lambda each: each.who, width=180),
            RecordColumn("Когда", lambda each: _moment(each.guardian_answer), width=130),
        ]
    if draft.asks_pupils:
        columns += [RecordColumn("Ученик ответил", lambda each: answer_words(each.pupil_answer), width=130)]
    return columns
