"""How many pupils classes had at the start of a span and at its end, who arrived and who left between (п. 4.3, 4.6)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import narwhals as nw

from pipelines.measures.tables import Frame, midnight, moment, read, totals

COUNTS = ("pupils_at_start", "pupils_arrived", "pupils_left", "pupils_at_end")


def pupil_movement(
    enrolments: Any, by: Sequence[str] = ("class_id",), *, first_day: date, last_day: date
) -> Any:
    """Return per group of ``by`` the COUNTS between two days, both inclusive; start + arrived − left = end.

    ``enrolments``: the columns of ``by``, pupil_id, starts_on and ends_on (the first day without the pupil), empty is open.
    Who moves inside a group has neither left nor arrived: from one class to another a pupil leaves the one and arrives in
    the other, and for the school stays. Who came and left between counts in both, who left on the day of coming in none.
    """
    found = read(enrolments).select(*by, "pupil_id", "starts_on", "ends_on")
    there = found.filter(
        _is_null("starts_on") | _is_null("ends_on") | (moment("starts_on") < moment("ends_on"))
    )
    stays = _joined_to_others(there, by).with_columns(
        was_before=_is_null("starts_on") | (moment("starts_on") <= midnight(first_day)),
        is_over=~_is_null("ends_on") & (moment("ends_on") <= midnight(last_day)),
        was_over=~_is_null("ends_on") & (moment("ends_on") <= midnight(first_day)),
        has_come=_is_null("starts_on") | (moment("starts_on") <= midnight(last_day)),
    )
    here = stays.filter(nw.col("has_come"), ~nw.col("was_over"))
    before, is_over = nw.col("was_before"), nw.col("is_over")
    has_arrived, has_left = ~before & ~nw.col("has_come_from_here"), is_over & ~nw.col("has_moved_on_here")
    return totals(
        here, by, dict(zip(COUNTS, (before, has_arrived, has_left, ~is_over), strict=True))
    ).to_native()


def _joined_to_others(stays: Frame, by: Sequence[str]) -> Frame:
    """Say of each stay whether another of the pupil in the same group ends on its first day, or begins on its day of leaving."""
    keys = [*by, "pupil_id"]
    ended = stays.filter(~_is_null("ends_on")).select(
        *keys, starts_on="ends_on", has_come_from_here=nw.lit(1)
    )
    begun = stays.filter(~_is_null("starts_on")).select(
        *keys, ends_on="starts_on", has_moved_on_here=nw.lit(1)
    )
    joined = stays.join(ended.unique(), on=[*keys, "starts_on"], how="left").join(
        begun.unique(), on=[*keys, "ends_on"], how="left"
    )
    return joined.with_columns(nw.col("has_come_from_here", "has_moved_on_here").fill_null(0) > 0)


def _is_null(day: str) -> nw.Expr:
    return nw.col(day).is_null()
