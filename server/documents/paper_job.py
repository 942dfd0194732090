"""Makes the printed documents that are asked for: one at a time, each in a process of its own; the queue stands in the store."""

import logging
import shutil
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.reports.papers import read_paper, write_order
from school.errors import Refusal, RuleRefused
from school.paper.actions import (
    FAILED,
    KILLED,
    begin_paper,
    fail_paper,
    keep_paper,
    put_back_paper,
    resume_papers,
)
from school.paper.records import QueuedOrder
from school.processes import OwnProcess, ProcessFault
from school.sign_in.lookups.sessions import known_user
from server.session import School

MAKER = "pipelines.reports.papers"
FOLDERS = "paper-"
NO_ACCOUNT = "Учётная запись того, кто попросил документ, закрыта. Попросите документ снова."
log = logging.getLogger(__name__)

# Set by whoever does not want to wait for the next look.
asked = threading.Event()


class PaperPrinter:
    """The queue of documents: a stop or a restart loses nothing but the document that was being made, which is begun again."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.process = OwnProcess()

    def begin(self) -> None:
        """Remove what a server that was killed has left, and let what it was at wait again."""
        for folder in self.school.store.path.parent.glob(f"{FOLDERS}*"):
            shutil.rmtree(folder, ignore_errors=True)
        resume_papers(self.school.store)

    def stop(self) -> None:
        """End the process that makes a document, if any; it is made after the next start."""
        self.process.stop()

    def look(self) -> None:
        """Make what waits, one document after another, until nothing waits or the server stops."""
        while not self.process.is_stopped and (queued := begin_paper(self.school.store)) is not None:
            self._print(queued)

    def _print(self, queued: QueuedOrder) -> None:
        store, now = self.school.store, self.school.clock()
        try:
            user = known_user(store, queued.asked_by, now.date())
            if user is None:
                raise RuleRefused(NO_ACCOUNT)
            with TemporaryDirectory(prefix=FOLDERS, dir=store.path.parent) as place:
                folder = Path(place)
                store.copy_to(folder / store.path.name)
                write_order(folder, queued.order, queued.asked_by, now)
                for _line in self.process.run(MAKER, str(folder)):
                    pass
                keep_paper(store, user, queued, read_paper(folder, queued.order.kind), now=now)
        except ProcessFault as fault:
            if self.process.is_stopped:
                put_back_paper(store, queued)
            else:
                self._fail(queued, KILLED if fault.is_killed else FAILED, str(fault))
        except Refusal as refusal:
            self._fail(queued, str(refusal), type(refusal).__name__)
        except Exception as fault:
            self._fail(queued, FAILED, type(fault).__name__)

    def _fail(self, queued: QueuedOrder, problem: str, kind: str) -> None:
        # Only the kind: a message might hold a pupil's data.
        log.error("A document %s failed: %s", queued.order.kind, kind)
        fail_paper(self.school.store, queued, problem)
