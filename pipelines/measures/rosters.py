"""Which pupils a row of a class or subgroup concerns on a given day."""

from collections.abc import Sequence

import narwhals as nw

from pipelines.measures.tables import Frame, columns_among, moment

PERIOD = ("starts_on", "ends_on")


def with_pupils(rows: Frame, enrolments: Frame, subgroup_members: Frame, on: nw.Expr) -> Frame:
    """Return each row once a pupil who was then in the class and, where the row names one, in the subgroup.

    ``rows``: class_id, subgroup_id and the moment ``on``, no period of their own; rows that name a pupil_id stay
    if it is one of those pupils. ``enrolments``: class_id, pupil_id; ``subgroup_members``: subgroup_id, pupil_id (may
    be empty). The day of leaving is the first without the pupil.
    """
    enrolled = enrolments.select("class_id", "pupil_id", *columns_among(enrolments, PERIOD))
    joined = in_force(rows.join(enrolled, on=["class_id", *columns_among(rows, ["pupil_id"])]), on)
    columns = joined.collect_schema().names()
    period = columns_among(subgroup_members, PERIOD)
    members = subgroup_members.select("subgroup_id", "pupil_id", *period, member_of=nw.col("subgroup_id"))
    listed = joined.join(members, on=["subgroup_id", "pupil_id"], how="left")
    is_member = ~nw.col("member_of").is_null() & _is_in_force(period, on)
    return listed.filter(nw.col("subgroup_id").is_null() | is_member).select(*columns)


def in_force(rows: Frame, on: nw.Expr, *, ends_on_last_day: bool = False) -> Frame:
    """Keep rows in force at a moment: from ``starts_on`` to the day before ``ends_on``; empty is open.

    ``ends_on_last_day``: up to ``ends_on`` itself, as of loads (``school.spans``).
    """
    period = columns_among(rows, PERIOD)
    return rows.filter(_is_in_force(period, on, ends_on_last_day)).drop(*period) if period else rows


def _is_in_force(period: Sequence[str], on: nw.Expr, ends_on_last_day: bool = False) -> nw.Expr:
    end = moment("ends_on")
    holds = {"starts_on": moment("starts_on") <= on, "ends_on": end >= on if ends_on_last_day else end > on}
    return nw.all_horizontal(
        nw.lit(True), *(nw.col(day).is_null() | holds[day] for day in period), ignore_nulls=False
    )
