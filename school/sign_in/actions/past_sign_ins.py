"""Sign-ins of the past in bulk, for a demonstration school alone (п. 8.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from school.errors import RuleRefused
from school.records import Role
from school.sign_in.rules.browsers import short_address
from school.sign_in.rules.passwords import normal_login
from school.sign_in.rules.sessions import secret_hash, session_length
from school.store.connection import Transaction, in_transaction
from school.store.events import Event
from school.store.settings import demo_user_ids
from school.store.writing import spread


@dataclass(frozen=True)
class PastSignIn:
    """A session that is over: whose, from when to its last action, from which address, on which device in words."""

    user_id: int
    login: str
    role: Role
    began: datetime
    ended: datetime
    address: str
    device: str
    browser: str


_SESSION = {
    "session_hash": "VARCHAR",
    "user_id": "BIGINT",
    "created_at": "TIMESTAMP",
    "expires_at": "TIMESTAMP",
    "revoked_at": "TIMESTAMP",
    "last_seen_at": "TIMESTAMP",
    "address": "VARCHAR",
    "browser": "VARCHAR",
    "device_hash": "VARCHAR",
}
_ATTEMPT = {
    "attempted_at": "TIMESTAMP",
    "login_hash": "VARCHAR",
    "address": "VARCHAR",
    "succeeded": "BOOLEAN",
    "user_id": "BIGINT",
    "device_hash": "VARCHAR",
    "browser": "VARCHAR",
}


@in_transaction
def write_past_sign_ins(transaction: Transaction, past: Sequence[PastSignIn], *, now: datetime) -> None:
    """Write sessions that are over and the attempts that opened them. Raises RuleRefused in a real school."""
    if not demo_user_ids(transaction):
        raise RuleRefused("Прошлые входы придумывают только для демонстрационной школы.")
    devices = {each.device: secret_hash(each.device) for each in past}
    sessions = [
        (
            secret_hash(f"{number} {each.user_id} {each.began}"),
            each.user_id,
            each.began,
            each.began + session_length({each.role}),
            each.ended,
            each.ended,
            short_address(each.address),
            each.browser,
            devices[each.device],
        )
        for number, each in enumerate(past)
    ]
    attempts = [
        (
            each.began,
            secret_hash(normal_login(each.login)),
            each.address,
            True,
            each.user_id,
            devices[each.device],
            each.browser,
        )
        for each in past
    ]
    for table, kinds, rows in (("sessions", _SESSION, sessions), ("sign_in_attempts", _ATTEMPT, attempts)):
        columns = dict(zip(kinds, map(list, zip(*rows, strict=True)), strict=True))
        sql, parameters = spread(columns, kinds)
        transaction.change(f"INSERT INTO {table} ({', '.join(columns)}) {sql}", parameters)
    transaction.record(Event(now, None, "school", new_value=f"входов: {len(past)}"))
