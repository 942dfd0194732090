"""Makes the reports of an ended period by itself: each once, in a process of its own, whenever the server stops and starts."""

import logging
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.reports.making import keep_scheduled
from pipelines.reports.schedule import document_file, write_orders
from school.processes import OwnProcess, ProcessFault
from school.reports.lookups import orders_due
from school.reports.records import ReportOrder
from server.session import School

MAKER = "pipelines.reports.schedule"
FOLDERS = "reports-"
log = logging.getLogger(__name__)


class ReportKeeper:
    """The reports of the schedule: what is made stands in the store, what fails waits for the next start."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.failed: set[ReportOrder] = set()
        self.process = OwnProcess()

    def begin(self) -> None:
        """Remove what a server that was killed has left."""
        for folder in self.school.store.path.parent.glob(f"{FOLDERS}*"):
            shutil.rmtree(folder, ignore_errors=True)

    def stop(self) -> None:
        """End the process that makes reports, if any; the rest is made after the next start."""
        self.process.stop()

    def look(self) -> None:
        """Make what is due: dozens of reports after a term, most of a second of processor each."""
        store, now = self.school.store, self.school.clock()
        orders = [order for order in orders_due(store, now) if order not in self.failed]
        if not orders or self.process.is_stopped:
            return
        with TemporaryDirectory(prefix=FOLDERS, dir=store.path.parent) as place:
            store.copy_to(Path(place) / store.path.name)
            write_orders(Path(place), orders, now)
            self._make(Path(place), orders)

    def _make(self, folder: Path, orders: list[ReportOrder]) -> None:
        """Keep each report as it comes; of a process that dies the report that it was at is not tried again."""
        number = 0
        try:
            for line in self.process.run(MAKER, str(folder)):
                made, _, fault = line.partition(" ")
                self._keep(document_file(folder, int(made)), orders[int(made)], fault)
                number = int(made) + 1
        except ProcessFault as fault:
            if not self.process.is_stopped:
                self._fail(orders[min(number, len(orders) - 1)], str(fault))

    def _keep(self, file: Path, order: ReportOrder, fault: str) -> None:
        if fault:
            self._fail(order, fault)
            return
        try:
            keep_scheduled(self.school, order, file.read_bytes())
        except Exception as problem:
            self._fail(order, type(problem).__name__)

    def _fail(self, order: ReportOrder, kind: str) -> None:
        log.error("A scheduled report %s failed: %s", order.kind, kind)
        self.failed.add(order)
