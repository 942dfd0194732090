"""The package of a year: whole, without secrets, read by a stranger, and a school made of it alone (п. 2.4, 6.5, 6.6)."""

import csv
import hashlib
import json
import shutil
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from closed_year import JUNE, NASTY
from pypdf import PdfReader

from demo.build import make_school
from pipelines.reports.papers import MAKERS
from pipelines.reports.year_archive.making import Order, class_folder, make_class, pack
from school.archive.__main__ import main
from school.archive.package import restoring
from school.archive.package.bag import member_of, opened_bag
from school.archive.package.contents import ARCHIVED, EMPTIED, LEFT_OUT
from school.archive.package.restoring import restore, verify
from school.errors import Refusal
from school.invitations.__main__ import code_for_administrator
from school.store.connection import DATABASE_NAME, MIGRATIONS, Store

OF_CLASS = {
    "список.csv",
    "уроки.csv",
    "отметки.csv",
    "пропуски.csv",
    "оценки за период.csv",
    "изменения.jsonl",
}


def rows_of(store: Store, table: str, condition: str = "") -> list[tuple[object, ...]]:
    """Return the rows of a table but what no package holds."""
    left = ", ".join(EMPTIED.get(table, {}))
    chosen = f"* EXCLUDE ({left})" if left else "*"
    where = f"({condition or 'true'})" + (" AND kind <> 'restore'" if table == "events" else "")
    return store.read(f"SELECT {chosen} FROM {table} WHERE {where.replace('$year', '2026')} ORDER BY ALL")


def test_every_table_is_packed_or_left_out_for_a_reason(empty_store: Store) -> None:
    query = "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main' AND database_name = current_database()"
    tables = {name for (name,) in empty_store.read(query)}
    assert tables == ARCHIVED.keys() | LEFT_OUT.keys(), (
        "say in package/contents.py what a year's package does with it"
    )
    assert not ARCHIVED.keys() & LEFT_OUT.keys()
    assert all(LEFT_OUT.values())


def test_a_package_holds_the_documents_and_tables_of_each_class(package: Path) -> None:
    with zipfile.ZipFile(package) as packed:
        names = set(packed.namelist())
    for name in ("7А", "8Б"):
        found = {each.rpartition("/")[2] for each in names if f"/data/{name}/" in each}
        assert found >= OF_CLASS
        assert sum(each.endswith(".pdf") for each in found) == len(MAKERS)
    assert {
        "архив-2026-27/data/опись.pdf",
        "архив-2026-27/data/ПРОЧТИ.txt",
        "архив-2026-27/bagit.txt",
    } <= names
    label = zipfile.ZipFile(package).read("архив-2026-27/bag-info.txt").decode()
    assert "Source-Organization: Школа у реки" in label
    assert "Bagging-Date: 2027-06-10" in label
    assert "журналы 5 лет, по 31.12.2032; сводные ведомости 25 лет, по 31.12.2052" in label


def test_a_stranger_reads_terms_by_the_names_that_the_school_uses(package: Path) -> None:
    rows = list(csv.DictReader(member_of(package, "7А/оценки за период.csv").decode().splitlines()))
    assert {row["период"] for row in rows} == {"1-я четверть", "2-я четверть", "год"}


def test_a_stranger_reads_no_true_and_false_in_the_list_of_lessons(package: Path) -> None:
    rows = list(csv.DictReader(member_of(package, "7А/уроки.csv").decode().splitlines()))
    assert rows
    assert {row["отменён"] for row in rows} <= {"да", ""}


def test_the_inventory_names_every_file_with_its_sum(package: Path, tmp_path: Path) -> None:
    rows = list(csv.DictReader(member_of(package, "inventory.csv").decode().splitlines()))
    assert [row["№"] for row in rows] == [str(number) for number in range(1, len(rows) + 1)]
    for row in rows:
        assert hashlib.sha256(member_of(package, row["Файл"])).hexdigest() == row["SHA-256"]
    with zipfile.ZipFile(package) as packed:
        payload = {name.partition("/data/")[2] for name in packed.namelist() if "/data/" in name}
    assert {row["Файл"] for row in rows} == payload - {"inventory.csv", "опись.pdf"}
    terms = {row["Файл"]: row["Хранить до"] for row in rows}
    assert terms["7А/отметки.csv"] == "2032-12-31"
    assert terms["7А/оценки за период.csv"] == "2052-12-31"
    (tmp_path / "inventory.pdf").write_bytes(member_of(package, "опись.pdf"))
    text = " ".join(page.extract_text() for page in PdfReader(tmp_path / "inventory.pdf").pages)
    words = "".join(text.split())
    assert "Описьдокументовархиваучебногогода" in words
    on_paper = [row for row in rows if row["Листов"]]
    assert len(on_paper) == 2 * len(MAKERS)
    for row in on_paper:
        assert row["SHA-256"] in "".join(sign for sign in words if sign.isascii())
    assert words.count("Классныйжурнал") == 2


def test_documents_are_pdf_a_2a(package: Path) -> None:
    with zipfile.ZipFile(package) as packed:
        found = [packed.read(name) for name in packed.namelist() if name.endswith(".pdf")]
    assert len(found) == 2 * len(MAKERS) + 1
    for content in found:
        assert b"<pdfaid:part>2</pdfaid:part>" in content
        assert b"<pdfaid:conformance>A</pdfaid:conformance>" in content


def test_nothing_by_which_anybody_signs_in_is_packed(package: Path) -> None:
    with zipfile.ZipFile(package) as packed:
        everything = b"".join(packed.read(name) for name in packed.namelist())
    assert "СЕКРЕТ".encode() not in everything
    users = list(csv.DictReader(member_of(package, "tables/users.csv").decode().splitlines()))
    assert {row["password_hash"] for row in users} == {""}
    for table in ("sessions", "second_factors", "push_keys", "invitations", "recovery_codes"):
        assert table in LEFT_OUT


def test_a_stranger_finds_the_same_marks_with_the_standard_library_alone(
    package: Path, packed_store: Store
) -> None:
    with zipfile.ZipFile(package) as packed:
        files = {name.partition("/")[2]: packed.read(name) for name in packed.namelist()}
    sums = dict(reversed(line.split("  ", 1)) for line in files["manifest-sha256.txt"].decode().splitlines())
    assert sums == {
        name: hashlib.sha256(files[name]).hexdigest() for name in files if name.startswith("data/")
    }
    found = [
        (row["дата"], row["предмет"], row["ученик"], int(row["отметка"]))
        for name in ("7А", "8Б")
        for row in csv.DictReader(files[f"data/{name}/отметки.csv"].decode().splitlines())
    ]
    stored = packed_store.read(
        """SELECT strftime(l.held_on, '%Y-%m-%d'), s.name, p.last_name || ' ' || p.first_name, m.value FROM marks m
        JOIN lessons l USING (lesson_id) JOIN subjects s USING (subject_id) JOIN pupils p USING (pupil_id)"""
    )
    assert sorted(found) == sorted(stored)
    (change,) = (json.loads(line) for line in files["data/7А/изменения.jsonl"].decode().splitlines())
    assert (change["old_value"], change["new_value"], change["reason"]) == ("3", "4", NASTY)


def test_a_school_is_made_of_the_package_alone(packed_store: Store, package: Path, tmp_path: Path) -> None:
    before = {table: rows_of(packed_store, table, condition) for table, condition in ARCHIVED.items()}
    packed_store.close()
    shutil.rmtree(packed_store.path.parent)
    said: list[str] = []
    done = restore(package, tmp_path / "new", JUNE, said.append)
    assert done.school_year == 2026
    assert said == ["Проверяем пакет", "Загружаем таблицы", "Приводим журнал к версии программы"]
    store = Store(tmp_path / "new" / DATABASE_NAME, lambda: JUNE)
    try:
        # What was noted of the package itself came after its copy was taken.
        before["events"] = [row for row in before["events"] if row[3] != "archive"]
        for table, rows in before.items():
            assert rows_of(store, table) == rows, table
        assert store.read("SELECT new_value FROM events WHERE kind = 'restore'") == [("архив 2026/27",)]
        newest = max(row[0] for row in before["events"])
        assert store.read(
            "SELECT nextval('record_ids') > 2000, nextval('event_ids') > $newest", {"newest": newest - 1}
        ) == [(True, True)]
        # Nobody has a password: an administrator is let in by a code.
        assert store.read("SELECT count(*) FROM users WHERE password_hash <> ''") == [(0,)]
        assert code_for_administrator(store, "", now=JUNE).code
    finally:
        store.close()


def test_a_generated_year_comes_back_whole(tmp_path: Path) -> None:
    now = datetime(2026, 9, 25, 12)
    (tmp_path / "school").mkdir()
    store = Store(tmp_path / "school" / DATABASE_NAME, lambda: now)
    make_school(store, pupils=20, years=1, seed=3, now=now, say=lambda _: None)
    order, bag = Order(2026, now, "Секретарь"), tmp_path / "архив"
    for (class_id,) in store.read("SELECT class_id FROM classes"):
        folder = bag / class_folder({class_id: "класс"}, class_id)
        shutil.rmtree(folder, ignore_errors=True)
        make_class(store, order, bag, class_id)
    pack(store, order, bag, [])
    before = {table: rows_of(store, table, condition) for table, condition in ARCHIVED.items()}
    store.close()
    shutil.rmtree(tmp_path / "school")
    restore(tmp_path / "package.zip", tmp_path / "new", now, lambda _: None)
    restored = Store(tmp_path / "new" / DATABASE_NAME, lambda: now)
    try:
        assert {table: rows_of(restored, table) for table in ARCHIVED} == before
    finally:
        restored.close()
    assert (
        min(
            len(before[table]) for table in ("marks", "absences", "lessons", "pupils", "enrolments", "events")
        )
        > 10
    )


def changed(package: Path, folder: Path, name: str, content: bytes) -> Path:
    """Return a copy of a package in which a file is another one."""
    copy = folder / "copy.zip"
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(copy, "w") as new:
        for each in old.namelist():
            new.writestr(each, content if each.endswith(name) else old.read(each))
    return copy


@pytest.mark.parametrize(
    "name", ["tables/marks.csv", "7А/список.csv", "опись.pdf", "manifest-sha256.txt", "bagit.txt"]
)
def test_a_package_with_a_changed_byte_is_refused(name: str, package: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(package) as packed:
        (member,) = (each for each in packed.namelist() if each.endswith((f"27/{name}", f"/data/{name}")))
        content = packed.read(member)
    broken = changed(package, tmp_path, member, bytes([content[0] ^ 1]) + content[1:])
    with pytest.raises(Refusal, match="повреждён"):
        verify(broken, tmp_path)
    with pytest.raises(Refusal, match="повреждён"):
        restore(broken, tmp_path / "new", JUNE, lambda _: None)
    assert list((tmp_path / "new").iterdir()) == []


def test_half_of_a_package_is_refused(package: Path, tmp_path: Path) -> None:
    torn = tmp_path / "torn.zip"
    torn.write_bytes(package.read_bytes()[:-2000])
    with pytest.raises(Refusal, match="повреждён"):
        verify(torn, tmp_path)


@pytest.mark.parametrize("name", ["../вне.txt", "/вне.txt", "архив-2026-27/../../вне.txt"])
def test_a_package_writes_nothing_outside(name: str, tmp_path: Path) -> None:
    bad = tmp_path / "bad.zip"
    with zipfile.ZipFile(bad, "w") as packed:
        packed.writestr("архив-2026-27/bagit.txt", "")
        packed.writestr(name, "вне")
    with pytest.raises(Refusal, match="не пакет"):
        verify(bad, tmp_path)
    assert [each.name for each in tmp_path.rglob("вне.txt")] == []


def test_a_package_of_a_newer_program_is_refused(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, older)
    (newest,) = sorted(older.glob("*.sql"))[-1:]
    newest.unlink()
    monkeypatch.setattr(restoring, "MIGRATIONS", older)
    with pytest.raises(Refusal, match=f"более новой версией.*{newest.stem}"):
        restore(package, tmp_path / "new", JUNE, lambda _: None)


def test_nothing_is_written_over_a_school(package: Path, packed_store: Store, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="не пуста"):
        restore(package, packed_store.path.parent, JUNE, lambda _: None)


def test_the_command_checks_restores_and_says_how_to_go_on(
    package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened_bag(package, tmp_path) as bag:
        shutil.copytree(bag, tmp_path / "unpacked")
    assert main(["verify", str(tmp_path / "unpacked")]) == 0
    assert "Пакет цел: 2026/27 учебный год" in capsys.readouterr().out
    assert main(["restore", str(package), "--data", str(tmp_path / "new")]) == 0
    said = capsys.readouterr().out
    assert "отметок: 4" in said
    assert f"python -m school.invitations administrator {tmp_path / 'new'}" in said
    assert main(["restore", str(package), "--data", str(tmp_path / "new")]) == 1
    assert "не пуста" in capsys.readouterr().err
    assert main(["verify", str(tmp_path / "нет.zip")]) == 1
    with pytest.raises(SystemExit, match="2"):
        main(["восстановить"])


@pytest.mark.parametrize(
    ("names", "folder"),
    [
        ({1: "7А"}, "7А"),
        ({1: "7А", 2: "7А"}, "7А 1"),
        ({1: "7/А"}, "7-А"),
        ({1: "tables"}, "tables 1"),
        ({1: ".."}, "--"),
        ({1: "11 «А»"}, "11 «А»"),
    ],
)
def test_a_class_has_a_folder_of_its_own(names: dict[int, str], folder: str) -> None:
    assert class_folder(names, 1) == folder
