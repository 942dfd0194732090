"""The command over an extract and over a lake: what it writes, names, passes over and refuses."""

import shutil

import pandas as pd
import pytest
from made_lake import KEY, NOW, made_school, plain, write_extract, write_partition

from pipelines.extract.measures import FAMILIES, Question
from pipelines.extract.tables import ExtractTables
from pipelines.lake import publish
from pipelines.run import main

CLOCK = ["--now", "2026-06-01T12:00"]


@pytest.fixture
def extract(tmp_path):
    return write_extract(tmp_path / "extract", made_school("a"))


def run(*arguments) -> int:
    return main([*map(str, arguments), *CLOCK])


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_the_file_has_the_columns_of_by_n_and_the_measure(extract, tmp_path, suffix):
    out = tmp_path / f"answer{suffix}"
    assert run("pass_rate", "--source", extract, "--by", "class_id,subject_id,term_id", "--out", out) == 0
    rows = pd.read_csv(out) if suffix == ".csv" else pd.read_parquet(out)
    assert list(rows.columns) == ["class_id", "subject_id", "term_id", "n", "pass_rate", "withheld"]
    assert len(rows) == 16
    assert rows.loc[rows["class_id"] == "7a-2025", "n"].tolist() == [8] * 4


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.measures[0])
def test_every_measure_is_computed_inside_the_school(extract, ask, embedded, tmp_path, family):
    answer = ask(embedded, extract, family.measures[-1], "class_id", is_inside=True)
    assert list(answer.rows.columns) == ["class_id", "n", family.measures[-1]]
    assert len(answer.rows) == 4
    tables = ExtractTables(embedded, answer.source.partitions)
    question = Question(family.measures[-1], ("class_id",), answer.basis, NOW)
    assert {*family.measures} <= set(family.measured(tables, question)[0].columns) | {"weighted_mean"}


def test_schools_that_use_one_id_for_their_own_classes_stay_apart(lake, ask, embedded):
    rows = ask(embedded, lake, "n", "class_id").rows
    assert list(rows.columns) == ["school_id", "class_id", "n", "withheld"]
    assert len(rows) == 12


REFUSED = [
    (["nonsense", "--by", "class_id", "--out", "x.csv"], "Такого показателя нет"),
    (["standing", "--by", "class_id", "--out", "x.csv"], "только внутри школы"),
    (["pass_rate", "--by", "colour", "--out", "x.csv"], "Столбца colour для --by нет"),
    (["pupil_pass_rate", "--by", "subject_id", "--out", "x.csv"], "не группируется"),
    (["assignments_a_day", "--by", "teacher_id", "--out", "x.csv"], "все предметы класса"),
    (["pass_rate", "--by", "pupil_id", "--out", "x.csv"], "По ученикам наружу"),
    (["pass_rate", "--by", "class_id", "--out", "x.xlsx"], ".csv или .parquet"),
    (["weighted_mean", "--of", "year_marks", "--by", "class_id", "--out", "x.csv"], "Возможно: marks"),
    (["pass_rate", "--source", "nowhere", "--by", "class_id", "--out", "x.csv"], "Папки nowhere нет"),
]


@pytest.mark.parametrize(("arguments", "said"), REFUSED, ids=[said for _, said in REFUSED])
def test_what_cannot_be_asked_is_refused_with_what_can(extract, capsys, arguments, said):
    assert run("--source", extract, *arguments) == 2
    assert said in capsys.readouterr().err


def test_small_groups_of_a_lake_are_never_shown(lake, tmp_path, capsys):
    asked = ("pass_rate", "--source", lake, "--by", "class_id", "--inside", "--out", tmp_path / "x.csv")
    assert run(*asked) == 2
    assert "выгрузки своей школы" in capsys.readouterr().err


def cut_short(folder):
    path = folder / "term_marks.parquet"
    path.write_bytes(path.read_bytes()[:-200])


def scratched(folder):
    path = folder / "term_marks.parquet"
    data = bytearray(path.read_bytes())
    data[60:400] = bytes(340)
    path.write_bytes(data)


def without_classes(folder):
    (folder / "classes.parquet").unlink()


def without_the_marks(folder):
    (folder / "term_marks.parquet").unlink()


def emptied(folder):
    shutil.rmtree(folder)
    folder.mkdir()


def without_a_column(folder):
    path = folder / "term_marks.parquet"
    pd.read_parquet(path).drop(columns="value").to_parquet(path)


DAMAGES = [cut_short, scratched, without_classes, without_the_marks, emptied, without_a_column]


@pytest.mark.parametrize("is_published", [True, False], ids=["published", "from elsewhere"])
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_partition_is_named_and_passed_over(tmp_path, capsys, damage, is_published):
    lake, sound = tmp_path / "lake", tmp_path / "sound"
    for folder in (lake, sound):
        write_partition(folder, made_school("b", shift=1))
    if is_published:
        publish(write_extract(tmp_path / "extract", made_school("a")), lake, KEY, NOW)
    else:
        write_partition(lake, made_school("a"))
    damage(lake / "school_id=a" / "school_year=2025")
    answers = []
    for folder in (lake, sound):
        assert (
            run("pass_rate", "--source", folder, "--by", "school_id,class_id", "--out", tmp_path / "x.csv")
            == 0
        )
        answers.append(pd.read_csv(tmp_path / "x.csv"))
    assert plain(answers[0]) == plain(answers[1])
    assert "Пропущено: school_id=a/school_year=2025" in capsys.readouterr().err


BAD_ROWS = [
    ("marks", {"value": 6}, "value: нужна отметка от 2 до 5"),
    ("marks", {"class_id": "9z"}, "class_id: такого класса нет"),
    ("marks", {"pupil_id": "nobody"}, "pupil_id: такого ученика в классе нет"),
    ("marks", {"given_on": "2026-05-30"}, "given_on: день вне своего учебного периода"),
    ("marks", {"given_on": "вчера"}, "given_on: нужна дата ГГГГ-ММ-ДД"),
    ("marks", {"subject_id": None}, "subject_id: нужно обозначение"),
    ("terms", {"starts_on": "2026-05-30"}, "starts_on позже ends_on"),
]


@pytest.mark.parametrize(("table", "change", "reason"), BAD_ROWS, ids=[row[2] for row in BAD_ROWS])
def test_a_bad_row_is_reported_with_table_line_and_reason_and_the_rest_counts(
    tmp_path, capsys, table, change, reason
):
    school = made_school("a")
    school[table][0] |= change
    folder = write_extract(tmp_path / "bad", school, ".csv")
    refused, out = tmp_path / "refused.csv", tmp_path / "answer.csv"
    assert run("n", "--of", "marks", "--source", folder, "--inside", "--out", out, "--refused", refused) == 0
    report = pd.read_csv(refused)
    mine = report[report["table"] == table]
    assert mine[["file", "line", "reason"]].to_numpy().tolist() == [[f"bad/{table}.csv", 2, reason]]
    lost = len(report[report["table"] == "marks"])
    assert pd.read_csv(out)["n"].tolist() == [len(school["marks"]) - lost]
    assert f"bad/{table}.csv: отклонено строк 1 (строки 2): {reason}" in capsys.readouterr().err


def test_unknown_columns_and_lines_of_a_wrong_length_are_named(tmp_path, capsys):
    folder = write_extract(tmp_path / "odd", made_school("a"), ".csv")
    path = folder / "term_marks.csv"
    header, *lines = path.read_text().splitlines()
    texts = [f"{header},mood", *(f"{line},1" for line in lines[:-1]), lines[-1]]
    path.write_text("\n".join(texts))
    assert run("n", "--source", folder, "--inside", "--out", tmp_path / "x.csv") == 0
    said = capsys.readouterr().err
    assert "столбца mood в формате нет" in said
    assert f"(строки {len(texts)}): полей в строке" in said
    assert pd.read_csv(tmp_path / "x.csv")["n"].tolist() == [len(lines) - 1]
