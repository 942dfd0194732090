"""The calendar behind a private address: read by any program, of its own child only, ended with the access (п. 2.8, 3.6)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar
from screens import show_school
from small_school import (
    CHILD,
    CLASS_7A,
    MATHS,
    NOW,
    OWNERS_LESSON_TODAY,
    OWNERS_LESSON_YESTERDAY,
    STRANGE_CHILD,
    People,
)
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.notices import routes
from school.errors import AccessRefused, RuleRefused
from school.homework.actions import LessonEntry, NewTask, add_task, write_lesson
from school.notices.actions.own import end_calendar, make_calendar
from school.notices.lookups.calendars import read_calendars_ahead
from school.notices.lookups.own import own_notices
from school.records import HomeworkState
from school.register.actions.entries import LessonHead
from school.store.connection import Store
from server.http.rates import Rates

pytestmark = pytest.mark.usefixtures("school_screens")
CONTROL_WORK = 82


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """A calendar program: nobody is signed in."""
    monkeypatch.setattr(routes, "rates", Rates(60, 1.0))
    return TestClient(Starlette(routes=routes.routes))


@pytest.fixture
def address(school_store: Store, people: People) -> str:
    """The address of the guardian's calendar."""
    return f"/ical/{make_calendar(school_store, people.guardian, CHILD, '7А', now=NOW)}.ics"


def events(program: TestClient, address: str) -> dict[str, dict]:
    """Return the events of a calendar by what their id begins with."""
    answer = program.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.content)
    return {str(each["uid"]).partition("@")[0]: each for each in calendar.walk("VEVENT")}


def write(store: Store, people: People, homework: str, topic: str = "Дроби", work: int | None = None) -> None:
    head = LessonHead(topic, work, HomeworkState.SET, homework)
    entry = LessonEntry(head, date(2026, 11, 20))
    write_lesson(store, people.owner, OWNERS_LESSON_YESTERDAY, entry, now=NOW)


def test_a_calendar_has_the_lessons_with_hour_and_room(
    program: TestClient, address: str, change: Callable[[str], None]
) -> None:
    change("UPDATE timetable SET room = '12'")
    found = events(program, address)
    lesson = found[f"lesson-{OWNERS_LESSON_TODAY}"]
    assert str(lesson["summary"]) == "Математика"
    assert str(lesson["location"]) == "кабинет 12"
    # 8:30 of Moscow.
    assert lesson.decoded("dtstart") == datetime(2026, 11, 19, 5, 30, tzinfo=UTC)
    assert lesson.decoded("dtend") == datetime(2026, 11, 19, 6, 15, tzinfo=UTC)
    assert set(found) == {f"lesson-{OWNERS_LESSON_TODAY}", f"lesson-{OWNERS_LESSON_YESTERDAY}"}


def test_control_works_and_homework_stand_on_their_day(
    program: TestClient, address: str, school_store: Store, people: People
) -> None:
    write(school_store, people, "Упр. 5; стр. 7, №1", work=CONTROL_WORK)
    found = events(program, address)
    assert str(found[f"lesson-{OWNERS_LESSON_YESTERDAY}"]["summary"]) == "Математика: контрольная работа"
    work = found[f"homework-{OWNERS_LESSON_YESTERDAY}"]
    assert work.decoded("dtstart") == date(2026, 11, 20)
    assert (str(work["summary"]), str(work["description"])) == ("ДЗ: Математика", "Упр. 5; стр. 7, №1")


def test_a_calendar_has_no_mark_no_name_and_nothing_of_ones_own(
    program: TestClient, address: str, school_store: Store, people: People
) -> None:
    write(school_store, people, "Ёлкиной пересказ")
    add_task(
        school_store,
        people.owner,
        OWNERS_LESSON_YESTERDAY,
        NewTask("Петя, повтори таблицу", (CHILD,)),
        now=NOW,
    )
    text = program.get(address).text.replace("\r\n ", "")
    for secret in ("Алёшин", "Пётр", "Петя", "Ёлкин", "Ольга", "Орлова", "таблицу", "Отв", "Дроби"):
        assert secret not in text
    assert "X-WR-CALNAME:Дневник: 7А" in text
    assert "Есть личное задание" in text
    assert "Задание откройте в дневнике." in text


def test_the_first_calendar_finds_what_its_class_shares_in_memory(
    school_store: Store, program: TestClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(list(read_calendars_ahead(school_store, NOW.date()))) == 1
    asked, ask = list[str](), Store.execute

    def execute(store: Store, sql: str, parameters: object = None, /) -> object:
        asked.append(sql)
        return ask(store, sql, parameters)

    monkeypatch.setattr(Store, "execute", execute)
    assert program.get(address).status_code == 200
    shared = ("lessons", "homework", "substitutions", "pupils p JOIN enrolments", "timetable", "store_marks")
    assert [each for each in asked if any(f"FROM {table}" in each for table in shared)] == []


def test_a_cancelled_lesson_stays_and_is_called_so(
    program: TestClient, address: str, change: Callable[[str], None]
) -> None:
    before = events(program, address)[f"lesson-{OWNERS_LESSON_TODAY}"]
    change(
        f"""INSERT INTO substitutions (substitution_id, lesson_id, class_id, subject_id, kind, reason, assigned_at)
        VALUES (1, {OWNERS_LESSON_TODAY}, {CLASS_7A}, {MATHS}, 'cancelled', 'болеет', '2026-11-19 08:00');
        UPDATE lessons SET status = 'cancelled' WHERE lesson_id = {OWNERS_LESSON_TODAY}"""
    )
    cancelled = events(program, address)[f"lesson-{OWNERS_LESSON_TODAY}"]
    assert str(cancelled["uid"]) == str(before["uid"])
    assert (str(before["status"]), str(cancelled["status"])) == ("CONFIRMED", "CANCELLED")
    assert (before["sequence"], cancelled["sequence"]) == (0, 1)
    assert cancelled.decoded("dtstamp") > before.decoded("dtstamp")
    change(
        f"""UPDATE substitutions SET withdrawn_at = '2026-11-19 09:00';
        INSERT INTO substitutions (substitution_id, lesson_id, class_id, subject_id, kind, substitute_id, reason, assigned_at)
        VALUES (2, {OWNERS_LESSON_TODAY}, {CLASS_7A}, {MATHS}, 'subject', 42, 'болеет', '2026-11-19 09:30');
        UPDATE lessons SET status = 'planned' WHERE lesson_id = {OWNERS_LESSON_TODAY}"""
    )
    given = events(program, address)[f"lesson-{OWNERS_LESSON_TODAY}"]
    assert (str(given["summary"]), str(given["status"])) == ("Математика (замена)", "CONFIRMED")
    assert given["sequence"] == 3


def test_what_has_not_changed_is_not_sent_again(
    program: TestClient, address: str, school_store: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    etag = program.get(address).headers["etag"]
    for asked in (etag, f'"other", {etag}', etag.removeprefix("W/"), "*"):
        answer = program.get(address, headers={"If-None-Match": asked})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
    show_school(school_store, NOW + timedelta(days=1), monkeypatch)
    assert program.get(address, headers={"If-None-Match": etag}).status_code == 304
    write(school_store, people, "Упр. 6")
    assert program.get(address, headers={"If-None-Match": etag}).status_code == 200
    plain = program.get(address, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content.startswith(b"BEGIN:VCALENDAR\r\n")


@pytest.mark.parametrize(
    "end",
    [
        f"DELETE FROM guardian_pupils WHERE pupil_id = {CHILD}",
        "UPDATE users SET blocked_at = TIMESTAMP '2026-11-19 11:00' WHERE login = 'guardian.7'",
        "DELETE FROM user_roles WHERE role = 'guardian'",
    ],
)
def test_a_calendar_ends_at_once_with_the_access(
    program: TestClient, address: str, change: Callable[[str], None], end: str
) -> None:
    assert program.get(address).status_code == 200
    change(end)
    answer = program.get(address)
    assert answer.status_code == 404
    assert "Математика" not in answer.text


def test_a_calendar_is_listed_and_taken_back(
    program: TestClient, address: str, school_store: Store, people: People
) -> None:
    (feed,) = own_notices(school_store, people.guardian, now=NOW).feeds
    assert (feed.label, feed.last_read_on) == ("7А", None)
    program.get(address)
    (feed,) = own_notices(school_store, people.guardian, now=NOW).feeds
    assert feed.last_read_on == NOW.date()
    with pytest.raises(AccessRefused):
        end_calendar(school_store, people.pupil, feed.feed_id, now=NOW)
    end_calendar(school_store, people.guardian, feed.feed_id, now=NOW)
    assert program.get(address).status_code == 404


def test_an_address_cannot_be_guessed_and_stands_nowhere(
    program: TestClient, address: str, school_store: Store, people: People
) -> None:
    token = address.removeprefix("/ical/").removesuffix(".ics")
    assert len(token) >= 43
    assert token not in str(school_store.read("SELECT * FROM calendar_feeds"))
    assert token not in str(school_store.read("SELECT * FROM events"))
    for wrong in (token[:-1], token + "A", "1", "x" * 500, "%00", "ё"):
        assert program.get(f"/ical/{wrong}.ics").status_code == 404
    with pytest.raises(AccessRefused):
        make_calendar(school_store, people.guardian, STRANGE_CHILD, "", now=NOW)
    with pytest.raises(AccessRefused):
        make_calendar(school_store, people.deputy, CHILD, "", now=NOW)
    for _ in range(9):
        make_calendar(school_store, people.guardian, CHILD, "", now=NOW)
    with pytest.raises(RuleRefused, match="Календарей уже 10"):
        make_calendar(school_store, people.guardian, CHILD, "", now=NOW)


def test_who_asks_too_often_waits(program: TestClient, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "rates", Rates(2, 1.0, lambda: 0.0))
    assert [program.get(address).status_code for _ in range(3)] == [200, 200, 429]
    assert program.get(address).headers["retry-after"] == "60"
