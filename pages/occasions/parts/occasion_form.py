"""The form of an event: what, for whom, when, where, who is asked (п. 3.6)."""

from collections.abc import Mapping
from datetime import date, time

import streamlit as st

from pages.ui.doing import try_to
from pages.ui.typed_text import Markdown
from pages.ui.upload import file_uploader
from school.files.attachments.kinds import FILE_BYTES, FILE_KINDS, SAME_KINDS
from school.occasions.actions import NewOccasion, announce_occasion, cancel_occasion, change_occasion
from school.occasions.lookups import Occasion
from school.occasions.rules import (
    FILES_AN_OCCASION,
    PLACE_LENGTH,
    REASON_LENGTH,
    TEXT_LENGTH,
    TITLE_LENGTH,
    Circle,
    OccasionDraft,
)
from school.records import User
from server.session import school

NUMBER = "occasion_number"
OF_DAYS = "Если дней несколько: с какого часа в первый день и до какого в последний"


def draft_fields(key: str, before: OccasionDraft | None) -> tuple[OccasionDraft, list[tuple[str, bytes]]]:
    """Show the fields of an event, filled with what stands already; return what they hold and the files to add."""
    title = st.text_input(
        "Что будет", before.title if before else "", max_chars=TITLE_LENGTH, key=f"title_{key}"
    )
    starts_on, ends_on, starts_at, ends_at = _times(key, before)
    place = st.text_input("Где", before.place if before else "", max_chars=PLACE_LENGTH, key=f"place_{key}")
    text = st.text_area(
        "Подробности", before.text if before else "", max_chars=TEXT_LENGTH, height=90, key=f"text_{key}"
    )
    is_staff_only = st.checkbox(
        "Только для сотрудников: семьи события не видят",
        bool(before and before.is_staff_only),
        key=f"only_{key}",
        disabled=before is not None and not before.is_staff_only,
    )
    st.caption("Кто отвечает, придёт ли:")
    guardians, pupils, staff = st.columns(3)
    asks_guardians = guardians.checkbox(
        "Родители", bool(before and before.asks_guardians), key=f"guardians_{key}"
    )
    asks_pupils = pupils.checkbox("Ученики", bool(before and before.asks_pupils), key=f"pupils_{key}")
    asks_staff = staff.checkbox("Сотрудники", bool(before and before.asks_staff), key=f"staff_{key}")
    uploads = file_uploader(
        "Файлы",
        [*FILE_KINDS, *SAME_KINDS],
        key=f"files_{key}",
        help=Markdown(f"До {FILES_AN_OCCASION} файлов"),
        max_upload_size=FILE_BYTES // 1024**2,
        accept_multiple_files=True,
    )
    draft = OccasionDraft(
        title,
        starts_on,
        ends_on,
        starts_at,
        ends_at,
        place,
        text,
        asks_pupils,
        asks_guardians,
        asks_staff,
        is_staff_only,
    )
    return draft, [(upload.name, upload.getvalue()) for upload in uploads or ()]


def _times(key: str, before: OccasionDraft | None) -> tuple[date, date, time | None, time | None]:
    """Show from when to when an event is: first and last day, the hours it begins and ends at."""
    first, last, start, end = st.columns(4)
    starts_on = first.date_input(
        "Первый день",
        before.starts_on if before else school().clock().date(),
        format="DD.MM.YYYY",
        key=f"starts_{key}",
    )
    ends_on = last.date_input(
        "Последний день",
        before.ends_on if before else None,
        format="DD.MM.YYYY",
        key=f"ends_{key}",
        help=Markdown("Пусто — один день"),
    )
    starts_at: time | None = start.time_input(
        "С", before.starts_at if before else None, key=f"from_{key}", help=Markdown(OF_DAYS)
    )
    ends_at: time | None = end.time_input(
        "До", before.ends_at if before else None, key=f"to_{key}", help=Markdown(OF_DAYS)
    )
    return starts_on, ends_on or starts_on, starts_at, ends_at


def show_new_occasion(user: User, audiences: Mapping[Circle, str]) -> None:
    """Show the form that announces an event; what was typed stays when it is refused."""
    number = st.session_state.get(NUMBER, 0)
    with st.form(f"occasion_{number}", border=False):
        audience = st.selectbox(
            "Для кого", list(audiences), format_func=audiences.__getitem__, key=f"audience_{number}"
        )
        draft, files = draft_fields(f"new_{number}", None)
        if not st.form_submit_button("Объявить", type="primary") or audience is None:
            return
    new = NewOccasion(audience, draft, files)
    if try_to(
        lambda: announce_occasion(school().store, user, new, now=school().clock()),
        Markdown("Объявлено: событие стоит в дневнике и в календарях."),
    ):
        st.session_state[NUMBER] = number + 1
        st.rerun()


def show_changing(user: User, occasion: Occasion) -> None:
    """Show the form that changes an event, and the one that cancels it."""
    key = f"{occasion.occasion_id}_{occasion.version}"
    with st.expander("Изменить", icon=":material/edit:"):
        st.caption("Если меняется день или час, ответы спросят заново.")
        with st.form(f"change_{key}", border=False):
            draft, files = draft_fields(key, occasion.draft)
            is_sent = st.form_submit_button("Сохранить", type="primary")
        if is_sent and try_to(
            lambda: change_occasion(
                school().store, user, occasion.occasion_id, draft, files, now=school().clock()
            ),
            Markdown("Изменено: семьи увидят это в «Новом»."),
        ):
            st.rerun()
    with (
        st.expander("Отменить событие", icon=":material/event_busy:"),
        st.form(f"cancel_{key}", border=False),
    ):
        reason = st.text_input("Почему (увидят семьи)", max_chars=REASON_LENGTH, key=f"reason_{key}")
        if st.form_submit_button("Отменить событие") and try_to(
            lambda: cancel_occasion(school().store, user, occasion.occasion_id, reason, now=school().clock()),
            Markdown("Отменено: событие осталось в дневнике с отметкой."),
        ):
            st.rerun()
