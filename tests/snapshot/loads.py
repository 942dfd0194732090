"""«Загрузка данных»: what each file would bring, and what loading it and taking it back leave in the database."""

import sys
from collections.abc import Iterator
from pathlib import Path

from . import product
from .apart import run_apart
from .base import facts_of
from .database import dump_database
from .files import given_files
from .moment import DATABASE
from .screens import Screen

PERSON, PAGE = "admin", "imports"
# Loading these changes what the others are checked against: they are loaded last, one after another.
LOADED = (("pupils", "список.xlsx"), ("staff", "сотрудники.xlsx"), ("facts", "отметки.xlsx"))


def opened(kind: str) -> Screen:
    """Return the page with a kind of file chosen, run."""
    screen = Screen(PAGE, PERSON, {})
    control = screen.test.get("button_group")[0]
    if control.value != kind:
        control.set_value(kind)
        screen.run()
    return screen


def press(screen: Screen, label: str) -> None:
    """Press a button of a page."""
    next(button for button in screen.test.button if button.label == label).click()
    screen.run()


def _shown(files: dict[tuple[str, str], bytes], out: Path) -> Iterator[tuple[str, str]]:
    for (kind, name), content in files.items():
        screen = opened(kind)
        yield f"{kind}.template", "".join(f"{title}\n{text}\n" for title, text in screen.downloads())
        screen.test.get("file_uploader")[0].upload(name, content)
        screen.run()
        yield f"{kind}.{name}.seen", screen.text(out / "shared")
    for kind, name in LOADED:
        for attempt in ("loaded", "loaded_again"):
            screen = opened(kind)
            screen.test.get("file_uploader")[0].upload(name, files[kind, name])
            screen.run()
            labels = [button.label for button in screen.test.button]
            if "Загрузить" in labels:
                press(screen, "Загрузить")
            yield f"{kind}.{name}.{attempt}", screen.text(out / "shared")


def dump_loads(school: Path, scratch: Path, out: Path) -> str:
    """Bring every file to a copy of the school; returns what went wrong."""
    return run_apart("tests.snapshot.loads", school, scratch / "loads", out)


def main(folder: Path, out: Path) -> None:
    """Bring every file to the school of a folder."""
    texts = out / "loads"
    texts.mkdir(parents=True, exist_ok=True)
    database = folder / DATABASE
    files = given_files(database, facts_of(database)["year"])
    with product.opened_school(folder):
        for name, text in _shown(files, out):
            (texts / f"{name}.txt").write_text(text, encoding="utf-8")
    dump_database(database, texts / "database")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
