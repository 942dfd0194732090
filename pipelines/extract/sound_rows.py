"""Which rows of an extract are sound; a bad one is set apart with the reason, never dropped or guessed at."""

from collections.abc import Mapping, Sequence

import narwhals as nw

from pipelines.extract.typed_columns import FILE
from pipelines.measures.tables import NOTHING, Expressions, Frame, moment
from school.extracts.csv_tables import LINE, WRONG_FIELDS
from school.extracts.format import ID_OF, Column, Kind, Table
from school.register.rules.cells import HIGHEST_MARK, LOWEST_MARK

REASON = "reason_refused"
_EXPECTED: dict[Kind, str] = {
    Kind.ID: "нужно обозначение",
    Kind.TEXT: "нужен текст",
    Kind.WHOLE: "нужно целое число",
    Kind.MARK: "нужна отметка от 2 до 5",
    Kind.AMOUNT: "нужно число не меньше нуля, дробь через точку: 1.5",
    Kind.DATE: "нужна дата ГГГГ-ММ-ДД",
}
_REFERENCE_TITLES = {"classes": "класса", "subjects": "предмета", "terms": "учебного периода"}


def judged(table: Table, rows: Frame, references: Mapping[str, Frame]) -> Frame:
    """Add to each row the reason why it is refused; null for a sound one.

    ``references``: the sound rows of the tables that the row may name, of the same partitions. The first reason that
    holds is given: fields, values, unknown ids, a day outside its term, a pupil who is not of the class.
    """
    reasons = {"полей в строке не столько, сколько в заголовке": nw.col(WRONG_FIELDS) != 0}
    for column in table.required:
        reasons |= _value_reasons(column)
    for name in table.references:
        rows = _with_reference(rows, references[name], name)
        reasons[f"{ID_OF[name]}: такого {_REFERENCE_TITLES[name]} нет"] = nw.col(f"known_{name}").is_null()
    if table.name == "terms":
        reasons["starts_on позже ends_on"] = moment("starts_on") > moment("ends_on")
    if table.day:
        day = moment(table.day)
        outside = (day < moment("term_starts_on")) | (day > moment("term_ends_on"))
        reasons[f"{table.day}: день вне своего учебного периода"] = outside
    if table.pupil_keys and "enrolments" in references:
        rows = _with_enrolled(rows, references["enrolments"], table.pupil_keys)
        is_stranger = nw.col("is_enrolled").is_null() & (~nw.col("is_listed").is_null())
        reasons["pupil_id: такого ученика в классе нет"] = is_stranger
    return rows.with_columns(_first(reasons).alias(REASON)).select(*table.names, FILE, LINE, REASON)


def sound(judged_rows: Frame, table: Table) -> Frame:
    """Return the rows without a reason against them."""
    return judged_rows.filter(nw.col(REASON).is_null()).select(*table.names)


def refused(judged_rows: Frame) -> Frame:
    """Return where the other rows stand, FILE and LINE, and the REASON."""
    return judged_rows.filter(~nw.col(REASON).is_null()).select(FILE, LINE, REASON)


def _value_reasons(column: Column) -> dict[str, nw.Expr]:
    value = nw.col(column.name)
    wrong = value.is_null()
    if column.kind is Kind.MARK:
        wrong = wrong | (value < LOWEST_MARK) | (value > HIGHEST_MARK)
    if column.kind in {Kind.AMOUNT, Kind.WHOLE}:
        wrong = wrong | (value < 0)
    return {f"{column.name}: {_EXPECTED[column.kind]}": wrong}


def _with_reference(rows: Frame, references: Frame, name: str) -> Frame:
    keys = ["school_id", ID_OF[name]]
    is_term = name == "terms"
    days = {f"term_{day}": nw.col(day).min() for day in ("starts_on", "ends_on")} if is_term else {}
    return rows.join(_once(references, keys, f"known_{name}", days), on=keys, how="left")


def _with_enrolled(rows: Frame, enrolments: Frame, pupil_keys: Sequence[str]) -> Frame:
    """Add whether the pupil is enrolled; a class without any list of pupils can call nobody a stranger."""
    for flag, keys in (("is_listed", list(pupil_keys[:-1])), ("is_enrolled", list(pupil_keys))):
        rows = rows.join(_once(enrolments, keys, flag), on=keys, how="left")
    return rows


def _once(rows: Frame, keys: Sequence[str], flag: str, more: Expressions = NOTHING) -> Frame:
    """Return each combination of keys once, with a flag that a left join leaves empty where there is none."""
    return rows.with_columns(nw.lit(1).alias(flag)).group_by(*keys).agg(nw.col(flag).max(), **more)


def _first(reasons: Mapping[str, nw.Expr]) -> nw.Expr:
    """Return the first reason that holds; what is unknown holds nothing against a row."""
    found: nw.Expr = nw.lit(None, nw.String)
    for reason, holds in reversed(list(reasons.items())):
        found = nw.when(holds.fill_null(False)).then(nw.lit(reason)).otherwise(found)
    return found
