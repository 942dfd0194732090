"""Who works with the register, how often and at what: for the quarterly report on users' activity (п. 4.3, 7.1)."""

from collections.abc import Sequence
from typing import Any

import narwhals as nw

from pipelines.measures.tables import per, percent, read, totals
from school.analytics.rules import CELL, ENTRIES, MARK_DIGIT, NO_WORK, SIGN_IN

CELL_ENTRIES = ("mark_entries", "absence_entries", "cleared_entries")
ENTRY_COUNTS = (*CELL_ENTRIES, *ENTRIES, "other_entries")
COUNTS = ("sign_ins", "entries", *ENTRY_COUNTS)
DAYS_AND_COUNTS = ("days_active", *COUNTS)


def user_activity(events: Any, by: Sequence[str] = ("user_id",)) -> Any:
    """Return per group of ``by`` what its users did: days_active, last_seen_at, sign_ins, entries and their kinds.

    ``events``: the columns of ``by``, user_id, happened_at, happened_on (its day), kind, new_value. Events of nobody are
    left out. A day is active when anything was done or the user signed in; days are counted once for a group, so ask
    by user for days of users. The kinds of entries (ENTRY_COUNTS) are disjoint and add up to ``entries``: a cell with a
    mark is a mark, one with a letter only an absence, an emptied one is ``cleared``.
    """
    done = read(events).filter(~nw.col("user_id").is_null(), ~nw.col("kind").is_in(NO_WORK))
    flags = {name: flag.cast(nw.Int64) for name, flag in _flags().items()}
    rows = done.select(*by, "happened_on", "happened_at", **flags)
    seen = rows.with_columns(days_active=nw.col("happened_on"), last_seen_at=nw.col("happened_at"))
    measures = [nw.col("days_active").n_unique(), nw.col("last_seen_at").max(), nw.col(*COUNTS).sum()]
    counted = seen.group_by(*by).agg(*measures) if by else seen.select(*measures)
    whole = nw.col("days_active", *COUNTS).fill_null(0).cast(nw.Int64)
    return counted.select(*by, "last_seen_at", whole).to_native()


def added_up(measured: Any, by: Sequence[str] = ("user_id",)) -> Any:
    """Return an answer of ``user_activity`` by weeks or months added up; the weeks or months must have no day in common."""
    parts = read(measured).select(*by, "last_seen_at", *DAYS_AND_COUNTS)
    whole = nw.col(*DAYS_AND_COUNTS)
    summed = parts.group_by(*by).agg(nw.col("last_seen_at").max(), whole.sum())
    return summed.with_columns(whole.cast(nw.Int64)).to_native()


def activity_of_groups(users: Any, active: Any, by: Sequence[str] = ("role",)) -> Any:
    """Return per group of ``by``: accounts, how many of them were active, and what they entered together.

    ``users``: the columns of ``by``, user_id; who plays two roles has two rows and counts in both; ``active``: an answer
    of ``user_activity`` by user. user_days adds up each user's active days; active_share is percent of accounts,
    days_per_active_user a mean.
    """
    seen = read(active).with_columns(accounts_active=nw.lit(1), user_days=nw.col("days_active"))
    joined = read(users).select(*by, "user_id").unique().join(seen, on="user_id", how="left")
    done = {name: nw.col(name).fill_null(0) for name in ("accounts_active", "user_days", *COUNTS)}
    accounts, present = nw.col("accounts"), nw.col("accounts_active")
    rates = {
        "active_share": percent(present, accounts),
        "days_per_active_user": per(nw.col("user_days"), present),
    }
    return totals(joined, by, {"accounts": nw.lit(1)} | done, rates=rates).to_native()


def _flags() -> dict[str, nw.Expr]:
    kind, value = nw.col("kind"), nw.col("new_value").fill_null("")
    is_cell, has_mark = kind == CELL, value.str.contains(MARK_DIGIT)
    cells = (is_cell & has_mark, is_cell & ~has_mark & (value != ""), is_cell & (value == ""))
    entries = {name: kind.is_in(kinds) for name, kinds in ENTRIES.items()}
    counted_kinds = [CELL, SIGN_IN, *(each for kinds in ENTRIES.values() for each in kinds)]
    others = {"other_entries": ~kind.is_in(counted_kinds)}
    is_sign_in = kind == SIGN_IN
    return (
        {"sign_ins": is_sign_in, "entries": ~is_sign_in}
        | dict(zip(CELL_ENTRIES, cells, strict=True))
        | entries
        | others
    )
