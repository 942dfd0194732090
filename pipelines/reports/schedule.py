"""The reports that are due, made apart from the running register: ``python -m pipelines.reports.schedule FOLDER``.

FOLDER holds a copy of the school's database and ``orders.json``. Each document is left there as ``NUMBER.json``, and its
number is printed once it is whole; of an order that fails the number and the kind of the fault.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from pipelines.reports.document import Document, to_json
from pipelines.reports.periodic.build import report_document
from school.records import Role, User
from school.reports.records import ReportKind, ReportOrder, Span
from school.store.connection import DATABASE_NAME, Store

ORDERS = "orders.json"
# The schedule reads what a deputy head reads; it has no account and cannot sign in.
SCHEDULE = User(0, "", "по расписанию", frozenset({Role.DEPUTY}))


def scheduled_document(store: Store, order: ReportOrder, now: datetime) -> Document:
    """Return the document of a report that is due. Raises RuleRefused where there is nothing to report on."""
    return report_document(store, SCHEDULE, order, now=now)


def write_orders(folder: Path, orders: Sequence[ReportOrder], now: datetime) -> None:
    """Leave what is due, as of a moment, beside the copy of the database."""
    due = {"now": now.isoformat(), "orders": [asdict(order) for order in orders]}
    (folder / ORDERS).write_text(json.dumps(due), encoding="utf-8")


def document_file(folder: Path, number: int) -> Path:
    """Return where the document of an order is left, by its number among the orders."""
    return folder / f"{number}.json"


def _read_orders(folder: Path) -> tuple[list[ReportOrder], datetime]:
    due = json.loads((folder / ORDERS).read_text(encoding="utf-8"))
    orders = [
        ReportOrder(ReportKind(each["kind"]), Span(**each["span"]), each["about_id"])
        for each in due["orders"]
    ]
    return orders, datetime.fromisoformat(due["now"])


def main(folder: Path) -> None:
    """Make every document of the folder's orders."""
    orders, now = _read_orders(folder)
    store = Store(folder / DATABASE_NAME, lambda: now)
    for number, order in enumerate(orders):
        try:
            document_file(folder, number).write_bytes(to_json(scheduled_document(store, order, now)))
        except MemoryError:
            raise
        except Exception as fault:
            # The others are made all the same. Only the kind: a message might hold a pupil's data.
            _say(f"{number} {type(fault).__name__}")
        else:
            _say(str(number))
    store.close()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
