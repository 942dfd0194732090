"""Measures from the record to the order: the head and the employee read them, the record of changes has no word of them (п. 4.1)."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from screens import open_page, texts
from small_school import NOW, STRANGER_STAFF, People

from pipelines.reports.official.paper import measure_paper, official_pdf
from school.audit.lookups import EventFilter, event_kinds, event_page
from school.discipline.actions import change_measure, record_measure
from school.discipline.lookups import (
    found_about,
    measures,
    next_steps,
    order_draft,
    own_measures,
    refusal_paper,
    request_paper,
)
from school.discipline.records import Acquainted, Asked, Explained, MeasureDraft, MeasureKind, Ordered, Source
from school.discipline.rules.papers import order_paper
from school.discipline.store import work_calendar
from school.errors import RuleRefused
from school.regulations.lookups import issuer_words
from school.store.connection import Store

TODAY = NOW.date()
WORDS = "Журнал не заполнялся неделю"
DEED = MeasureDraft(STRANGER_STAFF, WORDS, TODAY - timedelta(5), TODAY - timedelta(1))


def test_a_measure_goes_from_a_note_to_an_order(school_store: Store, people: People) -> None:
    key = record_measure(school_store, people.head, DEED, now=NOW)
    assert own_measures(school_store, people.stranger, today=TODAY) == []
    change_measure(school_store, people.head, key, Asked(TODAY), now=NOW)
    (own,) = own_measures(school_store, people.stranger, today=TODAY)
    # Thursday: Friday and Monday.
    assert (own.measure.found_words, own.explanation_until) == (WORDS, TODAY + timedelta(4))
    (step,) = next_steps(school_store, people.head, today=TODAY)
    assert (step.measure_id, step.title, step.is_late) == (key, "Работник готовит объяснение", False)
    later = NOW + timedelta(days=4)
    for change in (
        Explained(later.date(), "Болела"),
        Ordered(
            MeasureKind.CAUTION,
            "12",
            later.date(),
            order_draft(school_store, people.head, key, MeasureKind.CAUTION),
        ),
        Acquainted(later.date()),
    ):
        change_measure(school_store, people.head, key, change, now=later)
    (line,) = measures(school_store, people.head, today=later.date())
    assert (line.step, line.is_in_force) == (None, True)
    assert line.lifts_on == later.date().replace(year=2027)
    assert "Стрельцов Глеб" in line.measure.order_text


@pytest.mark.parametrize("name", ["deputy", "admin"])
def test_nobody_else_learns_from_the_record_of_changes_that_there_is_one(
    name: str, school_store: Store, people: People
) -> None:
    record_measure(school_store, people.head, DEED, now=NOW)
    user = getattr(people, name)
    for wanted in (EventFilter(), EventFilter(kind="measure"), EventFilter(user_id=people.head.user_id)):
        page = event_page(school_store, user, wanted, number=0, size=100)
        assert not [each for each in page.lines if "мерах" in each.sentence]
        assert page.total == len(page.lines)
    assert "measure" not in event_kinds(user)
    assert "measure" in event_kinds(people.head)


def test_the_record_of_changes_says_neither_what_nor_about_whom(school_store: Store, people: People) -> None:
    key = record_measure(school_store, people.head, DEED, now=NOW)
    change_measure(school_store, people.head, key, Asked(TODAY), now=NOW)
    page = event_page(school_store, people.head, EventFilter(), number=0, size=10)
    told = [each for each in page.lines if "мерах" in each.sentence]
    assert [each.sentence for each in told] == ["Запись директора о мерах"] * 2
    assert {each.place + each.pupil_name for each in told} == {""}
    rows = school_store.read(
        "SELECT record_id, new_value, old_value, reason FROM events WHERE kind = 'measure'"
    )
    assert rows == [(None, None, None, "")] * 2


def test_a_measure_points_to_what_the_register_knows(
    school_store: Store, people: People, change: Callable[[str], None]
) -> None:
    change(
        f"""INSERT INTO gap_requests SELECT 900, 12, 21, {STRANGER_STAFF}, 32, 'заполните', DATE '2026-11-20', 0,
            TIMESTAMP '2026-11-18 10:00', 103, NULL, NULL, NULL"""
    )
    (found,) = found_about(school_store, people.head, STRANGER_STAFF)
    assert (found.source, found.source_id) == (Source.REQUEST, 900)
    assert found.words.startswith("8Б, Математика: журнал не заполнен, срок 20.11.2026")
    draft = MeasureDraft(STRANGER_STAFF, found.words, TODAY, TODAY, found.source, found.source_id)
    record_measure(school_store, people.head, draft, now=NOW)
    with pytest.raises(RuleRefused, match="нет"):
        record_measure(
            school_store, people.head, MeasureDraft(41, "чужое", TODAY, TODAY, Source.REQUEST, 900), now=NOW
        )


def test_the_staff_works_in_the_holidays_of_pupils(
    school_store: Store, change: Callable[[str], None]
) -> None:
    change("INSERT INTO days_off VALUES ('2026-11-16', 'Осенние каникулы'), ('2026-11-17', 'Карантин')")
    work = work_calendar(school_store, TODAY - timedelta(30), TODAY + timedelta(60))
    first = TODAY - timedelta(3)
    assert [work.is_working(first + timedelta(days)) for days in range(7)] == [
        *(True, False, True, True, True),
        *(False, False),
    ]
    assert not work.is_working(TODAY.replace(day=4))
    assert not work.is_working(TODAY.replace(year=2027, month=1, day=8))


def test_papers_are_printed_with_the_words_that_are_known(school_store: Store, people: People) -> None:
    key = record_measure(school_store, people.head, DEED, now=NOW)
    change_measure(school_store, people.head, key, Asked(TODAY), now=NOW)
    issuer = issuer_words(school_store, people.head)
    request = request_paper(school_store, people.head, key, issuer[2], today=TODAY)
    refusal = refusal_paper(school_store, people.head, key, issuer[2])
    order = order_paper(order_draft(school_store, people.head, key, MeasureKind.REPRIMAND), issuer[2])
    said = [
        PdfReader(BytesIO(official_pdf(measure_paper(each, issuer, "7", TODAY)))).pages[0].extract_text()
        for each in (request, refusal, order)
    ]
    assert ["23.11.2026" in said[0], "двух рабочих дней" in said[1], "выговор" in said[2]] == [True] * 3
    # A long word may be parted at the end of a line.
    assert all("Школа у реки" in each and "Журнал не" in each.replace("\n", " ") for each in said)


@pytest.mark.usefixtures("school_screens")
def test_the_head_writes_one_down_and_the_employee_reads_it(school_store: Store, people: People) -> None:
    page = open_page("discipline/measures.py", people.head, measures="write")
    page.selectbox[0].select(STRANGER_STAFF).run()
    page.text_area[0].input(WORDS)
    next(each for each in page.button if each.label == "Записать").click().run()
    assert not page.exception
    assert len(measures(school_store, people.head, today=TODAY)) == 1
    opened = page.run()
    assert "Все записи" in [each.label for each in opened.button]
    assert WORDS in texts(opened)
    asked = next(each for each in opened.button if each.label == "Записать")
    asked.click().run()
    assert not opened.exception
    own = texts(open_page("discipline/own_measures.py", people.stranger))
    assert [WORDS in own, "Объяснение запрошено 19.11.2026" in own] == [True, True]
    assert WORDS not in texts(open_page("discipline/own_measures.py", people.owner))
