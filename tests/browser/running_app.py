"""A Streamlit server of its own for a test: started, killed, brought back."""

import os
import signal
import socket
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from forked import start_streamlit
from playwright.sync_api import Page, expect

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS, SIGN_IN_MS = 60, 30_000


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def fill_sign_in(page: Page, login: str, password: str) -> None:
    """Fill the sign-in form that a page shows, and send it."""
    page.get_by_label("Имя для входа").fill(login, timeout=SIGN_IN_MS)
    page.get_by_label("Пароль", exact=True).fill(password)
    page.keyboard.press("Enter")


@dataclass
class RunningApp:
    """A `streamlit run` of `app` on a port of its own; `stop` is the power cut, `start` brings it back there."""

    app: Path
    env: dict[str, str]
    log: Path
    port: int = field(default_factory=free_port)
    process: BaseProcess | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        options = {
            "server.port": self.port,
            "server.address": "127.0.0.1",
            "server.headless": "true",
            "server.fileWatcherType": "none",
            "browser.gatherUsageStats": "false",
        }
        flags = [part for name, value in options.items() for part in (f"--{name}", str(value))]
        self.process = start_streamlit(["run", str(self.app), *flags], self.env, ROOT, self.log)
        self._wait_until_healthy()

    def sign_in(self, page: Page, login: str, password: str) -> None:
        """Sign somebody in as people do."""
        page.goto(self.url)
        fill_sign_in(page, login, password)
        expect(page.get_by_role("button", name="Выйти")).to_be_visible(timeout=SIGN_IN_MS)

    def enter_as(self, page: Page, role: str) -> None:
        """Sign in to a demonstration school by the button of a role."""
        page.goto(self.url)
        page.get_by_role("button", name=role, exact=True).click(timeout=SIGN_IN_MS)
        expect(page.get_by_role("button", name="Выйти")).to_be_visible(timeout=SIGN_IN_MS)

    def stop(self) -> None:
        if self.process and self.process.is_alive():
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.join()
        self.process = None

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                assert self.process
                assert self.process.is_alive(), self.log.read_text(encoding="utf-8")
                time.sleep(0.1)
        pytest.fail(f"{self.app} did not become healthy:\n{self.log.read_text(encoding='utf-8')}")
