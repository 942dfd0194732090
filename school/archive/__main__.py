"""``python -m school.archive``: check the package of a school year, and make a school of it in an empty folder (п. 2.4, 6.5).

Exit codes: 0 done, 1 it cannot be done and why, 2 the command was not understood.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

from school.archive.package.restoring import restore, verify
from school.calendar import school_year_title
from school.clock import school_clock
from school.errors import CannotOpen, Refusal
from school.numbers import counted, number_text
from school.store.file.privacy import keep_to_ourselves

# What whoever restores wants to see first.
NAMED = {
    "classes": "классов",
    "pupils": "учеников",
    "lessons": "уроков",
    "marks": "отметок",
    "absences": "пропусков",
    "term_marks": "отметок за период",
    "year_marks": "отметок за год",
    "events": "записей об изменениях",
}


class Parser(argparse.ArgumentParser):
    """Says in Russian what was not understood."""

    def error(self, message: str) -> NoReturn:
        """End with exit code 2."""
        self.exit(2, f"Команда не понята ({message}).\nСправка: python -m school.archive --help\n")


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says; return the exit code."""
    options = _options(arguments)
    try:
        if options.command == "verify":
            _verify(options.package)
        else:
            _restore(options.package, options.data)
    except (Refusal, CannotOpen) as refusal:
        print(refusal, file=sys.stderr)
    except OSError as problem:
        print(
            f"Диск не дал записать или прочитать: {problem.strerror} ({problem.filename}).", file=sys.stderr
        )
    else:
        return 0
    return 1


def _verify(package: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        schema = verify(package, Path(place))
    rows = sum(each.rows for each in schema.tables.values())
    print(
        f"Пакет цел: {school_year_title(schema.school_year)} учебный год, {counted(len(schema.tables), 'таблица', 'таблицы', 'таблиц')}, "
        f"{counted(rows, 'строка', 'строки', 'строк')}."
    )


def _restore(package: Path, data: Path) -> None:
    done = restore(package, data, school_clock()(), lambda stage: print(f"  {stage}…", flush=True))
    print(f"Журнал {school_year_title(done.school_year)} учебного года восстановлен в {data}. Загружено:")
    for table, words in NAMED.items():
        print(f"  {words}: {number_text(done.rows.get(table, 0))}")
    print(
        "Паролей в архиве нет: войти пока не может никто. Впустите администратора:\n"
        f"  python -m school.invitations administrator {data}\n"
        f"Запуск: SCHOOL_DATA={data} (см. руководство администратора)."
    )


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = Parser(prog="python -m school.archive", description="Архив учебного года.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="КОМАНДА", parser_class=Parser)
    checked = commands.add_parser("verify", help="проверить пакет: каждый файл по SHA-256 и SHA-512")
    restored = commands.add_parser("restore", help="сделать журнал из одного пакета в пустой папке")
    for each in (checked, restored):
        each.add_argument("package", type=Path, metavar="ПАКЕТ", help="файл .zip или распакованная папка")
    restored.add_argument("--data", type=Path, required=True, metavar="ПАПКА", help="новая или пустая папка")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    keep_to_ourselves()
    sys.exit(main())
