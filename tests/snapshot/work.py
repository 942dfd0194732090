"""Work shared out over processes: each opens views on a copy of the school of its own, so that none sees another's traces."""

import os
import shutil
import traceback
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from . import product
from .base import secret_of
from .documents import document_text
from .moment import PEOPLE
from .normal import normal
from .screens import Screen
from .views import View

_open = ExitStack()
_state: dict[str, Any] = {}


def start(school: Path, scratch: Path, out: Path) -> None:
    """Begin a process: copy the school and open it."""
    folder = scratch / f"school-{os.getpid()}"
    shutil.copytree(school, folder)
    _state["here"] = _open.enter_context(product.opened_school(folder))
    _state["folder"], _state["out"] = folder, out
    _state["version"] = _state["here"].store.version


def file_for(out: Path, page: str, name: str) -> Path:
    """Return the file of a view, its folder made."""
    folder = out / "pages" / (page or "home")
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.txt"


def dump_view(view: View) -> str:
    """Open a view and write what it shows; returns what went wrong, in a word, or an empty string."""
    out: Path = _state["out"]
    target = file_for(out, view.page, str(view.name))
    try:
        screen = Screen(view.page, view.person, view.address)
        text = screen.text(out / "shared")
        # The forms of reports stand in a folder of their own: here each of them would come once a reader.
        downloads = () if view.page == "reports" else screen.downloads()
        files = [f"===== {name}\n{content}\n" for name, content in downloads]
    except Exception:
        target.write_text(normal(traceback.format_exc()), encoding="utf-8")
        return f"{target}: {traceback.format_exc().splitlines()[-1]}"
    target.write_text(text, encoding="utf-8")
    if files:
        target.with_suffix(".files.txt").write_text("".join(files), encoding="utf-8")
    version = _state["here"].store.version
    if version != _state["version"]:
        _state["version"] = version
        return f"{target}: opening it wrote into the school"
    return ""


def dump_report(report_id: int) -> str:
    """Write a report that the deputy head may read in each of its forms; returns an empty string."""
    here, out = _state["here"], _state["out"] / "reports"
    out.mkdir(parents=True, exist_ok=True)
    user = product.user_of(here, secret_of("deputy"))
    made = next(row for row in product.shelf(here.store, user).reports if row.report_id == report_id)
    order = made.order
    place = f"{order.span.school_year}-{order.span.term_kind}-{order.span.term_number}"
    name = f"{order.kind}.{place}.{order.about_id or 'school'}.{report_id}"
    for form in product.FORMS:
        title = product.file_name(made, form)
        text = document_text(product.drawn(here, user, report_id, form), title)
        (out / f"{name}.{form.ending}.txt").write_text(normal(f"{title}\n{text}\n"), encoding="utf-8")
    return ""


def dump_shelves() -> str:
    """Write who finds which made reports on their page, and which they may make again; returns an empty string."""
    here, lines = _state["here"], []
    for person in PEOPLE:
        shelf = product.shelf(here.store, product.user_of(here, secret_of(person)))
        lines.append(f"== {person}, again: {sorted(shelf.remakeable)}")
        lines.extend(normal(str(row)) for row in shelf.reports)
    (_state["out"] / "report_shelves.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return ""
