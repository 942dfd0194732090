"""Makes the reports of an ended period by itself: one after another, each once, whenever the server stops and starts."""

import logging
import threading

from pipelines.reports.making import make_scheduled_report
from school.records import Role, User
from school.reports.lookups import orders_due
from school.reports.records import ReportOrder
from server.session import School

# Reports wait for people: a report takes a second of processor.
SECONDS_BETWEEN_REPORTS = 8.0
# The schedule reads what a deputy head reads; it has no account and cannot sign in.
SCHEDULE = User(0, "", "по расписанию", frozenset({Role.DEPUTY}))
log = logging.getLogger(__name__)


class ReportKeeper:
    """The reports of the schedule: what is made stands in the store, what fails waits for the next start."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.failed: set[ReportOrder] = set()
        self.is_stopping = threading.Event()

    def stop(self) -> None:
        """Make no more after the report that is being made."""
        self.is_stopping.set()

    def look(self, pause: float = SECONDS_BETWEEN_REPORTS) -> None:
        """Make what is due, one after another with a ``pause`` of so many seconds."""
        for order in orders_due(self.school.store, self.school.clock()):
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
