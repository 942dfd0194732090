"""What a process of its own does for backups, and how it is told: a task in a file, stages and a result a line.

``python -m school.backup.tasks KIND FILE``. It holds nobody's interpreter and loads nothing of the program but this subject.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from school.backup import encryption, restoring
from school.backup.files import all_files, copy_durably, flush_folder, part_from_source, stored
from school.backup.records import Digest, Manifest
from school.backup.shelf import MANIFEST, manifest_of
from school.backup.store import SESSION_TABLES, digests, drop_sessions
from school.errors import Refusal
from school.processes import OwnProcess, ProcessFault

STAGE, RESULT, PROBLEM = "· ", "= ", "! "
COPIED = "База данных скопирована"
Say = Callable[[str], object]


def run_apart(process: OwnProcess, kind: str, task: dict[str, Any], file: Path, say: Say) -> Any:
    """Do a task in a process of its own and return its result; ``say`` gets each stage. Raises Refusal."""
    file.touch(mode=0o600)
    file.write_text(json.dumps(task, ensure_ascii=False, default=str), encoding="utf-8")
    result: Any = None
    problem = ""
    try:
        for line in process.run(__name__, kind, str(file)):
            if line.startswith(STAGE):
                say(line.removeprefix(STAGE))
            elif line.startswith(RESULT):
                result = json.loads(line.removeprefix(RESULT))
            elif line.startswith(PROBLEM):
                problem = line.removeprefix(PROBLEM)
    except ProcessFault as fault:
        why = "Сервер остановился." if process.is_stopped else f"Работа прервалась ({fault})."
        raise Refusal("Копирование не закончено.", why, "Повторите его.") from fault
    finally:
        file.unlink(missing_ok=True)
    if problem:
        raise Refusal(problem)
    return result


def take(task: dict[str, Any], say: Say) -> dict[str, Any]:
    """Make a whole backup of a held snapshot: see ``taking.take``. Raises Refusal where the copy is not equal to its source."""
    began = time.monotonic()
    work, final, source = Path(task["work"]), Path(task["final"]), Path(task["database"])
    target = work / source.name
    copy_durably(source, target)
    log = source.with_name(f"{source.name}.wal")
    if task["log_bytes"]:
        copy_durably(log, target.with_name(log.name), task["log_bytes"])
    say(COPIED)
    manifest = Manifest.from_plain(task["manifest"])
    say("Проверяем копию базы данных")
    manifest = replace(manifest, tables=_proved_equal(target, manifest.tables))
    say("Копируем файлы")
    before = Path(task["before"]) if task["before"] else None
    known = manifest_of(before) if before else None
    files = {each.path: each for each in known.files} if known else {}
    for held in [each for each in all_files(work) if each.parent != work]:
        part_from_source(held, held.relative_to(work).as_posix(), before, files)
    for folder in [each for each in work.rglob("*") if each.is_dir()]:
        folder.chmod(0o700)
        flush_folder(folder)
    listed = tuple(stored(work, each) for each in all_files(work))
    seconds = round(time.monotonic() - began + task["seconds"], 2)
    manifest = replace(manifest, files=listed, seconds=seconds)
    text = json.dumps(manifest.as_plain(), ensure_ascii=False, indent=1)
    place = work / MANIFEST
    place.write_text(text, encoding="utf-8")
    with place.open("rb") as file:
        os.fsync(file.fileno())
    flush_folder(work)
    work.rename(final)
    flush_folder(final.parent)
    return {"name": manifest.name, "seconds": seconds, "size": manifest.size}


def _proved_equal(copy: Path, expected: dict[str, Digest]) -> dict[str, Digest]:
    """Open a copied database, end its sessions, write its log into it; return the tables' digests, equal to the source's."""
    with duckdb.connect(str(copy)) as connection:
        connection.execute("SET threads = 1; SET TimeZone = 'UTC'")
        drop_sessions(connection)
        connection.execute("CHECKPOINT")
    with duckdb.connect(str(copy), read_only=True) as connection:
        connection.execute("SET threads = 1; SET TimeZone = 'UTC'")
        found = digests(connection)
    differing = [
        name
        for name in expected.keys() | found.keys()
        if name not in SESSION_TABLES and expected.get(name) != found.get(name)
    ]
    if differing:
        raise Refusal("Копия базы данных не совпала с журналом.", f"Таблицы: {', '.join(sorted(differing))}.")
    with copy.open("rb") as file:
        os.fsync(file.fileno())
    return found


def verify(task: dict[str, Any], say: Say) -> None:
    """Check a backup against its manifest. Raises Refusal."""
    restoring.verify(Path(task["backup"]), say)


def send(task: dict[str, Any], say: Say) -> dict[str, Any]:
    """Write an encrypted copy of a backup into another folder. Raises Refusal."""
    return encryption.send(Path(task["backup"]), Path(task["place"]), task["recipient"], say)


def drill(task: dict[str, Any], say: Say) -> None:
    """Restore a backup into a folder of its own and open it with the program. Raises Refusal."""
    restoring.drill(Path(task["backup"]), Path(task["folder"]), task["now"], say)


KINDS: dict[str, Callable[[dict[str, Any], Say], Any]] = {
    "take": take,
    "verify": verify,
    "send": send,
    "drill": drill,
}


def main(kind: str, file: str) -> int:
    """Do a task and print its stages and its result."""
    os.umask(0o077)

    def write(sign: str, text: str) -> None:
        sys.stdout.write(f"{sign}{' '.join(text.split())}\n")
        sys.stdout.flush()

    task = json.loads(Path(file).read_text(encoding="utf-8"))
    try:
        result = KINDS[kind](task, lambda stage: write(STAGE, stage))
    except Refusal as refusal:
        write(PROBLEM, str(refusal))
    except duckdb.Error:
        write(PROBLEM, "Копию базы данных не удалось открыть: она испорчена. Возьмите другую копию.")
    except OSError as problem:
        write(PROBLEM, f"Диск не дал записать или прочитать копию: {os.strerror(problem.errno or 0)}.")
    else:
        write(RESULT, json.dumps(result, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
