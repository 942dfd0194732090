"""The journal extract as a table of tables: columns, kinds of value, keys and references."""

from dataclasses import dataclass
from enum import StrEnum

from school.extracts.store.rows import EXTRACT_TITLES


class Kind(StrEnum):
    """What a column holds."""

    ID = "id"
    TEXT = "text"
    WHOLE = "whole"
    MARK = "mark"
    AMOUNT = "amount"
    DATE = "date"
    MOMENT = "moment"
    FLAG = "flag"


@dataclass(frozen=True)
class Column:
    """A column; ``is_required`` ones must be there and filled."""

    name: str
    kind: Kind
    is_required: bool = True
    highest: int = 32_767


@dataclass(frozen=True)
class Table:
    """A table of the extract.

    ``key``: no two rows share it; rows that leave ``numbered_by`` empty have none. ``agrees_on``: the column
    in which rows of one key may not contradict each other; where they do, none of them stands.
    ``references``: tables whose id each row names. ``day``: the column that lies inside the row's term.
    ``has_enrolled_pupil``: the pupil is in the class.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    agrees_on: str = ""
    numbered_by: str = ""
    references: tuple[str, ...] = ()
    day: str = ""
    has_enrolled_pupil: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def title(self) -> str:
        """What the table holds, in the words of the screens."""
        return EXTRACT_TITLES[self.name]


def _ids(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name.rstrip("?"), Kind.ID, not name.endswith("?")) for name in names)


_VALUE = Column("value", Kind.MARK)
_RECORDED_AT = Column("recorded_at", Kind.MOMENT, False)
_YEAR = Column("school_year", Kind.WHOLE)
_COURSE = ("school_id", "class_id", "subject_id")
_LESSON = _ids(*_COURSE, "teacher_id?", "term_id")
_COURSE_REFERENCES = ("classes", "subjects")
_TERM_REFERENCES = ("classes", "subjects", "terms")

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table("schools", (*_ids("school_id"), Column("name", Kind.TEXT, False)), ("school_id",)),
        Table(
            "terms",
            (
                *_ids("term_id", "school_id"),
                _YEAR,
                Column("kind", Kind.TEXT),
                Column("number", Kind.WHOLE),
                Column("starts_on", Kind.DATE),
                Column("ends_on", Kind.DATE),
            ),
            ("school_id", "term_id"),
        ),
        Table(
            "classes",
            (
                *_ids("class_id", "school_id"),
                _YEAR,
                Column("name", Kind.TEXT),
                Column("grade_level", Kind.WHOLE, False, highest=99),
                Column("term_kind", Kind.TEXT, False),
            ),
            ("school_id", "class_id"),
        ),
        Table(
            "subjects",
            (*_ids("subject_id", "school_id"), Column("name", Kind.TEXT), Column("area", Kind.TEXT, False)),
            ("school_id", "subject_id"),
        ),
        Table(
            "enrolments",
            (
                *_ids("school_id", "class_id", "pupil_id"),
                Column("starts_on", Kind.DATE, False),
                Column("ends_on", Kind.DATE, False),
            ),
            ("school_id", "class_id", "pupil_id", "starts_on"),
            references=("classes",),
        ),
        Table(
            "teaching_load",
            (*_ids(*_COURSE, "teacher_id?"), Column("hours_a_week", Kind.AMOUNT)),
            (*_COURSE, "teacher_id"),
            agrees_on="hours_a_week",
            references=_COURSE_REFERENCES,
        ),
        Table(
            "lessons",
            (
                *_LESSON,
                Column("held_on", Kind.DATE),
                Column("number", Kind.WHOLE, False, highest=99),
                Column("topic", Kind.TEXT, False),
                Column("homework_set", Kind.FLAG, False),
                _RECORDED_AT,
            ),
            (*_COURSE, "teacher_id", "term_id", "held_on", "number"),
            numbered_by="number",
            references=_TERM_REFERENCES,
            day="held_on",
        ),
        Table(
            "marks",
            (
                *_LESSON,
                *_ids("pupil_id"),
                Column("given_on", Kind.DATE),
                _VALUE,
                Column("work_type", Kind.TEXT, False),
                Column("weight", Kind.AMOUNT, False),
                _RECORDED_AT,
            ),
            references=_TERM_REFERENCES,
            day="given_on",
            has_enrolled_pupil=True,
        ),
        Table(
            "absences",
            (*_LESSON, *_ids("pupil_id"), Column("missed_on", Kind.DATE), Column("reason", Kind.TEXT, False)),
            references=_TERM_REFERENCES,
            day="missed_on",
            has_enrolled_pupil=True,
        ),
        Table(
            "term_marks",
            (*_LESSON, *_ids("pupil_id"), _VALUE),
            (*_COURSE, "term_id", "pupil_id"),
            agrees_on="value",
            references=_TERM_REFERENCES,
            has_enrolled_pupil=True,
        ),
        Table(
            "year_marks",
            (*_ids(*_COURSE), _YEAR, *_ids("pupil_id"), _VALUE),
            (*_COURSE, "school_year", "pupil_id"),
            agrees_on="value",
            references=_COURSE_REFERENCES,
            has_enrolled_pupil=True,
        ),
    )
}

# The id by which other tables name a row of these.
ID_OF: dict[str, str] = {"classes": "class_id", "subjects": "subject_id", "terms": "term_id"}

REQUIRED_TABLES = ("terms", "classes", "subjects")
# A set without any of these says nothing about pupils.
TABLES_OF_PUPILS = ("enrolments", "marks", "absences", "term_marks", "year_marks")
# In a lake these stand once in every year's folder.
REPEATED_IN_A_LAKE = ("schools", "subjects")
