"""The facts said to have moved a forecast: taken out of the journal itself, each moves it the way that was said."""

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import pytest
from journal_simulator import Size, simulate

from models.features.tables import prepare
from models.metrics import MARKS
from models.product.forecast import forecast_term
from models.product.moving_facts import KINDS, MOST_FACTS, SMALLEST_MOVE, Fact, facts_text, moving_facts
from models.product.school_model import fit_school

LAST, TERM, DAY, EVE = "2022-quarter-1", "2022-quarter-2", dt.date(2022, 12, 1), dt.date(2022, 11, 4)
CLASSES = ["2022-7-0", "2022-8-0", "2022-9-0"]


@pytest.fixture(scope="module")
def tables():
    return simulate(
        6, Size(grade_levels=(7, 8, 9), classes_a_level=1, pupils_a_class=16, subjects=6, years=2)
    )


@pytest.fixture(scope="module")
def model(tables):
    return fit_school(tables, EVE, seed=1).trained


def expected(tables, model) -> pd.Series:
    rows = forecast_term(tables, [TERM], DAY, CLASSES, model)
    marks = rows[["p2", "p3", "p4", "p5"]].to_numpy() @ MARKS
    return pd.Series(marks, pd.MultiIndex.from_frame(rows[["pupil_id", "subject_id"]]))


def facts_of(tables, model) -> dict[tuple[object, object], list[Fact]]:
    journal, enrolments = prepare(tables), tables.enrolments
    return {
        (pupil, subject): facts
        for class_id in CLASSES
        for pupil in enrolments.loc[enrolments["class_id"] == class_id, "pupil_id"]
        for subject, facts in moving_facts(journal, [TERM], DAY, class_id, pupil, model).items()
    }


def without(tables, *, marks=None, term_marks=None):
    """The journal without some rows: `marks`, `term_marks` say of a table which go."""
    return dataclasses.replace(
        tables,
        marks=tables.marks if marks is None else tables.marks[~marks(tables.marks)],
        term_marks=tables.term_marks
        if term_marks is None
        else tables.term_marks[~term_marks(tables.term_marks)],
    )


def own(table, pupil, subject):
    return (table["pupil_id"] == pupil) & (table["subject_id"] == subject)


def without_marks(tables, pupil, subject):
    return without(tables, marks=lambda t: own(t, pupil, subject) & (t["term_id"] == TERM))


def without_last_term(tables, pupil, subject):
    def gone(table):
        return own(table, pupil, subject) & (table["term_id"] == LAST)

    return without(tables, marks=gone, term_marks=gone)


def without_older_terms(tables, pupil, subject):
    return without(tables, term_marks=lambda t: own(t, pupil, subject) & ~t["term_id"].isin([TERM, LAST]))


def without_other_subjects(tables, pupil, subject):
    def gone(table):
        return (table["pupil_id"] == pupil) & (table["subject_id"] != subject)

    return without(tables, marks=gone, term_marks=gone)


def without_class(tables, pupil, subject):
    def gone(table):
        mine = set(table.loc[(table["pupil_id"] == pupil) & (table["term_id"] == TERM), "class_id"])
        others = table["class_id"].isin(mine) & (table["pupil_id"] != pupil)
        return others & (table["subject_id"] == subject) & table["term_id"].isin([TERM, LAST])

    return without(tables, marks=gone, term_marks=gone)


WITHOUT = {
    "marks": without_marks,
    "last_term": without_last_term,
    "older_terms": without_older_terms,
    "other_subjects": without_other_subjects,
    "class": without_class,
}


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("is_up", [True, False])
def test_a_fact_taken_out_of_the_journal_moves_the_forecast_back(tables, model, name, is_up):
    """Of the facts of each kind and direction the strongest three."""
    told = [
        (place, fact)
        for place, facts in facts_of(tables, model).items()
        for fact in facts
        if fact.name == name and (fact.move > 0) == is_up
    ]
    # No class of this school pulls a forecast down so far.
    assert bool(told) == ((name, is_up) != ("class", False))
    before = expected(tables, model)
    for place, fact in sorted(told, key=lambda each: -abs(each[1].move))[:3]:
        change = before[place] - expected(WITHOUT[name](tables, *place), model)[place]
        assert np.sign(change) == np.sign(fact.move), (place, fact, change)


def test_few_are_told_the_strongest_first_and_none_that_hardly_moved(tables, model):
    for facts in facts_of(tables, model).values():
        moves = [abs(fact.move) for fact in facts]
        assert len(moves) <= MOST_FACTS
        assert moves == sorted(moves, reverse=True)
        assert all(move >= SMALLEST_MOVE for move in moves)


def test_words_say_the_way_and_by_how_much():
    facts = [
        Fact("last_term", "в прошлой четверти 5", 0.31),
        Fact("marks", "текущие отметки: 3,50 по 2 отметкам", -0.22),
    ]
    assert facts_text(facts) == "↑ в прошлой четверти 5 (+0,3) · ↓ текущие отметки: 3,50 по 2 отметкам (−0,2)"
    assert facts_text([]) == ""
