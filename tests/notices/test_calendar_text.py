"""A calendar as programs read it: whatever was typed comes back as it was, lines are no longer than they may be (RFC 5545)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from school.notices.rules.calendars import (
    IN_THE_DIARY,
    CalendarEntry,
    calendar_text,
    escaped,
    folded,
    plain,
    window,
    without_names,
)

MOSCOW = ZoneInfo("Europe/Moscow")
BEGAN = datetime(2026, 9, 1)
LESSON = CalendarEntry(
    "lesson-1@x",
    "Математика",
    datetime(2026, 11, 19, 8, 30),
    datetime(2026, 11, 19, 9, 15),
    BEGAN,
    "кабинет 12",
)
# Everything but lone halves of pairs, which no stored text can hold.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=120)


def read(text: bytes) -> Calendar:
    return Calendar.from_ical(text)


def test_an_event_is_read_back_whole() -> None:
    text = calendar_text("Дневник: 7А", [LESSON], MOSCOW)
    calendar = read(text)
    (event,) = calendar.walk("VEVENT")
    assert str(calendar["X-WR-CALNAME"]) == str(calendar["NAME"]) == "Дневник: 7А"
    assert calendar["REFRESH-INTERVAL"].params["VALUE"] == "DURATION"
    assert calendar.decoded("REFRESH-INTERVAL") == timedelta(hours=4)
    assert event.decoded("dtstart") == datetime(2026, 11, 19, 5, 30, tzinfo=UTC)
    assert event.decoded("dtend") == datetime(2026, 11, 19, 6, 15, tzinfo=UTC)
    assert (str(event["uid"]), str(event["location"]), event["sequence"]) == ("lesson-1@x", "кабинет 12", 0)
    assert str(event["status"]) == "CONFIRMED"
    assert event.errors == []


@pytest.mark.parametrize(
    ("zone", "hour"),
    [("Europe/Kaliningrad", 6), ("Europe/Moscow", 5), ("Asia/Yekaterinburg", 3), ("Asia/Kamchatka", -4)],
)
def test_the_hour_is_that_of_the_schools_walls(zone: str, hour: int) -> None:
    (event,) = read(calendar_text("", [LESSON], ZoneInfo(zone))).walk("VEVENT")
    assert event.decoded("dtstart") == datetime(2026, 11, 19, tzinfo=UTC) + timedelta(hours=hour, minutes=30)
    assert event.decoded("dtstart").astimezone(ZoneInfo(zone)).hour == 8


def test_what_has_no_hour_takes_its_day_and_keeps_nobody_busy() -> None:
    day = date(2026, 11, 20)
    (event,) = read(calendar_text("", [CalendarEntry("h", "ДЗ", day, day, BEGAN)], MOSCOW)).walk("VEVENT")
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (day, day + timedelta(1))
    assert str(event["transp"]) == "TRANSPARENT"


@settings(max_examples=60)
@given(TEXTS, TEXTS)
def test_any_text_comes_back_as_it_was_typed(summary: str, description: str) -> None:
    entry = CalendarEntry("u", summary, LESSON.begins, LESSON.ends, BEGAN, description=description)
    calendar = read(calendar_text(description, [entry, LESSON], MOSCOW))
    first, second = calendar.walk("VEVENT")
    assert str(first["summary"]) == plain(summary)
    assert str(first.get("description", "")) == plain(description)
    # Of a property that it does not know the library leaves the signs as they stand in the file.
    assert str(calendar["X-WR-CALNAME"]) == escaped(description)
    assert (str(first["uid"]), str(second["uid"])) == ("u", "lesson-1@x")
    assert str(second["summary"]) == "Математика"


@given(TEXTS)
def test_lines_are_short_and_letters_whole(text: str) -> None:
    packed = folded(f"SUMMARY:{escaped(text)}")
    lines = packed.split(b"\r\n")
    assert lines.pop() == b""
    assert all(len(line) <= 75 for line in lines)
    assert all(line.startswith(b" ") for line in lines[1:])
    assert b"".join([lines[0], *(line[1:] for line in lines[1:])]).decode() == f"SUMMARY:{escaped(text)}"
    for line in lines:
        line.decode()
        assert len(line) == 1 or not line.endswith(b"\\") or line.endswith(b"\\\\")


def test_a_text_that_looks_like_an_event_is_a_text() -> None:
    text = "x\nEND:VEVENT\r\nBEGIN:VEVENT\nUID:other"
    (event,) = read(calendar_text("", [CalendarEntry("u", text, BEGAN, BEGAN, BEGAN)], MOSCOW)).walk("VEVENT")
    assert str(event["uid"]) == "u"


@pytest.mark.parametrize(
    ("text", "is_said"),
    [
        ("Упр. 5, стр. 7", True),
        ("Ивановой — пересказ", False),
        ("петров: доклад", False),
        ("Выучить стих о Петре", True),
        ("Читать «Ли Бо»", True),
    ],
)
def test_homework_that_names_a_pupil_stays_in_the_diary(text: str, is_said: bool) -> None:
    assert without_names(text, frozenset(["Иванова", "Петров", "Ли"])) == (text if is_said else IN_THE_DIARY)


def test_a_calendar_shows_two_weeks_past_and_eight_to_come_and_is_the_same_all_week() -> None:
    days = [date(2026, 11, 16) + timedelta(number) for number in range(7)]
    assert {window(day) for day in days} == {(date(2026, 11, 2), date(2027, 1, 17))}
