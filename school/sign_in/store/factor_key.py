"""The key that encrypts the secrets of second factors: a file beside the database, so that the database alone gives none away.

``keys/second-factor.key`` in the folder of the school's data, readable by the program's user alone. A backup without it
restores everything but second factors: their owners sign in with a code from paper, or the administrator turns them off.
"""

import os
import threading
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from school.errors import Refusal
from school.store.connection import Store

KEY_FILE = Path("keys") / "second-factor.key"
_making = threading.Lock()


def encrypt(store: Store, secret: str) -> str:
    """Return a secret as it may be stored; the key is made where there is none."""
    return Fernet(_key(store, may_make=True)).encrypt(secret.encode()).decode()


def decrypt(store: Store, encrypted: str) -> str:
    """Return a stored secret; raises Refusal where the key is lost or another one."""
    try:
        return Fernet(_key(store, may_make=False)).decrypt(encrypted.encode()).decode()
    except (InvalidToken, ValueError, OSError):
        raise Refusal(
            "Код проверить нельзя.",
            "На сервере нет ключа второго фактора: его не восстановили вместе с базой.",
            "Войдите с кодом на бумаге или попросите администратора журнала выключить второй фактор.",
        ) from None


def _key(store: Store, *, may_make: bool) -> bytes:
    path = store.path.parent / KEY_FILE
    if may_make:
        with _making:
            _make(path)
    return path.read_bytes()


def _make(path: Path) -> None:
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(Fernet.generate_key())
            file.flush()
            os.fsync(file.fileno())
        # Whole or not there: a key cut short would lock everybody out.
        unfinished.rename(path)
