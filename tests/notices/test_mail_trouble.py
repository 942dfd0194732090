"""A real mail server that does not simply take a letter: it puts off, refuses, hangs, drops the line, offers no TLS (п. 8.2)."""

import logging
import socket
from datetime import timedelta

import pytest
from letters_story import ADDRESS, EVENING, code_of, digest_waits, sends
from mail_server import LOGIN, PASSWORD, Mailbox, asking_for_password, connect_school, mail_server
from small_school import CLASS_7A, NOW, People

from school.errors import RuleRefused
from school.notices import post
from school.notices.actions.mail import send_test_letter
from school.notices.actions.own import ask_code, confirm_address
from school.notices.lookups.mail import mail_queue, unreachable_guardians
from school.notices.lookups.own import own_notices
from school.notices.records import Tls
from school.people.records import ClassOfYear
from school.store.connection import Store


@pytest.mark.parametrize("trouble", ["451 4.7.1 later", "421 busy", "drop"])
def test_a_letter_put_off_comes_later_and_once(
    school_store: Store, people: People, mailbox: Mailbox, mail_port: int, trouble: str
) -> None:
    digest_waits(school_store, people, mailbox)
    mailbox.says = [trouble, trouble]
    for minutes in (0, 1, 2, 3, 4, 5, 8, 12, 20, 60):
        sends(school_store, EVENING + timedelta(minutes=minutes))
    assert len(mailbox.letters) == 1
    assert mail_queue(school_store, EVENING).waiting == 0


def test_a_digest_that_was_given_up_is_told_by_the_next(
    school_store: Store, people: People, mailbox: Mailbox, mail_port: int
) -> None:
    digest_waits(school_store, people, mailbox)
    mailbox.says = ["554 no"]
    sends(school_store, EVENING)
    assert mail_queue(school_store, EVENING).failed == 1
    sends(school_store, EVENING + timedelta(days=1))
    assert [each["Subject"] for each in mailbox.letters] == ["В дневнике есть новое (1)"]


def test_an_address_that_nobody_has_is_marked_and_shown(
    school_store: Store, people: People, mailbox: Mailbox, mail_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "school")
    digest_waits(school_store, people, mailbox)
    mailbox.answers[ADDRESS] = f"550 5.1.1 <{ADDRESS}> unknown"
    sends(school_store, EVENING)
    settings = own_notices(school_store, people.guardian, now=EVENING).settings
    assert settings is not None
    assert settings.refused_at == EVENING
    place = ClassOfYear(CLASS_7A, "7А", 1, 2026)
    assert unreachable_guardians(school_store, people.homeroom, place, now=EVENING) == {61}
    seen = mailbox.seen
    sends(school_store, EVENING + timedelta(days=1))
    assert mailbox.seen == seen, "nothing more goes there"
    assert "olga" not in caplog.text
    # The same address once more: it may have been put right.
    del mailbox.answers[ADDRESS]
    later = EVENING + timedelta(days=1, hours=1)
    ask_code(school_store, people.guardian, ADDRESS, now=later)
    sends(school_store, later)
    confirm_address(school_store, people.guardian, code_of(mailbox), now=later)
    assert unreachable_guardians(school_store, people.homeroom, place, now=later) == frozenset()


def test_a_server_that_is_away_is_asked_again_until_an_end(
    school_store: Store, people: People, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    with mail_server(mailbox) as port:
        connect_school(school_store, people.admin, port)
    ask_code(school_store, people.guardian, ADDRESS, now=NOW)
    for minutes in (0, 2, 10):
        sends(school_store, NOW + timedelta(minutes=minutes))
    queue = mail_queue(school_store, NOW)
    assert (queue.waiting, queue.oldest_at, queue.failed, queue.problem) == (1, NOW, 0, "connection")
    for minutes in (30, 61, 120):
        sends(school_store, NOW + timedelta(minutes=minutes))
    queue = mail_queue(school_store, NOW + timedelta(hours=3))
    assert (queue.waiting, queue.failed) == (0, 1)
    assert "olga" not in caplog.text


def test_a_server_that_hangs_is_not_waited_for(
    school_store: Store, people: People, mailbox: Mailbox, mail_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest_waits(school_store, people, mailbox)
    monkeypatch.setattr(post, "SECONDS_AN_ANSWER", 0.2)
    mailbox.hangs = 0.6
    sends(school_store, EVENING)
    queue = mail_queue(school_store, EVENING)
    assert (queue.waiting, queue.problem) == (1, "connection")


def test_without_the_tls_that_was_asked_for_nothing_is_said(
    school_store: Store, people: People, mailbox: Mailbox
) -> None:
    with asking_for_password(mailbox) as port:
        connect_school(school_store, people.admin, port, tls=Tls.STARTTLS, login=LOGIN, password=PASSWORD)
        with pytest.raises(RuleRefused, match="не шифрует"):
            send_test_letter(school_store, people.admin, ADDRESS, now=NOW)
    assert (mailbox.letters, mailbox.seen) == ([], 0)


@pytest.mark.parametrize(("password", "is_taken"), [(PASSWORD, True), ("another", False)])
def test_a_server_that_asks_for_a_password_gets_it(
    school_store: Store, people: People, mailbox: Mailbox, password: str, is_taken: bool
) -> None:
    with asking_for_password(mailbox) as port:
        connect_school(school_store, people.admin, port, login=LOGIN, password=password)
        if is_taken:
            send_test_letter(school_store, people.admin, ADDRESS, now=NOW)
        else:
            with pytest.raises(RuleRefused, match="не принял имя или пароль"):
                send_test_letter(school_store, people.admin, ADDRESS, now=NOW)
    assert len(mailbox.letters) == is_taken
    stored = dict(school_store.read("SELECT name, value FROM settings WHERE starts_with(name, 'mail.')"))
    assert password not in str(stored)
    events = school_store.read("SELECT new_value FROM events WHERE kind = 'mail_server'")
    assert password not in str(events)


def test_a_school_that_has_not_switched_its_mail_on_asks_no_network(
    school_store: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "create_connection", fail)
    sends(school_store, NOW)
    connect_school(school_store, people.admin, 25, is_on=False)
    sends(school_store, EVENING)
