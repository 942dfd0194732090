"""The whole app as its server runs it: the small school, a port of its own, everybody's sessions."""

import re
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
from running_app import RunningApp
from small_school import NOW

from school.records import User
from school.sign_in.rules.sessions import STAFF_SESSION, new_secret, secret_hash
from school.sign_in.store.sessions import save_session
from school.store.connection import Store, Transaction
from school.store.events import Event
from server.session import COOKIE_NAME


@dataclass
class Live:
    """The running register, and secrets of sessions that were open when it started."""

    app: RunningApp
    secrets: dict[str, str]
    trap: "Trap"

    def browser(self, name: str | None = None) -> httpx.Client:
        """Return what asks as somebody's browser does, or as nobody's."""
        cookies = {COOKIE_NAME: self.secrets[name]} if name else {}
        return httpx.Client(
            base_url=self.app.url, cookies=cookies, headers={"Origin": self.app.url}, trust_env=False
        )

    def memory(self) -> int:
        """Return how many megabytes the server's process holds."""
        assert self.app.process
        status = Path(f"/proc/{self.app.process.pid}/status").read_text(encoding="ascii")
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) // 1024  # type: ignore[index]


class Trap:
    """Stands where the network would be, and counts who comes."""

    def __enter__(self) -> "Trap":
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port, self.came = self._socket.getsockname()[1], 0
        threading.Thread(target=self._count, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def _count(self) -> None:
        with suppress(OSError):
            while True:
                self._socket.accept()[0].close()
                self.came += 1


def open_sessions(file: Path, users: dict[str, User]) -> dict[str, str]:
    """Open a session for each user in a database that no server has open, and return their secrets."""
    store, secrets = Store(file, lambda: NOW), {name: new_secret() for name in users}

    def work(transaction: Transaction) -> None:
        for name, user in users.items():
            save_session(
                transaction,
                secret_hash(secrets[name]),
                user.user_id,
                created_at=NOW,
                expires_at=NOW + STAFF_SESSION,
            )
        transaction.record(Event(NOW, None, "sign_in"))

    store.write(work)
    store.close()
    return secrets
