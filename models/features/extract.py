"""Reads a journal extract, a folder of NAME.parquet or NAME.csv, into `JournalTables`; bad rows are reported, never guessed at.

One folder may hold many schools (distinguished by `school_id`), or be a lake of
`school_id=…/school_year=…/NAME.parquet`. Ids become strings; with more than one school they are made unique by the school.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pandas as pd

from models.features.tables import JournalTables
from pipelines.extract.engines import DuckEngine, frame_of
from pipelines.extract.sources import Partition, open_source
from pipelines.extract.typed_columns import FILE
from pipelines.measures.tables import collected
from school.extracts.csv_tables import LINE, WRONG_FIELDS
from school.extracts.format import ID_OF, IDS_WITHIN_A_SCHOOL, TABLES

# Columns that the format requires and forecasts do without.
_NOT_NEEDED = {"classes": ("school_year", "name"), "subjects": ("name",), "teaching_load": ("hours_a_week",)}


def _columns(name: str) -> tuple[list[str], list[str]]:
    without = ("school_id", *_NOT_NEEDED.get(name, ())) if name != "schools" else ()
    required = [column.name for column in TABLES[name].required if column.name not in without]
    return required, [column for column in TABLES[name].names if column not in required]


COLUMNS: dict[str, tuple[list[str], list[str]]] = {
    name: _columns(name)
    for name in [
        "schools",
        "terms",
        "classes",
        "subjects",
        "enrolments",
        "marks",
        "term_marks",
        "year_marks",
        "teaching_load",
    ]
}
"""Required and optional columns of the tables that forecasts read."""

NEEDED = ("terms", "term_marks")


class ExtractError(Exception):
    """The folder cannot be read as an extract; the text says what is missing and what to do."""


@dataclass(frozen=True)
class Problem:
    """A row, column or table that was left out: where and why. `line` counts the header of a CSV as 1."""

    table: str
    line: int | None
    reason: str

    def __str__(self) -> str:
        return f"{self.table}{'' if self.line is None else f', line {self.line}'}: {self.reason}"


@dataclass(frozen=True)
class Extract:
    """What was read and what was left out."""

    tables: JournalTables
    subject_names: dict[str, str]
    problems: list[Problem]


def read_extract(folder: Path) -> Extract:
    """The extract in `folder`. ExtractError if it has no terms or no term marks."""
    problems: list[Problem] = []
    found = _read_tables(folder, problems)
    for name in NEEDED:
        if found[name].empty:
            raise ExtractError(
                f"{folder}: no rows in table {name!r}. A forecast is measured against term marks and dated terms: "
                f"put {name}.parquet or {name}.csv into the folder, columns {', '.join(COLUMNS[name][0])}."
            )
    many_schools = _has_many_schools(found)
    found = {name: _with_own_ids(table, many_schools) for name, table in found.items()}
    _check_rows(found, problems)
    found["term_marks"], found["year_marks"] = _year_terms_apart(found)
    return Extract(_tables(found), _subject_names(found["subjects"]), problems)


def _read_tables(folder: Path, problems: list[Problem]) -> dict[str, pd.DataFrame]:
    with TemporaryDirectory(prefix="register-") as scratch, closing(DuckEngine(Path(scratch))) as engine:
        try:
            source = open_source(folder, COLUMNS, Path(scratch), is_strict=False)
            for each in source.passed_over:
                if each.file:
                    place = source.root / each.shown if "=" in each.shown else source.root
                    path = (place / each.file).relative_to(folder)
                    raise ExtractError(f"{path} cannot be read: damaged or half-written.")
                if each.is_whole:
                    problems.append(Problem(each.shown, None, each.reason))
            return {name: _read_table(engine, source.partitions, name, problems) for name in COLUMNS}
        except duckdb.Error as fault:
            raise ExtractError(str(fault)) from fault


def _read_table(
    engine: DuckEngine, partitions: Sequence[Partition], name: str, problems: list[Problem]
) -> pd.DataFrame:
    """The rows of a table in the order of files and lines, with those of its columns that are there and `line`."""
    required, optional = COLUMNS[name]
    rows = frame_of(engine, TABLES[name], partitions, with_place=True)
    if rows is None:
        return pd.DataFrame(columns=required)
    given = [each for each in partitions if name in each.files]
    present = {column for each in given for column in (*each.schemas[name].names, *each.keys)}
    if missing := [column for column in required if column not in present]:
        problems.append(Problem(name, None, f"table left out: no column {', '.join(missing)}"))
        return pd.DataFrame(columns=required)
    known = [*required, *optional]
    for column in sorted(present.difference(known, (LINE, WRONG_FIELDS))):
        problems.append(Problem(name, None, f"column {column!r} is unknown and was passed over"))
    table = collected(rows).sort_values([FILE, LINE], ignore_index=True)
    return table[[*(column for column in known if column in present), LINE, WRONG_FIELDS]]


def _has_many_schools(found: dict[str, pd.DataFrame]) -> bool:
    ids = [table["school_id"] for table in found.values() if "school_id" in table]
    return pd.concat(ids).nunique() > 1 if ids else False


def _with_own_ids(table: pd.DataFrame, many_schools: bool) -> pd.DataFrame:
    columns = [column for column in IDS_WITHIN_A_SCHOOL if column in table]
    ids = table[columns].astype(object)
    if many_schools and "school_id" in table:
        ids = ids.apply(lambda column: table["school_id"].astype(object) + "/" + column)
    return table.assign(**{column: ids[column].where(ids[column].notna(), None) for column in columns})


def _check_rows(found: dict[str, pd.DataFrame], problems: list[Problem]) -> None:
    """Leaves the bad rows out of `found`, with a problem for each."""
    terms = found["terms"]
    for column in ("starts_on", "ends_on"):
        terms[column] = pd.to_datetime(terms[column])
    bad_dates = terms["starts_on"].isna() | terms["ends_on"].isna() | (terms["starts_on"] > terms["ends_on"])
    found["terms"] = _without(
        terms, "terms", {"dates are missing or the wrong way round": bad_dates}, problems
    )
    for name in ("marks", "term_marks", "year_marks", "enrolments", "teaching_load"):
        table = found[name]
        found[name] = _without(table, name, _bad_rows(name, table, found), problems)


def _bad_rows(name: str, table: pd.DataFrame, found: dict[str, pd.DataFrame]) -> dict[str, pd.Series]:
    bad = {
        f"{column} is empty": table[column].isna()
        for column in COLUMNS[name][0]
        if column in IDS_WITHIN_A_SCHOOL
    }
    if WRONG_FIELDS in table:
        bad["the line has not as many fields as the header"] = table[WRONG_FIELDS] != 0
    for of in ("terms", "classes", "subjects"):
        column = ID_OF[of]
        if column in table and len(found[of]):
            bad[f"{column} is unknown"] = ~table[column].isin(found[of][column])
    if "value" in table:
        table["value"] = pd.to_numeric(table["value"], errors="coerce")
        bad["value is not a mark of 2 to 5"] = ~table["value"].isin([2, 3, 4, 5])
    if name == "marks":
        table["given_on"] = pd.to_datetime(table["given_on"], errors="coerce")
        spans = found["terms"].drop_duplicates("term_id").set_index("term_id")
        starts, ends = (table["term_id"].map(spans[column]) for column in ("starts_on", "ends_on"))
        bad["given_on is not a date"] = table["given_on"].isna()
        bad["given_on is outside its term"] = (table["given_on"] < starts) | (
            table["given_on"] >= ends + pd.Timedelta(days=1)
        )
    return bad


def _year_terms_apart(found: dict[str, pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Term marks of a term of kind "year" are year marks where the year has other terms and marks refer to those."""
    terms, term_marks, year_marks = found["terms"], found["term_marks"], found["year_marks"]
    yearly = terms[(terms["kind"] == "year") & ~terms["term_id"].isin(found["marks"]["term_id"])]
    others = terms[terms["kind"] != "year"]
    yearly = yearly[yearly["school_year"].isin(others["school_year"])]
    apart = term_marks["term_id"].isin(yearly["term_id"])
    if not apart.any():
        return term_marks, year_marks
    years = yearly.drop_duplicates("term_id").set_index("term_id")["school_year"]
    moved = term_marks[apart].assign(school_year=lambda rows: rows["term_id"].map(years))
    same = ["class_id", "subject_id", "school_year", "pupil_id"]
    both = pd.concat([year_marks, moved[[*same, "value"]]] if len(year_marks) else [moved[[*same, "value"]]])
    return term_marks[~apart].reset_index(drop=True), both.drop_duplicates(same).reset_index(drop=True)


def _without(
    table: pd.DataFrame, name: str, bad: dict[str, pd.Series], problems: list[Problem]
) -> pd.DataFrame:
    left_out = pd.Series(False, index=table.index)
    for reason, rows in bad.items():
        new = rows & ~left_out
        if "line" in table:
            problems.extend(Problem(name, int(line), reason) for line in table.loc[new, "line"])
        left_out |= rows
    return table[~left_out].reset_index(drop=True)


def _tables(found: dict[str, pd.DataFrame]) -> JournalTables:
    seen = [found["marks"], found["term_marks"]]
    taught = pd.concat([found["teaching_load"], *(_taught(table) for table in seen)], ignore_index=True)
    return JournalTables(
        marks=found["marks"],
        term_marks=found["term_marks"],
        terms=found["terms"],
        enrolments=_enrolments(found),
        class_terms=pd.concat([table[["class_id", "term_id"]] for table in seen]).drop_duplicates(),
        teaching_load=taught.drop_duplicates(["class_id", "subject_id"]),
        classes=found["classes"] if len(found["classes"]) else None,
        year_marks=found["year_marks"] if len(found["year_marks"]) else None,
    )


def _taught(table: pd.DataFrame) -> pd.DataFrame:
    return table[["class_id", "subject_id"]].drop_duplicates()


def _enrolments(found: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The enrolments; for classes without any, whoever was marked there."""
    listed = found["enrolments"]
    marked = pd.concat([found[name][["class_id", "pupil_id"]] for name in ("marks", "term_marks")])
    unlisted = marked[~marked["class_id"].isin(listed["class_id"])].drop_duplicates()
    enrolments = pd.concat([listed, unlisted], ignore_index=True) if len(listed) else unlisted
    for column in ("starts_on", "ends_on"):
        if column in enrolments:
            enrolments[column] = pd.to_datetime(enrolments[column], errors="coerce")
    return enrolments.reset_index(drop=True)


def _subject_names(subjects: pd.DataFrame) -> dict[str, str]:
    if "name" not in subjects:
        return {}
    return dict(zip(subjects["subject_id"], subjects["name"].astype(str), strict=True))
