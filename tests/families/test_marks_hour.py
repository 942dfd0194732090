"""The hour from which families see new marks: one rule on every page of theirs; staff see all, with a word of it (п. 5.5)."""

import re
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from diary_pages import diary_client, diary_page
from screens import open_page, show_school
from small_school import CHILD, MATHS, NOW, OWNERS_LESSON_TODAY, OWNERS_LESSON_YESTERDAY, People

from pages.families.routes import routes
from school.errors import AccessRefused, RuleRefused
from school.families.actions import set_marks_hour
from school.families.lookups.letter import family_letter
from school.families.lookups.news import count_news, unread_counts
from school.families.lookups.week import diary_week
from school.families.rules import hold_at, marks_hour_on, shown_from
from school.notices.actions.own import make_calendar
from school.notices.lookups.calendars import calendar_of_token
from school.privacy.lookups.child_record import child_record
from school.pushes.news import has_news
from school.records import User
from school.register.actions.batch import CellEdit
from school.register.actions.entries import enter_cells
from school.store.connection import Store

pytestmark = pytest.mark.usefixtures("school_screens")
TODAY, HOUR = NOW.date(), time(16)
YESTERDAY = TODAY - timedelta(1)
AT_HOUR = datetime.combine(TODAY, HOUR)
WAITS = "семья увидит в 16:00"


@pytest.fixture(autouse=True)
def _hour_of_16(school_store: Store, people: People) -> None:
    set_marks_hour(school_store, people.deputy, HOUR, now=NOW - timedelta(1))


def enter(
    store: Store, people: People, text: str, lesson: int = OWNERS_LESSON_TODAY, at: datetime = NOW
) -> None:
    (result,) = enter_cells(store, people.owner, [CellEdit(lesson, CHILD, text, reason="описка")], now=at)
    assert result.status == "saved", result.message


def marks_in(page: str) -> list[str]:
    return re.findall(r"<b class=m\d>(\d)", page)


@pytest.mark.parametrize(
    ("entered", "shown"),
    [
        (datetime(2026, 11, 19, 9), datetime(2026, 11, 19, 16)),
        (datetime(2026, 11, 19, 16), datetime(2026, 11, 19, 16)),
        (datetime(2026, 11, 19, 20), datetime(2026, 11, 19, 20)),
        (datetime(2026, 11, 18, 9), datetime(2026, 11, 18, 9)),
    ],
)
def test_when_a_mark_is_shown(entered: datetime, shown: datetime) -> None:
    hours = {TODAY: HOUR}
    assert shown_from(entered, hours) == shown
    for now in (shown - timedelta(seconds=1), shown):
        hold = hold_at(now, hours, hides=True)
        is_hidden = entered > now or (hold is not None and entered >= hold.since)
        assert is_hidden == (now < shown)


def test_an_hour_holds_from_the_day_after_it_was_chosen(school_store: Store, people: People) -> None:
    hours = {YESTERDAY: None, TODAY: HOUR}
    assert [marks_hour_on(hours, day) for day in (TODAY - timedelta(9), YESTERDAY, TODAY)] == [
        None,
        None,
        HOUR,
    ]
    set_marks_hour(school_store, people.admin, None, now=NOW)
    assert hold_of(school_store, people.guardian, NOW) is not None
    assert hold_of(school_store, people.guardian, NOW + timedelta(1)) is None
    assert school_store.read(
        "SELECT old_value, new_value FROM events WHERE kind = 'marks_hour' ORDER BY event_id"
    ) == [("сразу", "в 16:00 с 19.11.2026"), ("в 16:00", "сразу с 20.11.2026")]


def hold_of(store: Store, user: User, now: datetime) -> object:
    return diary_week(store, user, CHILD, day=TODAY, today=now.date(), now=now).pupil.hold


def test_only_deputy_and_administrator_choose_it(school_store: Store, people: People) -> None:
    for name in ("head", "owner", "homeroom", "guardian"):
        with pytest.raises(AccessRefused):
            set_marks_hour(school_store, getattr(people, name), None, now=NOW)
    with pytest.raises(RuleRefused, match="Такой час"):
        set_marks_hour(school_store, people.deputy, time(3, 15), now=NOW)


def test_it_is_chosen_where_marking_is_set(people: People, school_store: Store) -> None:
    page = open_page("term_marks/marking.py", people.deputy)
    assert page.selectbox(key="marks_hour").value == HOUR
    page.selectbox(key="marks_hour").set_value(time(18)).run()
    assert not page.exception
    assert marks_hour_on({NOW.date() + timedelta(1): time(18)}, NOW.date() + timedelta(1)) == time(18)
    assert "Сегодня ещё: в 16:00" in " ".join(each.value for each in page.caption)
    assert "marks_hour" not in [
        each.key for each in open_page("term_marks/marking.py", people.head).selectbox
    ]


# Every page of a family.

PAGES = [
    route.path.replace("{pupil_id:id}", str(CHILD)).replace("{subject_id:id}", str(MATHS))
    for route in routes
    if "GET" in (getattr(route, "methods", None) or ())
    and "{pupil_id" in route.path
    and "record" not in route.path
]


@pytest.mark.parametrize("part", ["guardian", "pupil"])
def test_no_page_of_a_family_shows_a_mark_before_the_hour_and_each_does_after(
    school_store: Store, people: People, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(PAGES) >= 6
    user = getattr(people, part)
    before = {page: diary_client(user).get(page).text for page in PAGES}
    enter(school_store, people, "5")
    enter(school_store, people, "2", OWNERS_LESSON_YESTERDAY)
    client = diary_client(user)
    for page in PAGES:
        text = client.get(page).text
        assert marks_in(text) == marks_in(before[page]), page
        assert not any(word in text for word in ("описка", "испр", "Отметка 5", "было")), page
    assert {page for page in PAGES if marks_in(before[page])} != set()
    show_school(school_store, AT_HOUR, monkeypatch)
    week, marks, news = (client.get(f"/family/{CHILD}{rest}").text for rest in ("", "/marks", "/new"))
    assert marks_in(week) == ["2", "5"]
    assert sorted(marks_in(marks)) == ["2", "5"]
    assert "исправлено: было «4», стало «2». Причина: описка" in week
    assert "Отметка 5" in news
    assert "Отметка исправлена: было «4», стало «2»" in news


def test_a_mark_taken_back_or_put_beside_waits_too(school_store: Store, people: People) -> None:
    enter(school_store, people, "", OWNERS_LESSON_YESTERDAY)
    assert marks_in(diary_page(people.guardian)) == ["4"]
    enter(school_store, people, "4/5", OWNERS_LESSON_YESTERDAY)
    assert marks_in(diary_page(people.guardian)) == ["4"]
    enter(school_store, people, "3")
    enter(school_store, people, "")
    assert marks_in(diary_page(people.guardian)) == ["4"]


def test_an_absence_is_shown_at_once(school_store: Store, people: People) -> None:
    enter(school_store, people, "о 5")
    page = diary_page(people.guardian)
    assert "Опоздание" in page
    assert marks_in(page) == ["4"]


@pytest.mark.parametrize("name", ["homeroom", "deputy"])
def test_staff_see_it_with_the_hour_of_the_family(
    school_store: Store, people: People, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(school_store, people, "5")
    enter(school_store, people, "2", OWNERS_LESSON_YESTERDAY)
    page = diary_page(getattr(people, name), f"/{CHILD}")
    assert marks_in(page) == ["2", "5"]
    assert page.count(WAITS) == 2  # the mark and the correction
    show_school(school_store, AT_HOUR, monkeypatch)
    assert WAITS not in diary_page(getattr(people, name), f"/{CHILD}")


def test_the_document_of_what_is_kept_waits_too(school_store: Store, people: People) -> None:
    def marks(now: datetime) -> str:
        record = child_record(school_store, people.guardian, CHILD, now=now)
        return next(str(each.rows) for each in record.facts if each.fact == "marks")

    enter(school_store, people, "5")
    assert ("18.11 — 4" in marks(NOW), "19.11" in marks(NOW)) == (True, False)
    assert "19.11 — 5" in marks(AT_HOUR)
    enter(school_store, people, "2", OWNERS_LESSON_YESTERDAY)
    assert "— 2" not in marks(NOW)


# Every other way to a family.


def test_nothing_that_leaves_the_school_for_a_family_knows_a_mark_before_the_hour(
    school_store: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The letter on paper, the calendar, the notices by mail and on the phone, the tab «Новое»."""
    calendar = make_calendar(school_store, people.guardian, CHILD, "7А", now=NOW)

    def leaves(now: datetime) -> dict[str, Any]:
        letter = family_letter(school_store, people.homeroom, CHILD, now=now)
        entries = calendar_of_token(school_store, calendar, now=now, zone=ZoneInfo("Europe/Moscow"))
        return {
            "letter": [
                mark.value for each in letter.marks.subjects for day in each.days for mark in day.marks
            ],
            "mean and count": [(each.mean, each.count) for each in letter.marks.subjects],
            "calendar": entries and entries.etag,
            "mail": count_news(school_store, people.guardian, CHILD, before, now=now),
            "push": has_news(school_store, people.guardian, before, now=now),
            "tab": unread_counts(school_store, people.guardian, now=now),
        }

    before = NOW - timedelta(minutes=1)
    early = NOW + timedelta(minutes=5)
    without = leaves(early)
    enter(school_store, people, "5")
    enter(school_store, people, "2", OWNERS_LESSON_YESTERDAY)
    assert leaves(early) == without
    at_hour = leaves(AT_HOUR)
    assert at_hour["letter"] == [2, 5]
    assert (at_hour["mail"], at_hour["push"]) == (2, True)
    assert {way for way, seen in at_hour.items() if seen == without[way]} == {"calendar"}  # it has no marks


def test_before_the_hour_who_reads_after_another_asks_for_no_events_again(
    school_store: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(school_store, people, "5")
    diary_page(people.guardian)
    client, asked, ask = diary_client(people.pupil), list[str](), Store.execute

    def execute(store: Store, sql: str, parameters: object = None, /) -> object:
        asked.append(sql)
        return ask(store, sql, parameters)

    monkeypatch.setattr(Store, "execute", execute)
    assert marks_in(client.get("/family").text) == ["4"]
    assert [sql for sql in asked if "FROM events" in sql and "event_id > $after" not in sql] == []
