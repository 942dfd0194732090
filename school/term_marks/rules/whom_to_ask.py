"""Whom a teacher should ask today: who has too few marks (п. 5.2) or none in the last lessons."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

LESSONS_LOOKED_AT = 5


@dataclass(frozen=True)
class PupilNeed:
    """A pupil's marks of a term: how many, how many it takes (None: not known), lessons since the last one."""

    pupil_id: int
    count: int
    minimum: int | None
    lessons_without_mark: int

    @property
    def shortage(self) -> int:
        """How many marks are missing to the minimum of п. 5.2."""
        return max((self.minimum or 0) - self.count, 0)

    @property
    def is_forgotten(self) -> bool:
        """Whether the pupil has no mark in the last lessons."""
        return self.lessons_without_mark >= LESSONS_LOOKED_AT


def whom_to_ask(needs: Iterable[PupilNeed], passed_over: Collection[int]) -> list[PupilNeed]:
    """Return who is to be asked, the most needing first (п. 5.2); ``passed_over`` are absent or asked today.

    Equal needs stay in the order given.
    """
    found = [
        need for need in needs if need.pupil_id not in passed_over and (need.shortage or need.is_forgotten)
    ]
    return sorted(found, key=lambda need: (-need.shortage, -need.lessons_without_mark))
