"""Announcements in lists, and one of them opened: its words, its files, the reader's confirmation, the report."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from pages.announcements.parts.report import show_report
from pages.ui.doing import try_in_callback
from pages.ui.links import announcement_file_address, page_link
from pages.ui.typed_text import NO_WORDS, Markdown, as_typed, linked
from school.announcements.actions import confirm_announcement, note_opened
from school.announcements.lookups.report import Followed, announcement_report, followed_announcements
from school.announcements.lookups.staff import (
    Announcement,
    AnnouncementFile,
    StaffAnnouncement,
    files_of_announcement,
    staff_inbox,
)
from school.announcements.rules import Wanted, text_parts
from school.calendar import MONTHS
from school.correspondence.lookups.threads import About, AboutKind, what_is_asked
from school.errors import AccessRefused
from school.received import id_of
from school.records import User
from server.session import school

OPENED = "announcement"
LISTED = 40


def opened_id() -> int | None:
    """Return which announcement the address names, or None."""
    return id_of(st.query_params.get(OPENED))


def _open(announcement_id: int) -> None:
    st.query_params[OPENED] = str(announcement_id)


def _close() -> None:
    st.query_params.pop(OPENED, None)


def show_inbox(user: User) -> None:
    """Show what was announced to the user as an employee, what is shown now first."""
    today = school().clock().date()
    found = staff_inbox(school().store, user, today=today)
    current = [each for each in found if each.announcement.shown_until >= today]
    current.sort(key=lambda each: not each.announcement.is_pinned)
    past = [each for each in found if each.announcement.shown_until < today]
    if not current:
        st.info("Объявлений для вас сейчас нет. Новые появятся здесь, их число — в меню.")
    for each in current:
        _show_line(each.announcement, _own_state(each), "inbox")
    if past:
        with st.expander(f"Прошедшие: {len(past)}"):
            for each in past[:LISTED]:
                _show_line(each.announcement, _own_state(each), "past")


def _own_state(found: StaffAnnouncement) -> Markdown:
    if found.announcement.withdrawn_at:
        return Markdown(":gray[отозвано]")
    if found.waits:
        return Markdown(":orange-badge[ждёт подтверждения]")
    if found.own.confirmed_at:
        return Markdown(f":green[подтверждено {_day(found.own.confirmed_at)}]")
    return Markdown(":blue-badge[новое]" if found.is_new else "")


def _day(moment: datetime) -> Markdown:
    return Markdown(f"{moment.day} {MONTHS[moment.month - 1]}")


def _show_line(announcement: Announcement, state: Markdown, key: str, more: Markdown = NO_WORDS) -> None:
    is_withdrawn = announcement.withdrawn_at is not None
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", border=True
    ):
        badge = ":red-badge[важно] " if announcement.is_important and not is_withdrawn else ""
        title = "Объявление отозвано" if is_withdrawn and key != "sent" else as_typed(announcement.subject)
        by = as_typed(announcement.author)
        head = f"{badge}**{title}** {state}"
        about = f"{by} · {_day(announcement.sent_at)} в {announcement.sent_at:%H:%M}{more}"
        st.markdown(Markdown(f"{head}  \n:small[:gray[{about}]]"), width="stretch")
        if not (is_withdrawn and key != "sent"):
            announcement_id = announcement.announcement_id
            st.button("Открыть", key=f"open_{key}_{announcement_id}", on_click=_open, args=(announcement_id,))


def show_sent(user: User) -> None:
    """Show what the user wrote and whose answers they follow, the newest first."""
    found = followed_announcements(school().store, user, today=school().clock().date())
    if not found:
        st.info("Объявлений пока нет. Чтобы написать первое, выберите «Написать».")
    for each in found:
        announcement = each.announcement
        state = Markdown(":gray[отозвано]") if announcement.withdrawn_at else Markdown("")
        _show_line(announcement, state, "sent", _progress(each))


def _progress(found: Followed) -> Markdown:
    audience = as_typed(found.audience)
    wants = found.announcement.wanted != Wanted.NOBODY
    done = f"подтвердили {found.confirmed}, " if wants else ""
    return Markdown(f" · {audience} · {done}прочитали {found.seen} из {found.total}")


def show_opened(user: User, announcement_id: int) -> None:
    """Show one announcement: to its reader with the button that confirms it, to who follows it with the report."""
    here = school()
    st.button("Все объявления", icon=":material/arrow_back:", type="tertiary", on_click=_close)
    own = next(
        (
            each
            for each in staff_inbox(here.store, user, today=here.clock().date())
            if each.announcement.announcement_id == announcement_id
        ),
        None,
    )
    try:
        report = announcement_report(here.store, user, announcement_id)
    except AccessRefused as refusal:
        report = None
        if own is None or own.announcement.withdrawn_at:
            st.warning(as_typed(str(refusal)))
            return
    announcement = report.announcement if report else own.announcement if own else None
    if announcement is None:
        return
    files = (
        report.files if report else files_of_announcement(here.store, user, announcement_id, now=here.clock())
    )
    _show_words(announcement, files, report.audience if report else "")
    if own is not None:
        _show_own(user, own)
    if report is not None:
        show_report(user, report)


def _show_words(announcement: Announcement, files: Sequence[AnnouncementFile], audience: str) -> None:
    with st.container(border=True):
        badge = ":red-badge[важно] " if announcement.is_important else ""
        st.subheader(Markdown(f"{badge}{as_typed(announcement.subject)}"))
        days = f"показывается {announcement.shown_from:%d.%m} – {announcement.shown_until:%d.%m.%Y}"
        about = f"{as_typed(announcement.author)} · {_day(announcement.sent_at)} в {announcement.sent_at:%H:%M} · {days}"
        whom = Markdown(f"Кому: {as_typed(audience)} · ") if audience else Markdown("")
        st.caption(Markdown(f"{whom}{about}"))
        st.markdown(words_of(announcement.text))
        for file in files:
            st.link_button(
                as_typed(file.title),
                announcement_file_address(file.file_id),
                icon=":material/attach_file:",
                type="tertiary",
            )


def words_of(text: str) -> Markdown:
    """Return the text of an announcement with its addresses as links."""
    parts = (linked(part) if is_link else as_typed(part) for part, is_link in text_parts(text))
    return Markdown("".join(parts))


def _show_own(user: User, own: StaffAnnouncement) -> None:
    here, announcement_id, staff_id = school(), own.announcement.announcement_id, own.own.owner_id
    if own.own.seen_at is None or own.is_new:
        note_opened(here.store, user, announcement_id, staff_id, now=here.clock())
    if own.waits:
        st.button(
            "Ознакомлен(а)",
            type="primary",
            icon=":material/check:",
            key=f"confirm_{announcement_id}",
            on_click=_confirm,
            args=(user, announcement_id, staff_id),
        )
    elif own.own.confirmed_at:
        st.success(Markdown(f"Вы подтвердили {_day(own.own.confirmed_at)} в {own.own.confirmed_at:%H:%M}."))
    if own.announcement.takes_answers and not own.announcement.withdrawn_at:
        _show_way_to_author(user, announcement_id)


def _show_way_to_author(user: User, announcement_id: int) -> None:
    """Show the link that opens a letter to the author, where the table of who may write to whom lets the reader answer."""
    about = About(AboutKind.ANNOUNCEMENT, announcement_id)
    if what_is_asked(school().store, user, about, now=school().clock()).user_id is not None:
        asked = {"about": about.kind, "id": about.record_id}
        page_link("correspondence/messages.py", Markdown("Ответить автору"), asked, icon=":material/mail:")


def _confirm(user: User, announcement_id: int, staff_id: int) -> None:
    here = school()
    try_in_callback(
        lambda: confirm_announcement(here.store, user, announcement_id, [staff_id], now=here.clock()),
        "Подтверждено.",
    )
