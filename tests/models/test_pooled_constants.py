"""Constants of other schools forecast the first term of one that has none of its own better than the fixed ones."""

import dataclasses
import json

import numpy as np
import pytest
from journal_simulator import Size, simulate

from models.backtest import main
from models.evaluation.pooled_constants import (
    ROWS_OF_A_SCHOOL,
    against_fixed,
    constants_of_schools,
    parts_of,
    write_constants,
)
from models.evaluation.spans import SpanError
from models.features.tables import prepare
from models.forecasters.empirical_bayes import Constants

SIZE = Size(grade_levels=(7, 8), classes_a_level=1, pupils_a_class=20, subjects=6, years=2)


@pytest.fixture(scope="module")
def lake():
    return {f"school {seed}": simulate(seed, SIZE) for seed in (3, 4, 5)}


def test_each_held_out_school_is_forecast_better_by_what_the_others_taught(lake):
    found = against_fixed(lake, seed=1)
    assert {each.school for each in found} == set(lake)
    for school in lake:
        of_school = [each for each in found if each.school == school]
        assert np.mean([each.pooled - each.fixed for each in of_school]) < 0, school
        assert sum(each.is_better for each in of_school) >= 5, school


def test_a_school_teaches_nothing_of_itself_when_it_is_held_out(lake):
    """Its own closed terms turned upside down change nothing of its forecasts."""
    name = "school 4"
    turned = dataclasses.replace(
        lake[name],
        term_marks=lake[name].term_marks.assign(
            value=lambda t: t["value"].where(~t["term_id"].str.startswith("2021"), 7 - t["value"])
        ),
    )
    before, after = (
        [each for each in against_fixed(schools, seed=1) if each.school == name]
        for schools in (lake, lake | {name: turned})
    )
    assert before == after


def test_published_constants_hold_numbers_of_the_model_alone(lake, tmp_path):
    constants = constants_of_schools(lake, seed=1)
    write_constants(tmp_path / "constants.json", constants)
    written = json.loads((tmp_path / "constants.json").read_text())
    assert set(written) == {field.name for field in dataclasses.fields(Constants)}
    assert constants != Constants()
    assert constants == constants_of_schools(lake, seed=1)


def test_one_school_has_none_to_learn_from(lake):
    with pytest.raises(SpanError):
        against_fixed({"alone": lake["school 3"]}, seed=1)


def test_an_extract_of_one_school_is_taken_apart_by_subject(lake):
    tables = lake["school 3"]
    parts = parts_of(tables)
    assert set(parts) == set(tables.term_marks["subject_id"])
    assert sum(len(part.marks) for part in parts.values()) == len(tables.marks)
    assert all(prepare(part).subjects.size == 1 for part in parts.values())


def test_a_lake_with_several_schools_in_one_extract_is_told_apart(lake):
    tables = lake["school 3"]
    years = tables.terms["school_year"].astype(str)
    two = dataclasses.replace(tables, terms=tables.terms.assign(school_id="s" + years))
    assert {name: set(part.terms["school_year"]) for name, part in parts_of(two).items()} == {
        "s2021": {2021},
        "s2022": {2022},
    }


def test_a_folder_that_is_no_extract_is_refused_in_words(tmp_path, capsys):
    assert ROWS_OF_A_SCHOOL > 0
    assert main([str(tmp_path), "--pooled"]) == 2
    assert capsys.readouterr().err
