"""What an extract and a lake say of classes from which pupils moved is what the school's own screens say (п. 5.2)."""

from pathlib import Path

import pandas as pd
import pytest
from made_lake import KEY
from moving_school import MOVER, RETURNER, build_moving_school
from small_school import CLASS_7A, MATHS, NOW, OWNER_STAFF, QUARTER_2, STRANGER_STAFF, People

from pipelines.extract.engines import SparkEngine
from pipelines.extract.lake_tables import FORMER_SUMS, LEFT_PLACES
from pipelines.figures.figures import coverage_by, quality_by, standings_by
from pipelines.lake import publish
from school.access.action import Action
from school.analytics.lookups.readers import FigureReader, periods_of
from school.analytics.lookups.tables import NO_SELECTION
from school.extracts.load import export_extract
from school.store.connection import Store, Transaction
from school.store.events import Event
from school.store.school import School

# Measure and its basis.
QUESTIONS = [
    ("mean_mark", "so_far"),
    ("pairs_covered", "marks"),
    ("n", "term_marks"),
    ("pupils_with_marks", "term_marks"),
]


def give_two_term_marks(store: Store) -> None:
    """Give pupils who moved a mark of the same term in both classes: only that of the term's end counts."""

    def work(transaction: Transaction) -> None:
        for pupil in (MOVER, RETURNER):
            for class_id, teacher in ((CLASS_7A, OWNER_STAFF), (13, STRANGER_STAFF)):
                transaction.change(
                    "INSERT INTO term_marks (class_id, subject_id, term_id, pupil_id, value, teacher_id, recorded_at) "
                    "VALUES (?, ?, ?, ?, 4, ?, ?)",
                    [class_id, MATHS, QUARTER_2, pupil, teacher, NOW],
                )
        transaction.record(Event(NOW, None, "school"))

    store.write(work)


def on_screens(store: Store, people: People, measure: str, basis: str) -> dict[str, float]:
    """Return a figure of the second quarter by class, as the dashboards have it; ids as extracts write them."""
    reader = FigureReader(School(store, lambda: NOW), people.deputy, Action.READ_TEACHER_ACTIVITY)
    period = next(row for row in periods_of(reader) if row.term_ids == (QUARTER_2,))
    by = ("class_id",)
    if measure.startswith("pairs"):
        rows = coverage_by(reader, period, NO_SELECTION, NOW.date(), by)
    elif measure == "pupils_with_marks":
        rows = standings_by(reader, "term", period, NO_SELECTION, by)
    else:
        rows = quality_by(reader, "today" if basis == "so_far" else "term", [period], NO_SELECTION, by)
    return {f"class-{int(row['class_id'])}": round(float(row[measure]), 9) for _, row in rows.iterrows()}


def answered(rows: pd.DataFrame, measure: str) -> dict[str, float]:
    of_term = rows[rows["term_id"] == f"term-{QUARTER_2}"]
    return {row["class_id"]: round(float(row[measure]), 9) for _, row in of_term.iterrows() if row["n"]}


@pytest.fixture
def extract(school_store: Store, tmp_path: Path) -> Path:
    build_moving_school(school_store, seed=1)
    give_two_term_marks(school_store)
    export_extract(school_store, None, tmp_path / "extract", now=NOW, as_csv=False)
    return tmp_path / "extract"


def test_an_extract_counts_pupils_who_moved_as_the_screens_do(extract, school_store, people, ask, embedded):
    for measure, basis in QUESTIONS:
        answer = ask(embedded, extract, measure, "class_id term_id", of=basis, is_inside=True, now=NOW)
        expected = on_screens(school_store, people, measure, basis)
        assert answered(answer.rows, measure) == expected, measure
        assert len(expected) == 2


def test_a_lake_counts_them_so_on_both_engines(
    extract, school_store, people, tmp_path, ask, embedded, spark, monkeypatch
):
    lake = tmp_path / "lake"
    publish(extract, lake, KEY, NOW)
    rows = {name: pd.read_parquet(next(lake.rglob(f"{name}.parquet"))) for name in (FORMER_SUMS, LEFT_PLACES)}
    assert all(len(found) for found in rows.values())
    monkeypatch.setattr("pipelines.extract.withholding.FEWEST_PUPILS", 0)
    for engine, questions in ((embedded, QUESTIONS), (SparkEngine(spark), QUESTIONS[:2])):
        for measure, basis in questions:
            answer = ask(engine, lake, measure, "class_id term_id", of=basis, now=NOW)
            expected = on_screens(school_store, people, measure, basis)
            assert answered(answer.rows, measure) == expected, (measure, engine)


def test_a_lake_published_before_computes_where_they_count(extract, tmp_path, ask, embedded, monkeypatch):
    """The answer is the same without the derived tables: they are computed from those published."""
    from test_sums import without_sums

    lake = tmp_path / "lake"
    publish(extract, lake, KEY, NOW)
    monkeypatch.setattr("pipelines.extract.withholding.FEWEST_PUPILS", 0)
    asked = [
        (measure, basis) for measure, basis in QUESTIONS if measure in ("mean_mark", "n", "pairs_covered")
    ]
    before = [ask(embedded, lake, measure, "class_id term_id", of=of, now=NOW).rows for measure, of in asked]
    without_sums(lake, "*")
    after = [ask(embedded, lake, measure, "class_id term_id", of=of, now=NOW).rows for measure, of in asked]
    for (measure, _), first, second in zip(asked, before, after, strict=True):
        assert answered(first, measure) == answered(second, measure)
