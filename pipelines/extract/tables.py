"""The tables of many schools as one journal on an engine: sound rows only, and whatever a measure wants beside them."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache

import narwhals as nw
import pandas as pd

from pipelines.extract.engines import Engine, frame_of
from pipelines.extract.lake_tables import LAKE_TABLES, MARK_SUMS, MARKS, NUMBERS, REALS, SUM_KEYS, with_year
from pipelines.extract.sound_rows import judged, refused, sound
from pipelines.extract.sources import Partition
from pipelines.measures.mark_sums import marks_as_sums
from pipelines.measures.tables import Frame, columns_among
from school.errors import Refusal
from school.extracts.format import ID_OF, IDS_WITHIN_A_SCHOOL, TABLES, Table

BETWEEN_SCHOOL_AND_ID = "/"
# Whatever a table may be grouped by besides its own columns: from which table it comes.
DIMENSIONS = {
    "school_year": "terms",
    "term_kind": "terms",
    "term_number": "terms",
    "grade_level": "classes",
    "subject_name": "subjects",
    "subject_area": "subjects",
}
_NAMED_IN_ITS_TABLE = {
    "term_kind": "kind",
    "term_number": "number",
    "subject_name": "name",
    "subject_area": "area",
}


class MissingTable(Refusal):
    """No partition has a table that the measure needs."""


class ExtractTables:
    """The tables of sound partitions; a table is read when it is asked for."""

    def __init__(self, engine: Engine, partitions: Sequence[Partition]) -> None:
        self._engine = engine
        self._attested = [each for each in partitions if each.is_attested]
        self._unchecked = [each for each in partitions if not each.is_attested]
        self._judged = cache(self._judge)
        self._table = cache(self._read)

    def has(self, name: str) -> bool:
        """Whether any partition has the table."""
        return any(name in each.files for each in (*self._attested, *self._unchecked))

    def table(self, name: str) -> Frame:
        """Return the sound rows of a table, all columns of the format. Raises MissingTable.

        The sums of marks have a row for each mark of partitions that were published without sums.
        """
        return self._table(name)

    def counted_once(self, name: str) -> Frame | None:
        """Return the rows of a table with their school_year, where no pupil has two in one cell of a year.

        None where a partition does not vouch for that.
        """
        source = MARKS if name == MARK_SUMS else name
        holders = [each for each in self._attested if name in each.files]
        others = [*self._unchecked, *(each for each in self._attested if name not in each.files)]
        is_vouched = all(name in each.once and "school_year" in each.keys for each in holders)
        if not is_vouched or any(source in each.files for each in others):
            return None
        return frame_of(self._engine, with_year(LAKE_TABLES[name]), holders, with_place=False)

    def refused(self, name: str) -> Frame | None:
        """Return where bad rows of a table stand and why; None where nothing is left to be checked."""
        rows = self._judged(name)
        return None if rows is None else refused(rows)

    def _read(self, name: str) -> Frame:
        return self._sums() if name == MARK_SUMS else self._rows(name)

    def _sums(self) -> Frame:
        published = frame_of(self._engine, LAKE_TABLES[MARK_SUMS], self._attested, with_place=False)
        frames = [published] if published is not None else []
        if not frames or self.has(MARKS):
            frames.append(marks_as_sums(self._rows(MARKS), SUM_KEYS, (*NUMBERS, *REALS)))
        return nw.concat(frames)

    def _rows(self, name: str) -> Frame:
        unchecked = self._judged(name)
        frames = [frame_of(self._engine, TABLES[name], self._attested, with_place=False)]
        frames.append(None if unchecked is None else sound(unchecked, TABLES[name]))
        present = [frame for frame in frames if frame is not None]
        if not present:
            raise MissingTable(
                f"В источнике нет таблицы {name}.",
                "Без неё этот показатель не считается.",
                "Добавьте её в выгрузку.",
            )
        return nw.concat(present)

    def _judge(self, name: str) -> Frame | None:
        rows = frame_of(self._engine, TABLES[name], self._unchecked, with_place=True)
        return None if rows is None else judged(TABLES[name], rows, self._references(TABLES[name]))

    def _references(self, table: Table) -> Mapping[str, Frame]:
        names = [*table.references, *(["enrolments"] if table.has_enrolled_pupil else [])]
        found = {name: self._judged(name) for name in names}
        return {name: sound(rows, TABLES[name]) for name, rows in found.items() if rows is not None}


class OwnedTables:
    """The same tables with ``owned`` ids, for measures whose own keys do not name the school."""

    def __init__(self, tables: ExtractTables) -> None:
        self._tables = tables

    def table(self, name: str) -> Frame:
        """Return the sound rows of a table with the school before its ids."""
        return owned(self._tables.table(name))


def with_dimensions(tables: ExtractTables | OwnedTables, rows: Frame, wanted: Collection[str]) -> Frame:
    """Add those of the wanted DIMENSIONS that the rows do not have, by the ids of the rows."""
    present = set(rows.collect_schema().names())
    for name, key in ID_OF.items():
        columns = [each for each in wanted if DIMENSIONS.get(each) == name and each not in present]
        if columns and key in present:
            rows = rows.join(_of_each(tables.table(name), key, columns), on=["school_id", key], how="left")
    return rows


def _of_each(table: Frame, key: str, columns: Sequence[str]) -> Frame:
    """Return one row for each id: in a lake, tables such as subjects stand once in every year's folder."""
    named = {column: nw.col(_NAMED_IN_ITS_TABLE.get(column, column)) for column in columns}
    return table.select("school_id", key, **named).group_by("school_id", key).agg(nw.col(*columns).max())


def distinct(rows: Frame, columns: Sequence[str]) -> Frame:
    """Return each combination of the columns once; grouped, because ``unique`` numbers every row first."""
    return rows.group_by(*columns).agg(rows_alike=nw.len()).select(*columns)


def owned(rows: Frame) -> Frame:
    """Put the school before every id that is unique within a school only; ids are then unique across schools."""
    separator = nw.lit(BETWEEN_SCHOOL_AND_ID)
    ids = columns_among(rows, IDS_WITHIN_A_SCHOOL)
    return rows.with_columns(**{name: nw.concat_str("school_id", separator, nw.col(name)) for name in ids})


def disowned(rows: pd.DataFrame) -> pd.DataFrame:
    """Undo ``owned`` in an answer; with an id in it, it has school_id."""
    ids = [name for name in IDS_WITHIN_A_SCHOOL if name in rows]
    if not ids:
        return rows
    starts = rows["school_id"].str.len() + len(BETWEEN_SCHOOL_AND_ID)
    return rows.assign(**{name: _from(rows[name], starts) for name in ids})


def _from(texts: pd.Series, starts: pd.Series) -> pd.Series:
    cut = [None if pd.isna(text) else text[start:] for text, start in zip(texts, starts, strict=True)]
    return pd.Series(cut, index=texts.index, dtype=texts.dtype)
