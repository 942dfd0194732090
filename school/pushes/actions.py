"""The school turns notices on phones on and off; people add their browsers and remove them; what became of each try (п. 4.3, 4.7, 8.5)."""

from base64 import urlsafe_b64encode
from datetime import datetime

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.errors import Refusal, RuleRefused
from school.pushes.rules import (
    MOST_DEVICES,
    MOST_FAILING,
    PushAddress,
    check_address,
    check_contact,
    pause_after,
)
from school.pushes.store import (
    CONTACT_SETTING,
    ON_SETTING,
    PushDevice,
    PushKeys,
    devices_of,
    forget_gone,
    note_failure,
    note_sent,
    push_keys,
    remove_device,
    replace_keys,
    save_device,
)
from school.records import User
from school.sign_in.rules.sessions import secret_hash
from school.sign_in.store.factor_key import decrypt, encrypt
from school.sign_in.store.sessions import session_row
from school.store.connection import Store, Transaction, in_transaction
from school.store.events import Event
from school.store.settings import save_setting, setting


def turn_pushes_on(store: Store, user: User, contact: str, *, now: datetime) -> None:
    """Let families have notices on their phones; ``contact`` is where a push service writes to the school.

    Keys are made the first time, and again where the former cannot be read: then every browser has to be added anew.
    Raises AccessRefused, RuleRefused for no e-mail address.
    """
    check_may(user, Action.EDIT_STAFF)
    address = check_contact(contact)
    made = None if _can_read_keys(store) else _new_keys(store)

    def work(transaction: Transaction) -> None:
        if made is not None:
            replace_keys(transaction, made, now)
        save_setting(transaction, ON_SETTING, "1")
        save_setting(transaction, CONTACT_SETTING, address)
        transaction.record(Event(now, user.user_id, "pushes_on", new_value=address))

    store.write(work)


@in_transaction
def turn_pushes_off(transaction: Transaction, user: User, *, now: datetime) -> None:
    """Send no more notices; browsers stay known for when they are turned on again. Raises AccessRefused."""
    check_may(user, Action.EDIT_STAFF)
    save_setting(transaction, ON_SETTING, "0")
    transaction.record(Event(now, user.user_id, "pushes_off"))


@in_transaction
def add_device(
    transaction: Transaction, user: User, secret: str, address: PushAddress, browser: str, *, now: datetime
) -> None:
    """Tell the browser of this session of news from now on; ``secret`` is the session's, ``browser`` in words.

    Raises AccessRefused, RuleRefused where the school has turned notices off, for another service's address, for too many.
    """
    check_may(user, Action.KEEP_OWN_ACCOUNT, Rows(user_id=user.user_id))
    here = session_row(transaction, secret_hash(secret))
    if setting(transaction, ON_SETTING) != "1" or here is None:
        raise RuleRefused("Уведомления в школе выключены.", next_step="Обновите страницу.")
    checked, device = check_address(address), here.device_hash or here.session_hash
    others = [each for each in devices_of(transaction, user.user_id) if each.device_hash != device]
    if len(others) >= MOST_DEVICES:
        raise RuleRefused(
            f"Больше {MOST_DEVICES} устройств добавить нельзя.", next_step="Сначала уберите ненужное."
        )
    (device_id,) = transaction.new_ids(1)
    save_device(transaction, device_id, user.user_id, checked, device_hash=device, browser=browser, at=now)
    transaction.record(
        Event(now, user.user_id, "push_device_added", record_id=user.user_id, new_value=browser)
    )


@in_transaction
def remove_own_device(transaction: Transaction, user: User, device_id: int, *, now: datetime) -> None:
    """Forget one of the user's own browsers; one that is not theirs, or gone already, is left alone. Raises AccessRefused."""
    check_may(user, Action.KEEP_OWN_ACCOUNT, Rows(user_id=user.user_id))
    for each in devices_of(transaction, user.user_id):
        if each.push_device_id == device_id:
            remove_device(transaction, device_id)
            gone = Event(
                now, user.user_id, "push_device_removed", record_id=user.user_id, old_value=each.browser
            )
            transaction.record(gone)


def note_told(store: Store, device: PushDevice, now: datetime) -> None:
    """Note that a browser's service took the notice."""
    store.write(lambda transaction: note_sent(transaction, device.push_device_id, now))


def note_gone(store: Store, device: PushDevice) -> None:
    """Forget a browser that its service no longer knows."""
    store.write(lambda transaction: forget_gone(transaction, device.push_device_id))


def note_not_told(store: Store, device: PushDevice, now: datetime) -> None:
    """Note a try that failed: again after a pause, a few times; a browser that cannot be reached for long is forgotten."""
    if device.failing_since is not None and now - device.failing_since > MOST_FAILING:
        note_gone(store, device)
        return
    failures = device.failures + 1
    pause = pause_after(failures)
    given_up = pause is None
    store.write(
        lambda transaction: note_failure(
            transaction,
            device.push_device_id,
            now,
            failures=0 if given_up else failures,
            next_try_at=None if pause is None else now + pause,
        )
    )


def _can_read_keys(store: Store) -> bool:
    keys = push_keys(store)
    if keys is None:
        return False
    try:
        decrypt(store, keys.encrypted_private_key)
    except Refusal:
        return False
    return True


def _new_keys(store: Store) -> PushKeys:
    private = ec.generate_private_key(ec.SECP256R1())
    public = private.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return PushKeys(urlsafe_b64encode(public).rstrip(b"=").decode(), encrypt(store, pem.decode()))
