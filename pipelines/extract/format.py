"""The tables of a journal extract as the pipelines read them: columns, kinds of value, what a row is checked for."""

from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa

LINE, FILE = "line", "file"
PARTITION_KEYS = ("school_id", "school_year")


class Kind(StrEnum):
    """What a column holds; MARK is a whole number of 2 to 5."""

    ID = "id"
    TEXT = "text"
    WHOLE = "whole"
    MARK = "mark"
    AMOUNT = "amount"
    DATE = "date"
    MOMENT = "moment"
    FLAG = "flag"


ARROW_TYPES: dict[Kind, pa.DataType] = {
    Kind.ID: pa.string(),
    Kind.TEXT: pa.string(),
    Kind.WHOLE: pa.int32(),
    Kind.MARK: pa.int32(),
    Kind.AMOUNT: pa.float64(),
    Kind.DATE: pa.date32(),
    Kind.MOMENT: pa.timestamp("us"),
    Kind.FLAG: pa.bool_(),
}


@dataclass(frozen=True)
class Column:
    """A column of an extract; a row without a value of a required one is a bad row."""

    name: str
    kind: Kind
    is_required: bool


@dataclass(frozen=True)
class Table:
    """A table of an extract.

    ``references``: tables whose id each row names; ``day``: the column that lies inside the row's term;
    ``has_pupil_of_class``: the pupil is in the class's enrolments.
    """

    name: str
    columns: tuple[Column, ...]
    references: tuple[str, ...] = ()
    day: str = ""
    has_pupil_of_class: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def required(self) -> tuple[Column, ...]:
        """The columns that must be there and filled."""
        return tuple(column for column in self.columns if column.is_required)


def _table(
    name: str, line: str, references: str = "", day: str = "", has_pupil_of_class: bool = False
) -> Table:
    """Return a table from a line of ``column:kind``, an id where no kind is said, optional with a question mark."""
    return Table(name, tuple(map(_column, line.split())), tuple(references.split()), day, has_pupil_of_class)


def _column(word: str) -> Column:
    name, _, kind = word.rstrip("?").partition(":")
    return Column(name, Kind(kind or "id"), not word.endswith("?"))


_COURSE = "school_id class_id subject_id"
_TAUGHT = f"{_COURSE} teacher_id? term_id"
_COURSE_IDS, _TAUGHT_IDS = "classes subjects", "classes subjects terms"

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        _table("schools", "school_id name:text?"),
        _table("terms", "term_id school_id school_year:whole kind:text number:whole starts_on:date ends_on:date"),
        _table("classes", "class_id school_id school_year:whole name:text grade_level:whole? term_kind:text?"),
        _table("subjects", "subject_id school_id name:text area:text?"),
        _table("enrolments", "school_id class_id pupil_id starts_on:date? ends_on:date?", "classes"),
        _table("teaching_load", f"{_COURSE} teacher_id? hours_a_week:amount", _COURSE_IDS),
        _table(
            "lessons",
            f"{_TAUGHT} held_on:date number:whole? topic:text? homework_set:flag? recorded_at:moment?",
            _TAUGHT_IDS,
            "held_on",
        ),
        _table(
            "marks",
            f"{_TAUGHT} pupil_id given_on:date value:mark work_type:text? weight:amount? recorded_at:moment?",
            _TAUGHT_IDS,
            "given_on",
            True,
        ),
        _table("absences", f"{_TAUGHT} pupil_id missed_on:date reason:text?", _TAUGHT_IDS, "missed_on", True),
        _table("term_marks", f"{_TAUGHT} pupil_id value:mark", _TAUGHT_IDS, "", True),
        _table("year_marks", f"{_COURSE} school_year:whole pupil_id value:mark", _COURSE_IDS, "", True),
    )
}  # fmt: skip
ID_OF = {"classes": "class_id", "subjects": "subject_id", "terms": "term_id"}
# A folder without any of these was never finished, whatever else it holds.
REQUIRED_TABLES = ("terms", "classes", "subjects")
# The ids that another school may use for something else.
IDS_WITHIN_A_SCHOOL = ("class_id", "subject_id", "teacher_id", "term_id", "pupil_id")

_DOUBLE, _TEXT = "try_cast({0} AS DOUBLE)", "try_cast({0} AS STRING)"
# The same words mean the same to DuckDB and to Spark; ``moment`` is a clock on the wall, hence NTZ there.
_WHOLE = (
    f"CASE WHEN {_DOUBLE} = floor({_DOUBLE}) AND abs({_DOUBLE}) < 1e9 THEN try_cast({_DOUBLE} AS INTEGER) END"
)
_TYPED: dict[Kind, str] = {
    Kind.ID: f"nullif({_TEXT}, '')",
    Kind.TEXT: f"nullif(trim({_TEXT}), '')",
    Kind.WHOLE: _WHOLE,
    Kind.MARK: _WHOLE,
    Kind.AMOUNT: _DOUBLE,
    Kind.DATE: "try_cast({0} AS DATE)",
    Kind.MOMENT: "try_cast({0} AS {1})",
    Kind.FLAG: f"CASE WHEN lower({_TEXT}) IN ('true', '1', '1.0') THEN true "
    f"WHEN lower({_TEXT}) IN ('false', '0', '0.0') THEN false END",
}
_SQL_NAMES: dict[Kind, str] = {
    Kind.ID: "STRING",
    Kind.TEXT: "STRING",
    Kind.WHOLE: "INTEGER",
    Kind.MARK: "INTEGER",
    Kind.AMOUNT: "DOUBLE",
    Kind.DATE: "DATE",
    Kind.FLAG: "BOOLEAN",
}


def typed_columns(
    table: Table, given: pa.Schema, keys: tuple[str, ...], moment_type: str, *, is_attested: bool
) -> list[str]:
    """Return SQL expressions that give a table's columns from a file of this schema, for DuckDB and Spark alike.

    ``keys``: columns that the file's folders name. What cannot be read as its kind is null, as is a column that the
    file has not. Where ``is_attested``, columns of the right type are taken as they are.
    """
    return [
        column.name
        if is_attested and _has_type(column, given, keys)
        else f"{_typed(column, given, keys, moment_type)} AS {column.name}"
        for column in table.columns
    ]


def _has_type(column: Column, given: pa.Schema, keys: tuple[str, ...]) -> bool:
    at = given.get_field_index(column.name)
    return column.name not in keys and at >= 0 and given.field(at).type == ARROW_TYPES[column.kind]


def _typed(column: Column, given: pa.Schema, keys: tuple[str, ...], moment_type: str) -> str:
    at = given.get_field_index(column.name)
    has_values = at >= 0 and not pa.types.is_null(given.field(at).type)
    if column.name not in keys and not has_values:
        return f"CAST(NULL AS {_SQL_NAMES.get(column.kind, moment_type)})"
    name = column.name
    if column.name not in keys and column.kind is Kind.ID and pa.types.is_floating(given.field(at).type):
        # Whole numbers in a column with gaps were written as real ones.
        name = f"try_cast({name} AS BIGINT)"
    return _TYPED[column.kind].format(name, moment_type)
