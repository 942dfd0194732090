"""Teachers take up the pupils that a forecast warns of in their lessons, homeroom teachers those of the class; the deputy head gives them out (п. 4.2, 4.3, 4.5)."""

from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.errors import RuleRefused
from school.extra_help import store as rows_of
from school.extra_help.lookups import rows_of_place
from school.extra_help.records import ExtraHelp, HelpPlace, Warned
from school.extra_help.rules import check_agreed, check_helper
from school.records import User
from school.store.connection import Transaction, in_transaction
from school.store.events import Event


@in_transaction
def take_up(
    transaction: Transaction,
    user: User,
    place: HelpPlace,
    warned: Warned,
    *,
    agreed: str,
    helper_id: int | None,
    now: datetime,
) -> None:
    """Note who helps a pupil in a subject until the end of a term and what was agreed; again: change both.

    ``helper_id`` None: the user. How it stood on the first day (``warned``) stays. Raises AccessRefused, RuleRefused.
    """
    helpers = rows_of.helpers_of(transaction, place.class_id, place.subject_id, now.date())
    check_may(user, Action.GIVE_EXTRA_HELP, rows_of_place(helpers, place.class_id))
    helper = check_helper(user.staff_id if helper_id is None else helper_id, helpers)
    words = check_agreed(agreed)
    before = _held(transaction, place)
    if before is None:
        rows_of.save_help(transaction, place, helper, warned, words, at=now, user_id=user.user_id)
    else:
        rows_of.change_agreed(transaction, place, helper, words)
    transaction.record(help_event(user.user_id, now, place, before.agreed if before else None, words))


@in_transaction
def drop_help(transaction: Transaction, user: User, place: HelpPlace, *, now: datetime) -> None:
    """Take the note back: the pupil stands among those whom nobody has taken up. Raises AccessRefused, RuleRefused."""
    helpers = rows_of.helpers_of(transaction, place.class_id, place.subject_id, now.date())
    check_may(user, Action.GIVE_EXTRA_HELP, rows_of_place(helpers, place.class_id))
    before = _held(transaction, place)
    if before is None:
        raise RuleRefused("Этого ученика никто не взял.", next_step="Обновите страницу.")
    rows_of.drop_help(transaction, place)
    transaction.record(help_event(user.user_id, now, place, before.agreed, None))


def _held(transaction: Transaction, place: HelpPlace) -> ExtraHelp | None:
    found = rows_of.help_of_terms(transaction, [place.term_id])
    return next((each for each in found if each.place == place), None)


def help_event(user_id: int, at: datetime, place: HelpPlace, old: str | None, new: str | None) -> Event:
    """Return what the journal of actions says of taking up, of a change of what was agreed, or of taking back (new: None)."""
    return Event(
        at,
        user_id,
        "extra_help",
        pupil_id=place.pupil_id,
        record_id=place.term_id,
        old_value=old,
        new_value=new,
        class_id=place.class_id,
        subject_id=place.subject_id,
    )
