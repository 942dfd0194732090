"""Events are announced, changed and cancelled with a trace; families and staff answer whether they come (п. 3.6)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.calendar import school_year_of
from school.errors import AccessRefused, RuleRefused
from school.files.attachments.keeping import KeptFile, keeping
from school.files.attachments.kinds import check_file
from school.occasions import store as stored
from school.occasions.rules import (
    Circle,
    OccasionDraft,
    Side,
    check_answer,
    check_changeable,
    check_draft,
    check_files,
    check_reason,
    check_still_seen,
)
from school.occasions.store import Occasion, OccasionAnswer
from school.records import Role, User
from school.register.store.class_members import members_on
from school.store.connection import Store, Transaction, in_transaction
from school.store.events import Event

SentFiles = Sequence[tuple[str, bytes]]
ANSWER_WORDS = {True: "придёт", False: "не придёт"}


@dataclass(frozen=True)
class NewOccasion:
    """An event to announce: for whom, what and when, files as (name, content)."""

    audience: Circle
    draft: OccasionDraft
    files: SentFiles = ()


def check_plans_for(user: User, audience: Circle) -> None:
    """Raise AccessRefused for who may not announce events for an audience: the homeroom teacher does for the own class."""
    check_may(user, Action.PLAN_OCCASIONS, Rows(class_id=audience.class_id))


def announce_occasion(store: Store, user: User, new: NewOccasion, *, now: datetime) -> int:
    """Announce an event; return its id.

    Raises AccessRefused; RuleRefused for words, days or files that may not be, and then keeps nothing.
    """
    check_plans_for(user, new.audience)
    draft = _cleaned(new.draft)
    check_draft(draft, now.date())
    check_files(len(new.files))
    checked = [check_file(name, content) for name, content in new.files]
    store.write(lambda transaction: _check_audience(transaction, new.audience, draft))
    with keeping(store, checked) as kept:
        return store.write(
            lambda transaction: _announce(transaction, user, replace(new, draft=draft), kept, now)
        )


def _cleaned(draft: OccasionDraft) -> OccasionDraft:
    title, place = (" ".join(words.split()) for words in (draft.title, draft.place))
    return replace(draft, title=title, place=place, text=draft.text.strip())


def _check_audience(transaction: Transaction, audience: Circle, draft: OccasionDraft) -> None:
    if not stored.audience_classes(transaction, school_year_of(draft.starts_on), audience):
        raise RuleRefused(
            "В учебном году этого дня такого класса или параллели нет.",
            next_step="Проверьте день и для кого событие.",
        )


def _announce(
    transaction: Transaction, user: User, new: NewOccasion, kept: Sequence[KeptFile], now: datetime
) -> int:
    _check_audience(transaction, new.audience, new.draft)
    occasion_id, *file_ids = transaction.new_ids(1 + len(kept))
    occasion = Occasion(
        occasion_id,
        school_year_of(new.draft.starts_on),
        new.audience,
        new.draft,
        0,
        now,
        user.user_id,
        now,
        None,
        "",
        stored.occasion_files(kept, file_ids, occasion_id),
    )
    stored.save_occasion(transaction, occasion, _pupils(transaction, occasion))
    transaction.record(_event("occasion", occasion, user, now, new=occasion_words(occasion.draft)))
    return occasion_id


def _pupils(transaction: Transaction, *occasions: Occasion) -> list[int]:
    """Return the pupils whose pages say these events."""
    found: set[int] = set()
    for each in occasions:
        if each.draft.is_staff_only:
            continue
        classes = stored.audience_classes(transaction, each.school_year, each.audience)
        members = members_on(transaction, [one.class_id for one in classes], each.draft.starts_on)
        found |= {member.pupil_id for member in members}
    return sorted(found)


def occasion_words(draft: OccasionDraft) -> str:
    """Return «Экскурсия, 27.11.2026, 10:00»: an event in the record of changes."""
    days = f"{draft.starts_on:%d.%m.%Y}"
    if draft.ends_on != draft.starts_on:
        days += f" – {draft.ends_on:%d.%m.%Y}"
    return f"{draft.title}, {days}" + (f", {draft.starts_at:%H:%M}" if draft.starts_at else "")


def _event(
    kind: str,
    occasion: Occasion,
    user: User,
    now: datetime,
    *,
    old: str | None = None,
    new: str | None = None,
    reason: str = "",
    pupil_id: int | None = None,
) -> Event:
    return Event(
        now,
        user.user_id,
        kind,
        pupil_id=pupil_id,
        record_id=occasion.occasion_id,
        old_value=old,
        new_value=new,
        reason=reason,
        class_id=occasion.audience.class_id,
    )


def change_occasion(
    store: Store, user: User, occasion_id: int, draft: OccasionDraft, files: SentFiles = (), *, now: datetime
) -> None:
    """Change an event that is not over and add files; where its day or hour changes, everybody is asked anew.

    Raises AccessRefused, RuleRefused, and then keeps nothing.
    """
    cleaned = _cleaned(draft)
    checked = [check_file(name, content) for name, content in files]
    store.write(lambda transaction: _changeable(transaction, user, occasion_id, now.date()))
    with keeping(store, checked) as kept:
        store.write(lambda transaction: _change(transaction, user, occasion_id, cleaned, kept, now))


def _changeable(transaction: Transaction, user: User, occasion_id: int, today: date) -> Occasion:
    occasion = stored.occasion_by_id(transaction, occasion_id)
    check_plans_for(user, occasion.audience if occasion else Circle())
    if occasion is None:
        raise RuleRefused("Такого события нет.", next_step="Обновите страницу.")
    check_changeable(occasion.draft.ends_on, occasion.cancelled_at, today)
    return occasion


def _change(
    transaction: Transaction,
    user: User,
    occasion_id: int,
    draft: OccasionDraft,
    kept: Sequence[KeptFile],
    now: datetime,
) -> None:
    before = _changeable(transaction, user, occasion_id, now.date())
    # One that goes on already keeps its first day.
    check_draft(draft, min(now.date(), before.draft.starts_on))
    check_still_seen(before.draft, draft)
    check_files(len(before.files) + len(kept))
    if draft == before.draft and not kept:
        return
    if school_year_of(draft.starts_on) != before.school_year:
        raise RuleRefused(
            "Новый день — в другом учебном году.", next_step="Отмените событие и объявите новое."
        )
    files = stored.occasion_files(kept, transaction.new_ids(len(kept)), occasion_id)
    after = replace(
        before, draft=draft, version=before.version + 1, changed_at=now, files=(*before.files, *files)
    )
    pupils = _pupils(transaction, before, after)
    stored.save_occasion(transaction, after, pupils)
    if draft.when != before.draft.when:
        stored.delete_answers(transaction, occasion_id, pupils)
    old, new = occasion_words(before.draft), occasion_words(draft)
    transaction.record(_event("occasion", after, user, now, old=old, new=new))


@in_transaction
def cancel_occasion(
    transaction: Transaction, user: User, occasion_id: int, reason: str, *, now: datetime
) -> None:
    """Cancel an event, with a reason that families read; it stays with its trace. Raises AccessRefused, RuleRefused."""
    before = _changeable(transaction, user, occasion_id, now.date())
    words = check_reason(reason)
    after = replace(before, version=before.version + 1, changed_at=now, cancelled_at=now, cancel_reason=words)
    stored.save_occasion(transaction, after, _pupils(transaction, after))
    transaction.record(_event("occasion", after, user, now, old=occasion_words(before.draft), reason=words))


@in_transaction
def answer_for_child(
    transaction: Transaction, user: User, pupil_id: int, occasion_id: int, is_coming: bool, *, now: datetime
) -> None:
    """Say whether a family comes, as a guardian of the child, or the pupil for themself; the last answer counts.

    Raises AccessRefused for an event that is not for the child, RuleRefused where it asks nothing or has begun.
    """
    check_may(user, Action.ANSWER_OCCASION, Rows(pupil_id=pupil_id))
    occasion = stored.occasion_by_id(transaction, occasion_id)
    if occasion is None or pupil_id not in _pupils(transaction, occasion):
        raise AccessRefused("Такого события у ребёнка нет.", next_step="Обновите страницу.")
    _answer(transaction, user, occasion, _side_of(user), pupil_id, is_coming, now)


def _side_of(user: User) -> Side:
    """Return for whom a member of a family answers."""
    return Side.GUARDIAN if user.has(Role.GUARDIAN) else Side.PUPIL


def _answer(
    transaction: Transaction,
    user: User,
    occasion: Occasion,
    side: Side,
    person_id: int,
    is_coming: bool,
    now: datetime,
) -> None:
    check_answer(occasion.draft, occasion.cancelled_at, side, now)
    before = stored.answers_of(transaction, [occasion.occasion_id])[occasion.occasion_id].get(
        (side, person_id)
    )
    if before is not None and before.is_coming == is_coming:
        return
    answer = OccasionAnswer(occasion.occasion_id, side, person_id, is_coming, now, user.user_id)
    stored.save_answer(transaction, answer)
    old = ANSWER_WORDS[before.is_coming] if before else None
    pupil_id = None if side == Side.STAFF else person_id
    transaction.record(
        _event(
            "occasion_answer", occasion, user, now, old=old, new=ANSWER_WORDS[is_coming], pupil_id=pupil_id
        )
    )


@in_transaction
def answer_as_staff(
    transaction: Transaction, user: User, occasion_id: int, is_coming: bool, *, now: datetime
) -> None:
    """Say whether one comes oneself. Raises AccessRefused for an event that is for others, RuleRefused where it asks nothing."""
    check_may(user, Action.READ_OCCASIONS)
    occasion = stored.occasion_by_id(transaction, occasion_id)
    asked = stored.asked_staff(transaction, occasion, now.date()) if occasion else {}
    if occasion is None or user.staff_id is None or user.staff_id not in asked:
        raise AccessRefused("Это событие не для вас.", next_step="Обновите страницу.")
    _answer(transaction, user, occasion, Side.STAFF, user.staff_id, is_coming, now)
