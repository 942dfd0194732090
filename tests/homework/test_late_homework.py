"""Homework written in the evening or on a day off: said to its teacher and the family, counted for the deputy head (п. 3.4, 4.5)."""

import json
from datetime import date, datetime

import pytest
from diary_pages import diary_page
from screens import open_page
from small_school import CHILD, NOW, OWNERS_LESSON_TODAY, People

from pages.register.parts.register_answer import register_answer
from pipelines.figures.work import homework_hours_by
from school.access.action import Action
from school.analytics.lookups.readers import FigureReader, periods_of
from school.errors import RuleRefused
from school.homework.actions import LessonEntry, set_late_hour, write_lesson
from school.homework.lookups import late_words
from school.homework.rules.late_entry import hour_of_setting, is_late
from school.records import HomeworkState, User
from school.register.actions.entries import LessonHead
from school.register.store.lessons import lessons_by_id
from school.store.connection import Store
from server.session import school

pytestmark = pytest.mark.usefixtures("school_screens")
HELD = date(2026, 11, 19)
EVENING, SUNDAY = datetime(2026, 11, 19, 21, 40), datetime(2026, 11, 22, 12, 0)


def write(store: Store, user: User, text: str, at: datetime) -> None:
    head = LessonHead("", None, HomeworkState.SET if text else HomeworkState.NONE, text)
    write_lesson(store, user, OWNERS_LESSON_TODAY, LessonEntry(head), now=at)


@pytest.mark.parametrize(
    ("written_at", "is_off", "hour", "is_so"),
    [
        (datetime(2026, 11, 19, 17, 59), False, 18, False),
        (datetime(2026, 11, 19, 18, 0), False, 18, True),
        (datetime(2026, 11, 19, 18, 0), False, 19, False),
        (datetime(2026, 11, 20, 6, 59), False, 18, True),
        (datetime(2026, 11, 20, 7, 0), False, 18, False),
        (datetime(2026, 11, 22, 12, 0), True, 18, True),
        (datetime(2026, 11, 18, 23, 0), False, 18, False),  # ahead of the lesson
    ],
)
def test_what_is_written_late(written_at: datetime, is_off: bool, hour: int, is_so: bool) -> None:
    assert is_late(written_at, HELD, hour=hour, is_day_off=is_off) is is_so


@pytest.mark.parametrize(("text", "hour"), [(None, 18), ("20", 20), ("3", 18), ("x", 18), ("99", 18)])
def test_the_hour_is_the_schools_or_the_usual_one(text: str | None, hour: int) -> None:
    assert hour_of_setting(text) == hour


def test_the_family_reads_when_late_homework_was_written(school_store: Store, people: People) -> None:
    write(school_store, people.owner, "§ 5", datetime(2026, 11, 19, 14, 0))
    assert "записано" not in diary_page(people.guardian, f"/{CHILD}")
    write(school_store, people.owner, "§ 5 и 6", EVENING)
    assert "записано в 21:40" in diary_page(people.guardian, f"/{CHILD}")
    # The same words again are no new homework; a later hour of the school changes nothing of what is past.
    write(school_store, people.owner, "§ 5 и 6", datetime(2026, 11, 20, 14, 0))
    set_late_hour(school_store, people.deputy, 22, now=NOW)
    assert "записано в 21:40" in diary_page(people.guardian, f"/{CHILD}")
    write(school_store, people.owner, "", datetime(2026, 11, 20, 14, 30))
    assert "записано" not in diary_page(people.guardian, f"/{CHILD}")


def test_a_day_off_is_a_weekend_or_of_the_calendar(school_store: Store, people: People) -> None:
    write(school_store, people.owner, "§ 7", SUNDAY)
    assert "записано 22 ноября в 12:00" in diary_page(people.guardian, f"/{CHILD}")


def test_the_teacher_has_a_calm_word_and_writes_on(school_store: Store, people: People) -> None:
    lesson = lessons_by_id(school_store, [OWNERS_LESSON_TODAY])[OWNERS_LESSON_TODAY]
    assert late_words(school_store, people.owner, lesson, NOW) == ""
    assert late_words(school_store, people.owner, lesson, EVENING).startswith(
        "Сейчас 21:40: задание запишется"
    )
    assert "выходной" in late_words(school_store, people.owner, lesson, SUNDAY)
    assert json.loads(register_answer(school(), people.owner, {}))["head"]["note"] == ""


def test_the_deputy_sees_the_share_a_teacher_and_sets_the_hour(school_store: Store, people: People) -> None:
    write(school_store, people.owner, "§ 5", EVENING)
    reader = FigureReader(school(), people.deputy, Action.READ_REGISTER_WORK)
    period = next(each for each in periods_of(reader) if each.number == 2)
    (row,) = homework_hours_by(reader, period, {}, HELD, ("teacher_id",)).to_dict("records")
    assert (row["homework_timed"], row["homework_late"], row["homework_late_share"]) == (1, 1, 100.0)
    page = open_page("term_marks/marking.py", people.deputy)
    box = next(each for each in page.selectbox if each.label == "С часа")
    assert box.value == 18
    box.set_value(20).run()
    assert not page.exception
    assert school_store.read("SELECT value FROM settings WHERE name = 'homework.late_hour'") == [("20",)]
    with pytest.raises(RuleRefused, match="Час 3"):
        set_late_hour(school_store, people.deputy, 3, now=NOW)
