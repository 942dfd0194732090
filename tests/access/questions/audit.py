"""Questions about 8Б to the actions and lookups of audit."""

from asking import CONTROLLERS, TODAY, Question, was_done

from school.audit import lookups as audit_lookups
from school.audit.store import EventFilter
from school.data_checks import lookups as data_checks

QUESTIONS: dict[str, Question] = {
    "data_checks.lookups.checked_years": Question(data_checks.checked_years, CONTROLLERS, bool),
    "data_checks.lookups.check_counts": Question(
        lambda store, user: data_checks.check_counts(store, user, 2026, TODAY), CONTROLLERS, bool
    ),
    "data_checks.lookups.check_findings": Question(
        lambda store, user: data_checks.check_findings(store, user, "terms_without_marks", 2026, TODAY),
        CONTROLLERS,
        was_done,
    ),
    "audit.lookups.event_page": Question(
        lambda store, user: audit_lookups.event_page(store, user, EventFilter(), number=0, size=10),
        CONTROLLERS,
        was_done,
    ),
    "audit.lookups.authors_of_events": Question(audit_lookups.authors_of_events, CONTROLLERS, was_done),
}
