"""Makes the package of a school year: a class after another, each in a process of its own, then one file in one step (п. 6.5).

Whatever ends it leaves a whole package or none: until its file is renamed into its place, all lies in a folder that the next
start removes.
"""

import logging
import os
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.reports.year_archive.making import PACK, PACKAGE, Order, read_package, write_order
from school.archive import shelf
from school.archive.actions import fail_archive, keep_package
from school.archive.lookups import archive_to_make, classes_to_pack, known_packages
from school.archive.records import Archive
from school.backup.files import flush_folder
from school.backup.rules.keeping import has_space
from school.backup.taking import size_of
from school.errors import Refusal
from school.processes import OwnProcess, ProcessFault
from server.session import School

MAKER = "pipelines.reports.year_archive.making"
FOLDERS = "archive-"
KILLED = "Архив не сделан: серверу не хватило памяти. Попросите ещё раз, когда сервер будет свободнее."
FAILED = "Архив не сделан: ошибка программы. Подробности — в служебном журнале сервера."
DISK = "Архив не сделан: на диск ничего не записать. Освободите место и попросите ещё раз."
NO_SPACE = "Архив не начат: мало места на диске. Освободите место и попросите ещё раз."
# What a process says last where a disk took nothing or gave back something else: Python's fault, the database's, the check's.
DISK_FAULTS = ("OSError", "IOException", "Refusal")
log = logging.getLogger(__name__)

# Set by whoever does not want to wait for the next look.
asked = threading.Event()


@dataclass(frozen=True)
class Progress:
    """How far the package is: so many of so many steps are done, and which is being done."""

    done: int
    total: int
    title: str


class ArchiveMaker:
    """The packages that are asked for; one that a stop interrupts is begun again after the next start."""

    def __init__(self, school: School) -> None:
        """Begin to make the packages of a school; ``Job`` looks again and again."""
        self.school = school
        self.process = OwnProcess()
        self.progress: Progress | None = None

    @property
    def data(self) -> Path:
        """The folder of the school."""
        return self.school.store.path.parent

    def begin(self) -> None:
        """Remove what a server that was killed has left: unfinished folders, and files that no row names."""
        for folder in self.data.glob(f"{FOLDERS}*"):
            shutil.rmtree(folder, ignore_errors=True)
        shelf.drop_unknown(self.data, known_packages(self.school.store))

    def stop(self) -> None:
        """End the process that makes a package, if any."""
        self.process.stop()

    def look(self) -> None:
        """Make what waits, one package after another, until nothing waits or the server stops."""
        while not self.process.is_stopped and (archive := archive_to_make(self.school.store)) is not None:
            try:
                self._make(archive)
            finally:
                self.progress = None

    def _make(self, archive: Archive) -> None:
        try:
            self._pack(archive)
        except ProcessFault as fault:
            if not self.process.is_stopped:
                problem = KILLED if fault.is_killed else DISK if str(fault).endswith(DISK_FAULTS) else FAILED
                self._fail(archive, problem, str(fault))
        except OSError as fault:
            self._fail(archive, DISK, type(fault).__name__)
        except Refusal as refusal:
            self._fail(archive, str(refusal), type(refusal).__name__)
        except Exception as fault:
            self._fail(archive, FAILED, type(fault).__name__)

    def _pack(self, archive: Archive) -> None:
        store, now = self.school.store, self.school.clock()
        classes = classes_to_pack(store, archive)
        if not has_space(shutil.disk_usage(self.data).free, 2 * size_of(store.path)):
            raise Refusal(NO_SPACE)
        with TemporaryDirectory(prefix=FOLDERS, dir=self.data) as place:
            folder = Path(place)
            store.copy_to(folder / store.path.name)
            write_order(folder, Order(archive.school_year, now, archive.asked_by_name))
            for done, (class_id, name) in enumerate(classes.items()):
                self._step(folder, str(class_id), Progress(done, len(classes) + 1, name))
            self._step(folder, PACK, Progress(len(classes), len(classes) + 1, "опись и проверка пакета"))
            made = read_package(folder, shelf.file_name(archive))
            shelves = shelf.folder_of(self.data)
            os.replace(folder / PACKAGE, shelves / made.file_name)
            flush_folder(shelves)
        keep_package(store, archive.archive_id, made, now=self.school.clock())

    def _step(self, folder: Path, step: str, progress: Progress) -> None:
        self.progress = progress
        for _line in self.process.run(MAKER, str(folder), step):
            pass

    def _fail(self, archive: Archive, problem: str, kind: str) -> None:
        # Only the kind: a message might hold a pupil's data.
        log.error("The archive of %s failed: %s", archive.school_year, kind)
        fail_archive(self.school.store, archive.archive_id, problem, now=self.school.clock())


_makers: list[ArchiveMaker] = []


def keep_archives(school: School) -> ArchiveMaker:
    """Return the maker of the served school's packages, made when the server starts."""
    _makers[:] = [ArchiveMaker(school)]
    return _makers[0]


def archive_progress() -> Progress | None:
    """Return how far the package is that is being made, if one is."""
    return _makers[0].progress if _makers else None
