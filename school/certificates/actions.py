"""The secretary issues and cancels papers by number; a guardian asks for one; the office declines (п. 3.6, 4.6)."""

from datetime import date, datetime

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.certificates.records import IssuedPaper, PaperKind, PaperOrder, PaperRequest, PaperWords
from school.certificates.rules import issuing as rules
from school.certificates.rules import words as worded
from school.certificates.store import papers as stored
from school.certificates.store import results
from school.errors import RuleRefused
from school.people.records import MovementKind, PupilDraft, Stay
from school.people.store.movements import movements_of, stays_of
from school.people.store.pupils import pupil_by_id
from school.records import User
from school.register.store.registers import class_terms
from school.store.connection import Transaction, in_transaction
from school.store.events import Event
from school.store.settings import save_setting, setting


@in_transaction
def issue_paper(transaction: Transaction, user: User, order: PaperOrder, *, now: datetime) -> int:
    """Issue a paper under the next number of its kind and year, and return its id; a request that it answers is ready.

    Its words are made of the school's books at this moment and kept. Raises AccessRefused or RuleRefused.
    """
    check_may(user, Action.ISSUE_CERTIFICATES)
    pupil = pupil_by_id(transaction, order.pupil_id) if order.pupil_id is not None else None
    stays = stays_of(transaction, order.pupil_id) if order.pupil_id is not None and pupil else []
    today = now.date()
    here = _stay_on(stays, today)
    checked = rules.check_order(order, is_known=pupil is not None, is_in_class=here is not None, today=today)
    request = _request(transaction, order.request_id) if order.request_id is not None else None
    if request is not None and (request.pupil_id, request.kind) != (order.pupil_id, order.kind):
        raise RuleRefused("Заказана другая справка.", next_step="Обновите страницу и выдайте её из заказа.")
    words = _words(transaction, checked, pupil, stays, today)
    last = stored.last_numbers(transaction, now.year).get(order.kind)
    number = rules.next_number(last, order.first_number)
    (certificate_id,) = transaction.new_ids(1)
    stored.save_paper(transaction, certificate_id, checked, number, words, at=now, user_id=user.user_id)
    if request is not None:
        stored.save_decision(
            transaction, request.request_id, at=now, user_id=user.user_id, certificate_id=certificate_id
        )
    transaction.record(
        Event(
            now,
            user.user_id,
            "certificate",
            pupil_id=order.pupil_id,
            record_id=certificate_id,
            new_value=f"{rules.KINDS[order.kind].title} № {number}/{now.year}",
        )
    )
    return certificate_id


def _stay_on(stays: list[Stay], day: date) -> Stay | None:
    """Return the stay of a day in a class whose school year is not over; in the holidays before a year that of the coming one."""
    running = [
        each
        for each in stays
        if (each.ends_on is None or each.ends_on > day)
        and (each.place.last_day is None or each.place.last_day >= day)
    ]
    return next((each for each in running if each.covers(day)), next(iter(running), None))


def _words(
    transaction: Transaction, order: PaperOrder, pupil: PupilDraft | None, stays: list[Stay], today: date
) -> PaperWords:
    issuer = worded.Issuer(
        setting(transaction, "school.name") or "Школа",
        stored.letterhead(transaction),
        results.head_of_school(transaction),
    )
    if pupil is None or order.pupil_id is None:
        return worded.letter_words(issuer, order)
    if not stays:
        raise RuleRefused(
            "Ученик ни разу не числился в классе.", next_step="Сначала запишите его в класс из карточки."
        )
    if order.kind is PaperKind.EXTRACT:
        return _extract(transaction, issuer, pupil, stays, order)
    moved = movements_of(transaction, order.pupil_id)
    if order.kind is PaperKind.PERIOD:
        years = results.year_results(transaction, order.pupil_id)
        return worded.period_words(issuer, pupil, stays, moved, years, order, today)
    here = _stay_on(stays, today)
    assert here is not None, "checked by the rule of the order"
    arrival = next((each for each in moved if each.kind is MovementKind.ARRIVAL), None)
    return worded.study_words(issuer, pupil, here, arrival, order)


def _extract(
    transaction: Transaction, issuer: worded.Issuer, pupil: PupilDraft, stays: list[Stay], order: PaperOrder
) -> PaperWords:
    assert order.first is not None
    assert order.last is not None
    assert order.pupil_id is not None
    of_days = [each for each in stays if each.starts_on is None or each.starts_on <= order.last]
    last = (of_days or stays)[-1]
    class_ids = [each.place.class_id for each in reversed(stays)]
    terms = [each for each in class_terms(transaction, last.place.class_id) if each.ends_on <= order.last]
    subjects = results.marks_of_days(
        transaction, order.pupil_id, class_ids, last.place.school_year, order.first, order.last
    )
    return worded.extract_words(issuer, pupil, last.place.name, terms, subjects, order)


def _request(transaction: Transaction, request_id: int) -> PaperRequest:
    request = stored.request_by_id(transaction, request_id)
    if request is None:
        raise RuleRefused("Такого заказа нет.", next_step="Обновите страницу.")
    rules.check_waits(request.state)
    return request


@in_transaction
def cancel_paper(
    transaction: Transaction, user: User, certificate_id: int, reason: str, *, now: datetime
) -> None:
    """Cancel an issued paper with a reason: its line and its number stay. Raises AccessRefused or RuleRefused."""
    check_may(user, Action.ISSUE_CERTIFICATES)
    paper = stored.paper_by_id(transaction, certificate_id)
    if paper is None:
        raise RuleRefused("Такого документа нет.", next_step="Обновите страницу.")
    words = rules.check_cancel(paper.cancelled_at, reason)
    stored.save_cancel(transaction, certificate_id, words, at=now, user_id=user.user_id)
    transaction.record(_event(paper, user, now, "аннулировано", words))


def _event(paper: IssuedPaper, user: User, now: datetime, new_value: str, reason: str) -> Event:
    return Event(
        now,
        user.user_id,
        "certificate",
        pupil_id=paper.pupil_id,
        record_id=paper.certificate_id,
        old_value=f"{rules.KINDS[paper.kind].title} № {paper.number_text}",
        new_value=new_value,
        reason=reason,
    )


@in_transaction
def ask_for_certificate(
    transaction: Transaction,
    user: User,
    pupil_id: int,
    kind: PaperKind,
    to_whom: str,
    note: str,
    *,
    now: datetime,
) -> int:
    """Ask the office for a certificate of the user's child; return the request's id. Raises AccessRefused or RuleRefused."""
    check_may(user, Action.ASK_CERTIFICATE, Rows(pupil_id=pupil_id))
    waiting = [each.kind for each in stored.waiting_requests(transaction) if each.pupil_id == pupil_id]
    place, words = rules.check_request(kind, to_whom, note, waiting)
    (request_id,) = transaction.new_ids(1)
    stored.save_request(transaction, request_id, pupil_id, kind, place, words, at=now, user_id=user.user_id)
    transaction.record(
        _request_event(request_id, pupil_id, user, now, f"заказана: {rules.KINDS[kind].title}")
    )
    return request_id


@in_transaction
def decline_request(
    transaction: Transaction, user: User, request_id: int, answer: str, *, now: datetime
) -> None:
    """Decline a request with a word to the family. Raises AccessRefused or RuleRefused."""
    check_may(user, Action.ISSUE_CERTIFICATES)
    request, words = _request(transaction, request_id), rules.check_decline(answer)
    stored.save_decision(transaction, request_id, at=now, user_id=user.user_id, answer=words)
    transaction.record(_request_event(request_id, request.pupil_id, user, now, "отказано", words))


def _request_event(
    request_id: int, pupil_id: int, user: User, now: datetime, new_value: str, reason: str = ""
) -> Event:
    return Event(
        now,
        user.user_id,
        "certificate_request",
        pupil_id=pupil_id,
        record_id=request_id,
        new_value=new_value,
        reason=reason,
    )


@in_transaction
def save_letterhead(transaction: Transaction, user: User, text: str, *, now: datetime) -> None:
    """Keep the lines under the school's name on its papers: address, phone, codes. Raises AccessRefused or RuleRefused."""
    check_may(user, Action.ISSUE_CERTIFICATES)
    old, new = stored.letterhead(transaction), rules.check_letterhead(text)
    if old == new:
        return
    save_setting(transaction, stored.LETTERHEAD, new)
    transaction.record(Event(now, user.user_id, "letterhead", old_value=old, new_value=new))
