"""What the terms left must bring for a year mark (п. 5.4)."""

import pytest

from school.term_marks.rules.term_marks import year_basis
from school.term_marks.rules.year_needed import YearNeeded, mark_sets, needed_for_year, next_for_year


@pytest.mark.parametrize(
    ("given", "terms_left", "target", "marks"),
    [
        ((3, 4), 2, 4, (3, 4)),  # 3, 4, 3, 4: a mean of 3.5 is a 4
        ((3, 3), 2, 4, (4, 4)),
        ((4, 4, 4), 1, 5, None),  # even a 5 leaves 4.25
        ((4, None), 2, 4, (3, 4)),  # a term without a mark does not count: 4, 3, 4
        ((None, None), 1, 3, (3,)),
        ((5,), 1, 5, (4,)),  # half-years
        ((), 4, 2, (2, 2, 2, 2)),
        ((5, 5, 5, 5), 0, 5, None),  # no term is left to bring anything
    ],
)
def test_the_smallest_marks_of_the_terms_left_are_named(
    given: tuple[int | None, ...], terms_left: int, target: int, marks: tuple[int, ...] | None
) -> None:
    assert needed_for_year(given, terms_left, target) == marks


@pytest.mark.parametrize("target", [3, 4, 5])
@pytest.mark.parametrize("given", [(2,), (3, 3), (4, 3, None), (5, 2, 3)])
def test_smaller_marks_would_not_do(given: tuple[int | None, ...], target: int) -> None:
    left = 4 - len(given)
    marks = needed_for_year(given, left, target)
    sets = mark_sets(left)
    smaller = sets if marks is None else sets[: sets.index(marks)]
    assert all((year_basis([*given, *each]).proposed or 0) < target for each in smaller)


@pytest.mark.parametrize(
    ("given", "terms_left", "needed"),
    [
        ((3,), 3, YearNeeded(4, (3, 4, 4))),
        ((5, 5), 2, YearNeeded(5, (4, 4))),  # nothing is above 5: how it stays
        ((4, 4, 4), 1, YearNeeded(4, (2,))),  # 5 is out of reach
        ((), 4, None),
        ((None, None), 2, None),
        ((4, 4, 4, 4), 0, None),
    ],
)
def test_the_next_year_mark_is_above_what_the_terms_propose(
    given: tuple[int | None, ...], terms_left: int, needed: YearNeeded | None
) -> None:
    assert next_for_year(given, terms_left) == needed
