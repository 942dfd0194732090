"""«План года и контроля» as a list, a month and one entry, for those who keep it and those who read it."""

from datetime import timedelta

import pytest
from icalendar import Calendar
from screens import open_page, texts
from small_school import NOW, USER_IDS, People
from streamlit.testing.v1 import AppTest

from pages.year_plan.parts.month import month_table
from school.store.connection import Store
from school.year_plan.actions import add_entries
from school.year_plan.records import PlanDraft, PlanEntry

pytestmark = pytest.mark.usefixtures("school_screens")
PAGE, TODAY = "year_plan/year_plan.py", NOW.date()
DRAFT = PlanDraft("Педсовет | *итоги*", TODAY + timedelta(5), USER_IDS["admin"], 7)


def titles(page: AppTest) -> list[str]:
    return list(page.dataframe[0].value["Что сделать"])


def test_the_deputy_adds_an_entry_and_finds_it_in_the_list(school_store: Store, people: People) -> None:
    page = open_page(PAGE, people.deputy)
    page.text_input(key="plan_title_new0").input("Совещание")
    page.checkbox(key="plan_repeat_0").check()
    next(each for each in page.button if each.label == "Добавить").click().run()
    assert not page.exception
    assert "Совещание" in titles(page)
    assert school_store.read("SELECT count(*) FROM plan_entries") == [(1,)]


def test_a_refused_entry_keeps_what_was_typed(people: People) -> None:
    page = open_page(PAGE, people.deputy)
    page.text_input(key="plan_note_new0").input("Не забыть")
    next(each for each in page.button if each.label == "Добавить").click().run()
    assert "Не написано, что сделать" in texts(page)
    assert page.text_input(key="plan_note_new0").value == "Не забыть"


def test_who_has_an_entry_ticks_it_and_does_not_change_it(school_store: Store, people: People) -> None:
    (entry_id,) = add_entries(school_store, people.deputy, 2026, DRAFT, now=NOW)
    page = open_page(PAGE, people.admin, entry=str(entry_id))
    assert "Добавить в план" not in [each.label for each in page.expander]
    next(each for each in page.button if each.label == "Выполнено").click().run()
    assert "отмечено 19.11.2026" in texts(page)
    other = open_page(PAGE, people.secretary, entry=str(entry_id))
    assert "Выполнено" not in [each.label for each in other.button]


def test_a_standard_entry_says_that_the_register_marks_it_and_where_it_is_done(people: People) -> None:
    page = open_page(PAGE, people.deputy, entry="inspect/quarter/2")
    assert "Выполнение отметит сам журнал." in texts(page)
    assert "Где это делается" in [each.proto.label for each in page.get("page_link")]
    # The deputy head may not open the page of backups.
    drill = open_page(PAGE, people.deputy, entry="drill/quarter/2")
    assert "Где это делается" not in [each.proto.label for each in drill.get("page_link")]


def test_the_parts_of_the_list_add_up(people: People) -> None:
    whole = titles(open_page(PAGE, people.head, plan_part="all"))
    waiting, done = (titles(open_page(PAGE, people.head, plan_part=part)) for part in ("waiting", "done"))
    assert sorted(waiting + done) == sorted(whole)
    assert "Закрыть учебный период: 1-я четверть" in done


def test_a_month_shows_what_is_due_on_its_days(school_store: Store, people: People) -> None:
    add_entries(school_store, people.deputy, 2026, DRAFT, now=NOW)
    page = open_page(PAGE, people.head, plan_view="month")
    (table,) = [str(each.value) for each in page.markdown if str(each.value).startswith("пн")]
    assert "**19, сегодня**" in table
    assert "● Педсовет" in table
    assert DRAFT.title in titles(page)
    assert "Сдать в архив учебный год 2026/27" not in titles(page)
    august = open_page(PAGE, people.head, plan_view="month", plan_month="8")
    assert titles(august) == ["Открыть учебный год 2027/28"]


def test_what_was_typed_does_not_break_the_table_of_a_month() -> None:
    entry = PlanEntry("", "а | б\n*в*", TODAY, 7, entry_id=1)
    rows = month_table([entry], 2026, 11, TODAY).split("\n")
    assert len(rows) == 2 + 6
    assert all(row.replace("\\|", "").count("|") == 6 for row in rows)
    assert "\\*в\\*" in rows[5]


def test_the_calendar_file_is_read_by_calendars(
    school_store: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_entries(school_store, people.deputy, 2026, DRAFT, now=NOW)
    made: dict[str, bytes] = {}

    def caught(label: str, make: object, file_name: str, *_: object, **__: object) -> None:
        assert callable(make)
        made[file_name] = make()

    monkeypatch.setattr("pages.ui.export.download", caught)
    page = open_page(PAGE, people.head)
    assert not page.exception
    events = Calendar.from_ical(made["plan.ics"]).walk("VEVENT")
    assert len(events) == len(titles(page))
    (own,) = [each for each in events if str(each["SUMMARY"]) == DRAFT.title]
    assert own["DTSTART"].dt == DRAFT.due_on
