"""Forecast for classes of a school apart from the register: ``python -m models.snapshot FOLDER``.

FOLDER holds the journal (`features.journal_folder`) and what is asked, as `write_question` leaves it. The forecasts are left
there as a Parquet file, and their number is printed.
"""

import datetime as dt
import json
import sys
from collections.abc import Collection, Sequence
from dataclasses import asdict
from pathlib import Path

from models.features.journal_folder import read_journal
from models.features.tables import prepare
from models.forecasters.pool import unlearned_pool
from models.product.district_constants import district_constants
from models.product.school_forecast import school_forecast
from models.product.stored_model import ModelFile, read_model
from school.forecasts.lookups import ClassTerm

QUESTION = "question.json"


def write_question(
    folder: Path,
    terms: Sequence[ClassTerm],
    class_ids: Collection[int],
    as_of: dt.date,
    models: Path,
    file: ModelFile | None,
) -> None:
    """Leave what is asked: the term of each class of the school, which classes are asked about, the day, and the model's file in the folder ``models``.

    None: what has learned nothing of the school answers, by the district's constants where they lie there.
    """
    question = {
        "class_ids": sorted(class_ids),
        "as_of": as_of.isoformat(),
        "terms": [asdict(term) for term in terms],
        "models": str(models),
        "file": file and asdict(file),
    }
    (folder / QUESTION).write_text(json.dumps(question, default=dt.date.isoformat), encoding="utf-8")


def forecasts_file(folder: Path) -> Path:
    """Return where the forecasts are left."""
    return folder / "forecasts.parquet"


def main(folder: Path) -> None:
    """Answer the folder's question. Raises ModelFault where the model does not open."""
    question = json.loads((folder / QUESTION).read_text(encoding="utf-8"))
    as_of, terms = dt.date.fromisoformat(question["as_of"]), [_term(each) for each in question["terms"]]
    folder_of_models, file = Path(question["models"]), question["file"]
    model = (
        read_model(folder_of_models, ModelFile(**file))
        if file
        else unlearned_pool(district_constants(folder_of_models))
    )
    rows = school_forecast(prepare(read_journal(folder)), terms, as_of, question["class_ids"], model)
    rows.to_parquet(forecasts_file(folder), index=False)
    sys.stdout.write(f"{len(rows)}\n")


def _term(fields: dict[str, object]) -> ClassTerm:
    days = {name: dt.date.fromisoformat(str(fields[name])) for name in ("starts_on", "ends_on")}
    return ClassTerm(**{**fields, **days})  # type: ignore[arg-type]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
