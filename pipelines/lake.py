"""Publish a school's extract into a lake of many schools, without names, replacing only its own partitions.

    python -m pipelines.lake EXTRACT --lake LAKE [--key FILE]

What leaves the school: ids of pupils and teachers are replaced by a keyed hash, the same from year to year, so that a
pupil's years stay joined and nobody without the school's key can say whose they are. Of a lesson's topic only that there
is one; of an absence only the known reasons. Beside the marks stand their sums a pupil, from which reports are quicker, and
where the marks of pupils who moved count. Bad rows stay behind and are named. The key stays in the school.
"""

import argparse
import hashlib
import json
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import narwhals as nw
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.extract.engines import DuckEngine
from pipelines.extract.lake_tables import (
    CELL,
    FORMER_SUMS,
    LAKE_TABLES,
    LEFT_PLACES,
    MARK_SUMS,
    MARKS,
    NUMBERS,
    OF_PUPILS,
    PLACE_TABLES,
    REALS,
    SUM_KEYS,
    TERM_MARKS,
)
from pipelines.extract.places import (
    class_terms,
    distinct,
    former_places,
    former_sums,
    left_places,
    moved_stays,
)
from pipelines.extract.refused_rows import refused_lines, refused_rows
from pipelines.extract.sources import MANIFEST, NEW, REPLACED, digest, open_source
from pipelines.extract.tables import ExtractTables
from pipelines.extract.typed_columns import ARROW_TYPES
from pipelines.measures.mark_sums import mark_sums
from pipelines.measures.tables import Frame, read
from school.clock import school_clock
from school.errors import Refusal
from school.extracts.format import PARTITION_KEYS, TABLES
from school.records import AbsenceReason

FORMAT = 1
KEY_NAME, KEY_BYTES, HASH_BYTES = "lake.key", 32, 10
PEOPLE = ("pupil_id", "teacher_id")
TOPIC_GIVEN = "указана"
REFUSED_REQUEST = 2
# What a row has its school year from: itself, its term, its class; other tables stand in every year's folder.
_YEAR_OF = {"term_id": "terms", "class_id": "classes"}
# No measure counts what another school gave.
_OF_THE_SCHOOL_ALONE = ("former_school_marks",)

_TELL_PLACES = (*PLACE_TABLES, MARKS, TERM_MARKS, "teaching_load")


@dataclass(frozen=True)
class Publication:
    """Rows by table of every partition that was replaced, and the bad rows that stayed behind."""

    partitions: dict[str, dict[str, int]]
    refused: pd.DataFrame


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 when the lake has the extract, 2 when it cannot be published."""
    options = _options(arguments)
    try:
        published = publish(options.extract, options.lake, school_key(options.key), school_clock()())
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        return REFUSED_REQUEST
    for shown, rows in published.partitions.items():
        counts = ", ".join(f"{name} {count}" for name, count in rows.items())
        sys.stdout.write(f"{shown}: {counts}\n")
    for line in refused_lines(published.refused):
        sys.stderr.write(f"{line}\n")
    return 0


def school_key(path: Path) -> bytes:
    """Return the school's key, made at the first publication. Raises Refusal where the file holds no key."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(
            os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w", encoding="ascii"
        ) as stream:
            stream.write(secrets.token_hex(KEY_BYTES))
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise Refusal(
            f"{path} — не ключ школы.",
            "С другим ключом ученики разных лет не соединятся.",
            "Верните прежний файл из резервной копии.",
        )
    return key


def publish(extract: Path, lake: Path, key: bytes, now: datetime) -> Publication:
    """Write the school years of an extract into a lake, each as a whole: what stands there is the old or the new.

    Raises BadSource where the extract cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="register-") as scratch:
        source = open_source(extract, TABLES, Path(scratch))
        with closing(DuckEngine(Path(scratch))) as engine:
            tables = ExtractTables(engine, source.partitions)
            refused = refused_rows(tables, source, TABLES)
            written = {}
            for keys in _years(tables):
                place = partition_place(lake, keys)
                rows = put_partition(place, _year_tables(tables, keys, key), now)
                written[str(place.relative_to(lake))] = rows
    return Publication(written, refused)


def _years(tables: ExtractTables) -> list[dict[str, Any]]:
    """Return the schools and years that the terms of an extract have."""
    terms = distinct(tables.table("terms"), PARTITION_KEYS).sort(*PARTITION_KEYS)
    years: list[dict[str, Any]] = terms.collect(backend="pyarrow").to_native().to_pylist()
    return years


def _year_tables(
    tables: ExtractTables, keys: Mapping[str, Any], key: bytes
) -> Iterator[tuple[str, pa.Table]]:
    for name in TABLES:
        if name not in _OF_THE_SCHOOL_ALONE and tables.has(name):
            yield name, _without_names(_of_year(tables, name, keys), name, keys["school_id"], key)


def put_partition(place: Path, tables: Iterable[tuple[str, pa.Table]], now: datetime) -> dict[str, int]:
    """Write the tables of a school year, the sums of its marks and the manifest, in place of what stands there.

    Return rows by table.
    """
    _clear_leftovers(place)
    new = place.with_name(f"{NEW}-{place.name}")
    new.mkdir(parents=True)
    facts, derived, kept = {}, {}, {}
    for name, table in tables:
        facts[name] = _written(name, table, new)
        if name == MARKS:
            derived[MARK_SUMS] = _written(MARK_SUMS, _summed(table), new)
        if name in _TELL_PLACES:
            kept[name] = table
    with closing(duckdb.connect()) as engine:
        for name, table in _places(engine, kept):
            derived[name] = _written(name, table, new)
            if name == LEFT_PLACES and TERM_MARKS in kept:
                facts[TERM_MARKS]["settled"] = _is_settled(engine, kept[TERM_MARKS], table)
    manifest = {"format": FORMAT, "published_at": now.isoformat(), "tables": facts, "derived": derived}
    (new / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    _put_in_place(new, place)
    return {name: fact["rows"] for name, fact in facts.items()}


def partition_place(lake: Path, keys: Mapping[str, Any]) -> Path:
    """Return the folder of a school year in a lake."""
    return lake.joinpath(*(f"{name}={quote(str(keys[name]), safe='')}" for name in PARTITION_KEYS))


def _clear_leftovers(place: Path) -> None:
    """Remove what an interrupted publication left; the old partition goes back where the new one never came."""
    replaced = place.with_name(f"{REPLACED}-{place.name}")
    if replaced.exists() and not place.exists():
        replaced.rename(place)
    for leftover in (replaced, place.with_name(f"{NEW}-{place.name}")):
        shutil.rmtree(leftover, ignore_errors=True)


def _put_in_place(new: Path, place: Path) -> None:
    replaced = place.with_name(f"{REPLACED}-{place.name}")
    if place.exists():
        place.rename(replaced)
    new.rename(place)
    shutil.rmtree(replaced, ignore_errors=True)


def _of_year(tables: ExtractTables, name: str, keys: Mapping[str, Any]) -> Frame:
    """Return the rows of one school and school year, without the columns that the folders name."""
    rows = tables.table(name).filter(nw.col("school_id") == keys["school_id"])
    columns = TABLES[name].names
    if "school_year" in columns:
        rows = rows.filter(nw.col("school_year") == keys["school_year"])
    else:
        for column, of in _YEAR_OF.items():
            if column in columns:
                rows = rows.join(_ids_of_year(tables, of, column, keys), on=column, how="semi")
                break
    return rows.select(*(column for column in columns if column not in PARTITION_KEYS))


def _ids_of_year(tables: ExtractTables, name: str, column: str, keys: Mapping[str, Any]) -> Frame:
    of_school = tables.table(name).filter(*(nw.col(key) == value for key, value in keys.items()))
    return distinct(of_school, [column])


def _without_names(rows: Frame, name: str, school_id: str, key: bytes) -> pa.Table:
    """Return a table with hashed people and without free texts, in the format's types and the order of its columns."""
    table: pa.Table = rows.collect(backend="pyarrow").to_native()
    replacements = dict.fromkeys(PEOPLE, partial(_hashed, school_id, key)) | _REPLACEMENTS.get(name, {})
    kinds = {column.name: ARROW_TYPES[column.kind] for column in TABLES[name].columns}
    columns = {
        column: _replaced(table[column], replacements[column]) if column in replacements else table[column]
        for column in table.column_names
    }
    typed = pa.schema([(column, kinds[column]) for column in columns])
    return pa.table(columns).cast(typed).sort_by([(column, "ascending") for column in columns])


def _replaced(column: pa.ChunkedArray, replacement: Callable[[str], str | None]) -> pa.Array:
    """Return a column of texts with every value replaced; an empty one stays empty."""
    coded = column.cast(pa.string()).combine_chunks().dictionary_encode()
    values = pa.array([replacement(text) for text in coded.dictionary.to_pylist()], pa.string())
    return values.take(coded.indices)


def _summed(marks: pa.Table) -> pa.Table:
    """Return the sums of a year's marks."""
    with closing(duckdb.connect()) as engine:
        given = marks.select([*(name for name in SUM_KEYS if name in marks.column_names), "value", "weight"])
        return _typed(MARK_SUMS, read(mark_sums(engine.from_arrow(given))))


def _places(
    engine: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table]
) -> Iterator[tuple[str, pa.Table]]:
    """Yield what says where the marks of a year's pupils count; nothing where nothing says in which classes they were."""
    if not set(PLACE_TABLES) <= tables.keys():
        return
    # The folders name the school and the year, and here are those of one folder.
    one_year = {"school_id": nw.lit(""), "school_year": nw.lit(0)}
    rows = {name: read(engine.from_arrow(table)).with_columns(**one_year) for name, table in tables.items()}
    marks, classes = rows.get(MARKS), rows["classes"]
    terms, stays = class_terms(classes, rows["terms"], marks), moved_stays(rows["enrolments"], classes)
    yield LEFT_PLACES, _typed(LEFT_PLACES, left_places(stays, terms))
    if marks is not None:
        former = former_sums(former_places(stays, terms), terms, marks, rows.get("teaching_load"))
        yield FORMER_SUMS, _typed(FORMER_SUMS, former)


def _is_settled(engine: duckdb.DuckDBPyConnection, term_marks: pa.Table, left: pa.Table) -> bool:
    """Whether no term mark is of a class that its pupil left before the term ended."""
    keys = left.column_names
    given = engine.from_arrow(term_marks.select(keys))
    return not given.intersect(engine.from_arrow(left)).fetchall()


def _typed(name: str, rows: Frame) -> pa.Table:
    """Return a derived table in the types of the lake and the order of its columns, without those that the folders name."""
    columns = [each for each in LAKE_TABLES[name].names if each not in PARTITION_KEYS]
    kinds = {column.name: ARROW_TYPES[column.kind] for column in LAKE_TABLES[name].columns}
    found: pa.Table = rows.select(*columns).collect(backend="pyarrow").to_native()
    typed = found.cast(pa.schema([(each, kinds[each]) for each in columns]))
    return typed.sort_by([(each, "ascending") for each in columns if each not in (*NUMBERS, *REALS)])


def _written(name: str, table: pa.Table, folder: Path) -> dict[str, Any]:
    """Write a table and return what the manifest says of it."""
    path = folder / f"{name}.parquet"
    pq.write_table(table, path, compression="zstd")
    facts = {"rows": table.num_rows, "bytes": path.stat().st_size, "sha256": digest(path)}
    return facts | ({"once": _is_once(table)} if name in OF_PUPILS else {})


def _is_once(table: pa.Table) -> bool:
    """Whether no pupil has two rows in one cell."""
    keys = [name for name in (*CELL, "pupil_id") if name in table.column_names]
    return bool(table.group_by(keys).aggregate([]).num_rows == table.num_rows)


def _hashed(school_id: str, key: bytes, person_id: str) -> str:
    text = json.dumps([school_id, person_id], ensure_ascii=False).encode()
    return hashlib.blake2b(text, key=key, digest_size=HASH_BYTES).hexdigest()


_REPLACEMENTS: dict[str, dict[str, Callable[[str], str | None]]] = {
    "lessons": {"topic": lambda _text: TOPIC_GIVEN},
    "absences": {"reason": lambda reason: reason if reason in set(AbsenceReason) else None},
}


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m pipelines.lake", description="Публикация выгрузки школы в озеро, без имён."
    )
    parser.add_argument("extract", type=Path, metavar="EXTRACT", help="папка выгрузки журнала")
    parser.add_argument("--lake", type=Path, required=True, help="папка озера")
    home = Path(os.environ.get("SCHOOL_DATA", "data/live"))
    parser.add_argument("--key", type=Path, default=home / KEY_NAME, help="ключ школы; первый раз создаётся")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
