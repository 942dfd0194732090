"""Term marks of the former school, as the card takes them from a pupil who comes during the year (п. 4.6, 5.4)."""

from collections.abc import Mapping
from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.errors import RuleRefused
from school.people.records import FormerMarkPlace
from school.people.rules.former_marks import check_former_mark, terms_before
from school.people.store import former_marks as stored
from school.people.store.movements import stays_of
from school.records import User
from school.register.store.registers import class_terms, subject_names
from school.store.connection import Transaction, in_transaction
from school.store.events import Event


@in_transaction
def save_former_marks(
    transaction: Transaction,
    user: User,
    pupil_id: int,
    class_id: int,
    marks: Mapping[FormerMarkPlace, int | None],
    *,
    now: datetime,
) -> int:
    """Write what the former school gave a pupil of a class: (subject, term) → mark, None takes it back.

    They count in the year mark alone and are shown as brought. Returns how many changed. Raises AccessRefused or RuleRefused.
    """
    check_may(user, Action.ENTER_FORMER_MARKS, Rows(class_id=class_id))
    stays = stays_of(transaction, pupil_id)
    if not any(stay.place.class_id == class_id for stay in stays):
        raise RuleRefused("Ученика нет в этом классе.", next_step="Обновите карточку.")
    terms = {term.term_id for term in terms_before(class_terms(transaction, class_id), stays)}
    subjects, held = subject_names(transaction), stored.former_marks_of(transaction, pupil_id)
    changes = {place: value for place, value in marks.items() if value != held.get(place)}
    for (subject_id, term_id), value in changes.items():
        check_former_mark(value, is_before=term_id in terms, is_subject=subject_id in subjects)
    stored.save_former_marks(transaction, pupil_id, changes, now, user.user_id)
    for (subject_id, term_id), value in changes.items():
        old = held.get((subject_id, term_id))
        transaction.record(
            Event(
                now,
                user.user_id,
                "former_mark",
                pupil_id=pupil_id,
                record_id=term_id,
                old_value=None if old is None else str(old),
                new_value=None if value is None else str(value),
                class_id=class_id,
                subject_id=subject_id,
            )
        )
    return len(changes)
