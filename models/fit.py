"""Fit a school's model apart from the running register: ``python -m models.fit FOLDER AS_OF SEED``.

FOLDER holds the journal, a Parquet file a table (fields of `tables.Tables`). Lines of progress in Russian go to the standard
output; `model.joblib` and `model.json` are left in FOLDER. The process steps back for the register's sake.
"""

import datetime as dt
import os
import sys
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import pandas as pd

from models.features.tables import JournalTables
from models.product.school_model import fit_school
from models.product.stored_model import write_model

NAME = "model"
STEPS_BACK = 15


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Leave the journal for the fitting process."""
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)


def main(arguments: list[str]) -> int:
    """Fit on the folder of the command line; 0 when the model is written."""
    folder, as_of, seed = Path(arguments[0]), dt.date.fromisoformat(arguments[1]), int(arguments[2])
    if hasattr(os, "nice"):
        os.nice(STEPS_BACK)
    names = [field.name for field in fields(JournalTables)]
    present = {name: folder / f"{name}.parquet" for name in names}
    tables = {name: pd.read_parquet(path) for name, path in present.items() if path.exists()}
    fitted = fit_school(JournalTables(**tables), as_of, seed=seed, progress=_say)
    _say("Записываем модель")
    write_model(folder, NAME, fitted.trained, {"as_of": as_of.isoformat(), "seed": seed, "card": fitted.card})
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
