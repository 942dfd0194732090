"""How teachers differ; a few have a habit that the deputy head's dashboards should detect."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from demo.plan.load import PRIMARY_SPECIALITY, Load

WRITTEN_CONTROL = "control"


@dataclass(frozen=True)
class Habits:
    """How a teacher marks and keeps the register.

    ``leniency`` and the shifts move the level of marks in standard deviations of all marks; ``activity``
    multiplies the usual number of marks; the shares are of lessons.
    """

    leniency: float = 0.0
    activity: float = 1.0
    control_shift: float = 0.0
    current_shift: float = 0.0
    late_share: float = 0.08
    unfilled_share: float = 0.01
    homework_share: float = 0.85
    marks_late_in_term: bool = False


# Kinds of planted habits; the setting ``demo.planted`` says which employee has which.
PLANTED: dict[str, dict[str, Any]] = {
    "control_disagrees": {"leniency": 0.1, "control_shift": -1.4, "current_shift": 0.3},
    "strict": {"leniency": -0.8},
    "lenient": {"leniency": 0.8},
    "fills_late": {"late_share": 0.8, "unfilled_share": 0.04},
    "sets_no_homework": {"homework_share": 0.0},
    "marks_late_in_term": {"marks_late_in_term": True},
}


def usual_habits(rng: np.random.Generator) -> Habits:
    """Return the habits of an unremarkable teacher."""
    return Habits(
        leniency=float(rng.normal(0, 0.12)),
        activity=float(rng.uniform(0.8, 1.2)),
        late_share=float(rng.uniform(0.03, 0.14)),
        homework_share=float(rng.uniform(0.75, 0.95)),
    )


def plant(
    habits: dict[int, Habits], loads: Sequence[Load], spared: int
) -> tuple[dict[int, Habits], dict[str, int]]:
    """Give the planted habits to the busiest subject teachers of the last year, except ``spared``.

    Returns the habits of all and the staff id of each kind; a school with few teachers has fewer kinds.
    """
    planted: dict[str, int] = {}
    for kind in PLANTED:
        candidates = _candidates(loads, needs_control=kind == "control_disagrees")
        free = [teacher for teacher in candidates if teacher != spared and teacher not in planted.values()]
        if free:
            planted[kind] = free[0]
    changed = {teacher: replace(habits[teacher], **PLANTED[kind]) for kind, teacher in planted.items()}
    return {**habits, **changed}, planted


def _candidates(loads: Sequence[Load], needs_control: bool) -> Iterator[int]:
    hours: Counter[int] = Counter()
    for load in loads:
        is_primary = load.subject.speciality_in(load.school_class.grade_level) == PRIMARY_SPECIALITY
        has_control = load.subject.written_work == WRITTEN_CONTROL
        if load.school_class.grade_level > 1 and not is_primary and (has_control or not needs_control):
            hours[load.teacher_id] += load.hours
    return (teacher for teacher, _ in hours.most_common())
