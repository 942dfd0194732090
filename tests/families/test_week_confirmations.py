"""«С дневником ознакомлен»: when a guardian may say so, who sees it, by week (п. 3.6, 4.3, 4.7)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from diary_pages import diary_client, diary_page, press
from screens import show_school
from small_school import (
    CHILD,
    CLASS_7A,
    CLASS_8B,
    CLASSMATE,
    NOW,
    OWNERS_LESSON_TODAY,
    OWNERS_LESSON_YESTERDAY,
    STRANGE_CHILD,
    People,
)

from school.errors import AccessRefused, RuleRefused
from school.families.actions import confirm_week
from school.families.lookups.confirmations import week_confirmations
from school.families.rules import check_confirmable, confirmable_from
from school.homework.actions import LessonEntry, write_lesson
from school.records import HomeworkState
from school.register.actions.entries import LessonHead
from school.store.connection import Store

MONDAY = date(2026, 11, 16)
THURSDAY, FRIDAY, SATURDAY = (MONDAY + timedelta(days) for days in (3, 4, 5))
BUTTON = "<button>С дневником ознакомлен"


def week_until(last: date) -> set[date]:
    return {MONDAY + timedelta(days) for days in range((last - MONDAY).days + 1)}


@pytest.mark.parametrize(
    ("lesson_days", "since"),
    [
        (week_until(FRIDAY), FRIDAY),
        (week_until(SATURDAY), FRIDAY),
        # A holiday on Friday, or vacation from then on: there is nothing to wait for.
        (week_until(THURSDAY), THURSDAY),
        ({MONDAY}, MONDAY),
        # After vacation the week begins late.
        ({SATURDAY}, FRIDAY),
        # Vacation all week.
        (set(), None),
    ],
)
def test_a_week_may_be_confirmed_from_its_last_school_day_or_friday(
    lesson_days: set[date], since: date | None
) -> None:
    assert confirmable_from(lesson_days) == since


@pytest.mark.parametrize(
    ("lesson_days", "today", "refused"),
    [
        (week_until(SATURDAY), THURSDAY, "ещё не закончилась"),
        (week_until(SATURDAY), FRIDAY, ""),
        (week_until(SATURDAY), FRIDAY + timedelta(300), ""),
        (week_until(SATURDAY), MONDAY - timedelta(1), "ещё не закончилась"),
        (set(), FRIDAY, "уроков нет"),
    ],
)
def test_what_is_said_where_a_week_may_not_be_confirmed(
    lesson_days: set[date], today: date, refused: str
) -> None:
    if not refused:
        check_confirmable(lesson_days, today)
        return
    with pytest.raises(RuleRefused, match=refused):
        check_confirmable(lesson_days, today)


def test_each_guardian_confirms_for_themself_and_once(
    school_store: Store, people: People, change: Callable
) -> None:
    change(
        f"""INSERT INTO guardians (guardian_id, last_name, first_name) VALUES (62, 'Алёшин', 'Роман');
        INSERT INTO guardian_pupils (guardian_id, pupil_id) VALUES (62, {CHILD});
        INSERT INTO users VALUES (190, 'father.7', '', NULL, 62, NULL, NULL);
        INSERT INTO user_roles VALUES (190, 'guardian')"""
    )
    for at in (NOW, NOW + timedelta(hours=1)):
        confirm_week(school_store, people.guardian, CHILD, THURSDAY, now=at)
    found = week_confirmations(school_store, people.homeroom, CLASS_7A, FRIDAY)
    assert [each[:2] for each in found[CHILD]] == [("Алёшина Ольга", NOW)]
    assert found[CLASSMATE] == []
    assert STRANGE_CHILD not in found
    assert week_confirmations(school_store, people.homeroom, CLASS_7A, MONDAY - timedelta(1))[CHILD] == []
    change(f"INSERT INTO week_confirmations VALUES ({CHILD}, '{MONDAY}', 190, '2026-11-20 20:00')")
    names = [
        each.guardian_name for each in week_confirmations(school_store, people.head, CLASS_7A, MONDAY)[CHILD]
    ]
    assert names == ["Алёшина Ольга", "Алёшин Роман"]
    assert school_store.read("SELECT count(*) FROM events WHERE kind = 'week_confirmed'") == [(1,)]


@pytest.mark.parametrize("name", ["pupil", "homeroom", "deputy", "head", "owner", "admin"])
def test_only_a_guardian_confirms(school_store: Store, people: People, name: str) -> None:
    with pytest.raises(AccessRefused):
        confirm_week(school_store, getattr(people, name), CHILD, MONDAY, now=NOW)


@pytest.mark.parametrize("name", ["guardian", "pupil", "owner", "stranger", "secretary", "admin"])
def test_the_lists_of_families_are_for_who_leads_the_class(
    school_store: Store, people: People, name: str
) -> None:
    with pytest.raises(AccessRefused):
        week_confirmations(school_store, getattr(people, name), CLASS_7A, MONDAY)
    with pytest.raises(AccessRefused):
        week_confirmations(school_store, people.homeroom, CLASS_8B, MONDAY)


# On the page. The lessons of the small school are on Wednesday and Thursday: it is Thursday.


@pytest.mark.usefixtures("school_screens")
def test_a_guardian_confirms_by_a_button_and_everybody_reads_it(people: People) -> None:
    client = diary_client(people.guardian)
    assert BUTTON in client.get(f"/family/{CHILD}").text
    answer = press(client, f"/family/{CHILD}/week", week="2026-11-16")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/family/{CHILD}?week=2026-11-16#confirmed",
    )
    said = "Неделя просмотрена: Алёшина Ольга, 19 ноября в 12:00."
    for reader in (people.guardian, people.pupil, people.homeroom, people.deputy):
        page = diary_page(reader, f"/{CHILD}")
        assert (said in page, BUTTON in page) == (True, False)
    assert said not in diary_page(people.guardian, f"/{CHILD}?week=2026-11-09")
    assert said not in diary_page(people.homeroom, f"/{CLASSMATE}")


@pytest.mark.usefixtures("school_screens")
@pytest.mark.parametrize("reader", ["pupil", "homeroom", "head"])
def test_others_are_not_asked_to_confirm(people: People, reader: str) -> None:
    page = diary_page(getattr(people, reader), f"/{CHILD}")
    assert "С дневником ознакомлены" not in page


def test_before_its_day_the_page_says_from_when_on(
    school_store: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_school(school_store, datetime(2026, 11, 18, 12), monkeypatch)
    page = diary_page(people.guardian, f"/{CHILD}")
    assert "Отметить неделю просмотренной можно с 19 ноября." in page
    assert BUTTON not in page
    answer = press(diary_client(people.guardian), f"/family/{CHILD}/week", week="2026-11-18")
    assert answer.status_code == 404
    assert "Не сохранено" in answer.text
    assert "с 19.11.2026" in answer.text


@pytest.mark.usefixtures("school_screens")
@pytest.mark.parametrize("week", ["2026-07-06", "tomorrow", "", "9999-12-31"])
def test_a_week_without_lessons_is_not_confirmed(school_store: Store, people: People, week: str) -> None:
    if week.startswith("2026"):
        assert "С дневником ознакомлены" not in diary_page(people.guardian, f"/{CHILD}?week={week}")
    answer = press(diary_client(people.guardian), f"/family/{CHILD}/week", week=week)
    assert answer.status_code == 404
    assert school_store.read("SELECT * FROM week_confirmations") == []


@pytest.mark.usefixtures("school_screens")
def test_a_pupil_ticks_on_the_page_and_the_family_reads_when(school_store: Store, people: People) -> None:
    head = LessonHead("Дроби", None, HomeworkState.SET, "№ 12")
    for lesson in (OWNERS_LESSON_YESTERDAY, OWNERS_LESSON_TODAY):
        write_lesson(school_store, people.owner, lesson, LessonEntry(head), now=NOW)
    client = diary_client(people.pupil)
    # Today's work has no day yet: it is ticked where it was given.
    assert client.get("/family").text.count('aria-pressed=false aria-label="Сделано: Математика"') == 2
    for name, said, seen in (("done", "true", True), ("undone", "false", False)):
        answer = press(
            client, f"/family/{CHILD}/homework", week="2026-11-16", **{name: str(OWNERS_LESSON_YESTERDAY)}
        )
        assert answer.headers["location"] == f"/family/{CHILD}?week=2026-11-16#work{OWNERS_LESSON_YESTERDAY}"
        assert f"id=work{OWNERS_LESSON_YESTERDAY}>" in client.get("/family").text
        assert (f"aria-pressed={said}" in client.get("/family").text) is True
        for reader in (people.guardian, people.homeroom, people.head):
            page = diary_page(reader, f"/{CHILD}")
            assert ("✓ сделано 19 ноября в 12:00" in page) is seen
            assert "aria-pressed" not in page


@pytest.mark.usefixtures("school_screens")
@pytest.mark.parametrize("fields", [{}, {"done": "x"}, {"done": "9" * 40}, {"undone": "-1"}])
def test_a_made_up_tick_changes_nothing(school_store: Store, people: People, fields: dict[str, str]) -> None:
    press(diary_client(people.pupil), f"/family/{CHILD}/homework", week="2026-11-16", **fields)
    assert school_store.read("SELECT * FROM homework_ticks") == []
