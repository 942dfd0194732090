"""The sums beside published marks: the same answers as from the marks, vouched for by the manifest or not read at all."""

import json
import shutil

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_lake import plain

from pipelines.extract.lake_tables import DERIVED_FROM
from pipelines.extract.sources import MANIFEST
from pipelines.extract.withholding import FEWEST_PUPILS, PUPILS, Pupils, pupils_at_least, pupils_behind
from pipelines.measures.tables import read
from pipelines.run import main

QUESTIONS = [
    ("pass_rate", "marks", "class_id subject_id term_id"),
    ("weighted_mean", "marks", "teacher_id"),
    ("n", "marks", "grade_level term_number"),
    ("mean_mark", "so_far", "school_id class_id"),
    ("pass_rate", "term_marks", "school_id subject_name"),
    ("pass_rate", "year_marks", "class_id"),
]


def without_sums(lake, school):
    """Make a school's partition what it was before publications had sums."""
    (place,) = lake.glob(f"school_id={school}/*")
    said = json.loads((place / MANIFEST).read_text())
    del said["derived"]
    for facts in said["tables"].values():
        facts.pop("once", None)
        facts.pop("settled", None)
    (place / MANIFEST).write_text(json.dumps(said))
    for name in DERIVED_FROM:
        (place / f"{name}.parquet").unlink()


@pytest.fixture
def own_lake(published_lake, tmp_path):
    return shutil.copytree(published_lake, tmp_path / "own")


@pytest.mark.parametrize(("measure", "of", "by"), QUESTIONS, ids=[f"{row[0]} {row[1]}" for row in QUESTIONS])
def test_a_lake_answers_alike_with_sums_without_and_with_some(own_lake, ask, embedded, measure, of, by):
    answers = [ask(embedded, own_lake, measure, by, of=of, has_pupils=True).rows]
    for school in ("b", "*"):
        for place in own_lake.glob(f"school_id={school}/*/mark_sums.parquet"):
            without_sums(own_lake, place.parent.parent.name.removeprefix("school_id="))
        answers.append(ask(embedded, own_lake, measure, by, of=of, has_pupils=True).rows)
    assert plain(answers[0]) == plain(answers[1]) == plain(answers[2])
    assert answers[0][measure].notna().any()


def test_marks_are_not_read_where_their_sums_are(own_lake, ask, embedded):
    before = ask(embedded, own_lake, "n", "class_id", of="marks").rows
    for path in own_lake.rglob("marks.parquet"):
        path.write_bytes(bytes(path.stat().st_size))
    assert plain(ask(embedded, own_lake, "n", "class_id", of="marks").rows) == plain(before)


@pytest.mark.parametrize("damage", ["cut", "lost", "changed"])
def test_damaged_sums_are_named_and_their_school_passed_over(own_lake, tmp_path, capsys, damage):
    (path,) = own_lake.glob("school_id=b/*/mark_sums.parquet")
    data = path.read_bytes()
    path.unlink()
    if damage != "lost":
        path.write_bytes(data[:-9] if damage == "cut" else data[:90] + bytes(9) + data[99:])
    out = tmp_path / "x.csv"
    assert run("n", "--of", "marks", "--by", "school_id", "--source", own_lake, "--out", out) == 0
    assert pd.read_csv(out)["school_id"].tolist() == ["гимназия 1/2"]
    assert "mark_sums.parquet не тот, что был опубликован" in capsys.readouterr().err


def test_sums_that_no_manifest_vouches_for_are_not_read(lake, ask, embedded, tmp_path):
    own = shutil.copytree(lake, tmp_path / "own")
    before = ask(embedded, own, "n", "school_id", of="marks").rows
    (foreign,) = own.glob("school_id=b/*")
    (published,) = own.glob("school_id=*/*/mark_sums.parquet")
    shutil.copy(published, foreign)
    assert plain(ask(embedded, own, "n", "school_id", of="marks").rows) == plain(before)


def test_pupils_are_said_when_asked_for_and_never_of_a_withheld_group(published_lake, tmp_path):
    out = tmp_path / "x.csv"
    asked = ("n", "--of", "marks", "--by", "school_id,class_id", "--source", published_lake, "--out", out)
    assert run(*asked, "--pupils") == 0
    rows = pd.read_csv(out)
    assert list(rows.columns) == ["school_id", "class_id", "n", "pupils", "withheld"]
    assert rows.loc[~rows["withheld"], "pupils"].tolist() == [8, 7] * 2
    assert rows.loc[rows["withheld"], "pupils"].isna().all()


def test_inside_a_school_nobody_counts_pupils_unasked(published_lake, ask, embedded, monkeypatch, tmp_path):
    (place,) = published_lake.glob("school_id=b/*")
    extract = shutil.copytree(place, tmp_path / "extract")
    (extract / MANIFEST).unlink()
    (extract / "mark_sums.parquet").unlink()
    for path in extract.glob("*.parquet"):
        pd.read_parquet(path, partitioning=None).assign(school_id="b", school_year=2025).to_parquet(path)
    monkeypatch.setattr("pipelines.run.pupils_at_least", None)
    monkeypatch.setattr("pipelines.run.pupils_behind", None)
    rows = ask(embedded, extract, "n", "class_id", of="marks", is_inside=True).rows
    assert rows["n"].notna().all()
    assert len(rows) == 4


ROWS = st.lists(
    st.tuples(st.sampled_from(["a", "b", None]), st.integers(0, 3), st.integers(0, 7)), min_size=1
)


@settings(max_examples=40, deadline=None)
@given(ROWS)
def test_the_least_number_is_never_above_the_pupils_and_below_five_only_with_them(rows):
    frame = pd.DataFrame(rows, columns=["school_id", "cell", "pupil"])
    for given_rows, is_once in ((frame.drop_duplicates(), True), (frame, False)):
        with duckdb.connect() as engine:
            engine.register("given_rows", given_rows)
            pupils = Pupils(read(engine.table("given_rows")), ("cell",), is_once)
            found = [
                answer.sort_values("school_id", ignore_index=True)
                for answer in (pupils_at_least(pupils, ["school_id"]), pupils_behind(pupils, ["school_id"]))
            ]
        least, exact = (answer[PUPILS].astype("int64") for answer in found)
        assert found[0]["school_id"].equals(found[1]["school_id"])
        assert (least <= exact).all()
        assert ((least < FEWEST_PUPILS) == (exact < FEWEST_PUPILS)).all()


def run(*arguments) -> int:
    return main([*map(str, arguments), "--now", "2026-06-01T12:00"])
