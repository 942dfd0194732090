"""The journal of incidents: what happened, hours that remain for notices, their drafts, what was done."""

from datetime import date, datetime, time

import streamlit as st

from pages.ui.doing import try_and_rerun
from pages.ui.export import download
from pages.ui.typed_text import Markdown, as_typed
from pipelines.reports.document_word import document_word
from pipelines.reports.incident_notice import incident_notice
from school.access.action import Action
from school.access.checks import may
from school.numbers import counted
from school.privacy.actions.incidents import (
    change_incident,
    close_incident,
    mark_notice_sent,
    record_incident,
)
from school.privacy.lookups.keeping import incidents, operator
from school.privacy.rules.incidents import (
    LONGEST_TEXT,
    MOST_PEOPLE,
    NOTICE_TITLES,
    Incident,
    IncidentDraft,
    Notice,
    deadline,
    hours_left,
)
from school.records import User
from school.sign_in.lookups.sessions import school_name
from server.session import school

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORM_NUMBER = "incident_form"
EMPTY = IncidentDraft(datetime(2000, 1, 1), is_leak=True, what="")
TEXTS = {
    "what": ("Что произошло", "Письмо с оценками класса ушло на чужой адрес"),
    "whose": ("Чьи данные и какие", "имена и отметки учеников 7А"),
    "cause": ("Почему (предположительно)", ""),
    "harm": ("Какой вред возможен", ""),
    "measures": ("Что сделано", ""),
    "told": ("Кому сообщили", "директору, родителям 7А"),
    "findings": ("Что показало расследование, кто виноват", ""),
}


def show_incidents(user: User) -> None:
    """Show the incidents, and to whoever keeps them the form of a new one."""
    may_keep, now = may(user, Action.KEEP_PRIVACY), school().clock()
    if may_keep:
        number = st.session_state.get(FORM_NUMBER, 0)
        with st.expander("Записать происшествие", icon=":material/add_alert:", key=f"new_incident_{number}"):
            show_new(user, number, now)
    found = incidents(school().store, user)
    if not found:
        st.info(
            "Происшествий с персональными данными не записано. Если данные попали к посторонним, запишите это сразу: на "
            "уведомление Роскомнадзора есть 24 часа, на результаты расследования — 72 (152-ФЗ, ст. 21 ч. 3.1)."
        )
    for each in found:
        with st.container(border=True):
            show_incident(user, each, now, may_keep=may_keep)


def show_new(user: User, number: int, now: datetime) -> None:
    """Show the form of a new incident; what was typed stays when it is refused."""
    draft = show_fields(f"incident_{number}", EMPTY, now, "Записать")
    if draft is None:
        return
    st.session_state[FORM_NUMBER] = number
    try_and_rerun(lambda: _record(user, number, draft), "Происшествие записано.")


def _record(user: User, number: int, draft: IncidentDraft) -> None:
    record_incident(school().store, user, draft, now=school().clock())
    st.session_state[FORM_NUMBER] = number + 1


def show_fields(key: str, draft: IncidentDraft, now: datetime, button: Markdown) -> IncidentDraft | None:
    """Show the fields of an incident; return what was typed once the button is pressed."""
    found_at = now if draft is EMPTY else draft.found_at
    with st.form(key, border=False):
        day_box, time_box, count_box, leak_box = st.columns([1, 1, 1, 2.4], vertical_alignment="bottom")
        day: date = day_box.date_input("Обнаружено", found_at.date(), format="DD.MM.YYYY", key=f"{key}_day")
        hour: time = time_box.time_input(
            "В котором часу", found_at.time().replace(second=0, microsecond=0), key=f"{key}_time", step=300
        )
        people = count_box.number_input(
            "Сколько людей", 0, MOST_PEOPLE, draft.people_count, key=f"{key}_people", placeholder="—"
        )
        is_leak = leak_box.checkbox(
            "Данные попали к посторонним",
            draft.is_leak,
            key=f"{key}_leak",
            help="Тогда идут 24 и 72 часа на уведомления (152-ФЗ, ст. 21 ч. 3.1)",
        )
        left, right = st.columns(2)
        texts = {
            name: (left if place % 2 == 0 else right).text_area(
                as_typed(label),
                getattr(draft, name),
                max_chars=LONGEST_TEXT,
                placeholder=example,
                height=80,
                key=f"{key}_{name}",
            )
            for place, (name, (label, example)) in enumerate(TEXTS.items())
        }
        if not st.form_submit_button(button, type="primary"):
            return None
    return IncidentDraft(
        datetime.combine(day, hour), is_leak, people_count=people, **{k: v.strip() for k, v in texts.items()}
    )


def show_incident(user: User, incident: Incident, now: datetime, *, may_keep: bool) -> None:
    """Show one incident with its clocks and what can be done."""
    draft = incident.draft
    words, clocks = st.columns([3, 2])
    people = (
        f" · {counted(draft.people_count, 'человек', 'человека', 'человек')}"
        if draft.people_count is not None
        else ""
    )
    state = f"закрыто {incident.closed_at:%d.%m.%Y}" if incident.closed_at else "не закрыто"
    words.markdown(
        f"**{as_typed(draft.what)}**  \n:small[обнаружено {draft.found_at:%d.%m.%Y %H:%M}{people} · {state}]"
    )
    for name, (label, _) in TEXTS.items():
        if name != "what" and getattr(draft, name):
            words.markdown(f":gray[{as_typed(label)}:] {as_typed(getattr(draft, name))}")
    with clocks:
        for notice in Notice if draft.is_leak else ():
            show_clock(user, incident, notice, now, may_keep=may_keep)
        if not draft.is_leak:
            st.caption("Данные к посторонним не попали: уведомлять Роскомнадзор не нужно.")
    if may_keep and incident.closed_at is None:
        show_changes(user, incident, now)


def show_clock(user: User, incident: Incident, notice: Notice, now: datetime, *, may_keep: bool) -> None:
    """Show how long there is for a notice, its draft, and the button that says it was sent."""
    left, until, sent = (
        hours_left(incident, notice, now),
        deadline(incident, notice),
        incident.sent_at(notice),
    )
    title = NOTICE_TITLES[notice]
    if sent is not None:
        st.markdown(f":green[:material/check:] {title}: отправлено {sent:%d.%m.%Y %H:%M}")
    elif left is not None and until is not None:
        late = left < 0
        words = f"просрочено на {-left} ч" if late else f"осталось {left} ч"
        st.markdown(f":{'red' if late else 'orange'}-badge[{words}] {title} — до {until:%d.%m %H:%M}")
    if incident.closed_at is not None:
        return
    key = f"{notice}_{incident.incident_id}"
    with st.container(horizontal=True, gap="small"):
        download(
            "Проект (Word)",
            lambda: _draft(user, incident, notice),
            f"{title}.docx",
            WORD,
            key=f"draft_{key}",
            type="tertiary",
        )
        if (
            may_keep
            and sent is None
            and st.button("Отправлено", key=f"sent_{key}", type="tertiary", icon=":material/outgoing_mail:")
        ):
            try_and_rerun(
                lambda: mark_notice_sent(
                    school().store, user, incident.incident_id, notice, now=school().clock()
                ),
                "Отмечено.",
            )


def _draft(user: User, incident: Incident, notice: Notice) -> bytes:
    here = school()
    said = operator(here.store, user)
    name = school_name(here.store)
    draft = incident_notice(incident, notice, said, name, made_at=here.clock(), made_by=user.name)
    return document_word(draft)


def show_changes(user: User, incident: Incident, now: datetime) -> None:
    """Let the user add what was found out, and close the incident."""
    key = f"change_{incident.incident_id}"
    with st.expander("Дополнить"):
        draft = show_fields(key, incident.draft, now, "Сохранить")
        if draft is not None:
            try_and_rerun(
                lambda: change_incident(
                    school().store, user, incident.incident_id, draft, now=school().clock()
                ),
                "Сохранено.",
            )
    if st.button("Закрыть", key=f"close_{incident.incident_id}"):
        try_and_rerun(
            lambda: close_incident(school().store, user, incident.incident_id, now=school().clock()),
            "Происшествие закрыто.",
        )
