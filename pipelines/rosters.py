"""Which pupils a row of a class or subgroup concerns on a given day."""

import narwhals as nw

from pipelines.tables import Frame, columns_among, moment

PERIOD = ("starts_on", "ends_on")


def with_pupils(rows: Frame, enrolments: Frame, subgroup_members: Frame, on: nw.Expr) -> Frame:
    """Return each row once a pupil who was then in the class and, where the row names one, in the subgroup.

    ``rows``: class_id, subgroup_id and the moment ``on``, no period of their own; ``enrolments``: class_id,
    pupil_id; ``subgroup_members``: subgroup_id, pupil_id (may be empty). The day of leaving is the first
    without the pupil.
    """
    is_whole_class = nw.col("subgroup_id").is_null()
    enrolled = enrolments.select("class_id", "pupil_id", *columns_among(enrolments, PERIOD))
    members = subgroup_members.select("subgroup_id", "pupil_id", *columns_among(subgroup_members, PERIOD))
    classes = in_force(rows.filter(is_whole_class).join(enrolled, on="class_id"), on)
    parts = in_force(rows.filter(~is_whole_class).join(enrolled, on="class_id"), on)
    subgroups = in_force(parts.join(members, on=["subgroup_id", "pupil_id"]), on)
    return nw.concat([classes, subgroups.select(classes.collect_schema().names())])


def in_force(rows: Frame, on: nw.Expr) -> Frame:
    """Keep rows in force at a moment: from ``starts_on`` to the day before ``ends_on``; empty is open."""
    starts, ends = nw.col("starts_on"), nw.col("ends_on")
    if columns_among(rows, ["starts_on"]):
        rows = rows.filter(starts.is_null() | (moment("starts_on") <= on))
    if columns_among(rows, ["ends_on"]):
        rows = rows.filter(ends.is_null() | (moment("ends_on") > on))
    return rows.drop("starts_on", "ends_on", strict=False)
