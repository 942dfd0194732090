"""Whom a forecast points out: pupils who may get a low mark, and pupils one subject away from a better standing.

Rows are those of `models.product.forecast.forecast_term`. A pupil's standing is that of the most likely marks.
"""

import pandas as pd

from school.extra_help.rules import FAILING_CHANCE, FAILING_MARK, GOOD_MARK, LOWERED_CHANCE

# Beyond that many lessons there is time enough.
FEW_LESSONS = 20


def at_risk(rows: pd.DataFrame, lessons_left: pd.DataFrame) -> pd.DataFrame:
    """Rows whose 2 is likelier than `FAILING_CHANCE`, or whose 3 than `LOWERED_CHANCE` after a 4 or 5, what can change first.

    Adds `kind` («failing», «lowered»), `risk` (0..1), `lessons_left` (planned; where no lessons are known, the marks still
    expected) and `changeable`: lessons left × uncertainty, 0..FEW_LESSONS.
    """
    below_three, below_four = rows["p2"], rows["p2"] + rows["p3"]
    is_failing = below_three >= FAILING_CHANCE
    is_lowered = (below_four >= LOWERED_CHANCE) & (rows["previous_term_mark"] >= GOOD_MARK) & ~is_failing
    risk = below_three.where(is_failing, below_four)
    kind = pd.Series("lowered", index=rows.index).mask(is_failing, "failing")
    table = with_lessons_left(rows.assign(kind=kind, risk=risk), lessons_left)[
        (is_failing | is_lowered).to_numpy()
    ]
    uncertainty = 4.0 * table["risk"] * (1.0 - table["risk"])
    return table.assign(changeable=table["lessons_left"].clip(upper=FEW_LESSONS) * uncertainty).sort_values(
        ["changeable", "risk"], ascending=False, kind="stable"
    )


def failing_today(rows: pd.DataFrame, lessons_left: pd.DataFrame) -> pd.DataFrame:
    """Rows whose marks so far come to a 2, the likeliest to stay one first: with `risk` (0..1) and `lessons_left` as `at_risk`."""
    table = with_lessons_left(rows.assign(risk=rows["p2"]), lessons_left)
    failing = table[(table["rounded_mean"] == FAILING_MARK).to_numpy()]
    return failing.sort_values("risk", ascending=False, kind="stable")


def with_lessons_left(rows: pd.DataFrame, lessons_left: pd.DataFrame) -> pd.DataFrame:
    """The rows with `lessons_left` of their class × subject × term; where none are planned, the marks still expected."""
    keys = ["class_id", "subject_id", "term_id"]
    table = rows.merge(lessons_left[[*keys, "lessons_left"]], on=keys, how="left")
    return table.assign(
        lessons_left=table["lessons_left"].fillna(table["expected_remaining_marks"]).fillna(0.0)
    )


def reserves(rows: pd.DataFrame) -> pd.DataFrame:
    """The one row that parts a pupil from a better standing: one 4 among all 5, or one 3 among 4 and 5.

    Adds `kind` («one_four», «one_three»), `chance` of the next higher mark (0..1); the likeliest first.
    """
    pupil = ["class_id", "pupil_id"]
    mark = rows["most_likely"]
    counts = rows[pupil].assign(n3=mark == 3, n4=mark == 4, n2=mark == 2).groupby(pupil).transform("sum")
    is_one_four = (counts["n4"] == 1) & (counts["n3"] == 0) & (counts["n2"] == 0) & (mark == 4)
    is_one_three = (counts["n3"] == 1) & (counts["n2"] == 0) & (mark == 3)
    chance = rows["p5"].where(mark == 4, rows["p4"] + rows["p5"])
    kind = pd.Series("one_three", index=rows.index).mask(is_one_four, "one_four")
    table = rows.assign(kind=kind, chance=chance)[is_one_four | is_one_three]
    return table.sort_values("chance", ascending=False, kind="stable")
