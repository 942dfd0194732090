"""``python -m demo``: make a demonstration school where there is none."""

import argparse
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from demo.build import make_school
from demo.plan.accounts import DEMO_PASSWORD
from demo.plan.year_calendar import last_school_moment
from school.clock import NOW_VARIABLE, school_clock
from school.errors import CannotOpen, Refusal, RuleRefused
from school.store.connection import DATABASE_NAME, Store, data_directory
from school.store.file.opening import check_not_gone
from school.store.file.privacy import FOLDER_MODE, keep_to_ourselves
from school.store.structure import has_school

QUIET_SECONDS = 1.0
UNFINISHED = ".unfinished"


def main(arguments: list[str] | None = None) -> int:
    """Make a school as the command line says; return the exit code."""
    options = _options(arguments)
    path = options.data / DATABASE_NAME
    if path.exists() and options.if_missing:
        return 0
    try:
        if path.exists():
            _check_empty(path)
        check_not_gone(path)
        counts = _make(options)
    except CannotOpen as problem:
        return _refuse(str(problem), "Можно выбрать и другую папку: --data ПАПКА.")
    except Refusal as refusal:
        return _refuse(refusal.what, f"Папка: {options.data}.", "Выберите другую папку: --data ПАПКА.")
    print(f"Демонстрационная школа записана: {path}")
    print(", ".join(f"{title}: {count}" for title, count in counts.items()))
    print(f"Пароль всех учётных записей: {DEMO_PASSWORD}")
    return 0


def _check_empty(database: Path) -> None:
    """Raise RuleRefused where a school is already, CannotOpen where somebody works with it."""
    store = Store(database, school_clock())
    try:
        if has_school(store):
            raise RuleRefused("Школа уже создана.")
    finally:
        store.close()


def _make(options: argparse.Namespace) -> dict[str, int]:
    """Make the school aside and put it in its place at the end, the database last: an interrupted one is never taken for whole."""
    options.data.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
    aside = options.data / UNFINISHED
    shutil.rmtree(aside, ignore_errors=True)
    # Whole seconds: a replayed moment makes the same school each time.
    now = school_clock()().replace(microsecond=0)
    if not os.environ.get(NOW_VARIABLE):
        now = last_school_moment(now)
    try:
        store = Store(aside / DATABASE_NAME, lambda: now)
        try:
            counts = make_school(
                store, pupils=options.pupils, years=options.years, seed=options.seed, now=now, say=_progress()
            )
        finally:
            store.close()
        for made in sorted(aside.iterdir(), key=lambda each: each.name == DATABASE_NAME):
            os.replace(made, options.data / made.name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return counts


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m demo", description="Создаёт демонстрационную школу, если школы ещё нет."
    )
    parser.add_argument("--pupils", type=_positive, default=300, help="сколько учеников (300)")
    parser.add_argument("--years", type=_positive, default=2, help="сколько учебных лет с текущим (2)")
    parser.add_argument(
        "--seed", type=int, default=1, help="начальное число: одинаковое даёт одинаковую школу (1)"
    )
    parser.add_argument("--data", type=Path, default=data_directory(), help="папка данных (SCHOOL_DATA)")
    parser.add_argument(
        "--if-missing", action="store_true", help="молча ничего не делать, если база уже есть"
    )
    return parser.parse_args(arguments)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("нужно целое число больше нуля")
    return number


def _progress() -> Callable[[str], None]:
    began = time.monotonic()

    def say(text: str) -> None:
        if time.monotonic() - began > QUIET_SECONDS:
            print(text, file=sys.stderr)

    return say


def _refuse(*sentences: str) -> int:
    print(" ".join(sentences), file=sys.stderr)
    return 1


if __name__ == "__main__":
    keep_to_ourselves()
    sys.exit(main())
