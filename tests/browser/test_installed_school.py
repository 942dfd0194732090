"""«Установка на сервер школы», tried: its commands, then a day behind nginx over TLS as it leaves it (п. 8.2, 8.5)."""

import http.client
import os
import shutil
import signal
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from forked import start_server
from installed_school import NEEDED, Server, commands
from playwright.sync_api import Browser, BrowserContext, Page, WebSocket, expect
from running_app import ROOT, free_port
from small_school import LOGINS, NOW, PASSWORD

from school.store.connection import DATABASE_NAME, Store

PORTS = ("http", "https", "app")
IDLE_SECONDS = 70
SPOOFED = "6.6.6.6"
PUPILS = "Фамилия;Имя;Класс\nНовиков;Степан;7А\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A server on which the page's commands were done, up to the first start."""
    if missing := [each for each in NEEDED if not shutil.which(each)]:
        pytest.skip(f"not installed here: {', '.join(missing)}")
    server = Server(tmp_path_factory.mktemp("disk"), {each: free_port() for each in PORTS})
    server.prepare()
    for block in commands()[:5]:
        server.run(block)
    return server


def test_the_commands_of_the_page_do_what_it_says(server: Server) -> None:
    called = server.called()
    assert "systemctl enable --now school-register" in called
    assert called[-1] == "systemctl reload nginx"
    assert any(each.startswith("pip install -c constraints.txt") for each in called)
    assert (server.path("/opt/school-register/current") / "app.py").is_file()
    assert (server.path("/var/lib/school-register/live") / DATABASE_NAME).is_file()
    assert server.path("/etc/ssl/school-register/journal.key").stat().st_mode & 0o077 == 0
    assert (
        server.path("/etc/school-register.env").read_text(encoding="utf-8") == "SCHOOL_ZONE=Europe/Moscow\n"
    )


def put_school(server: Server, database: Path) -> None:
    """Put a school that is full already in the place of the one on the disk."""
    live = server.path("/var/lib/school-register/live")
    shutil.rmtree(live)
    live.mkdir()
    shutil.copy(database, live)


def run_service(server: Server, **differing: str) -> subprocess.Popen[str]:
    """Start the program as the installed unit does, in the folder that it names."""
    command, environment = server.service()
    return subprocess.Popen(
        command,
        cwd=server.path("/opt/school-register/current"),
        env=os.environ | environment | differing,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_the_first_start_prints_the_first_code_and_a_stop_is_no_failure(server: Server) -> None:
    service = run_service(server)
    try:
        _wait_for(f"http://127.0.0.1:{server.ports['app']}/health")
    finally:
        service.terminate()
        said, _ = service.communicate(timeout=60)
    # As systemd counts: who was told to end, and ended by that, has not failed.
    assert service.returncode in {0, -signal.SIGTERM}, said
    live = server.path("/var/lib/school-register/live")
    assert not (live / f"{DATABASE_NAME}.wal").exists(), "the school was not closed"
    assert "Код первого входа: " in said
    assert "Traceback" not in said


def test_a_refused_start_ends_as_the_unit_expects(server: Server, tmp_path: Path) -> None:
    """One sentence and the code after which systemd does not start it again."""
    service = run_service(server, SCHOOL_DATA=str(tmp_path / "nowhere"))
    said, _ = service.communicate(timeout=60)
    unit = server.path("/etc/systemd/system/school-register.service").read_text(encoding="utf-8")
    assert f"RestartPreventExitStatus={service.returncode}\n" in unit
    assert said.startswith("Журнал не запущен. В папке ")
    assert said.count("\n") == 1


def test_the_update_of_the_page_leaves_the_school_as_it_was(server: Server, small_school_file: Path) -> None:
    put_school(server, small_school_file)
    (update,) = [each for each in commands() if "school.update" in each]
    said = server.run(update.replace("update check", "update apply"))
    assert said.count("менять в ней нечего") == 2
    assert server.called()[-2:] == ["systemctl stop school-register", "systemctl start school-register"]


def test_an_administrator_who_is_locked_out_is_let_in_by_the_pages_commands(
    server: Server, small_school_file: Path
) -> None:
    put_school(server, small_school_file)
    (block,) = [each for each in commands() if "school.invitations" in each]
    assert "код приглашения" in server.run(block)


@pytest.fixture(scope="module")
def address(server: Server, small_school_file: Path) -> Iterator[str]:
    """The small school running as the installed unit starts it, behind the installed nginx; return its address."""
    command, environment = server.service()
    assert command[1:3] == ["-m", "server"]
    put_school(server, small_school_file)
    # The server is born with modules that were read here; those of the installed folder are the same, byte for byte.
    app = start_server(
        command[3:], environment | {"SCHOOL_NOW": NOW.isoformat()}, ROOT, server.disk / "app.log"
    )
    server.run("nginx -t")
    server.run("nginx")
    _wait_for(f"http://127.0.0.1:{server.ports['app']}/_stcore/health")
    yield f"https://localhost:{server.ports['https']}"
    os.kill(int((server.disk / "run/nginx.pid").read_text(encoding="utf-8")), signal.SIGTERM)
    os.killpg(app.pid, signal.SIGTERM)
    app.join()


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"{address} does not answer")


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[BrowserContext]:
    """Somebody's browser in which the school's own certificate is trusted."""
    context = chromium.new_context(
        ignore_https_errors=True, locale="ru-RU", viewport={"width": 1366, "height": 768}
    )
    yield context
    context.close()


@pytest.mark.browser
def test_an_administrators_hour_behind_nginx(
    address: str, visitor: BrowserContext, server: Server, tmp_path: Path
) -> None:
    page = visitor.new_page()
    sockets: list[WebSocket] = []
    closed: list[WebSocket] = []

    def watch(socket: WebSocket) -> None:
        sockets.append(socket)
        socket.on("close", end)

    def end(socket: WebSocket) -> None:
        closed.append(socket)

    page.on("websocket", watch)
    page.goto(address)
    page.get_by_label("Имя для входа").fill(LOGINS["admin"])
    page.get_by_label("Пароль", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Выйти")).to_be_visible(timeout=30_000)
    (cookie,) = [each for each in visitor.cookies() if each["name"] == "__Host-school_session"]
    assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "Strict")

    page.get_by_role("link", name="Школа", exact=True).first.click()
    page.get_by_role("link", name="Загрузка данных").click()
    chooser = page.locator("input[type=file]")
    expect(chooser).to_be_attached(timeout=30_000)
    opened, ended = len(sockets), len(closed)
    page.wait_for_timeout(IDLE_SECONDS * 1000)
    assert sockets[-1].url.startswith(address.replace("https", "wss"))
    assert (len(sockets), len(closed)) == (opened, ended)

    chooser.set_input_files({"name": "ученики.csv", "mimeType": "text/csv", "buffer": PUPILS.encode()})
    expect(page.get_by_text("Степан").or_(page.get_by_text("ученики.csv"))).not_to_have_count(
        0, timeout=30_000
    )
    expect(page.get_by_role("button", name="Загрузить")).to_be_enabled(timeout=30_000)
    assert (len(sockets), len(closed)) == (opened, ended)
    _claims_of_an_address_are_dropped(page, address, server, tmp_path)
    _the_log_names_nobody(server)


def _claims_of_an_address_are_dropped(page: Page, address: str, server: Server, folder: Path) -> None:
    """A wrong password counts against the address that the proxy saw, whatever else the visitor says."""
    headers = {
        "X-Forwarded-For": SPOOFED,
        "Forwarded": f"for={SPOOFED}",
        "Origin": address,
        "Sec-Fetch-Site": "same-origin",
    }
    words = {"old": "не тот пароль", "new": "другой пароль 8", "again": "другой пароль 8"}
    assert "ароль" in page.request.post(f"{address}/family/password", form=words, headers=headers).text()
    for each in server.path("/var/lib/school-register/live").glob(f"{DATABASE_NAME}*"):
        shutil.copy(each, folder)
    store = Store(folder / DATABASE_NAME, lambda: NOW)
    attempts = store.read("SELECT address, succeeded FROM sign_in_attempts")
    store.close()
    assert ("127.0.0.1", False) in attempts
    assert SPOOFED not in {tried_from for tried_from, _ in attempts}


def _the_log_names_nobody(server: Server) -> None:
    log = server.path("/var/log/nginx/school-register.access.log").read_text(encoding="utf-8")
    assert '"GET /_stcore/stream" 101' in log or "POST /family/password" in log
    assert "?" not in log


def test_plain_http_leads_to_tls_and_figures_of_the_server_are_nobodys(address: str, server: Server) -> None:
    port = server.ports["http"]
    plain = http.client.HTTPConnection("127.0.0.1", port)
    plain.request("GET", "/today?class=1")
    led = plain.getresponse()
    assert (led.status, led.headers["Location"]) == (301, "https://127.0.0.1/today?class=1")
    trusting = ssl.create_default_context(cafile=server.path("/etc/ssl/school-register/journal.crt"))
    with urllib.request.urlopen(address, context=trusting) as answer:
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert answer.status == 200
    for closed in ("/_stcore/metrics", "/_stcore/agent/describe"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(address + closed, context=trusting)
