"""Marks for terms and years from current marks, with the few exceptions that teachers make (п. 5.4)."""

from collections import defaultdict
from dataclasses import dataclass, field
from math import floor

import numpy as np

from demo.days.marking import Entries, TermLessons
from demo.plan.lessons import DatedLesson
from school.records import TermKind
from school.register.rules.cells import HIGHEST_MARK, LOWEST_MARK
from school.register.rules.marks import round_half_up
from school.register.rules.minimum_marks import minimum_marks

FEWEST_MARKS = 2
RAISED_BELOW_HALF, LOWERED_ABOVE_HALF, SPARED_A_TWO = 0.1, 0.08, 0.8
YEAR_LOWERED_AT_HALF, YEAR_RAISED_BELOW_HALF = 0.12, 0.08
WHY_FEW = ("много пропусков по болезни", "в периоде было мало уроков", "пришёл в середине периода")
WHY_RAISED = ("решила итоговая работа", "отметки растут к концу периода")
WHY_LOWERED = ("слабая итоговая работа", "отметки снизились к концу периода")
FORGOTTEN_REASONS_PERCENT = 4
TERMS_FOR_A_YEAR_MARK = {TermKind.QUARTER: 3, TermKind.HALF: 2}

Place = tuple[int, str, int]  # class_id, subject, pupil_id


@dataclass(frozen=True)
class JustifiedMark:
    """A mark for a term or a year, with the teacher's reason where one is needed (п. 5.2, 5.4)."""

    value: int
    reason: str = ""


@dataclass
class Gradebook:
    """Gives term marks and collects them for the year marks."""

    rng: np.random.Generator
    by_term: dict[Place, list[int]] = field(default_factory=lambda: defaultdict(list))

    def term_marks(
        self, term: TermLessons, entries: Entries, weights: dict[str, float]
    ) -> dict[int, JustifiedMark]:
        """Return the term mark of each pupil who was there at the end of the term and has enough marks."""
        means, counts = pupil_means(term.lessons, entries, weights)
        load, marks = term.load, {}
        chances = self.rng.random(len(means))
        for pupil, (mean, count, chance) in enumerate(zip(means, counts, chances, strict=True)):
            if count >= FEWEST_MARKS and term.is_listed_at_end[pupil]:
                pupil_id = term.pupil_ids[pupil]
                value = term_value(float(mean), float(chance))
                has_too_few = count < minimum_marks(load.hours)
                marks[pupil_id] = JustifiedMark(value, reason(value, float(mean), has_too_few, float(chance)))
                self.by_term[load.school_class.class_id, load.subject.name, pupil_id].append(value)
        return marks

    def year_marks(self, kinds: dict[int, TermKind]) -> dict[Place, JustifiedMark]:
        """Return the marks of the year where enough terms have a mark; ``kinds`` is by class."""
        given = {}
        for place, marks in self.by_term.items():
            if len(marks) >= TERMS_FOR_A_YEAR_MARK[kinds[place[0]]]:
                mean, chance = float(np.mean(marks)), float(self.rng.random())
                value = year_value(mean, chance)
                given[place] = JustifiedMark(value, reason(value, mean, False, chance))
        return given


def reason(value: int, mean: float, has_too_few: bool, chance: float) -> str:
    """Return why a mark stands although marks are few or it is not the rounded mean; now and then it was forgotten."""
    proposed = round_half_up(mean)
    reasons = WHY_FEW if has_too_few else WHY_RAISED if value > proposed else WHY_LOWERED
    is_needed = has_too_few or value != proposed
    place = int(chance * 1e6)
    return reasons[place % len(reasons)] if is_needed and place % 100 >= FORGOTTEN_REASONS_PERCENT else ""


def pupil_means(
    lessons: list[DatedLesson], entries: Entries, weights: dict[str, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the weighted mean of each pupil's marks (0 without marks) and how many they are."""
    by_lesson = np.array([weights[lesson.work] for lesson in lessons])[:, None]
    counts = (entries.marks > 0).astype(int) + (entries.second_marks > 0)
    total_weight = (by_lesson * counts).sum(axis=0)
    total = (by_lesson * (entries.marks + entries.second_marks.astype(int))).sum(axis=0)
    return total / np.maximum(total_weight, 1e-9), counts.sum(axis=0)


def term_value(mean: float, chance: float) -> int:
    """Return the term mark for a mean: rounded, rarely raised or lowered near a half, seldom a two.

    ``chance`` is uniform in 0..1 and decides about the exception.
    """
    rounded, rest = round_half_up(mean), mean - floor(mean)
    if rounded == LOWEST_MARK:
        return rounded + 1 if chance < SPARED_A_TWO else rounded
    if 0.4 <= rest < 0.5 and chance < RAISED_BELOW_HALF:
        return min(rounded + 1, HIGHEST_MARK)
    if 0.5 <= rest < 0.58 and chance < LOWERED_ABOVE_HALF:
        return rounded - 1
    return rounded


def year_value(mean: float, chance: float) -> int:
    """Return the year mark for the mean of the term marks: rounded, with rare exceptions near a half."""
    rounded, rest = round_half_up(mean), mean - floor(mean)
    if rest == 0.5 and chance < YEAR_LOWERED_AT_HALF:
        return rounded - 1
    if 0 < rest < 0.5 and chance < YEAR_RAISED_BELOW_HALF:
        return rounded + 1
    return rounded
