"""Rows of a table that opens a year against what the school has: what is new, changed, gone, and what cannot be taken.

The same check serves a typed table, in which rows carry the identifier of their record and a missing row is a removed
one, and a file, which only adds and changes (п. 4.3).
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from school.errors import RuleRefused
from school.files.plan import ImportKind, Plan, PlannedRow, SourceRow, by_outcome, digest_of, read_each
from school.files.values.numbers import parse_whole

Record = TypeVar("Record", bound=Any)
ID = "id"
LINES_NAMED = 5
_NO_COLUMNS: Mapping[str, str] = {}


@dataclass(frozen=True)
class OpeningPlan(Plan[Record]):
    """A plan that may also take records away.

    ``kept``: records that no row names and that stay all the same, since rows that may be theirs could not be taken.
    """

    removed: tuple[Record, ...] = ()
    kept: tuple[Record, ...] = ()

    @property
    def brings_anything(self) -> bool:
        """Whether applying the plan would change the store."""
        return bool(self.new or self.changed or self.removed)


def plan_rows(
    kind: ImportKind,
    rows: Sequence[SourceRow],
    present: Sequence[Record],
    read: Callable[[SourceRow], Record],
    key: Callable[[Record], Hashable],
    *,
    is_whole: bool,
    columns: Mapping[str, str] = _NO_COLUMNS,
) -> OpeningPlan[Record]:
    """Return what rows would do to the present records, which have a field ``record_id``.

    ``read`` turns a row into a record or raises RuleRefused with the reason; ``key`` is the same for two records
    of one thing. ``is_whole``: the rows are the whole table, so that a record without a row is removed, unless a row
    could not be taken. ``columns``: field of a row → field of a record that stays as it is where the file lacks the column.
    """
    by_id = {each.record_id: each for each in present}
    by_key = {key(each): each for each in present}
    first_rows: dict[Hashable, int] = {}
    matched: set[int | None] = set()

    def planned_row(row: SourceRow) -> PlannedRow[Record]:
        before = by_id.get(_id(row))
        matched.update({before.record_id} if before else ())
        record = read(row)
        if (first := first_rows.setdefault(key(record), row.number)) != row.number:
            raise RuleRefused(f"повторяет строку {first}")
        before = before or by_key.get(key(record))
        if key(record) in by_key and before is not by_key[key(record)]:
            raise RuleRefused("такая запись уже есть")
        record = replace(record, record_id=before.record_id if before else None)
        if before:
            unsaid = {own: getattr(before, own) for name, own in columns.items() if name not in row.texts}
            record = replace(record, **unsaid)
        matched.add(record.record_id)
        return PlannedRow(row.number, record, before)

    planned, refused = read_each(rows, planned_row)
    return OpeningPlan(
        kind,
        **by_outcome(planned),
        refused=tuple(refused),
        made_from=digest_of(present),
        removed=tuple(each for each in present if is_whole and not refused and each.record_id not in matched),
    )


def _id(row: SourceRow) -> int | None:
    return parse_whole(row[ID])


def check_nothing_refused(plan: Plan[Any]) -> None:
    """Raise RuleRefused when any row of a typed table cannot be taken: the whole table waits for its mending."""
    if plan.refused:
        listed = "; ".join(f"строка {row.number}: {row.reason}" for row in plan.refused[:LINES_NAMED])
        more = len(plan.refused) - LINES_NAMED
        listed += f"; и ещё строк: {more}" if more > 0 else ""
        raise RuleRefused("Таблица не сохранена.", f"Есть ошибки — {listed}.", "Исправьте их и сохраните.")
