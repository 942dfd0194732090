"""Results of national tests for whoever may see them: what is loaded, what a file would bring, lists to fill in."""

from collections.abc import Sequence
from datetime import date

from school.access.action import Action
from school.access.checks import check_may
from school.external_tests import store as external_tests
from school.external_tests.records import EnrolledName, ExternalMark, ExternalResult, LoadedTest
from school.external_tests.rules import ResultRosters, plan_results
from school.files.plan import Plan, SourceRow
from school.files.spellings import plain
from school.people.store.class_lists import ClassHead, class_heads
from school.records import User
from school.register.store.registers import subject_names
from school.spans import is_in_span
from school.store.connection import Store
from school.store.names import rows_apart

# A test that fewer of a class wrote was a retake or another's: it says little of how the class is marked.
FEWEST_WRITTEN = 10


def loaded_results(store: Store, user: User) -> list[LoadedTest]:
    """Return the tests whose results are in the register, the newest first; raises AccessRefused."""
    check_may(user, Action.READ_EXTERNAL_TESTS)
    return external_tests.loaded_tests(store)


def second_opinions(
    store: Store, user: User, class_id: int, today: date
) -> dict[tuple[int, int], ExternalMark]:
    """Return by subject and pupil of a class the newest mark of a national test, where enough of the class wrote it.

    Raises AccessRefused.
    """
    check_may(user, Action.READ_EXTERNAL_TESTS)
    return external_tests.newest_results_of_class(store, class_id, today, FEWEST_WRITTEN)


def preview_results(store: Store, user: User, rows: Sequence[SourceRow], today: date) -> Plan[ExternalResult]:
    """Return what loading the rows of a file would do; raises AccessRefused."""
    check_may(user, Action.LOAD_EXTERNAL_TESTS)
    rosters = ResultRosters(
        external_tests.enrolled_names(store), subject_names(store), external_tests.known_results(store)
    )
    return plan_results(rows, rosters, today)


def pupil_titles(store: Store, user: User) -> dict[int, str]:
    """Return the names of the pupils that a preview shows; raises AccessRefused."""
    check_may(user, Action.LOAD_EXTERNAL_TESTS)
    return {row.pupil_id: row.name.full for row in rows_apart(store, external_tests.enrolled_names(store))}


def tested_subjects(store: Store, user: User) -> dict[int, str]:
    """Return the school's subjects; raises AccessRefused."""
    check_may(user, Action.READ_EXTERNAL_TESTS)
    return subject_names(store)


def tested_classes(store: Store, user: User) -> list[ClassHead]:
    """Return the classes that a list to fill in may be of; raises AccessRefused."""
    check_may(user, Action.LOAD_EXTERNAL_TESTS)
    return class_heads(store)


def pupils_to_test(store: Store, user: User, class_ids: Sequence[int], day: date) -> list[EnrolledName]:
    """Return who was in these classes on a day, by class and name; raises AccessRefused."""
    check_may(user, Action.LOAD_EXTERNAL_TESTS)
    names = {row.class_id: (row.name, row.school_year) for row in class_heads(store)}
    wanted = {names[class_id]: place for place, class_id in enumerate(class_ids) if class_id in names}
    there = [
        row
        for row in external_tests.enrolled_names(store)
        if (row.class_name, row.school_year) in wanted and is_in_span([row.span], day)
    ]
    return sorted(
        rows_apart(store, there),
        key=lambda row: (wanted[row.class_name, row.school_year], plain(row.name.full)),
    )
