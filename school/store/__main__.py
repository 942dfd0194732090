"""``python -m school.store``: make an empty school (``create``), put a torn or lost log right (``repair``)."""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from school.clock import school_clock
from school.errors import CannotOpen
from school.store.connection import DATABASE_NAME, Store, data_directory
from school.store.file.opening import check_not_gone
from school.store.file.privacy import keep_to_ourselves, make_private
from school.store.file.repair import repair, repaired_words


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says; return the exit code."""
    options = _options(arguments)
    database = options.folder / DATABASE_NAME
    try:
        if options.command == "repair":
            print(repaired_words(repair(database, school_clock())))
        elif not (options.if_missing and database.exists()):
            _create(database)
            print(f"Пустая школа создана: {database}")
    except (CannotOpen, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def _create(database: Path) -> None:
    """Make an empty school, aside until it is whole; raises CannotOpen where one is already, or was."""
    if database.exists():
        raise CannotOpen(f"В папке {database.parent} школа уже есть. Ничего не изменено.")
    check_not_gone(database)
    make_private(database.parent)
    with TemporaryDirectory(prefix=".unfinished", dir=database.parent) as place:
        made = Path(place) / database.name
        Store(made, school_clock()).close()
        made.rename(database)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m school.store", description="Файлы школы.")
    commands = parser.add_subparsers(dest="command", required=True)
    create = commands.add_parser("create", help="создать пустую школу")
    create.add_argument(
        "--if-missing", action="store_true", help="молча ничего не делать, если школа уже есть"
    )
    mend = commands.add_parser(
        "repair", help="отложить повреждённый журнал изменений и сказать, что сохранилось"
    )
    for command, default in ((create, data_directory()), (mend, None)):
        command.add_argument(
            "folder",
            type=Path,
            nargs="?" if default else None,
            default=default,
            help="папка данных (SCHOOL_DATA)",
        )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    keep_to_ourselves()
    sys.exit(main())
