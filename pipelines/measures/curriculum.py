"""Curriculum coverage: lessons held against the lesson plan, and the lag in lessons (п. 4.2, 6.3)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import narwhals as nw

from pipelines.measures.tables import Frame, columns, columns_among, midnight, moment, percent, read, totals

REGISTER = ("class_id", "subject_id", "register_subgroup")
# A plan belongs to one register: its register at a term.
POINT = ("plan_id", "term_id")
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
    register; ``plan_topics``: plan_id, topic_id, title, hours; ``lessons``: class_id, subgroup_id, subject_id,
    held_on, topic, topic_id (the plan's, where it was taken from there), is_held;
    ``class_terms``: class_id, term_id, starts_on, ends_on. ``by`` names columns of registers and class_terms. A plan
    is for the year of its class: at a term's end it is held against all the lessons so far. The rule is ``school.lesson_plans.rules.plans.progress`` over columns; a test holds the two together.

    Counts are COUNTS, in lessons (hours_behind = hours_due − hours_held); curriculum_coverage is percent of the
    plan that was held, on_schedule_share percent of what was due.
    """
    points = _points(read(registers), read(class_terms), today)
    topics = read(plan_topics).with_columns(topic_words=words_expression("title"))
    laid_over = _laid_over(_lessons_due(read(lessons), points, today), topics)
    measured = _against_plan(points, topics, laid_over)
    return totals(measured, by, columns(COUNTS), rates=_rates()).to_native()


def added_up(measured: Any, by: Sequence[str] = ()) -> Any:
    """Return an answer of ``curriculum_coverage`` added up to coarser groups, with their rates."""
    return totals(read(measured), by, columns(COUNTS), rates=_rates()).to_native()


def words_expression(column: str) -> nw.Expr:
    """Return the words of a topic as they are compared: ``school.lesson_plans.rules.plans.words_of`` over a column."""
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
    """Return how many lessons count at each point by what is written: past ones, today's once written or cancelled.

    ``lost_if_late``: those of them that would be lost, being later than the day up to which the plan was changed.
    """
    dated = lessons.select(
        *REGISTER[:2], "held_on", "topic", "topic_id", "is_held", register_subgroup=_register_subgroup()
    )
    planned = points.filter(~nw.col("plan_id").is_null())
    # Points are few: unique makes the engine compute them before they meet the lessons.
    keys = planned.select(*REGISTER, *POINT, "replanned_on", "ends_on").unique()
    day = moment("held_on")
    is_settled = (nw.col("topic") != "") | ~nw.col("is_held")
    is_past = (day < midnight(today)) | ((day == midnight(today)) & is_settled)
    due = dated.join(keys, on=list(REGISTER)).filter(day <= moment("ends_on"), is_past)
    is_after = nw.col("replanned_on").is_null() | (day > moment("replanned_on"))
    written = [*POINT, "is_held", "topic", "topic_id"]
    return totals(due, written, {"lessons": nw.lit(1), "lost_if_late": is_after})


def _laid_over(due: Frame, topics: Frame) -> Frame:
    """Match the lessons of each point with the plan: lessons with a written topic first, then the others.

    Of the lessons with one topic those beyond its hours are lost, and they are the last ones; so of n lost lessons as
    many are after a day as are after it at all, n at the most.
    """
    planned = topics.select("topic_id", plan_of_topic=nw.col("plan_id"), planned_words=nw.col("topic_words"))
    is_from_plan = nw.col("plan_of_topic") == nw.col("plan_id")
    words = nw.when(is_from_plan).then(nw.col("planned_words")).otherwise(words_expression("topic"))
    worded = due.join(planned, on="topic_id", how="left").with_columns(topic_words=words)
    counts = columns(("lessons", "lost_if_late"))
    given = totals(worded, [*POINT, "is_held", "topic_words"], counts)
    hours = totals(topics, ["plan_id", "topic_words"], {"topic_hours": nw.col("hours")})
    given = given.join(hours, on=["plan_id", "topic_words"], how="left")
    return totals(given, POINT, _by_what_is_written())


def _by_what_is_written() -> dict[str, nw.Expr]:
    lessons, late = nw.col("lessons"), nw.col("lost_if_late")
    is_held, has_topic = nw.col("is_held"), nw.col("topic_words") != ""
    held = nw.min_horizontal(lessons, _whole("topic_hours"))

    def where(condition: nw.Expr, count: nw.Expr) -> nw.Expr:
        return nw.when(condition).then(count).otherwise(nw.lit(0))

    return {
        "hours_cancelled": where(~is_held, late),
        "held_as_written": where(is_held & has_topic, held),
        "off_plan_as_written": where(is_held & has_topic, nw.min_horizontal(lessons - held, late)),
        "lessons_without_written_topic": where(is_held & ~has_topic, lessons),
        "unwritten_late": where(is_held & ~has_topic, late),
    }


def _whole(column: str) -> nw.Expr:
    return nw.col(column).fill_null(0).cast(nw.Int64)


def _against_plan(points: Frame, topics: Frame, laid_over: Frame) -> Frame:
    """Return the points with COUNTS: lessons without a topic count for the hours left; the lag is at most the plan."""
    total = totals(topics, ["plan_id"], {"plan_hours": nw.col("hours")})
    joined = points.join(total, on="plan_id", how="left").join(laid_over, on=list(POINT), how="left")
    numbers = columns_among(joined, ("plan_hours", *_by_what_is_written()))
    counted = joined.with_columns(**{name: _whole(name) for name in numbers})
    unwritten, written = nw.col("lessons_without_written_topic"), nw.col("held_as_written")
    held_next = nw.min_horizontal(unwritten, nw.col("plan_hours") - written)
    off_next = nw.min_horizontal(unwritten - held_next, nw.col("unwritten_late"))
    held, off_plan = written + held_next, nw.col("off_plan_as_written") + off_next
    due = nw.min_horizontal(nw.col("plan_hours"), held + nw.col("hours_cancelled") + off_plan)
    has_plan = ~nw.col("plan_id").is_null()
    return counted.with_columns(
        hours_held=held,
        hours_off_plan=off_plan,
        hours_due=due,
        hours_behind=due - held,
        registers_with_plan=has_plan,
        registers_without_plan=~has_plan,
        registers_behind=due > held,
    )


def _rates() -> dict[str, nw.Expr]:
    held = nw.col("hours_held")
    return {
        "curriculum_coverage": percent(held, nw.col("plan_hours")),
        "on_schedule_share": percent(held, nw.col("hours_due")),
    }
