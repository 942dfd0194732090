"""A list of threads and one of them, as the staff reads them (п. 2.9)."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from pages.ui.doing import try_and_rerun, try_in_callback
from pages.ui.filters import remember
from pages.ui.typed_text import Markdown, as_typed, in_line
from pages.ui.upload import file_uploader
from pipelines.reports.document_pdf import document_pdf
from pipelines.reports.thread import thread_document
from school.calendar import MONTHS
from school.correspondence.actions.letters import answer, note_read, settle, withdraw
from school.correspondence.actions.order import complain
from school.correspondence.lookups.order import letter_order
from school.correspondence.lookups.threads import (
    MessageFile,
    Reads,
    SeenMessage,
    ThreadPage,
    ThreadRow,
    thread_page,
)
from school.correspondence.rules.hours import away_words
from school.correspondence.rules.letters import (
    ENDED,
    FILE_TYPES,
    FILES_A_MESSAGE,
    HELP_TITLES,
    TEXT_LENGTH,
    ThreadKind,
)
from school.correspondence.rules.order import REASON_LENGTH
from school.correspondence.writing import Words
from school.errors import AccessRefused
from school.files.attachments.kinds import FILE_BYTES
from school.numbers import counted
from school.records import User
from school.sign_in.lookups.sessions import school_name
from server.session import school

FORM_NUMBER = "letter_form_number"
THREAD = "thread"


def moment_text(moment: datetime) -> Markdown:
    """Return «23 ноября, 10:05»."""
    return Markdown(f"{moment.day} {MONTHS[moment.month - 1]}, {moment:%H:%M}")


def show_list(user: User, rows: Sequence[ThreadRow], key: str) -> None:
    """Show threads, a button each; the one that is pressed opens beside."""
    for row in rows:
        thread = row.thread
        mark = "● " if row.is_unread else ""
        state = (
            f" · {HELP_TITLES[row.state]}, {counted(row.days_open, 'день', 'дня', 'дней')}"
            if row.state
            else ""
        )
        whose = f" · {in_line(thread.pupil_name)}" if thread.pupil_name else ""
        label = Markdown(
            f"{mark}**{in_line(thread.title)}**{state}  \n{moment_text(row.last_at)} · {in_line(row.with_words)}{whose}"
        )
        st.button(
            label,
            key=f"{key}_{thread.thread_id}",
            width="stretch",
            on_click=_open,
            args=(user, thread.thread_id),
        )


def _open(user: User, thread_id: int) -> None:
    # Before the page is drawn, so that the menu no longer counts what is read by now.
    try_in_callback(lambda: note_read(school().store, user, thread_id, now=school().clock()))
    open_thread(thread_id)


def open_thread(thread_id: int | None) -> None:
    """Keep which thread is open in the address."""
    remember(**{THREAD: str(thread_id or "")})


def opened(user: User, thread_id: int, kind: ThreadKind) -> ThreadPage | None:
    """Return a thread as the user reads it; None, with the reason, where they may not, or where it is open on the other page."""
    here = school()
    try:
        page = thread_page(here.store, user, thread_id, now=here.clock())
    except AccessRefused as refusal:
        st.warning(as_typed(str(refusal)))
        return None
    return page if page.thread.kind is kind else None


def show_thread(user: User, page: ThreadPage) -> None:
    """Show a thread with its messages, and the forms that the reader may send."""
    thread = page.thread
    st.subheader(in_line(thread.title))
    parts = [in_line(page.with_words)]
    parts += [in_line(thread.pupil_name)] if thread.pupil_name else []
    parts += [in_line(thread.about)] if thread.about else []
    st.caption(Markdown(" · ".join(parts)))
    if page.seen_also:
        st.info(
            Markdown(f"Эту переписку видят также: {in_line(page.seen_also)}."), icon=":material/visibility:"
        )
    for name, note in page.away:
        st.info(
            Markdown(f"{in_line(name)}: {as_typed(away_words(note.until, note.words))}."),
            icon=":material/event_busy:",
        )
    for message in page.messages:
        show_message(user, message)
    if page.may_settle:
        st.button(
            "Ответ не нужен",
            key=f"settle_{thread.thread_id}",
            help="Последние слова семьи — не вопрос: ждать ответа и считать его срок не будем.",
            on_click=_settle,
            args=(user, thread.thread_id),
        )
    if page.may_write:
        show_answer(user, thread.thread_id, is_help=thread.kind is ThreadKind.HELP)
    elif page.reads is Reads.PERSON:
        st.info(Markdown(f"Продолжить эту переписку нельзя. {ENDED} Прочитать её можно."))
    else:
        st.caption("Вы читаете эту переписку и не участвуете в ней.")
    show_more(user, page)


def show_message(user: User, message: SeenMessage) -> None:
    """Show a message; its author may take it back in the first minutes."""
    with st.container(border=True):
        head = [
            Markdown("вы") if message.is_own else in_line(message.author),
            moment_text(message.written_at),
        ]
        head += [Markdown("срочно")] * message.is_urgent
        if message.waits_until:
            head.append(Markdown(f":orange-badge[будет доставлено {moment_text(message.waits_until)}]"))
        elif message.read_at:
            head.append(Markdown(f"прочитано {moment_text(message.read_at)}"))
        st.caption(Markdown(" · ".join(head)))
        if message.is_withdrawn:
            st.markdown(":gray[Сообщение отозвано автором.]")
        elif message.text:
            st.markdown(as_typed(message.text))
        for file in message.files:
            st.link_button(
                in_line(file.title), address_of(file), icon=":material/attach_file:", type="tertiary"
            )
        if message.may_withdraw:
            st.button(
                "Отозвать",
                key=f"withdraw_{message.message_id}",
                on_click=take_back,
                args=(user, message.message_id),
            )


def address_of(file: MessageFile) -> str:
    """Return where a file of a letter is saved from."""
    return f"/api/correspondence/files/{file.file_id}"


def take_back(user: User, message_id: int) -> None:
    """Take a message back."""
    try_in_callback(lambda: withdraw(school().store, user, message_id, now=school().clock()), "Отозвано.")


def _settle(user: User, thread_id: int) -> None:
    try_in_callback(
        lambda: settle(school().store, user, thread_id, now=school().clock()), "Ответа здесь больше не ждём."
    )


def words_form(key: str, *, is_help: bool) -> Words:
    """Show the fields of a text, files and urgency inside a form; return what is typed."""
    text = st.text_area("Сообщение", max_chars=TEXT_LENGTH, height=120, key=f"text_{key}")
    files = file_uploader(
        Markdown(f"Файлы (до {FILES_A_MESSAGE})"),
        FILE_TYPES,
        key=f"files_{key}",
        accept_multiple_files=True,
        max_upload_size=FILE_BYTES // 1024 // 1024,
    )
    is_urgent = False
    if not is_help:
        order = letter_order(school().store)
        is_urgent = st.checkbox(
            "Срочно: доставить сейчас",
            key=f"urgent_{key}",
            help=Markdown(
                f"Письма доставляются в учебные дни с {order.opens_at:%H:%M} до {order.closes_at:%H:%M}, написанное позже — к началу "
                "следующего учебного дня. Срочные завуч видит по числу."
            ),
        )
    return Words(text, [(each.name, each.getvalue()) for each in files or ()], is_urgent=is_urgent)


def show_answer(user: User, thread_id: int, *, is_help: bool) -> None:
    """Show the form of an answer; what was typed stays when it is refused."""
    number = st.session_state.get(FORM_NUMBER, 0)
    with st.form(f"answer_{thread_id}_{number}", border=False):
        words = words_form(f"{thread_id}_{number}", is_help=is_help)
        is_sent = st.form_submit_button("Отправить", type="primary")
    if is_sent:

        def do() -> None:
            answer(school().store, user, thread_id, words, now=school().clock())
            st.session_state[FORM_NUMBER] = number + 1

        try_and_rerun(do, "Отправлено.")


def show_more(user: User, page: ThreadPage) -> None:
    """Offer the thread as PDF, and a complaint."""
    here, thread_id = school(), page.thread.thread_id
    with st.container(horizontal=True):
        st.download_button(
            "Сохранить PDF",
            lambda: document_pdf(thread_document(page, school_name(here.store), user.name, here.clock())),
            file_name="messages.pdf",
            mime="application/pdf",
            key=f"pdf_{thread_id}",
            on_click="ignore",
            type="tertiary",
        )
        if page.thread.kind is ThreadKind.HELP or page.reads is Reads.REQUEST:
            return
        complaint = page.complaint
        if complaint is not None and complaint.answered_at is None:
            st.caption("Ваша жалоба на эту переписку у завуча.")
            return
        with (
            st.popover("Пожаловаться", key=f"complain_{thread_id}"),
            st.form(f"complaint_{thread_id}", border=False),
        ):
            reason = st.text_area(
                "Завуч получит копию последних 20 сообщений и эти слова",
                max_chars=REASON_LENGTH,
                key=f"reason_{thread_id}",
            )
            if st.form_submit_button("Отправить жалобу"):
                try_and_rerun(
                    lambda: complain(here.store, user, thread_id, reason, now=here.clock()),
                    "Жалоба отправлена завучу.",
                )
    if complaint is not None:
        st.caption(Markdown(f"Ответ завуча на вашу жалобу: {as_typed(complaint.answer)}"))
