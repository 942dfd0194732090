"""Who prints and reads the documents of which class (п. 2.3, 4.6)."""

from school.access.action import Action
from school.access.checks import check_may, may
from school.access.scopes import Rows
from school.records import User


def may_read_papers(user: User, class_id: int) -> bool:
    """Whether the user may read the printed documents of a class."""
    return may(user, Action.READ_PAPERS, Rows(class_id=class_id))


def may_print_papers(user: User, class_id: int) -> bool:
    """Whether the user may have the documents of a class made."""
    return may(user, Action.PRINT_PAPERS, Rows(class_id=class_id))


def check_may_read_papers(user: User, class_id: int) -> None:
    """Raise AccessRefused unless the user may read the printed documents of a class."""
    check_may(user, Action.READ_PAPERS, Rows(class_id=class_id))


def check_may_print_papers(user: User, class_id: int) -> None:
    """Raise AccessRefused unless the user may have the documents of a class made."""
    check_may(user, Action.PRINT_PAPERS, Rows(class_id=class_id))
