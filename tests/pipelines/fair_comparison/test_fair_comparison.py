"""What a comparison rests on, and when it says that there is nothing to compare with."""

from collections.abc import Callable

import duckdb
import numpy as np
import pandas as pd
import pytest
from marks_of_a_term import BIOLOGY, HISTORY, MATHS, RUSSIAN, marks

from pipelines.fair.comparison import (
    COLLEAGUES,
    EARLIER_MARKS,
    FEW_MARKS,
    NOTHING,
    OTHER_SUBJECTS,
    fair_comparison,
    fair_comparison_of_means,
    layout_of,
    subject_means,
)
from pipelines.measures.mark_sums import register_sums
from pipelines.measures.tables import collected

# Two classes of six; each subject has its teacher, maths has two.
CLASSES = {71: range(1, 7), 72: range(7, 13)}
STRICT, KIND, OF_RUSSIAN, OF_HISTORY, GONE = 10, 11, 20, 30, 40


def school(**changes: float) -> pd.DataFrame:
    """Return marks of this term: everybody's are 4, a little apart, those of the named teacher moved."""
    rows = []
    for class_id, pupils in CLASSES.items():
        maths = STRICT if class_id == 71 else KIND
        for pupil in pupils:
            level = 4 + 0.1 * (pupil % 3)
            for subject, teacher in ((MATHS, maths), (RUSSIAN, OF_RUSSIAN), (HISTORY, OF_HISTORY)):
                rows.append((pupil, class_id, subject, teacher, 7, level + changes.get(f"of_{teacher}", 0.0)))
    return marks(*rows)


def by_teacher(rows: pd.DataFrame) -> dict[tuple[int, int], pd.Series]:
    return {(row["teacher_id"], row["subject_id"]): row for _, row in rows.iterrows()}


def test_a_teacher_is_compared_with_what_the_same_pupils_get_from_others(no_marks: pd.DataFrame) -> None:
    found = by_teacher(fair_comparison(school(of_10=-0.8), no_marks).teachers)
    strict, kind = found[STRICT, MATHS], found[KIND, MATHS]
    assert strict["actual_mean"] == pytest.approx(4.1 - 0.8)
    assert strict["expected_mean"] == pytest.approx(4.1, abs=0.05)
    assert strict["difference"] == pytest.approx(-0.8, abs=0.05)
    # The colleague of a strict teacher is not called generous.
    assert kind["shrunk_low"] < 0 < kind["shrunk_high"]
    assert strict["comparison_basis"] == kind["comparison_basis"] == COLLEAGUES
    assert found[OF_RUSSIAN, RUSSIAN]["comparison_basis"] == OTHER_SUBJECTS


def test_pupils_weak_everywhere_are_no_fault_of_their_teacher(no_marks: pd.DataFrame) -> None:
    # 7А gets a mark less in every subject; its maths teacher is not the reason.
    now = school()
    now.loc[now["class_id"] == 71, "value"] -= 1.0
    found = by_teacher(fair_comparison(now, no_marks).teachers)
    assert found[STRICT, MATHS]["actual_mean"] == pytest.approx(found[KIND, MATHS]["actual_mean"] - 1.0)
    assert found[STRICT, MATHS]["difference"] == pytest.approx(0.0, abs=0.05)


def test_earlier_marks_of_the_same_teacher_in_the_subject_do_not_explain_the_teacher() -> None:
    now = school(of_10=-0.8)
    without = fair_comparison(now, marks())
    # The strict teacher was as strict last year, and nobody else gave marks then.
    earlier = now[now["teacher_id"] == STRICT].assign(class_id=61, grade_level=6)
    pd.testing.assert_frame_equal(without.teachers, fair_comparison(now, earlier).teachers, check_dtype=False)


def test_the_teacher_of_everything_is_compared_with_nobody(no_marks: pd.DataFrame) -> None:
    # A primary teacher gives a class all its marks; whatever they are, they agree with themselves.
    now = school().assign(teacher_id=lambda rows: np.where(rows["class_id"] == 71, 50, rows["teacher_id"]))
    found = by_teacher(fair_comparison(now, no_marks).teachers)
    primary = found[50, MATHS]
    assert primary["comparison_basis"] == NOTHING
    assert primary[["difference", "expected_mean", "shrunk_low", "shrunk_high"]].isna().all()
    assert primary["actual_mean"] == pytest.approx(4.1)


def test_a_substitutes_lesson_is_no_way_of_marking(no_marks: pd.DataFrame) -> None:
    substitute = marks(*((pupil, 71, MATHS, GONE, 7, 2.0) for pupil in CLASSES[71]), times=1)
    found = by_teacher(fair_comparison(pd.concat([school(), substitute]), no_marks).teachers)
    assert found[GONE, MATHS]["comparison_basis"] == FEW_MARKS
    assert np.isnan(found[GONE, MATHS]["difference"])


def test_a_teacher_replaced_in_the_middle_has_only_their_own_marks(no_marks: pd.DataFrame) -> None:
    later = marks(*((pupil, 71, MATHS, GONE, 7, 5.0) for pupil in CLASSES[71]))
    found = by_teacher(fair_comparison(pd.concat([school(), later]), no_marks).teachers)
    assert found[STRICT, MATHS]["actual_mean"] == pytest.approx(4.1)
    assert found[GONE, MATHS]["actual_mean"] == pytest.approx(5.0)
    assert found[GONE, MATHS]["difference"] > found[STRICT, MATHS]["difference"] + 0.5


def test_a_class_is_compared_with_its_pupils_earlier_marks() -> None:
    earlier = school().replace({"teacher_id": {STRICT: 60, KIND: 60, OF_RUSSIAN: 61, OF_HISTORY: 62}})
    now = school()
    now.loc[now["class_id"] == 72, "value"] += 0.6
    found = fair_comparison(now, earlier).classes.set_index("class_id")
    assert set(found["comparison_basis"]) == {EARLIER_MARKS}
    assert found.loc[72, "difference"] - found.loc[71, "difference"] > 0.3


def means_of(now: pd.DataFrame, earlier: pd.DataFrame) -> list[pd.DataFrame]:
    return [subject_means(collected(register_sums(each))) for each in (now, earlier)]


@pytest.mark.parametrize(
    ("change", "is_kept"),
    [
        (lambda now: now.assign(value=now["value"] - 0.5 * (now["pupil_id"] == 3)), True),
        (lambda now: pd.concat([now, now[now["pupil_id"] == 3]]), True),
        (lambda now: now[(now["pupil_id"] != 3) | (now["subject_id"] != MATHS)], False),
        (lambda now: pd.concat([now, marks((3, 72, MATHS, KIND, 7, 4.0))]), False),
        (lambda now: now.assign(teacher_id=now["teacher_id"].replace(OF_HISTORY, GONE)), False),
        (lambda now: now.assign(grade_level=8), False),
    ],
    ids=["another mark", "more marks", "no marks left", "a mark elsewhere", "another teacher", "next grade"],
)
def test_a_layout_is_kept_while_only_marks_change(
    change: Callable[[pd.DataFrame], pd.DataFrame], *, is_kept: bool
) -> None:
    """And whether it is or not, the comparison is as if it had been made for the first time."""
    earlier = school().replace({"teacher_id": {STRICT: 60, KIND: 60}}).assign(grade_level=6)
    before = layout_of(*means_of(school(of_10=-0.8), earlier))
    means = means_of(change(school(of_10=-0.8)), earlier)
    layout = layout_of(*means, before)
    assert (layout is before) == is_kept
    once, again = fair_comparison_of_means(*means), fair_comparison_of_means(*means, layout)
    pd.testing.assert_frame_equal(once.teachers, again.teachers)
    pd.testing.assert_frame_equal(once.classes, again.classes)


def test_a_pupil_with_most_marks_in_another_class_by_now_makes_another_layout(no_marks: pd.DataFrame) -> None:
    moved = marks((3, 72, MATHS, KIND, 7, 4.0), times=2)
    before = layout_of(*means_of(pd.concat([school(), moved]), no_marks))
    means = means_of(pd.concat([school(), *[moved] * 10]), no_marks)
    layout = layout_of(*means, before)
    assert layout is not before
    once, again = fair_comparison_of_means(*means), fair_comparison_of_means(*means, layout)
    pd.testing.assert_frame_equal(once.classes, again.classes)


def test_a_class_without_earlier_marks_has_nothing_to_be_compared_with(no_marks: pd.DataFrame) -> None:
    found = fair_comparison(school(), no_marks)
    assert set(found.classes["comparison_basis"]) == {NOTHING}
    assert found.classes["difference"].isna().all()
    assert found.classes["actual_mean"].notna().all()


def test_a_pupil_who_changed_class_counts_in_each_with_its_marks(no_marks: pd.DataFrame) -> None:
    moved = school()
    history = (moved["pupil_id"] == 1) & (moved["subject_id"] == HISTORY)
    moved.loc[history, "class_id"] = 72
    found = fair_comparison(moved, no_marks).classes.set_index("class_id")
    assert found.loc[71, "pupils_compared"] == 6
    assert found.loc[72, "pupils_compared"] == 7


EMPTY = {
    "no marks at all": marks(),
    "one mark": marks((1, 71, MATHS, STRICT, 7, 5.0), times=1),
    "a class of one pupil in one subject": marks((1, 71, MATHS, STRICT, 7, 4.0)),
    "nobody knows the teachers": marks(*((pupil, 71, MATHS, None, 7, 4.0) for pupil in range(5))),
    "all marks are of weight 0": school().assign(weight=0.0),
    "everything is equal": marks(*((p, 71, s, s * 10, 7, 5.0) for p in range(5) for s in range(4)), times=1),
}


@pytest.mark.parametrize("now", EMPTY.values(), ids=list(EMPTY))
@pytest.mark.parametrize("earlier", [marks(), school()], ids=["no past", "a past"])
def test_little_to_go_by_is_no_error(now: pd.DataFrame, earlier: pd.DataFrame) -> None:
    found = fair_comparison(now, earlier)
    for rows in (found.teachers, found.classes):
        known = rows[["difference", "difference_error", "shrunk_low", "shrunk_high"]].dropna()
        assert np.isfinite(known.to_numpy(np.float64)).all()
        assert (rows["comparison_basis"].isin([NOTHING, FEW_MARKS]) == rows["difference"].isna()).all()


def test_data_without_teachers_and_grade_levels_still_compare_classes() -> None:
    # Courses of a university: pupils in several at once, no teacher, no grade level.
    rows = [(pupil, course, course, None, None, 4.0) for pupil in range(20) for course in (1, 2, 3)]
    found = fair_comparison(marks(*rows), marks(*rows))
    assert found.teachers.empty
    assert found.classes["difference"].notna().all()


def test_every_engine_gives_the_same_answer() -> None:
    now, earlier = school(of_10=-0.5), school().assign(teacher_id=99)
    connection = duckdb.connect()
    relations = (connection.from_df(now), connection.from_df(earlier))
    for engine, frame in zip((fair_comparison(*relations),), (fair_comparison(now, earlier),), strict=True):
        pd.testing.assert_frame_equal(engine.teachers, frame.teachers, check_dtype=False, rtol=1e-9)


def test_means_kept_from_before_give_the_same_answer_in_whatever_order_they_come() -> None:
    now, earlier = school(of_10=-0.5), school().assign(teacher_id=99)
    means = [subject_means(register_sums(marks)).sample(frac=1, random_state=1) for marks in (now, earlier)]
    unchanged = means[1].copy()
    found, of_means = fair_comparison(now, earlier), fair_comparison_of_means(*means)
    pd.testing.assert_frame_equal(of_means.teachers, found.teachers, check_exact=True)
    pd.testing.assert_frame_equal(of_means.classes, found.classes, check_exact=True)
    pd.testing.assert_frame_equal(means[1], unchanged)


@pytest.mark.parametrize("type_of_ids", ["Int64", "float64"])
def test_earlier_marks_by_nobody_known_still_tell_what_pupils_are_like(type_of_ids: str) -> None:
    # 7А is weak everywhere, and the past knows it, though not who gave the marks.
    now, earlier = school(), school().assign(teacher_id=None)
    for rows in (now, earlier):
        rows.loc[rows["class_id"] == 71, "value"] -= 1.0
    found = fair_comparison(
        now.astype({"teacher_id": type_of_ids}), earlier.astype({"teacher_id": type_of_ids})
    )
    strict = by_teacher(found.teachers)[STRICT, MATHS]
    assert strict["comparison_basis"] == COLLEAGUES
    assert strict["difference"] == pytest.approx(0.0, abs=0.05)
    assert set(found.classes["comparison_basis"]) == {EARLIER_MARKS}


def test_a_weighted_mean_is_as_sure_as_its_weights_allow() -> None:
    table = pd.DataFrame(
        {
            "pupil_id": [1, 1, 1, 2],
            "class_id": 71,
            "subject_id": BIOLOGY,
            "teacher_id": 10,
            "grade_level": 7,
            "value": [5, 3, 4, 2],
            # Weights 2, 1 and 1 are worth 4²/6 equal marks; an empty weight is 1, a weight of 0 does not count.
            "weight": [2.0, 1.0, None, 0.0],
        }
    )
    row = subject_means(register_sums(table)).iloc[0]
    assert len(subject_means(register_sums(table))) == 1
    assert row["mean_so_far"] == pytest.approx((2 * 5 + 3 + 4) / 4)
    assert row["effective_marks"] == pytest.approx(16 / 6)
    assert row["squared_deviations"] == pytest.approx(2.0)
