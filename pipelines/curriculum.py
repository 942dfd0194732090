"""Curriculum coverage: the lesson plan against the lessons that were held, and how far behind it they are (п. 4.2, 6.3)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import narwhals as nw

from pipelines.tables import Frame, columns_among, midnight, moment, percent, read, totals

REGISTER = ("class_id", "subject_id", "register_subgroup")
POINT = (*REGISTER, "term_id")
LESSON_ORDER = ("held_on", "number", "lesson_id")
COUNTS = (
    "registers_with_plan",
    "registers_without_plan",
    "registers_behind",
    "plan_hours",
    "hours_due",
    "hours_held",
    "hours_behind",
    "hours_cancelled",
    "hours_off_plan",
    "lessons_without_written_topic",
)
# A topic pasted from a document has spaces of every kind.
SPACES = "[\\s\u00a0\u2007\u202f]+"


def curriculum_coverage(
    lessons: Any,
    by: Sequence[str] = ("class_id", "subject_id"),
    *,
    registers: Any,
    plan_topics: Any,
    class_terms: Any,
    today: date,
) -> Any:
    """Return per group of ``by`` how much of the lesson plans was held by the end of each term, or by today.

    ``registers``: class_id, subgroup_id, subject_id, plan_id (empty without a plan), replanned_on, one row a
    register; ``plan_topics``: plan_id, topic_id, title, hours; ``lessons``: lesson_id, class_id, subgroup_id,
    subject_id, held_on, number, topic, topic_id (the plan's, where it was taken from there), is_held;
    ``class_terms``: class_id, term_id, starts_on, ends_on. ``by`` names columns of registers and class_terms. A plan
    is for the year of its class: at a term's end it is held against all the lessons so far. The rule is ``school.rules.lesson_plan.progress`` over columns; a test holds the two together.

    Counts are COUNTS, in lessons (hours_behind = hours_due − hours_held); curriculum_coverage is percent of the
    plan that was held, on_schedule_share percent of what was due.
    """
    points = _points(read(registers), read(class_terms), today)
    topics = read(plan_topics).with_columns(topic_words=words_expression("title"))
    placed = _laid_over(_lessons_due(read(lessons), points, today), topics)
    measured = _against_plan(points, topics, _lessons_of_points(placed))
    return totals(measured, by, {name: nw.col(name) for name in COUNTS}, rates=_rates()).to_native()


def words_expression(column: str) -> nw.Expr:
    """Return the words of a topic as they are compared: ``school.rules.lesson_plan.words_of`` over a column."""
    words = nw.col(column).str.to_lowercase().str.replace_all("ё", "е", literal=True)
    single_spaced = words.str.replace_all(SPACES, " ").str.strip_chars(" ")
    return single_spaced.str.replace_all("[.]+$", "")


def _register_subgroup() -> nw.Expr:
    # Engines disagree on whether two empty ids meet in a join.
    return nw.col("subgroup_id").fill_null(0)


def _points(registers: Frame, class_terms: Frame, today: date) -> Frame:
    """Return each register at each term begun."""
    begun = class_terms.filter(moment("starts_on") <= midnight(today))
    return registers.with_columns(register_subgroup=_register_subgroup()).join(begun, on="class_id")


def _lessons_due(lessons: Frame, points: Frame, today: date) -> Frame:
    """Return the lessons that count at each point: past ones, and today's once they are written or cancelled."""
    dated = lessons.select(
        *REGISTER[:2], "lesson_id", "held_on", "number", "topic", "topic_id", "is_held", one=nw.lit(1),
        register_subgroup=_register_subgroup(),
    )  # fmt: skip
    planned = points.filter(~nw.col("plan_id").is_null())
    keys = planned.select(*POINT, "plan_id", "replanned_on", "ends_on")
    day = moment("held_on")
    is_settled = (nw.col("topic") != "") | ~nw.col("is_held")
    is_past = (day < midnight(today)) | ((day == midnight(today)) & is_settled)
    return dated.join(keys, on=list(REGISTER)).filter(day <= moment("ends_on"), is_past)


def _laid_over(lessons: Frame, topics: Frame) -> Frame:
    """Add to each lesson whether it holds a planned hour: written topics first, then the others in their order."""
    is_written = nw.col("is_held") & (nw.col("topic") != "")
    is_unwritten = nw.col("is_held") & (nw.col("topic") == "")
    taken = topics.select("topic_id", plan_of_topic=nw.col("plan_id"), words_taken=nw.col("topic_words"))
    written = lessons.join(taken, on="topic_id", how="left").with_columns(
        is_unwritten=is_unwritten,
        topic_words=nw.when(is_written).then(
            nw.when(nw.col("plan_of_topic") == nw.col("plan_id"))
            .then(nw.col("words_taken"))
            .otherwise(words_expression("topic"))
        ),
    )
    hours = totals(topics, ["plan_id", "topic_words"], {"topic_hours": nw.col("hours")})
    total = totals(topics, ["plan_id"], {"plan_hours": nw.col("hours")})
    known = written.join(hours, on=["plan_id", "topic_words"], how="left")
    known = known.join(total, on="plan_id", how="left")
    known = known.with_columns(place=_place(*POINT, "topic_words"), topic_hours=_whole("topic_hours"))
    known = known.with_columns(holds_written=is_written & (nw.col("place") <= nw.col("topic_hours")))
    left = _whole("plan_hours") - nw.col("holds_written").cast(nw.Int64).sum().over(*POINT)
    known = known.with_columns(hours_left=left, place=_place(*POINT, "is_unwritten"))
    holds_next = nw.col("is_unwritten") & (nw.col("place") <= nw.col("hours_left"))
    return known.with_columns(holds_hour=nw.col("holds_written") | holds_next)


def _whole(column: str) -> nw.Expr:
    return nw.col(column).fill_null(0).cast(nw.Int64)


def _place(*within: str) -> nw.Expr:
    """Return the number of a lesson, from 1, among those of equal columns."""
    return nw.col("one").cum_sum().over(*within, order_by=LESSON_ORDER)


def _lessons_of_points(placed: Frame) -> Frame:
    replanned = nw.col("replanned_on")
    is_lost = ~nw.col("holds_hour") & (replanned.is_null() | (moment("held_on") > moment("replanned_on")))
    counts = {
        "hours_held": nw.col("holds_hour"),
        "hours_cancelled": is_lost & ~nw.col("is_held"),
        "hours_off_plan": is_lost & nw.col("is_held"),
        "lessons_without_written_topic": nw.col("is_unwritten"),
    }
    return totals(placed, POINT, counts)


def _against_plan(points: Frame, topics: Frame, counted: Frame) -> Frame:
    """Return the points with COUNTS; a lesson that was lost is due only as far as the plan goes."""
    total = totals(topics, ["plan_id"], {"plan_hours": nw.col("hours")})
    joined = points.join(total, on="plan_id", how="left").join(counted, on=list(POINT), how="left")
    numbers = ("plan_hours", *columns_among(counted, COUNTS))
    whole = joined.with_columns(**{name: _whole(name) for name in numbers})
    lost = nw.col("hours_cancelled") + nw.col("hours_off_plan")
    due = nw.min_horizontal(nw.col("plan_hours"), nw.col("hours_held") + lost)
    behind = nw.col("hours_due") - nw.col("hours_held")
    return (
        whole.with_columns(hours_due=due)
        .with_columns(hours_behind=behind)
        .with_columns(
            registers_with_plan=~nw.col("plan_id").is_null(),
            registers_without_plan=nw.col("plan_id").is_null(),
            registers_behind=nw.col("hours_behind") > 0,
        )
    )


def _rates() -> dict[str, nw.Expr]:
    held = nw.col("hours_held")
    return {
        "curriculum_coverage": percent(held, nw.col("plan_hours")),
        "on_schedule_share": percent(held, nw.col("hours_due")),
    }
