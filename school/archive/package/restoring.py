"""A school made of the package of one year alone, in an empty folder, by this program as it is today (п. 2.4, 6.5, 8.6)."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from school.archive.package.bag import PAYLOAD, opened_bag
from school.archive.package.tables import FORMAT, Schema, load_tables, read_schema
from school.backup.files import flush_folder
from school.backup.restoring import STAGE_FOLDER, check_empty
from school.backup.store import note_restoring
from school.calendar import school_year_title
from school.errors import Refusal
from school.store.connection import DATABASE_NAME, MIGRATIONS, Store, migrate
from school.store.file.privacy import make_private

TABLES = "tables"
Say = Callable[[str], object]


@dataclass(frozen=True)
class Restored:
    """What was made of a package: the school year and the rows of each table."""

    school_year: int
    rows: dict[str, int]


def verify(package: Path, place: Path) -> Schema:
    """Check every byte of a package; return what its tables hold. Raises Refusal, OSError."""
    if not package.exists():
        raise Refusal(f"Файла {package} нет.", next_step="Проверьте путь к пакету.")
    with opened_bag(package, place) as bag:
        return read_schema(bag / PAYLOAD / TABLES)


def restore(package: Path, target: Path, now: datetime, say: Say) -> Restored:
    """Make a school of a package in an empty folder; nobody has a password in it yet. Raises Refusal, OSError.

    The database is built as it was when the package was made, filled, and then brought up to this program.
    """
    if not package.exists():
        raise Refusal(f"Файла {package} нет.", next_step="Проверьте путь к пакету.")
    check_empty(target)
    make_private(target)
    stage = target / STAGE_FOLDER
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(mode=0o700)
    try:
        say("Проверяем пакет")
        with opened_bag(package, stage) as bag:
            tables = bag / PAYLOAD / TABLES
            schema = read_schema(tables)
            check_known(schema)
            say("Загружаем таблицы")
            rows = _filled(stage / DATABASE_NAME, tables, schema, now)
        say("Приводим журнал к версии программы")
        Store(stage / DATABASE_NAME, lambda: now).close()
        # The database comes last: until it is there the folder is no school.
        for each in sorted(stage.iterdir(), key=lambda path: path.name == DATABASE_NAME):
            each.rename(target / each.name)
        flush_folder(target)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return Restored(schema.school_year, rows)


def check_known(schema: Schema) -> None:
    """Raise Refusal for a package of a newer program than this."""
    known = {path.stem for path in MIGRATIONS.glob("*.sql")}
    newer = sorted(set(schema.migrations) - known)
    if newer or schema.format > FORMAT:
        raise Refusal(
            "Пакет сделан более новой версией журнала.",
            f"Этой программе неизвестно: {newer[-1] if newer else 'вид пакета'}.",
            "Обновите программу журнала и повторите.",
        )


def _filled(database: Path, tables: Path, schema: Schema, now: datetime) -> dict[str, int]:
    """Build a database by the package's own migrations and load its rows; return how many of each table."""
    with tempfile.TemporaryDirectory(prefix=".migrations-", dir=database.parent) as place:
        for name in schema.migrations:
            shutil.copyfile(MIGRATIONS / f"{name}.sql", Path(place) / f"{name}.sql")
        with duckdb.connect(str(database)) as connection:
            connection.execute("SET TimeZone = 'UTC'; SET threads = 1")
            migrate(connection, Path(place), now)
            connection.execute("BEGIN")
            rows = load_tables(connection, tables, schema)
            note_restoring(connection, f"архив {school_year_title(schema.school_year)}", now)
            connection.execute("COMMIT")
    return rows
