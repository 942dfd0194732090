"""A school year as a OneRoster 1.1 set: names of people, their classes, works and marks, for another system (п. 4.6)."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import IO

from school.calendar import school_year_title
from school.extracts.actions import note_roster_export, roster_tables
from school.extracts.store.roster_rows import ROSTER_FILES
from school.records import User
from school.store.connection import Store

VERSION, SYSTEM_NAME, SYSTEM_CODE = "1.1", "Электронный журнал", "school-register"
# Every file of the specification: whether this set has it, the manifest says of each.
_ALL_FILES = (
    "academicSessions", "categories", "classes", "classResources", "courses", "courseResources", "demographics", "enrollments",
    "lineItems", "orgs", "resources", "results", "users",
)  # fmt: skip
FILE_TITLES = {
    "academicSessions": "учебные периоды",
    "categories": "виды работ",
    "classes": "классы и группы",
    "courses": "предметы",
    "demographics": "дни рождения",
    "enrollments": "кто в каком классе",
    "lineItems": "работы",
    "orgs": "школы",
    "results": "отметки",
    "users": "люди",
}
ROWS_AT_ONCE = 10_000

Progress = Callable[[str], None]


def write_one_roster(
    store: Store, user: User | None, school_year: int, target: IO[bytes], *, now: datetime, progress: Progress
) -> dict[str, int]:
    """Write a school year as a ZIP of OneRoster 1.1 files, all of one moment, and return the rows of each file.

    Names of people and the birthdays of pupils are in it; marks for a term, those of the former school among them, and for the
    year are results of works in categories of their own. Raises AccessRefused, and Refusal for a year without classes.
    """
    counts = {}
    with (
        roster_tables(store, user, school_year) as (cursor, queries),
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        with _table(archive, "manifest", ("propertyName", "value")) as add:
            add(_manifest())
        for number, (file, (sql, asked)) in enumerate(queries.items(), start=1):
            progress(f"{FILE_TITLES[file].capitalize()} ({number} из {len(queries)})")
            rows = cursor.execute(sql, asked)
            counts[file] = 0
            with _table(archive, file, [column[0] for column in rows.description or ()]) as add:
                while chunk := rows.fetchmany(ROWS_AT_ONCE):
                    add(chunk)
                    counts[file] += len(chunk)
    listed = ", ".join(f"{FILE_TITLES[file]} — {count}" for file, count in counts.items() if count)
    note_roster_export(store, user, f"OneRoster, {school_year_title(school_year)}: {listed}", now=now)
    return counts


def one_roster_archive(
    store: Store, user: User | None, school_year: int, *, now: datetime, progress: Progress
) -> bytes:
    """Return the ZIP of ``write_one_roster``. Raises as it does."""
    buffer = io.BytesIO()
    write_one_roster(store, user, school_year, buffer, now=now, progress=progress)
    return buffer.getvalue()


def _manifest() -> list[tuple[str, str]]:
    modes = [(f"file.{name}", "bulk" if name in ROSTER_FILES else "absent") for name in _ALL_FILES]
    return [
        ("manifest.version", "1.0"),
        ("oneroster.version", VERSION),
        *modes,
        ("source.systemName", SYSTEM_NAME),
        ("source.systemCode", SYSTEM_CODE),
    ]


@contextmanager
def _table(
    archive: zipfile.ZipFile, name: str, columns: Sequence[str]
) -> Iterator[Callable[[Sequence[Sequence[object]]], None]]:
    with archive.open(f"{name}.csv", "w") as raw, io.TextIOWrapper(raw, "utf-8", newline="") as text:
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(columns)

        def add(rows: Sequence[Sequence[object]]) -> None:
            writer.writerows([_field(value) for value in row] for row in rows)

        yield add


def _field(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:g}"
    return value.isoformat() if isinstance(value, date) else str(value)
