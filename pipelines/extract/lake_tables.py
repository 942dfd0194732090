"""The tables of a lake: those of an extract, and the current marks added up, which a publication puts beside them.

The sums have a sixth of the rows of the marks and answer most questions about them. They are trusted only where the
publication's manifest vouches for them; everywhere else the marks themselves are read.
"""

from school.extracts.format import TABLES, Column, Kind, Table

MARK_SUMS, MARKS = "mark_sums", "marks"
# What measures of marks need of ``pipelines.measures.mark_sums``.
NUMBERS = ("marks_given", "n5", "n4", "n3", "n2")
REALS = ("weights", "weighted_marks")
# One teacher's pupils in a class, a subject and a term: the smallest group that a row of marks names.
CELL = ("class_id", "subject_id", "teacher_id", "term_id")
OF_PUPILS = (MARK_SUMS, "term_marks", "year_marks")
_YEAR = Column("school_year", Kind.WHOLE, False, 32_767, "", "", "")


def _of_marks(name: str) -> Column:
    return next(column for column in TABLES[MARKS].columns if column.name == name)


def _sum(name: str, kind: Kind) -> Column:
    return Column(name, kind, True, 2**31 - 1, "content", "", "")


SUM_KEYS = ("school_id", *CELL, "pupil_id")
LAKE_TABLES: dict[str, Table] = TABLES | {
    MARK_SUMS: Table(
        MARK_SUMS,
        (
            *(_of_marks(name) for name in SUM_KEYS),
            *(_sum(name, Kind.WHOLE) for name in NUMBERS),
            *(_sum(name, Kind.AMOUNT) for name in REALS),
        ),
        "Суммы отметок",
        is_required=False,
        is_about_pupils=False,
        is_repeated_in_a_lake=False,
        contradiction="",
    )
}


def with_year(table: Table) -> Table:
    """Return a table with the school year that its folder names, so that two years are never one cell."""
    if _YEAR.name in table.names:
        return table
    return Table(
        table.name,
        (*table.columns, _YEAR),
        table.title,
        table.is_required,
        table.is_about_pupils,
        table.is_repeated_in_a_lake,
        table.contradiction,
    )
