"""The database of an update as a file: held, copied, brought up, looked through. Nothing here knows what a school is."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb

from school.errors import RuleRefused
from school.store.connection import MIGRATIONS, migrate
from school.update.rules import Migrations

TOLD_APART_BY = "lock"
COPY_TRIES = 5
SMALL_FILE_BYTES = 1024**2
Connection = duckdb.DuckDBPyConnection


@contextmanager
def opened(path: Path) -> Iterator[Connection]:
    """Hold a database alone. Raises RuleRefused in words where there is none, another process has it, or it is broken."""
    check_is_there(path)
    try:
        connection = duckdb.connect(str(path))
    except duckdb.IOException as problem:
        if TOLD_APART_BY in str(problem):
            raise RuleRefused(
                "Журнал сейчас работает, базу держит он.",
                next_step="Остановите службу (systemctl stop school-register) и повторите.",
            ) from problem
        raise _broken(path) from problem
    except duckdb.Error as problem:
        raise _broken(path) from problem
    with connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


def check_is_there(path: Path) -> None:
    """Raise RuleRefused where there is no database: nobody wants a new school by a mistyped folder."""
    if not path.is_file():
        raise RuleRefused(
            f"В папке {path.parent} нет базы школы ({path.name}).", next_step="Проверьте путь к папке."
        )


def _broken(path: Path) -> RuleRefused:
    return RuleRefused(
        f"База {path.name} не открывается: файл или его журнал повреждён.",
        next_step="Обновлять её нельзя: сначала восстановите школу из резервной копии.",
    )


def migrations_of(connection: Connection) -> Migrations:
    """Return what the database has had beside what the program knows. Raises RuleRefused for what is no school."""
    try:
        rows = connection.execute("SELECT name FROM migrations ORDER BY name").fetchall()
    except duckdb.CatalogException as problem:
        raise RuleRefused(
            "Это не база школы: в ней нет перечня обновлений.", next_step="Проверьте путь к папке."
        ) from problem
    return Migrations(
        tuple(sorted(path.stem for path in MIGRATIONS.glob("*.sql"))), tuple(row[0] for row in rows)
    )


def bring_up(connection: Connection, now: datetime) -> None:
    """Apply the pending migrations. Raises RuleRefused that names the one that failed, without its values."""
    try:
        migrate(connection, MIGRATIONS, now)
    except (duckdb.Error, OSError) as problem:
        failed = next(iter(migrations_of(connection).pending), "")
        raise RuleRefused(
            f"Обновление базы «{failed}» не удалось ({type(problem).__name__}).",
            "Школа осталась такой, какой была.",
            "Работайте на прежней версии и сообщите это разработчикам.",
        ) from problem


def counts(connection: Connection) -> dict[str, int]:
    """Return how many rows each table holds."""
    return {name: _one(connection, f'SELECT count(*) FROM "{name}"') for name in _names(connection, "tables")}


def fingerprints(connection: Connection) -> dict[str, tuple[int, int]]:
    """Return rows and a hash of all values of each table: every block of the file is read, and its checksum looked at."""
    return {
        name: connection.execute(
            f'SELECT count(*), coalesce(bit_xor(hash(t)), 0) FROM "{name}" t'
        ).fetchall()[0]
        for name in _names(connection, "tables")
    }


def broken_views(connection: Connection) -> list[str]:
    """Return the views that can no longer be asked."""
    broken = []
    for name in _names(connection, "views"):
        try:
            connection.execute(f'SELECT * FROM "{name}" LIMIT 1').fetchall()
        except duckdb.Error:
            broken.append(name)
    return broken


def _names(connection: Connection, kind: str) -> list[str]:
    query = f"SELECT {kind[:-1]}_name FROM duckdb_{kind}() WHERE NOT internal AND database_name = current_database() ORDER BY 1"
    return [row[0] for row in connection.execute(query).fetchall()]


def _one(connection: Connection, query: str) -> int:
    return int(connection.execute(query).fetchall()[0][0])


def copy_beside(connection: Connection, path: Path) -> None:
    """Copy the open database into a new file by the engine: the file itself, read by this process, would lose its lock."""
    name = connection.execute("SELECT current_database()").fetchall()[0][0]
    place = str(path).replace("'", "''")
    connection.execute(f"ATTACH '{place}' AS copied")
    try:
        connection.execute(f'COPY FROM DATABASE "{name}" TO copied')
    finally:
        connection.execute("DETACH copied")


def copy_of_running(path: Path, folder: Path) -> Path:
    """Copy the database of a register that may be running, its log and the small files beside it; return the copy.

    The register may write meanwhile: a copy that does not open is taken again. Raises RuleRefused where none opens.
    """
    small = [
        each
        for each in path.parent.iterdir()
        if each.is_file() and not each.name.startswith(path.name) and each.stat().st_size <= SMALL_FILE_BYTES
    ]
    copied = folder / path.name
    for _try in range(COPY_TRIES):
        for each in (path, path.with_name(f"{path.name}.wal"), *small):
            (folder / each.name).unlink(missing_ok=True)
            if each.is_file():
                shutil.copyfile(each, folder / each.name)
        try:
            with opened(copied) as connection:
                fingerprints(connection)
        except (RuleRefused, duckdb.Error):
            continue
        return copied
    raise _broken(path)


def fsync(path: Path) -> None:
    """Have a file, or the entries of a folder, on the disk before going on."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
