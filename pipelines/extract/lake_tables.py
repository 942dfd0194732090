"""The tables of a lake: those of an extract, and what a publication derives from them and puts beside them.

The sums of marks have a sixth of the rows of the marks and answer most questions about them. ``former_sums`` are the marks
that pupils brought from former classes, ``left_places`` the terms of a class that pupils ended in another: few rows. What is
derived is trusted only where the publication's manifest vouches for it; everywhere else it is computed from the tables.
"""

from collections.abc import Collection

from school.extracts.format import TABLES, Column, Kind, Table

MARK_SUMS, MARKS, TERM_MARKS = "mark_sums", "marks", "term_marks"
FORMER_SUMS, LEFT_PLACES = "former_sums", "left_places"
PLACE_TABLES = ("enrolments", "classes", "terms")
DERIVED_FROM = {
    MARK_SUMS: (MARKS,),
    FORMER_SUMS: (*PLACE_TABLES, MARKS, "teaching_load"),
    LEFT_PLACES: PLACE_TABLES,
}
# What measures of marks need of ``pipelines.measures.mark_sums``.
NUMBERS = ("marks_given", "n5", "n4", "n3", "n2")
REALS = ("weights", "weighted_marks")
# One teacher's pupils in a class, a subject and a term: the smallest group that a row of marks names.
CELL = ("class_id", "subject_id", "teacher_id", "term_id")
OF_PUPILS = (MARK_SUMS, TERM_MARKS, "year_marks")
_YEAR = Column("school_year", Kind.WHOLE, False, 32_767, "", "", "")


def _of_marks(name: str) -> Column:
    return next(column for column in TABLES[MARKS].columns if column.name == name)


def _sum(name: str, kind: Kind) -> Column:
    return Column(name, kind, True, 2**31 - 1, "content", "", "")


SUM_KEYS = ("school_id", *CELL, "pupil_id")
_SUMS = (
    *(_of_marks(name) for name in SUM_KEYS),
    *(_sum(name, Kind.WHOLE) for name in NUMBERS),
    *(_sum(name, Kind.AMOUNT) for name in REALS),
)


def _derived(name: str, columns: tuple[Column, ...], title: str) -> Table:
    return Table(
        name,
        columns,
        title,
        is_required=False,
        is_about_pupils=False,
        is_repeated_in_a_lake=False,
        contradiction="",
    )


LAKE_TABLES: dict[str, Table] = TABLES | {
    MARK_SUMS: _derived(MARK_SUMS, _SUMS, "Суммы отметок"),
    FORMER_SUMS: _derived(FORMER_SUMS, _SUMS, "Суммы отметок прежних классов"),
    LEFT_PLACES: _derived(
        LEFT_PLACES,
        tuple(_of_marks(name) for name in ("school_id", "class_id", "term_id", "pupil_id")),
        "Периоды, законченные в другом классе",
    ),
}


def with_sources(names: Collection[str]) -> set[str]:
    """Return tables with those from which the derived among them are computed."""
    return {*names}.union(*(DERIVED_FROM.get(name, ()) for name in names))


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
