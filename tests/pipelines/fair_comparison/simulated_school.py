"""Simulated schools in which it is known how generous every teacher is and what every class gained."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

PUPIL_SD, BENT_SD, ROW_SD, MARK_SD = 0.45, 0.25, 0.15, 0.5
TEACHER_SD, CLASS_SD, SUBJECT_SD, LEVEL_SLOPE = 0.15, 0.1, 0.2, -0.05
SUBJECTS, TEACHERS_OF_A_SUBJECT, FIRST_LEVEL, LAST_LEVEL = 8, 3, 5, 9
COLUMNS = ["pupil_id", "class_id", "subject_id", "teacher_id", "grade_level", "value", "weight"]


@dataclass(frozen=True)
class SimulatedSchool:
    """Marks of this year and of the one before, and the truth: by (teacher_id, subject_id), by class_id."""

    now: pd.DataFrame
    earlier: pd.DataFrame
    of_teachers: pd.Series
    of_classes: pd.Series


def simulated_school(
    seed: int,
    *,
    classes_a_level: int = 2,
    pupils_a_class: int = 24,
    has_small_groups: bool = False,
    marks_are_whole: bool = False,
) -> SimulatedSchool:
    """Return a school in which each class has a teacher of each subject, another one each year.

    Pupils are sorted into classes by ability, so that raw means mislead. ``has_small_groups``: every third register
    is of five pupils. ``marks_are_whole``: marks are rounded to 2..5, as real ones are.
    """
    rng = np.random.default_rng(seed)
    classes = [
        (level * 10 + number, level)
        for level in range(FIRST_LEVEL, LAST_LEVEL + 1)
        for number in range(classes_a_level)
    ]
    pupils = np.arange(len(classes) * pupils_a_class)
    ability = np.sort(rng.normal(0, PUPIL_SD, (len(classes), pupils_a_class)), axis=None)
    ability += rng.normal(0, PUPIL_SD / 2, len(pupils))
    school = _School(
        ability=ability,
        bent=rng.normal(0, BENT_SD, (len(pupils), SUBJECTS)),
        subject=rng.normal(0, SUBJECT_SD, SUBJECTS),
        teacher=rng.normal(0, TEACHER_SD, (SUBJECTS, TEACHERS_OF_A_SUBJECT)),
        gain=rng.normal(0, CLASS_SD, len(classes)),
        whole=marks_are_whole,
    )
    now, earlier = [], []
    for place, (class_id, level) in enumerate(classes):
        members = pupils[place * pupils_a_class : (place + 1) * pupils_a_class]
        for subject in range(SUBJECTS):
            teacher, before = rng.permutation(TEACHERS_OF_A_SUBJECT)[:2]
            taught = members[:5] if has_small_groups and (place + subject) % 3 == 0 else members
            now += school.marks(rng, taught, (class_id, level, place), subject, teacher, is_now=True)
            earlier += school.marks(
                rng, members, (class_id + 1000, level - 1, place), subject, before, is_now=False
            )
    return SimulatedSchool(
        pd.DataFrame(now, columns=COLUMNS),
        pd.DataFrame(earlier, columns=COLUMNS),
        school.truth_of_teachers(),
        pd.Series(school.gain, index=[class_id for class_id, _ in classes]),
    )


@dataclass(frozen=True)
class _School:
    ability: np.ndarray
    bent: np.ndarray
    subject: np.ndarray
    teacher: np.ndarray
    gain: np.ndarray
    whole: bool

    def marks(
        self,
        rng: np.random.Generator,
        pupils: np.ndarray,
        of_class: tuple[int, int, int],
        subject: int,
        teacher: int,
        *,
        is_now: bool,
    ) -> Iterator[tuple[float, ...]]:
        class_id, level, place = of_class
        mean = (
            4.0
            + LEVEL_SLOPE * (level - FIRST_LEVEL)
            + self.subject[subject]
            + self.teacher[subject, teacher]
            + (self.gain[place] if is_now else 0.0)
        )
        for pupil in pupils:
            own = mean + self.ability[pupil] + self.bent[pupil, subject] + rng.normal(0, ROW_SD)
            for value in rng.normal(own, MARK_SD, rng.integers(4, 10)):
                mark = float(np.clip(np.rint(value), 2, 5)) if self.whole else value
                yield (
                    int(pupil),
                    class_id,
                    subject,
                    10 * subject + int(teacher),
                    level,
                    mark,
                    float(rng.choice([1.0, 1.0, 2.0])),
                )

    def truth_of_teachers(self) -> pd.Series:
        truth = {
            (10 * subject + teacher, subject): self.teacher[subject, teacher]
            for subject in range(SUBJECTS)
            for teacher in range(TEACHERS_OF_A_SUBJECT)
        }
        return pd.Series(truth)
