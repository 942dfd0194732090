"""When a mark was entered is read as the school's clock showed it, whatever machine reads the extract (п. 5.5)."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from extracts import small_extract, write_extract

from school.clock import school_clock, school_zone
from school.extracts.load import import_extract
from school.store.connection import Store

# One instant, 16:30 in Moscow: after the hour by which a mark is to be entered.
ENTERED = datetime(2026, 9, 7, 16, 30)
SPELLINGS: dict[str, Any] = {
    "clock on the wall": "2026-09-07 16:30:00",
    "Greenwich": "2026-09-07T13:30:00Z",
    "Moscow": "2026-09-07T16:30:00+03:00",
    "Krasnoyarsk": "2026-09-07 20:30:00+07",
    "New York": "2026-09-07 09:30:00.000-0400",
}
INSTANTS = {
    "UTC": ENTERED.replace(tzinfo=timezone(timedelta(hours=3))).astimezone(UTC),
    "Moscow": ENTERED.replace(tzinfo=timezone(timedelta(hours=3))),
    "no zone": ENTERED,
}
# Reads a folder into a new register and prints when its marks were entered.
READ_ELSEWHERE = """
import sys
from datetime import datetime
from pathlib import Path
from school.extracts.load import import_extract
from school.store.connection import Store
now = datetime(2027, 6, 1, 12, 0)
store = Store(Path(sys.argv[2]), lambda: now)
import_extract(store, None, Path(sys.argv[1]), now=now)
print(store.read("SELECT DISTINCT recorded_at FROM marks")[0][0])
store.close()
"""


def entered_at(folder: Path, moment: Any, *, as_csv: bool) -> Path:
    extract = small_extract()
    extract["marks"] = [mark | {"recorded_at": moment} for mark in extract["marks"]]
    return write_extract(folder, extract, as_csv=as_csv)


@pytest.mark.parametrize("text", SPELLINGS.values(), ids=SPELLINGS)
def test_an_instant_in_csv_is_what_the_clock_of_the_school_showed(
    empty_store: Store, tmp_path: Path, text: str
) -> None:
    import_extract(empty_store, None, entered_at(tmp_path / "in", text, as_csv=True), now=ENTERED)
    assert empty_store.read("SELECT DISTINCT recorded_at FROM marks") == [(ENTERED,)]


@pytest.mark.parametrize("moment", INSTANTS.values(), ids=INSTANTS)
def test_an_instant_in_parquet_is_what_the_clock_of_the_school_showed(
    empty_store: Store, tmp_path: Path, moment: datetime
) -> None:
    import_extract(empty_store, None, entered_at(tmp_path / "in", moment, as_csv=False), now=ENTERED)
    assert empty_store.read("SELECT DISTINCT recorded_at FROM marks") == [(ENTERED,)]


@pytest.mark.parametrize("zone_of_machine", ["UTC", "Asia/Tokyo", "America/Los_Angeles"])
@pytest.mark.parametrize("as_csv", [False, True], ids=["parquet", "csv"])
def test_a_machine_of_another_zone_reads_the_same(
    tmp_path: Path, zone_of_machine: str, as_csv: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = "2026-09-07T13:30:00Z" if as_csv else INSTANTS["UTC"]
    folder = entered_at(tmp_path / "in", moment, as_csv=as_csv)
    monkeypatch.setenv("TZ", zone_of_machine)
    command = [sys.executable, "-c", READ_ELSEWHERE, str(folder), str(tmp_path / "school.duckdb")]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == str(ENTERED)


def test_a_school_elsewhere_names_its_zone_once(
    empty_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCHOOL_ZONE", "Asia/Vladivostok")
    folder = entered_at(tmp_path / "in", "2026-09-07T13:30:00Z", as_csv=True)
    import_extract(empty_store, None, folder, now=ENTERED)
    assert empty_store.read("SELECT DISTINCT recorded_at FROM marks") == [(ENTERED + timedelta(hours=7),)]
    there = datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=10)
    assert abs(school_clock()() - there) < timedelta(minutes=1)


def test_an_unknown_zone_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="Часового пояса «Москва» нет"):
        school_zone({"SCHOOL_ZONE": "Москва"})


def test_a_day_written_as_the_instant_of_its_beginning_is_that_day(
    empty_store: Store, tmp_path: Path
) -> None:
    extract = small_extract()
    extract["marks"] = [extract["marks"][0] | {"given_on": "2026-09-06T21:00:00Z"}]
    folder = write_extract(tmp_path / "in", extract, as_csv=True)
    assert import_extract(empty_store, None, folder, now=ENTERED).refused == []
    assert str(empty_store.read("SELECT given_on FROM mark_rows")[0][0]) == "2026-09-07"


def test_every_cursor_of_the_store_has_one_zone(tmp_path: Path) -> None:
    told = """
import sys
from datetime import datetime
from pathlib import Path
from school.store.connection import Store
store = Store(Path(sys.argv[1]), lambda: datetime(2027, 6, 1))
print(store.cursor().execute("SELECT TIMESTAMPTZ '2026-09-07 13:30:00Z'::VARCHAR").fetchall()[0][0])
print(store.write(lambda transaction: transaction.read("SELECT current_setting('TimeZone')"))[0][0])
store.close()
"""
    command = [sys.executable, "-c", told, str(tmp_path / "school.duckdb")]
    said = subprocess.run(command, env={"TZ": "Asia/Tokyo"}, capture_output=True, text=True, check=True)
    assert said.stdout.split("\n")[:2] == ["2026-09-07 13:30:00+00", "UTC"]
