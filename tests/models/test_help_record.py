"""Whether help helped: on made-up schools with a planted effect the interval holds it, and without one none is found."""

import numpy as np
import pandas as pd
import pytest

from models.product.help_record import (
    FEWEST_TAKEN_UP,
    help_by_term,
    help_effect,
    needed_on_lessons,
    warned_and_came,
)

SEEDS = range(50)


def world(seed: int, effect: float) -> tuple[pd.DataFrame, float]:
    """Warned pupils of one term, and the planted effect on those taken up, in points: the mean of what taking up changed.

    Pupils differ, subjects are marked more or less strictly, the said chance errs, and the more is feared the sooner
    somebody takes the pupil up.
    """
    draw = np.random.default_rng(seed)
    pupils, subjects = 400, 4
    pupil, subject = (each.ravel() for each in np.meshgrid(np.arange(pupils), np.arange(subjects)))
    level = 0.7 * draw.normal(size=pupils)[pupil] + draw.normal(0, 0.3, subjects)[subject]
    level += draw.normal(0, 0.8, len(pupil))
    chance = 1 / (1 + np.exp(1.2 * (level + draw.normal(0, 0.35, len(pupil)))))
    is_taken_up = draw.random(len(pupil)) < 1 / (1 + np.exp(0.6 - 4 * (chance - 0.4)))
    alone = 1 - 1 / (1 + np.exp(1.2 * level))
    helped = np.clip(alone + effect, 0, 1)
    is_better = draw.random(len(pupil)) < np.where(is_taken_up, helped, alone)
    table = pd.DataFrame(
        {
            "pupil_id": pupil,
            "school_year": 2026,
            "kind": "quarter",
            "number": 1,
            "feared": 2,
            "chance": chance,
            "is_better": is_better,
            "is_taken_up": is_taken_up,
        }
    )
    is_warned = chance >= 0.15
    planted = 100 * (helped - alone)[is_warned & is_taken_up].mean()
    return table[is_warned].reset_index(drop=True), float(planted)


@pytest.mark.parametrize("effect", [0.0, 0.15])
def test_the_interval_holds_the_planted_effect_in_nine_of_ten_schools(effect: float) -> None:
    held = 0
    for seed in SEEDS:
        table, planted = world(seed, effect)
        found = help_effect(table, seed=1)
        held += found is not None and found.low <= planted <= found.high
    assert held >= 45


def test_without_an_effect_none_is_found_and_a_planted_one_is() -> None:
    seen = {
        effect: sum(help_effect(world(seed, effect)[0], seed=1).is_seen for seed in SEEDS)
        for effect in (0.0, 0.15)
    }
    assert seen[0.0] <= 5
    assert seen[0.15] >= 45


def test_of_too_few_nothing_is_said() -> None:
    table, _ = world(1, 0.15)
    few = table.assign(is_taken_up=np.arange(len(table)) < FEWEST_TAKEN_UP - 1)
    assert help_effect(few, seed=1) is None
    assert help_effect(table.assign(is_taken_up=True), seed=1) is None
    assert help_effect(warned_and_came(pd.DataFrame()), seed=1) is None


def forecasts(**changes: object) -> pd.DataFrame:
    row = {
        "as_of": pd.Timestamp(2026, 10, 1), "class_id": 1, "subject_id": 2, "term_id": 3, "pupil_id": 4, "p2": 0.4, "p3": 0.5,
        "previous": np.nan, "value": 3, "school_year": 2026, "kind": "quarter", "number": 1, "grade_level": 7, "taken_at": pd.NaT,
    }  # fmt: skip
    return pd.DataFrame([row | changes])


def test_a_pupil_counts_once_from_the_first_warning() -> None:
    later = pd.Timestamp(2026, 10, 8)
    rows = pd.concat(
        [forecasts(as_of=later, p2=0.9), forecasts(), forecasts(pupil_id=5, p2=0.01)], ignore_index=True
    )
    (found,) = warned_and_came(rows).to_dict("records")
    assert (found["chance"], found["feared"], found["is_better"], found["is_taken_up"]) == (
        0.4,
        2,
        True,
        False,
    )


def test_by_term_the_shares_are_of_the_warned_and_of_those_taken_up() -> None:
    taken = pd.Timestamp(2026, 10, 2)
    rows = pd.concat(
        [
            forecasts(taken_at=taken),
            forecasts(pupil_id=5, taken_at=taken, value=2),
            forecasts(pupil_id=6),
            forecasts(pupil_id=7, value=2),
        ],
        ignore_index=True,
    )
    (found,) = help_by_term(warned_and_came(rows)).to_dict("records")
    assert (found["warned"], found["better_rate"]) == (4, 50.0)
    assert (found["taken_up_rate"], found["taken_up_better"], found["taken_up_better_rate"]) == (
        50.0,
        1,
        50.0,
    )


def test_needed_marks_fall_on_the_coming_lessons() -> None:
    assert needed_on_lessons((3, 4), ["25.11", "27.11", "02.12"]) == "3, 4 или лучше на уроках 25.11, 27.11"
    assert needed_on_lessons((3,), ["25.11"]) == "3 или лучше на уроке 25.11"
    assert needed_on_lessons((3, 4), []) == ""
