"""Restoring a school from a backup, into an empty folder only; and trying it without harm (п. 8.6)."""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb

from school.backup.encryption import ENDING, open_copy
from school.backup.files import all_files, check_files, copy_durably, flush_folder
from school.backup.records import Digest, Manifest
from school.backup.shelf import MANIFEST, manifest_of
from school.backup.store import SESSION_TABLES, digests, drop_sessions, note_restoring
from school.errors import Refusal

STAGE_FOLDER = ".restoring"
Say = Callable[[str], object]


def verify(backup: Path, say: Say) -> Manifest:
    """Check every file of a backup and every table of its database; return its manifest. Raises Refusal."""
    manifest = manifest_of(backup)
    if manifest is None:
        raise Refusal(
            "Это не резервная копия.", f"В {backup} нет манифеста, который читается.", "Выберите другую."
        )
    say("Проверяем файлы")
    check_files(backup, manifest.files)
    listed = {each.path for each in manifest.files} | {MANIFEST}
    if extra := [each for each in all_files(backup) if each.relative_to(backup).as_posix() not in listed]:
        raise Refusal("В резервной копии лишний файл.", str(extra[0].relative_to(backup)))
    say("Проверяем таблицы")
    check_tables(_database(backup, manifest), manifest)
    return manifest


def check_tables(database: Path, manifest: Manifest) -> None:
    """Open a copied database and compare its tables with the manifest. Raises Refusal."""
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            connection.execute("SET threads = 1; SET TimeZone = 'UTC'")
            found = digests(connection)
    except duckdb.Error as problem:
        raise Refusal("База данных в копии не открывается.", next_step="Возьмите другую копию.") from problem
    # Another version of the engine may hash otherwise; then the numbers of rows and the files' own hashes must do.
    same_engine = manifest.engine == duckdb.__version__
    if _comparable(found, same_engine) != _comparable(manifest.tables, same_engine):
        raise Refusal("Таблицы в копии не те, что в манифесте.", next_step="Возьмите другую копию.")


def _comparable(tables: dict[str, Digest], same_engine: bool) -> dict[str, Digest]:
    return {
        name: each if same_engine else replace(each, xor=0)
        for name, each in tables.items()
        if name not in SESSION_TABLES
    }


def _database(folder: Path, manifest: Manifest) -> Path:
    name = next((each.path for each in manifest.files if each.path.endswith(".duckdb")), "")
    if not name:
        raise Refusal("В резервной копии нет базы данных.")
    return folder / name


def restore(source: Path, target: Path, now: datetime, say: Say, *, secret: str = "") -> Manifest:
    """Restore a backup, or an encrypted copy with its secret key, into an empty folder; return its manifest.

    Nobody is signed in to the restored school, and its journal of changes says that it was restored. Raises Refusal, OSError.
    """
    check_empty(target)
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    stage = target / STAGE_FOLDER
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(mode=0o700)
    try:
        manifest = _brought(source, stage, secret, say)
        say("Проверяем файлы")
        check_files(stage, manifest.files)
        say("Проверяем таблицы")
        database = _database(stage, manifest)
        check_tables(database, manifest)
        with duckdb.connect(str(database)) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            drop_sessions(connection)
            note_restoring(connection, f"{manifest.taken_at:%d.%m.%Y %H:%M}", now)
        (stage / MANIFEST).unlink()
        # The database comes last: until it is there the folder is no school.
        for each in sorted(stage.iterdir(), key=lambda path: path.name == database.name):
            each.rename(target / each.name)
        flush_folder(target)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return manifest


def check_empty(target: Path) -> None:
    """Raise Refusal where a folder holds anything but what an interrupted restoring has left."""
    if target.exists() and (
        not target.is_dir() or any(each.name != STAGE_FOLDER for each in target.iterdir())
    ):
        raise Refusal(
            f"Папка {target} не пуста.",
            "Восстановление никогда не пишет поверх журнала.",
            "Назовите новую или пустую папку.",
        )


def _brought(source: Path, stage: Path, secret: str, say: Say) -> Manifest:
    if source.name.endswith(ENDING):
        if not source.is_file():
            raise Refusal(f"Файла {source} нет.")
        if not secret:
            raise Refusal("Копия зашифрована.", next_step="Дайте файл с ключом из сейфа: --key ФАЙЛ.")
        say("Расшифровываем копию")
        return open_copy(source, secret, stage)
    manifest = manifest_of(source)
    if manifest is None:
        raise Refusal("Это не резервная копия.", f"В {source} нет манифеста.", "Список копий: list.")
    say("Переписываем файлы")
    for each in [*(one.path for one in manifest.files), MANIFEST]:
        place = stage / each
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if (source / each).is_file():
            copy_durably(source / each, place)
            os.chmod(place, 0o600)
    return manifest


def drill(backup: Path, folder: Path, now: str, say: Say) -> None:
    """Restore a backup into a folder and open the school there with this very program; the folder is left. Raises Refusal."""
    from school.store.connection import Store

    moment = datetime.fromisoformat(now)
    manifest = restore(backup, folder, moment, say)
    say("Открываем восстановленный журнал")
    store = Store(_database(folder, manifest), lambda: moment)
    try:
        rows = {
            name: store.read(f'SELECT count(*) FROM "{name}"')[0][0]
            for name in manifest.tables
            if name != "events"
        }
    finally:
        store.close()
    if any(rows[name] != manifest.tables[name].rows for name in rows if name != "migrations"):
        raise Refusal("В восстановленном журнале не столько записей, сколько в копии.")
