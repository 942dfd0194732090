"""The tables of many schools as one journal on an engine: sound rows only, and whatever a measure wants beside them."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache

import narwhals as nw
import pandas as pd

from pipelines.extract.engines import Engine, frame_of
from pipelines.extract.lake_tables import (
    FORMER_SUMS,
    LAKE_TABLES,
    LEFT_PLACES,
    MARK_SUMS,
    MARKS,
    NUMBERS,
    PLACE_TABLES,
    REALS,
    SUM_KEYS,
    TERM_MARKS,
    with_year,
)
from pipelines.extract.places import (
    class_terms,
    former_places,
    former_sums,
    left_places,
    moved_stays,
    without_left,
)
from pipelines.extract.sound_rows import judged, refused, sound
from pipelines.extract.sources import Partition
from pipelines.measures.mark_sums import marks_as_sums
from pipelines.measures.tables import Frame, collected, columns_among
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
        self._places = cache(self._read_places)
        self._reference = cache(self._read_reference)
        self._class_terms = cache(self._read_class_terms)

    def has(self, name: str) -> bool:
        """Whether any partition has the table."""
        return any(name in each.files for each in (*self._attested, *self._unchecked))

    def table(self, name: str) -> Frame:
        """Return the sound rows of a table, all columns of the format. Raises MissingTable.

        The sums of marks have a row for each mark of partitions that were published without sums.
        """
        return self._table(name)

    def counted(self, name: str) -> Frame:
        """Return the sound rows of a table of pupils by class and term, each in the class in which the pupil's term ended."""
        settled, others = self._by_settled(name)
        frames = [frame_of(self._engine, TABLES[name], settled, with_place=False)]
        if others or not settled or any(name in each.files for each in self._unchecked):
            frames.append(without_left(self._rows(name, others), self.places(LEFT_PLACES)))
        return nw.concat([frame for frame in frames if frame is not None])

    def counted_once(self, name: str) -> Frame | None:
        """Return the rows of a table with their school_year, where no pupil has two in one cell of a year.

        Term marks as of ``counted``. None where a partition does not vouch for that.
        """
        source = MARKS if name == MARK_SUMS else name
        holders = [each for each in self._attested if name in each.files]
        others = [*self._unchecked, *(each for each in self._attested if name not in each.files)]
        is_vouched = all(name in each.once and "school_year" in each.keys for each in holders)
        if not is_vouched or any(source in each.files for each in others):
            return None
        table = with_year(LAKE_TABLES[name])
        if name != TERM_MARKS:
            return frame_of(self._engine, table, holders, with_place=False)
        settled, moved = (
            frame_of(self._engine, table, part, with_place=False) for part in self._by_settled(name)
        )
        if moved is None:
            return settled
        counted = without_left(moved, self.places(LEFT_PLACES))
        return counted if settled is None else nw.concat([settled, counted])

    def places(self, name: str) -> Frame | None:
        """Return the FORMER_SUMS or the LEFT_PLACES; None where nothing says in which classes pupils were."""
        return self._places(name)

    def refused(self, name: str) -> Frame | None:
        """Return where bad rows of a table stand and why; None where nothing is left to be checked."""
        rows = self._judged(name)
        return None if rows is None else refused(rows)

    def _read(self, name: str) -> Frame:
        return self._sums() if name == MARK_SUMS else self._rows(name, self._attested)

    def _sums(self) -> Frame:
        published = frame_of(self._engine, LAKE_TABLES[MARK_SUMS], self._attested, with_place=False)
        frames = [published] if published is not None else []
        others = [each for each in self._attested if MARK_SUMS not in each.files]
        if not frames or any(MARKS in each.files for each in (*others, *self._unchecked)):
            frames.append(marks_as_sums(self._rows(MARKS, others), SUM_KEYS, (*NUMBERS, *REALS)))
        return nw.concat(frames)

    def _rows(self, name: str, attested: Sequence[Partition]) -> Frame:
        """Return the sound rows of these partitions and of those to be checked. Raises MissingTable."""
        unchecked = self._judged(name)
        frames = [frame_of(self._engine, TABLES[name], attested, with_place=False)]
        frames.append(None if unchecked is None else sound(unchecked, TABLES[name]))
        present = [frame for frame in frames if frame is not None]
        if not present:
            raise MissingTable(
                f"В источнике нет таблицы {name}.",
                "Без неё этот показатель не считается.",
                "Добавьте её в выгрузку.",
            )
        return nw.concat(present)

    def _by_settled(self, name: str) -> tuple[list[Partition], list[Partition]]:
        """Return the published partitions with a table: those where every row counts where it stands, and the others."""
        holders = [each for each in self._attested if name in each.files]
        settled = [each for each in holders if name in each.settled]
        return settled, [each for each in holders if name not in each.settled]

    def class_terms(self) -> Frame:
        """Return which terms a class reports by: class_id, term_id, starts_on, ends_on."""
        return self._class_terms()

    def _read_class_terms(self) -> Frame:
        classes = self._engine.held(self.table("classes"))
        unsaid = collected(classes.filter(nw.col("term_kind").is_null()).select("class_id"))
        # Marks are many: they are asked only where a class does not say its terms itself.
        marks = self.table(MARK_SUMS) if len(unsaid) and self._has_sums() else None
        return self._engine.held(class_terms(classes, self.table("terms"), marks))

    def _has_sums(self) -> bool:
        return self.has(MARK_SUMS) or self.has(MARKS)

    def _read_places(self, name: str) -> Frame | None:
        """Return what publications derived, and the same computed for the partitions without it."""
        published = frame_of(self._engine, LAKE_TABLES[name], self._attested, with_place=False)
        others = [each for each in (*self._attested, *self._unchecked) if name not in each.files]
        rest = ExtractTables(self._engine, others) if self._attested else self
        computed = rest.computed_places(name)
        found = [frame for frame in (published, computed) if frame is not None]
        return nw.concat(found) if found else None

    def computed_places(self, name: str) -> Frame | None:
        """Compute the FORMER_SUMS or the LEFT_PLACES; None where nothing says in which classes pupils were."""
        marks = self.table(MARKS) if self.has(MARKS) else None
        if not all(map(self.has, PLACE_TABLES)) or (marks is None and name == FORMER_SUMS):
            return None
        held, terms = self._engine.held, self.class_terms()
        stays = held(moved_stays(self.table("enrolments"), self.table("classes")))
        if name == LEFT_PLACES or marks is None:
            return held(left_places(stays, terms))
        load = self.table("teaching_load") if self.has("teaching_load") else None
        return held(former_sums(held(former_places(stays, terms)), terms, marks, load))

    def _judge(self, name: str) -> Frame | None:
        rows = frame_of(self._engine, TABLES[name], self._unchecked, with_place=True)
        return None if rows is None else judged(TABLES[name], rows, self._references(TABLES[name]))

    def _references(self, table: Table) -> Mapping[str, Frame]:
        names = [*table.references, *(["enrolments"] if table.pupil_keys else [])]
        found = {name: self._reference(name) for name in names}
        return {name: rows for name, rows in found.items() if rows is not None}

    def _read_reference(self, name: str) -> Frame | None:
        """Return what other tables are checked against: few rows, and every check of a check would read them again."""
        rows = self._judged(name)
        return None if rows is None else self._engine.held(sound(rows, TABLES[name]))


class OwnedTables:
    """The same tables with ``owned`` ids, for measures whose own keys do not name the school."""

    def __init__(self, tables: ExtractTables) -> None:
        self._tables = tables

    def table(self, name: str) -> Frame:
        """Return the sound rows of a table with the school before its ids."""
        return owned(self._tables.table(name))

    def counted(self, name: str) -> Frame:
        """Return the rows of ``ExtractTables.counted`` with the school before their ids."""
        return owned(self._tables.counted(name))

    def sums_of_pupils(self) -> Frame:
        """Return the sums of marks with those that former classes gave, in the class and term in which they count (п. 5.2)."""
        former = self._tables.places(FORMER_SUMS)
        sums = self._tables.table(MARK_SUMS)
        return owned(
            sums if former is None else nw.concat([sums, former.select(*sums.collect_schema().names())])
        )

    def class_terms(self) -> Frame:
        """Return which terms a class reports by, with the school before their ids."""
        return owned(self._tables.class_terms())

    def without_left(self, rows: Frame) -> Frame:
        """Return rows of pupils by class and term without those of classes that the pupil left before the term ended."""
        left = self._tables.places(LEFT_PLACES)
        return without_left(rows, None if left is None else owned(left))


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
