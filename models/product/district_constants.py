"""Constants that a district learned from its schools, for a school without a past of its own: a file beside the models.

It holds numbers of the model alone (`models.backtest --constants`); the administrator puts it there. A file that does not hold what it
should is not used.
"""

import dataclasses
import json
import shutil
from pathlib import Path

from models.forecasters.empirical_bayes import SOURCES, Constants

FILE = "district.json"
Stamp = tuple[int, int]
NO_FILE: Stamp = (0, 0)


def district_stamp(folder: Path) -> Stamp:
    """Return what changes when the file does; ``NO_FILE`` where there is none."""
    try:
        facts = (folder / FILE).stat()
    except OSError:
        return NO_FILE
    return facts.st_mtime_ns, facts.st_size


def hand_over(folder: Path, work: Path) -> None:
    """Lay the file, where there is one, into the folder of a process of its own."""
    if district_stamp(folder) != NO_FILE:
        shutil.copy(folder / FILE, work / FILE)


def district_constants(folder: Path) -> Constants | None:
    """Return the constants of the folder's file; None where there is none, or none that could be a model's."""
    try:
        found = json.loads((folder / FILE).read_text(encoding="utf-8"))
        constants = Constants(**{name: _number(value) for name, value in found.items()})  # type: ignore[arg-type]
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    return constants if _may_be(constants) else None


def _number(value: object) -> object:
    return tuple(float(each) for each in value) if isinstance(value, list) else float(str(value))


def _may_be(constants: Constants) -> bool:
    """Whether numbers are where they should be: positive worths and spreads, rising cuts within the marks."""
    fields = dataclasses.asdict(constants)
    numbers = [fields[name] for name in ("level_spread", "mark_spread", "rounding_spread")]
    if not isinstance(constants.worth, tuple) or not isinstance(constants.cuts, tuple):
        return False
    is_positive = all(isinstance(each, float) and 0 < each < 100 for each in [*numbers, *constants.worth])
    has_all = len(constants.worth) == len(SOURCES) and len(constants.cuts) == 3
    is_rising = list(constants.cuts) == sorted(constants.cuts) and all(
        1.0 < cut < 6.0 for cut in constants.cuts
    )
    return is_positive and has_all and is_rising and 0 < constants.whim_share < 1
