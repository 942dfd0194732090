"""«Почта школы»: the mail server through which families get letters, off until the administrator switches it on (п. 4.3, 6.1)."""

import streamlit as st

from pages.ui.doing import try_and_rerun, try_to
from pages.ui.typed_text import Markdown, as_typed
from school.access.action import Action
from school.notices.actions.mail import save_mail_server, send_test_letter
from school.notices.lookups.mail import MailPage, mail_page
from school.notices.records import MailServer, Tls
from school.notices.rules.mail import TLS_TITLES, TROUBLE_WORDS
from school.numbers import counted
from school.records import User
from server.session import guard, school


def show_queue(page: MailPage) -> None:
    """Say how the letters stand."""
    queue = page.queue
    if not page.server.is_on:
        st.info("Письма выключены: журнал ничего не отправляет и к почтовому серверу не обращается.")
        return
    waiting = counted(queue.waiting, "письмо ждёт", "письма ждут", "писем ждут")
    parts = [waiting if queue.waiting else "ни одно не ждёт"]
    parts += [f"самое старое — с {queue.oldest_at:%d.%m.%Y %H:%M}"] if queue.oldest_at else []
    parts += [f"не отправлено за неделю: {queue.failed}"] if queue.failed else []
    parts += (
        [f"последнее ушло {queue.last_sent_at:%d.%m.%Y %H:%M}"]
        if queue.last_sent_at
        else ["ещё ни одно не ушло"]
    )
    words = as_typed(f"Письма включены: {'; '.join(parts)}.")
    if queue.problem:
        st.warning(f"{words}  \n{as_typed(TROUBLE_WORDS.get(queue.problem, ''))}")
    else:
        st.success(words)


def show_form(user: User, page: MailPage) -> None:
    """Let the administrator name the mail server; what was typed stays when it is refused."""
    server = page.server
    with st.form("mail_server", border=False):
        left, middle, right = st.columns([3, 1, 3])
        host = left.text_input("Почтовый сервер", server.host, placeholder="smtp.school.ru", max_chars=253)
        port = middle.number_input("Порт", 1, 65535, server.port)
        tls = right.selectbox(
            "Шифрование", list(Tls), list(Tls).index(server.tls), format_func=TLS_TITLES.__getitem__
        )
        left, middle = st.columns(2)
        login = left.text_input("Имя для почтового сервера", server.login, max_chars=254, autocomplete="off")
        password = middle.text_input(
            "Пароль",
            type="password",
            placeholder="сохранён; введите, чтобы заменить" if page.has_password else "",
            autocomplete="new-password",
        )
        left, middle = st.columns(2)
        sender = left.text_input(
            "Адрес отправителя", server.sender, placeholder="dnevnik@school.ru", max_chars=254
        )
        base_url = middle.text_input(
            "Адрес журнала, как его открывают семьи",
            server.base_url,
            placeholder="https://journal.school.ru",
            max_chars=254,
        )
        is_on = st.toggle("Отправлять письма", server.is_on)
        is_sent = st.form_submit_button("Сохранить", type="primary")
    if is_sent:
        typed = MailServer(is_on, host, int(port), tls or Tls.STARTTLS, login, sender, base_url)
        # Without a name no password is needed, and none is kept.
        secret = password or (None if login.strip() else "")
        here = school()
        try_and_rerun(
            lambda: save_mail_server(here.store, user, typed, secret, now=here.clock()),
            Markdown("Настройки сохранены."),
        )


def show_test(user: User, page: MailPage) -> None:
    """Let the administrator send a letter by the settings that are kept."""
    st.subheader("Проверить")
    with st.form("mail_test", border=False):
        left, right = st.columns([3, 2], vertical_alignment="bottom")
        address = left.text_input("Кому отправить пробное письмо", placeholder="ваш адрес", max_chars=254)
        is_asked = right.form_submit_button("Отправить пробное письмо", disabled=not page.server.host)
    if is_asked:
        here = school()
        with st.spinner("Говорим с почтовым сервером…"):
            is_taken = try_to(
                lambda: send_test_letter(here.store, user, address, now=here.clock()),
                Markdown("Почтовый сервер принял письмо."),
            )
        if is_taken:
            st.success("Почтовый сервер принял письмо. Проверьте, что оно пришло, и не в «Спам».")


def show_mail(user: User) -> None:
    """Show the whole page."""
    st.markdown(
        "Через этот сервер семьи, которые сами того захотят, узнают, что в дневнике есть новое. В письмах нет ни отметок, "
        "ни имён, ни причин. Пароль хранится зашифрованным."
    )
    here = school()
    page = mail_page(here.store, user, now=here.clock())
    show_queue(page)
    show_form(user, page)
    show_test(user, page)


show_mail(guard(Action.KEEP_MAIL))
