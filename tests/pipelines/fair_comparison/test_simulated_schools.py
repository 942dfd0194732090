"""Where the truth is known: comparisons find it, say how sure they are, and beat the raw means (п. 2.5)."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from simulated_school import SimulatedSchool, simulated_school

from pipelines.fair.comparison import fair_comparison

SCHOOLS = 8


def of_teachers(school: SimulatedSchool) -> pd.DataFrame:
    """Return the comparison of teachers with the truth and the raw means, all against the school's middle."""
    rows = fair_comparison(school.now, school.earlier).teachers
    keys = list(zip(rows["teacher_id"], rows["subject_id"], strict=True))
    raw = school.now.groupby(["teacher_id", "subject_id"])["value"].mean()
    return _centred(rows, [school.of_teachers[key] for key in keys], [raw[key] for key in keys])


def of_classes(school: SimulatedSchool) -> pd.DataFrame:
    """Return the same of classes."""
    rows = fair_comparison(school.now, school.earlier).classes
    raw = school.now.groupby("class_id")["value"].mean()
    keys = rows["class_id"]
    return _centred(rows, [school.of_classes[key] for key in keys], [raw[key] for key in keys])


def _centred(rows: pd.DataFrame, truth: list[float], raw: list[float]) -> pd.DataFrame:
    return rows.assign(truth=np.array(truth) - np.mean(truth), raw=np.array(raw) - np.mean(raw))


def error(rows: pd.DataFrame, column: str) -> float:
    return float(np.sqrt(((rows[column] - rows["truth"]) ** 2).mean()))


@pytest.fixture(scope="module")
def schools() -> list[SimulatedSchool]:
    """Simulated schools with registers of very different size."""
    return [simulated_school(seed, has_small_groups=True) for seed in range(SCHOOLS)]


@pytest.mark.parametrize("compared", [of_teachers, of_classes])
def test_comparisons_find_the_truth(
    schools: list[SimulatedSchool], compared: Callable[[SimulatedSchool], pd.DataFrame]
) -> None:
    rows = pd.concat([compared(school) for school in schools], ignore_index=True)
    # A mark more of truth is a mark more of difference, and nobody is favoured.
    assert np.polyfit(rows["truth"], rows["difference"], 1)[0] == pytest.approx(1.0, abs=0.12)
    assert (rows["difference"] - rows["truth"]).mean() == pytest.approx(0.0, abs=0.02)
    # Shrinking helps, and either is far from the raw means, which follow the pupils a teacher got.
    assert error(rows, "shrunk_difference") < error(rows, "difference")
    assert error(rows, "difference") < error(rows, "raw") / 2
    is_inside = (rows["shrunk_low"] <= rows["truth"]) & (rows["truth"] <= rows["shrunk_high"])
    assert is_inside.mean() == pytest.approx(0.95, abs=0.04)


def test_fewer_pupils_shrink_more_and_are_less_sure() -> None:
    school = simulated_school(1)
    # One teacher's marks of all but three pupils are gone.
    teacher, subject = 0, 0
    is_theirs = (school.now["teacher_id"] == teacher) & (school.now["subject_id"] == subject)
    few_pupils = school.now[is_theirs]["pupil_id"].unique()[:3]
    rows = {
        name: fair_comparison(now, school.earlier).teachers.set_index(["teacher_id", "subject_id"])
        for name, now in {
            "all": school.now,
            "few": school.now[~is_theirs | school.now["pupil_id"].isin(few_pupils)],
        }.items()
    }
    everybody, few = (rows[name].loc[(teacher, subject)] for name in ("all", "few"))
    assert few["pupils_compared"] == 3
    assert few["difference_error"] > everybody["difference_error"]

    def share(row: pd.Series) -> float:
        return abs(row["shrunk_difference"] / row["difference"])

    assert share(few) < share(everybody) < 1
