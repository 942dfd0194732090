"""The head writes down what was found and what follows; events say that it happened, never in which words or about whom (п. 4.1)."""

from datetime import date, datetime, timedelta

from school.access.action import Action
from school.access.checks import check_may
from school.audiences.store import employed_staff
from school.discipline import store as stored
from school.discipline.records import Change, Measure, MeasureDraft, Source
from school.discipline.rules.steps import advance, check_measure
from school.discipline.sources import words_about
from school.errors import RuleRefused
from school.records import User
from school.store.connection import Transaction, in_transaction
from school.store.events import Event

# Terms reach so far around a day.
AROUND = timedelta(days=400)


@in_transaction
def record_measure(transaction: Transaction, user: User, draft: MeasureDraft, *, now: datetime) -> int:
    """Write down what was found about an employee and return the record's id. Raises AccessRefused, RuleRefused."""
    check_may(user, Action.KEEP_MEASURES)
    today = now.date()
    checked = check_measure(draft, today)
    if draft.staff_id not in employed_staff(transaction, today) or draft.staff_id == user.staff_id:
        raise RuleRefused("Работник не выбран.", next_step="Выберите работника школы из списка.")
    if draft.source is not Source.WORDS:
        known = {(each.source, each.source_id) for each in words_about(transaction, draft.staff_id)}
        if (draft.source, draft.source_id) not in known:
            raise RuleRefused("Такого замечания у работника нет.", next_step="Обновите страницу.")
    (measure_id,) = transaction.new_ids(1)
    measure = Measure(
        measure_id=measure_id,
        **vars(checked),
        asked_on=None,
        explained_on=None,
        explanation="",
        refused_on=None,
        away_from=(),
        away_until=(),
        order_number="",
        ordered_on=None,
        order_text="",
        acquainted_on=None,
        order_refused_on=None,
        lifted_on=None,
        closed_on=None,
        recorded_at=now,
        recorded_by=user.user_id,
    )
    stored.save_measure(transaction, measure)
    transaction.record(_event(user, now))
    return measure_id


def _event(user: User, now: datetime) -> Event:
    # Deputy and administrator read the record of changes too: it says nothing else.
    return Event(now, user.user_id, "measure")


@in_transaction
def change_measure(
    transaction: Transaction, user: User, measure_id: int, change: Change, *, now: datetime
) -> None:
    """Write down what follows: a day of an explanation, an act, an order … Raises AccessRefused, RuleRefused (ст. 193 ТК)."""
    check_may(user, Action.KEEP_MEASURES)
    measure = stored.measure_by_id(transaction, measure_id)
    if measure is None:
        raise RuleRefused("Такой записи нет.", next_step="Обновите страницу.")
    work = stored.work_calendar(transaction, measure.found_on - AROUND, _later(now.date(), measure) + AROUND)
    changed = advance(measure, change, work, now.date())
    if changed != measure:
        stored.save_measure(transaction, changed)
        transaction.record(_event(user, now))


def _later(today: date, measure: Measure) -> date:
    return max(today, measure.found_on)
