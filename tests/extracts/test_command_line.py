"""``python -m school.extracts``: exit codes, reports and who may move a register."""

import csv
from pathlib import Path

import pytest
from extracts import NOW, opened, row_counts, small_extract, write_extract
from roster_specification import faults_of
from small_school import People

from school.errors import AccessRefused
from school.extracts.__main__ import main
from school.extracts.load import export_extract, import_extract, preview_extract
from school.records import Role
from school.sign_in.lookups.sessions import demo_user_ids
from school.store.connection import DATABASE_NAME, Store


def test_import_reports_counts_and_refused_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    extract = small_extract()
    extract["marks"][2]["value"] = 9
    folder, report = write_extract(tmp_path / "in", extract), tmp_path / "refused.csv"
    assert (
        main(["import-extract", str(folder), "--data", str(tmp_path / "data"), "--report", str(report)]) == 0
    )
    said = capsys.readouterr()
    assert f"{'marks':<22}{3:>10}{0:>10}{1:>10}" in said.out
    assert "marks.parquet, строка 3: value: «9», нужна отметка от 2 до 5" in said.err
    with report.open(encoding="utf-8-sig", newline="") as stream:
        assert list(csv.reader(stream, delimiter=";"))[1:] == [
            ["marks", "текущие отметки", "marks.parquet", "3", "value: «9», нужна отметка от 2 до 5"]
        ]


def test_a_broken_set_ends_with_code_2_in_russian_and_makes_no_database(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    extract = {name: rows for name, rows in small_extract().items() if name != "terms"}
    folder = write_extract(tmp_path / "in", extract)
    assert main(["import-extract", str(folder), "--data", str(tmp_path / "data")]) == 2
    assert "не хватает таблиц: terms" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_a_broken_file_ends_with_code_2_and_writes_nothing(tmp_path: Path) -> None:
    folder = write_extract(tmp_path / "in", small_extract())
    data = tmp_path / "data"
    assert main(["import-extract", str(folder), "--data", str(data)]) == 0
    with opened(data) as store:
        before = row_counts(store)
    (folder / "marks.parquet").write_bytes(b"no parquet")
    assert main(["import-extract", str(folder), "--data", str(data)]) == 2
    with opened(data) as store:
        assert row_counts(store) == before


def test_the_folder_of_the_register_is_that_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCHOOL_DATA", str(tmp_path / "live"))
    assert main(["import-extract", str(write_extract(tmp_path / "in", small_extract()))]) == 0
    assert (tmp_path / "live" / DATABASE_NAME).is_file()
    assert main(["export-extract", str(tmp_path / "out"), "--csv"]) == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(
        f"{name}.csv" for name in small_extract()
    )


def test_there_is_nothing_to_export_where_no_register_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export-extract", str(tmp_path / "out"), "--data", str(tmp_path / "data")]) == 2
    assert "Укажите папку журнала" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("given", "option", "name"),
    [("Школа у реки", "", "Школа у реки"), (None, "Лицей 5", "Лицей 5"), (None, "", "Школа s")],
)
def test_the_school_is_called_as_the_extract_or_the_operator_says(
    tmp_path: Path, given: str | None, option: str, name: str
) -> None:
    extract = small_extract()
    extract["schools"] = [{"school_id": "s", "name": given}]
    folder = write_extract(tmp_path / "in", extract)
    assert main(["import-extract", str(folder), "--data", str(tmp_path / "data"), "--name", option]) == 0
    with opened(tmp_path / "data") as store:
        assert store.read("SELECT name FROM schools") == [(name,)]
        assert store.read("SELECT value FROM settings WHERE name = 'school.name'") == [(name,)]


def test_an_import_leaves_no_users_unless_asked_for_a_demonstration(tmp_path: Path) -> None:
    folder, data = write_extract(tmp_path / "in", small_extract()), tmp_path / "data"
    main(["import-extract", str(folder), "--data", str(data)])
    with opened(data) as store:
        assert store.read("SELECT count(*) FROM users") == [(0,)]
    for _ in range(2):
        main(["import-extract", str(folder), "--data", str(data), "--demo-users"])
    with opened(data) as store:
        users = demo_user_ids(store)
        assert set(users) == {Role.HEAD, Role.DEPUTY, Role.ADMIN, Role.SECRETARY, Role.TEACHER}
        assert store.read("SELECT count(*) FROM users") == [(5,)]


def test_a_school_year_is_written_as_a_roster(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, data, target = (
        write_extract(tmp_path / "in", small_extract()),
        tmp_path / "data",
        tmp_path / "year.zip",
    )
    main(["import-extract", str(folder), "--data", str(data)])
    assert main(["export-oneroster", str(target), "--data", str(data)]) == 0
    assert faults_of(target.read_bytes()) == []
    said = capsys.readouterr()
    assert "Отметки (9 из 10)" in said.err
    # Four marks, two for a term, one for the year.
    assert [line.split() for line in said.out.splitlines() if line.startswith("results")] == [
        ["results", "7"]
    ]
    assert main(["export-oneroster", str(target), "--data", str(data), "--year", "2031"]) == 2


MAY = {"admin": (True, True), "secretary": (False, True)}


@pytest.mark.parametrize(
    "name", ["owner", "homeroom", "head", "deputy", "admin", "secretary", "guardian", "pupil"]
)
def test_only_the_administrator_imports_and_only_the_office_exports(
    school_store: Store, people: People, tmp_path: Path, name: str
) -> None:
    user = getattr(people, name)
    may_import, may_export = MAY.get(name, (False, False))
    folder = write_extract(tmp_path / "in", small_extract())
    before = row_counts(school_store)
    if not may_import:
        with pytest.raises(AccessRefused):
            preview_extract(school_store, user, folder, now=NOW)
        with pytest.raises(AccessRefused):
            import_extract(school_store, user, folder, now=NOW)
    if not may_export:
        with pytest.raises(AccessRefused):
            export_extract(school_store, user, tmp_path / "out", now=NOW)
        assert not (tmp_path / "out").exists()
    assert row_counts(school_store) == before
    if may_import:
        assert import_extract(school_store, user, folder, now=NOW).added > 0
    if may_export:
        export_extract(school_store, user, tmp_path / "out", now=NOW)
        assert school_store.read("SELECT user_id FROM events WHERE kind = 'export'") == [(user.user_id,)]


def test_every_row_of_the_files_is_in_one_of_four_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, extract = tmp_path / "in", small_extract()
    rows = sum(map(len, extract.values()))
    extract["marks"][0]["value"] = 7
    write_extract(folder, extract, as_csv=True)
    with (folder / "marks.csv").open("a", encoding="utf-8") as stream:
        stream.write(",,,,\n\ns,7a,m\n")
    assert main(["import-extract", str(folder), "--data", str(tmp_path)]) == 0
    said = capsys.readouterr().err
    assert f"В наборе {rows + 2} строки: прочитано {rows - 1}, пустых 1, не прочитано 2." in said
    extract["marks"][1]["value"] = 3
    write_extract(folder, extract, as_csv=True)
    assert main(["import-extract", str(folder), "--data", str(tmp_path)]) == 0
    assert f"прочитано {rows - 2}, не прочитано 1, пропущено 1" in capsys.readouterr().err
