"""What makes a row of an extract bad: one table of reasons per kind of column, key, reference and date."""

from collections.abc import Callable, Mapping, Sequence

from school.clock import school_zone
from school.extracts.format import ID_OF, TABLES, Column, Kind, Table
from school.extracts.staging import Staging
from school.extracts.values import NOTHING, even_text, id_of_even, id_text

_DATE = r"\d{4}-\d{2}-\d{2}([ T]00:00:00(\.0+)?)?"
_CLOCK = r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?"
# A date and time with its distance from Greenwich: the same instant everywhere.
_INSTANT = r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}(:?\d{2})?)"
_WHOLE = r"([+-]?\d+)(\.0+)?"


def _whole(raw: str) -> str:
    return f"TRY_CAST(nullif(regexp_extract({raw}, '^{_WHOLE}$', 1), '') AS BIGINT)"


def _date(raw: str) -> str:
    """A date, or the instant at which it begins in the school's zone."""
    local = _school_time(raw)
    begins = f"regexp_full_match({raw}, '{_INSTANT}') AND {local} = date_trunc('day', {local})"
    return f"""CASE WHEN regexp_full_match({raw}, '{_DATE}') THEN TRY_CAST(left({raw}, 10) AS DATE)
        WHEN {begins} THEN CAST({local} AS DATE) END"""


def _moment(raw: str) -> str:
    """The clock on the school's wall: as it was written where no zone stands beside it, else that of the instant."""
    return f"""CASE WHEN regexp_full_match({raw}, '{_CLOCK}') THEN TRY_CAST({raw} AS TIMESTAMP)
        WHEN regexp_full_match({raw}, '{_INSTANT}') THEN {_school_time(raw)} END"""


def _school_time(raw: str) -> str:
    return f"timezone('{school_zone()}', TRY_CAST({raw} AS TIMESTAMPTZ))"


_PARSED: dict[Kind, Callable[[str], str]] = {
    Kind.ID: lambda raw: raw,
    Kind.TEXT: lambda raw: raw,
    Kind.WHOLE: _whole,
    Kind.MARK: _whole,
    Kind.AMOUNT: lambda raw: f"TRY_CAST({raw} AS DOUBLE)",
    Kind.DATE: _date,
    Kind.MOMENT: _moment,
    Kind.FLAG: lambda raw: (
        f"CASE lower({raw}) WHEN 'true' THEN true WHEN '1' THEN true WHEN '1.0' THEN true "
        "WHEN 'false' THEN false WHEN '0' THEN false WHEN '0.0' THEN false END"
    ),
}
_EXPECTED: dict[Kind, str] = {
    Kind.ID: "программа таблиц приняла обозначение за число и округлила его",
    Kind.TEXT: "нужен текст",
    Kind.WHOLE: "нужно целое число от {lowest} до {highest}",
    Kind.MARK: "нужна отметка от 2 до 5",
    Kind.AMOUNT: "нужно число не меньше нуля, дробь через точку: 1.5",
    Kind.DATE: "нужна дата ГГГГ-ММ-ДД",
    Kind.MOMENT: "нужны дата и время ГГГГ-ММ-ДД ЧЧ:ММ",
    Kind.FLAG: "нужно true или false",
}
# «1.03E+12»: a table program took an id for a number and kept its first digits only.
_ROUNDED_ID = r"\d[.,]\d+[eE]\+\d+"
_ALLOWED: dict[Kind, str] = {
    Kind.ID: f"NOT regexp_full_match(t.{{name}}, '{_ROUNDED_ID.replace('{', '{{').replace('}', '}}')}')",
    Kind.WHOLE: "t.{name} BETWEEN {lowest} AND {highest}",
    Kind.MARK: "t.{name} BETWEEN 2 AND 5",
    Kind.AMOUNT: "t.{name} >= 0 AND isfinite(t.{name})",
}
# Days of a school that keeps its register on a computer; others are an empty value or a slip (1026-09-01, 9999-12-31).
_YEARS = (1990, 2099)

# «7А», «10-Б», «1 "В"»: the grade level stands before one letter.
_NAME_WITH_GRADE = r'^(1[01]|[1-9])\s*[-–—]?\s*[«"]?[А-ЯЁа-яёA-Z][»"]?$'


def check_rows(staging: Staging) -> None:
    """Split every ``raw_NAME`` table into ``NAME`` (typed, sound rows) and rows of ``refused`` with reasons."""
    _name_schools(staging)
    x, unclear = staging.catalog, _unclear_ids(staging)
    for position, table in enumerate(TABLES.values()):
        staging.run(_candidates(x, table, unclear))
        staging.run(
            f"""CREATE TABLE {x}.{table.name} AS SELECT file, line, {", ".join(table.names)} FROM {x}.candidates
                WHERE fault IS NULL AND NOT is_repeated"""
        )
        staging.run(
            f"""INSERT INTO {x}.refused SELECT {position}, '{table.name}', file, line, fault
                FROM {x}.candidates WHERE fault IS NOT NULL AND NOT is_repeated"""
        )
        staging.run(f"DROP TABLE {x}.candidates")
        staging.run(f"DROP TABLE {x}.raw_{table.name}")
    staging.run(
        f"""UPDATE {x}.classes SET grade_level =
            TRY_CAST(nullif(regexp_extract(name, $pattern, 1), '') AS BIGINT) WHERE grade_level IS NULL""",
        {"pattern": _NAME_WITH_GRADE},
    )


def _name_schools(staging: Staging) -> None:
    """Where the set has no table of schools, its ids name them."""
    x = staging.catalog
    staging.run(
        f"""INSERT INTO {x}.raw_schools (file, line, school_id)
            SELECT '', row_number() OVER (ORDER BY school_id), school_id
            FROM (SELECT {id_text("school_id")} AS school_id FROM {x}.raw_terms
                UNION SELECT {id_text("school_id")} FROM {x}.raw_classes)
            WHERE school_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {x}.raw_schools)"""
    )


def _unclear_ids(staging: Staging) -> dict[str, list[str]]:
    """Return the ids that differ from another of the set by a blank inside alone, by the name of their column."""
    holders: dict[str, list[str]] = {}
    for table in TABLES.values():
        for column in table.columns:
            if column.kind is Kind.ID:
                holders.setdefault(column.name, []).append(f"{staging.catalog}.raw_{table.name}")
    return {
        name: found
        for name, tables in holders.items()
        if (found := _differing_by_blanks(staging, name, tables))
    }


def _differing_by_blanks(staging: Staging, name: str, tables: Sequence[str]) -> list[str]:
    def ids(condition: str, parameters: Sequence[str] = ()) -> set[str]:
        # Written once over the different ids, not once a table: the engine reads it longer than it reads the rows.
        given = " UNION ".join(f"SELECT {name} AS given FROM {table}" for table in tables)
        rows = staging.rows(
            f"SELECT id FROM (SELECT {id_text('given')} AS id FROM ({given})) WHERE {condition}",
            [list(parameters)] if parameters else None,
        )
        return {row[0] for row in rows}

    with_blanks = ids("contains(id, ' ')")
    alike = (
        ids("list_contains($1, id)", [each.replace(" ", "") for each in with_blanks])
        if with_blanks
        else set()
    )
    return sorted(each for each in with_blanks if each.replace(" ", "") in alike)


def _candidates(x: str, table: Table, unclear: Mapping[str, Sequence[str]]) -> str:
    """Return SQL that makes ``candidates``: typed rows, each with its first reason to be refused, or none."""
    evens, raws = (", ".join(map(each, table.columns)) for each in (_even, _raw))
    typed = ", ".join(f"{_PARSED[c.kind]('raw_' + c.name)} AS {c.name}" for c in table.columns)
    conditions = [
        condition
        for column in table.columns
        for condition in _column_reasons(column, unclear.get(column.name, ()))
    ]
    joins, reference_conditions = _references(x, table)
    conditions += reference_conditions
    fault = "CASE " + " ".join(f"WHEN {when} THEN {then}" for when, then in conditions) + " END"
    sound = f"""SELECT t.file, t.line, {", ".join("t." + name for name in table.names)}, {fault} AS fault
                FROM typed t {" ".join(joins)}"""
    return f"""CREATE TABLE {x}.candidates AS
        WITH even AS (SELECT file, line, {evens} FROM {x}.raw_{table.name}),
             raw AS (SELECT file, line, {raws} FROM even),
             typed AS (SELECT *, {typed} FROM raw),
             sound AS ({sound})
        {_with_key_reasons(table)}"""


def _even(column: Column) -> str:
    given = even_text(column.name) if column.kind is Kind.ID else f"nullif(trim({column.name}), '')"
    return f"{given} AS even_{column.name}"


def _raw(column: Column) -> str:
    even = f"even_{column.name}"
    return f"{id_of_even(even) if column.kind is Kind.ID else without_nothing(even)} AS raw_{column.name}"


def without_nothing(given: str) -> str:
    """Return SQL of a text that is NULL where a program wrote its word for nothing."""
    words = ", ".join(f"'{word}'" for word in NOTHING)
    return f"CASE WHEN lower({given}) NOT IN ({words}) THEN {given} END"


def _column_reasons(column: Column, unclear: Sequence[str]) -> list[tuple[str, str]]:
    name, kind = column.name, column.kind
    reasons = []
    if column.is_required:
        reasons.append((f"t.raw_{name} IS NULL", f"'{name}: пусто'"))
    bounds = {"lowest": column.lowest, "highest": column.highest}
    is_allowed = _ALLOWED.get(kind, "true").format(name=name, **bounds)
    if unclear:
        listed = ", ".join("'" + each.replace("'", "''") + "'" for each in unclear)
        words = (
            f"'{name}: «' || left(t.raw_{name}, 40) || '» отличается от другого обозначения только пробелом'"
        )
        reasons.append((f"t.raw_{name} IN ({listed})", words))
    expected = _EXPECTED[kind].format(**bounds)
    reasons.append(
        (
            f"t.raw_{name} IS NOT NULL AND (t.{name} IS NULL OR NOT ({is_allowed}))",
            f"'{name}: «' || left(t.raw_{name}, 40) || '», {expected}'",
        )
    )
    if kind in (Kind.DATE, Kind.MOMENT):
        first, last = _YEARS
        words = f"'{name}: «' || left(t.raw_{name}, 40) || '», год вне {first}–{last}'"
        reasons.append((f"year(t.{name}) NOT BETWEEN {first} AND {last}", words))
    return reasons


def _references(x: str, table: Table) -> tuple[list[str], list[tuple[str, str]]]:
    if table.name == "schools":
        return [], []
    joins = [f"LEFT JOIN {x}.schools schools ON schools.school_id = t.school_id"]
    reasons = [("schools.school_id IS NULL", _unknown_id("school_id"))]
    for other in table.references:
        name = ID_OF[other]
        joins.append(
            f"LEFT JOIN {x}.{other} {other} ON {other}.school_id = t.school_id AND {other}.{name} = t.{name}"
        )
        reasons.append((f"{other}.{name} IS NULL", _unknown_id(name)))
    if keys := table.pupil_keys:
        same = " AND ".join(f"enrolled.{name} = t.{name}" for name in keys)
        joins.append(f"LEFT JOIN (SELECT DISTINCT {', '.join(keys)} FROM {x}.enrolments) enrolled ON {same}")
        where = "этом классе" if "class_id" in keys else "школе"
        reasons.append(("enrolled.pupil_id IS NULL", f"'pupil_id: ученик не числится в {where}'"))
    if table.day:
        outside = f"t.{table.day} NOT BETWEEN terms.starts_on AND terms.ends_on"
        period = "strftime(terms.starts_on, '%d.%m.%Y') || '–' || strftime(terms.ends_on, '%d.%m.%Y')"
        reasons.append(
            (
                outside,
                f"'{table.day}: ' || strftime(t.{table.day}, '%d.%m.%Y') || ' вне периода ' || {period}",
            )
        )
    return joins, [*reasons, *_CONTRADICTIONS.get(table.name, ()), *_other_year(table)]


# What cannot be true of one row: the day of leaving may be that of arrival, as of a pupil who left in summer.
_CONTRADICTIONS = {
    "terms": [("t.ends_on < t.starts_on", "'ends_on: период кончается раньше, чем начинается'")],
    "enrolments": [("t.ends_on < t.starts_on", "'ends_on: выбытие раньше прихода'")],
}


def _other_year(table: Table) -> list[tuple[str, str]]:
    """What a class gives is of its own school year."""
    if "classes" not in table.references:
        return []
    named = {"terms": "term_id: период"} if "terms" in table.references else {}
    if table.name == "year_marks":
        named = {"t": "school_year: отметка"}
    return [
        (
            f"{of}.school_year <> classes.school_year",
            f"'{words} ' || {of}.school_year || ' учебного года, а класс — ' || classes.school_year",
        )
        for of, words in named.items()
    ]


def _unknown_id(name: str) -> str:
    return f"'{name}: «' || left(t.{name}, 40) || '» нет среди загружаемых'"


def _with_key_reasons(table: Table) -> str:
    """Return SQL that adds reasons found by comparing rows: the same key twice, contradictions, overlaps."""
    if not table.key:
        return "SELECT *, false AS is_repeated FROM sound"
    has_key = f"fault IS NULL AND {table.numbered_by} IS NOT NULL" if table.numbered_by else "fault IS NULL"
    window = f"PARTITION BY {has_key}, {', '.join(table.key)}"
    first = f"first_value(line) OVER ({window} ORDER BY file, line)"
    cases = []
    if table.agrees_on:
        column = table.agrees_on
        cases.append(
            f"""WHEN min({column}) OVER ({window}) <> max({column}) OVER ({window})
                THEN '{column}: строки с одними и теми же обозначениями расходятся, первая из них — ' || {first}"""
        )
    cases.append(
        f"WHEN row_number() OVER ({window} ORDER BY file, line) > 1 THEN 'повтор строки ' || {first}"
    )
    if table.name == "enrolments":
        cases.append(_overlap())
    own = [name for name in table.names if name not in table.key]
    same = " AND ".join(
        f"{name} IS NOT DISTINCT FROM first_value({name}) OVER ({window} ORDER BY file, line)" for name in own
    )
    is_repeated = "false"
    if table.is_repeated_in_a_lake:
        is_repeated = (
            f"({has_key}) AND file <> first_value(file) OVER ({window} ORDER BY file, line) AND {same}"
        )
    return f"""SELECT * REPLACE (CASE WHEN NOT ({has_key}) THEN fault {" ".join(cases)} END AS fault),
        {is_repeated} AS is_repeated FROM sound"""


def _overlap() -> str:
    """Earlier rows of the same pupil in the same class that cover a common day."""
    window = """PARTITION BY fault IS NULL, school_id, class_id, pupil_id
                ORDER BY coalesce(starts_on, DATE '0001-01-01'), file, line
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"""
    return f"""WHEN coalesce(starts_on, DATE '0001-01-01') < coalesce(ends_on, DATE '9999-12-31')
        AND max(CASE WHEN coalesce(starts_on, DATE '0001-01-01') < coalesce(ends_on, DATE '9999-12-31')
                THEN coalesce(ends_on, DATE '9999-12-31') END) OVER ({window})
            > coalesce(starts_on, DATE '0001-01-01')
        THEN 'starts_on: в это время ученик уже числится в этом классе по другой строке'"""
