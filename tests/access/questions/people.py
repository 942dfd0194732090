"""Questions about 8Б to the actions and lookups of people."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date

from asking import CONTROLLERS, LEADER, TODAY, Question, passed, past_the_door, was_done
from small_school import (
    CLASS_7A,
    CLASS_8B,
    MATHS,
    NAMES,
    NOW,
    QUARTER_1,
    STRANGE_CHILD,
    STRANGER_STAFF,
    USER_IDS,
)
from streamlit_authenticator import Hasher

from school.account_signals.actions import check_signal
from school.account_signals.lookups import account_signals
from school.account_signals.rules import Signal, SignalKind
from school.guide.actions import close_first_steps
from school.guide.lookups import steps_to_show
from school.people.actions import accounts, former_marks, joint_movements, movements, pupils, staff
from school.people.lookups import class_lists as office
from school.people.lookups import joint_movements as joint_lookups
from school.people.lookups import pupils as pupil_lookups
from school.people.lookups import staff as staff_lookups
from school.people.records import GuardianDraft, JointMovement, PupilDraft, StaffDraft
from school.records import PersonName, Role, User
from school.sign_in.actions import clock, own_sessions, second_factor
from school.sign_in.actions.attempts import SignInRefused
from school.sign_in.lookups import accounts as account_lookups
from school.sign_in.lookups import own_sign_ins
from school.sign_in.lookups import second_factor as factor_lookups
from school.sign_in.rules.idle import IdleGroup
from school.sign_in.rules.view import View
from school.sign_in.store.sessions import save_session
from school.store.connection import Store, Transaction
from school.store.events import Event

EMPLOYEE = StaffDraft(PersonName("Стрельцов", "Глеб"), "учитель", frozenset({Role.TEACHER}))

PARENT = GuardianDraft(PersonName("Яковлева", "Дина"))

CHILD_OF_8B = PupilDraft(PersonName("Яковлев", "Олег"))

ARRIVAL_IN_8B = pupils.Arrival(
    PupilDraft(PersonName("Белкин", "Егор")), CLASS_8B, TODAY, is_another_child=True
)

ORDER = movements.MoveOrder(date(2026, 11, 20), reason="переезд")
JOINT_OF_8B = JointMovement("8Б", "8А", date(2026, 11, 20), "", ((0, STRANGE_CHILD),))

WRONG_PASSWORD = accounts.NewPassword("не тот", "серый причал", "серый причал")

CLERKS = {"admin", "secretary"}

CARD_KEEPERS = CLERKS | LEADER

CARD_READERS = CARD_KEEPERS | {"head", "deputy"}


def _try_wrong_password(store: Store, user: User) -> None:
    with suppress(SignInRefused):
        accounts.change_own_password(store, user, WRONG_PASSWORD, address="10.0.0.1", now=NOW, hasher=Hasher)


EVERYBODY = set(NAMES) | LEADER
CODE = second_factor.TypedCode("000000", "10.0.0.1", NOW, NOW.timestamp())


def _end_the_strangers(store: Store, user: User) -> bool:
    session = user.login.ljust(64, "0")

    def open_it(transaction: Transaction) -> None:
        until = NOW.replace(hour=23)
        save_session(transaction, session, USER_IDS["stranger"], created_at=NOW, expires_at=until)
        transaction.record(Event(NOW, None, "sign_in"))

    store.write(open_it)
    own_sessions.end_session(store, user, session, now=NOW)
    return True


def _with_a_code(work: Callable[..., object], *rows: object) -> Question:
    def ask(store: Store, user: User) -> bool:
        with suppress(SignInRefused):
            return passed(lambda: work(store, user, *rows, CODE))
        return True

    return Question(ask, EVERYBODY, was_done)


def _own(work: Callable[..., object], *rows: object) -> Question:
    return Question(lambda store, user: work(store, user, *rows, now=NOW), EVERYBODY, was_done)


SIGNAL = Signal(SignalKind.NIGHT, "102", ("Стрельцов Г.",), ("12.11: 4 записи",), NOW)

QUESTIONS: dict[str, Question] = {
    "guide.actions.close_first_steps": _own(close_first_steps),
    "guide.lookups.steps_to_show": Question(steps_to_show, EVERYBODY, was_done),
    "people.lookups.class_lists.readable_classes": Question(
        office.readable_classes, CONTROLLERS | LEADER | {"secretary"}
    ),
    "people.lookups.class_lists.class_list": Question(
        lambda store, user: office.class_list(store, user, CLASS_8B, TODAY),
        CONTROLLERS | LEADER | {"secretary"},
    ),
    "people.lookups.class_lists.class_leader": Question(
        lambda store, user: office.class_leader(store, user, CLASS_8B, TODAY),
        CONTROLLERS | LEADER | {"secretary"},
        # Nobody leads 8Б: that it is said so is the answer.
        lambda leader: leader == "",
    ),
    "sign_in.lookups.accounts.all_accounts": Question(account_lookups.all_accounts, {"head", "admin"}),
    "sign_in.lookups.accounts.signed_in_now": Question(
        lambda store, user: account_lookups.signed_in_now(store, user, now=NOW), {"head", "admin"}, was_done
    ),
    "people.actions.staff.add_staff": Question(
        past_the_door(staff.add_staff, [EMPLOYEE]), {"admin"}, was_done
    ),
    "people.actions.staff.change_staff": Question(
        past_the_door(staff.change_staff, STRANGER_STAFF, EMPLOYEE), {"admin"}, was_done
    ),
    "people.actions.staff.dismiss": Question(
        past_the_door(staff.dismiss, STRANGER_STAFF, date(2026, 12, 30)), {"admin"}, was_done
    ),
    "people.actions.staff.restore": Question(
        past_the_door(staff.restore, STRANGER_STAFF), {"admin"}, was_done
    ),
    "people.actions.accounts.close_account": Question(
        past_the_door(accounts.close_account, USER_IDS["stranger"]), {"admin"}, was_done
    ),
    "people.actions.accounts.end_session_of_user": Question(
        past_the_door(accounts.end_session_of_user, "0" * 64), {"admin"}, was_done
    ),
    "people.actions.accounts.open_account": Question(
        past_the_door(accounts.open_account, USER_IDS["stranger"]), {"admin"}, was_done
    ),
    "people.actions.accounts.change_own_password": Question(
        _try_wrong_password, set(NAMES) | LEADER, was_done
    ),
    "people.actions.pupils.admit_pupils": Question(
        past_the_door(pupils.admit_pupils, [ARRIVAL_IN_8B]), CLERKS, was_done
    ),
    "people.actions.pupils.change_pupil": Question(
        past_the_door(pupils.change_pupil, STRANGE_CHILD, CHILD_OF_8B), CARD_KEEPERS, was_done
    ),
    "people.actions.pupils.check_may_edit_card": Question(
        lambda store, user: store.write(
            lambda change: pupils.check_may_edit_card(change, user, STRANGE_CHILD, TODAY)
        ),
        CARD_KEEPERS,
        was_done,
    ),
    "people.actions.pupils.add_guardian": Question(
        past_the_door(pupils.add_guardian, STRANGE_CHILD, PARENT), CARD_KEEPERS, was_done
    ),
    "people.actions.pupils.change_guardian": Question(
        past_the_door(pupils.change_guardian, STRANGE_CHILD, 0, PARENT), CARD_KEEPERS, was_done
    ),
    "people.actions.pupils.remove_guardian": Question(
        past_the_door(pupils.remove_guardian, STRANGE_CHILD, 0), CARD_KEEPERS, was_done
    ),
    "people.actions.former_marks.save_former_marks": Question(
        past_the_door(former_marks.save_former_marks, STRANGE_CHILD, CLASS_8B, {(MATHS, QUARTER_1): 4}),
        CARD_KEEPERS | {"deputy"},
        was_done,
    ),
    "people.actions.movements.depart": Question(
        past_the_door(movements.depart, STRANGE_CHILD, CLASS_8B, ORDER), CLERKS, was_done
    ),
    "people.actions.movements.transfer": Question(
        past_the_door(movements.transfer, STRANGE_CHILD, CLASS_8B, CLASS_8B, ORDER), CLERKS, was_done
    ),
    "people.actions.movements.return_pupil": Question(
        past_the_door(movements.return_pupil, STRANGE_CHILD, CLASS_8B, ORDER), CLERKS, was_done
    ),
    "people.actions.movements.take_back_movement": Question(
        lambda store, user: passed(
            lambda: movements.take_back_movement(store, user, 0, STRANGE_CHILD, now=NOW)
        ),
        CLERKS,
        was_done,
    ),
    "people.actions.movements.write_order": Question(
        lambda store, user: passed(
            lambda: movements.write_order(store, user, 0, STRANGE_CHILD, "№ 1", now=NOW)
        ),
        CLERKS,
        was_done,
    ),
    "people.actions.joint_movements.transfer_together": Question(
        past_the_door(joint_movements.transfer_together, [STRANGE_CHILD], CLASS_8B, CLASS_8B, ORDER),
        CLERKS,
        was_done,
    ),
    "people.actions.joint_movements.take_back_together": Question(
        past_the_door(joint_movements.take_back_together, JOINT_OF_8B), CLERKS, was_done
    ),
    "people.lookups.joint_movements.moving_pupils": Question(
        lambda store, user: joint_lookups.moving_pupils(store, user, CLASS_8B, CLASS_7A, TODAY), CLERKS
    ),
    "people.lookups.joint_movements.groups_there": Question(
        lambda store, user: joint_lookups.groups_there(store, user, STRANGE_CHILD, CLASS_8B, CLASS_7A, TODAY),
        CLERKS,
        was_done,
    ),
    "people.lookups.joint_movements.joint_movements": Question(
        lambda store, user: joint_lookups.joint_movements(store, user, CLASS_8B), CLERKS, was_done
    ),
    "people.actions.movements.change_subgroup": Question(
        past_the_door(movements.change_subgroup, STRANGE_CHILD, CLASS_8B, MATHS, None, ORDER),
        {"deputy", "admin"},
        was_done,
    ),
    "people.lookups.staff.all_staff": Question(staff_lookups.all_staff, {"head", "admin"}),
    "people.lookups.staff.duties_left": Question(
        lambda store, user: staff_lookups.duties_left(store, user, STRANGER_STAFF, TODAY), {"head", "admin"}
    ),
    "people.lookups.pupils.readable_pupils": Question(
        lambda store, user: pupil_lookups.readable_pupils(store, user, TODAY), CARD_READERS
    ),
    "people.lookups.pupils.pupil_card": Question(
        lambda store, user: pupil_lookups.pupil_card(store, user, STRANGE_CHILD, TODAY), CARD_READERS
    ),
    "people.lookups.pupils.movement_lines": Question(
        lambda store, user: pupil_lookups.movement_lines(store, user, TODAY, TODAY),
        CARD_READERS - LEADER,
        was_done,
    ),
    "people.lookups.pupils.classes_to_enter": Question(
        lambda store, user: pupil_lookups.classes_to_enter(store, user, TODAY),
        CARD_READERS | {"homeroom"},
        was_done,
    ),
    "sign_in.actions.clock.accept_clock": Question(
        lambda store, user: passed(lambda: clock.accept_clock(store, user, now=NOW, zone="Europe/Moscow")),
        {"admin"},
        was_done,
    ),
    "sign_in.actions.own_sessions.end_session": Question(_end_the_strangers, {"stranger"}, was_done),
    "sign_in.actions.own_sessions.end_other_sessions": _own(own_sessions.end_other_sessions, "secret"),
    "sign_in.actions.own_sessions.confirm_devices": _own(own_sessions.confirm_devices, "secret"),
    "sign_in.actions.own_sessions.set_view": _own(own_sessions.set_view, View()),
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
    "sign_in.lookups.own_sign_ins.own_view": _own(
        lambda store, user, now: own_sign_ins.own_view(store, user)
    ),
    "sign_in.lookups.own_sign_ins.idle_settings": Question(own_sign_ins.idle_settings, {"admin"}, was_done),
    "sign_in.lookups.second_factor.own_factor": Question(factor_lookups.own_factor, EVERYBODY, was_done),
    "sign_in.lookups.second_factor.without_second_factor": Question(
        lambda store, user: factor_lookups.without_second_factor(store, user, Role.HEAD), {"admin"}, was_done
    ),
    "account_signals.lookups.account_signals": Question(
        lambda store, user: account_signals(store, user, now=NOW), {"admin"}, was_done
    ),
    "account_signals.actions.check_signal": Question(
        past_the_door(check_signal, SIGNAL, "записи свои"), {"admin"}, was_done
    ),
}
