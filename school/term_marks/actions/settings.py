"""Settings of marking: work types with their weights, rounding to a term mark (п. 5.2, 5.4)."""

from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.errors import RuleRefused
from school.records import User, WorkType
from school.register.rules.work_types import check_work_type
from school.register.store import work_types as marking
from school.register.store.registers import work_types
from school.store.connection import Transaction, in_transaction
from school.store.events import Event
from school.term_marks.rules.term_marks import ROUNDINGS, Rounding

NEW = 0  # the identifier of a work type that is to be added


@in_transaction
def save_work_type(transaction: Transaction, user: User, work_type: WorkType, *, now: datetime) -> int:
    """Add a work type (``work_type_id`` NEW) or change it; return its id.

    A changed weight changes every mean that stands on it. Raises AccessRefused or RuleRefused.
    """
    check_may(user, Action.EDIT_MARKING)
    known = work_types(transaction)
    check_work_type(work_type, known.values())
    if work_type.work_type_id == NEW:
        old, saved = (
            None,
            WorkType(
                transaction.new_ids(1)[0],
                work_type.name,
                work_type.short_name,
                work_type.weight,
                work_type.is_written_control,
            ),
        )
    else:
        old, saved = _existing(known, work_type.work_type_id), work_type
    texts = ("" if old is None else work_type_text(old), work_type_text(saved))
    if texts[0] != texts[1]:
        marking.save_work_type(transaction, saved)
        transaction.record(_event(user, now, "work_type_kind", saved.work_type_id, *texts))
    return saved.work_type_id


@in_transaction
def retire_work_type(
    transaction: Transaction, user: User, work_type_id: int, *, is_retired: bool, now: datetime
) -> None:
    """Take a work type out of use, or bring it back; its marks stay as they are. Raises AccessRefused or RuleRefused."""
    check_may(user, Action.EDIT_MARKING)
    old = _existing(work_types(transaction), work_type_id)
    if old.is_retired == is_retired:
        return
    marking.retire_work_type(transaction, work_type_id, now if is_retired else None)
    words = (old.name, f"{old.name}: {'больше не предлагается' if is_retired else 'снова предлагается'}")
    transaction.record(_event(user, now, "work_type_kind", work_type_id, *words))


def _existing(known: dict[int, WorkType], work_type_id: int) -> WorkType:
    if work_type_id not in known:
        raise RuleRefused("Такого вида работы нет.", next_step="Обновите страницу.")
    return known[work_type_id]


@in_transaction
def set_rounding(
    transaction: Transaction, user: User, subject_id: int | None, rounding: Rounding | None, *, now: datetime
) -> None:
    """Choose the school's rounding (``subject_id`` None) or a subject's own; None: the subject follows the school's.

    Raises AccessRefused, or RuleRefused for a school without any rounding.
    """
    check_may(user, Action.EDIT_MARKING)
    if subject_id is None and rounding is None:
        raise RuleRefused("Округление школы не выбрано.", next_step="Выберите одно из списка.")
    own = marking.subject_roundings(transaction)
    school_wide = marking.school_rounding(transaction) or Rounding.HALF_UP
    old = school_wide if subject_id is None else own.get(subject_id)
    if old == rounding:
        return
    marking.save_rounding(transaction, subject_id, rounding)
    event = Event(
        now,
        user.user_id,
        "rounding",
        old_value=rounding_text(old),
        new_value=rounding_text(rounding),
        subject_id=subject_id,
    )
    transaction.record(event)


def rounding_text(rounding: str | None) -> str:
    """Return a rounding in words; None is «как в школе»."""
    if rounding is None:
        return "как в школе"
    row = ROUNDINGS[Rounding(rounding)]
    return f"{row.title}: {row.bounds}"


def work_type_text(work_type: WorkType) -> str:
    """Return «Контрольная работа (к/р), вес 2, письменная»."""
    weight = f"{work_type.weight:g}".replace(".", ",")
    control = ", письменная" if work_type.is_written_control else ""
    return f"{work_type.name} ({work_type.short_name}), вес {weight}{control}"


def _event(user: User, now: datetime, kind: str, record_id: int, old: str, new: str) -> Event:
    return Event(now, user.user_id, kind, record_id=record_id, old_value=old or None, new_value=new)
