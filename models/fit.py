"""Fit a school's model apart from the running register: ``python -m models.fit FOLDER AS_OF SEED``.

FOLDER holds the journal (`features.journal_folder`) and, where a district gave some, constants of other schools. Lines of progress in Russian go to the standard output; `model.joblib`
and `model.json` are left in FOLDER.
"""

import datetime as dt
import sys
from pathlib import Path

from models.features.journal_folder import read_journal
from models.product.district_constants import district_constants
from models.product.school_model import fit_school
from models.product.stored_model import write_model

NAME = "model"


def main(arguments: list[str]) -> int:
    """Fit on the folder of the command line; 0 when the model is written."""
    folder, as_of, seed = Path(arguments[0]), dt.date.fromisoformat(arguments[1]), int(arguments[2])
    journal, start = read_journal(folder), district_constants(folder)
    fitted = fit_school(journal, as_of, seed=seed, start=start, progress=_say)
    _say("Записываем модель")
    write_model(folder, NAME, fitted.trained, {"as_of": as_of.isoformat(), "seed": seed, "card": fitted.card})
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
