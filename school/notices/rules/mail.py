"""The school's mail server: what its settings may be, and what its answers mean (п. 8.2)."""

import re
from enum import StrEnum
from urllib.parse import urlsplit

from school.errors import RuleRefused
from school.notices.records import MailServer, Tls
from school.notices.rules.addresses import check_address

LONGEST_LOGIN = 254
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?", re.ASCII | re.IGNORECASE)
TLS_TITLES = {
    Tls.STARTTLS: "STARTTLS (обычно порт 587)",
    Tls.TLS: "TLS с начала (обычно порт 465)",
    Tls.NONE: "без шифрования (только внутри школы)",
}


class Trouble(StrEnum):
    """Why a letter did not go though its address may be right."""

    CONNECTION = "connection"
    TLS = "tls"
    SIGN_IN = "sign_in"
    SENDER = "sender"
    LATER = "later"
    LETTER = "letter"
    KEY = "key"


TROUBLE_WORDS: dict[str, str] = {
    Trouble.CONNECTION: "Почтовый сервер не отвечает: проверьте имя, порт и сеть.",
    Trouble.TLS: "Почтовый сервер не шифрует так, как указано, или его сертификату нельзя верить: проверьте вид шифрования.",
    Trouble.SIGN_IN: "Почтовый сервер не принял имя или пароль.",
    Trouble.SENDER: "Почтовый сервер не отправляет писем с адреса отправителя.",
    Trouble.LATER: "Почтовый сервер просит повторить позже.",
    Trouble.LETTER: "Почтовый сервер не принял письмо.",
    Trouble.KEY: "Пароль почты не читается: ключ не восстановлен вместе с базой. Введите пароль заново.",
}


class Verdict(StrEnum):
    """What becomes of a letter after the server's answer about its address or its text."""

    AGAIN = "again"
    BAD_ADDRESS = "bad_address"
    GIVEN_UP = "given_up"


def verdict(code: int, answer: str, *, is_about_address: bool) -> Verdict:
    """Return what an SMTP answer other than «accepted» means (RFC 5321, 3463).

    4xx is for now. 5.7.x is the server's policy against the sender, for which no family can do anything: the school's
    administrator can. Any other 5xx about the address says that nobody has it; about the text only where it says so.
    """
    if code < 500:
        return Verdict.AGAIN
    is_policy = re.search(r"\b5\.7\.\d", answer) is not None
    names_address = re.search(r"\b5\.1\.\d", answer) is not None
    if is_policy:
        return Verdict.AGAIN if is_about_address else Verdict.GIVEN_UP
    return Verdict.BAD_ADDRESS if is_about_address or names_address else Verdict.GIVEN_UP


def check_mail_server(server: MailServer) -> MailServer:
    """Return settings as they are kept. Raises RuleRefused for what cannot work."""
    host, login = server.host.strip(), server.login.strip()
    if not _HOST.fullmatch(host):
        raise RuleRefused("Почтовый сервер не назван.", next_step="Напишите его имя: smtp.school.ru.")
    if server.port not in range(1, 65536):
        raise RuleRefused("Порт — число от 1 до 65535.", next_step="Обычно это 587 или 465.")
    if len(login) > LONGEST_LOGIN or not login.isprintable():
        raise RuleRefused(
            "Имя для почтового сервера слишком длинное или с лишними знаками.", next_step="Проверьте его."
        )
    return MailServer(
        server.is_on,
        host,
        server.port,
        server.tls,
        login,
        check_address(server.sender),
        _checked_url(server.base_url),
    )


def check_password(password: str) -> str:
    """Return a password as it is kept. Raises RuleRefused for letters that the protocol cannot carry (RFC 4954)."""
    if not (password.isascii() and password.isprintable()):
        raise RuleRefused(
            "В пароле почты есть русские буквы или лишние знаки.",
            "Почтовому серверу можно передать только латинские буквы, цифры и знаки.",
            "Проверьте раскладку клавиатуры; такой пароль замените на почтовом сервере.",
        )
    return password


def _checked_url(text: str) -> str:
    address = text.strip().rstrip("/")
    try:
        parts = urlsplit(address)
        is_right = (
            parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.path and parts.port != 0
        )
    except ValueError:
        is_right = False
    if (
        not is_right
        or parts.query
        or parts.fragment
        or parts.username
        or not address.isprintable()
        or " " in address
    ):
        raise RuleRefused(
            "Адрес журнала не указан.",
            "Без него в письме не будет ссылки на дневник.",
            "Напишите его так, как его открывают семьи: https://journal.school.ru.",
        )
    return address


def server_words(server: MailServer) -> str:
    """Return settings for the journal of changes, without the password."""
    state = "включена" if server.is_on else "выключена"
    return f"{state}; {server.host}:{server.port}, {server.tls}, {server.login or 'без имени'}, {server.base_url}"
