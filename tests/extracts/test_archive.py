"""A ZIP file from a browser: what is taken from it, and what is refused."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from extracts import NOW, small_extract, write_extract

from school.extracts import archive
from school.extracts.archive import export_archive, import_archive, preview_archive, unpack
from school.extracts.files import BrokenExtractError
from school.store.connection import Store


def zipped(members: Mapping[str, bytes]) -> bytes:
    """Return a ZIP file of these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, content in members.items():
            made.writestr(name, content)
    return buffer.getvalue()


def zipped_extract(folder: Path, around: str = "") -> bytes:
    """Return the small extract as a ZIP file, in a folder of that name where one is given."""
    write_extract(folder, small_extract())
    return zipped({around + path.name: path.read_bytes() for path in folder.iterdir()})


@pytest.mark.parametrize("around", ["", "Выгрузка школы/", "Выгрузка\\школы\\"])
def test_an_archive_is_loaded_with_or_without_folders_around_it(
    empty_store: Store, tmp_path: Path, around: str
) -> None:
    content = zipped_extract(tmp_path / "in", around)
    preview = preview_archive(empty_store, None, content, now=NOW)
    assert import_archive(empty_store, None, content, now=NOW, source="a.zip") == preview
    assert preview.refused == []
    assert preview.counts["marks"].added == 4


@pytest.mark.parametrize("as_csv", [False, True], ids=["parquet", "csv"])
def test_a_downloaded_archive_is_known_to_its_own_register(
    empty_store: Store, tmp_path: Path, as_csv: bool
) -> None:
    import_archive(empty_store, None, zipped_extract(tmp_path / "in"), now=NOW, source="a.zip")
    content = export_archive(empty_store, None, now=NOW, as_csv=as_csv)
    again = preview_archive(empty_store, None, content, now=NOW)
    assert (again.added, again.refused) == (0, [])


def test_nothing_is_written_outside_the_folder(tmp_path: Path) -> None:
    names = ("../marks.csv", "/marks.csv", "a/../../marks.csv", "__MACOSX/marks.csv", "run.sh", "terms.csv")
    names += ("..\\marks.csv", "\\marks.csv")
    unpack(zipped(dict.fromkeys(names, b"x")), tmp_path / "in")
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()] == [
        "in/terms.csv"
    ]


def test_a_lake_keeps_its_folders(tmp_path: Path) -> None:
    unpack(zipped({"school_id=s/school_year=2026/terms.csv": b"x"}), tmp_path)
    assert (tmp_path / "school_id=s" / "school_year=2026" / "terms.csv").is_file()


def test_a_missing_table_is_looked_for_among_files_of_other_names(empty_store: Store, tmp_path: Path) -> None:
    write_extract(tmp_path / "in", small_extract())
    (tmp_path / "in" / "terms.parquet").rename(tmp_path / "in" / "terms (1).parquet")
    content = zipped({path.name: path.read_bytes() for path in (tmp_path / "in").iterdir()})
    with pytest.raises(BrokenExtractError, match=r"имён которых в формате нет: terms \(1\).parquet"):
        preview_archive(empty_store, None, content, now=NOW)


@pytest.mark.parametrize("content", [b"", b"not a zip", zipped({"marks.csv": b"x" * 2000})[:-40]])
def test_what_is_no_archive_is_refused_in_words(empty_store: Store, content: bytes) -> None:
    with pytest.raises(BrokenExtractError, match="Архив не открывается"):
        preview_archive(empty_store, None, content, now=NOW)


def test_an_archive_that_unpacks_into_too_much_is_refused(
    empty_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "UNPACKED_BYTES", 1000)
    with pytest.raises(BrokenExtractError, match="слишком велик"):
        preview_archive(empty_store, None, zipped_extract(tmp_path / "in"), now=NOW)
