"""``python -m school.backup``: take, list, verify, restore and try backups from the command line (п. 6.1, 8.6).

Exit codes: 0 done, 1 it cannot be done and why, 2 the command was not understood.
"""

import argparse
import getpass
import json
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import duckdb

from school.backup import shelf
from school.backup.encryption import secret_in
from school.backup.lookups import copies_place
from school.backup.records import CAUSE_TITLES, RECIPIENT, Cause
from school.backup.restoring import restore, verify
from school.backup.rules.signs import bytes_text, minutes_text
from school.backup.taking import Source, alone, back_up, send_away, try_restoring
from school.clock import school_clock
from school.errors import Refusal
from school.processes import OwnProcess
from school.store.connection import DATABASE_NAME, data_directory

NOT_PICKED_UP_SECONDS, LONGEST_SECONDS, LOOK_SECONDS = 40.0, 3600.0, 0.2


class Parser(argparse.ArgumentParser):
    """Says in Russian what was not understood."""

    def error(self, message: str) -> NoReturn:
        """End with exit code 2."""
        self.exit(2, f"Команда не понята ({message}).\nСправка: python -m school.backup --help\n")


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says; return the exit code."""
    options = _options(arguments)
    commands: dict[str, Callable[[argparse.Namespace], int]] = {
        "now": _now,
        "list": _list,
        "verify": _verify,
        "restore": _restore,
        "drill": _drill,
    }
    try:
        return commands[options.command](options)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
    except OSError as problem:
        print(
            f"Диск не дал записать или прочитать: {problem.strerror} ({problem.filename}).", file=sys.stderr
        )
    return 1


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = Parser(prog="python -m school.backup", description="Резервные копии электронного журнала.")
    parser.add_argument(
        "--data", type=Path, default=data_directory(), help="папка журнала (SCHOOL_DATA или data/live)"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="КОМАНДА", parser_class=Parser)
    commands.add_parser("now", help="сделать копию сейчас; работающий сервер сделает её сам")
    commands.add_parser("list", help="показать копии")
    checked = commands.add_parser("verify", help="проверить копию: каждый файл и каждую таблицу")
    checked.add_argument("name", nargs="?", metavar="КОПИЯ", help="имя или папка копии; без него последняя")
    restored = commands.add_parser("restore", help="восстановить журнал в пустую папку")
    restored.add_argument("source", metavar="КОПИЯ", help="имя, папка копии или зашифрованный файл .tar.age")
    restored.add_argument("target", type=Path, metavar="ПАПКА", help="новая или пустая папка")
    restored.add_argument("--key", type=Path, metavar="ФАЙЛ", help="файл с закрытым ключом из сейфа")
    tried = commands.add_parser("drill", help="учебное восстановление: журнал от него не меняется")
    tried.add_argument("name", nargs="?", metavar="КОПИЯ", help="имя копии; без него последняя")
    return parser.parse_args(arguments)


def _say(stage: str) -> None:
    print(f"  {stage}…", flush=True)


def _now(options: argparse.Namespace) -> int:
    database = options.data / DATABASE_NAME
    if not database.is_file():
        raise Refusal(f"В папке {options.data} нет журнала.", next_step="Назовите его папку: --data ПАПКА.")
    with _opened(database) as cursor:
        if cursor is None:
            return _ask_server(shelf.folder_of(options.data))
        shelf.clear_leftovers(shelf.folder_of(options.data))
        process, clock = OwnProcess(), school_clock()
        made = back_up(
            Source(database, cursor, alone), Cause.COMMAND, getpass.getuser(), clock, process, _say
        )
        keys = cursor.execute("SELECT value FROM settings WHERE name = $name", {"name": RECIPIENT}).fetchall()
    print(f"Копия {made.name} сделана и проверена: {bytes_text(made.size)}, {minutes_text(made.seconds)}.")
    if (place := copies_place()) is not None:
        key = keys[0][0] if keys else ""
        sent = send_away(options.data, made.name, place, key, clock(), process, _say)
        if sent.problem:
            raise Refusal(f"В папку {place} копия не записана.", sent.problem)
        print(f"Зашифрованная копия записана в {place}.")
    return 0


@contextmanager
def _opened(database: Path) -> Iterator[duckdb.DuckDBPyConnection | None]:
    """Open a database that nobody has open, for reading only; None where a server has it."""
    try:
        connection = duckdb.connect(str(database), read_only=True)
    except duckdb.IOException as problem:
        if "lock" not in str(problem).lower():
            raise Refusal(
                "База данных не открывается: она испорчена.",
                next_step="Восстановите журнал из копии: restore.",
            ) from problem
        yield None
        return
    with connection:
        connection.execute("SET threads = 1; SET TimeZone = 'UTC'")
        yield connection


def _ask_server(folder: Path) -> int:
    """Let the running server take the backup: only it may read the database while it is open."""
    asked = folder / f"{shelf.ASKED}{secrets.token_hex(8)}"
    asked.touch(mode=0o600)
    done = asked.with_suffix(".done")
    print("Журнал открыт сервером: он делает копию сам…", flush=True)
    began = time.monotonic()
    while not done.exists():
        waited = time.monotonic() - began
        if (waited > NOT_PICKED_UP_SECONDS and asked.exists()) or waited > LONGEST_SECONDS:
            asked.unlink(missing_ok=True)
            raise Refusal(
                "Базу данных держит другая программа, и копии она не делает.",
                next_step="Нажмите «Сделать копию сейчас» на странице «Состояние» или остановите сервер и повторите.",
            )
        time.sleep(LOOK_SECONDS)
    answer = json.loads(done.read_text(encoding="utf-8"))
    done.unlink(missing_ok=True)
    if answer["name"]:
        print(f"Копия {answer['name']} сделана и проверена.")
    if answer["problem"]:
        raise Refusal(answer["problem"])
    return 0


def _list(options: argparse.Namespace) -> int:
    found = shelf.manifests(options.data / shelf.FOLDER)
    if not found:
        print("Копий ещё нет. Сделать: python -m school.backup now")
    for each in found:
        cause = CAUSE_TITLES.get(each.cause, each.cause)
        rows = sum(table.rows for table in each.tables.values())
        print(f"{each.name}  {bytes_text(each.size):>8}  записей {rows}  {cause}")
    return 0


def _place_of(options: argparse.Namespace, name: str | None) -> Path:
    """Return the folder or file of a backup: the newest, a path, or a name among the school's."""
    folder: Path = options.data / shelf.FOLDER
    if name is None:
        newest = next(iter(shelf.names(folder)), None)
        if newest is None:
            raise Refusal("Копий ещё нет.", next_step="Сделать: python -m school.backup now")
        return folder / newest
    return folder / name if (folder / name).exists() else Path(name)


def _verify(options: argparse.Namespace) -> int:
    manifest = verify(_place_of(options, options.name), _say)
    print(f"Копия {manifest.name} цела: файлов {len(manifest.files)}, таблиц {len(manifest.tables)}.")
    return 0


def _restore(options: argparse.Namespace) -> int:
    secret = secret_in(options.key) if options.key else ""
    source = _place_of(options, options.source)
    manifest = restore(source, options.target, school_clock()(), _say, secret=secret)
    print(
        f"Журнал «{manifest.school}» восстановлен в {options.target} по состоянию на {manifest.taken_at:%d.%m.%Y %H:%M}.\n"
        "Все сеансы завершены: каждый войдёт заново со своим паролем.\n"
        f"Запуск: SCHOOL_DATA={options.target} (см. руководство администратора)."
    )
    return 0


def _drill(options: argparse.Namespace) -> int:
    name = _place_of(options, options.name).name
    done = try_restoring(options.data, name, getpass.getuser(), school_clock(), OwnProcess(), _say)
    if done.problem:
        raise Refusal("Учебное восстановление не получилось.", done.problem)
    print(f"Копия {name} восстанавливается: {minutes_text(done.seconds)}. Журнал не менялся.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
