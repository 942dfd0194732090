"""What a notice on a phone says, when it may come, to which services it may go, when it is tried again (п. 4.7, 8.5)."""

import binascii
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from email.headerregistry import Address
from urllib.parse import urlsplit

from school.errors import RuleRefused

# The same words for everybody: neither a name nor a mark leaves the school (п. 8.5).
WORDS = "В дневнике есть новое"
QUIET_FROM, QUIET_UNTIL = time(21), time(7)
AT_MOST_EVERY = timedelta(hours=1)
# After the last of them this notice is given up; the next news begins anew.
PAUSES = tuple(timedelta(minutes=each) for each in (5, 20, 60, 180))
# A browser whose service has taken nothing for so long is forgotten.
MOST_FAILING = timedelta(days=30)
# What waits for a phone without a connection is dropped by the service after so long.
KEPT_BY_SERVICE = timedelta(hours=12)
MOST_DEVICES = 10
LONGEST_ENDPOINT, LONGEST_CONTACT = 1000, 120
# Chrome, Yandex and other browsers on Android, both of Google's names; Firefox; Safari; Edge. The server calls nobody else's.
SERVICES = (
    "fcm.googleapis.com",
    "jmt17.google.com",
    "push.services.mozilla.com",
    "push.apple.com",
    "notify.windows.com",
)
PUBLIC_KEY_BYTES, SHARED_SECRET_BYTES = 65, 16


@dataclass(frozen=True)
class PushAddress:
    """Where a browser is reached: an address of its maker's service and, in base64url, its public key and a shared secret."""

    endpoint: str
    public_key: str
    shared_secret: str


def check_address(address: PushAddress) -> PushAddress:
    """Return the address of a browser; raises RuleRefused where it is none, or at a service that the school does not know."""
    sizes = [_bytes_of(each) for each in (address.public_key, address.shared_secret)]
    if sizes != [PUBLIC_KEY_BYTES, SHARED_SECRET_BYTES] or not _is_of_service(address.endpoint):
        raise RuleRefused(
            "Включить уведомления не удалось.",
            "Браузер подключён к службе уведомлений, которой журнал не знает.",
            "Откройте дневник в Chrome, Яндекс Браузере, Firefox, Safari или Edge.",
        )
    return address


def _bytes_of(text: str) -> int:
    try:
        return len(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError):
        return 0


def _is_of_service(endpoint: str) -> bool:
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    is_known = any(host == each or host.endswith(f".{each}") for each in SERVICES)
    is_plain = port in {None, 443} and parts.username is None and len(endpoint) <= LONGEST_ENDPOINT
    return parts.scheme == "https" and is_known and is_plain


def check_contact(contact: str) -> str:
    """Return the e-mail address at which a push service reaches the school; raises RuleRefused where it is none."""
    text = contact.strip()
    try:
        found = Address(addr_spec=text)
    except (ValueError, IndexError):
        found = Address()
    if not found.username or "." not in found.domain or len(text) > LONGEST_CONTACT or not text.isascii():
        raise RuleRefused(
            "Нужен адрес почты школы.",
            "По нему службы уведомлений пишут, если что-то идёт не так.",
            "Введите адрес, например school@example.ru.",
        )
    return text


def is_quiet(now: datetime) -> bool:
    """Whether nobody is disturbed at this time: from 21:00 to 7:00."""
    return now.time() >= QUIET_FROM or now.time() < QUIET_UNTIL


def pause_after(failures: int) -> timedelta | None:
    """Return how long to wait after so many failures in a row; None: give this notice up."""
    return PAUSES[failures - 1] if failures <= len(PAUSES) else None
