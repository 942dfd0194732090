"""Letters through a real mail server: each once, none lost, nothing at night, nothing where nothing is new (п. 3.6, 4.7)."""

import logging
import re
import socket
from datetime import datetime, timedelta

import pytest
from mail_server import LOGIN, PASSWORD, SENDER, Mailbox, asking_for_password, connect_school, mail_server
from small_school import (
    CHILD,
    CLASS_7A,
    HISTORY,
    MATHS,
    NOW,
    OWNERS_LESSON_TODAY,
    OWNERS_LESSON_YESTERDAY,
    QUARTER_2,
    STRANGE_CHILD,
    People,
)

from school.errors import AccessRefused, RuleRefused
from school.families.actions import RemarkDraft, write_remark
from school.notices import post
from school.notices.actions.mail import send_test_letter
from school.notices.actions.own import (
    ask_code,
    choose_notices,
    confirm_address,
    end_all_letters,
    forget_address,
)
from school.notices.lookups.mail import mail_queue, unreachable_guardians
from school.notices.lookups.own import own_notices
from school.notices.records import Choices, Digest, Tls
from school.notices.sending import Sender
from school.people.records import ClassOfYear
from school.records import RemarkKind
from school.register.actions.batch import CellEdit
from school.register.actions.entries import enter_cells
from school.store.connection import Store, Transaction
from school.store.events import Event

ADDRESS = "olga@mail.example"
DAY = Choices(Digest.DAY, 17)
URGENT = Choices(tells_absence=True, tells_cancelled=True)
EVENING = datetime(2026, 11, 19, 17, 5)


def sends(store: Store, now: datetime) -> None:
    """Let the sender look once."""
    Sender(store, lambda: now).look()


def code_of(mailbox: Mailbox) -> str:
    return re.search(r"Код: (\d{6})\.", mailbox.letters[-1].get_content())[1]  # type: ignore[index]


def confirmed(store: Store, people: People, mailbox: Mailbox, choices: Choices, now: datetime = NOW) -> None:
    """Let the guardian confirm an address and choose; the letter with the code is put away."""
    ask_code(store, people.guardian, ADDRESS, now=now)
    sends(store, now)
    confirm_address(store, people.guardian, code_of(mailbox), now=now)
    choose_notices(store, people.guardian, choices, now=now)
    mailbox.letters.clear()
    mailbox.recipients.clear()


def mark(store: Store, people: People, text: str, now: datetime, lesson: int = OWNERS_LESSON_TODAY) -> None:
    enter_cells(store, people.owner, [CellEdit(lesson, CHILD, text, reason="ошибка при вводе")], now=now)


def letters_of(store: Store) -> list[tuple[str, str]]:
    return store.read("SELECT kind, outcome FROM notice_letters ORDER BY letter_id")


# The address.


def test_nothing_but_a_code_goes_to_an_address_that_nobody_has_confirmed(
    school_store: Store, people: People, mailbox: Mailbox, mail_port: int
) -> None:
    ask_code(school_store, people.guardian, ADDRESS, now=NOW)
    choose_notices(school_store, people.guardian, DAY, now=NOW)
    mark(school_store, people, "5", NOW + timedelta(minutes=5))
    for hours in range(0, 48, 3):
        sends(school_store, NOW + timedelta(hours=hours))
    assert mailbox.recipients == [ADDRESS]
    assert "Код: " in mailbox.texts()[0]


def test_a_code_is_typed_once_within_five_tries(
    school_store: Store, people: People, mailbox: Mailbox, mail_port: int
) -> None:
    guardian = people.guardian
    ask_code(school_store, guardian, ADDRESS, now=NOW)
    sends(school_store, NOW)
    code = code_of(mailbox)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(4):
        with pytest.raises(RuleRefused, match="не подошёл"):
            confirm_address(school_store, guardian, wrong, now=NOW)
    assert own_notices(school_store, guardian, now=NOW).waits_for_code
    confirm_address(school_store, guardian, f" {code[:3]} {code[3:]} ", now=NOW)
    with pytest.raises(RuleRefused, match="уже не действует"):
        confirm_address(school_store, guardian, code, now=NOW)
    ask_code(school_store, guardian, ADDRESS, now=NOW)
    assert own_notices(school_store, guardian, now=NOW).settings.confirmed_at is None  # type: ignore[union-attr]


def test_five_wrong_codes_end_it(
    school_store: Store, people: People, mailbox: Mailbox, mail_port: int
) -> None:
    ask_code(school_store, people.guardian, ADDRESS, now=NOW)
    sends(school_store, NOW)
    code = code_of(mailbox)
    for _ in range(5):
        with pytest.raises(RuleRefused, match="не подошёл"):
            confirm_address(school_store, people.guardian, "000000" if code != "000000" else "1", now=NOW)
    with pytest.raises(RuleRefused, match="уже не действует"):
        confirm_address(school_store, people.guardian, code, now=NOW)


def test_nobody_is_flooded_with_codes(school_store: Store, people: People, mail_port: int) -> None:
    for number in range(5):
        ask_code(school_store, people.guardian, f"stranger{number}@mail.example", now=NOW)
    with pytest.raises(RuleRefused, match="Попробуйте завтра"):
        ask_code(school_store, people.guardian, "stranger6@mail.example", now=NOW)
    ask_code(school_store, people.guardian, "stranger6@mail.example", now=NOW + timedelta(days=1, minutes=1))


def test_only_guardians_of_a_school_that_sends_letters_give_an_address(
    school_store: Store, people: People
) -> None:
    with pytest.raises(RuleRefused, match="не отправляет писем"):
        ask_code(school_store, people.guardian, ADDRESS, now=NOW)
    with pytest.raises(AccessRefused):
        ask_code(school_store, people.pupil, ADDRESS, now=NOW)


def test_the_journal_of_changes_knows_no_address(
    school_store: Store, people: People, mailbox: Mailbox, mail_port: int
) -> None:
    confirmed(school_store, people, mailbox, Choices(Digest.DAY, names_child=True))
    forget_address(school_store, people.guardian, now=NOW)
    events = school_store.read(
        "SELECT kind, new_value FROM events WHERE kind LIKE 'notice%' ORDER BY event_id"
    )
    assert events == [
        ("notice_address", "указан"),
        ("notice_address", "подтверждён"),
        ("notice_choices", "сводка (каждый день)"),
        ("notice_name", "называть"),
        ("notice_address", "удалён"),
    ]


# The digest.


def test_a_digest_tells_how_much_is_new_and_never_what(
    school_store: Store, people: People, mailbox: Mailbox, mail_port: int
) -> None:
    confirmed(school_store, people, mailbox, DAY)
    mark(school_store, people, "2", NOW + timedelta(minutes=5))
    draft = RemarkDraft(CHILD, RemarkKind.REMARK, "Нет тетради у Алёшина")
    write_remark(school_store, people.owner, draft, now=NOW + timedelta(minutes=6))
    sends(school_store, EVENING - timedelta(minutes=10))
    assert mailbox.letters == []
    sends(school_store, EVENING)
    (letter,) = mailbox.letters
    assert mailbox.recipients == [ADDRESS]
    assert letter["Subject"] == "В дневнике есть новое (2)"
    assert SENDER in letter["From"]
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["List-Unsubscribe"].startswith("<https://journal.school.example/letters/")
    assert letter["Auto-Submitted"] == "auto-generated"
    whole = letter.as_string() + letter.get_content()
    for secret in ("Алёшин", "Пётр", "Ольга", "7А", "Математика", "тетрад", "Орлова", "Дроби"):
        assert secret not in whole
    assert "2" not in letter.get_content().replace("новое: 2.", "").partition("Больше")[0]


def test_a_digest_comes_once_and_the_next_tells_only_what_came_since(
    school_store: Store, people: People, mailbox: Mailbox, mail_port: int
) -> None:
    confirmed(school_store, people, mailbox, DAY)
    mark(school_store, people, "4", NOW + timedelta(minutes=5))
    for minutes in (0, 1, 30, 200):
        sends(school_store, EVENING + timedelta(minutes=minutes))
    mark(school_store, people, "5", EVENING + timedelta(hours=1))
    sends(school_store, EVENING + timedelta(hours=2))
    assert [each["Subject"] for each in mailbox.letters] == ["В дневнике есть новое (1)"]
    sends(school_store, EVENING + timedelta(days=1))
    assert [each["Subject"] for each in mailbox.letters] == ["В дневнике есть новое (1)"] * 2
    ids = {each["Message-ID"] for each in mailbox.letters}
    assert len(ids) == 2


def test_nothing_new_means_no_letter_for_weeks(
    school_store: Store, people: People, mailbox: Mailbox, mail_port: int
) -> None:
    confirmed(school_store, people, mailbox, DAY)
    for days in range(20):
        sends(school_store, EVENING + timedelta(days=days))
    assert mailbox.letters == []
    assert {outcome for kind, outcome in letters_of(school_store) if kind == "digest"} == {"void"}


def test_a_server_that_was_off_at_the_hour_tells_it_later_and_once(
    school_store: Store, people: People, mailbox: Mailbox, mail_port: int
) -> None:
    confirmed(school_store, people, mailbox, Choices(Digest.WEEK, 17, 4))
    mark(school_store, people, "4", NOW + timedelta(minutes=5))
    sends(school_store, EVENING + timedelta(days=2))
    sends(school_store, EVENING + timedelta(days=3))
    assert len(mailbox.letters) == 1


def test_a_child_is_named_only_where_the_guardian_asked_for_it(
    school_store: Store, people: People, mailbox: Mailbox, mail_port: int
) -> None:
    confirmed(school_store, people, mailbox, Choices(Digest.DAY, 17, names_child=True))
    mark(school_store, people, "4", NOW + timedelta(minutes=5))
    sends(school_store, EVENING)
    assert "Пётр: 1" in mailbox.letters[0].get_content()
    assert "Алёшин" not in mailbox.letters[0].get_content()


@pytest.mark.parametrize(
    "end",
    [
        f"DELETE FROM guardian_pupils WHERE pupil_id = {CHILD}",
        "UPDATE users SET blocked_at = TIMESTAMP '2026-11-19 16:00' WHERE login = 'guardian.7'",
    ],
)
def test_who_may_no_longer_read_the_diary_gets_nothing(
    school_store: Store, people: People, mailbox: Mailbox, mail_port: int, change: object, end: str
) -> None:
    confirmed(school_store, people, mailbox, DAY)
    mark(school_store, people, "4", NOW + timedelta(minutes=5))
    change(end)  # type: ignore[operator]
    sends(school_store, EVENING)
    assert mailbox.letters == []


# At once.


def add_second_lesson(store: Store) -> None:
    def work(transaction: Transaction) -> None:
        transaction.change(
            f"""INSERT INTO lessons (lesson_id, class_id, subject_id, teacher_id, term_id, held_on, number)
            VALUES (79, {CLASS_7A}, {HISTORY}, 41, {QUARTER_2}, '2026-11-19', 2)"""
        )
        transaction.record(Event(NOW, None, "school"))

    store.write(work)


@pytest.mark.parametrize(
    ("text", "lesson", "comes"),
    [
        ("н", OWNERS_LESSON_TODAY, True),
        ("о", OWNERS_LESSON_TODAY, False),
        ("н", 79, False),
        ("н", OWNERS_LESSON_YESTERDAY, False),
    ],
)
def test_an_absence_at_the_first_lesson_of_today_is_told_at_once(
    school_store: Store, people: People, mailbox: Mailbox, mail_port: int, text: str, lesson: int, comes: bool
) -> None:
    add_second_lesson(school_store)
    confirmed(school_store, people, mailbox, URGENT)
    mark(school_store, people, text, NOW + timedelta(minutes=1), lesson)
    sends(school_store, NOW + timedelta(minutes=5))
    assert mailbox.letters == [], "a slip of the finger is put right meanwhile"
    for minutes in (12, 13, 40):
        sends(school_store, NOW + timedelta(minutes=minutes))
    assert [each["Subject"] for each in mailbox.letters] == ["В дневнике есть срочное (1)"] * comes


def test_an_absence_put_right_or_announced_alarms_nobody(
    school_store: Store, people: People, mailbox: Mailbox, mail_port: int, change: object
) -> None:
    confirmed(school_store, people, mailbox, URGENT)
    mark(school_store, people, "н", NOW + timedelta(minutes=1))
    mark(school_store, people, "о", NOW + timedelta(minutes=6))
    sends(school_store, NOW + timedelta(minutes=20))
    mark(school_store, people, "н", NOW + timedelta(minutes=21))
    change(  # type: ignore[operator]
        f"""INSERT INTO leaves VALUES (1, {CLASS_7A}, {CHILD}, '2026-11-19', '2026-11-20', [], 'illness', '', NULL,
        '2026-11-19 07:00', 43, NULL)"""
    )
    sends(school_store, NOW + timedelta(minutes=40))
    assert mailbox.letters == []


def cancel(store: Store, lesson: int, number: int, at: datetime, withdrawn: bool = False) -> None:
    def work(transaction: Transaction) -> None:
        transaction.change(
            f"""INSERT INTO substitutions (substitution_id, lesson_id, class_id, subject_id, kind, reason, assigned_at)
            VALUES ({number}, {lesson}, {CLASS_7A}, {MATHS}, 'cancelled', 'болеет', TIMESTAMP '{at}')"""
        )
        transaction.change(f"UPDATE lessons SET status = 'cancelled' WHERE lesson_id = {lesson}")
        transaction.record(Event(at, None, "school"))

    store.write(work)


def add_lessons_tomorrow(store: Store) -> None:
    def work(transaction: Transaction) -> None:
        transaction.change(
            f"""INSERT INTO lessons (lesson_id, class_id, subject_id, teacher_id, term_id, held_on, number)
            SELECT 300 + n, {CLASS_7A}, {MATHS}, 41, {QUARTER_2}, '2026-11-20', n FROM range(1, 4) AS r(n)"""
        )
        transaction.record(Event(NOW, None, "school"))

    store.write(work)


def test_cancelled_lessons_come_in_one_letter_and_not_at_night(
    school_store: Store, people: People, mailbox: Mailbox, mail_port: int
) -> None:
    add_lessons_tomorrow(school_store)
    confirmed(school_store, people, mailbox, URGENT)
    late = datetime(2026, 11, 19, 21, 30)
    cancel(school_store, 301, 1, late)
    cancel(school_store, 302, 2, late)
    cancel(school_store, OWNERS_LESSON_TODAY, 3, late)  # over by then
    for hours in (0, 3, 9):
        sends(school_store, late + timedelta(hours=hours))
        assert mailbox.letters == []
    sends(school_store, datetime(2026, 11, 20, 7, 0))
    sends(school_store, datetime(2026, 11, 20, 7, 5))
    assert [each["Subject"] for each in mailbox.letters] == ["Расписание изменилось (2)"]
    assert "болеет" not in mailbox.letters[0].get_content()


def test_a_lesson_that_is_given_after_all_is_not_told_as_cancelled(
    school_store: Store, people: People, mailbox: Mailbox, mail_port: int, change: object
) -> None:
    add_lessons_tomorrow(school_store)
    confirmed(school_store, people, mailbox, URGENT)
    mailbox.says = ["451 later"]
    cancel(school_store, 301, 1, NOW + timedelta(minutes=1))
    sends(school_store, NOW + timedelta(minutes=2))
    change("UPDATE substitutions SET withdrawn_at = '2026-11-19 12:03'")  # type: ignore[operator]
    sends(school_store, NOW + timedelta(minutes=30))
    assert mailbox.letters == []


def test_a_choice_taken_back_ends_what_waits(
    school_store: Store, people: People, mailbox: Mailbox, mail_port: int
) -> None:
    add_lessons_tomorrow(school_store)
    confirmed(school_store, people, mailbox, URGENT)
    late = datetime(2026, 11, 19, 22)
    cancel(school_store, 301, 1, late)
    sends(school_store, late)
    choose_notices(school_store, people.guardian, Choices(), now=late)
    sends(school_store, datetime(2026, 11, 20, 8))
    assert mailbox.letters == []


# A mail server that does not simply take it.


def digest_waits(store: Store, people: People, mailbox: Mailbox) -> None:
    confirmed(store, people, mailbox, DAY)
    mark(store, people, "4", NOW + timedelta(minutes=5))


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


# The end of letters.


def test_a_letters_link_ends_all_letters(
    school_store: Store, people: People, mailbox: Mailbox, mail_port: int
) -> None:
    digest_waits(school_store, people, mailbox)
    sends(school_store, EVENING)
    token = mailbox.letters[0]["List-Unsubscribe"].rpartition("/")[2].rstrip(">")
    for _ in range(2):
        end_all_letters(school_store, token, now=EVENING)
    mark(school_store, people, "5", EVENING + timedelta(hours=1))
    sends(school_store, EVENING + timedelta(days=1))
    assert len(mailbox.letters) == 1
    for wrong in ("", "x", token[:-3], token.swapcase(), "1"):
        with pytest.raises(RuleRefused, match="не подходит"):
            end_all_letters(school_store, wrong, now=EVENING)


def test_another_childs_news_count_for_their_own_guardian_only(
    school_store: Store, people: People, mailbox: Mailbox, mail_port: int
) -> None:
    confirmed(school_store, people, mailbox, DAY)
    draft = RemarkDraft(STRANGE_CHILD, RemarkKind.REMARK, "Нет тетради")
    write_remark(school_store, people.stranger, draft, now=NOW + timedelta(minutes=5))
    sends(school_store, EVENING)
    assert mailbox.letters == []
