"""A OneRoster set as people's programs pack it: folders, capitals, codings; its manifest says which files mean what."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath

from school.errors import Refusal
from school.extracts.archive import UNPACKED_BYTES
from school.extracts.one_roster import SYSTEM_CODE
from school.files.csv_reading import BrokenLineError, UnknownCodingError, table_rows, text_of
from school.imports.one_roster.tables import Line, OneRosterTables, RosterSet

MANIFEST = "manifest"
REQUIRED = ("academicSessions", "classes", "courses", "enrollments", "orgs", "users")
READ = (
    *REQUIRED,
    "roles",
    "categories",
    "lineItems",
    "results",
    "scoreScales",
    "lineItemScoreScales",
    "resultScoreScales",
    "demographics",
)
# Files of the standard that a class register has no place for.
UNUSED = (
    "resources", "classResources", "courseResources", "userProfiles", "userResources",
    "lineItemLearningObjectiveIds", "resultLearningObjectiveIds",
)  # fmt: skip
VERSIONS = ("1.1", "1.2")
DELETED, ACTIVE = ("tobedeleted", "inactive"), ("", "active")
ABSENT, BULK, DELTA = "absent", "bulk", "delta"
_NAMES = {name.lower(): name for name in (MANIFEST, *READ, *UNUSED)}


def read_set(content: bytes) -> tuple[RosterSet, OneRosterTables]:
    """Return the lines of each file of the set, and the tables to be filled, with what is already known of its rows.

    Raises Refusal for what is no ZIP of OneRoster files, for a version that is not read, and for a file that is no CSV.
    """
    tables = OneRosterTables()
    members = _members(content, tables)
    said = {
        line["propertyName"]: line["value"] for line in _lines(MANIFEST, members.get(MANIFEST, b""), tables)
    }
    tables.empty.clear()
    version = _version(said, members)
    modes = _modes(said, members)
    files = {
        name: _newest(_lines(name, members[name], tables), tables)
        for name in READ
        if name in members and modes[name] != ABSENT
    }
    unused = {
        name: sum(1 for _ in _lines(name, members[name], OneRosterTables()))
        for name in UNUSED
        if name in members and modes[name] != ABSENT
    }
    for name in sorted(members):
        if modes.get(name) == ABSENT:
            tables.notes.append(f"{name}.csv не читается: manifest.csv говорит, что его в наборе нет.")
        elif unused.get(name):
            tables.notes.append(f"{name}.csv: не взято строк {unused[name]}: в журнале для них нет места.")
    is_delta = DELTA in modes.values()
    if not is_delta and (missing := [name for name in REQUIRED if name not in files]):
        raise Refusal(
            f"Это не полный набор OneRoster: нет файлов {', '.join(f'{name}.csv' for name in missing)}.",
            next_step="Проверьте архив.",
        )
    if not any(files.values()) and not tables.passed_over and not tables.unreadable:
        raise Refusal("В наборе нет ни одной строки.", next_step="Проверьте архив.")
    # The register's own sets keep to the specification: sessions end on the day before their endDate.
    return RosterSet(version, files, is_delta, said.get("source.systemCode") == SYSTEM_CODE, unused), tables


def _members(content: bytes, tables: OneRosterTables) -> dict[str, bytes]:
    """Return the content of each file by its name in the standard; how the archive spells it does not matter."""
    found: dict[str, zipfile.ZipInfo] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for each in archive.infolist():
                path = PurePosixPath(each.filename.replace("\\", "/"))
                if path.suffix.lower() != ".csv" or path.name.startswith(".") or path.parts[0] == "__MACOSX":
                    continue
                name = _NAMES.get(path.stem.strip().lower())
                if name is None:
                    tables.notes.append(f"{path}: такого файла в OneRoster нет, он пропущен.")
                elif name in found:
                    raise Refusal(
                        f"Файл {name}.csv в архиве дважды: {found[name].filename} и {each.filename}.",
                        "Неизвестно, какой из них верен.",
                        "Оставьте один.",
                    )
                else:
                    found[name] = each
            if sum(each.file_size for each in found.values()) > UNPACKED_BYTES:
                raise Refusal("Архив слишком велик.", next_step="Выгрузите его по частям.")
            return {name: archive.read(each) for name, each in found.items()}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError) as problem:
        raise Refusal(
            "Архив не открывается.",
            "Файл повреждён, закрыт паролем или это не ZIP с таблицами CSV.",
            "Выгрузите его заново и повторите загрузку.",
        ) from problem


def _version(said: Mapping[str, str], members: Mapping[str, bytes]) -> str:
    version = said.get("oneroster.version", "") or ("1.2" if "roles" in members else "1.1")
    known = next(
        (each for each in VERSIONS if re.fullmatch(rf"[vV]?{re.escape(each)}(\.\d+)?", version)), None
    )
    if known is None:
        raise Refusal(
            f"Набор OneRoster версии {version} не читается.",
            f"Журнал читает версии {' и '.join(VERSIONS)} (manifest.csv, oneroster.version).",
            "Выгрузите набор в одной из них.",
        )
    return known


def _modes(said: Mapping[str, str], members: Mapping[str, bytes]) -> dict[str, str]:
    """Return whether each file of the archive is there, whole or with changes, as the manifest has it."""
    modes = dict.fromkeys(members, BULK)
    for key, value in said.items():
        name, mode = _NAMES.get(key.removeprefix("file.").lower(), ""), value.lower()
        if not key.startswith("file.") or name not in READ:
            if key.startswith("file.") and name in members:
                modes[name] = mode
            continue
        if mode not in (ABSENT, BULK, DELTA):
            raise Refusal(
                f"manifest.csv: о файле {name}.csv сказано «{value}».",
                f"Бывает {ABSENT}, {BULK} или {DELTA}.",
                "Выгрузите набор заново.",
            )
        if mode != ABSENT and name not in members:
            raise Refusal(
                f"manifest.csv обещает файл {name}.csv, а в архиве его нет.",
                next_step="Выгрузите набор заново целиком.",
            )
        if name in members:
            modes[name] = mode
    return modes


def _lines(name: str, content: bytes, tables: OneRosterTables) -> list[Line]:
    file = f"{name}.csv"
    try:
        return list(_read_lines(file, content, tables))
    except (UnicodeDecodeError, UnknownCodingError) as problem:
        raise Refusal(
            f"{file}: кодировка не распознана.",
            next_step="Сохраните файлы как «CSV UTF-8» и соберите архив заново.",
        ) from problem
    except BrokenLineError as problem:
        raise Refusal(
            f"{file}, строка {problem.line}: {problem.reason}.",
            "Дальше в файле непонятно, где кончается строка.",
            "Исправьте файл или выгрузите его заново.",
        ) from problem


def _read_lines(file: str, content: bytes, tables: OneRosterTables) -> Iterator[Line]:
    """Yield the rows with anything in them; columns without a name and content are nothing."""
    rows = table_rows(text_of(content))
    _, titles = next(rows, (1, []))
    names = [title.strip().lower() for title in titles]
    width = max((place for place, each in enumerate(names, start=1) if each), default=0)
    if twice := sorted({each for each in names if each and names.count(each) > 1}):
        raise Refusal(f"{file}: столбец {twice[0]} встречается дважды.", next_step="Оставьте один.")
    for number, fields in rows:
        texts = [text.strip() for text in fields]
        while len(texts) > width and not texts[-1]:
            texts.pop()
        if not any(texts):
            tables.empty[file] += 1
            continue
        line = Line(file, number, {each: text for each, text in zip(names, texts, strict=False) if each})
        if len(texts) == width and not _has_text_without_name(names, texts):
            yield line
        else:
            tables.cannot_read(
                _TABLE_OF.get(file, "marks"), line, f"полей {len(texts)}, а в заголовке {width}"
            )


def _has_text_without_name(names: Sequence[str], texts: Sequence[str]) -> bool:
    return any(text and not name for name, text in zip(names, texts, strict=False))


# Under which table of the register a file's rows are shown.
_TABLE_OF = {
    "orgs.csv": "schools", "academicSessions.csv": "terms", "classes.csv": "classes", "courses.csv": "subjects",
    "enrollments.csv": "enrolments", "users.csv": "enrolments", "roles.csv": "enrolments",
    "demographics.csv": "enrolments",
}  # fmt: skip


def _changed_at(line: Line) -> datetime:
    """Return when a line was changed; what is no date and time was changed first of all."""
    try:
        moment = datetime.fromisoformat(line["dateLastModified"])
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _newest(lines: Sequence[Line], tables: OneRosterTables) -> list[Line]:
    """Return one line an id, the one changed last; lines that ask to delete, of no known status and repeated ones are left out."""
    newest: dict[str, Line] = {}
    for line in lines:
        key = line["sourcedId"] or f"\0{line.number}"
        before = newest.setdefault(key, line)
        if before is line:
            continue
        if _changed_at(line) > _changed_at(before):
            newest[key] = line
            tables.pass_over(before, f"то же обозначение изменено позже, в строке {line.number}")
        else:
            tables.pass_over(line, f"то же обозначение, что в строке {before.number}")
    kept = []
    for line in newest.values():
        if line["status"].lower() in DELETED:
            tables.pass_over(line, "строка помечена к удалению; загрузка ничего не удаляет")
        elif line["status"].lower() not in ACTIVE:
            reason = f"status: «{line['status'][:40]}» — такого в OneRoster нет"
            tables.cannot_read(_TABLE_OF.get(line.file, "marks"), line, reason)
        else:
            kept.append(line)
    return kept
