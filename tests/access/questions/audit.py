"""Questions about 8Б to the actions and lookups of audit, data checks, privacy and backups."""

from asking import CONTROLLERS, TEACHER, TODAY, Question, passed, past_the_door, was_done
from small_school import NOW, STRANGE_CHILD

from school.audit import lookups as audit_lookups
from school.audit.store import EventFilter
from school.backup import actions as backup_actions
from school.backup import lookups as backup_lookups
from school.data_checks import lookups as data_checks
from school.privacy.actions import erasing, incidents
from school.privacy.lookups import child_record, keeping
from school.privacy.rules.incidents import IncidentDraft, Notice
from school.privacy.store.settings import Operator

KEEPERS = {"admin"}
READERS = {"admin", "head"}
LEAK = IncidentDraft(NOW, is_leak=True, what="Список 8Б ушёл на чужой адрес")

COPIES_KEY = "age1zr560y8g4q0lxc2e0adt47nqxz56whf765wwh7erclx8pvyh5v8sf34tlv"

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
    "audit.lookups.event_kinds": Question(
        lambda _store, user: audit_lookups.event_kinds(user), CONTROLLERS, bool
    ),
    "audit.lookups.authors_of_events": Question(audit_lookups.authors_of_events, CONTROLLERS, was_done),
    "privacy.actions.erasing.erase_now": Question(past_the_door(erasing.erase_now), KEEPERS, was_done),
    "privacy.actions.erasing.set_terms": Question(past_the_door(erasing.set_terms, {}), KEEPERS, was_done),
    "privacy.actions.erasing.switch_erasing": Question(
        lambda store, user: erasing.switch_erasing(store, user, is_on=True, now=NOW) or True,
        KEEPERS,
        was_done,
    ),
    "privacy.actions.incidents.record_incident": Question(
        past_the_door(incidents.record_incident, LEAK), KEEPERS, was_done
    ),
    "privacy.actions.incidents.change_incident": Question(
        past_the_door(incidents.change_incident, 0, LEAK), KEEPERS, was_done
    ),
    "privacy.actions.incidents.mark_notice_sent": Question(
        past_the_door(incidents.mark_notice_sent, 0, Notice.FIRST), KEEPERS, was_done
    ),
    "privacy.actions.incidents.close_incident": Question(
        past_the_door(incidents.close_incident, 0), KEEPERS, was_done
    ),
    "privacy.actions.incidents.set_operator": Question(
        past_the_door(incidents.set_operator, Operator()), KEEPERS, was_done
    ),
    "privacy.lookups.keeping.erasing_state": Question(
        lambda store, user: keeping.erasing_state(store, user, TODAY), READERS, was_done
    ),
    "privacy.lookups.keeping.viewings": Question(
        lambda store, user: keeping.viewings(store, user, keeping.ViewingFilter(STRANGE_CHILD), limit=9),
        READERS,
        was_done,
    ),
    "privacy.lookups.keeping.viewing_choices": Question(keeping.viewing_choices, READERS, was_done),
    "privacy.lookups.keeping.incidents": Question(keeping.incidents, READERS, was_done),
    "privacy.lookups.keeping.operator": Question(keeping.operator, READERS, was_done),
    "privacy.lookups.child_record.child_record": Question(
        lambda store, user: child_record.child_record(store, user, STRANGE_CHILD, now=NOW),
        {"admin", "head", "secretary"},
    ),
    "backup.actions.check_may_keep_backups": Question(
        lambda _, user: passed(lambda: backup_actions.check_may_keep_backups(user)), {"admin"}, was_done
    ),
    "backup.actions.set_copies_key": Question(
        lambda store, user: passed(lambda: backup_actions.set_copies_key(store, user, COPIES_KEY, now=NOW)),
        {"admin"},
        was_done,
    ),
    "backup.lookups.backup_state": Question(
        lambda store, user: backup_lookups.backup_state(store, user, now=NOW, server_began=NOW),
        {"admin", "head"},
        was_done,
    ),
    "backup.lookups.name_of": Question(backup_lookups.name_of, TEACHER),
}
