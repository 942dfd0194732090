"""How many pupils classes had at the start of a span and at its end, who arrived and who left between (п. 4.3, 4.6)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import narwhals as nw

from pipelines.measures.tables import midnight, moment, read, totals

COUNTS = ("pupils_at_start", "pupils_arrived", "pupils_left", "pupils_at_end")


def pupil_movement(
    enrolments: Any, by: Sequence[str] = ("class_id",), *, first_day: date, last_day: date
) -> Any:
    """Return per group of ``by`` the COUNTS between two days, both inclusive; start + arrived − left = end.

    ``enrolments``: the columns of ``by``, starts_on and ends_on (the first day without the pupil), empty is open. Who
    moves from one class to another leaves the one and arrives in the other; who came and left between counts in both.
    """
    stays = read(enrolments).with_columns(
        was_before=_is_null("starts_on") | (moment("starts_on") <= midnight(first_day)),
        is_over=~_is_null("ends_on") & (moment("ends_on") <= midnight(last_day)),
        was_over=~_is_null("ends_on") & (moment("ends_on") <= midnight(first_day)),
        has_come=_is_null("starts_on") | (moment("starts_on") <= midnight(last_day)),
    )
    here = stays.filter(nw.col("has_come"), ~nw.col("was_over"))
    before, is_over = nw.col("was_before"), nw.col("is_over")
    return totals(here, by, dict(zip(COUNTS, (before, ~before, is_over, ~is_over), strict=True))).to_native()


def _is_null(day: str) -> nw.Expr:
    return nw.col(day).is_null()
