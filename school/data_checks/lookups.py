"""The data checks for the administrator, the deputy head and the head: counts first, findings on demand (п. 4.3, 6.3)."""

from datetime import date

from school.access.action import Action
from school.access.checks import check_may
from school.data_checks.rules import CHECKS
from school.data_checks.store import DataFinding, count_findings, findings
from school.records import User
from school.register.store.registers import school_years
from school.store.connection import Store
from school.store.names import rows_apart, staff_apart

__all__ = ["DataFinding"]

FINDINGS_SHOWN = 200


def checked_years(store: Store, user: User) -> list[int]:
    """Return the school years that can be checked, newest first. Raises AccessRefused."""
    check_may(user, Action.READ_DATA_CHECKS)
    return school_years(store)


def check_counts(store: Store, user: User, school_year: int, today: date) -> dict[str, int]:
    """Return how many findings each check has in a school year, by the check's name. Raises AccessRefused."""
    check_may(user, Action.READ_DATA_CHECKS)
    return {check.name: count_findings(store, check.name, school_year, today) for check in CHECKS}


def check_findings(store: Store, user: User, name: str, school_year: int, today: date) -> list[DataFinding]:
    """Return the findings of a check, the latest first, at most ``FINDINGS_SHOWN``. Raises AccessRefused."""
    check_may(user, Action.READ_DATA_CHECKS)
    rows = rows_apart(store, findings(store, name, school_year, today, FINDINGS_SHOWN), "pupil_name")
    return staff_apart(store, rows, "teacher_name", "teacher_id")
