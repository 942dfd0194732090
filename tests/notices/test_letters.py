"""Letters through a real mail server: each once, none lost, nothing at night, nothing where nothing is new (п. 3.6, 4.7)."""

from datetime import datetime, timedelta

import pytest
from letters_story import (
    ADDRESS,
    DAY,
    EVENING,
    URGENT,
    add_lessons_tomorrow,
    add_second_lesson,
    cancel,
    code_of,
    confirmed,
    digest_waits,
    letters_of,
    mark,
    sends,
)
from mail_server import SENDER, Mailbox
from small_school import (
    CHILD,
    CLASS_7A,
    NOW,
    OWNERS_LESSON_TODAY,
    OWNERS_LESSON_YESTERDAY,
    STRANGE_CHILD,
    People,
)

from school.correspondence.actions.letters import Letter, note_read, send_letters
from school.correspondence.writing import Words
from school.errors import AccessRefused, RuleRefused
from school.families.actions import RemarkDraft, write_remark
from school.notices.actions.own import (
    ask_code,
    choose_notices,
    confirm_address,
    end_all_letters,
    forget_address,
)
from school.notices.lookups.own import own_notices
from school.notices.records import Choices, Digest
from school.records import RemarkKind
from school.store.connection import Store

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


def test_a_digest_counts_letters_that_wait_to_be_read_and_says_nothing_of_them(
    school_store: Store, people: People, mailbox: Mailbox, mail_port: int
) -> None:
    confirmed(school_store, people, mailbox, DAY)
    to, at = [(people.guardian.user_id, CHILD)], NOW + timedelta(minutes=5)
    (first,) = send_letters(school_store, people.owner, Letter("Читано", Words("Уже")), to, now=at)
    note_read(school_store, people.guardian, first, now=at)
    send_letters(
        school_store, people.homeroom, Letter("Собрание", Words("О Петре")), to, now=at + timedelta(minutes=1)
    )
    # Written after the hours: delivered, and told of, on the next day.
    late = Letter("Поездка", Words("О поездке"))
    send_letters(school_store, people.deputy, late, to, now=datetime(2026, 11, 19, 20))
    sends(school_store, EVENING)
    (letter,) = mailbox.letters
    assert letter["Subject"] == "В дневнике есть новое (1)"
    whole = letter.as_string() + letter.get_content()
    assert not any(word in whole for word in ("Собрание", "Петре", "Климова", "Читано"))
    sends(school_store, EVENING + timedelta(days=1))
    assert [each["Subject"] for each in mailbox.letters[1:]] == ["В дневнике есть новое (1)"]
    sends(school_store, EVENING + timedelta(days=2))
    assert len(mailbox.letters) == 2


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
