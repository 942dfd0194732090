"""Loading an extract in tests."""

from pathlib import Path

from extracts import NOW, Extract, write_extract

from school.extracts.actions import ImportReport
from school.extracts.load import import_extract
from school.store.connection import Store


def load(store: Store, folder: Path, extract: Extract, *, as_csv: bool = False) -> ImportReport:
    """Write the extract and load it; each of its rows is in one of the four counts."""
    report = import_extract(store, None, write_extract(folder, extract, as_csv=as_csv), now=NOW)
    assert report.rows is not None
    assert report.rows.total == sum(map(len, extract.values()))
    return report


def reasons(report: ImportReport) -> list[tuple[str, int, str]]:
    """Return the refused rows as table, line, reason."""
    return [(row.table, row.line, row.reason) for row in report.refused]
