"""Results of national tests: loaded once the deputy head has seen what a file brings, deleted as a whole (п. 4.2, 6.3)."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.errors import RuleRefused
from school.external_tests.records import ExternalResult, ExternalTestKey
from school.external_tests.rules import KINDS, ResultRosters, plan_results
from school.external_tests.store import (
    delete_test,
    enrolled_names,
    ids_of_tests,
    known_results,
    loaded_tests,
    save_results,
    save_tests,
)
from school.files.plan import Plan, SourceRow, check_still_holds
from school.records import User
from school.register.store.registers import subject_names
from school.store.connection import Store, Transaction
from school.store.events import Event


def load_results(
    store: Store, user: User, rows: Sequence[SourceRow], seen: Plan[ExternalResult], *, now: datetime
) -> Plan[ExternalResult]:
    """Load the rows of a file whose plan the user has ``seen``; return what was done. Loaded again, nothing changes.

    Raises AccessRefused, or RuleRefused where the register has changed since the plan was shown.
    """
    check_may(user, Action.LOAD_EXTERNAL_TESTS)

    def work(transaction: Transaction) -> Plan[ExternalResult]:
        subjects = subject_names(transaction)
        rosters = ResultRosters(enrolled_names(transaction), subjects, known_results(transaction))
        check_still_holds(seen, rosters.digest)
        plan = plan_results(rows, rosters, now.date())
        results = [row.record for row in (*plan.new, *plan.changed)]
        if results:
            _write_results(transaction, user, results, subjects, now=now)
        return plan

    return store.write(work)


def _write_results(
    transaction: Transaction,
    user: User,
    results: Sequence[ExternalResult],
    subjects: dict[int, str],
    *,
    now: datetime,
) -> None:
    """Write checked results and an event for each test."""
    counts = Counter(result.test for result in results)
    known = ids_of_tests(transaction)
    fresh = [key for key in counts if key not in known]
    if fresh:
        added = dict(zip(fresh, transaction.new_ids(len(fresh)), strict=True))
        save_tests(transaction, added)
        known |= added
    save_results(
        transaction, [(known[result.test], result) for result in results], at=now, user_id=user.user_id
    )
    transaction.record(
        *(
            Event(
                now,
                user.user_id,
                "external_test",
                record_id=known[key],
                new_value=f"{_title(key, subjects)}, результатов: {count}",
                subject_id=key.subject_id,
            )
            for key, count in counts.items()
        )
    )


def _title(key: ExternalTestKey, subjects: dict[int, str]) -> str:
    return f"{KINDS[key.kind].title}, {subjects.get(key.subject_id, '—')}, {key.held_on:%d.%m.%Y}"


def delete_results(store: Store, user: User, test_id: int, *, now: datetime) -> None:
    """Delete a test with all its results. Raises AccessRefused, or RuleRefused where it is gone already."""
    check_may(user, Action.LOAD_EXTERNAL_TESTS)

    def work(transaction: Transaction) -> None:
        test = next((row for row in loaded_tests(transaction) if row.test_id == test_id), None)
        if test is None:
            raise RuleRefused("Этих результатов уже нет.", next_step="Обновите страницу.")
        delete_test(transaction, test_id)
        title = _title(test.key, {test.key.subject_id: test.subject_name})
        words = f"{title}, результатов: {test.result_count}"
        transaction.record(
            Event(
                now,
                user.user_id,
                "external_test_deleted",
                record_id=test_id,
                old_value=words,
                subject_id=test.key.subject_id,
            )
        )

    store.write(work)
