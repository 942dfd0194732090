"""A profile of columns as a file that schools share (п. 4.6): what it must say; nothing in it is ever executed."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import jsonschema

from school.errors import Refusal
from school.files.column_mapping import ColumnMapping, check_complete, read_rows
from school.files.fields import FORMS, GRADUATES_FORMS, ImportForm
from school.files.plan import ImportKind
from school.files.source import SourceTable
from school.files.tables import SheetTable
from school.imports.records import ProfileFile
from school.reference import reference_schema

FORMAT, FORMAT_VERSION, SCHEMA = "school-register-profile", 1, "exchange_profile"
FILE_BYTES = 1024 * 1024
# A column of a subject's mark in a table of graduates: «mark:Алгебра».
MARK_OF_SUBJECT = "mark:"
# The way of a day of a profile → that of ``strftime``; each is read back as the same day.
DATE_FORMATS: dict[str, str] = {
    "ДД.ММ.ГГГГ": "%d.%m.%Y",
    "ГГГГ-ММ-ДД": "%Y-%m-%d",
    "ДД/ММ/ГГГГ": "%d/%m/%Y",
    "ДД.ММ.ГГ": "%d.%m.%y",
}
NO_PROFILE = "Это не файл профиля."
_TYPES = {"string": "текст", "integer": "целое число", "object": "список «поле: значение»"}


def form_of(kind: ImportKind) -> ImportForm:
    """Return the form of a kind that is exchanged."""
    return {**FORMS, **GRADUATES_FORMS}[kind]


def profile_content(profile: ProfileFile) -> bytes:
    """Return the file of a profile: JSON that people can read."""
    head = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "name": profile.name,
        "version": profile.version,
    }
    return json.dumps(head | asdict(profile.mapping), ensure_ascii=False, indent=2).encode()


def read_profile(content: bytes) -> ProfileFile:
    """Return the profile of a file. Raises Refusal with what is wrong in it."""
    given = _object_of(content)
    if given.get("format") != FORMAT:
        raise Refusal(
            NO_PROFILE, f"В нём нет строки «format»: «{FORMAT}».", "Выберите файл, скачанный здесь."
        )
    version = given.get("format_version")
    if isinstance(version, int) and version > FORMAT_VERSION:
        raise Refusal(
            "Файл профиля новее этого журнала.",
            f"В нём версия формата {version}, а журнал знает {FORMAT_VERSION}.",
            "Обновите журнал или попросите профиль прежней версии.",
        )
    problem = jsonschema.exceptions.best_match(
        jsonschema.Draft202012Validator(reference_schema(SCHEMA)).iter_errors(given)
    )
    if problem is not None:
        raise Refusal(
            "Профиль не подходит.", _words_of(problem), "Исправьте файл или скачайте профиль заново."
        )
    named = {name: value for name, value in given.items() if not name.startswith("format")}
    name, number = " ".join(named.pop("name").split()), named.pop("version")
    mapping = ColumnMapping(**{**named, "kind": ImportKind(named["kind"])})
    check_profile(mapping)
    return ProfileFile(name, number, mapping)


def check_profile(mapping: ColumnMapping) -> None:
    """Raise Refusal where a mapping names fields that its kind does not have, or leaves out what each row needs."""
    form = form_of(mapping.kind)
    named = {*mapping.columns, *mapping.constants, *mapping.values, mapping.sheet_field} - {""}
    if strange := sorted(name for name in named if not is_field(form, name)):
        known = ", ".join(f"{field.name} ({field.title})" for field in form.fields)
        raise Refusal(
            f"В виде данных «{form.title}» нет поля «{strange[0][:60]}».",
            f"Есть поля: {known}.",
            "Исправьте профиль.",
        )
    if mapping.header_depth > mapping.header_row:
        raise Refusal(
            "Заголовок профиля не помещается.",
            f"Строка заголовка {mapping.header_row}, а строк в нём {mapping.header_depth}.",
            "Исправьте «header_row» или «header_depth».",
        )
    check_complete(form, mapping)


def is_field(form: ImportForm, name: str) -> bool:
    """Whether a kind has a field; graduates have one for each subject besides."""
    is_mark = form.kind is ImportKind.GRADUATES and name.startswith(MARK_OF_SUBJECT)
    return is_mark or any(field.name == name for field in form.fields)


def read_by_profile(sheets: Sequence[SheetTable], mapping: ColumnMapping) -> SourceTable:
    """Return the rows of a file as a profile reads them.

    Raises Refusal where the file is not what the profile says.
    """
    return read_rows(form_of(mapping.kind), sheets, mapping_of_sheets(mapping, sheets))


def mapping_of_sheets(mapping: ColumnMapping, sheets: Sequence[SheetTable]) -> ColumnMapping:
    """Return a profile for a file: the one sheet of a file may have any name."""
    is_any = len(sheets) == 1 and not mapping.sheet_field
    return replace(mapping, sheet=sheets[0].name) if is_any else mapping


def fitting(
    profiles: Iterable[tuple[int, ColumnMapping]], headers_of_sheets: Mapping[str, frozenset[str]]
) -> list[int]:
    """Return the ids of the profiles all of whose columns a file has, those with more columns first.

    ``headers_of_sheets``: the name of a sheet → all texts of its upper rows.
    """
    found = []
    for profile_id, mapping in profiles:
        wanted = frozenset(mapping.columns.values())
        sheets = [
            texts
            for name, texts in headers_of_sheets.items()
            if mapping.sheet in ("", name) or len(headers_of_sheets) == 1
        ]
        if mapping.header_row and any(wanted <= texts for texts in sheets):
            found.append((-len(wanted), profile_id))
    return [profile_id for _, profile_id in sorted(found)]


def _object_of(content: bytes) -> dict[str, Any]:
    if len(content) > FILE_BYTES:
        raise Refusal(NO_PROFILE, "Он больше 1 мегабайта.", "Выберите файл, скачанный здесь.")
    try:
        given = json.loads(content.decode("utf-8-sig"))
        # Half of a pair of code units, «\ud800», is JSON but no text that can be kept or shown.
        json.dumps(given, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as problem:
        raise Refusal(NO_PROFILE, "Внутри не JSON.", "Выберите файл, скачанный здесь.") from problem
    if not isinstance(given, dict):
        raise Refusal(NO_PROFILE, "Внутри не описание профиля.", "Выберите файл, скачанный здесь.")
    return given


def _words_of(problem: jsonschema.ValidationError) -> str:
    """Return what the schema holds against a file in words."""
    place = " → ".join(map(str, problem.absolute_path))
    where = f"«{place[:80]}»: " if place else ""
    words = _FAULTS.get(str(problem.validator), lambda _: "слишком длинно или пусто")
    return f"{where}{words(problem)}."


def _missing(problem: jsonschema.ValidationError) -> str:
    return f"нет «{next(name for name in problem.validator_value if name not in problem.instance)}»"


def _strange(problem: jsonschema.ValidationError) -> str:
    known = problem.schema.get("properties", ())
    return f"лишнее «{min(name for name in problem.instance if name not in known)[:60]}»"


_FAULTS: dict[str, Callable[[jsonschema.ValidationError], str]] = {
    "required": _missing,
    "additionalProperties": _strange,
    "type": lambda problem: f"нужно {_TYPES.get(problem.validator_value, problem.validator_value)}",
    "enum": lambda problem: f"бывает {', '.join(map(str, problem.validator_value))}",
    "const": lambda problem: f"нужно «{problem.validator_value}»",
    "minimum": lambda problem: f"нужно не меньше {problem.validator_value}",
    "maximum": lambda problem: f"нужно не больше {problem.validator_value}",
}
