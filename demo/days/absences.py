"""Which days pupils miss: runs of illness, single days with a reason, a few who often stay away."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from school.records import AbsenceReason

# The codes of a cell of the day table; 0 is present.
PRESENT, UNKNOWN, ILLNESS, VALID, LATE = range(5)
REASONS = {
    UNKNOWN: AbsenceReason.UNKNOWN,
    ILLNESS: AbsenceReason.ILLNESS,
    VALID: AbsenceReason.VALID,
    LATE: AbsenceReason.LATE,
}
# Chance a day that an illness begins, by month: colds come in winter.
ILLNESS_BY_MONTH = {
    9: 0.006,
    10: 0.01,
    11: 0.011,
    12: 0.012,
    1: 0.011,
    2: 0.014,
    3: 0.011,
    4: 0.007,
    5: 0.005,
}
MEAN_DAYS_ILL, MOST_DAYS_ILL = 4.0, 14
VALID_A_DAY, UNKNOWN_A_DAY = 0.006, 0.004
CHRONIC_SHARE, CHRONIC_UNKNOWN_A_DAY = 0.025, 0.13
DAYS_UNTIL_CORRECTED, NOT_CORRECTED_SHARE = 7, 0.7


def draw_absences(rng: np.random.Generator, pupils: int, days: Sequence[date], today: date) -> np.ndarray:
    """Return a table pupils × school days of absence codes.

    The homeroom teacher has not yet corrected most reasons of the last week (п. 4.3): they read «н».
    """
    chance = rng.random((pupils, len(days)))
    is_chronic = rng.random((pupils, 1)) < CHRONIC_SHARE
    codes = np.zeros((pupils, len(days)), dtype=np.int8)
    unknown = np.where(is_chronic, CHRONIC_UNKNOWN_A_DAY, UNKNOWN_A_DAY)
    codes[chance < unknown + VALID_A_DAY] = VALID
    codes[chance < unknown] = UNKNOWN
    _fall_ill(rng, codes, days)
    is_recent = np.array([(today - day).days <= DAYS_UNTIL_CORRECTED for day in days], dtype=bool)
    is_uncorrected = is_recent & (codes > PRESENT) & (rng.random(codes.shape) < NOT_CORRECTED_SHARE)
    codes[is_uncorrected] = UNKNOWN
    return codes


def _fall_ill(rng: np.random.Generator, codes: np.ndarray, days: Sequence[date]) -> None:
    starting = np.array([ILLNESS_BY_MONTH.get(day.month, 0) for day in days])
    for pupil, first in np.argwhere(rng.random(codes.shape) < starting):
        length = min(1 + int(rng.geometric(1 / MEAN_DAYS_ILL)), MOST_DAYS_ILL)
        codes[pupil, first : first + length] = ILLNESS
