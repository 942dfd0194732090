"""The committed tables that a new school and a demonstration begin with: subjects, bell times, public holidays."""

import csv
import json
from datetime import time
from functools import cache
from pathlib import Path
from typing import Any

REFERENCE = Path(__file__).parents[1] / "data" / "reference"


def reference_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a table by its name."""
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def reference_schema(name: str) -> dict[str, Any]:
    """Return a JSON schema by its name."""
    schema: dict[str, Any] = json.loads((REFERENCE / f"{name}.schema.json").read_text(encoding="utf-8"))
    return schema


@cache
def bell_times() -> dict[int, tuple[time, time]]:
    """Return when each lesson number starts and ends."""
    return {
        int(row["number"]): (time.fromisoformat(row["starts_at"]), time.fromisoformat(row["ends_at"]))
        for row in reference_rows("bell_times")
    }


@cache
def public_holidays() -> tuple[tuple[int, int, str], ...]:
    """Return public holidays in term time: month, day, name."""
    return tuple((int(row["month"]), int(row["day"]), row["name"]) for row in reference_rows("days_off"))


@cache
def usual_subjects() -> tuple[tuple[str, str], ...]:
    """Return the subjects of the federal curriculum: name, area."""
    return tuple((row["name"], row["area"]) for row in reference_rows("subjects"))


@cache
def usual_work_types() -> tuple[tuple[str, str, float, bool], ...]:
    """Return the work types that schools begin with (п. 5.2): name, short name, weight, whether a written control."""
    return tuple(
        (row["name"], row["short_name"], float(row["weight"]), row["is_written_control"] == "1")
        for row in reference_rows("work_types")
    )
