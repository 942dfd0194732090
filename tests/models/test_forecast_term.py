"""The product's call: everybody gets a forecast, it says on how little, and better marks never hurt."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_forecast_series import journal_of, mark

from models.features.tables import prepare
from models.forecasters.class_level import FIGURES, KNOTS, ClassSpread, class_forecast
from models.forecasters.empirical_bayes import Constants, EmpiricalBayes
from models.forecasters.forecaster import PROBABILITIES
from models.forecasters.prediction_sets import PredictionSets
from models.product.forecast import FORECAST_COLUMNS, STANDS_ON_RU, forecast_term, reason_ru
from school.numbers import plural

OCTOBER_FIRST = dt.date(2024, 10, 1)


def forecast_of(tables, pupil=1, subject=9):
    answer = forecast_term(tables, [2], OCTOBER_FIRST)
    return answer[(answer["pupil_id"] == pupil) & (answer["subject_id"] == subject)].iloc[0]


def test_every_enrolled_pupil_gets_a_forecast_in_every_subject_taught(school):
    answer = forecast_term(school, ["2022-quarter-2"], dt.date(2022, 11, 20))
    quarter_classes = school.class_terms.query("term_id == '2022-quarter-2'")["class_id"]
    pupils = school.enrolments[school.enrolments["class_id"].isin(quarter_classes)]
    assert len(answer) == len(pupils) * 6
    assert list(answer.columns) == FORECAST_COLUMNS
    assert np.allclose(answer[PROBABILITIES].sum(axis=1), 1.0)
    assert (answer[PROBABILITIES] >= 0).all(axis=None)


LADDER = [
    ("marks_and_history", [mark(1, 4, "2024-09-10")], [(60, 9, 1, 1, 4)]),
    ("marks_only", [mark(1, 4, "2024-09-10")], []),
    ("history_only", [], [(60, 9, 1, 1, 4)]),
    ("other_subjects", [mark(1, 4, "2024-09-10", subject=8)], []),
    ("class_only", [mark(2, 4, "2024-09-10")], []),
    ("nothing", [], []),
]


@pytest.mark.parametrize(("rung", "marks", "term_marks"), LADDER, ids=[rung for rung, *_ in LADDER])
def test_each_rung_of_the_ladder_answers_and_says_what_it_stands_on(rung, marks, term_marks):
    row = forecast_of(journal_of(marks, term_marks))
    assert row["stands_on"] == rung
    assert rung in STANDS_ON_RU
    assert row[PROBABILITIES].sum() == pytest.approx(1.0)


def test_the_less_is_known_the_less_sure_the_forecast():
    def surest(marks, term_marks):
        return forecast_of(journal_of(marks, term_marks))[PROBABILITIES].max()

    history, many = [(60, 9, 1, 1, 4)], [mark(1, 4, f"2024-09-{day}") for day in range(10, 16)]
    assert surest(many, history) > surest(many[:1], history) > surest(many[:1], []) > surest([], [])


def test_string_and_whole_number_ids_give_the_same_forecast():
    numbers = journal_of([mark(1, 4, "2024-09-10"), mark(2, 5, "2024-09-12")], [(60, 9, 1, 1, 4)])
    tables = {field.name: _ids_as_text(getattr(numbers, field.name)) for field in dataclasses.fields(numbers)}
    texts = dataclasses.replace(numbers, **tables)
    by_number = forecast_term(numbers, [2], OCTOBER_FIRST)
    by_text = forecast_term(texts, ["2"], OCTOBER_FIRST)
    pd.testing.assert_frame_equal(by_number[PROBABILITIES], by_text[PROBABILITIES])


def _ids_as_text(table):
    return (
        table
        if table is None
        else table.assign(**{c: table[c].astype(str) for c in table if c.endswith("_id")})
    )


def test_one_class_asked_alone_gets_the_same_numbers(school):
    journal, day = prepare(school), dt.date(2022, 11, 20)
    whole = forecast_term(journal, ["2022-quarter-2"], day)
    one = whole["class_id"].iloc[0]
    alone = forecast_term(journal, ["2022-quarter-2"], day, class_ids=[one])
    pd.testing.assert_frame_equal(whole[whole["class_id"] == one].reset_index(drop=True), alone)


def test_a_pupil_in_two_classes_is_forecast_in_both():
    tables = journal_of(enrolments=[(70, 1), (71, 1)], load=[(70, 9, 5), (71, 8, 5)])
    class_terms = pd.DataFrame([(70, 2), (71, 2)], columns=["class_id", "term_id"])
    answer = forecast_term(dataclasses.replace(tables, class_terms=class_terms), [2], OCTOBER_FIRST)
    assert set(zip(answer["class_id"], answer["subject_id"], strict=True)) == {(70, 9), (71, 8)}


def test_an_unknown_term_is_named():
    with pytest.raises(KeyError, match="99"):
        forecast_term(journal_of(), [99], OCTOBER_FIRST)


def test_a_class_where_nothing_is_taught_gives_an_empty_table():
    answer = forecast_term(journal_of(load=[]), [2], OCTOBER_FIRST)
    assert list(answer.columns) == FORECAST_COLUMNS
    assert answer.empty
    assert class_forecast(answer).empty


values = st.lists(st.integers(2, 5), min_size=1, max_size=8)


@settings(max_examples=40, deadline=None)
@given(
    marks=values,
    better=st.integers(0, 7),
    classmate=values,
    previous=st.one_of(st.none(), st.integers(2, 5)),
    elsewhere=st.lists(st.integers(2, 5), max_size=3),
)
def test_a_better_mark_at_an_equal_number_of_marks_never_lowers_the_forecast(
    marks, better, classmate, previous, elsewhere
):
    at = better % len(marks)
    bettered = [*marks[:at], min(marks[at] + 1, 5), *marks[at + 1 :]]

    def chances(own):
        given_marks = [mark(1, v, f"2024-09-{10 + i}") for i, v in enumerate(own)]
        given_marks += [mark(2, v, f"2024-09-{10 + i}") for i, v in enumerate(classmate)]
        given_marks += [mark(1, v, f"2024-09-{10 + i}", subject=8) for i, v in enumerate(elsewhere)]
        history = [] if previous is None else [(60, 9, 1, 1, previous)]
        row = forecast_of(journal_of(given_marks, history))
        return np.cumsum(row[PROBABILITIES[::-1]].to_numpy(float))

    assert (chances(bettered) >= chances(marks) - 1e-9).all()


def test_fitting_betters_the_fixed_constants_and_repeats_itself(school):
    from models.features.roster import AskedRows
    from models.features.series import features
    from models.metrics import log_loss

    journal = prepare(school)
    past = journal.term_marks.where(journal.terms.school_year[journal.term_marks.term] == 2022)
    past = past.where(np.asarray(journal.terms.kind)[past.term] == "quarter")
    term = past.term[0]
    past = past.where(past.term == term)
    rows = AskedRows(past.pupil, past.subject, past.school_class, past.term)
    middle = int(journal.terms.first_day[term] + 20)
    known_then, y = features(journal, rows, middle), past.value.astype(int)
    fitted = EmpiricalBayes().fit(known_then, y)
    assert fitted.constants != Constants()
    assert fitted.constants == EmpiricalBayes().fit(known_then, y).constants
    assert log_loss(y, fitted.predict_proba(known_then)) < log_loss(
        y, EmpiricalBayes().predict_proba(known_then)
    )


def test_too_few_closed_terms_leave_the_constants_alone(school):
    frame = pd.DataFrame({"n_marks": [0.0]})
    assert EmpiricalBayes().fit(frame, np.array([5])).constants == Constants()


def test_class_rates_average_the_probabilities_and_never_count_rounded_marks():
    forecast = pd.DataFrame(
        {
            "class_id": 70,
            "subject_id": 9,
            "p2": [0.0, 0.4],
            "p3": [0.4, 0.6],
            "p4": [0.6, 0.0],
            "p5": 0.0,
            "elapsed_share": 0.5,
        }
    )
    row = class_forecast(forecast).iloc[0]
    assert row["expected_pass_rate"] == pytest.approx(80.0)
    assert row["expected_quality_rate"] == pytest.approx(30.0)
    assert row["expected_mean_mark"] == pytest.approx(3.1)
    assert 0 <= row["quality_low"] < 30 < row["quality_high"] <= 100


def test_class_intervals_are_wider_early_in_the_term():
    same = pd.DataFrame({"class_id": 70, "subject_id": 9, "p2": 0.0, "p3": 0.3, "p4": 0.4, "p5": [0.3] * 25})

    def width(elapsed):
        row = class_forecast(same.assign(elapsed_share=elapsed)).iloc[0]
        return row["quality_high"] - row["quality_low"]

    assert width(0.0) > width(0.2) > width(0.4) >= width(0.8)


ROW = {
    "mean_so_far": 13 / 3,
    "n_marks": 3,
    "previous_term_mark": 4.0,
    "term_kind": "quarter",
    "expected_remaining_marks": 4.8,
    "most_likely": 4,
    "p4": 0.782,
    "stands_on": "marks_and_history",
}
TWOS = {
    "mean_so_far": 2.0,
    "n_marks": 11,
    "previous_term_mark": 3.0,
    "expected_remaining_marks": 1.0,
    "most_likely": 3,
    "p3": 0.75,
}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({}, "сейчас 4,33 по 3 отметкам, в прошлой четверти 4, ждём ещё ~5 отметок: «4» — 78 %"),
        (
            {"n_marks": 1, "mean_so_far": 4.0, "expected_remaining_marks": 1.2, "term_kind": "half"},
            "сейчас 4,00 по 1 отметке, в прошлом полугодии 4, ждём ещё ~1 отметку: «4» — 78 %",
        ),
        (
            {"previous_term_mark": np.nan, "expected_remaining_marks": 22.0, "n_marks": 21},
            "сейчас 4,33 по 21 отметке, ждём ещё ~22 отметки: «4» — 78 %",
        ),
        (
            {"n_marks": 0, "mean_so_far": np.nan, "stands_on": "history_only", "term_kind": "term"},
            "отметок ещё нет, в прошлом периоде 4, ждём ещё ~5 отметок: «4» — 78 %",
        ),
        (
            {
                "n_marks": 0,
                "mean_so_far": np.nan,
                "previous_term_mark": np.nan,
                "stands_on": "class_only",
                "expected_remaining_marks": 11.0,
            },
            "отметок ещё нет, судим по классу, ждём ещё ~11 отметок: «4» — 78 %",
        ),
        (
            {"expected_remaining_marks": 0.2},
            "сейчас 4,33 по 3 отметкам, в прошлой четверти 4, новых отметок почти не ждём: «4» — 78 %",
        ),
        pytest.param(
            TWOS,
            "сейчас 2,00 по 11 отметкам, в прошлой четверти 3, ждём ещё ~1 отметку, "
            "выходит «2», но за период её ставили редко: «3» — 75 %",
            id="eleven twos of eleven",
        ),
        pytest.param(
            TWOS | {"most_likely": 2, "p2": 0.6},
            "сейчас 2,00 по 11 отметкам, в прошлой четверти 3, ждём ещё ~1 отметку: «2» — 60 %",
            id="a school that gives twos",
        ),
        pytest.param(
            TWOS | {"n_marks": 2, "expected_remaining_marks": 4.0},
            "сейчас 2,00 по 2 отметкам, в прошлой четверти 3, ждём ещё ~4 отметки: «3» — 75 %",
            id="most marks are still to come",
        ),
    ],
)
def test_the_reason_is_one_russian_sentence(change, sentence):
    assert reason_ru({**ROW, **change}) == sentence


@pytest.fixture(scope="module")
def with_a_new_teacher(school):
    """In the second year somebody whom the school has not met before teaches a subject."""
    is_later = school.marks["term_id"].str.startswith("2022") & (school.marks["subject_id"] == "s0")
    marks = school.marks.assign(teacher_id=school.marks["teacher_id"].mask(is_later, "newcomer"))
    is_theirs = school.teaching_load["class_id"].str.startswith("2022") & (
        school.teaching_load["subject_id"] == "s0"
    )
    load = school.teaching_load.assign(
        teacher_id=school.teaching_load["teacher_id"].mask(is_theirs, "newcomer")
    )
    tables = dataclasses.replace(school, marks=marks, teaching_load=load)
    return forecast_term(tables, ["2022-quarter-1"], dt.date(2022, 9, 25), model=EmpiricalBayes())


def test_what_the_model_has_not_met_is_said_and_shown_wider(with_a_new_teacher):
    rows = with_a_new_teacher
    # Somebody's teachers of the other subjects are new too: four taught each of them the year before.
    theirs = rows[rows["subject_id"] == "s0"]
    assert set(theirs["new_to_model"]) == {"teacher"}
    assert "" in set(rows.loc[rows["subject_id"] != "s0", "new_to_model"])
    assert "учитель для модели новый, прогноз менее надёжен" in reason_ru(theirs.iloc[0])
    known = class_forecast(theirs.assign(new_to_model=""))
    new = class_forecast(theirs)
    for figure in ("pass", "quality", "mean"):
        width, usual = (table[f"{figure}_high"] - table[f"{figure}_low"] for table in (new, known))
        assert (width >= usual - 1e-9).all()
        assert (width > usual).any()


def test_intervals_of_a_class_hold_nine_times_of_ten_though_rates_move_in_steps():
    """A thousand classes of 22 whose chances are known: of those that are not all but certain some nine of ten are held."""
    draw = np.random.default_rng(3)
    of_class = np.repeat(draw.uniform(0.55, 0.97, 1000), 22)
    chance = np.clip(of_class + draw.normal(0, 0.1, 22_000), 0.02, 0.98)
    rows = pd.DataFrame({"p2": 0.0, "p3": 1 - chance, "p4": chance, "p5": 0.0, "elapsed_share": 0.5})
    rows = rows.assign(class_id=np.repeat(np.arange(1000), 22), came=draw.random(22_000) < chance)
    alone = ClassSpread({figure: (0.0,) * len(KNOTS) for figure in FIGURES})
    said = class_forecast(rows, ["class_id"], alone)
    came = 100.0 * rows.groupby("class_id")["came"].mean().to_numpy()
    held = (came >= said["quality_low"] - 1e-9) & (came <= said["quality_high"] + 1e-9)
    assert 0.87 <= held.mean() <= 0.93


def test_a_mark_is_possible_sooner_where_the_model_has_not_met_who_gives_it():
    sets, p, elapsed = PredictionSets(), np.array([[0.0, 0.03, 0.17, 0.8]] * 2), np.full(2, 0.5)
    assert sets.texts(p, elapsed, np.array([False, True])) == ["4, 5", "3, 4, 5"]


def test_before_anything_was_learned_nothing_is_new(school):
    answer = forecast_term(school, ["2022-quarter-1"], dt.date(2022, 9, 25))
    assert set(answer["new_to_model"]) == {""}


@pytest.mark.parametrize(
    ("n", "form"),
    [(1, "а"), (2, "и"), (4, "и"), (5, "о"), (11, "о"), (12, "о"), (21, "а"), (22, "и"), (112, "о")],
)
def test_russian_plurals(n, form):
    assert plural(n, "а", "и", "о") == form
