"""The year mark to come: one forecast on every screen, what the terms left must bring, national tests beside it (п. 2.7, 5.4)."""

from datetime import timedelta
from typing import Any

import pytest
from grid_answers import term_marks_of
from past_years import Screens, change_school
from screens import texts
from small_school import ABSENTEE, CHILD, CLASS_7A, CLASSMATE, MATHS, NOW, QUARTER_1, SCHOOL, People

from models.product.forecasting import forecast_terms, likelihood, year_forecasts
from school.analytics.lookups.readers import FigureReader
from school.errors import AccessRefused
from school.external_tests.lookups import FEWEST_WRITTEN, second_opinions
from school.store.connection import Store

TODAY = NOW.date()
PAGE, PUPIL = "forecasts/forecasts.py", "analytics/pupil.py"
TERM_MARK = f"UPDATE term_marks SET value = 3 WHERE term_id = {QUARTER_1} AND subject_id = {MATHS} AND pupil_id = {CHILD}"
YEAR_MARK = f"""INSERT INTO year_marks (class_id, subject_id, school_year, pupil_id, value)
    VALUES ({CLASS_7A}, {MATHS}, 2026, {CHILD}, 4)"""


def words_of(reader: FigureReader, pupil_id: int) -> str:
    rows = year_forecasts(reader, forecast_terms(reader, TODAY), TODAY)
    own = rows[(rows["pupil_id"] == pupil_id) & (rows["subject_id"] == MATHS)]
    return likelihood(own.to_dict("records")[0])


def rows_with(page: Any, title: str) -> list[dict[str, Any]]:
    table = next(each.value for each in page.dataframe if title in each.value)
    return table.to_dict("records")


@pytest.fixture
def with_term_mark(school_store: Store) -> None:
    change_school(school_store, TERM_MARK, NOW)


@pytest.mark.usefixtures("with_term_mark")
@pytest.mark.parametrize("part", ["deputy", "head", "homeroom", "owner"])
def test_the_year_has_one_forecast_on_every_screen(
    screens: Screens, reader: FigureReader, people: People, part: str
) -> None:
    user, said = getattr(people, part), words_of(reader, CHILD)
    own = screens.open(user, PAGE, **{"class": str(CLASS_7A), "pupil": str(CHILD)})
    history = screens.open(user, PUPIL, pupil=str(CHILD), pupil_part="forecast")
    for page in (own, history):
        row = rows_with(page, "Прогноз года")[0]
        assert (row["Прогноз года"], row["За периоды"]) == (said, "3")
        assert row["Что нужно"] == "Чтобы год был «4», нужна 4 или лучше."
    sheet = term_marks_of(user, **{"class": str(CLASS_7A), "subject": str(MATHS), "term": "year"})["grid"]
    shown = {int(each["id"]): each["info"]["forecast"] for each in sheet["pupils"]}
    assert shown[CHILD]["text"] == said
    assert shown[CHILD]["title"].endswith("Чтобы год был «4», нужна 4 или лучше.")
    assert {pupil: words["text"] for pupil, words in shown.items()} == {
        pupil: words_of(reader, pupil) for pupil in (CHILD, CLASSMATE, ABSENTEE)
    }


@pytest.mark.usefixtures("with_term_mark")
def test_the_head_sees_the_year_by_class_and_opens_a_class(screens: Screens, people: People) -> None:
    page = screens.open(people.head, PAGE, forecast_of="year")
    table = rows_with(page, "Прогноз кач.")
    assert "7А" in [row["Класс"] for row in table]
    assert next(row for row in table if row["Класс"] == "7А")["Учтено"] == 3
    opened = screens.open(people.head, PAGE, forecast_of="year", **{"class": str(CLASS_7A)})
    assert "За год ожидаемая успеваемость" in texts(opened)


def test_a_year_mark_that_is_given_has_no_forecast(
    school_store: Store, screens: Screens, reader: FigureReader
) -> None:
    change_school(school_store, YEAR_MARK, NOW)
    rows = year_forecasts(reader, forecast_terms(reader, TODAY), TODAY)
    in_maths = rows[rows["subject_id"] == MATHS]
    assert CHILD not in set(in_maths["pupil_id"])
    assert CLASSMATE in set(in_maths["pupil_id"])


def write_test(store: Store, pupils: int, day: str) -> None:
    """Add classmates until so many wrote a national test in maths on a day, the child among them."""
    ids = [CHILD, *range(700, 700 + pupils - 1)]
    new = ids[1:]
    change_school(
        store,
        f"""INSERT INTO pupils (pupil_id, school_id, last_name) VALUES {", ".join(f"({i}, {SCHOOL}, 'Новый')" for i in new)};
        INSERT INTO enrolments VALUES {", ".join(f"({i + 500}, {i}, {CLASS_7A}, '2026-09-01', NULL)" for i in new)};
        INSERT INTO external_tests (test_id, kind, subject_id, held_on) VALUES (81, 'vpr', {MATHS}, '{day}');
        INSERT INTO external_test_results (test_id, pupil_id, mark, recorded_at) VALUES {", ".join(f"(81, {i}, 4, '{NOW}')" for i in ids)}""",
        NOW,
    )


def opinions(store: Store, people: People, part: str) -> dict[tuple[int, int], int]:
    found = second_opinions(store, getattr(people, part), CLASS_7A, TODAY)
    return {place: each.mark for place, each in found.items() if place == (MATHS, CHILD)}


def test_a_national_test_stands_beside_the_year_where_enough_wrote_it(
    school_store: Store, screens: Screens, people: People
) -> None:
    write_test(school_store, FEWEST_WRITTEN, "2026-04-15")
    assert opinions(school_store, people, "deputy") == {(MATHS, CHILD): 4}
    page = screens.open(people.deputy, PAGE, **{"class": str(CLASS_7A), "pupil": str(CHILD)})
    assert rows_with(page, "Внешняя работа")[0]["Внешняя работа"] == "ВПР 4 · 15.04.2026"


def test_a_test_that_few_wrote_or_that_is_old_says_nothing(school_store: Store, people: People) -> None:
    write_test(school_store, FEWEST_WRITTEN - 1, f"{TODAY - timedelta(30)}")
    assert opinions(school_store, people, "deputy") == {}


def test_who_may_not_read_national_tests_sees_none(
    school_store: Store, screens: Screens, people: People
) -> None:
    write_test(school_store, FEWEST_WRITTEN, "2026-04-15")
    with pytest.raises(AccessRefused):
        opinions(school_store, people, "owner")
    page = screens.open(people.owner, PAGE, **{"class": str(CLASS_7A), "pupil": str(CHILD)})
    assert all("Внешняя работа" not in table.value for table in page.dataframe)
