"""Making a package: whatever ends it leaves a whole package or none, and the next start goes on (п. 6.5)."""

import resource
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator

import pytest
from closed_year import JUNE
from small_school import People

from school.archive.actions import ask_archive
from school.archive.lookups import archive_package, archive_page, archived_document
from school.archive.package.restoring import verify
from school.archive.records import ArchiveState
from school.errors import KeptFileLost
from school.processes import ROOT, OwnProcess
from school.store.connection import Store
from school.store.school import School
from server.documents import archive_job
from server.documents.archive_job import DISK, ArchiveMaker, Progress


def maker(store: Store) -> ArchiveMaker:
    return ArchiveMaker(School(store, lambda: JUNE))


def files_in(store: Store) -> list[str]:
    """Return what lies beside the database but its own files."""
    return sorted(each.name for each in store.path.parent.iterdir() if ".duckdb" not in each.name)


@pytest.fixture
def asked(closed_store: Store, people: People) -> int:
    """The id of a package that waits to be made."""
    return ask_archive(closed_store, people.secretary, 2026, now=JUNE)


def test_a_package_is_made_once_with_its_progress(closed_store: Store, people: People, asked: int) -> None:
    made = maker(closed_store)
    made.begin()
    seen: list[Progress | None] = []
    run = made.process.run

    def note(*arguments: str) -> Iterator[str]:
        seen.append(made.progress)
        return run(*arguments)

    made.process.run = note  # type: ignore[method-assign]
    made.look()
    made.look()
    assert [(each.done, each.total, each.title) for each in seen if each] == [
        (0, 3, "7А"),
        (1, 3, "8Б"),
        (2, 3, "опись и проверка пакета"),
    ]
    assert made.progress is None
    page = archive_page(closed_store, people.head, 2026, today=JUNE.date())
    assert page.made is not None
    assert page.documents[-1].packed.title == "Опись документов архива"
    _, file = archive_package(closed_store, people.head, asked)
    assert verify(file, file.parent).school_year == 2026
    _, content = archived_document(closed_store, people.head, page.documents[-1].document_id)
    assert content.startswith(b"%PDF")
    assert files_in(closed_store) == ["archives"]
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(KeptFileLost):
        archived_document(closed_store, people.head, page.documents[-1].document_id)


@pytest.mark.parametrize("step", [0, 2])
def test_a_kill_leaves_nothing_and_the_next_start_makes_it(
    closed_store: Store, people: People, asked: int, step: int
) -> None:
    killed = maker(closed_store)
    run, steps = killed.process.run, iter(range(9))

    def kill_at(*arguments: str) -> Iterator[str]:
        if next(steps) == step:
            killed.stop()
        return run(*arguments)

    killed.process.run = kill_at  # type: ignore[method-assign]
    killed.look()
    assert not [each for each in files_in(closed_store) if each.endswith(".zip")]
    page = archive_page(closed_store, people.head, 2026, today=JUNE.date())
    assert [each.state for each in page.archives] == [ArchiveState.ASKED]
    after = maker(closed_store)
    after.begin()
    after.look()
    _, file = archive_package(closed_store, people.head, asked)
    verify(file, file.parent)


def test_a_server_killed_at_any_moment_leaves_a_whole_package_or_none(
    closed_store: Store, people: People, asked: int
) -> None:
    """The whole maker in a process of its own, killed like by a power cut, a little later each time until it has come through."""
    folder = closed_store.path.parent
    closed_store.close()
    script = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
from datetime import datetime
from pathlib import Path
from school.store.connection import Store
from school.store.school import School
from server.documents.archive_job import ArchiveMaker
now = lambda: datetime(2027, 6, 10, 12)
store = Store(Path({str(closed_store.path)!r}), now)
maker = ArchiveMaker(School(store, now)); maker.begin(); maker.look(); store.close()
"""
    kills, came_through = 0, False
    for seconds in (2.0, 3.2, 60.0):
        process = subprocess.Popen([sys.executable, "-c", script])
        try:
            came_through = process.wait(timeout=seconds) == 0
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
        for each in folder.glob("archives/*"):
            verify(each, folder)
        if came_through:
            break
    assert came_through
    assert kills
    store = Store(closed_store.path, lambda: JUNE)
    try:
        assert len(list(folder.glob("archives/*"))) == 1
        assert not list(folder.glob("archive-*"))
        assert archive_page(store, people.head, 2026, today=JUNE.date()).made is not None
    finally:
        store.close()


def test_a_file_that_no_row_names_goes_at_the_next_start(closed_store: Store) -> None:
    folder = closed_store.path.parent
    (folder / "archives").mkdir()
    (folder / "archives" / "archive-2026-1.zip").write_bytes(b"half")
    (folder / "archive-left").mkdir()
    (folder / "archive-left" / "package.zip").write_bytes(b"half")
    maker(closed_store).begin()
    assert files_in(closed_store) == ["archives"]
    assert list((folder / "archives").iterdir()) == []


class SmallDisk(OwnProcess):
    """Processes that cannot write a file longer than some kilobytes, as on a disk that is full."""

    def __init__(self, kilobytes: int) -> None:
        super().__init__()
        self.most_bytes = kilobytes * 1024

    def run(self, module: str, *arguments: str) -> Iterator[str]:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (self.most_bytes, before[1]))
        try:
            yield from super().run(module, *arguments)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, old)


def test_a_full_disk_leaves_no_package_and_says_so(closed_store: Store, people: People, asked: int) -> None:
    made = maker(closed_store)
    made.process = SmallDisk(16)
    made.look()
    page = archive_page(closed_store, people.secretary, 2026, today=JUNE.date())
    assert page.problem == DISK
    assert page.made is None
    assert not [each for each in files_in(closed_store) if each != "archives"]
    assert not list(closed_store.path.parent.glob("archives/*"))
    # Asked for again it is made: no reason is wanted where there is no package yet.
    ask_archive(closed_store, people.secretary, 2026, now=JUNE)
    maker(closed_store).look()
    assert archive_page(closed_store, people.secretary, 2026, today=JUNE.date()).made is not None


def test_nothing_is_begun_where_it_could_fill_the_disk(
    closed_store: Store, people: People, asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_job, "has_space", lambda free, size: False)
    maker(closed_store).look()
    page = archive_page(closed_store, people.secretary, 2026, today=JUNE.date())
    assert "мало места на диске" in page.problem
    assert not [each for each in files_in(closed_store) if zipfile.is_zipfile(each)]
