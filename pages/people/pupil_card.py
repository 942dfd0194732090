"""«Карточка ученика»: name and birthday, parents, classes by day, movements, subgroups (п. 3.3, 4.3, 4.6)."""

from datetime import date

import streamlit as st

from pages.people.parts.esia_field import show_esia_field
from pages.people.parts.former_marks import show_former_marks
from pages.people.parts.movement_forms import show_movement_forms, show_subgroups
from pages.people.parts.person_fields import birthday_field, file_number_field, guardian_fields, name_fields
from pages.people.parts.personal_card_button import show_personal_card_button
from pages.people.parts.record_button import show_record_button
from pages.ui.doing import try_and_rerun, try_to
from pages.ui.filters import remembered_code
from pages.ui.issued_codes import issue, show_issued
from pages.ui.links import diary_link
from pages.ui.typed_text import Markdown, as_typed
from school.access.action import Action
from school.access.checks import may
from school.access.scopes import Rows
from school.calendar import school_year_title
from school.errors import Refusal
from school.numbers import counted
from school.people.actions.movements import take_back_movement, write_order
from school.people.actions.pupils import add_guardian, change_guardian, change_pupil, remove_guardian
from school.people.lookups.pupils import PupilCard, pupil_card
from school.people.records import Guardian, Invitee, Movement, PersonKind, PupilDraft, Stay
from school.people.rules.movements import LONGEST_ORDER, where_words
from school.people.rules.people import age_on
from school.privacy.rules.viewing import Seen, Viewed
from school.records import User
from server.session import guard, school
from server.viewings import note_seen

CODE = Markdown("Код")


def may_here(user: User, action: Action, card: PupilCard) -> bool:
    """Whether the user may do this with the pupil of the card."""
    return may(user, action, Rows(class_id=card.current.class_id if card.current else None))


def show_head(user: User, card: PupilCard, today: date) -> None:
    """Show who it is, and the ways to the diary and back."""
    place = as_typed(card.current.name) if card.current else "ни в каком классе"
    born = card.pupil.born_on
    age = f" · {born:%d.%m.%Y}, {counted(age_on(born, today), 'год', 'года', 'лет')}" if born else ""
    words, links = st.columns([2, 2], vertical_alignment="center")
    words.title(as_typed(card.pupil.name.full))
    words.caption(f"{place}{age}")
    with links, st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        st.page_link("pages/people/pupil_list.py", label="Учащиеся", icon=":material/arrow_back:")
        if may_here(user, Action.READ_DIARY, card):
            diary_link(card.pupil_id)
        if may_here(user, Action.READ_REPORT_CARDS, card):
            show_personal_card_button(user, card.pupil_id)
        if may(user, Action.READ_CHILD_RECORD):
            show_record_button(user, card.pupil_id)


def show_person(user: User, card: PupilCard, today: date) -> None:
    """Show the name and the birthday: fields for those who keep the card."""
    st.subheader("Сведения")
    key = f"pupil_{card.pupil_id}"
    if not may_here(user, Action.EDIT_PUPILS, card):
        born = f", дата рождения {card.pupil.born_on:%d.%m.%Y}" if card.pupil.born_on else ""
        st.markdown(f"{as_typed(card.pupil.name.full)}{born}")
        if card.pupil.file_number:
            st.markdown(f"Личное дело № {as_typed(card.pupil.file_number)}")
        return
    with st.form(key, border=False):
        name = name_fields(key, card.pupil.name)
        born_box, file_box, button_box = st.columns(3, vertical_alignment="bottom")
        with born_box:
            born_on = birthday_field(key, today, card.pupil.born_on)
        file_number = file_number_field(key, card.pupil.file_number, file_box)
        is_sent = button_box.form_submit_button("Сохранить")
    if is_sent:
        try_and_rerun(
            lambda: change_pupil(
                school().store,
                user,
                card.pupil_id,
                PupilDraft(name, born_on, file_number=file_number),
                now=school().clock(),
            ),
            "Сохранено.",
        )
    if may(user, Action.MOVE_PUPILS):
        show_esia_field(user, card.pupil_id)


def show_guardians(user: User, card: PupilCard) -> None:
    """Show the parents, and to those who keep the card the ways to change them and to let them in."""
    st.subheader("Родители (законные представители)")
    may_edit = may_here(user, Action.EDIT_PUPILS, card)
    for guardian in card.guardians:
        show_guardian(user, card, guardian, may_edit=may_edit)
    if not card.guardians:
        st.caption("Пока не указаны.")
    if not may_edit:
        return
    with st.popover("Добавить родителя", icon=":material/person_add:"):
        key = f"guardian_new_{card.pupil_id}_{len(card.guardians)}"
        with st.form(key, border=False):
            draft = guardian_fields(key)
            is_sent = st.form_submit_button("Добавить", type="primary")
        if is_sent:
            try_and_rerun(
                lambda: add_guardian(school().store, user, card.pupil_id, draft, now=school().clock()),
                "Родитель добавлен.",
            )


def show_guardian(user: User, card: PupilCard, guardian: Guardian, *, may_edit: bool) -> None:
    """Show one parent."""
    key = f"guardian_{guardian.guardian_id}"
    login = f" · вход: {as_typed(guardian.login)}" if guardian.login else ""
    about = as_typed(" · ".join(filter(None, (guardian.relation, guardian.phone))))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**{as_typed(guardian.name.full)}**  \n:small[{about or 'телефон не указан'}{login}]",
            width="stretch",
        )
        show_code_button(user, card, Invitee(PersonKind.GUARDIAN, guardian.guardian_id), key)
        if not may_edit:
            return
        with st.popover("Изменить", key=f"{key}_change"):
            with st.form(key, border=False):
                draft = guardian_fields(key, guardian)
                is_sent = st.form_submit_button("Сохранить", type="primary")
            is_removed = st.button(
                "Убрать из карточки",
                key=f"{key}_remove",
                help="Этого ребёнка родитель в журнале больше не увидит (п. 3.6).",
            )
            if is_sent:
                is_done = try_to(
                    lambda: change_guardian(
                        school().store, user, card.pupil_id, guardian.guardian_id, draft, now=school().clock()
                    ),
                    "Сохранено.",
                )
            else:
                is_done = is_removed and try_to(
                    lambda: remove_guardian(
                        school().store, user, card.pupil_id, guardian.guardian_id, now=school().clock()
                    ),
                    "Родитель убран из карточки.",
                )
            if is_done:
                st.rerun()


def show_code_button(user: User, card: PupilCard, invitee: Invitee, key: str, label: Markdown = CODE) -> None:
    """Show the button that issues a code to one person of the family."""
    if not may_here(user, Action.ISSUE_FAMILY_CODES, card):
        return
    is_asked = st.button(
        label, icon=":material/key:", key=f"{key}_code", help="Выдать код приглашения или нового пароля"
    )
    if is_asked and issue(user, [invitee], f"card_{card.pupil_id}"):
        st.rerun()


def stay_words(stay: Stay) -> Markdown:
    """Return a stay in a class in words."""
    since = f"с {stay.starts_on:%d.%m.%Y}" if stay.starts_on else "с начала года"
    until = f" до {stay.ends_on:%d.%m.%Y}" if stay.ends_on else ""
    return Markdown(
        f"{school_year_title(stay.place.school_year)} · **{as_typed(stay.place.name)}** {since}{until}"
    )


def show_history(user: User, card: PupilCard) -> None:
    """Show in which classes the pupil was and by which orders; the newest movement may be taken back."""
    st.subheader("Классы и движение")
    st.markdown("\n".join(f"- {stay_words(stay)}" for stay in reversed(card.stays)) or "Ни в каком классе.")
    may_move = may(user, Action.MOVE_PUPILS)
    for place, each in enumerate(card.movements):
        movement = each.movement
        details = as_typed(
            "; ".join(filter(None, (movement.order_title, movement.reason, *where_words(movement))))
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"{movement.happened_on:%d.%m.%Y} — {as_typed(each.title)}"
                + (f"  \n:small[{details}]" if details else ""),
                width="stretch",
            )
            if may_move:
                show_order(user, card, movement)
            if may_move and place == 0:
                with st.popover("Отменить", key=f"take_back_open_{movement.movement_id}"):
                    st.markdown(f"{as_typed(each.title)} {movement.happened_on:%d.%m.%Y} внесено ошибочно?")
                    if st.button("Да, отменить движение", key=f"take_back_{movement.movement_id}"):
                        take_back(user, card, movement.movement_id)


def show_order(user: User, card: PupilCard, movement: Movement) -> None:
    """Let the order of a movement be written once it is issued, or corrected."""
    label = "Приказ" if movement.order_title else "Вписать приказ"
    # Another key after each writing: the pop-over closes.
    key = f"order_{movement.movement_id}_{movement.order_title}"
    with st.popover(label, key=f"{key}_open"), st.form(key, border=False):
        order = st.text_input(
            "Приказ",
            movement.order_title,
            max_chars=LONGEST_ORDER,
            placeholder="№ 45 от 20.11.2026",
            key=f"{key}_words",
        )
        if st.form_submit_button("Сохранить", type="primary"):
            here = school()
            try_and_rerun(
                lambda: write_order(
                    here.store, user, movement.movement_id, card.pupil_id, order, now=here.clock()
                ),
                "Приказ записан.",
            )


def take_back(user: User, card: PupilCard, movement_id: int) -> None:
    """Take the newest movement back."""
    try_and_rerun(
        lambda: take_back_movement(school().store, user, movement_id, card.pupil_id, now=school().clock()),
        "Движение отменено.",
    )


def show_card(user: User) -> None:
    """Show the whole page."""
    today = school().clock().date()
    code = remembered_code("pupil")
    if not code.isdecimal():
        st.info("Ученик не выбран. Откройте карточку из списка «Учащиеся».")
        st.page_link("pages/people/pupil_list.py", label="Учащиеся", icon=":material/arrow_back:")
        return
    try:
        card = pupil_card(school().store, user, int(code), today)
    except Refusal as refusal:
        st.warning(as_typed(str(refusal)))
        return
    st.query_params["pupil"] = code
    note_seen(user, Seen(Viewed.CARD, frozenset([card.pupil_id])))
    show_head(user, card, today)
    show_issued(f"card_{card.pupil_id}")
    left, right = st.columns([1.15, 1], gap="medium")
    with left:
        show_person(user, card, today)
        show_code_button(
            user, card, Invitee(PersonKind.PUPIL, card.pupil_id), f"pupil_{card.pupil_id}", "Код ученику"
        )
        show_guardians(user, card)
    with right:
        show_history(user, card)
        if may(user, Action.MOVE_PUPILS):
            show_movement_forms(user, card, today)
        if card.divisions:
            show_subgroups(user, card, today)
        if card.current and card.former_terms:
            may_enter = may_here(user, Action.ENTER_FORMER_MARKS, card)
            show_former_marks(user, card, card.current, may_enter=may_enter)


show_card(guard(Action.READ_CLASS_LISTS))
