"""The package of a year, made apart from the running register: ``python -m pipelines.reports.year_archive.making FOLDER STEP``.

FOLDER holds a copy of the school's database and ``order.json``. A STEP is a class, by its id, or ``pack``, which comes last and
leaves ``package.zip`` with ``package.json`` once every byte was checked.
"""

import json
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pipelines.reports.papers import MAKERS, PaperRequest
from pipelines.reports.typesetting import page_count
from pipelines.reports.year_archive.inventory import (
    INVENTORY,
    INVENTORY_TABLE,
    Entry,
    inventory_pdf,
    inventory_table,
)
from pipelines.reports.year_archive.words import LONG, READ_ME, SHORT, kept_until, label, read_me
from school.archive.package.bag import make_bag, zip_bag
from school.archive.package.class_tables import write_class_tables
from school.archive.package.restoring import TABLES
from school.archive.package.tables import write_tables
from school.archive.records import MadePackage, PackedDocument
from school.archive.store.facts import class_names
from school.backup.files import all_files, sha256_of
from school.calendar import school_year_title
from school.errors import RuleRefused
from school.paper.records import PaperForm
from school.paper.rules import PAPERS
from school.records import Role, User
from school.sign_in.lookups.sessions import school_name
from school.store.connection import DATABASE_NAME, Store

ORDER, PACKAGE, RESULT, PACK = "order.json", "package.zip", "package.json", "pack"
FORM_TITLES = {PaperForm.PDF: "", PaperForm.XLSX: ", таблица"}
# Of a class's tables those by which the 25 years' summaries are checked.
LONG_KEPT = frozenset({"список.csv", "оценки за период.csv"})


@dataclass(frozen=True)
class Order:
    """A year to be packed: as of when, and who asked."""

    school_year: int
    now: datetime
    made_by: str


def write_order(folder: Path, order: Order) -> None:
    """Leave what is asked for beside the copy of the database."""
    plain = asdict(order) | {"now": order.now.isoformat()}
    (folder / ORDER).write_text(json.dumps(plain, ensure_ascii=False), encoding="utf-8")


def read_package(folder: Path, file_name: str) -> MadePackage:
    """Return what the last step has left, under the name that its file is to have."""
    plain = json.loads((folder / RESULT).read_text(encoding="utf-8"))
    return MadePackage(file_name, plain["sha256"], plain["size_bytes"], tuple(_packed(plain["documents"])))


def bag_folder(folder: Path, school_year: int) -> Path:
    """Return the folder that becomes the package."""
    return folder / f"архив-{school_year_title(school_year).replace('/', '-')}"


def class_folder(names: dict[int, str], class_id: int) -> str:
    """Return the folder of a class in a package: its name, and its number where two have the same."""
    name = "".join(sign if sign.isalnum() or sign in " -«»()" else "-" for sign in names[class_id]).strip()
    is_told_apart = list(names.values()).count(names[class_id]) == 1 and name not in {"", TABLES}
    return name if is_told_apart else f"{name or 'класс'} {class_id}"


def make_class(store: Store, order: Order, bag: Path, class_id: int) -> list[PackedDocument]:
    """Write the documents and the tables of a class; return the documents that go on paper, and their other forms."""
    names = class_names(store, order.school_year)
    place = class_folder(names, class_id)
    folder = bag / place
    folder.mkdir(parents=True)
    user = User(0, "", order.made_by, frozenset({Role.DEPUTY, Role.SECRETARY}))
    request = PaperRequest(store, user, class_id, order.now, is_archival=True)
    documents = []
    for kind, maker in MAKERS.items():
        try:
            forms = maker(request)
        except RuleRefused:
            # Nothing to print: a class without lessons has no register.
            continue
        rule = PAPERS[kind]
        for form, content in forms.items():
            file = folder / f"{rule.title}.{form}"
            file.write_bytes(content)
            documents.append(
                PackedDocument(
                    kind,
                    class_id,
                    names[class_id],
                    f"{rule.title} {names[class_id]}{FORM_TITLES[form]}",
                    f"{place}/{file.name}",
                    page_count(content) if form is PaperForm.PDF else 0,
                    kept_until(order.school_year, rule.years_kept),
                    sha256_of(file),
                )
            )
    write_class_tables(store.cursor(), folder, class_id)
    return documents


def pack(store: Store, order: Order, bag: Path, documents: Sequence[PackedDocument]) -> MadePackage:
    """Add the tables, the inventory and the words, and make all of it one checked file beside the bag."""
    school, year, day = school_name(store), order.school_year, order.now.date()
    write_tables(store.cursor(), bag / TABLES, year)
    (bag / READ_ME).write_text(read_me(school, year, day), encoding="utf-8")
    entries = _entries(bag, order, documents)
    (bag / INVENTORY_TABLE).write_text(inventory_table(entries), encoding="utf-8")
    inventory = inventory_pdf(entries, school, year, order.made_by, order.now)
    (bag / INVENTORY).write_bytes(inventory)
    last = PackedDocument(
        "inventory",
        None,
        "",
        "Опись документов архива",
        INVENTORY,
        page_count(inventory),
        kept_until(year, LONG),
        sha256_of(bag / INVENTORY),
    )
    make_bag(bag, label(school, year, day))
    file = bag.parent / PACKAGE
    file.unlink(missing_ok=True)
    sha256 = zip_bag(bag, file)
    on_paper = (*(each for each in documents if each.pages), last)
    return MadePackage(PACKAGE, sha256, file.stat().st_size, on_paper)


def _entries(bag: Path, order: Order, documents: Sequence[PackedDocument]) -> list[Entry]:
    """Return the files of a package: documents first, then every other file in the order of its name."""
    entries = [
        Entry(
            each.title,
            each.path,
            each.pages or None,
            each.kept_until.year - order.school_year - 1,
            each.kept_until,
            each.sha256,
        )
        for each in documents
    ]
    known = {each.path for each in documents}
    for file in all_files(bag):
        path = file.relative_to(bag).as_posix()
        if path not in known:
            years = (
                LONG if file.name in LONG_KEPT or "/" not in path or path.startswith(f"{TABLES}/") else SHORT
            )
            title = f"{file.parent.name}: {file.stem}" if "/" in path else file.stem
            entries.append(
                Entry(title, path, None, years, kept_until(order.school_year, years), sha256_of(file))
            )
    return entries


def main(folder: Path, step: str) -> None:
    """Do one step of the folder's order."""
    plain = json.loads((folder / ORDER).read_text(encoding="utf-8"))
    order = replace(Order(**plain), now=datetime.fromisoformat(plain["now"]))
    bag = bag_folder(folder, order.school_year)
    store = Store(folder / DATABASE_NAME, lambda: order.now)
    if step == PACK:
        documents = [each for file in folder.glob("class-*.json") for each in _read(file)]
        ranks = {class_id: rank for rank, class_id in enumerate(class_names(store, order.school_year))}
        documents.sort(key=lambda each: ranks[each.class_id or 0])
        made = pack(store, order, bag, documents)
        _write(folder / RESULT, asdict(made))
        shutil.rmtree(bag)
    else:
        _write(
            folder / f"class-{step}.json", [asdict(each) for each in make_class(store, order, bag, int(step))]
        )
    store.close()


def _write(file: Path, plain: object) -> None:
    file.write_text(json.dumps(plain, ensure_ascii=False, default=str), encoding="utf-8")


def _read(file: Path) -> list[PackedDocument]:
    return _packed(json.loads(file.read_text(encoding="utf-8")))


def _packed(plain: list[dict[str, Any]]) -> list[PackedDocument]:
    return [
        PackedDocument(**{**each, "kept_until": date.fromisoformat(each["kept_until"])}) for each in plain
    ]


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), sys.argv[2])
    except Exception as fault:
        # Ending as usual the database's library would say last what it leaked, and nobody would learn the kind of the fault.
        sys.stderr.write(f"{type(fault).__name__}\n")
        sys.stderr.flush()
        os._exit(1)
