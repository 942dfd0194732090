"""The database opened with care: what is wrong with the files is told in words, and nothing is changed before all is found well."""

import os
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb

from school.errors import CannotOpen
from school.store.file.privacy import make_files_private, make_private
from school.store.file.space import NEVER_CHECKPOINT, cause_of
from school.store.file.witness import Witnessed, read_witness

Cursor = duckdb.DuckDBPyConnection
_LOCK_HOLDER = re.compile(r"PID (\d+)")
CORRUPT_LOG = "Corrupt WAL file"


def log_path(database: Path) -> Path:
    """Return where the engine keeps the log of a database."""
    return database.with_name(f"{database.name}.wal")


def check_not_gone(database: Path) -> None:
    """Raise CannotOpen where a school was whose database is gone: none may be made in its place."""
    if not database.exists() and (read_witness(database) is not None or log_path(database).exists()):
        raise _gone(database)


def check_school_is_there(database: Path) -> None:
    """Raise CannotOpen where there is no school in a folder: one is made only by who says so."""
    if database.exists():
        return
    check_not_gone(database)
    folder = database.parent
    raise CannotOpen(
        f"В папке {folder} нет школы. Проверьте, та ли это папка (SCHOOL_DATA). Пустую школу создаёт команда "
        f"«python -m school.store create {folder}», демонстрационную — «python -m demo --data {folder}»."
    )


def open_database(
    database: Path, migrate: Callable[[Cursor, datetime], list[str]], now: Callable[[], datetime]
) -> Cursor:
    """Open a database, or make one where none was; bring it to the newest migration with ``migrate``.

    The log stays apart from the database until all is checked. Raises CannotOpen.
    """
    check_not_gone(database)
    connection = _connected(database)
    try:
        # One thread a question: a school asks many small ones at once, and a shared one costs a third more processor.
        # For every cursor, not for this one alone: what has a zone reads alike on a machine of any zone.
        connection.execute(
            "SET GLOBAL TimeZone = 'UTC'; SET preserve_insertion_order = true; SET threads = 1"
        )
        # What big questions have used goes back to the system soon after: a tenth of the server's memory.
        connection.execute("SET GLOBAL allocator_background_threads = true")
        check_witness(connection, database)
        _migrated(connection, database, migrate, now())
    except BaseException:
        leave_as_it_is(connection)
        raise
    make_files_private(database)
    return connection


def leave_as_it_is(connection: Cursor) -> None:
    """Close a database without taking its log in."""
    try:
        connection.execute("PRAGMA disable_checkpoint_on_shutdown")
    except duckdb.Error:
        pass
    finally:
        connection.close()


def _connected(database: Path) -> Cursor:
    try:
        make_private(database.parent)
        if not os.access(database if database.exists() else database.parent, os.W_OK):
            raise CannotOpen(_not_writable(database))
        return duckdb.connect(str(database), config={"checkpoint_threshold": NEVER_CHECKPOINT})
    except OSError as problem:
        raise CannotOpen(_not_writable(database)) from problem
    except duckdb.Error as problem:
        raise CannotOpen(_what_is_wrong(database, problem)) from problem


def _what_is_wrong(database: Path, problem: duckdb.Error) -> str:
    text = str(problem)
    if "Could not set lock" in text or "Conflicting lock" in text:
        holder = _LOCK_HOLDER.search(text)
        who = f" (процесс {holder[1]})" if holder else ""
        return (
            f"Со школой в папке {database.parent} уже работает другая программа{who}. "
            "Закройте её или укажите другую папку в SCHOOL_DATA."
        )
    if CORRUPT_LOG in text or "replaying WAL" in text:
        return (
            f"Журнал изменений {log_path(database).name} в папке {database.parent} повреждён. Ничего не изменено. "
            f"Выполните «python -m school.store repair {database.parent}»: команда отложит повреждённый журнал и скажет, "
            "что сохранилось. Если есть резервная копия новее, восстановите её."
        )
    if cause_of(problem) is not None:
        return _not_writable(database)
    return (
        f"Файл базы {database} повреждён или не является базой журнала. Ничего не изменено. "
        "Восстановите резервную копию в новую папку и укажите её в SCHOOL_DATA."
    )


def _not_writable(database: Path) -> str:
    return (
        f"Папка {database.parent} не открывается для записи. Проверьте права учётной записи, от имени которой "
        "работает журнал, свободное место и подключён ли диск, затем запустите журнал снова."
    )


def _gone(database: Path) -> CannotOpen:
    return CannotOpen(
        f"Файла базы {database.name} в папке {database.parent} нет, а школа здесь была. Ничего не создано. "
        "Верните файл на место или восстановите резервную копию в новую папку и укажите её в SCHOOL_DATA."
    )


def store_mark(connection: Cursor) -> Witnessed | None:
    """Return whose database it is and its newest event; None before its first migrations."""
    try:
        (store_id,) = connection.execute("SELECT store_id FROM store_marks").fetchall()[0]
    except duckdb.CatalogException:
        store_id = ""
    try:
        return Witnessed(store_id, newest_event(connection))
    except duckdb.CatalogException:
        return None


def newest_event(connection: Cursor) -> int:
    """Return the number of the newest event; 0 where there is none."""
    number: int = connection.execute("SELECT coalesce(max(event_id), 0) FROM events").fetchall()[0][0]
    return number


def check_witness(connection: Cursor, database: Path) -> None:
    """Raise CannotOpen where the database holds less than was witnessed, or is another school's."""
    witnessed = read_witness(database)
    if witnessed is None:
        return
    found = store_mark(connection) or Witnessed("", 0)
    folder = database.parent
    if found.store_id and found.store_id != witnessed.store_id:
        raise CannotOpen(
            f"В папке {folder} лежит база другой школы или другой копии: она не та, с которой журнал работал здесь. "
            f"Верните прежний файл {database.name}; если заменили его намеренно, выполните "
            f"«python -m school.store repair {folder}»."
        )
    if found.newest_event < witnessed.newest_event:
        lost = witnessed.newest_event - found.newest_event
        raise CannotOpen(
            f"В базе не хватает последних записей: их было {witnessed.newest_event}, а сохранилось "
            f"{found.newest_event} (не хватает {lost}). Журнал изменений {log_path(database).name} пропал или обрезан. "
            f"Ничего не изменено. Верните файл на место или восстановите резервную копию. Если их нет, «python -m "
            f"school.store repair {folder}» оставит то, что есть, и журнал запустится без этих записей."
        )


def _migrated(
    connection: Cursor, database: Path, migrate: Callable[[Cursor, datetime], list[str]], now: datetime
) -> None:
    try:
        migrate(connection, now)
    except duckdb.Error as problem:
        if cause_of(problem) is not None or isinstance(problem, duckdb.FatalException):
            raise CannotOpen(_not_writable(database)) from problem
        raise CannotOpen(
            f"Обновление базы в папке {database.parent} не прошло: в ней уже есть часть изменений, о которых она не знает. "
            "База осталась прежней. Запустите прежнюю версию программы или восстановите резервную копию в новую папку; "
            "если не поможет, сохраните папку и обратитесь к разработчикам."
        ) from problem
