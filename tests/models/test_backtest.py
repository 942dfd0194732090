"""The backtest on folders: what it reads, reports, divides and writes."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.backtest import main
from models.evaluation.spans import SpanError, spans
from models.features.extract import ExtractError, read_extract
from models.features.tables import prepare
from models.metrics import METRICS

TABLES = ("marks", "term_marks", "terms", "enrolments", "classes", "year_marks")


def write(folder: Path, tables, *, kind: str = "parquet", names=TABLES) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        table = getattr(tables, name)
        if kind == "csv":
            table.to_csv(folder / f"{name}.csv", index=False)
        else:
            table.to_parquet(folder / f"{name}.parquet")
    return folder


@pytest.fixture(scope="module")
def run(school, tmp_path_factory):
    """One whole run: its figures, report and progress."""
    folder = write(tmp_path_factory.mktemp("journal"), school)
    out, report, progress = folder / "figures.json", io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(report), contextlib.redirect_stderr(progress):
        assert main([str(folder), "--cuts", "0,0.4", "--by", "grade_level", "--json", str(out)]) == 0
    return json.loads(out.read_text()), report.getvalue(), progress.getvalue()


@pytest.fixture(scope="module")
def measured(run):
    return run[0]


def test_every_cut_has_every_model_beside_both_baselines(measured):
    whole = [row for row in measured if row["target"] == "term" and "by" not in row]
    assert {row["cut"] for row in whole} == {0.0, 0.4}
    for cut in (0.0, 0.4):
        models = [row["model"] for row in whole if row["cut"] == cut]
        assert {"last_term_mark", "rounded_mean", "empirical_bayes", "ordinal", "boosting", "blend"} <= set(
            models
        )
        assert len(models) == len(set(models))
        assert sum(row["chosen"] for row in whole if row["cut"] == cut) == 1


def test_rows_hold_all_measures_with_intervals_around_them(measured):
    for row in (row for row in measured if "by" not in row):
        assert set(METRICS) <= set(row)
        assert row["n"] > 0
        assert row["accuracy_low"] <= row["accuracy"] <= row["accuracy_high"]
        assert row["log_loss_low"] <= row["log_loss"] <= row["log_loss_high"]


def test_year_marks_are_measured_on_the_eve_of_the_year_and_after_each_closed_term(measured):
    years = [row for row in measured if row["target"] == "year" and "by" not in row]
    assert {row["cut"] for row in years} == {0.0, 1.0, 2.0, 3.0}
    assert {row["model"] for row in years if row["chosen"]} == {"ordinal"}


def test_by_grade_level_the_parts_add_up_to_the_whole(measured):
    def total(rows):
        return sum(row["n"] for row in rows if row["model"] == "rounded_mean" and row["cut"] == 0.4)

    terms = [row for row in measured if row["target"] == "term"]
    assert total(row for row in terms if "by" in row) == total(row for row in terms if "by" not in row)


def test_the_report_shows_the_baselines_the_chosen_model_and_calibration(run):
    _, report, progress = run
    for words in (
        "rounded_mean",
        "last_term_mark",
        "* ",
        "calibration of",
        "prediction sets",
        "90 % interval",
    ):
        assert words in report
    assert "fitting on" in progress


def test_optional_tables_and_columns_may_be_missing_and_kinds_of_terms_unknown(school, tmp_path, capsys):
    folder = write(tmp_path / "bare", school, names=("term_marks",))
    school.marks.drop(columns=["teacher_id"]).to_parquet(folder / "marks.parquet")
    school.terms.replace({"kind": {"quarter": "триместр"}}).to_parquet(folder / "terms.parquet")
    assert read_extract(folder).problems == []
    assert main([str(folder), "--cuts", "0.4"]) == 0
    assert "year marks: not measured" in capsys.readouterr().out


def test_csv_and_parquet_are_read_alike(school, tmp_path):
    by_kind = [read_extract(write(tmp_path / kind, school, kind=kind)).tables for kind in ("csv", "parquet")]
    first, second = (prepare(tables) for tables in by_kind)
    assert np.array_equal(first.marks.value, second.marks.value)
    assert np.array_equal(first.marks.day, second.marks.day)
    assert list(first.pupils) == list(second.pupils)


def test_year_marks_kept_as_a_term_of_a_year_are_told_apart(school, tmp_path):
    years = pd.DataFrame(
        {
            "term_id": ["y2021", "y2022"],
            "school_year": [2021, 2022],
            "kind": "year",
            "number": 1,
            "starts_on": pd.to_datetime(["2021-09-01", "2022-09-01"]),
            "ends_on": pd.to_datetime(["2022-05-25", "2023-05-25"]),
        }
    )
    terms = pd.concat([school.terms.assign(**_as_dates(school.terms)), years], ignore_index=True)
    moved = school.year_marks.assign(term_id="y" + school.year_marks["school_year"].astype(str))
    folder = write(tmp_path / "years", school, names=("marks", "enrolments"))
    terms.to_parquet(folder / "terms.parquet")
    pd.concat([school.term_marks, moved.drop(columns="school_year")]).to_parquet(
        folder / "term_marks.parquet"
    )
    tables = read_extract(folder).tables
    assert len(tables.term_marks) == len(school.term_marks)
    assert len(tables.year_marks) == len(school.year_marks)


def _as_dates(terms):
    return {name: pd.to_datetime(terms[name]) for name in ("starts_on", "ends_on")}


BAD_ROWS = [
    ({"value": "6"}, "value is not a mark of 2 to 5"),
    ({"value": "н"}, "value is not a mark of 2 to 5"),
    ({"term_id": "no such"}, "term_id is unknown"),
    ({"class_id": "no such"}, "class_id is unknown"),
    ({"pupil_id": None}, "pupil_id is empty"),
    ({"given_on": "1999-01-01"}, "given_on is outside its term"),
    ({"given_on": "tomorrow"}, "given_on is not a date"),
]


@pytest.mark.parametrize(("change", "reason"), BAD_ROWS, ids=[reason for _, reason in BAD_ROWS])
def test_a_bad_row_is_reported_with_table_line_and_reason_and_the_rest_loads(
    school, tmp_path, change, reason
):
    folder = write(tmp_path / "bad", school, kind="csv")
    marks = pd.read_csv(folder / "marks.csv", dtype=str)
    for column, value in change.items():
        marks.loc[7, column] = value
    marks.to_csv(folder / "marks.csv", index=False)
    extract = read_extract(folder)
    assert [(p.table, p.line, p.reason) for p in extract.problems] == [("marks", 9, reason)]
    assert len(extract.tables.marks) == len(school.marks) - 1


def test_an_unknown_column_is_named_and_passed_over(school, tmp_path):
    folder = write(tmp_path / "extra", school)
    school.marks.assign(mood=1).to_parquet(folder / "marks.parquet")
    assert "mood" in str(read_extract(folder).problems[0])


def test_equal_ids_of_two_schools_stay_apart(school, tmp_path):
    for name in ("a", "b"):
        write(tmp_path / f"school_id={name}" / "school_year=2021", school)
    tables = read_extract(tmp_path).tables
    assert len(tables.marks) == 2 * len(school.marks)
    assert tables.marks["pupil_id"].nunique() == 2 * school.marks["pupil_id"].nunique()


def test_a_folder_without_term_marks_is_refused_with_what_to_do(school, tmp_path, capsys):
    folder = write(tmp_path / "none", school, names=("marks", "terms"))
    with pytest.raises(ExtractError, match="term_marks"):
        read_extract(folder)
    assert main([str(folder)]) == 2
    assert "term_marks" in capsys.readouterr().err


def years_of(journal, terms):
    return set(journal.terms.school_year[terms])


def test_without_years_the_last_is_judged_by_the_ones_before(school):
    journal = prepare(school)
    found = spans(journal)
    assert years_of(journal, found.test) == {2022}
    assert years_of(journal, found.train) == {2021}
    assert (found.train_years, found.test_years) == ([2021], [2022])


def test_with_one_year_its_later_terms_are_judged(school, tmp_path):
    first = school.terms["school_year"] == 2021
    folder = write(tmp_path / "one", school)
    school.terms[first].to_parquet(folder / "terms.parquet")
    journal = prepare(read_extract(folder).tables)
    found = spans(journal)
    assert set(journal.terms.number[found.train]) == {1, 2}
    assert journal.terms.last_day[found.train].max() < journal.terms.first_day[found.test].min()


def test_of_courses_the_last_presentation_is_judged():
    """Each class has one term, two presentations a year: the year alone cannot say which is the last."""
    names = ["2013B", "2013J", "2014B", "2014J"]
    terms = pd.DataFrame(
        {
            "term_id": names,
            "school_year": [2013, 2013, 2014, 2014],
            "kind": "course",
            "number": [1, 2, 3, 4],
            "starts_on": ["2013-02-01", "2013-10-01", "2014-02-01", "2014-10-01"],
            "ends_on": ["2013-09-30", "2014-06-30", "2014-09-30", "2015-06-30"],
        }
    )
    marks = pd.DataFrame(
        {"class_id": names, "subject_id": "A", "term_id": names, "pupil_id": ["p"] * 4, "value": 4}
    )
    from models.features.tables import JournalTables

    journal = prepare(
        JournalTables(
            marks=marks.iloc[:0].assign(given_on=[]),
            term_marks=marks,
            terms=terms,
            enrolments=marks[["class_id", "pupil_id"]],
            class_terms=marks[["class_id", "term_id"]],
        )
    )
    found = spans(journal)
    assert list(journal.term_ids[found.test]) == ["2014J"]
    assert list(journal.term_ids[found.train]) == ["2013B", "2013J", "2014B"]
    named = spans(journal, train_terms=["2013/1"], test_terms=["2014B"])
    assert list(journal.term_ids[named.train]) == ["2013B"]


@pytest.mark.parametrize(
    "asked",
    [{"test_terms": ["nothing"]}, {"test_years": [1999]}, {"test_years": [2021]}, {"train_years": [2022]}],
)
def test_terms_that_cannot_be_divided_by_time_are_refused(school, asked):
    with pytest.raises(SpanError):
        spans(prepare(school), **asked)


def test_a_lake_is_measured_school_by_school_and_a_damaged_one_is_named(school, tmp_path, capsys):
    lake, figures = tmp_path / "lake", tmp_path / "figures.json"
    for name in ("a", "b", "c"):
        for year in (2021, 2022):
            write_year(lake / f"school_id={name}" / f"school_year={year}", school, year)
    (lake / "school_id=b" / "school_year=2022" / "marks.parquet").write_bytes(b"half")
    assert main([str(lake), "--cuts", "0.4", "--json", str(figures)]) == 0
    rows = [row for row in json.loads(figures.read_text()) if row["target"] == "term"]
    assert {row["school_id"] for row in rows} == {"a", "c", None}
    said = capsys.readouterr().out
    assert "b: passed over: school_year=2022/marks.parquet cannot be read" in said
    alone = next(row for row in rows if row["school_id"] == "a" and row["model"] == "rounded_mean")
    together = next(row for row in rows if row["school_id"] is None and row["model"] == "rounded_mean")
    assert together["n"] == 2 * alone["n"]
    assert together["log_loss"] == pytest.approx(alone["log_loss"])
    assert {row["model"] for row in rows if row["school_id"] is None} == {
        "chosen",
        "rounded_mean",
        "last_term_mark",
    }


def write_year(folder: Path, school, year: int) -> None:
    """One school year of a made-up school, as a partition of a lake."""
    folder.mkdir(parents=True)
    years = dict(zip(school.terms["term_id"], school.terms["school_year"], strict=True))
    few = set(school.marks["subject_id"].unique()[:3])
    for name in ("marks", "term_marks", "terms"):
        table = getattr(school, name)
        mine = table[table["term_id"].map(years) == year]
        mine = mine[mine["subject_id"].isin(few)] if "subject_id" in mine else mine
        mine.drop(columns=["school_year"], errors="ignore").to_parquet(folder / f"{name}.parquet")
