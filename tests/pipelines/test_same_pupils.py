"""The quality of the same pupils in two periods, and whether a change of it is more than chance."""

import pytest

from pipelines.measures.same_pupils import change_of_same_pupils

CLASS, OTHER = 1, 2


def marks(pupils, fours, threes, class_id=CLASS):
    """Each pupil has so many fours and threes."""
    return [(class_id, pupil, value) for pupil in pupils for value in [4] * fours + [3] * threes]


def shifts(table, rows_of, now, before):
    earlier = table("pupil_id value", *[(pupil, value) for _, pupil, value in before])
    answer = change_of_same_pupils(table("class_id pupil_id value", *now), earlier)
    return {row["class_id"]: row for row in rows_of(answer)}


def test_pupils_are_compared_with_themselves_wherever_they_were_before(table, rows_of):
    # The class of last year had another id; pupil 9 is new, pupil 8 has left.
    now = [*marks([1, 2], fours=1, threes=1), *marks([9], fours=0, threes=4)]
    before = [
        *marks([1, 2], fours=1, threes=0, class_id=OTHER),
        *marks([8], fours=0, threes=1, class_id=OTHER),
    ]
    (row,) = shifts(table, rows_of, now, before).values()
    assert (row["pupils_in_both_terms"], row["pupils_fallen"]) == (2, 2)
    assert (row["quality_before"], row["quality_now"], row["quality_shift"]) == (100, 50, -50)


@pytest.mark.parametrize(
    ("pupils", "is_told"),
    [pytest.param(4, False, id="too few pupils"), pytest.param(12, True, id="all fell alike")],
)
def test_a_fall_of_few_pupils_is_nothing_to_report(table, rows_of, pupils, is_told):
    everybody = range(pupils)
    row = shifts(table, rows_of, marks(everybody, 1, 3), marks(everybody, 3, 1))[CLASS]
    assert (row["quality_shift"], row["shift_error"]) == (-50, 0)
    assert row["is_beyond_chance"] is is_told
    assert row["chance_reach"] == (0 if is_told else None)


def test_a_shift_is_beyond_chance_where_the_line_drawn_does_not_reach_zero(table, rows_of):
    fallen, same = range(15), range(15, 21)
    now = [*marks(fallen, 1, 3), *marks(same, 3, 1)]
    before = [*marks(fallen, 3, 1), *marks(same, 3, 1)]
    row = shifts(table, rows_of, now, before)[CLASS]
    assert row["chance_reach"] == pytest.approx(3 * row["shift_error"])
    assert row["is_beyond_chance"] is (row["quality_shift"] + row["chance_reach"] < 0) is True


def test_ups_and_downs_that_even_out_are_chance(table, rows_of):
    up, down = range(10), range(10, 21)
    now = [*marks(up, 3, 1), *marks(down, 1, 3)]
    before = [*marks(up, 1, 3), *marks(down, 3, 1)]
    row = shifts(table, rows_of, now, before)[CLASS]
    assert row["quality_shift"] == pytest.approx(-50 / 21)
    assert row["is_beyond_chance"] is False
    assert row["quality_shift"] + row["chance_reach"] > 0


def test_one_pupil_has_a_shift_and_no_error(table, rows_of):
    row = shifts(table, rows_of, marks([1], 1, 0), marks([1], 0, 1))[CLASS]
    assert (row["quality_shift"], row["shift_error"], row["is_beyond_chance"]) == (100, None, False)


def test_without_anything_before_there_is_nothing_to_compare(table, rows_of):
    assert shifts(table, rows_of, marks([1, 2], 1, 1), []) == {}
