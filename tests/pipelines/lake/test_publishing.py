"""A school publishes its extract: no names, its own partitions only, the old or the new but never half."""

import json
from datetime import datetime
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from made_lake import KEY, NOW, made_school, plain, write_extract

from pipelines.extract.sources import MANIFEST, BadSource
from pipelines.lake import main, publish, school_key
from school.errors import Refusal
from school.extracts.format import ID_OF, REQUIRED_TABLES, TABLES

YEAR = "school_id=a/school_year=2025"


@pytest.fixture
def extract(tmp_path):
    return write_extract(tmp_path / "extract", made_school("a"))


def bytes_below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_people_and_free_texts_stay_in_the_school(extract, tmp_path):
    publish(extract, tmp_path / "lake", KEY, NOW)
    known = {"p-a-", "p-b-", "p-k-", "t-m", "t-r", "Дроби"}
    for path in (tmp_path / "lake").rglob("*.parquet"):
        frame = pq.read_table(path).to_pandas()
        said = "\n".join(map(str, frame.to_numpy().ravel()))
        assert not [text for text in known if text in said], path.name


def test_a_pupil_stays_the_same_from_year_to_year_and_unknown_without_the_key(tmp_path):
    def pupils(year: int, key: bytes, lake: str) -> set[str]:
        folder = write_extract(tmp_path / f"extract-{year}", made_school("a", year=year))
        publish(folder, tmp_path / lake, key, NOW)
        path = tmp_path / lake / f"school_id=a/school_year={year}/enrolments.parquet"
        return set(pq.read_table(path)["pupil_id"].to_pylist())

    first, second = pupils(2024, KEY, "lake"), pupils(2025, KEY, "lake")
    # The seventh grade went on to the eighth.
    assert len(first & second) == 7
    assert not second & pupils(2025, bytes(32), "other")


def test_only_the_schools_own_years_are_replaced(extract, tmp_path):
    lake = tmp_path / "lake"
    publish(write_extract(tmp_path / "b", made_school("b")), lake, KEY, NOW)
    publish(write_extract(tmp_path / "a24", made_school("a", year=2024)), lake, KEY, NOW)
    publish(extract, lake, KEY, NOW)
    before = bytes_below(lake)
    changed = made_school("a", shift=1)
    publish(write_extract(tmp_path / "again", changed), lake, KEY, NOW)
    after = bytes_below(lake)
    assert {name.rsplit("/", 1)[0] for name in before if before[name] != after[name]} == {YEAR}
    assert before.keys() == after.keys()


def test_a_publication_broken_off_leaves_the_old_year_whole(extract, tmp_path, monkeypatch):
    lake = tmp_path / "lake"
    publish(extract, lake, KEY, NOW)
    before = bytes_below(lake / YEAR)

    def no_space(*_arguments, **_options):
        raise OSError("no space left")

    monkeypatch.setattr("pipelines.lake.pq.write_table", no_space)
    with pytest.raises(OSError, match="no space"):
        publish(extract, lake, KEY, NOW)
    assert bytes_below(lake / YEAR) == before
    monkeypatch.undo()
    publish(extract, lake, KEY, NOW)
    assert [each.name for each in (lake / "school_id=a").iterdir()] == ["school_year=2025"]


def test_the_published_year_measures_as_the_extract_did(extract, tmp_path, ask, embedded):
    publish(extract, tmp_path / "lake", KEY, NOW)
    for measure, by in (("quality_rate", "class_id term_id"), ("missed_share", "grade_level")):
        answers = [ask(embedded, source, measure, by) for source in (extract, tmp_path / "lake")]
        assert plain(answers[0].rows) == plain(answers[1].rows)


def test_bad_rows_stay_behind_and_are_named(tmp_path):
    school = made_school("a")
    school["marks"][4]["value"] = 7
    publication = publish(write_extract(tmp_path / "bad", school), tmp_path / "lake", KEY, NOW)
    assert publication.refused[["table", "line"]].to_numpy().tolist() == [["marks", 5]]
    manifest = json.loads((tmp_path / "lake" / YEAR / MANIFEST).read_text())
    assert manifest["tables"]["marks"]["rows"] == len(school["marks"]) - 1


def test_the_command_makes_the_schools_key_once_for_its_eyes_only(extract, tmp_path, capsys):
    key = tmp_path / "data" / "lake.key"
    for _ in range(2):
        assert main([str(extract), "--lake", str(tmp_path / "lake"), "--key", str(key)]) == 0
    assert key.stat().st_mode & 0o077 == 0
    assert "marks 288" in capsys.readouterr().out
    key.write_text("short")
    assert main([str(extract), "--lake", str(tmp_path / "lake"), "--key", str(key)]) == 2
    with pytest.raises(Refusal, match="не ключ"):
        school_key(key)


def test_what_is_no_extract_is_not_published(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadSource, match="годной"):
        publish(tmp_path / "empty", tmp_path / "lake", KEY, datetime(2026, 6, 1))


def test_the_one_format_holds_together():
    """Every reader goes by one table of tables: its names, references and rules must fit each other."""
    assert REQUIRED_TABLES == ("terms", "classes", "subjects")
    for name, table in TABLES.items():
        assert len(set(table.names)) == len(table.columns), name
        assert {column.references for column in table.columns} <= {"", "enrolments", *ID_OF}, name
        assert all(ID_OF[other] in table.names for other in table.references), name
        assert bool(table.key) != bool(table.cell), name
        assert {table.agrees_on, table.numbered_by, table.day} <= {"", *table.names}, name
        assert not table.day or "terms" in table.references, name
        assert table.pupil_keys in ((), ("school_id", "class_id", "pupil_id"), ("school_id", "pupil_id")), (
            name
        )


def test_a_csv_extract_is_published_as_any_other(tmp_path):
    for suffix in (".csv", ".parquet"):
        folder = write_extract(tmp_path / suffix, made_school("a"), suffix)
        publish(folder, tmp_path / f"lake{suffix}", KEY, NOW)
    frames = [
        pd.read_parquet(tmp_path / f"lake{suffix}" / YEAR / "marks.parquet")
        for suffix in (".csv", ".parquet")
    ]
    pd.testing.assert_frame_equal(*frames)
