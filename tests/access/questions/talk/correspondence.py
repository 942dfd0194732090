"""Questions about 8Б to the actions and lookups of correspondence: a thread of the stranger with the pupil of 8Б."""

from datetime import timedelta

from asking import NOBODY, Question, passed, was_done
from small_school import NOW, STRANGE_CHILD, STRANGERS_LESSON_YESTERDAY, USER_IDS

from school.correspondence.actions import away, letters, order
from school.correspondence.actions import help as calls
from school.correspondence.lookups import order as order_lookup
from school.correspondence.lookups import threads as lookup
from school.correspondence.rules.hours import LetterOrder
from school.correspondence.writing import Words
from school.records import Role, User
from school.sign_in.store.users import users_by_id
from school.store.connection import Store, Transaction
from school.store.events import Event
from school.store.writing import insert

PUPIL_OF_8B = 190
READERS, WRITERS = {"stranger", "leader"}, {"stranger", "leader", "head", "deputy", "admin", "secretary"}
LETTER = letters.Letter("8Б", Words("Ждём работу", [("8Б.txt", b"8")]))
SECONDS = timedelta(seconds=10)


def _stranger(store: Store) -> User:
    return users_by_id(store, [USER_IDS["stranger"]])[USER_IDS["stranger"]]


def _admin(store: Store) -> User:
    return users_by_id(store, [USER_IDS["admin"]])[USER_IDS["admin"]]


def _account_of_8b(store: Store) -> int:
    """Let the pupil of 8Б sign in, and return their account."""
    if not store.read(f"SELECT 1 FROM users WHERE user_id = {PUPIL_OF_8B}"):

        def work(transaction: Transaction) -> None:
            insert(
                transaction,
                "users",
                user_id=PUPIL_OF_8B,
                login="olegya",
                password_hash="x",
                pupil_id=STRANGE_CHILD,
            )
            insert(transaction, "user_roles", user_id=PUPIL_OF_8B, role=str(Role.PUPIL))
            transaction.record(Event(NOW, None, "school"))

        store.write(work)
    return PUPIL_OF_8B


def _thread_of_8b(store: Store) -> int:
    """The stranger writes to the pupil of 8Б, who answers."""
    found = store.read("SELECT thread_id FROM threads WHERE kind = 'letters'")
    if found:
        return found[0][0]
    to = [(_account_of_8b(store), STRANGE_CHILD)]
    (thread_id,) = letters.send_letters(store, _stranger(store), LETTER, to, now=NOW - 3 * SECONDS)
    pupil = users_by_id(store, [PUPIL_OF_8B])[PUPIL_OF_8B]
    letters.answer(store, pupil, thread_id, Words("Сдам завтра"), now=NOW - 2 * SECONDS)
    return thread_id


def _call_of_stranger(store: Store) -> int:
    found = store.read("SELECT thread_id FROM threads WHERE kind = 'help'")
    return found[0][0] if found else calls.ask_help(store, _stranger(store), LETTER, now=NOW - SECONDS)


def _finish(store: Store, user: User) -> None:
    thread_id = _call_of_stranger(store)
    if store.read("SELECT 1 FROM threads WHERE kind = 'help' AND taken_at IS NULL"):
        calls.take_help(store, _admin(store), thread_id, now=NOW)
    calls.finish_help(store, user, thread_id, now=NOW)


def _complaint(store: Store) -> int:
    found = store.read("SELECT complaint_id FROM complaints")
    thread_id = _thread_of_8b(store)
    return found[0][0] if found else order.complain(store, _stranger(store), thread_id, "8Б грубит", now=NOW)


def _mute(store: Store) -> int:
    found = store.read("SELECT mute_id FROM mutes WHERE lifted_at IS NULL")
    deputy = users_by_id(store, [USER_IDS["deputy"]])[USER_IDS["deputy"]]
    return found[0][0] if found else order.mute(store, deputy, _account_of_8b(store), 3, "Грубость", now=NOW)


def _send(store: Store, user: User) -> list[int]:
    to = [(_account_of_8b(store), STRANGE_CHILD)]
    return letters.send_letters(store, user, LETTER, to, now=NOW)


def _withdraw(store: Store, user: User) -> None:
    _thread_of_8b(store)
    ((message_id,),) = store.read(
        f"SELECT max(message_id) FROM messages WHERE written_by = {USER_IDS['stranger']}"
    )
    letters.withdraw(store, user, message_id, now=NOW)


def _note_read(store: Store, user: User) -> bool:
    thread_id = _thread_of_8b(store)
    letters.note_read(store, user, thread_id, now=NOW)
    query = "SELECT 1 FROM thread_people WHERE thread_id = $thread AND user_id = $user AND read_at = $now"
    return bool(store.read(query, {"thread": thread_id, "user": user.user_id, "now": NOW}))


def _file_of_8b(store: Store) -> int:
    thread_id = _thread_of_8b(store)
    query = (
        "SELECT min(file_id) FROM message_files JOIN messages USING (message_id) WHERE thread_id = $thread"
    )
    return store.read(query, {"thread": thread_id})[0][0]


QUESTIONS: dict[str, Question] = {
    "correspondence.actions.letters.send_letters": Question(_send, WRITERS, was_done),
    "correspondence.actions.letters.answer": Question(
        lambda store, user: letters.answer(store, user, _thread_of_8b(store), Words("Жду"), now=NOW),
        {"stranger"},
        was_done,
    ),
    "correspondence.actions.letters.withdraw": Question(_withdraw, {"stranger"}, was_done),
    "correspondence.actions.letters.settle": Question(
        lambda store, user: letters.settle(store, user, _thread_of_8b(store), now=NOW), {"stranger"}, was_done
    ),
    # A note of one's own, of whatever class: every employee has one, no family.
    "correspondence.actions.away.set_away": Question(
        lambda store, user: away.set_away(store, user, NOW.date(), "8Б подождёт", now=NOW),
        WRITERS | {"owner", "homeroom"},
        was_done,
    ),
    "correspondence.lookups.threads.own_away_note": Question(
        lambda store, user: (
            away.set_away(store, _stranger(store), NOW.date(), "8Б подождёт", now=NOW),
            lookup.own_away_note(store, user, today=NOW.date()),
        )[1],
        {"stranger"},
    ),
    "correspondence.actions.letters.note_read": Question(_note_read, {"stranger"}, bool),
    "correspondence.actions.help.ask_help": Question(
        lambda store, user: calls.ask_help(store, user, LETTER, child=STRANGE_CHILD, now=NOW),
        NOBODY,
        was_done,
    ),
    "correspondence.actions.help.take_help": Question(
        lambda store, user: calls.take_help(store, user, _call_of_stranger(store), now=NOW),
        {"admin"},
        was_done,
    ),
    "correspondence.actions.help.finish_help": Question(_finish, {"admin"}, was_done),
    "correspondence.actions.order.complain": Question(
        lambda store, user: order.complain(store, user, _thread_of_8b(store), "Грубость", now=NOW),
        READERS,
        was_done,
    ),
    "correspondence.actions.order.answer_complaint": Question(
        lambda store, user: passed(
            lambda: order.answer_complaint(store, user, _complaint(store), "Разобрались", now=NOW)
        ),
        {"deputy", "head"},
        was_done,
    ),
    "correspondence.actions.order.mute": Question(
        lambda store, user: passed(
            lambda: order.mute(store, user, _account_of_8b(store), 3, "Грубость", now=NOW)
        ),
        {"deputy", "head"},
        was_done,
    ),
    "correspondence.actions.order.lift_mute": Question(
        lambda store, user: order.lift_mute(store, user, _mute(store), now=NOW), {"deputy", "head"}, was_done
    ),
    "correspondence.actions.order.open_by_request": Question(
        lambda store, user: order.open_by_request(
            store, user, _thread_of_8b(store), "12/к", "Жалоба семьи", now=NOW
        ),
        {"head"},
        was_done,
    ),
    "correspondence.actions.order.set_order": Question(
        lambda store, user: order.set_order(store, user, LetterOrder(norm_days=3), (), now=NOW),
        {"deputy"},
        was_done,
    ),
    "correspondence.lookups.threads.thread_lists": Question(
        lambda store, user: (_thread_of_8b(store), lookup.thread_lists(store, user, now=NOW))[1], READERS
    ),
    "correspondence.lookups.threads.calls_for_help": Question(
        lambda store, user: (_call_of_stranger(store), lookup.calls_for_help(store, user, now=NOW))[1],
        {"admin"},
    ),
    "correspondence.lookups.threads.thread_page": Question(
        lambda store, user: lookup.thread_page(store, user, _thread_of_8b(store), now=NOW), READERS
    ),
    "correspondence.lookups.threads.unread_of_family": Question(
        lambda store, user: (_thread_of_8b(store), lookup.unread_of_family(store, user, now=NOW))[1],
        NOBODY,
        lambda answer: any(answer.values()),
    ),
    "correspondence.lookups.threads.new_letters": Question(
        lambda store, user: (
            _thread_of_8b(store),
            lookup.new_letters(store, user, NOW - timedelta(days=1), now=NOW),
        )[1],
        NOBODY,
        bool,
    ),
    "correspondence.lookups.threads.unread_of_staff": Question(
        lambda store, user: (_thread_of_8b(store), lookup.unread_of_staff(store, user, now=NOW))[1],
        {"stranger"},
        bool,
    ),
    "correspondence.lookups.threads.waiting_calls": Question(
        lambda store, user: (_call_of_stranger(store), lookup.waiting_calls(store, user, now=NOW))[1],
        {"admin"},
        bool,
    ),
    "correspondence.lookups.threads.recipients": Question(
        lambda store, user: (_account_of_8b(store), lookup.recipients(store, user, today=NOW.date()))[1],
        WRITERS,
        lambda answer: any(each.pupil_id == STRANGE_CHILD for each in answer),
    ),
    "correspondence.lookups.threads.what_is_asked": Question(
        lambda store, user: lookup.what_is_asked(
            store,
            user,
            lookup.About(lookup.AboutKind.MARK, STRANGERS_LESSON_YESTERDAY),
            child=STRANGE_CHILD,
            now=NOW,
        ),
        NOBODY,
        was_done,
    ),
    "correspondence.lookups.threads.read_message_file": Question(
        lambda store, user: lookup.read_message_file(store, user, _file_of_8b(store), now=NOW),
        READERS,
        was_done,
    ),
    "correspondence.lookups.order.oversight": Question(
        lambda store, user: (_complaint(store), order_lookup.oversight(store, user, now=NOW))[1],
        {"deputy", "head"},
    ),
    "correspondence.lookups.order.waiting_complaints": Question(
        lambda store, user: (_complaint(store), order_lookup.waiting_complaints(store, user))[1],
        {"deputy", "head"},
        was_done,
    ),
    "correspondence.lookups.order.accounts_by_name": Question(
        lambda store, user: order_lookup.accounts_by_name(store, user, today=NOW.date()), {"head"}
    ),
    "correspondence.lookups.order.threads_of_account": Question(
        lambda store, user: (
            _thread_of_8b(store),
            order_lookup.threads_of_account(store, user, USER_IDS["stranger"]),
        )[1],
        {"head"},
    ),
}
