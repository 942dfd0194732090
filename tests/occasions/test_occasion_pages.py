"""Events on a family's phone, in the calendar and on the staff's page (п. 3.6)."""

import gzip
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from diary_pages import diary_client, diary_page, press
from icalendar import Calendar
from screens import open_page, texts
from small_school import CHILD, CLASS_7A, NOW, People

from school.notices.actions.own import make_calendar
from school.notices.lookups.calendars import calendar_of_token
from school.occasions.actions import (
    NewOccasion,
    announce_occasion,
    answer_as_staff,
    answer_for_child,
    cancel_occasion,
    change_occasion,
)
from school.occasions.rules import Circle, OccasionDraft
from school.store.connection import Store
from school.store.school import School

pytestmark = pytest.mark.usefixtures("school_screens")
FRIDAY = NOW.date() + timedelta(1)
TRIP = OccasionDraft(
    "Музей <b>", FRIDAY, FRIDAY, time(10), time(12), "Пл. Мира, 1", "Сбор у *входа*", asks_guardians=True
)


def announce(store: Store, people: People, draft: OccasionDraft = TRIP) -> int:
    return announce_occasion(store, people.homeroom, NewOccasion(Circle(None, CLASS_7A), draft), now=NOW)


def test_a_family_reads_it_in_the_week_and_answers_on_its_page(school_store: Store, people: People) -> None:
    trip = announce(school_store, people)
    week = diary_page(people.guardian)
    assert "<b>Музей &lt;b&gt;</b>, 20 ноября, пт, 10:00–12:00, Пл. Мира, 1" in week
    assert "Ответить, придёте ли" in week
    assert "Событие" in diary_page(people.guardian, f"/{CHILD}/new")
    client = diary_client(people.guardian)
    address = f"/family/{CHILD}/events/{trip}"
    assert press(client, address, coming="maybe").status_code == 404
    answer = press(client, address, coming="yes")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/family/{CHILD}/events#event{trip}")
    page = diary_page(people.guardian, f"/{CHILD}/events")
    assert "Семья: <b>придём</b>" in page
    assert "Алёшина Ольга" in page
    assert 'value="yes" aria-pressed="true"' in page
    assert "Ответ семьи: придём" in diary_page(people.guardian)
    # The pupil is not asked, and reads what the family said.
    own = diary_page(people.pupil, f"/{CHILD}/events")
    assert "Семья: <b>придём</b>" in own
    assert "<button name=" not in own
    assert press(diary_client(people.pupil), address, coming="no").status_code == 404


ZONE = ZoneInfo("Asia/Krasnoyarsk")


def calendar_events(store: Store, token: str) -> list[Any]:
    found = calendar_of_token(store, token, now=NOW, zone=ZONE)
    assert found
    return Calendar.from_ical(gzip.decompress(found.packed)).walk("VEVENT")


def local(value: Any) -> date:
    """School time of a moment, or the day."""
    moment = value.dt
    return moment.astimezone(ZONE).replace(tzinfo=None) if isinstance(moment, datetime) else moment


def test_the_pupil_s_answer_does_not_stand_for_the_family_s(school_store: Store, people: People) -> None:
    trip = announce(school_store, people, replace(TRIP, asks_pupils=True))
    press(diary_client(people.pupil), f"/family/{CHILD}/events/{trip}", coming="yes")
    assert "Ответ семьи: пока нет, ответ ученика: приду" in diary_page(people.guardian)
    press(diary_client(people.guardian), f"/family/{CHILD}/events/{trip}", coming="no")
    assert "Ответ семьи: не придём, ответ ученика: приду" in diary_page(people.guardian)


def test_it_stands_in_the_calendar_changed_and_cancelled_with_its_version(
    school_store: Store, people: People
) -> None:
    trip = announce(school_store, people)
    named = announce(
        school_store,
        people,
        replace(TRIP, title="Поздравляем Ёлкину", place="У Ёлкиной", starts_at=None, ends_at=None),
    )
    token = make_calendar(school_store, people.guardian, CHILD, "", now=NOW)

    def entries() -> dict[str, Any]:
        return {str(each["UID"]).split("@")[0]: each for each in calendar_events(school_store, token)}

    event = entries()[f"occasion-{trip}"]
    assert (str(event["SUMMARY"]), event["SEQUENCE"], str(event["LOCATION"])) == (
        "Музей <b>",
        0,
        "Пл. Мира, 1",
    )
    assert local(event["DTSTART"]) == datetime(2026, 11, 20, 10)
    assert str(entries()[f"occasion-{named}"]["SUMMARY"]) == "Событие школы", (
        "no pupil is named outside the diary"
    )
    assert "LOCATION" not in entries()[f"occasion-{named}"]
    later = NOW + timedelta(hours=1)
    moved = replace(TRIP, starts_on=FRIDAY + timedelta(3), ends_on=FRIDAY + timedelta(3), starts_at=time(9))
    change_occasion(school_store, people.homeroom, trip, moved, now=later)
    event = entries()[f"occasion-{trip}"]
    assert (event["SEQUENCE"], str(event["STATUS"]), local(event["DTSTART"]), local(event["DTSTAMP"])) == (
        1,
        "CONFIRMED",
        datetime(2026, 11, 23, 9),
        later,
    )
    cancel_occasion(school_store, people.homeroom, trip, "Дождь", now=later)
    event = entries()[f"occasion-{trip}"]
    assert (event["SEQUENCE"], str(event["STATUS"]), str(event["SUMMARY"])) == (
        2,
        "CANCELLED",
        "Музей <b> (отменено)",
    )


SUNDAY = FRIDAY + timedelta(2)


@pytest.mark.parametrize(
    ("hours", "begins", "ends", "words"),
    [
        ((None, None), FRIDAY, SUNDAY + timedelta(1), "20–22 ноября"),
        (
            (time(10), time(9)),
            datetime(2026, 11, 20, 10),
            datetime(2026, 11, 22, 9),
            "20 ноября, 10:00 – 22 ноября, 9:00",
        ),
        (
            (time(10), None),
            datetime(2026, 11, 20, 10),
            datetime(2026, 11, 23),
            "20 ноября, 10:00 – 22 ноября",
        ),
    ],
)
def test_an_event_of_several_days_says_from_when_to_when_in_the_week_and_the_calendar(
    school_store: Store,
    people: People,
    hours: tuple[time | None, time | None],
    begins: date,
    ends: date,
    words: str,
) -> None:
    announce(school_store, people, replace(TRIP, ends_on=SUNDAY, starts_at=hours[0], ends_at=hours[1]))
    assert diary_page(people.guardian).count(f"<b>Музей &lt;b&gt;</b>, {words}, Пл. Мира, 1") == 3
    token = make_calendar(school_store, people.guardian, CHILD, "", now=NOW)
    (event,) = [each for each in calendar_events(school_store, token) if each["UID"].startswith("occasion")]
    assert (local(event["DTSTART"]), local(event["DTEND"])) == (begins, ends)


def test_the_staff_s_page_says_who_has_not_answered(
    school_store: Store, people: People, school_screens: School
) -> None:
    trip = announce(school_store, people)
    answer_for_child(school_store, people.guardian, CHILD, trip, True, now=NOW)
    head = open_page("occasions/occasions.py", people.head)
    assert not head.exception
    (table,) = head.dataframe
    row = table.value.iloc[0]
    assert (row["Событие"], row["Ответили семьи"], row["Придут"], row["Не ответили"]) == (
        "Музей <b>",
        "1 из 3",
        1,
        2,
    )
    one = open_page("occasions/occasions.py", people.homeroom, occasion=str(trip))
    assert not one.exception
    assert list(one.dataframe[0].value["Ученик"]) == ["Ёлкина Анна", "Жуков Иван"]
    assert r"Сбор у \*входа\*" in texts(one)
    assert "Изменить" in [each.label for each in one.expander]
    cancel_occasion(school_store, people.homeroom, trip, "Дождь", now=NOW)
    (table,) = open_page("occasions/occasions.py", people.head).dataframe
    assert table.value.isna().iloc[0]["Не ответили"], "nobody's answer is waited for"
    teacher = open_page("occasions/occasions.py", people.owner, occasion=str(trip))
    assert not teacher.exception
    assert not teacher.dataframe
    assert not teacher.expander


def test_whoever_plans_events_reads_which_wait_for_their_own_answer(
    school_store: Store, people: People
) -> None:
    council = replace(TRIP, title="Совет *школы*", asks_guardians=False, asks_staff=True, is_staff_only=True)
    new = NewOccasion(Circle(), council)
    meeting = announce_occasion(school_store, people.deputy, new, now=NOW)
    page = open_page("occasions/occasions.py", people.homeroom)
    assert r"Ждут вашего ответа: Совет \*школы\*, 20 ноября, пятница, 10" in texts(page)
    answer_as_staff(school_store, people.homeroom, meeting, True, now=NOW)
    assert "Ждут вашего ответа" not in texts(open_page("occasions/occasions.py", people.homeroom))


def test_the_page_of_events_names_the_breaks(people: People, change: Callable) -> None:
    change("INSERT INTO days_off VALUES ('2026-12-30', 'Зимние каникулы'), ('2026-12-31', 'Зимние каникулы')")
    page = diary_page(people.pupil, f"/{CHILD}/events")
    assert "<li><b>30–31 декабря</b>: Зимние каникулы</li>" in page.split('id="breaks"')[1]
