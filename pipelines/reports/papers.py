"""The printed documents of a class, each made apart from the running register: ``python -m pipelines.reports.papers FOLDER``.

FOLDER holds a copy of the school's database and ``order.json``. Each form of the document is left there as ``paper.FORM``.
"""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from pipelines.reports.summary.printing import class_sheet_pdf, pupil_sheets_pdf
from pipelines.reports.summary.workbook import class_sheet_xlsx
from pipelines.reports.typesetting import ARCHIVAL, Standard, page_count
from school.councils.lookups import class_year, sheet_look_of
from school.councils.records import ClassYear
from school.councils.rules import SheetLook
from school.errors import RuleRefused
from school.paper.actions import PaperContent
from school.paper.records import PaperForm, PaperKind, PaperOrder
from school.paper.rules import PAPERS
from school.paper.store import newest_event
from school.records import User
from school.sign_in.store.users import users_by_id
from school.store.connection import DATABASE_NAME, Store

ORDER = "order.json"


@dataclass(frozen=True)
class PaperRequest:
    """What a maker works from: the store, for whom, which class, as of when; ``is_archival``: its PDF is a PDF/A-2a."""

    store: Store
    user: User
    class_id: int
    now: datetime
    is_archival: bool = False

    @property
    def standard(self) -> Standard | None:
        """Which PDF/A its PDF is to be, if any."""
        return ARCHIVAL if self.is_archival else None


Maker = Callable[[PaperRequest], Mapping[PaperForm, bytes]]


def _class_year(request: PaperRequest) -> tuple[ClassYear, SheetLook]:
    year = class_year(request.store, request.user, request.class_id)
    if not year.terms or not year.pupils:
        raise RuleRefused("У класса нет учебных периодов или учеников: печатать нечего.")
    return year, sheet_look_of(request.store, request.user)


def _marks_summary(request: PaperRequest) -> dict[PaperForm, bytes]:
    year, look = _class_year(request)
    pdf = class_sheet_pdf(year, look, now=request.now, standard=request.standard)
    return {PaperForm.PDF: pdf, PaperForm.XLSX: class_sheet_xlsx(year, look)}


def _pupil_summaries(request: PaperRequest) -> dict[PaperForm, bytes]:
    year, look = _class_year(request)
    return {PaperForm.PDF: pupil_sheets_pdf(year, look, now=request.now, standard=request.standard)}


# Each makes all forms that ``PAPERS`` names; what has no maker is not offered.
MAKERS: dict[PaperKind, Maker] = {
    PaperKind.MARKS_SUMMARY: _marks_summary,
    PaperKind.PUPIL_SUMMARIES: _pupil_summaries,
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
    """Return the document that the process has left in a folder."""
    forms = {form: (folder / f"paper.{form}").read_bytes() for form in PAPERS[kind].forms}
    made_from = int((folder / "made_from").read_text(encoding="utf-8"))
    return PaperContent(forms, page_count(forms[PaperForm.PDF]), made_from)


def main(folder: Path) -> None:
    """Make the document of the folder's order."""
    asked = json.loads((folder / ORDER).read_text(encoding="utf-8"))
    now = datetime.fromisoformat(asked["now"])
    store = Store(folder / DATABASE_NAME, lambda: now)
    user = users_by_id(store, [asked["user_id"]])[asked["user_id"]]
    content = make_paper(PaperRequest(store, user, asked["class_id"], now), PaperKind(asked["kind"]))
    for form, made in content.forms.items():
        (folder / f"paper.{form}").write_bytes(made)
    (folder / "made_from").write_text(str(content.made_from), encoding="utf-8")
    store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
