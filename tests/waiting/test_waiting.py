"""«Что меня ждёт»: what awaits the head and the deputy head, each line with its place (п. 4.1, 6.2)."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from screens import open_page, texts
from small_school import CLASS_7A, MATHS, NOW, QUARTER_1, QUARTER_2, People
from streamlit.testing.v1 import AppTest

from school.access.checks import may_somewhere
from school.errors import AccessRefused
from school.inspections.actions import InspectionDraft, start_inspection
from school.records import InspectionScope, RegisterKey
from school.store.connection import Store
from school.terms.actions import ask_correction
from school.waiting.lookups import Deed, what_waits
from school.year_plan.actions import add_entries
from school.year_plan.records import PlanDraft
from server.menu import existing_rows

PAGE, TODAY = "waiting/waiting.py", NOW.date()


def links(page: AppTest) -> list[str]:
    return [each.proto.label for each in page.get("page_link")]


def begin_inspection(store: Store, people: People) -> int:
    draft = InspectionDraft(
        "Проверка 7А", 2026, TODAY, TODAY, InspectionScope((QUARTER_2,), ("marks",), (CLASS_7A,))
    )
    return start_inspection(store, people.head, draft, [], {}, now=NOW)


def test_each_source_says_what_waits_and_where(school_store: Store, people: People) -> None:
    assert what_waits(school_store, people.head, now=NOW) == []
    key = begin_inspection(school_store, people)
    register = RegisterKey(CLASS_7A, MATHS)
    ask_correction(school_store, people.owner, register, QUARTER_1, "Описка", now=NOW)
    (own,) = what_waits(school_store, people.head, now=NOW)
    assert (own.deed, own.words, own.codes) == (
        Deed.DECIDE,
        "Закончить справку: Проверка 7А",
        {"inspection": key},
    )
    (asked,) = what_waits(school_store, people.deputy, now=NOW)
    assert (asked.words, asked.page) == ("1 просьба исправить закрытый период", "terms/terms.py")
    with pytest.raises(AccessRefused):
        what_waits(school_store, people.owner, now=NOW)


def test_the_paper_of_the_year_is_red_after_its_day(
    school_store: Store, people: People, change: Callable[[str], None]
) -> None:
    change("UPDATE events SET happened_at = '2026-09-01'")
    in_june = NOW.replace(year=2027, month=6, day=20)
    (paper,) = what_waits(school_store, people.head, now=in_june)
    assert (paper.deed, paper.page, paper.is_late) == (Deed.SIGN, "archive/archive.py", False)
    (late,) = what_waits(school_store, people.head, now=in_june + timedelta(days=20))
    assert late.is_late


@pytest.mark.usefixtures("school_screens")
def test_the_heads_first_page_opens_every_place(school_store: Store, people: People) -> None:
    begin_inspection(school_store, people)
    add_entries(school_store, people.deputy, 2026, PlanDraft("Совет", date(2026, 9, 2)), now=NOW)
    page = open_page(PAGE, people.head)
    assert not page.exception
    said = links(page)
    assert "Закончить справку: Проверка 7А" in said
    assert "Проверено за период «2-я четверть»: 0 из 2 классов" in said
    assert any("· Совет — :red[просрочено на 78 дней]" in label for label in said)
    assert "Обзор" in said
    rows = {row.url_path: row for row in existing_rows()}
    places = {each.proto.page for each in page.get("page_link")}
    assert all(may_somewhere(people.head, rows[place].action) for place in places)
    assert {"control_state", "year_plan", "overview", "inspections"} <= places


@pytest.mark.usefixtures("school_screens")
def test_where_nothing_waits_the_page_says_so(people: People) -> None:
    page = open_page(PAGE, people.head)
    assert "Ничего не ждёт" in texts(page)
    assert "Решить" not in texts(page)


@pytest.mark.usefixtures("school_screens")
def test_the_line_of_figures_is_that_of_the_overview(people: People) -> None:
    (line,) = [
        str(each.value) for each in open_page(PAGE, people.head).markdown if "успеваемость" in str(each.value)
    ]
    overview = open_page("analytics/overview.py", people.head)
    for metric in overview.metric[:4]:
        assert str(metric.value) in line, metric.label
