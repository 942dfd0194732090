"""Leaves in the register: cells that will get a reason once attendance is taken (п. 4.3)."""

from collections.abc import Collection

from pages.shared.absences_view import leave_hint
from pages.shared.session import school
from school.lookups.absences import expected_leaves
from school.records import User


def leave_hints(user: User, lesson_ids: Collection[int]) -> dict[str, dict[str, str]]:
    """Return the hints of the grid component for pupils on leave in these lessons."""
    expected = expected_leaves(school().store, user, lesson_ids)
    return {f"{lesson}:{pupil}": leave_hint(leave) for (lesson, pupil), leave in expected.items()}
