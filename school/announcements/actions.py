"""Announcements are sent, read, confirmed, reminded of and taken back; who comes to an audience later is added (п. 2.9, 4.7)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may, check_may_somewhere
from school.access.scopes import Rows
from school.announcements import store as stored
from school.announcements.access import checked_rows, follows_all, own_rows
from school.announcements.rules import (
    Draft,
    Wanted,
    check_draft,
    check_files,
    check_may_remind,
    check_not_withdrawn,
    missing,
    to_remind,
    was_reminded,
)
from school.announcements.store import Announcement, AnnouncementFile, Recipient
from school.audiences.access import check_may_aim
from school.audiences.rules import Part
from school.audiences.store import MEMBER_TABLES, Member, audience_words, members_of, people_with_sign_in
from school.errors import AccessRefused, RuleRefused
from school.files.attachments.kinds import CheckedFile
from school.files.kept import drop_content, keep_content
from school.records import User
from school.store.connection import Store, Transaction, in_transaction
from school.store.events import Event

__all__ = ["MEMBER_TABLES"]

NOBODY = RuleRefused(
    "Среди выбранных получателей никого нет.",
    "Сегодня к ним никто не относится.",
    "Выберите других получателей.",
)


def send_announcement(store: Store, user: User, draft: Draft, *, now: datetime) -> int:
    """Announce something and return its id.

    Raises AccessRefused for an audience beyond the user's; RuleRefused for words, days, files or an audience of nobody, and then
    keeps nothing.
    """
    check_may_somewhere(user, Action.WRITE_ANNOUNCEMENT)
    check_draft(draft, now.date())
    checked = check_files(draft.files)
    # A cheap first look keeps refused contents off the disk; the transaction looks again.
    check_may_aim(store, user, Action.WRITE_ANNOUNCEMENT, draft.audience, now.date())
    kept: list[tuple[CheckedFile, str, str]] = []
    try:
        for file in checked:
            kept.append((file, *keep_content(store, file.content)))
        return store.write(lambda transaction: _send(transaction, user, draft, kept, now))
    except BaseException:
        for _, stored_name, _ in kept:
            drop_content(store, stored_name)
        raise


def _send(
    transaction: Transaction,
    user: User,
    draft: Draft,
    kept: Sequence[tuple[CheckedFile, str, str]],
    now: datetime,
) -> int:
    today = now.date()
    check_may_aim(transaction, user, Action.WRITE_ANNOUNCEMENT, draft.audience, today)
    subject, text = check_draft(draft, today)
    members = members_of(transaction, draft.audience, today)
    if not members:
        raise NOBODY
    announcement_id, *file_ids = transaction.new_ids(1 + len(kept))
    stored.save_announcement(
        transaction,
        announcement_id,
        draft,
        members,
        subject=subject,
        text=text,
        at=now,
        user_id=user.user_id,
        after_event=stored.last_event(transaction),
    )
    stored.save_answers(transaction, _own_row(announcement_id, user, draft, members, now))
    stored.save_files(
        transaction,
        {each.owner_id for each in members if each.part != Part.STAFF},
        [
            AnnouncementFile(file_id, announcement_id, name, file.title, file.kind, len(file.content), sha256)
            for file_id, (file, name, sha256) in zip(file_ids, kept, strict=True)
        ],
    )
    words = f"{audience_words(transaction, draft.audience)} — {subject}"
    transaction.record(_event("announcement", announcement_id, user, now, new=words))
    return announcement_id


def _own_row(
    announcement_id: int, user: User, draft: Draft, members: Collection[Member], now: datetime
) -> list[Recipient]:
    """Return the author's own row, where their audience includes them: nobody is asked to read what they wrote."""
    confirmed_at = now if draft.wanted != Wanted.NOBODY else None
    return [
        Recipient(announcement_id, *each, seen_at=now, confirmed_at=confirmed_at)
        for each in members
        if each.part == Part.STAFF and each.person_id == user.staff_id
    ]


def _event(
    kind: str,
    announcement_id: int,
    user: User | None,
    now: datetime,
    *,
    pupil_id: int | None = None,
    class_id: int | None = None,
    old: str | None = None,
    new: str | None = None,
) -> Event:
    return Event(
        now,
        user.user_id if user else None,
        kind,
        pupil_id=pupil_id,
        record_id=announcement_id,
        old_value=old,
        new_value=new,
        class_id=class_id,
    )


@in_transaction
def note_opened(
    transaction: Transaction, user: User, announcement_id: int, owner_id: int, *, now: datetime
) -> None:
    """Note that the reader has opened an announcement about a child of theirs, or to themself as an employee.

    The program's own books, as that a diary was opened. Nothing where it was not sent to the reader: staff read diaries too.
    """
    own = [row for row in own_rows(transaction, user, announcement_id) if row.owner_id == owner_id]
    fresh = [
        row._replace(seen_at=now)
        for row in own
        if row.seen_at is None or (row.reminded_at is not None and row.reminded_at > row.seen_at)
    ]
    if fresh:
        stored.save_answers(transaction, fresh, is_noted=False)


@in_transaction
def confirm_announcement(
    transaction: Transaction, user: User, announcement_id: int, owner_ids: Collection[int], *, now: datetime
) -> None:
    """Confirm that the user is acquainted with an announcement about children of theirs, or as an employee; once is enough.

    Raises AccessRefused for another's child, or what was not sent to the user; RuleRefused for what was withdrawn or is not to
    be confirmed by them.
    """
    own = {row.owner_id: row for row in own_rows(transaction, user, announcement_id)}
    for owner in owner_ids:
        _check_confirms(user, own.get(owner), owner)
    announcement = stored.announcements_by_id(transaction, [announcement_id])[announcement_id]
    for owner in owner_ids:
        row = own[owner]
        _check_confirmable(announcement, row, now)
        if row.confirmed_at is not None:
            continue
        stored.save_answers(transaction, [row._replace(seen_at=row.seen_at or now, confirmed_at=now)])
        transaction.record(
            _event(
                "announcement_confirmed",
                announcement_id,
                user,
                now,
                pupil_id=None if row.part == Part.STAFF else owner,
                class_id=row.class_id,
                new=announcement.subject,
            )
        )


def _check_confirms(user: User, row: Recipient | None, owner_id: int) -> None:
    if row is not None and row.part == Part.STAFF:
        check_may(user, Action.READ_ANNOUNCEMENTS, Rows(user_id=user.user_id))
        return
    check_may(user, Action.CONFIRM_ANNOUNCEMENT, Rows(pupil_id=owner_id))
    if row is None:
        raise AccessRefused("Это объявление не для вас.", next_step="Вернитесь к списку объявлений.")


def _check_confirmable(announcement: Announcement, row: Recipient, now: datetime) -> None:
    check_not_withdrawn(announcement.withdrawn_at)
    if announcement.shown_from > now.date():
        raise AccessRefused("Объявление ещё не показано.", next_step="Вернитесь к списку объявлений.")
    if not missing(announcement.wanted, [row._replace(confirmed_at=None)]):
        raise RuleRefused("Подтверждать это объявление не нужно.", next_step="Достаточно его прочитать.")


@in_transaction
def note_on_paper(
    transaction: Transaction,
    user: User,
    announcement_id: int,
    signed: Collection[tuple[Part, int, int]],
    *,
    now: datetime,
) -> int:
    """Note who has signed the printed sheet: (part, person, child or employee); return how many were new.

    Raises AccessRefused for whom the user may not follow, RuleRefused for what was withdrawn.
    """
    announcement, rows = checked_rows(transaction, user, announcement_id)
    check_not_withdrawn(announcement.withdrawn_at)
    by_key = {(row.part, row.person_id, row.owner_id): row for row in rows}
    if not set(signed) <= by_key.keys():
        raise AccessRefused("Этого человека нет в вашем листе.", next_step="Обновите страницу.")
    fresh = [by_key[each] for each in dict.fromkeys(signed) if by_key[each].confirmed_at is None]
    for row in fresh:
        stored.save_answers(transaction, [row._replace(confirmed_at=now, paper_by=user.user_id)])
        transaction.record(
            _event(
                "announcement_paper",
                announcement_id,
                user,
                now,
                pupil_id=None if row.part == Part.STAFF else row.owner_id,
                class_id=row.class_id,
                new=announcement.subject,
            )
        )
    return len(fresh)


@in_transaction
def remind(transaction: Transaction, user: User, announcement_id: int, *, now: datetime) -> int:
    """Remind those who have not answered and have a way in, of whom the user follows; return how many people.

    It is new to them again, and who has asked for letters at once gets one. Raises AccessRefused; RuleRefused for a second
    reminder of the same people on a day, for nobody, for what is not shown.
    """
    announcement, rows = checked_rows(transaction, user, announcement_id)
    shown = announcement.shown_from, announcement.shown_until
    check_may_remind(announcement.withdrawn_at, *shown, now.date())
    groups: dict[tuple[bool, int], list[Recipient]] = defaultdict(list)
    for row in rows:
        groups[row.part == Part.STAFF, row.owner_id].append(row)
    sign_ins = people_with_sign_in(transaction)
    late = [
        row
        for of_owner in groups.values()
        for row in of_owner
        if row.person_id in sign_ins[row.part]
        and (row.part, row.person_id) in to_remind(announcement.wanted, of_owner)
    ]
    if not late:
        raise RuleRefused(
            "Напоминать некому: кто может войти в журнал, уже ответил.",
            next_step="Для остальных есть лист под подпись.",
        )
    fresh = [row for row in late if not was_reminded(row.reminded_at, now.date())]
    if not fresh:
        raise RuleRefused("Сегодня уже напоминали.", next_step="Повторить напоминание можно завтра.")
    stored.save_reminder(transaction, fresh, announcement_id, now)
    people = len({(row.part, row.person_id) for row in fresh})
    transaction.record(
        _event("announcement_reminded", announcement_id, user, now, new=f"{announcement.subject}: {people}")
    )
    return people


@in_transaction
def withdraw_announcement(
    transaction: Transaction, user: User, announcement_id: int, *, now: datetime
) -> None:
    """Take an announcement back: whom it reached sees that it was withdrawn, its text stays in the register.

    Raises AccessRefused for who neither wrote it nor follows the whole school, RuleRefused for one withdrawn already.
    """
    announcement, rows = checked_rows(transaction, user, announcement_id)
    if not follows_all(user, announcement):
        raise AccessRefused("Объявление отзывает его автор.", next_step="Попросите автора или завуча.")
    check_not_withdrawn(announcement.withdrawn_at)
    stored.save_withdrawal(transaction, announcement_id, rows, now, user.user_id)
    transaction.record(_event("announcement_withdrawn", announcement_id, user, now, old=announcement.subject))


@in_transaction
def add_late_joiners(transaction: Transaction, *, now: datetime) -> int:
    """Add those who have come to the audiences of what is shown now; return how many rows. Done by the program.

    Who has left an audience keeps what was announced to them.
    """
    added = 0
    for announcement in stored.shown_on(transaction, now.date()):
        announcement_id = announcement.announcement_id
        known = {row.key for row in stored.recipients_of(transaction, [announcement_id])}
        fresh = [
            each
            for each in members_of(transaction, announcement.audience, now.date())
            if (announcement_id, each.part, each.person_id, each.owner_id) not in known
        ]
        if fresh:
            stored.add_recipients(transaction, announcement_id, fresh, now)
            words = f"{announcement.subject}: {len(fresh)}"
            transaction.record(_event("announcement_joined", announcement_id, None, now, new=words))
            added += len(fresh)
    return added
