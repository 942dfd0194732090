"""A subject of the diary: the mean and its formula, what the next mark takes, the programme, teachers' words (п. 2.8, 5.2, 5.4)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from diary_pages import diary_client, diary_page, press
from screens import open_page
from small_school import (
    CHILD,
    CLASS_7A,
    CLASSMATE,
    MATHS,
    NOW,
    OWNERS_LESSON_TODAY,
    OWNERS_LESSON_YESTERDAY,
    QUARTER_2,
    People,
)

from pages.families.parts import diary_news
from school.families.actions import RemarkDraft, write_remark
from school.families.lookups.remarks import readable_remarks
from school.families.rules import READY_WORDS, NeededMarks, needed_marks
from school.records import RemarkKind
from school.register.actions.batch import CellEdit
from school.register.actions.entries import enter_cells
from school.store.connection import Store
from school.term_marks.rules.term_marks import Rounding

pytestmark = pytest.mark.usefixtures("school_screens")
PAGE = f"/{CHILD}/marks/{MATHS}"


def enter(store: Store, people: People, text: str, lesson: int = OWNERS_LESSON_TODAY) -> None:
    enter_cells(store, people.owner, [CellEdit(lesson, CHILD, text, reason="описка")], now=NOW)


@pytest.mark.parametrize(
    ("marks", "rounding", "left", "needed"),
    [
        ([(3, 1), (3, 1)], Rounding.HALF_UP, 9, None),
        ([(3, 1), (3, 1), (3, 1)], Rounding.HALF_UP, 9, NeededMarks(4, 3.5, ((1, 5), (3, 4)))),
        ([(3, 1), (3, 1), (3, 1)], Rounding.HALF_UP, 2, NeededMarks(4, 3.5, ((1, 5),))),
        ([(3, 1), (3, 1), (3, 1)], Rounding.FROM_65, 9, NeededMarks(4, 3.65, ((2, 5), (6, 4)))),
        ([(3, 2), (3, 2), (3, 2)], Rounding.HALF_UP, 9, NeededMarks(4, 3.5, ((2, 5), (6, 4)))),
        ([(4, 1), (4, 1), (4, 1)], Rounding.HALF_UP, 2, NeededMarks(5, 4.5, ())),
        ([(5, 1), (5, 1), (5, 1)], Rounding.HALF_UP, 9, NeededMarks(5, 4.5, spare=3)),
        ([(5, 1), (4, 1), (4.5, 0)], Rounding.HALF_UP, 9, NeededMarks(5, 4.5, spare=0)),
    ],
)
def test_what_the_next_mark_takes(
    marks: list[tuple[int, float]], rounding: Rounding, left: int, needed: NeededMarks | None
) -> None:
    assert needed_marks(marks, rounding, left) == needed


def lessons_ahead(change: Callable, count: int = 5) -> None:
    change(
        f"""INSERT INTO lessons (lesson_id, class_id, subject_id, teacher_id, term_id, held_on, number)
        SELECT 900 + n, {CLASS_7A}, {MATHS}, 41, {QUARTER_2}, DATE '2026-11-20' + n::INTEGER, 1 FROM range({count}) AS numbers(n)"""
    )


def three_threes(store: Store, people: People) -> None:
    enter(store, people, "3", OWNERS_LESSON_YESTERDAY)
    enter(store, people, "3/3")


def test_the_page_says_how_the_mean_was_made_and_what_a_four_takes(
    school_store: Store, people: People, change: Callable
) -> None:
    lessons_ahead(change)
    assert "появится средний балл" in diary_page(people.guardian, PAGE)
    three_threes(school_store, people)
    page = diary_page(people.guardian, PAGE)
    assert "3,00 · отметок 3 из 6" in page
    assert "(3 × 1 + 3 × 1 + 3 × 1) : (1 + 1 + 1) = 9 : 3 = 3,00" in page
    assert "Что нужно, чтобы вышла «4»" in page
    assert "1 отметка «5» или 3 отметки «4» подряд" in page
    assert "До конца периода — 5 уроков" in page
    assert "сейчас 3 из 6" in page
    assert "Прогноз школы" not in page
    assert not any(word in page.lower() for word in ("риск", "отстающ", "неуспева", "средний балл класса"))


def test_the_forecast_of_last_week_says_how_certain_it_is(
    school_store: Store, people: People, change: Callable
) -> None:
    lessons_ahead(change)
    three_threes(school_store, people)
    change(
        f"""INSERT INTO forecast_snapshots VALUES (1, '2026-11-15', '2026-11-16 03:00', NULL, false);
        INSERT INTO forecast_snapshot_rows VALUES (1, {CLASS_7A}, {MATHS}, {CHILD}, {QUARTER_2}, 0.02, 0.6, 0.3, 0.08, 3),
            (1, {CLASS_7A}, {MATHS}, {CLASSMATE}, {QUARTER_2}, 0, 0, 0, 1, 5)"""
    )
    assert "Прогноз школы на 15 ноября: вероятность «4» или выше — 38 %." in diary_page(people.guardian, PAGE)
    change("UPDATE forecast_snapshots SET as_of = '2026-11-01'")
    assert "Прогноз школы" not in diary_page(people.guardian, PAGE)


def test_the_programme_says_how_far_it_has_come_and_what_comes(people: People, change: Callable) -> None:
    assert "Проведено 1 из 2 уроков года" in diary_page(people.guardian, PAGE)
    lessons_ahead(change, 2)
    change(
        f"""INSERT INTO lesson_plans (plan_id, class_id, subject_id, saved_at) VALUES (1, {CLASS_7A}, {MATHS}, '2026-09-01');
        INSERT INTO plan_topics (topic_id, plan_id, position, title, hours) VALUES
            (1, 1, 0, 'Дроби', 2), (2, 1, 1, 'Проценты', 1), (3, 1, 2, 'Уравнения', 3)"""
    )
    page = diary_page(people.guardian, PAGE)
    assert "Пройдено 1 из 6 уроков программы" in page
    assert '<b>20 ноября</b>: <span class="typed">Проценты</span>' in page
    assert '<b>21 ноября</b>: <span class="typed">Уравнения</span>' in page


def test_final_marks_and_the_words_of_this_subject_stand_there(school_store: Store, people: People) -> None:
    for subject, text in ((MATHS, "Хорошо считает"), (None, "Дежурил")):
        write_remark(
            school_store, people.owner, RemarkDraft(CHILD, RemarkKind.PRAISE, text, subject), now=NOW
        )
    page = diary_page(people.guardian, PAGE)
    assert "1-я четверть — <b>3</b>" in page
    assert "★ Похвала" in page
    assert ("Хорошо считает" in page, "Дежурил" in page) == (True, False)


def test_the_year_asks_for_the_marks_of_the_terms_left(people: People, change: Callable) -> None:
    """A 3 in the first of two quarters: a 4 in the second makes the year's mean 3.5; no chance is shown for it."""
    said = "Чтобы год был «4», нужна 4 или лучше."
    page = diary_page(people.guardian, PAGE)
    assert said in page
    assert "вероятность" not in page
    change(f"DELETE FROM term_marks WHERE pupil_id = {CHILD} AND subject_id = {MATHS}")
    assert said not in diary_page(people.guardian, PAGE)


# Praise.


def test_praise_is_told_from_a_remark_by_word_and_sign(school_store: Store, people: People) -> None:
    for kind in RemarkKind:
        write_remark(school_store, people.owner, RemarkDraft(CHILD, kind, f"Слова {kind}"), now=NOW)
    page = diary_page(people.guardian, f"/{CHILD}/remarks")
    for words in ("★ Похвала", "! Замечание", "→ Рекомендация"):
        assert words in page


@pytest.mark.parametrize("kind", RemarkKind)
def test_ready_words_of_each_kind_are_one_click(
    school_store: Store, people: People, kind: RemarkKind
) -> None:
    page = open_page("families/remarks.py", people.homeroom)
    page.selectbox(key="remark_pupil_0_11").select_index(0).run()
    page.get("button_group")[0].set_value(kind).run()
    page.get("button_group")[1].set_value(READY_WORDS[kind][0]).run()
    page.button[0].click().run()
    assert not page.exception
    (written,) = readable_remarks(school_store, people.homeroom, NOW.date())
    assert (written.kind, written.text) == (kind, READY_WORDS[kind][0])


# The page of news.


def test_the_list_names_child_lesson_and_moment_and_leads_to_its_place(
    school_store: Store, people: People
) -> None:
    enter(school_store, people, "3")
    enter(school_store, people, "4")
    client = diary_client(people.guardian)
    assert '2<span class="hidden"> нового' in client.get(f"/family/{CHILD}/marks").text
    page = client.get(f"/family/{CHILD}/new").text
    assert "Отметка исправлена: было «3», стало «4»" in page
    assert "Причина: описка." in page
    assert "Математика, урок 19 ноября" in page
    assert page.count("Алёшин Пётр · внесено 19 ноября в 12:00") == 2
    assert f'href="/family/{CHILD}/marks/{MATHS}"' in page


def read_button(page: str) -> dict[str, str]:
    seen, event = (
        page.split(f'name="{name}" value="')[1].split('"', maxsplit=1)[0] for name in ("seen", "event")
    )
    return {"seen": seen, "event": event}


def test_the_button_moves_the_visit_and_what_was_read_can_be_opened(
    school_store: Store, people: People
) -> None:
    enter(school_store, people, "5")
    client, address = diary_client(people.guardian), f"/family/{CHILD}/new"
    form = read_button(client.get(address).text)
    assert read_button(client.get(address).text) == form  # looking takes nothing away
    enter(school_store, people, "4")
    answer = press(client, f"{address}/read", **form)
    assert (answer.status_code, answer.headers["location"]) == (303, address)
    page = client.get(address).text
    fresh, read = page.split("Прочитанное за 14 дней")
    assert ("Отметка исправлена" in fresh, "Отметка 5" in fresh, "Отметка 5" in read) == (True, False, True)
    press(client, f"{address}/read", **read_button(page))
    assert "Нового нет" in client.get(address).text


def test_a_long_list_comes_in_parts_and_loses_nothing(
    school_store: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diary_news, "MOST_LINES", 2)
    for number, text in enumerate(("5", "4", "3", "2", "5")):
        edit = CellEdit(
            OWNERS_LESSON_TODAY, CHILD, text, at=NOW - timedelta(minutes=9 - number), reason="описка"
        )
        enter_cells(school_store, people.owner, [edit], now=NOW)
    client, address, seen = diary_client(people.guardian), f"/family/{CHILD}/new", []
    for _ in range(3):
        page = client.get(address).text
        lines = page.split("<details")[0].count("<li>\n<p><b>")
        seen.append(lines)
        press(client, f"{address}/read", **read_button(page))
    assert seen == [2, 2, 1]
    assert "Нового нет" in client.get(address).text


@pytest.mark.parametrize(
    "form", [{}, {"seen": "вчера", "event": "1"}, {"seen": "2026-11-19T12:00", "event": "-1"}]
)
def test_a_form_made_up_changes_nothing(school_store: Store, people: People, form: dict[str, str]) -> None:
    assert press(diary_client(people.guardian), f"/family/{CHILD}/new/read", x="1", **form).status_code == 404
    assert school_store.read("SELECT * FROM diary_visits") == []


def test_staff_read_a_fortnight_and_mark_nothing(school_store: Store, people: People) -> None:
    enter(school_store, people, "5")
    page = diary_page(people.homeroom, f"/{CHILD}/new")
    assert ("За 14 дней" in page, "<button>Прочитано" in page, 'class="count"' in page) == (
        True,
        False,
        False,
    )
    answer = press(
        diary_client(people.homeroom), f"/family/{CHILD}/new/read", seen="2026-11-19T12:00", event="1"
    )
    assert answer.status_code == 403


def test_new_marks_are_read_without_the_homework_between_them(school_store: Store, people: People) -> None:
    enter(school_store, people, "5")
    page = diary_page(people.guardian, f"/{CHILD}/new?only=marks")
    assert "Отметка 5" in page
    assert "Домашнее задание" not in page
    assert "<button>Прочитано" not in page
    assert '<span class="count">1' in page.split('aria-label="Что показать"')[1].split("</nav>")[0]
