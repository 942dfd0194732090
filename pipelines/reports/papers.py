"""The printed documents of a class, each made apart from the running register: ``python -m pipelines.reports.papers FOLDER``.

FOLDER holds a copy of the school's database and ``order.json``. Each form of the document is left there as ``paper.FORM``,
or in ``refusal`` why there is nothing to print.
"""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from pipelines.reports.class_register.printing import attendance_summary, class_register
from pipelines.reports.summary.printing import marks_summary, pupil_summaries
from pipelines.reports.typesetting import page_count
from school.errors import RuleRefused
from school.paper.actions import PaperContent
from school.paper.records import PaperForm, PaperKind, PaperOrder
from school.paper.request import PaperRequest
from school.paper.rules import PAPERS
from school.paper.store import newest_event
from school.sign_in.store.users import users_by_id
from school.store.connection import DATABASE_NAME, Store

__all__ = ["MAKERS", "PaperRequest", "make_paper"]

ORDER, MADE_FROM, REFUSAL = "order.json", "made_from", "refusal"


Maker = Callable[[PaperRequest], Mapping[PaperForm, bytes]]
# Each makes all forms that ``PAPERS`` names; what has no maker is not offered.
MAKERS: dict[PaperKind, Maker] = {
    PaperKind.CLASS_REGISTER: class_register,
    PaperKind.MARKS_SUMMARY: marks_summary,
    PaperKind.ATTENDANCE_SUMMARY: attendance_summary,
    PaperKind.PUPIL_SUMMARIES: pupil_summaries,
}


def make_paper(request: PaperRequest, kind: PaperKind) -> PaperContent:
    """Make a document of a class. Raises RuleRefused where there is nothing to print."""
    forms = MAKERS[kind](request)
    assert set(forms) == set(PAPERS[kind].forms)
    return PaperContent(forms, page_count(forms[PaperForm.PDF]), newest_event(request.store))


def write_order(folder: Path, order: PaperOrder, user_id: int, now: datetime) -> None:
    """Leave what is asked for, by whom and as of when, beside the copy of the database."""
    asked = {**asdict(order), "user_id": user_id, "now": now.isoformat()}
    (folder / ORDER).write_text(json.dumps(asked), encoding="utf-8")


def read_paper(folder: Path, kind: PaperKind) -> PaperContent:
    """Return the document that the process has left in a folder. Raises RuleRefused where there is nothing to print."""
    if (folder / REFUSAL).exists():
        raise RuleRefused((folder / REFUSAL).read_text(encoding="utf-8"))
    forms = {form: (folder / f"paper.{form}").read_bytes() for form in PAPERS[kind].forms}
    made_from = int((folder / MADE_FROM).read_text(encoding="utf-8"))
    return PaperContent(forms, page_count(forms[PaperForm.PDF]), made_from)


def main(folder: Path) -> None:
    """Make the document of the folder's order."""
    asked = json.loads((folder / ORDER).read_text(encoding="utf-8"))
    now = datetime.fromisoformat(asked["now"])
    store = Store(folder / DATABASE_NAME, lambda: now)
    user = users_by_id(store, [asked["user_id"]])[asked["user_id"]]
    try:
        content = make_paper(PaperRequest(store, user, asked["class_id"], now), PaperKind(asked["kind"]))
    except RuleRefused as refusal:
        (folder / REFUSAL).write_text(str(refusal), encoding="utf-8")
    else:
        for form, made in content.forms.items():
            (folder / f"paper.{form}").write_bytes(made)
        (folder / MADE_FROM).write_text(str(content.made_from), encoding="utf-8")
    store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
