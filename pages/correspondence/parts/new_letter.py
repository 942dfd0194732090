"""The form of a new letter of the staff: to one person, or to many, each of whom gets a thread of their own (п. 2.9)."""

from collections.abc import Sequence

import streamlit as st

from pages.correspondence.parts.threads import FORM_NUMBER, open_thread, words_form
from pages.ui.doing import try_and_rerun
from pages.ui.filters import choose_one, choose_part
from pages.ui.typed_text import Markdown, as_typed, in_line
from school.correspondence.actions.letters import Letter, send_letters
from school.correspondence.lookups.threads import (
    About,
    AboutKind,
    Asking,
    Correspondent,
    recipients,
    what_is_asked,
)
from school.correspondence.rules.hours import away_words
from school.correspondence.rules.letters import TITLE_LENGTH
from school.errors import AccessRefused
from school.numbers import counted
from school.received import id_of
from school.records import Role, User
from server.session import school

GROUPS = {"guardians": "Родителям", "pupils": "Ученикам", "staff": "Сотрудникам"}
ROLES = {"guardians": Role.GUARDIAN, "pupils": Role.PUPIL}
EVERY_CLASS = 0
NAMED = 3


def show_new_letter(user: User) -> None:
    """Show the form; what was typed stays when it is refused."""
    here, number = school(), st.session_state.get(FORM_NUMBER, 0)
    st.subheader("Новое письмо")
    about = _about()
    asked = None
    if about:
        try:
            asked = what_is_asked(here.store, user, about, now=here.clock())
        except AccessRefused as refusal:
            st.warning(as_typed(str(refusal)))
            return
        st.caption(Markdown(f"О чём: {in_line(asked.words)}"))
    people = recipients(here.store, user, asked=asked, today=here.clock().date())
    chosen = _choose(user, people, asked, number)
    _say_of(user, chosen)
    with st.form(f"new_letter_{number}", border=False):
        words_of_title = (asked.words[:1].upper() + asked.words[1:])[:TITLE_LENGTH] if asked else ""
        title = st.text_input("Тема", words_of_title, max_chars=TITLE_LENGTH, key=f"letter_title_{number}")
        words = words_form(f"new_{number}", is_help=False)
        is_sent = st.form_submit_button("Отправить", type="primary")
    if is_sent:

        def do() -> None:
            to = [(each.user_id, each.pupil_id) for each in chosen]
            sent = send_letters(here.store, user, Letter(title, words, about), to, now=here.clock())
            st.session_state[FORM_NUMBER] = number + 1
            st.query_params.clear()
            open_thread(sent[0] if len(sent) == 1 else None)

        done = counted(len(chosen), "получателю", "получателям", "получателям")
        try_and_rerun(do, Markdown(f"Отправлено: {done}, каждому отдельной перепиской."))


def _about() -> About | None:
    kind, record_id = st.query_params.get("about", ""), id_of(st.query_params.get("id"))
    pupil_id = id_of(st.query_params.get("of"))
    return About(AboutKind(kind), record_id, pupil_id) if kind in set(AboutKind) and record_id else None


def _choose(
    user: User, people: Sequence[Correspondent], asked: Asking | None, number: int
) -> list[Correspondent]:
    """Let the user choose whom a letter goes to; who is asked about a record stands there already."""
    if asked and asked.user_id:
        found = [each for each in people if each.user_id == asked.user_id and each.pupil_id is None]
        if found:
            st.markdown(Markdown(f"Кому: **{as_typed(_label(found[0]))}**"))
            return found
        st.warning("Тому, кто сделал эту запись, отсюда написать нельзя: выберите, кого спросить.")
    if asked and asked.pupil_id:
        family = [each for each in people if each.pupil_id == asked.pupil_id]
        guardians = [each for each in family if each.role == Role.GUARDIAN]
        return _several(family, f"letter_to_{number}_family", guardians)
    has_families = any(each.pupil_id for each in people)
    groups = GROUPS if has_families else {"staff": GROUPS["staff"]}
    group = choose_part("Кому", groups, next(iter(groups)), key=f"letter_group_{number}")
    offered = [
        each for each in people if (each.pupil_id is None if group == "staff" else each.role == ROLES[group])
    ]
    if group != "staff":
        classes = {each.class_id or 0: each.class_name for each in offered}
        titles = {EVERY_CLASS: "Все классы"} | classes if len(classes) > 1 else classes
        # A homeroom teacher writes first of all to their own class.
        own = next(
            (key for key in classes if key in user.homeroom_class_ids), next(iter(classes), EVERY_CLASS)
        )
        place = list(titles).index(own) if titles else 0
        class_id = choose_one(
            "Класс", titles, index=place if titles else None, key=f"letter_class_{number}_{group}"
        )
        offered = [each for each in offered if class_id in {EVERY_CLASS, each.class_id}]
    everybody = counted(len(offered), "человеку", "людям", "людям")
    if len(offered) > 1 and st.checkbox(Markdown(f"Всем: {everybody}"), key=f"letter_all_{number}_{group}"):
        st.caption("Каждый получит своё письмо и не увидит, кому ещё оно пришло.")
        return offered
    return _several(offered, f"letter_to_{number}_{group}")


def _several(
    offered: Sequence[Correspondent], key: str, default: Sequence[Correspondent] = ()
) -> list[Correspondent]:
    return st.multiselect(
        "Получатели",
        offered,
        default=[*default],
        format_func=_label,
        placeholder="Выберите одного или нескольких",
        # «Иванова» and Enter: her alone, not everybody whose name has these letters.
        select_all=False,
        filter_mode="contains",
        key=key,
    )


def _say_of(user: User, chosen: Sequence[Correspondent]) -> None:
    """Say before the letter is written who is away or has never come, and that adults read along what is written to a pupil."""
    if newcomers := [each for each in chosen if each.has_no_password]:
        names = ", ".join(each.name.full for each in newcomers[:NAMED])
        more = f" и ещё {len(newcomers) - NAMED}" if len(newcomers) > NAMED else ""
        code = " Выдайте код для входа: **Класс** → **Семьи**." if user.homeroom_class_ids else ""
        st.warning(
            f"В журнал ещё не входили и письма пока не увидят: {in_line(names)}{more}.{code}",
            icon=":material/person_off:",
        )
    for each in chosen:
        if each.away is not None:
            words = away_words(each.away.until, each.away.words)
            st.info(Markdown(f"{in_line(each.name.full)}: {as_typed(words)}."), icon=":material/event_busy:")
    if any(each.role == Role.PUPIL for each in chosen):
        st.info(
            "Переписку с учеником видят его родители и классный руководитель.", icon=":material/visibility:"
        )


def _label(person: Correspondent) -> str:
    if person.pupil_id is None:
        return f"{person.name.full} — {person.words}"
    if person.role == Role.PUPIL:
        return f"{person.name.short}, {person.class_name}"
    return f"{person.name.full}, {person.words} — {person.pupil_name}, {person.class_name}"
