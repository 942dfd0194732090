"""The administrator sets the school's mail server and sends a letter to try it (п. 4.3, 6.1)."""

from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.errors import RuleRefused
from school.notices.lookups.mail import MAIL_SETTINGS, PASSWORD, mail_server
from school.notices.post import AddressRefused, LetterPutOff, LetterRefused, Post, PostTrouble
from school.notices.records import MailServer
from school.notices.rules.addresses import check_address
from school.notices.rules.letters import TEST_LETTER
from school.notices.rules.mail import TROUBLE_WORDS, Trouble, check_mail_server, check_password, server_words
from school.notices.secrets import encrypted_password, password_of
from school.records import User
from school.store.connection import Store, Transaction
from school.store.events import Event
from school.store.settings import save_setting, settings_under


def save_mail_server(
    store: Store, user: User, server: MailServer, password: str | None, *, now: datetime
) -> None:
    """Keep the settings; ``password`` None keeps the one before, an empty one removes it. Raises AccessRefused, RuleRefused."""
    check_may(user, Action.KEEP_MAIL)
    kept = check_mail_server(server)
    encrypted = encrypted_password(store, check_password(password)) if password else password

    def work(transaction: Transaction) -> None:
        before = mail_server(transaction)
        values = {
            "is_on": "1" if kept.is_on else "0",
            "host": kept.host,
            "port": str(kept.port),
            "tls": str(kept.tls),
            "login": kept.login,
            "sender": kept.sender,
            "base_url": kept.base_url,
        }
        for name, value in values.items():
            save_setting(transaction, MAIL_SETTINGS + name, value)
        if encrypted is not None:
            save_setting(transaction, MAIL_SETTINGS + PASSWORD, encrypted)
        old = server_words(before) if before.host else None
        transaction.record(
            Event(now, user.user_id, "mail_server", old_value=old, new_value=server_words(kept))
        )

    store.write(work)


def post_of(store: Store) -> Post:
    """Return the way to the school's mail server, not yet connected. Raises PostTrouble where its password cannot be read."""
    encrypted = settings_under(store, MAIL_SETTINGS).get(PASSWORD, "")
    password = password_of(store, encrypted) if encrypted else ""
    if password is None:
        raise PostTrouble(Trouble.KEY)
    return Post(mail_server(store), password)


def send_test_letter(store: Store, user: User, address: str, *, now: datetime) -> None:
    """Send a letter to an address by the settings that are kept, at once. Raises AccessRefused; RuleRefused with what is wrong."""
    check_may(user, Action.KEEP_MAIL)
    if not mail_server(store).host:
        raise RuleRefused("Почтовый сервер не назван.", next_step="Сохраните настройки и попробуйте снова.")
    to = check_address(address)
    try:
        with post_of(store) as post:
            post.send(to, TEST_LETTER, now=now, key=f"test-{now:%Y%m%d%H%M%S}")
    except PostTrouble as problem:
        raise RuleRefused(TROUBLE_WORDS[problem.trouble], problem.answer) from None
    except LetterPutOff as problem:
        raise RuleRefused(TROUBLE_WORDS[Trouble.LATER], problem.answer) from None
    except LetterRefused as problem:
        raise RuleRefused(TROUBLE_WORDS[Trouble.LETTER], problem.answer) from None
    except AddressRefused as problem:
        raise RuleRefused("Почтовый сервер говорит, что такого адреса нет.", problem.answer) from None
