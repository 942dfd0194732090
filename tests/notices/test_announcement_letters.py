"""An important announcement, and a reminder, go at once to who has asked for it; the others find it in the digest (п. 3.6, 4.7)."""

from dataclasses import replace
from datetime import timedelta

from letters_story import DAY, EVENING, URGENT, confirmed, letters_of, sends
from mail_server import Mailbox
from small_school import CHILD, CLASS_7A, NOW, People

from school.announcements.actions import note_opened, remind, send_announcement, withdraw_announcement
from school.announcements.rules import Draft, Wanted
from school.audiences.rules import Audience, Target
from school.notices.records import Choices
from school.store.connection import Store

AT_ONCE = Choices(tells_announcement=True)
DRAFT = Draft(
    Audience(Target.CLASS, (CLASS_7A,), for_guardians=True),
    "Гололёд",
    "Петру Алёшину и всем: осторожно",
    NOW.date(),
    NOW.date() + timedelta(7),
    Wanted.ONE_GUARDIAN,
)
IMPORTANT = replace(DRAFT, is_important=True)
MINUTE, DAY_LATER = timedelta(minutes=1), timedelta(days=1)


def test_an_important_announcement_goes_at_once_and_names_nobody(
    school_store: Store, people: People, mailbox: Mailbox, mail_port: int
) -> None:
    confirmed(school_store, people, mailbox, AT_ONCE)
    send_announcement(school_store, people.deputy, IMPORTANT, now=NOW + MINUTE)
    send_announcement(school_store, people.deputy, DRAFT, now=NOW + MINUTE)
    for minutes in (2, 3, 60):
        sends(school_store, NOW + timedelta(minutes=minutes))
    (text,) = mailbox.texts()
    assert mailbox.letters[0]["subject"] == "Важное объявление (1)"
    assert not any(word in text for word in ("Гололёд", "Пётр", "Алёшин", "7А", "осторожно"))


def test_who_has_not_asked_for_it_finds_it_in_the_digest(
    school_store: Store, people: People, mailbox: Mailbox, mail_port: int
) -> None:
    confirmed(school_store, people, mailbox, replace(DAY, tells_cancelled=True))
    send_announcement(school_store, people.deputy, IMPORTANT, now=NOW + MINUTE)
    sends(school_store, NOW + 2 * MINUTE)
    assert mailbox.letters == []
    sends(school_store, EVENING)
    assert mailbox.letters[0]["subject"] == "В дневнике есть новое (1)"


def test_the_digest_counts_every_announcement_once(
    school_store: Store, people: People, mailbox: Mailbox, mail_port: int
) -> None:
    confirmed(school_store, people, mailbox, DAY)
    send_announcement(school_store, people.deputy, DRAFT, now=NOW + MINUTE)
    tomorrow = replace(DRAFT, shown_from=NOW.date() + DAY_LATER)
    send_announcement(school_store, people.deputy, tomorrow, now=NOW + MINUTE)
    for days in range(3):
        sends(school_store, EVENING + days * DAY_LATER)
    assert [each["subject"] for each in mailbox.letters] == ["В дневнике есть новое (1)"] * 2


def test_what_was_opened_or_withdrawn_meanwhile_is_not_told(
    school_store: Store, people: People, mailbox: Mailbox, mail_port: int
) -> None:
    confirmed(school_store, people, mailbox, AT_ONCE)
    at_night = NOW.replace(hour=22)
    opened = send_announcement(school_store, people.deputy, IMPORTANT, now=at_night)
    withdrawn = send_announcement(school_store, people.deputy, IMPORTANT, now=at_night + MINUTE)
    sends(school_store, at_night + 2 * MINUTE)
    assert mailbox.letters == [], "nobody is woken"
    note_opened(school_store, people.guardian, opened, CHILD, now=at_night + 3 * MINUTE)
    withdraw_announcement(school_store, people.deputy, withdrawn, now=at_night + 3 * MINUTE)
    sends(school_store, at_night + timedelta(hours=10))
    assert mailbox.letters == []
    assert {outcome for kind, outcome in letters_of(school_store) if kind == "announcement"} == {"void"}


def test_a_reminder_goes_at_once_to_who_has_not_answered(
    school_store: Store, people: People, mailbox: Mailbox, mail_port: int
) -> None:
    confirmed(school_store, people, mailbox, AT_ONCE)
    sent = send_announcement(school_store, people.deputy, DRAFT, now=NOW + MINUTE)
    note_opened(school_store, people.guardian, sent, CHILD, now=NOW + 2 * MINUTE)
    sends(school_store, NOW + 3 * MINUTE)
    assert mailbox.letters == []
    remind(school_store, people.deputy, sent, now=NOW + DAY_LATER)
    for minutes in (1, 2):
        sends(school_store, NOW + DAY_LATER + minutes * MINUTE)
    # It is not important: the letter does not call it so.
    assert [each["subject"] for each in mailbox.letters] == ["Школа напоминает об объявлении (1)"]
    assert "важн" not in mailbox.texts()[0].lower()


def test_what_is_shown_from_a_later_day_is_told_that_morning(
    school_store: Store, people: People, mailbox: Mailbox, mail_port: int
) -> None:
    confirmed(school_store, people, mailbox, AT_ONCE)
    later = replace(IMPORTANT, shown_from=NOW.date() + DAY_LATER)
    send_announcement(school_store, people.deputy, later, now=NOW)
    sends(school_store, NOW + MINUTE)
    assert mailbox.letters == []
    sends(school_store, (NOW + DAY_LATER).replace(hour=7, minute=1))
    assert len(mailbox.letters) == 1


def test_only_other_urgent_things_are_told_to_who_asked_for_those(
    school_store: Store, people: People, mailbox: Mailbox, mail_port: int
) -> None:
    confirmed(school_store, people, mailbox, URGENT)
    send_announcement(school_store, people.deputy, IMPORTANT, now=NOW + MINUTE)
    sends(school_store, NOW + 2 * MINUTE)
    assert mailbox.letters == []
