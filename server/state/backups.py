"""Keeps the school's backups beside its visitors: every night, when asked, and before what changes much (п. 6.1, 8.6)."""

import json
import logging
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from school.backup import shelf
from school.backup.actions import check_may_keep_backups
from school.backup.lookups import copies_key, copies_place, name_of, school_began_at, source_of
from school.backup.records import Cause, Deed, Manifest
from school.backup.rules.keeping import is_due
from school.backup.taking import back_up, send_away, try_restoring
from school.errors import Refusal
from school.processes import OwnProcess
from school.records import User
from server.session import School

log = logging.getLogger(__name__)
TAKEN, DONE = ".taken", ".done"


@dataclass(frozen=True)
class Doing:
    """What is being done with backups now, and at which stage."""

    deed: Deed
    stage: str = ""


@dataclass(frozen=True)
class Asked:
    """What somebody asked for: who, and the file of the command that waits for an answer."""

    deed: Deed
    who: str
    cause: Cause = Cause.BUTTON
    file: Path | None = None


class BackupKeeper:
    """The backups of an open school: one thing at a time."""

    def __init__(self, school: School) -> None:
        """Begin to keep the backups of a school; ``Job`` looks again and again."""
        self.school = school
        self.began_at = school.clock()
        self.school_began_at = school_began_at(school.store)
        self.process = OwnProcess()
        self.doing: Doing | None = None
        self.asked = threading.Event()
        self._waiting: deque[Asked] = deque()
        self._busy = threading.Lock()

    @property
    def data(self) -> Path:
        """The folder of the school."""
        return self.school.store.path.parent

    @property
    def folder(self) -> Path:
        """The folder of its backups."""
        return shelf.folder_of(self.data)

    def begin(self) -> None:
        """Remove what a server that was killed has left."""
        shelf.clear_leftovers(self.folder)

    def stop(self) -> None:
        """End the process that copies, if any: its half is removed, and the copy is taken after the next start."""
        self.process.stop()

    def ask(self, user: User, deed: Deed) -> None:
        """Have a backup taken or a restore tried, beside the visitors. Raises AccessRefused."""
        check_may_keep_backups(user)
        if self.doing is None and not self._waiting:
            self.doing = Doing(deed)
            self._waiting.append(Asked(deed, name_of(self.school.store, user)))
            self.asked.set()

    def look(self) -> None:
        """Do what was asked for, by people or by the command, and the nightly backup when it is due."""
        for asked in self._requests():
            self._do(asked)
        now, last = self.school.clock(), shelf.last_taken(self.folder)
        if is_due(now, last) and is_due(now, last, self._failed_at()):
            self._do(Asked(Deed.BACKUP, "", Cause.NIGHT))

    def _failed_at(self) -> datetime | None:
        last = shelf.last_outcome(shelf.outcomes(self.folder), Deed.BACKUP)
        return last.at if last is not None and last.problem else None

    def _requests(self) -> Iterator[Asked]:
        while self._waiting:
            yield self._waiting.popleft()
        for file in sorted(self.folder.glob(f"{shelf.ASKED}*")):
            if not file.suffix:
                taken = file.rename(file.with_suffix(TAKEN))
                yield Asked(Deed.BACKUP, "", Cause.COMMAND, taken)

    def _do(self, asked: Asked) -> None:
        name = problem = ""
        self.doing = Doing(asked.deed)
        try:
            if asked.deed is Deed.DRILL:
                problem = self._drill(asked.who)
            else:
                name, problem = self._back_up(asked)
        except Refusal as refusal:
            problem = str(refusal)
        finally:
            self.doing = None
            if asked.file is not None:
                _answer(asked.file, name, problem)
        if problem and not self.process.is_stopped:
            log.error("A %s failed", asked.deed)

    def _back_up(self, asked: Asked) -> tuple[str, str]:
        """Take a backup, send it to the other place if there is one; return its name and what went wrong with the latter."""
        made = self.take(asked.cause, asked.who)
        place = copies_place()
        if place is None:
            return made.name, ""
        with self._one(Deed.COPY):
            key, now = copies_key(self.school.store), self.school.clock()
            sent = send_away(self.data, made.name, place, key, now, self.process, self._say)
        return made.name, sent.problem

    def _drill(self, who: str) -> str:
        newest = next(iter(shelf.names(self.folder)), None)
        if newest is None:
            newest = self.take(Cause.BUTTON, who).name
        with self._one(Deed.DRILL):
            return try_restoring(self.data, newest, who, self.school.clock, self.process, self._say).problem

    def take(self, cause: Cause, who: str) -> Manifest:
        """Take a backup now, after what is being done. Raises Refusal."""
        with self._one(Deed.BACKUP):
            source = source_of(self.school.store)
            try:
                return back_up(source, cause, who, self.school.clock, self.process, self._say)
            finally:
                source.cursor.close()

    @contextmanager
    def _one(self, deed: Deed) -> Iterator[None]:
        with self._busy:
            # Between the steps of one thing it is not over yet.
            before, self.doing = self.doing, Doing(deed)
            try:
                yield
            finally:
                self.doing = before

    def _say(self, stage: str) -> None:
        if self.doing is not None:
            self.doing = Doing(self.doing.deed, stage)


def _answer(taken: Path, name: str, problem: str) -> None:
    """Let the command know how it went: it waits for this very file."""
    taken.write_text(json.dumps({"name": name, "problem": problem}, ensure_ascii=False), encoding="utf-8")
    taken.rename(taken.with_suffix(DONE))


_keepers: list[BackupKeeper] = []


def keep_backups(school: School) -> BackupKeeper:
    """Return the keeper of the served school's backups, made when the server starts."""
    _keepers[:] = [BackupKeeper(school)]
    return _keepers[0]


def keeper() -> BackupKeeper | None:
    """Return the keeper of the served school's backups; None where no server runs, as in a test of one page."""
    return _keepers[0] if _keepers else None


def back_up_before(cause: Cause, user: User) -> None:
    """Take a backup before something that changes much; nothing is done without one. Raises Refusal.

    Where nothing was changed since the newest backup that one does. Without a server nobody keeps backups.
    """
    here = keeper()
    if here is None:
        return
    try:
        here.take(cause, name_of(here.school.store, user))
    except Refusal as refusal:
        raise Refusal(
            "Сначала нужна резервная копия, а она не получилась; журнал не менялся.",
            str(refusal),
            "Сообщите администратору журнала.",
        ) from refusal
