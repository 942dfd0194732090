"""What letters say and when they go; what a mail server's answers mean; which addresses are taken (п. 3.6, 4.7)."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from school.errors import RuleRefused
from school.notices.records import AT_ONCE, Choices, Digest, LetterKind, MailServer, Tls
from school.notices.rules.addresses import (
    calendar_name,
    check_address,
    check_choices,
    check_label,
    check_may_send_code,
    code_holds,
    new_code,
)
from school.notices.rules.letters import letter_text
from school.notices.rules.mail import Verdict, check_mail_server, server_words, verdict
from school.notices.rules.times import KEPT_FOR, last_due, next_try, not_at_night, sending_time
from school.reference import reference_rows

BASE = "https://journal.school.example"
NEWS = [kind for kind in LetterKind if kind is not LetterKind.CODE]
NAMES = {
    value.casefold()
    for table in ("first_names", "last_names", "patronymics")
    for row in reference_rows(table)
    for value in row.values()
    if re.fullmatch(r"[А-ЯЁ][а-яё]{2,}", value)
}
# Of a mark, an absence, a remark and their reasons no word may be said.
SECRETS = (
    "отметк",
    "двойк",
    "тройк",
    "болез",
    "болеет",
    "уваж",
    "прогул",
    "опозд",
    "замечан",
    "отсутств",
    "пропуск",
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}")


@given(st.sampled_from(NEWS), st.integers(1, 10_000))
def test_a_letter_says_that_something_is_new_and_nothing_of_what(kind: LetterKind, count: int) -> None:
    letter = letter_text(kind, count, BASE, unsubscribe="token")
    words = re.findall(r"\w+", f"{letter.subject} {letter.body}".casefold())
    assert len(NAMES) > 200
    assert not NAMES & set(words)
    assert not [word for word in words if word.startswith(SECRETS)]
    assert {word for word in words if word.isdigit()} <= {str(count)}
    assert f"({count})" in letter.subject
    assert f"{BASE}/family\n" in letter.body
    assert f"{BASE}/letters/token\n" in letter.body


def test_the_letter_of_a_digest() -> None:
    letter = letter_text(LetterKind.DIGEST, 2, BASE, unsubscribe="t")
    assert letter.subject == "В дневнике есть новое (2)"
    assert letter.body.startswith(f"В дневнике есть новое: 2.\nОткрыть дневник: {BASE}/family\n")
    named = letter_text(LetterKind.DIGEST, 3, BASE, unsubscribe="t", by_child={"Пётр": 2, "Анна": 1})
    assert "Пётр: 2\nАнна: 1\n" in named.body
    assert "Пётр" not in named.subject, "a subject stands on a locked screen"


def test_a_code_has_no_link_to_end_letters_that_have_not_begun() -> None:
    letter = letter_text(LetterKind.CODE, 1, BASE, code="012345")
    assert "012345" in letter.body
    assert "012345" not in letter.subject
    assert "http" not in letter.body


@pytest.mark.parametrize(
    ("digest", "weekday", "hour", "now", "due"),
    [
        (Digest.NONE, 5, 17, "19 17:30", None),
        (Digest.DAY, 5, 17, "19 17:30", "19 17:00"),
        (Digest.DAY, 5, 17, "19 17:01", "19 17:00"),
        # What was entered at the last second is not in the store yet.
        (Digest.DAY, 5, 17, "19 17:00", "18 17:00"),
        (Digest.DAY, 5, 17, "19 08:00", "18 17:00"),
        (Digest.WEEK, 5, 17, "19 18:00", "13 17:00"),
        (Digest.WEEK, 5, 17, "20 16:59", "13 17:00"),
        (Digest.WEEK, 5, 17, "20 17:05", "20 17:00"),
        (Digest.WEEK, 7, 7, "23 10:00", "22 07:00"),
    ],
)
def test_a_digest_tells_up_to_the_hour_chosen(
    digest: Digest, weekday: int, hour: int, now: str, due: str | None
) -> None:
    found = last_due(Choices(digest, hour, weekday), at(now))
    assert found == (at(due) if due else None)


@pytest.mark.parametrize(
    ("moment", "goes"),
    [
        ("19 06:59", "19 07:00"),
        ("19 07:00", "19 07:00"),
        ("19 20:59", "19 20:59"),
        ("19 21:00", "20 07:00"),
        ("19 23:30", "20 07:00"),
    ],
)
def test_urgent_letters_of_the_night_wait_for_the_morning(moment: str, goes: str) -> None:
    assert not_at_night(at(moment)) == at(goes)
    assert {sending_time(kind, at(moment)) for kind in AT_ONCE} == {at(goes)}
    assert sending_time(LetterKind.CODE, at(moment)) == at(moment), "a code is waited for"


@pytest.mark.parametrize("kind", LetterKind)
def test_pauses_grow_and_come_to_an_end(kind: LetterKind) -> None:
    queued = now = at("19 09:00")
    pauses = []
    for tries in range(200):
        again = next_try(kind, tries, queued, now)
        if again is None:
            break
        pauses.append(again - now)
        now = again
    assert now - queued <= KEPT_FOR[kind] < timedelta(days=3)
    assert pauses[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert len(pauses) < 40


@pytest.mark.parametrize(
    ("code", "answer", "of_address", "of_text"),
    [
        (451, "4.7.1 greylisted", Verdict.AGAIN, Verdict.AGAIN),
        (421, "too many connections", Verdict.AGAIN, Verdict.AGAIN),
        (550, "5.1.1 no such user", Verdict.BAD_ADDRESS, Verdict.BAD_ADDRESS),
        (550, "no such user", Verdict.BAD_ADDRESS, Verdict.GIVEN_UP),
        (552, "5.2.2 mailbox full", Verdict.BAD_ADDRESS, Verdict.GIVEN_UP),
        # The server does not trust the school: no family's address is wrong.
        (550, "5.7.1 relaying denied", Verdict.AGAIN, Verdict.GIVEN_UP),
        (554, "5.7.9 spam", Verdict.AGAIN, Verdict.GIVEN_UP),
    ],
)
def test_what_an_answer_means(code: int, answer: str, of_address: Verdict, of_text: Verdict) -> None:
    assert verdict(code, answer, is_about_address=True) is of_address
    assert verdict(code, answer, is_about_address=False) is of_text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" olga@mail.ru ", "olga@mail.ru"),
        ("o.l-ga+school@Mail.RU", "o.l-ga+school@mail.ru"),
        ("olga@почта.рф", "olga@xn--80a1acny.xn--p1ai"),
    ],
)
def test_an_address_is_kept_as_mail_servers_know_it(typed: str, kept: str) -> None:
    assert check_address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "olga",
        "olga@",
        "@mail.ru",
        "olga@mail",
        "a b@mail.ru",
        "a@b.ru\r\nBcc: c@d.ru",
        "a@b.ru,c@d.ru",
        "<a@b.ru>",
        "ольга@mail.ru",
        "a..b@mail.ru",
        f"{'a' * 250}@mail.ru",
        "a@b.ru\x00",
        "a@.ru",
        f"a@{'б' * 70}.рф",
    ],
)
def test_what_is_no_address_is_refused_in_words(typed: str) -> None:
    with pytest.raises(RuleRefused, match="Это не адрес"):
        check_address(typed)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        kept = check_address(text)
    except RuleRefused:
        return
    assert kept.isascii()
    assert kept.isprintable()
    assert kept.count("@") == 1
    assert not set(kept) & set(' ,;<>"\r\n')


def test_a_code_holds_an_hour_and_five_tries() -> None:
    now = at("19 12:00")
    assert {len(new_code()) for _ in range(50)} == {6}
    assert code_holds(now - timedelta(minutes=59), 4, now)
    assert not code_holds(now - timedelta(minutes=61), 0, now)
    assert not code_holds(now, 5, now)
    assert not code_holds(None, 0, now)
    check_may_send_code(4)
    with pytest.raises(RuleRefused, match="Попробуйте завтра"):
        check_may_send_code(5)


def test_only_offered_hours_days_and_short_names_are_taken() -> None:
    assert check_choices(Choices(digest_hour=21, digest_weekday=7))
    for wrong in (
        Choices(digest_hour=6),
        Choices(digest_hour=22),
        Choices(digest_weekday=0),
        Choices(digest_weekday=8),
    ):
        with pytest.raises(RuleRefused, match="нет в списке"):
            check_choices(wrong)
    assert calendar_name(check_label("  7А  \n класс ")) == "Дневник: 7А класс"
    assert calendar_name("") == "Дневник"
    with pytest.raises(RuleRefused, match="длиннее"):
        check_label("я" * 41)


GOOD = MailServer(
    True, "smtp.school.ru", 587, Tls.STARTTLS, "dnevnik", "dnevnik@school.ru", "https://journal.school.ru/"
)


def test_settings_of_the_mail_server_are_checked_and_said_without_the_password() -> None:
    kept = check_mail_server(GOOD)
    assert kept.base_url == "https://journal.school.ru"
    assert server_words(kept) == "включена; smtp.school.ru:587, starttls, dnevnik, https://journal.school.ru"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("host", ""),
        ("host", "a b"),
        ("host", "smtp.ru\r\nx"),
        ("port", 0),
        ("port", 65536),
        ("login", "a\nb"),
        ("sender", "школа"),
    ]
    + [
        ("base_url", each)
        for each in (
            "",
            "journal",
            "ftp://x.ru",
            "https://",
            "https://x.ru/a",
            "https://u@x.ru",
            "https://x.ru?a",
            "https://x .ru",
        )
    ],
)
def test_settings_that_cannot_work_are_refused(field: str, value: object) -> None:
    with pytest.raises(RuleRefused):
        check_mail_server(replace(GOOD, **{field: value}))
