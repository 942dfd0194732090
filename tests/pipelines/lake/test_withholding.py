"""No group of under five pupils leaves the school, nor can it be had from what leaves by subtraction."""

from itertools import combinations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.extract.withholding import FEWEST_PUPILS, withheld

TABLES = [
    # pupils by class and subject → withheld
    ("nothing small, nothing withheld", {("a", "x"): 9, ("b", "x"): 8}, set()),
    ("alone in its total, alone withheld", {("a", "x"): 3}, {("a", "x")}),
    ("one small: the smallest beside it goes too", {("a", "x"): 3, ("b", "x"): 8, ("c", "x"): 9}, {("a", "x"), ("b", "x")}),
    ("two small: their sum is about too few", {("a", "x"): 1, ("b", "x"): 2, ("c", "x"): 9}, {("a", "x"), ("b", "x"), ("c", "x")}),
    (
        "in a cross of classes and subjects a whole square goes",
        {("a", "x"): 3, ("a", "y"): 9, ("b", "x"): 9, ("b", "y"): 9},
        {("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("why", "groups", "expected"), TABLES, ids=[row[0] for row in TABLES])
def test_what_is_withheld(why, groups, expected):
    frame = pd.DataFrame(list(groups), columns=["grade_level", "subject_name"])
    flags = withheld(pd.Series(list(groups.values())), frame)
    assert {group for group, hidden in zip(groups, flags, strict=True) if hidden} == expected


CELLS = st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 1))


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(CELLS, st.integers(0, 12), min_size=1))
def test_no_total_gives_away_fewer_than_five_pupils(groups):
    columns = ["grade_level", "subject_name", "term_number"]
    frame = pd.DataFrame(list(groups), columns=columns).assign(pupils=list(groups.values()))
    frame["hidden"] = withheld(frame["pupils"], frame[columns])
    assert frame.loc[frame["pupils"] < FEWEST_PUPILS, "hidden"].all()
    for size in range(len(columns)):
        for kept in map(list, combinations(columns, size)):
            for _, parts in frame.groupby(kept) if kept else [((), frame)]:
                hidden = parts[parts["hidden"]]
                if len(hidden) and len(hidden) < len(parts):
                    assert len(hidden) > 1
                    assert hidden["pupils"].max() >= FEWEST_PUPILS


def test_an_outside_answer_empties_small_groups_and_keeps_their_rows(published_lake, ask, embedded):
    rows = ask(embedded, published_lake, "mean_mark", "class_id").rows
    small = rows[rows["class_id"] == "8k-2025"]
    assert small["withheld"].all()
    assert small[["n", "mean_mark"]].isna().all(axis=None)
    # The school's other classes: one goes with the small one, the others stay.
    assert rows.groupby("school_id")["withheld"].sum().tolist() == [2, 2]
    assert rows.loc[~rows["withheld"], "mean_mark"].notna().all()
