"""One pupil has one forecast on every screen, made of nothing later than its day, and a record of what came (п. 2.7)."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any, cast

import numpy as np
import openpyxl
import pandas as pd
import pytest
from grid_answers import register_of, term_marks_of
from past_years import Screens, change_school
from screens import texts
from small_school import (
    ABSENTEE,
    CHILD,
    CLASS_7A,
    CLASS_8B,
    CLASSMATE,
    MATHS,
    NOW,
    OWNERS_LESSON_TODAY,
    QUARTER_1,
    QUARTER_2,
    People,
)

from models.features.tables import JournalTables, prepare
from models.forecasters.forecaster import Forecaster
from models.product import forecasting, track_record
from models.product.forecasting import chance_text, forecast_terms, forecasts, likelihood, weeks_of_term
from models.product.needed_marks import ENOUGH, needed_marks
from models.product.risks import at_risk, reserves
from models.product.school_forecast import school_forecast
from models.product.track_record import (
    against_rounded_mean,
    by_certainty,
    is_past_no_guide,
    rates_that_came,
    said_and_came,
)
from pages.forecasts.parts.last_term import last_term_rates
from pages.ui.export import workbook
from school.access.action import Action
from school.analytics.lookups.readers import FigureReader
from school.forecasts.actions import remember_forecasts
from school.forecasts.lookups import ClassTerm, keep_readable, school_terms_in_question, whole_journal
from school.register.actions.batch import CellEdit
from school.register.actions.entries import enter_cells
from school.store.connection import Store
from school.term_marks.rules.year_needed import mark_sets
from server.forecast_job import ForecastKeeper

TODAY = NOW.date()
PAGE = "forecasts/forecasts.py"
RECORD = "forecasts/forecast_record.py"
RISK = "forecasts/at_risk.py"
CHANCES = ["p2", "p3", "p4", "p5"]


def words_of(reader: FigureReader, pupil_id: int) -> str:
    """The child's forecast in maths as the deputy's figures have it."""
    rows = forecasts(reader, forecast_terms(reader, TODAY), TODAY)
    own = rows[(rows["pupil_id"] == pupil_id) & (rows["subject_id"] == MATHS)]
    return likelihood(own.to_dict("records")[0])


def column(page: object, title: str) -> list[str]:
    return next(list(table.value[title]) for table in page.dataframe if title in table.value)


@pytest.mark.parametrize("part", ["deputy", "head", "homeroom", "owner"])
@pytest.mark.parametrize("has_past", [False, True])
def test_a_pupil_has_the_same_forecast_on_every_screen_and_in_the_workbook(
    screens: Screens,
    reader: FigureReader,
    people: People,
    past: Callable[[], None],
    part: str,
    has_past: bool,
) -> None:
    if has_past:
        past()
    user, said = getattr(people, part), words_of(reader, CHILD)
    table = screens.open(user, PAGE, **{"class": str(CLASS_7A)})
    listed = dict(zip(column(table, "Ученик"), column(table, "Прогноз"), strict=True))
    assert listed["Алёшин Пётр"] == said
    shown = next(each.value for each in table.dataframe if "Прогноз" in each.value)
    book = workbook(list(shown.columns), shown.to_numpy(dtype=object).tolist(), "Прогноз класса")
    sheet = openpyxl.load_workbook(BytesIO(book)).active
    assert said in [cell.value for row in sheet.iter_rows() for cell in row]
    own = screens.open(user, PAGE, **{"class": str(CLASS_7A), "pupil": str(CHILD)})
    assert f"*{said}*" in texts(own)


def column_of_forecasts(grid: dict[str, Any]) -> dict[int, str]:
    return {int(pupil["id"]): pupil["info"]["forecast"]["text"] for pupil in grid["pupils"]}


@pytest.mark.usefixtures("screens")
@pytest.mark.parametrize("part", ["owner", "homeroom", "deputy"])
def test_beside_the_term_marks_stands_the_same_forecast(
    reader: FigureReader, people: People, part: str
) -> None:
    address = {"class": str(CLASS_7A), "subject": str(MATHS)}
    shown = column_of_forecasts(term_marks_of(getattr(people, part), **address)["grid"])
    assert shown == {pupil: words_of(reader, pupil) for pupil in (CHILD, CLASSMATE, ABSENTEE)}


@pytest.mark.usefixtures("screens")
@pytest.mark.parametrize("part", ["owner", "homeroom", "deputy", "head"])
def test_the_register_shows_the_same_forecast_once_asked(
    reader: FigureReader, people: People, part: str
) -> None:
    """Not before: the register often stands on the classroom's screen."""
    address = {"class": str(CLASS_7A), "subject": str(MATHS)}
    silent = register_of(getattr(people, part), **address)
    assert (silent["foresees"], "forecasts" in silent["grid"]) == (True, False)
    shown = register_of(getattr(people, part), **address, forecasts="1")["grid"]["forecasts"]
    assert {int(pupil): words["text"] for pupil, words in shown.items()} == {
        pupil: words_of(reader, pupil) for pupil in (CHILD, CLASSMATE, ABSENTEE)
    }


def test_in_a_years_first_term_a_class_stands_beside_its_pupils_marks_of_the_year_before(
    school_store: Store, reader: FigureReader, past: Callable[[], None]
) -> None:
    """The class itself is new, and the term before was another class's."""
    past()
    change_school(
        school_store,
        f"INSERT INTO enrolments SELECT 9000 + pupil_id, pupil_id, {CLASS_7A}, DATE '2026-09-01', NULL "
        f"FROM pupils WHERE pupil_id IN (501, 502)",
        NOW,
    )
    last_year = max(
        row[0] for row in school_store.read("SELECT school_year FROM terms WHERE school_year < 2026")
    )
    last = max(
        row[0]
        for row in school_store.read(
            "SELECT term_id FROM terms WHERE school_year = $year ORDER BY number", {"year": last_year}
        )
    )
    values = [
        row[0]
        for row in school_store.read(
            "SELECT value FROM term_marks WHERE term_id = $term AND pupil_id IN (501, 502)", {"term": last}
        )
    ]
    term = ClassTerm(CLASS_7A, QUARTER_1, 2026, "quarter", 1, date(2026, 9, 1), date(2026, 10, 25))
    rows = pd.DataFrame({"class_id": CLASS_7A, "subject_id": MATHS, "pupil_id": [501, 502, CHILD]})
    rates = last_term_rates(reader, rows, [term])
    assert rates["class_id"].tolist() == [CLASS_7A]
    assert rates["last_quality_rate"].tolist() == pytest.approx(
        [100 * sum(value >= 4 for value in values) / len(values)]
    )


@pytest.mark.parametrize("class_id", [CLASS_7A, CLASS_8B])
def test_asking_for_one_class_gives_the_numbers_of_the_whole_school(
    school_store: Store, past: Callable[[], None], class_id: int
) -> None:
    past()
    journal = prepare(JournalTables(**whole_journal(school_store)))
    terms = school_terms_in_question(school_store, TODAY)
    everybody, some = (school_forecast(journal, terms, TODAY, ids) for ids in (None, [class_id]))
    expected = everybody[everybody["class_id"] == class_id].reset_index(drop=True)
    pd.testing.assert_frame_equal(some.reset_index(drop=True), expected)


def test_forecasts_of_a_day_do_not_know_what_came_later(
    school_store: Store, people: People, reader: FigureReader
) -> None:
    yesterday = TODAY - timedelta(days=1)
    terms = forecast_terms(reader, TODAY)
    before = forecasts(reader, terms, yesterday)
    enter_cells(school_store, people.owner, [CellEdit(OWNERS_LESSON_TODAY, CHILD, "2")], now=NOW)
    pd.testing.assert_frame_equal(before, forecasts(reader, terms, yesterday))
    now = forecasts(reader, terms, TODAY)
    assert now.loc[now["pupil_id"] == CHILD, "n_marks"].tolist() == [2]


def test_a_snapshot_stays_as_it_was_made(school_store: Store, people: People, reader: FigureReader) -> None:
    assert ForecastKeeper(reader.school).take_snapshot() is not None
    remembered_rows = school_store.read(
        "SELECT pupil_id, p2, p3, p4, p5 FROM forecast_snapshot_rows ORDER BY 1"
    )
    enter_cells(school_store, people.owner, [CellEdit(OWNERS_LESSON_TODAY, CHILD, "2")], now=NOW)
    assert (
        school_store.read("SELECT pupil_id, p2, p3, p4, p5 FROM forecast_snapshot_rows ORDER BY 1")
        == remembered_rows
    )
    said = forecasts(reader, forecast_terms(reader, TODAY), TODAY - timedelta(days=1))
    assert np.allclose(said.sort_values("pupil_id")[CHANCES], [row[1:] for row in remembered_rows], atol=1e-6)
    events = school_store.read("SELECT count(*) FROM events WHERE kind = 'forecast_snapshot'")
    assert events == [(1,)]


def test_the_first_deputy_of_the_day_finds_the_forecasts_made(
    people: People, reader: FigureReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    terms, store = forecast_terms(reader, TODAY), reader.school.store
    made_here = school_forecast(
        prepare(JournalTables(**whole_journal(store))), school_terms_in_question(store, TODAY), TODAY
    )
    ForecastKeeper(reader.school).forecast_ahead()
    monkeypatch.setattr(forecasting, "school_forecast", lambda *_: pytest.fail("The forecast is made again."))
    deputy = FigureReader(reader.school, people.deputy, Action.READ_FORECASTS)
    pd.testing.assert_frame_equal(forecasts(deputy, terms, TODAY), made_here)


def test_first_formers_have_no_forecast(school_store: Store, reader: FigureReader) -> None:
    change_school(school_store, f"UPDATE classes SET grade_level = 1 WHERE class_id = {CLASS_7A}", NOW)
    assert {row.class_id for row in forecast_terms(reader, TODAY)} == {CLASS_8B}
    assert CLASS_7A not in set(whole_journal(school_store)["class_terms"]["class_id"])
    assert ForecastKeeper(reader.school).take_snapshot() is not None
    assert school_store.read("SELECT DISTINCT class_id FROM forecast_snapshot_rows") == [(CLASS_8B,)]


def test_no_forecast_is_certain() -> None:
    assert re.sub(r"\s", " ", chance_text(5, 0.9999)) == "5 · 99 %"


def test_weeks_are_sundays_of_the_term_and_today(reader: FigureReader) -> None:
    term = forecast_terms(reader, TODAY)[0]
    assert weeks_of_term(term, TODAY) == [date(2026, 11, 8), date(2026, 11, 15), TODAY]
    assert weeks_of_term(term, date(2027, 2, 1))[-1] == term.ends_on


@pytest.mark.parametrize(
    ("count", "sets"),
    [(1, [(2,), (3,), (4,), (5,)]), (2, [(2, 2), (2, 3), (3, 3), (3, 4), (4, 4), (4, 5), (5, 5)])],
)
def test_marks_are_tried_from_the_smallest(count: int, sets: list[tuple[int, ...]]) -> None:
    assert mark_sets(count) == sets


class SureOfThree:
    """What a past without a single «2» teaches: a «3» whatever is given."""

    def predict_proba(self, features: pd.DataFrame) -> np.ndarray:
        return np.tile([0.0, 1.0, 0.0, 0.0], (len(features), 1))


def test_no_marks_are_named_that_do_not_come_to_the_mark(school_store: Store) -> None:
    frames = whole_journal(school_store)
    marks = frames["marks"]
    twos = JournalTables(
        **(frames | {"marks": marks.assign(value=marks["value"].where(marks["pupil_id"] != CHILD, 2))})
    )
    (need,) = needed_marks(
        prepare(twos), [QUARTER_2], TODAY, CLASS_7A, CHILD, cast("Forecaster", SureOfThree()), target=3
    )
    own = [*marks["value"][marks["pupil_id"] == CHILD].map(lambda _: 2)]
    assert need.marks is not None
    assert np.mean([*own, *need.marks]) >= 2.5


@pytest.mark.parametrize("pupil_id", [CHILD, CLASSMATE])
def test_the_marks_named_are_enough_and_smaller_ones_are_not(school_store: Store, pupil_id: int) -> None:
    frames = whole_journal(school_store)
    term = next(row for row in school_terms_in_question(school_store, TODAY) if row.class_id == CLASS_7A)
    need = needed_marks(prepare(JournalTables(**frames)), [QUARTER_2], TODAY, CLASS_7A, pupil_id)[0]
    assert need.marks is not None
    sets = mark_sets(len(need.marks))
    enough = sets.index(need.marks)

    def chance_with(marks: tuple[int, ...]) -> float:
        row = {"class_id": CLASS_7A, "subject_id": MATHS, "term_id": QUARTER_2, "pupil_id": pupil_id}
        more = pd.DataFrame(
            [row | {"given_on": term.ends_on, "value": mark, "weight": 1.0} for mark in marks]
        )
        tables = JournalTables(**(frames | {"marks": pd.concat([frames["marks"], more])}))
        rows = school_forecast(prepare(tables), [term], term.ends_on)
        own = rows[rows["pupil_id"] == pupil_id].iloc[0]
        return float(sum(own[f"p{mark}"] for mark in range(need.target, 6)))

    assert chance_with(need.marks) >= ENOUGH
    assert enough == 0 or chance_with(sets[enough - 1]) < ENOUGH


def rows_of(*chances: tuple[float, float, float, float], **columns: object) -> pd.DataFrame:
    table = pd.DataFrame(chances, columns=CHANCES).assign(
        class_id=1, subject_id=range(len(chances)), pupil_id=1, term_id=1
    )
    table = table.assign(most_likely=table[CHANCES].to_numpy().argmax(axis=1) + 2, previous_term_mark=4.0)
    return table.assign(expected_remaining_marks=3.0, **columns)


NO_LESSONS = pd.DataFrame(columns=["class_id", "subject_id", "term_id", "lessons_left"])


@pytest.mark.parametrize(
    ("chances", "before", "kind"),
    [
        ((0.20, 0.70, 0.10, 0.00), 3.0, ["failing"]),
        ((0.00, 0.40, 0.60, 0.00), 4.0, ["lowered"]),
        ((0.00, 0.40, 0.60, 0.00), 3.0, []),
        ((0.00, 0.10, 0.60, 0.30), 5.0, []),
        ((0.00, 0.90, 0.10, 0.00), float("nan"), []),
    ],
)
def test_who_is_at_risk(chances: tuple[float, ...], before: float, kind: list[str]) -> None:
    assert list(at_risk(rows_of(chances, previous_term_mark=before), NO_LESSONS)["kind"]) == kind


def test_first_comes_what_can_still_be_changed() -> None:
    """Half decided with ten lessons left before as open with two, and before what is all but decided."""
    open_ten, open_two, decided = (0.5, 0.5, 0.0, 0.0), (0.5, 0.5, 0.0, 0.0), (0.98, 0.02, 0.0, 0.0)
    left = pd.DataFrame({"class_id": 1, "subject_id": [0, 1, 2], "term_id": 1, "lessons_left": [10, 2, 10]})
    ranked = at_risk(rows_of(open_ten, open_two, decided), left)
    assert list(ranked["subject_id"]) == [0, 1, 2]


@pytest.mark.parametrize(
    ("marks", "found"),
    [
        ((5, 5, 4), [("one_four", 2)]),
        ((5, 4, 4), []),
        ((5, 4, 3), [("one_three", 2)]),
        ((5, 3, 3), []),
        ((5, 3, 2), []),
        ((5, 5, 5), []),
    ],
)
def test_who_is_one_mark_away(marks: tuple[int, ...], found: list[tuple[str, int]]) -> None:
    chances = [tuple(float(mark == likely) for mark in (2, 3, 4, 5)) for likely in marks]
    table = reserves(rows_of(*chances))
    assert list(zip(table["kind"], table["subject_id"], strict=True)) == found


def test_the_record_counts_what_came_true() -> None:
    """Two of three said right; the rounded mean of the two who had one was right once."""
    rows = rows_of((0, 0, 0.25, 0.75), (0, 0.25, 0.75, 0), (0, 0.8, 0.2, 0))
    rows = rows.assign(value=[5, 4, 4], rounded_mean=[5.0, 3.0, None], day=1)
    total = against_rounded_mean(rows, ["day"]).iloc[0]
    assert (total["n"], total["with_mean"]) == (3, 2)
    assert total["true_rate"] == pytest.approx(200 / 3)
    assert (total["forecast_rate"], total["mean_rate"]) == (100, 50)
    bands = by_certainty(rows).set_index("sure_from")
    assert bands.loc[70, ["sure_to", "n", "came_true", "true_rate"]].tolist() == [80, 2, 2, 100]
    assert bands.loc[80, ["sure_to", "n", "came_true", "true_rate"]].tolist() == [90, 1, 0, 0]
    assert rates_that_came(rows, ["day"]).iloc[0]["came_quality_rate"] == 100


@pytest.mark.parametrize(("shift", "is_said"), [(0.0, False), (0.12, True), (-0.12, True)])
def test_a_term_that_came_otherwise_than_was_said_is_told_from_chance(shift: float, is_said: bool) -> None:
    """Twenty terms of 200 pupils with 8 subjects, who have good and bad days of their own."""
    draw, told = np.random.default_rng(1), []
    for _ in range(20):
        of_pupil = np.repeat(draw.normal(0, 0.15, 200), 8)
        said = draw.uniform(0.3, 0.7, 1600)
        value = np.where(draw.random(1600) < np.clip(said + of_pupil - shift, 0, 1), 5, 4)
        rows = pd.DataFrame({"p2": 0.0, "p3": 0.0, "p4": 1 - said, "p5": said, "value": value, "term": 1})
        table = said_and_came(rows.assign(pupil_id=np.repeat(np.arange(200), 8)), ["term"])
        five = table[table["mark"] == 5].iloc[0]
        told.append(is_past_no_guide(**{name: five[name] for name in forecasting.DRIFT}))
    assert told == [is_said] * 20


def test_few_pupils_are_no_drift() -> None:
    assert not is_past_no_guide(pupils=29, said=70.0, came=20.0, errors=9.0)
    assert is_past_no_guide(pupils=30, said=70.0, came=20.0, errors=9.0)


def test_after_a_term_that_was_no_guide_the_forecasts_say_so(
    screens: Screens, school_store: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    _remember_the_first_quarter(school_store)
    assert "Прошлый период — не образец" not in texts(screens.open(people.deputy, PAGE))
    monkeypatch.setattr(track_record, "FEWEST_PUPILS", 6)
    monkeypatch.setattr(track_record, "BEYOND_CHANCE", 0.5)
    change_school(school_store, "UPDATE forecast_snapshot_rows SET p3 = 0.1, p4 = 0.9, p5 = 0", NOW)
    for path in (PAGE, RISK, RECORD):
        words = texts(screens.open(people.deputy, path))
        assert "Прошлый период — не образец" in words, path
        assert "«4» ждали у 90" in words
    assert "реже, чем обещано, и это не случайность" in words


def _remember_the_first_quarter(store: Store) -> None:
    """Everybody was said to get 4 with 70 %; three of the six got it."""
    pupils = [(CLASS_7A, pupil) for pupil in (51, 52, 53)] + [(CLASS_8B, pupil) for pupil in (54, 55, 56)]
    rows = pd.DataFrame(pupils, columns=["class_id", "pupil_id"]).assign(subject_id=MATHS, term_id=QUARTER_1)
    rows = rows.assign(p2=0.0, p3=0.2, p4=0.7, p5=0.1, rounded_mean=4)
    remember_forecasts(store, rows, as_of=date(2026, 9, 20), model_id=None, now=datetime(2026, 9, 21))


@pytest.mark.parametrize(
    ("part", "forecasts_seen"), [("deputy", 6), ("head", 6), ("homeroom", 3), ("owner", 3), ("stranger", 3)]
)
def test_everybody_sees_the_record_of_their_own_reach(
    screens: Screens, school_store: Store, people: People, part: str, forecasts_seen: int
) -> None:
    _remember_the_first_quarter(school_store)
    page = screens.open(getattr(people, part), RECORD)
    assert column(page, "Прогнозов") == [forecasts_seen]


def test_a_day_remembered_twice_counts_once(screens: Screens, school_store: Store, people: People) -> None:
    for _ in range(2):
        _remember_the_first_quarter(school_store)
    assert column(screens.open(people.deputy, RECORD), "Прогнозов") == [6]


def test_without_a_record_the_page_says_when_there_will_be_one(screens: Screens, people: People) -> None:
    assert "Сравнивать пока нечего" in texts(screens.open(people.deputy, RECORD))


@pytest.mark.parametrize(("part", "classes"), [("deputy", {"8Б"}), ("stranger", {"8Б"}), ("owner", set())])
def test_pupils_at_risk_are_shown_to_those_who_teach_or_lead_them(
    screens: Screens, people: People, part: str, classes: set[str]
) -> None:
    page = screens.open(getattr(people, part), RISK)
    assert {name for table in page.dataframe for name in table.value["Класс"]} == classes


@pytest.mark.parametrize(("part", "lists"), [("owner", 5), ("homeroom", 7), ("deputy", 7)])
def test_one_mark_away_is_said_only_to_who_sees_all_subjects_of_a_pupil(
    screens: Screens, people: People, part: str, lists: int
) -> None:
    page = screens.open(getattr(people, part), RISK)
    assert len(page.button_group(key="filter_risk").options) == lists


def test_rows_narrowed_are_those_of_the_reader(
    school_store: Store, people: People, reader: FigureReader
) -> None:
    rows = forecasts(reader, forecast_terms(reader, TODAY), TODAY)
    assert set(keep_readable(school_store, people.owner, rows)["class_id"]) == {CLASS_7A}


@pytest.mark.parametrize("part", ["guardian", "pupil", "secretary"])
@pytest.mark.parametrize("path", [PAGE, RISK, RECORD])
def test_families_see_no_forecast(screens: Screens, people: People, part: str, path: str) -> None:
    assert not screens.open(getattr(people, part), path).dataframe


def test_a_pupils_page_says_what_is_needed_and_on_how_little_it_stands(
    screens: Screens, school_store: Store, people: People
) -> None:
    change_school(school_store, "DELETE FROM marks", NOW)
    words = texts(screens.open(people.homeroom, PAGE, **{"class": str(CLASS_7A), "pupil": str(CHILD)}))
    assert "только прошлые периоды" in words
    assert re.search(r"«[45]» (выйдет|останется), если дальше", words)
