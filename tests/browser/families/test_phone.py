"""A family's phone with the diary as an app: read without a connection, emptied at sign-out, told that there is something new (п. 3.6, 4.7, 8.2)."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from running_app import ROOT, RunningApp
from small_school import CHILD, NOW, build_small_school, people_of

from school.pushes.actions import turn_pushes_on
from school.pushes.rules import PushAddress, check_address
from school.records import User
from school.sign_in.rules.sessions import new_secret, secret_hash
from school.sign_in.store.sessions import save_session
from school.store.connection import DATABASE_NAME, Store, Transaction
from school.store.events import Event
from server.session import COOKIE_NAME

pytestmark = pytest.mark.browser
LONG = 30_000
WORKS = "navigator.serviceWorker.ready.then(() => true)"
# Of the caches only the files that are everybody's, or none, are left.
KEPT = """caches.keys().then(async (names) => {
    const found = await Promise.all(names.filter((name) => name.startsWith("diary-pages")).map(
        async (name) => (await (await caches.open(name)).keys()).map((key) => new URL(key.url).pathname)));
    return found.flat().sort();
})"""


def session_for(transaction: Transaction, user: User) -> str:
    secret = new_secret()
    save_session(
        transaction,
        secret_hash(secret),
        user.user_id,
        created_at=NOW,
        expires_at=NOW.replace(day=NOW.day + 1),
    )
    transaction.record(Event(NOW, user.user_id, "sign_in"))
    return secret


@pytest.fixture(scope="module")
def secrets() -> dict[str, str]:
    return {}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, secrets: dict[str, str]) -> Iterator[RunningApp]:
    """The small school, in which the guardian and the pupil are signed in already."""
    folder = tmp_path_factory.mktemp("school")
    store = Store(folder / DATABASE_NAME, lambda: NOW)
    build_small_school(store)
    people = people_of(store)
    for name in ("guardian", "again", "pupil"):
        user = people.pupil if name == "pupil" else people.guardian
        secrets[name] = store.write(lambda transaction, user=user: session_for(transaction, user))
    turn_pushes_on(store, people.admin, "school@example.ru", now=NOW)
    store.close()
    env = {"SCHOOL_DATA": str(folder), "SCHOOL_NOW": NOW.isoformat()}
    running = RunningApp(ROOT / "app.py", env, folder / "server.log")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def phone(chromium: Browser, app: RunningApp) -> Iterator[BrowserContext]:
    context = chromium.new_context(
        base_url=app.url, viewport={"width": 360, "height": 740}, timezone_id="Europe/Moscow", locale="ru-RU"
    )
    yield context
    context.close()


def signed_in(context: BrowserContext, app: RunningApp, secret: str) -> Page:
    context.add_cookies([{"name": COOKIE_NAME, "value": secret, "url": app.url}])
    return context.pages[0] if context.pages else context.new_page()


def ask_to_keep(page: Page) -> None:
    page.goto("/family/phone")
    page.get_by_role("button", name="Хранить последнюю неделю на этом телефоне").click()
    expect(page.get_by_text("Включено на этом телефоне")).to_be_visible()
    assert page.evaluate(WORKS)


def until(page: Page, holds: Callable[[], bool], otherwise: Callable[[], str] = str) -> None:
    """Wait for what the browser does on its own, as long as other waits here may last."""
    for _ in range(LONG // 50):
        if holds():
            return
        page.wait_for_timeout(50)
    pytest.fail(otherwise())


def wait_until_kept(page: Page, paths: list[str]) -> None:
    until(page, lambda: page.evaluate(KEPT) == paths, lambda: f"kept {page.evaluate(KEPT)}, not {paths}")


def test_a_family_reads_the_week_without_a_connection_until_it_signs_out(
    phone: BrowserContext, app: RunningApp, secrets: dict[str, str]
) -> None:
    page, problems = signed_in(phone, app, secrets["guardian"]), list[str]()
    page.on("console", lambda message: problems.append(message.text))
    page.goto("/family")
    manifest = phone.new_cdp_session(page).send("Page.getAppManifest")
    assert (manifest["errors"], '"/family"' in manifest["data"]) == ([], True)
    # Nothing is kept, and no worker runs, on a phone that nobody asked to keep anything.
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((found) => found.length)") == 0

    ask_to_keep(page)
    wait_until_kept(page, ["/family"])
    page.goto(f"/family/{CHILD}/marks")
    page.goto("/family/sign-ins")
    wait_until_kept(page, ["/family", f"/family/{CHILD}/marks"])
    assert problems == []

    phone.set_offline(True)
    page.goto("/family")
    expect(page.get_by_role("heading", name="Алёшин Пётр, 7А")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("Нет связи. Показано то, что было открыто")
    expect(page.get_by_role("button", name="Выйти")).to_be_hidden()
    assert page.locator("body").evaluate("body => getComputedStyle(body).maxWidth") == "832px"
    page.goto("/")
    expect(page).to_have_url(f"{app.url}/family")
    expect(page.get_by_role("heading", name="Алёшин Пётр, 7А")).to_be_visible()
    page.goto(f"/family/{CHILD}/absences")
    expect(page.get_by_text("Этой страницы на телефоне нет")).to_be_visible()
    page.get_by_role("link", name="Отметки: Алёшин Пётр").click()
    expect(page.get_by_role("heading", name="Алёшин Пётр, 7А")).to_be_visible()

    phone.set_offline(False)
    page.goto("/family")
    expect(page.get_by_role("status")).to_have_count(0)
    page.get_by_role("button", name="Выйти").click()
    expect(page.get_by_label("Имя для входа")).to_be_visible(timeout=LONG)
    assert page.evaluate(KEPT) == []
    phone.set_offline(True)
    with pytest.raises(Exception, match=r"ERR_INTERNET_DISCONNECTED|ERR_FAILED"):
        page.goto("/family")
    expect(page.get_by_text("Алёшин")).to_have_count(0)


def test_another_person_or_an_ended_session_empties_the_phone(
    phone: BrowserContext, app: RunningApp, secrets: dict[str, str]
) -> None:
    page = signed_in(phone, app, secrets["again"])
    ask_to_keep(page)
    wait_until_kept(page, ["/family"])
    signed_in(phone, app, secrets["pupil"])
    page.goto("/family")
    wait_until_kept(page, [])

    signed_in(phone, app, secrets["again"])
    page.goto(f"/family/{CHILD}")
    wait_until_kept(page, [f"/family/{CHILD}"])
    signed_in(phone, app, "no longer a session")
    page.goto(f"/family/{CHILD}/marks")
    expect(page.get_by_label("Имя для входа")).to_be_visible(timeout=LONG)
    assert page.evaluate(KEPT) == []


# The worker has been set going, not only installed.
ACTIVATED = """navigator.serviceWorker.ready.then(({active}) => active.state === "activated" || new Promise((done) =>
    active.addEventListener("statechange", () => active.state === "activated" && done(true))))"""
# What stands in the phone's list of notices; and that the list is empty once all were closed: a notice of the same name that
# comes while the former is still being closed would be closed in its stead.
SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications()).map((each) => [each.title, each.body])"""
CLOSED = """async () => {
    const found = await (await navigator.serviceWorker.ready).getNotifications();
    found.forEach((each) => each.close());
    return found.length === 0;
}"""


def test_a_notice_says_only_that_there_is_something_new(
    phone: BrowserContext, app: RunningApp, secrets: dict[str, str]
) -> None:
    phone.grant_permissions(["notifications"], origin=app.url)
    page = signed_in(phone, app, secrets["again"])
    ask_to_keep(page)
    assert page.evaluate(ACTIVATED)
    browser, workers = phone.new_cdp_session(page), list[str]()
    browser.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda said: workers.extend(each["registrationId"] for each in said["registrations"]),
    )
    # One that may not load its own icon is shown sometimes, and sometimes not.
    faults = list[object]()
    browser.on("ServiceWorker.workerErrorReported", lambda said: faults.extend([said]))
    browser.send("ServiceWorker.enable")
    until(page, lambda: bool(workers))
    for data in ("", "В дневнике есть новое"):
        browser.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": app.url, "registrationId": workers[-1], "data": data},
        )
        until(page, lambda: page.evaluate(SHOWN) == [["В дневнике есть новое", ""]])
        until(page, lambda: page.evaluate(CLOSED))
    assert faults == []


class CheckIn(BaseHTTPRequestHandler):
    """The maker's service to which a Chromium says who it is, and which gives it an address; nothing leaves this machine."""

    # Its answer, as protocol buffers: all is well, the number of this browser, its secret.
    KNOWN = b"\x08\x01\x39" + (4711).to_bytes(8, "little") + b"\x41" + (815).to_bytes(8, "little")
    ADDRESS = b"token=" + b"a1" * 70

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        answer = self.KNOWN if self.path == "/known" else self.ADDRESS
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.fixture
def push_service() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), CheckIn)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_real_browser_asks_its_service_for_an_address_and_the_school_takes_it(
    own_chromium: Callable[..., BrowserContext], push_service: str, app: RunningApp, secrets: dict[str, str]
) -> None:
    phone = own_chromium(
        *(
            f"--gcm-{part}={push_service}/{path}"
            for part, path in (
                ("checkin-url", "known"),
                ("registration-url", "address"),
                ("mcs-endpoint", ""),
            )
        ),
        base_url=app.url,
        viewport={"width": 360, "height": 740},
        permissions=["notifications"],
    )
    page = signed_in(phone, app, secrets["again"])
    page.goto("/family/phone")
    page.get_by_role("button", name="Присылать на это устройство").click()
    expect(page.get_by_text("это устройство · с 19 ноября")).to_be_visible(timeout=LONG)
    told = page.evaluate(
        "navigator.serviceWorker.ready.then((found) => found.pushManager.getSubscription()).then((found) => found.toJSON())"
    )
    assert told["endpoint"].endswith("a1" * 70)
    assert check_address(PushAddress(told["endpoint"], told["keys"]["p256dh"], told["keys"]["auth"]))
    page.get_by_role("button", name="Не присылать").click()
    expect(page.get_by_role("button", name="Присылать на это устройство")).to_be_visible()
