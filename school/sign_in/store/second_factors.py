"""Second factors, the codes on paper beside them, and devices that are not asked for a code."""

from dataclasses import dataclass
from datetime import datetime

from school.store.reading import Reader, Writer, read_column, read_one, read_value
from school.store.writing import insert, update


@dataclass(frozen=True)
class SecondFactor:
    """A user's second factor: the secret as it is stored, encrypted, and the newest half-minute whose code was used."""

    user_id: int
    encrypted_secret: str
    last_counter: int
    turned_on_at: datetime


def second_factor_of(reader: Reader, user_id: int) -> SecondFactor | None:
    """Return a user's second factor, or None."""
    query = """SELECT user_id, encrypted_secret, last_counter, turned_on_at FROM second_factors
        WHERE user_id = $user"""
    return read_one(reader, SecondFactor, query, {"user": user_id})


def users_with_second_factor(reader: Reader) -> set[int]:
    """Return who has turned the second factor on."""
    return set(read_column(reader, "SELECT user_id FROM second_factors"))


def save_second_factor(writer: Writer, factor: SecondFactor) -> None:
    """Turn a user's second factor on, or replace it."""
    insert(
        writer,
        "second_factors",
        "OR REPLACE",
        user_id=factor.user_id,
        encrypted_secret=factor.encrypted_secret,
        last_counter=factor.last_counter,
        turned_on_at=factor.turned_on_at,
    )


def set_last_counter(writer: Writer, user_id: int, counter: int) -> None:
    """Note the half-minute whose code was used: it is refused from now on."""
    update(writer, "second_factors", {"user_id": user_id}, last_counter=counter)


def remove_second_factor(writer: Writer, user_id: int) -> None:
    """Turn a user's second factor off: the secret, the codes on paper, the trusted devices."""
    for table in ("second_factors", "recovery_codes", "trusted_devices"):
        writer.change(f"DELETE FROM {table} WHERE user_id = $user", {"user": user_id})


def save_recovery_codes(writer: Writer, user_id: int, code_hashes: list[str]) -> None:
    """Replace a user's codes on paper."""
    writer.change("DELETE FROM recovery_codes WHERE user_id = $user", {"user": user_id})
    writer.change(
        "INSERT INTO recovery_codes (code_hash, user_id) SELECT unnest($hashes::VARCHAR[]), $user",
        {"hashes": code_hashes, "user": user_id},
    )


def recovery_codes_left(reader: Reader, user_id: int) -> int:
    """Return how many codes on paper a user has not used."""
    query = "SELECT count(*) FROM recovery_codes WHERE user_id = $user AND used_at IS NULL"
    return int(read_value(reader, query, {"user": user_id}) or 0)


def use_recovery_code(writer: Writer, user_id: int, code_hash: str, at: datetime) -> bool:
    """Use up a code on paper; return whether there was such a code, unused."""
    parameters = {"hash": code_hash, "user": user_id}
    there = "code_hash = $hash AND user_id = $user AND used_at IS NULL"
    if not writer.read(f"SELECT 1 FROM recovery_codes WHERE {there}", parameters):
        return False
    writer.change(f"UPDATE recovery_codes SET used_at = $at WHERE {there}", {**parameters, "at": at})
    return True


def is_trusted(reader: Reader, user_id: int, device_hash: str, now: datetime) -> bool:
    """Whether a user is not asked for a code on this device."""
    query = """SELECT 1 FROM trusted_devices WHERE user_id = $user AND device_hash = $device
        AND trusted_until > $now"""
    return bool(reader.read(query, {"user": user_id, "device": device_hash, "now": now}))


def trust_device(writer: Writer, user_id: int, device_hash: str, since: datetime, until: datetime) -> None:
    """Ask a user for no code on this device until a moment."""
    row = {"user_id": user_id, "device_hash": device_hash, "trusted_since": since, "trusted_until": until}
    insert(writer, "trusted_devices", "OR REPLACE", **row)


def forget_trusted_devices(writer: Writer, user_id: int) -> None:
    """Ask a user for a code on every device again."""
    writer.change("DELETE FROM trusted_devices WHERE user_id = $user", {"user": user_id})
