"""``python -m demo``: make a demonstration school where there is none."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from demo.build import make_school
from demo.plan.accounts import DEMO_PASSWORD
from school.clock import school_clock
from school.errors import Refusal
from school.store.connection import DATABASE_NAME, Store, data_directory

QUIET_SECONDS = 1.0


def main(arguments: list[str] | None = None) -> int:
    """Make a school as the command line says; return the exit code."""
    options = _options(arguments)
    path = options.data / DATABASE_NAME
    was_there = path.exists()
    if was_there and options.if_missing:
        return 0
    # Whole seconds: a replayed moment makes the same school each time.
    now = school_clock()().replace(microsecond=0)
    try:
        store = Store(path, lambda: now)
    except duckdb.IOException:
        return _refuse(
            "База данных занята.",
            "С ней работает программа.",
            "Остановите её или выберите другую папку: --data ПАПКА.",
        )
    try:
        counts = make_school(
            store, pupils=options.pupils, years=options.years, seed=options.seed, now=now, say=_progress()
        )
    except Refusal as refusal:
        store.close()
        return _refuse(refusal.what, f"Папка: {options.data}.", "Выберите другую папку: --data ПАПКА.")
    except BaseException:
        store.close()
        if not was_there:
            path.unlink()
        raise
    store.close()
    print(f"Демонстрационная школа записана: {path}")
    print(", ".join(f"{title}: {count}" for title, count in counts.items()))
    print(f"Пароль всех учётных записей: {DEMO_PASSWORD}")
    return 0


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
    sys.exit(main())
