"""The same question has the same answer on the embedded engine and on Spark, over published and foreign partitions alike."""

import pandas as pd
import pytest
from made_lake import made_school, plain

from pipelines.extract.engines import SparkEngine

QUESTIONS = [
    ("pass_rate", "class_id subject_id term_id", "term_marks"),
    ("mean_mark", "school_id grade_level term_kind", "so_far"),
    ("weighted_mean", "subject_id teacher_id", "marks"),
    ("pupil_quality_rate", "school_id term_number", "term_marks"),
    ("missed_share", "class_id", "lessons"),
    ("mark_coverage", "school_id teacher_id", "marks"),
]


@pytest.mark.parametrize(("measure", "by", "of"), QUESTIONS, ids=[question[0] for question in QUESTIONS])
def test_a_published_lake_has_one_answer_on_both_engines(
    published_lake, ask, embedded, spark, measure, by, of
):
    answers = [ask(engine, published_lake, measure, by, of=of) for engine in (embedded, SparkEngine(spark))]
    assert plain(answers[0].rows) == plain(answers[1].rows)
    assert answers[0].rows[measure].notna().any()


def test_partitions_from_elsewhere_are_checked_and_measured_alike_on_both_engines(lake, ask, embedded, spark):
    answers = [
        ask(engine, lake, "quality_rate", "school_id class_id") for engine in (embedded, SparkEngine(spark))
    ]
    assert plain(answers[0].rows) == plain(answers[1].rows)
    assert set(answers[0].rows["school_id"]) == {"b", "c", "гимназия 1/2"}
    assert [len(answer.refused) for answer in answers] == [0, 0]


def test_the_answer_is_that_of_the_definition(lake, ask, embedded):
    """Pass rate by hand, over the term marks of all three schools."""
    rows = ask(embedded, lake, "pass_rate", "school_id grade_level").rows
    schools = [made_school(name, shift=shift) for name, shift in (("b", 1), ("c", 2), ("гимназия 1/2", 0))]
    marks = pd.concat([pd.DataFrame(school["term_marks"]) for school in schools])
    marks["grade_level"] = marks["class_id"].str[0].astype(int)
    values = marks.groupby(["school_id", "grade_level"])["value"]
    expected = values.agg(lambda given: (given > 2).mean() * 100).reset_index()
    assert plain(rows[["school_id", "grade_level", "pass_rate"]]) == plain(
        expected.rename(columns={"value": "pass_rate"})
    )
