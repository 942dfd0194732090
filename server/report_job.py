"""Makes the reports of an ended period by itself: one after another, each once, whenever the server stops and starts."""

import logging
import threading

from pipelines.reports.making import make_scheduled_report
from school.records import Role, User
from school.reports.lookups import orders_owed
from school.reports.records import ReportOrder
from server.session import School

SECONDS_BETWEEN_LOOKS = 60.0
# Reports wait for people: the first pages after a start come first, and a report takes a second of processor.
SECONDS_BEFORE_FIRST_LOOK = 40.0
SECONDS_BETWEEN_REPORTS = 8.0
# The schedule reads what a deputy head reads; it has no account and cannot sign in.
SCHEDULE = User(0, "", "по расписанию", frozenset({Role.DEPUTY}))
log = logging.getLogger(__name__)


class ReportKeeper:
    """One background thread of the server. What it has made stands in the store; what fails waits for the next start."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.failed: set[ReportOrder] = set()
        self.is_stopping = threading.Event()
        self.thread = threading.Thread(target=self._keep, name="report-keeper", daemon=True)

    def start(self) -> None:
        """Begin to look after the reports."""
        self.thread.start()

    def stop(self) -> None:
        """End the thread after the report that it is making."""
        self.is_stopping.set()
        self.thread.join(timeout=10)

    def _keep(self) -> None:
        self.is_stopping.wait(SECONDS_BEFORE_FIRST_LOOK)
        while not self.is_stopping.is_set():
            try:
                self.look()
            except Exception as fault:
                # Only the kind: a message might hold a pupil's data.
                log.error("The report keeper stumbled: %s", type(fault).__name__)
            self.is_stopping.wait(SECONDS_BETWEEN_LOOKS)

    def look(self, pause: float = SECONDS_BETWEEN_REPORTS) -> None:
        """Make what is owed, in seconds of ``pause`` one after another."""
        for order in orders_owed(self.school.store, self.school.clock()):
            if self.is_stopping.is_set():
                return
            if order not in self.failed:
                self._make(order)
                self.is_stopping.wait(pause)

    def _make(self, order: ReportOrder) -> None:
        try:
            make_scheduled_report(self.school, SCHEDULE, order)
        except Exception as fault:
            log.error("A scheduled report %s failed: %s", order.kind, type(fault).__name__)
            self.failed.add(order)
