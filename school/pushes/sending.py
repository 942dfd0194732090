"""Sends one notice to one browser's push service: the only place from which anything of the diary leaves for the Internet."""

from enum import Enum, auto

from school.pushes.lookups import SenderKeys
from school.pushes.rules import KEPT_BY_SERVICE, WORDS, PushAddress

SECONDS = 5
GONE = frozenset({404, 410})


class Sent(Enum):
    """What became of a notice."""

    TAKEN = auto()
    GONE = auto()
    FAILED = auto()
    UNREACHABLE = auto()


def send(address: PushAddress, keys: SenderKeys, *, seconds: float = SECONDS) -> Sent:
    """Hand the words, encrypted for this browser alone, to its push service; wait so many seconds at the most."""
    # Late: half a second of libraries, which a school that has not turned notices on never reads.
    from py_vapid import Vapid02
    from pywebpush import WebPushException, webpush
    from requests import RequestException

    subscription = {
        "endpoint": address.endpoint,
        "keys": {"p256dh": address.public_key, "auth": address.shared_secret},
    }
    try:
        webpush(
            subscription,
            WORDS,
            vapid_private_key=Vapid02.from_pem(keys.private_key.encode()),
            vapid_claims={"sub": f"mailto:{keys.contact}"},
            ttl=int(KEPT_BY_SERVICE.total_seconds()),
            timeout=seconds,
        )
    except WebPushException as problem:
        status = getattr(problem.response, "status_code", None)
        return Sent.GONE if status in GONE else Sent.FAILED
    except RequestException:
        return Sent.UNREACHABLE
    return Sent.TAKEN
