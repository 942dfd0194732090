"""The second factor (п. 3.2, 8.5): codes of half a minute (TOTP, RFC 6238) from an application, and codes on paper for its loss."""

from collections.abc import Collection
from datetime import timedelta
from hmac import compare_digest

import pyotp

from school.records import Role
from school.sign_in.rules.codes import CODE_LENGTH, code_signs, new_code
from school.sign_in.rules.sessions import secret_hash

SECRET_LENGTH, CODE_DIGITS, SECONDS_A_CODE = 32, 6, 30
# A telephone's clock may be so many half-minutes ahead or behind.
WINDOW = 1
RECOVERY_CODES = 10
TRUSTED_FOR = timedelta(days=30)
# Between the password and the code.
HALF_WAY_FOR = timedelta(minutes=10)
REQUIRED_SETTING = "sign_in.second_factor."
# Of whom the school may require it: their accounts open everybody's data.
MAY_BE_REQUIRED = (Role.ADMIN, Role.HEAD, Role.DEPUTY)
# Longer, and the picture is too fine for a cheap camera: a Russian letter takes six signs, twice.
ISSUER, LONGEST_ISSUER = "Электронный журнал", 24


def new_factor_secret() -> str:
    """Return a fresh secret for an application, in base 32."""
    return pyotp.random_base32(SECRET_LENGTH)


def is_factor_secret(text: str) -> bool:
    """Whether a text is a secret as this program makes them."""
    return len(text) == SECRET_LENGTH and set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def factor_address(secret: str, login: str, school: str) -> str:
    """Return the address «otpauth://…» that an application reads from a picture."""
    return pyotp.TOTP(secret, name=login, issuer=school[:LONGEST_ISSUER] or ISSUER).provisioning_uri()


def fitting_counter(secret: str, code: str, unix_time: float, last_counter: int) -> int | None:
    """Return the half-minute (since 1970) whose code this is, within the window and after the last one used; None: it does not fit.

    ``unix_time`` in seconds of universal time, whatever the school's zone: applications count so. A last use far in the future
    comes from a clock that was put right since, and holds nobody up.
    """
    digits = "".join(sign for sign in code if sign.isdecimal() and sign.isascii())
    now = int(unix_time) // SECONDS_A_CODE
    totp = pyotp.TOTP(secret)
    for counter in range(now - WINDOW, now + WINDOW + 1):
        is_used = counter <= last_counter <= now + WINDOW
        if compare_digest(totp.generate_otp(counter), digits) and not is_used:
            return counter
    return None


def new_recovery_codes() -> list[str]:
    """Return fresh codes for paper, each good for one sign-in without the application."""
    return [new_code() for _ in range(RECOVERY_CODES)]


def is_recovery_code(text: str) -> bool:
    """Whether a typed code is one from paper rather than one of the application."""
    return len(code_signs(text)) == CODE_LENGTH


def recovery_hash(user_id: int, code: str) -> str:
    """Return what may be stored of a code from paper."""
    return secret_hash(f"recovery {user_id} {code_signs(code)}")


def is_required(roles: Collection[Role], required: Collection[Role]) -> bool:
    """Whether the school requires the second factor of somebody with these roles."""
    return not set(roles).isdisjoint(required)
