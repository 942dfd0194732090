"""What is over its term is counted beforehand, erased by night or by hand, and the registers stay (152-ФЗ; п. 6.6)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from small_school import CHILD, GUARDIAN_PERSON, NOW, STRANGE_CHILD, USER_IDS, People

from school.correspondence.actions.letters import Letter, send_letters
from school.correspondence.lookups.threads import read_message_file
from school.correspondence.writing import Words
from school.errors import AccessRefused, RuleRefused
from school.privacy.actions.erasing import (
    erase_by_night,
    erase_now,
    erase_sign_ins,
    set_terms,
    switch_erasing,
)
from school.privacy.lookups.keeping import erasing_state
from school.privacy.rules.terms import Erased
from school.sign_in.rules.sessions import KEPT_FOR
from school.store.connection import Store

NIGHT = datetime(2026, 11, 20, 2, 0)
LONG_AGO, LATELY = NOW - timedelta(days=2000), NOW - timedelta(days=5)
REGISTER = ("marks", "absences", "lessons", "term_marks", "pupils", "enrolments", "events")
_THREAD = """INSERT INTO threads (thread_id, kind, title, pupil_id, started_at, started_by, closed_at)
        VALUES ({0}, '{2}', 'Тема', {3}, '{1}', 101, {4});
    INSERT INTO thread_people (thread_id, user_id, role) VALUES ({0}, 101, 'teacher');
    INSERT INTO messages (message_id, thread_id, text, written_at, written_by, delivered_at) VALUES ({0}, {0}, 'т', '{1}', 101, '{1}');
    INSERT INTO message_files VALUES ({0}, {0}, 'none{0}', 'а.txt', 'txt', 1, 'h')"""
# A kind → a row of it that is over, and one that is not.
OLD_AND_NEW = {
    Erased.SESSIONS: "INSERT INTO sessions (session_hash, user_id, created_at, expires_at, revoked_at) VALUES ('s{0}', 101, '{1}', '{1}', NULL)",
    Erased.SIGN_INS: "INSERT INTO sign_in_attempts (attempted_at, login_hash, address, succeeded) VALUES ('{1}', 'x', '10.0.0.1', false)",
    Erased.INVITATIONS: "INSERT INTO invitations VALUES ({0}, 'pupil', 51, 'h', '{1}', 106, '{1}', NULL, NULL)",
    Erased.REQUESTS: """INSERT INTO gap_requests VALUES ({0}, 11, 21, 41, 31, 'Дополните', '{1}', 1, '{1}', 103, '{1}', 105, '');
        INSERT INTO gap_request_lessons VALUES ({0}, 73)""",
    Erased.VIEWINGS: "INSERT INTO viewings VALUES ('{1}', 106, 'card', 51, '')",
    Erased.EXCUSES: """INSERT INTO leaves VALUES ({0}, 11, 51, '{1}'::TIMESTAMP::DATE, '{1}'::TIMESTAMP::DATE, [], 'illness',
        'ангина', NULL, '{1}', 103, NULL)""",
    Erased.PAPERS: """INSERT INTO excuses BY NAME SELECT {0} AS excuse_id, 51 AS pupil_id, 11 AS class_id, '{1}'::TIMESTAMP::DATE AS starts_on,
        '{1}'::TIMESTAMP::DATE AS ends_on, [] AS lesson_numbers, 'illness' AS reason, '' AS note, '{1}' AS sent_at, 108 AS sent_by;
        INSERT INTO excuse_papers VALUES ({0}, {0}, 'none', 'Справка.jpg', 'jpg', 9, 'h')""",
    Erased.LETTERS: """INSERT INTO pupils (pupil_id, school_id, last_name) VALUES ({0}, 1, 'Ушедший');
        INSERT INTO enrolments VALUES ({0}, {0}, 11, '2015-09-01', '{1}'::TIMESTAMP::DATE);"""
    + _THREAD.format("{0}", "{1}", "letters", "{0}", "NULL"),
    Erased.STAFF_LETTERS: _THREAD.format("{0}", "{1}", "letters", "NULL", "NULL"),
    Erased.HELP: _THREAD.format("{0}", "{1}", "help", "NULL", "'{1}'"),
    Erased.COMPLAINTS: """INSERT INTO complaints VALUES ({0}, 1, '{1}', 108, 'грубость', '[]', 'h', '{1}', 105, 'разобрались')""",
    Erased.ANNOUNCEMENTS: """INSERT INTO announcements BY NAME SELECT {0} AS announcement_id, 105 AS written_by, '{1}' AS sent_at,
        0 AS after_event, 'class' AS target, [11] AS target_ids, [] AS target_roles, false AS for_staff, true AS for_pupils,
        false AS for_guardians, 'Тема' AS subject, 'т' AS text, '{1}'::TIMESTAMP::DATE AS shown_from,
        '{1}'::TIMESTAMP::DATE AS shown_until, false AS is_pinned, false AS is_important, 'nobody' AS wanted;
        INSERT INTO announcement_recipients (announcement_id, part, person_id, owner_id) VALUES ({0}, 'pupil', 51, 51);
        INSERT INTO announcement_files VALUES ({0}, {0}, 'none{0}', 'а.txt', 'txt', 1, 'h')""",
    Erased.CONSULTATIONS: """INSERT INTO consultation_slots VALUES ({0}, 41, NULL, '{1}', '{1}', 'каб. 5', '{1}', 101, NULL);
        INSERT INTO consultation_bookings (booking_id, slot_id, pupil_id, class_id, question, booked_at, booked_by)
            VALUES ({0}, {0}, 51, 11, 'Как сдать зачёт?', '{1}', 108)""",
}
Change = Callable[[str], None]


def counts(store: Store, people: People) -> dict[Erased, int]:
    return {each.kind: each.count for each in erasing_state(store, people.admin, NOW.date()).due}


def rows(store: Store) -> dict[str, object]:
    return {name: store.read(f"SELECT count(*), bit_xor(hash(t)) FROM {name} t") for name in REGISTER[:-1]}


@pytest.mark.parametrize("kind", OLD_AND_NEW)
def test_the_old_one_goes_and_the_new_one_stays(
    school_store: Store, people: People, change: Change, kind: Erased
) -> None:
    for number, moment in ((901, LONG_AGO), (902, LATELY)):
        change(OLD_AND_NEW[kind].format(number, moment))
    before = rows(school_store)
    assert counts(school_store, people) == {each: int(each is kind) for each in Erased}
    assert erase_now(school_store, people.admin, now=NOW) == {each: int(each is kind) for each in Erased}
    assert counts(school_store, people) == dict.fromkeys(Erased, 0)
    assert rows(school_store) == before
    (done,) = erasing_state(school_store, people.head, NOW.date()).done
    assert (done.kind, done.erased_count, done.who) == (kind, 1, "Адамов Л.")


def test_the_excuse_goes_and_the_reason_stays(school_store: Store, people: People, change: Change) -> None:
    change(OLD_AND_NEW[Erased.EXCUSES].format(901, LONG_AGO))
    erase_now(school_store, people.admin, now=NOW)
    assert school_store.read("SELECT reason, note FROM leaves") == [("illness", "")]


def test_contacts_of_a_family_go_a_year_after_its_last_child_left(
    school_store: Store, people: People, change: Change
) -> None:
    change(f"UPDATE guardians SET phone = '+7 900 000-00-00' WHERE guardian_id = {GUARDIAN_PERSON}")
    change(f"UPDATE enrolments SET ends_on = '2025-11-01' WHERE pupil_id = {CHILD}")
    change(f"INSERT INTO guardian_pupils (guardian_id, pupil_id) VALUES ({GUARDIAN_PERSON}, {STRANGE_CHILD})")
    # The other child is still here: the family stays, the pupil who has left loses the way in.
    assert counts(school_store, people)[Erased.CONTACTS] == 1
    change(f"UPDATE enrolments SET ends_on = '2025-11-01' WHERE pupil_id = {STRANGE_CHILD}")
    assert counts(school_store, people)[Erased.CONTACTS] == 3
    erase_now(school_store, people.admin, now=NOW)
    assert school_store.read("SELECT last_name, phone FROM guardians") == [("Алёшина", "")]
    closed = school_store.read(
        "SELECT user_id FROM users WHERE blocked_at IS NOT NULL AND password_hash = '' ORDER BY 1"
    )
    assert [row[0] for row in closed] == [USER_IDS["guardian"], USER_IDS["pupil"]]


def test_a_pupil_of_a_year_that_goes_on_has_not_left(
    school_store: Store, people: People, change: Change
) -> None:
    change(f"UPDATE guardians SET phone = '1' WHERE guardian_id = {GUARDIAN_PERSON}")
    assert counts(school_store, people)[Erased.CONTACTS] == 0
    after = erasing_state(school_store, people.admin, date(2028, 6, 2)).due
    assert next(each.count for each in after if each.kind is Erased.CONTACTS) == 3


def test_the_night_erases_once_it_is_switched_on_and_reports(
    school_store: Store, people: People, change: Change
) -> None:
    change(OLD_AND_NEW[Erased.SESSIONS].format(901, LONG_AGO))
    assert erase_by_night(school_store, now=NIGHT) is None
    switch_erasing(school_store, people.admin, is_on=True, now=NOW)
    assert erase_by_night(school_store, now=NOW) is None
    done = erase_by_night(school_store, now=NIGHT)
    assert done is not None
    assert done[Erased.SESSIONS] == 1
    assert erase_by_night(school_store, now=NIGHT + timedelta(minutes=30)) is None
    said = school_store.read("SELECT user_id, new_value FROM events WHERE kind = 'erasure'")
    assert said == [(None, "Завершённые сеансы — 1")]


def test_sign_ins_go_after_ninety_days_in_any_school(
    school_store: Store, people: People, change: Change
) -> None:
    """Switched on or not, by day too: a server that is off at night keeps them no longer."""
    for days in (91, 89):
        moment = NOW - timedelta(days=days)
        for kind in (Erased.SESSIONS, Erased.SIGN_INS, Erased.VIEWINGS):
            change(OLD_AND_NEW[kind].format(900 + days, moment))
        change(f"INSERT INTO device_notices VALUES ({days}, 101, '{moment}', 'd', '10.0.0.x', 'Linux', NULL)")
        change(
            f"INSERT INTO trusted_devices VALUES (101, 'd{days}', '{moment}', '{moment - timedelta(days=30)}')"
        )
    tables = ("sessions", "sign_in_attempts", "device_notices", "trusted_devices", "viewings")
    assert erase_sign_ins(school_store, now=NOW) == {Erased.SESSIONS: 1, Erased.SIGN_INS: 3}
    left = [school_store.read(f"SELECT count(*) FROM {table}")[0][0] for table in tables]
    assert left == [1, 1, 1, 1, 2]
    said = school_store.read("SELECT new_value FROM events WHERE kind = 'erasure'")
    assert said == [("Завершённые сеансы — 1, Входы и попытки входа с сетевыми адресами — 3",)]


def test_a_longer_term_of_sign_ins_than_is_allowed_now_is_cut(
    school_store: Store, people: People, change: Change
) -> None:
    change("INSERT INTO settings VALUES ('privacy.days.sign_ins', '365')")
    (due,) = [
        each
        for each in erasing_state(school_store, people.admin, NOW.date()).due
        if each.kind is Erased.SIGN_INS
    ]
    assert due.days == KEPT_FOR.days


def test_terms_are_the_administrators_and_leave_a_line(
    school_store: Store, people: People, change: Change
) -> None:
    change(OLD_AND_NEW[Erased.VIEWINGS].format(901, LATELY))
    set_terms(school_store, people.admin, {Erased.VIEWINGS: 3}, now=NOW)
    assert counts(school_store, people)[Erased.VIEWINGS] == 1
    said = school_store.read("SELECT old_value, new_value FROM events WHERE kind = 'erasure_term'")
    assert said == [("365 дн.", "3 дн.")]
    with pytest.raises(RuleRefused):
        set_terms(school_store, people.admin, {Erased.VIEWINGS: 99999}, now=NOW)
    with pytest.raises(AccessRefused):
        set_terms(school_store, people.head, {Erased.VIEWINGS: 30}, now=NOW)


def test_a_file_sent_to_many_stays_while_one_of_their_threads_names_it(
    school_store: Store, people: People, change: Change
) -> None:
    """One child's letters are over; the other family still reads the same file, until theirs are over too."""
    change("INSERT INTO guardians (guardian_id, last_name, first_name) VALUES (69, 'Яковлева', 'Нина')")
    change(f"INSERT INTO guardian_pupils (guardian_id, pupil_id) VALUES (69, {STRANGE_CHILD})")
    change("INSERT INTO users (user_id, login, password_hash, guardian_id) VALUES (190, 'nina', 'x', 69)")
    change("INSERT INTO user_roles VALUES (190, 'guardian')")
    letter = Letter("Летний лагерь", Words("Список вещей", [("Вещи.txt", "Кеды".encode())]))
    to = [(people.guardian.user_id, CHILD), (190, STRANGE_CHILD)]
    first, second = send_letters(school_store, people.deputy, letter, to, now=NOW)
    folder = school_store.path.parent / "files"
    assert len([*folder.glob("*/*")]) == 1
    long_ago = LONG_AGO.date()
    change(f"UPDATE enrolments SET starts_on = '2020-09-01', ends_on = '{long_ago}' WHERE pupil_id = {CHILD}")
    assert erase_now(school_store, people.admin, now=NOW)[Erased.LETTERS] == 1
    assert school_store.read("SELECT thread_id FROM threads") == [(second,)]
    assert school_store.read(f"SELECT count(*) FROM messages WHERE thread_id = {first}") == [(0,)]
    ((file_id,),) = school_store.read("SELECT file_id FROM message_files")
    kept = read_message_file(school_store, people.deputy, file_id, now=NOW)
    assert kept.content == "Кеды".encode()
    change(
        f"UPDATE enrolments SET starts_on = '2020-09-01', ends_on = '{long_ago}' WHERE pupil_id = {STRANGE_CHILD}"
    )
    assert erase_now(school_store, people.admin, now=NOW)[Erased.LETTERS] == 1
    assert [*folder.glob("*/*")] == []


def test_what_came_of_complaints_goes_with_them(school_store: Store, people: People, change: Change) -> None:
    for number, moment in ((901, LONG_AGO), (902, LATELY)):
        change(
            f"INSERT INTO mutes VALUES ({number}, 108, '{moment}', '{moment.date()}', 'грубость', 105, NULL, NULL)"
        )
        change(f"INSERT INTO request_readings VALUES ({number}, 1, '12-к', 'обращение', '{moment}', 104)")
    assert erase_now(school_store, people.admin, now=NOW)[Erased.COMPLAINTS] == 2
    assert school_store.read("SELECT mute_id FROM mutes") == [(902,)]
    assert school_store.read("SELECT reading_id FROM request_readings") == [(902,)]
