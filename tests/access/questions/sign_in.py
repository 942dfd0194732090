"""Questions to one's own way in: everybody keeps their own and nobody another's; the administrator keeps the rules."""

from asking import LEADER, Question, passed, past_the_door, was_done
from small_school import NAMES, NOW, USER_IDS

from school.records import Role, User
from school.sign_in.actions import own_sessions, second_factor
from school.sign_in.actions.attempts import SignInRefused
from school.sign_in.lookups import own_sign_ins
from school.sign_in.lookups import second_factor as factor_lookups
from school.sign_in.rules.idle import IdleGroup
from school.sign_in.store.sessions import save_session
from school.store.connection import Store
from school.store.events import Event

EVERYBODY = set(NAMES) | LEADER
CODE = second_factor.TypedCode("000000", "10.0.0.1", NOW, NOW.timestamp())
STRANGERS_SESSION = "0" * 64


def _end_the_strangers(store: Store, user: User) -> bool:
    def open_it(transaction: object) -> None:
        if not store.read("SELECT 1 FROM sessions WHERE session_hash = $hash", {"hash": STRANGERS_SESSION}):
            expires = NOW.replace(hour=23)
            save_session(
                transaction,  # type: ignore[arg-type]
                STRANGERS_SESSION,
                USER_IDS["stranger"],
                created_at=NOW,
                expires_at=expires,
            )
            transaction.record(Event(NOW, None, "sign_in"))  # type: ignore[attr-defined]

    store.write(open_it)
    own_sessions.end_session(store, user, STRANGERS_SESSION, now=NOW)
    return True


def _with_a_code(work: object, *rows: object) -> Question:
    def ask(store: Store, user: User) -> bool:
        try:
            return passed(lambda: work(store, user, *rows, CODE))  # type: ignore[operator]
        except SignInRefused:
            return True

    return Question(ask, EVERYBODY, was_done)


def _own(work: object, *rows: object) -> Question:
    return Question(lambda store, user: work(store, user, *rows, now=NOW), EVERYBODY, was_done)  # type: ignore[operator]


QUESTIONS: dict[str, Question] = {
    "sign_in.actions.own_sessions.end_session": Question(_end_the_strangers, {"stranger"}, was_done),
    "sign_in.actions.own_sessions.end_other_sessions": _own(own_sessions.end_other_sessions, "secret"),
    "sign_in.actions.own_sessions.confirm_devices": _own(own_sessions.confirm_devices, "secret"),
    "sign_in.actions.own_sessions.set_idle_minutes": Question(
        past_the_door(own_sessions.set_idle_minutes, {IdleGroup.OFFICE: 30}), {"admin"}, was_done
    ),
    "sign_in.actions.second_factor.turn_on": _with_a_code(second_factor.turn_on, "A" * 32),
    "sign_in.actions.second_factor.turn_off": _with_a_code(second_factor.turn_off),
    "sign_in.actions.second_factor.renew_recovery_codes": _with_a_code(second_factor.renew_recovery_codes),
    "sign_in.actions.second_factor.stop_trusting_devices": _own(second_factor.stop_trusting_devices),
    "sign_in.actions.second_factor.reset_second_factor": Question(
        past_the_door(second_factor.reset_second_factor, USER_IDS["stranger"]), {"admin"}, was_done
    ),
    "sign_in.actions.second_factor.require_second_factor": Question(
        past_the_door(second_factor.require_second_factor, [Role.HEAD]), {"admin"}, was_done
    ),
    "sign_in.lookups.own_sign_ins.own_sessions": _own(own_sign_ins.own_sessions, "secret"),
    "sign_in.lookups.own_sign_ins.own_attempts": _own(own_sign_ins.own_attempts),
    "sign_in.lookups.own_sign_ins.new_devices": _own(own_sign_ins.new_devices, "secret"),
    "sign_in.lookups.own_sign_ins.idle_settings": Question(own_sign_ins.idle_settings, {"admin"}, was_done),
    "sign_in.lookups.second_factor.own_factor": Question(factor_lookups.own_factor, EVERYBODY, was_done),
    "sign_in.lookups.second_factor.without_second_factor": Question(
        lambda store, user: factor_lookups.without_second_factor(store, user, Role.HEAD), {"admin"}, was_done
    ),
}
