"""A family chooses what it is told, and makes and ends its calendars (п. 3.6, 4.7)."""

from datetime import datetime, timedelta
from hmac import compare_digest

from school.access.action import Action
from school.access.checks import check_may, check_may_somewhere
from school.access.scopes import Rows
from school.errors import AccessRefused, RuleRefused
from school.families.store.news import last_event
from school.notices.lookups.mail import mail_server
from school.notices.records import AT_ONCE, CalendarFeed, Choices, LetterKind
from school.notices.rules.addresses import (
    check_address,
    check_choices,
    check_label,
    check_may_add_calendar,
    check_may_send_code,
    code_holds,
)
from school.notices.secrets import user_of_token
from school.notices.store import choices as stored
from school.notices.store import feeds, letters
from school.records import Role, User
from school.sign_in.rules.sessions import new_secret, secret_hash
from school.store.connection import Store, Transaction, in_transaction
from school.store.events import Event
from school.store.reading import Reader

_NO_ADDRESS = RuleRefused("Адрес не указан.", next_step="Сначала укажите адрес электронной почты.")
A_DAY = timedelta(days=1)
# A reminder goes to whom an announcement does.
CHOSEN = (LetterKind.DIGEST, *(kind for kind in AT_ONCE if kind is not LetterKind.REMINDER))


def _check_gets_letters(reader: Reader, user: User) -> None:
    """Raise AccessRefused for who is no guardian: a child's address would be one more fact about the child."""
    check_may_somewhere(user, Action.KEEP_NOTICES)
    if Role.GUARDIAN not in user.roles:
        raise AccessRefused(
            "Письма получают только родители.", next_step="Подключите календарь: он есть и у ученика."
        )
    if not mail_server(reader).is_on:
        raise RuleRefused(
            "Школа не отправляет писем.",
            "Почта школы не подключена.",
            "Подключите календарь: он работает без почты.",
        )


@in_transaction
def ask_code(transaction: Transaction, user: User, address: str, *, now: datetime) -> None:
    """Keep an address and let a code be sent to it; nothing else goes there before the code is typed.

    The same address again asks for another code. Raises AccessRefused; RuleRefused for no address, or too many codes a day.
    """
    _check_gets_letters(transaction, user)
    kept = check_address(address)
    sent = letters.codes_since(transaction, user.user_id, now - A_DAY)
    check_may_send_code(sent)
    stored.add_address(transaction, user.user_id, kept, now)
    letters.end_waiting(transaction, user.user_id, list(LetterKind), now)
    letters.queue_letter(
        transaction, user.user_id, LetterKind.CODE, f"{now.isoformat()} {sent}", now=now, not_before=now
    )
    _record(transaction, user, "notice_address", "указан", now)


def confirm_address(store: Store, user: User, code: str, *, now: datetime) -> None:
    """Confirm an address by the code that was sent to it. Raises AccessRefused; RuleRefused for a wrong or old one."""
    _check_gets_letters(store, user)
    typed = "".join(sign for sign in code if sign.isdecimal() and sign.isascii())

    def work(transaction: Transaction) -> bool:
        found = stored.notice_settings(transaction, user.user_id)
        if found is None or not code_holds(found.code_made_at, found.code_tries, now):
            raise RuleRefused(
                "Код уже не действует.", "Он действует час и пять попыток.", "Отправьте код ещё раз."
            )
        # Counted outside of the refusal, which would take the count back.
        if not compare_digest(found.code_hash, code_hash(user.user_id, typed)):
            stored.count_try(transaction, user.user_id)
            return False
        stored.set_confirmed(transaction, user.user_id, now)
        _begin(transaction, user.user_id, now)
        _record(transaction, user, "notice_address", "подтверждён", now)
        return True

    if not store.write(work):
        raise RuleRefused(
            "Код не подошёл.", next_step="Проверьте цифры в последнем письме и введите их снова."
        )


def code_hash(user_id: int, code: str) -> str:
    """Return what may be stored of a code."""
    return secret_hash(f"notice {user_id} {code}")


def _begin(transaction: Transaction, user_id: int, now: datetime) -> None:
    """Let everything count as told: only what comes from now on is new."""
    stored.set_told(transaction, user_id, now, last_event(transaction))
    stored.set_at_once(transaction, user_id, now)


@in_transaction
def choose_notices(transaction: Transaction, user: User, choices: Choices, *, now: datetime) -> None:
    """Keep what a user wants to be told; what is switched on begins now. Raises AccessRefused or RuleRefused."""
    _check_gets_letters(transaction, user)
    wanted, before = check_choices(choices), stored.notice_settings(transaction, user.user_id)
    if before is None:
        raise _NO_ADDRESS
    stored.set_choices(transaction, user.user_id, wanted)
    fresh = [kind for kind in CHOSEN if wanted.tells(kind) and not before.choices.tells(kind)]
    if LetterKind.DIGEST in fresh:
        stored.set_told(transaction, user.user_id, now, last_event(transaction))
    if set(fresh) & set(AT_ONCE):
        stored.set_at_once(transaction, user.user_id, now)
    unwanted = [kind for kind in LetterKind if not wanted.tells(kind)]
    letters.end_waiting(transaction, user.user_id, unwanted, now)
    _record(transaction, user, "notice_choices", _words(wanted), now, _words(before.choices))
    if wanted.names_child != before.choices.names_child:
        _record(transaction, user, "notice_name", "называть" if wanted.names_child else "не называть", now)


def _words(choices: Choices) -> str:
    told = [kind for kind in CHOSEN if choices.tells(kind)]
    titles = {
        LetterKind.DIGEST: f"сводка ({'каждый день' if choices.digest == 'day' else 'раз в неделю'})",
        LetterKind.ABSENCE: "пропуск первого урока",
        LetterKind.CANCELLED: "отмена урока",
        LetterKind.ANNOUNCEMENT: "важное объявление и напоминание",
    }
    return ", ".join(titles[kind] for kind in told) or "ничего"


@in_transaction
def forget_address(transaction: Transaction, user: User, *, now: datetime) -> None:
    """Forget a user's address and choices, and all that waits to be sent. Raises AccessRefused."""
    check_may_somewhere(user, Action.KEEP_NOTICES)
    if stored.notice_settings(transaction, user.user_id) is None:
        return
    stored.remove_settings(transaction, user.user_id)
    letters.end_waiting(transaction, user.user_id, list(LetterKind), now)
    _record(transaction, user, "notice_address", "удалён", now)


def _record(
    transaction: Transaction, user: User, kind: str, what: str, now: datetime, before: str = ""
) -> None:
    # Never the address: more people read the journal of changes than it was given to.
    transaction.record(
        Event(now, user.user_id, kind, record_id=user.user_id, old_value=before or None, new_value=what)
    )


def end_all_letters(store: Store, token: str, *, now: datetime) -> None:
    """Switch off all letters to whomever a letter's token names; once more changes nothing. Raises RuleRefused."""
    user_id = user_of_token(store, token)

    def work(transaction: Transaction) -> None:
        found = stored.notice_settings(transaction, user_id)
        if found is None or not any(found.choices.tells(kind) for kind in CHOSEN):
            return
        stored.set_choices(transaction, user_id, Choices())
        letters.end_waiting(transaction, user_id, list(LetterKind), now)
        transaction.record(
            Event(
                now,
                user_id,
                "notice_choices",
                record_id=user_id,
                old_value=_words(found.choices),
                new_value="ничего",
            )
        )

    store.write(work)


@in_transaction
def make_calendar(transaction: Transaction, user: User, pupil_id: int, label: str, *, now: datetime) -> str:
    """Make a private calendar of a child and return its token, which is shown once.

    Raises AccessRefused for another's child; RuleRefused for too long a name, or too many calendars.
    """
    check_may(user, Action.KEEP_NOTICES, Rows(pupil_id=pupil_id))
    own = feeds.feeds_of_user(transaction, user.user_id)
    check_may_add_calendar(len(own))
    token, (feed_id,) = new_secret(), transaction.new_ids(1)
    feed = CalendarFeed(feed_id, user.user_id, pupil_id, check_label(label), now, None)
    feeds.save_feed(transaction, feed, secret_hash(token))
    transaction.record(
        Event(now, user.user_id, "calendar_feed", pupil_id=pupil_id, record_id=feed_id, new_value="создана")
    )
    return token


@in_transaction
def end_calendar(transaction: Transaction, user: User, feed_id: int, *, now: datetime) -> None:
    """End one of the user's own calendars; one that has ended stays so. Raises AccessRefused for anybody else's."""
    check_may_somewhere(user, Action.KEEP_NOTICES)
    feed = feeds.feed_by_id(transaction, feed_id)
    if feed is None:
        return
    check_may(user, Action.KEEP_OWN_ACCOUNT, Rows(user_id=feed.user_id))
    feeds.remove_feed(transaction, feed_id)
    transaction.record(
        Event(
            now,
            user.user_id,
            "calendar_feed",
            pupil_id=feed.pupil_id,
            record_id=feed_id,
            new_value="отозвана",
        )
    )


def note_calendar_read(store: Store, feed: CalendarFeed, now: datetime) -> None:
    """Note that a program has asked for a calendar today: once a day, so that its owner sees whether anybody does."""
    if feed.last_read_on != now.date():
        store.write(lambda transaction: feeds.keep_read_on(transaction, feed.feed_id, now.date()))
