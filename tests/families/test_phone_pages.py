"""«На телефоне»: the diary as an app, what a phone may keep and of whom, notices turned on and off by their owner (п. 3.6, 4.7, 8.2)."""

import io
import json
import re
from collections.abc import Callable

import pytest
from diary_pages import OWN_FORM, diary_client, diary_page, press
from PIL import Image
from small_school import CHILD, NOW, STRANGE_CHILD, People
from starlette.testclient import TestClient

from pages.families.parts.diary_files import script_address, style_address, worker
from pages.families.parts.keeping import KEEP_COOKIE, KEEP_HEADER
from school.pushes.actions import turn_pushes_on
from school.pushes.rules import MOST_DEVICES
from school.records import User
from school.store.connection import Store
from server.http.own_routes import OwnRoutes
from server.session import COOKIE_NAME

pytestmark = pytest.mark.usefixtures("school_screens")
FCM = "https://fcm.googleapis.com/fcm/send/abc"


def keeping(user: User) -> TestClient:
    """Return a phone whose owner has asked to keep pages."""
    client = diary_client(user)
    answer = press(client, "/family/phone/keep")
    assert (answer.status_code, answer.headers["location"]) == (303, "/family/phone")
    return client


def kept_for(client: TestClient, address: str = "/family") -> str | None:
    return client.get(address).headers.get(KEEP_HEADER)


# The diary as an app.


def test_a_phone_is_told_how_to_hold_the_diary(change: Callable) -> None:
    change("INSERT OR REPLACE INTO settings VALUES ('school.name', 'Школа № 5 <b>')")
    answer = diary_client(None).get("/site.webmanifest")
    assert answer.headers["content-type"] == "application/manifest+json"
    said = answer.json()
    assert (said["name"], said["start_url"], said["display"]) == (
        "Дневник: Школа № 5 <b>",
        "/family",
        "standalone",
    )
    assert {(icon["sizes"], icon["purpose"]) for icon in said["icons"]} == {
        (f"{size}x{size}", purpose) for size in (192, 512) for purpose in ("any", "maskable")
    }
    for icon in said["icons"]:
        picture = diary_client(None).get(icon["src"])
        assert "immutable" in picture.headers["cache-control"]
        drawn = Image.open(io.BytesIO(picture.content)).convert("RGBA")
        assert f"{drawn.width}x{drawn.height}" == icon["sizes"]
        corner_is_filled = drawn.getpixel((0, 0))[3] == 255  # type: ignore[index]
        assert corner_is_filled == (icon["purpose"] == "maskable")


def test_every_page_leads_to_the_manifest_and_allows_the_worker(people: People) -> None:
    answer = diary_client(people.guardian).get("/family")
    assert '<link rel="manifest" href="/site.webmanifest">' in answer.text
    policy = answer.headers["content-security-policy"]
    assert all(f"{each} 'self'" in policy for each in ("script-src", "worker-src", "manifest-src"))


def test_the_worker_stands_at_the_root_and_changes_with_the_files_it_names() -> None:
    answer = diary_client(None).get("/sw.js")
    assert answer.content == worker()
    assert (answer.headers["cache-control"], answer.headers["content-type"]) == (
        "no-cache",
        "text/javascript; charset=utf-8",
    )
    # Its own policy: with the pages' it could not ask for anything.
    assert (
        answer.headers["content-security-policy"] == "default-src 'none'; connect-src 'self'; img-src 'self'"
    )
    (files,) = re.findall(r"const FILES = (\[.*\]);", answer.text)
    assert {style_address(), script_address()} < set(json.loads(files))
    for each in json.loads(files):
        assert diary_client(None).get(each).status_code == 200
    assert len(answer.content) < 10_000


async def _passed_on(*_: object) -> None:
    raise AssertionError("Streamlit was asked")


@pytest.mark.parametrize("path", ["/sw.js", "/site.webmanifest"])
def test_both_are_answered_before_streamlit(path: str) -> None:
    from pages.families.routes import routes

    assert TestClient(OwnRoutes(_passed_on, routes)).get(path).status_code == 200


# What a phone may keep.


def test_nothing_is_kept_until_somebody_asks_for_it_on_their_phone(people: People) -> None:
    client = diary_client(people.guardian)
    assert kept_for(client) is None
    assert "Хранить последнюю неделю на этом телефоне" in client.get("/family/phone").text
    answer = press(client, "/family/phone/keep")
    cookie = answer.headers["set-cookie"]
    assert f"{KEEP_COOKIE}={people.guardian.user_id}" in cookie
    assert ("Path=/family" in cookie, "HttpOnly" in cookie, "SameSite=strict" in cookie) == (
        True,
        False,
        True,
    )
    assert (kept_for(client) or "").endswith(" page")
    assert "Выключить и удалить сохранённое" in client.get("/family/phone").text
    press(client, "/family/phone/forget")
    assert kept_for(client) is None


@pytest.mark.parametrize(
    "address",
    ["/family/phone", "/family/password", "/family/sign-ins", f"/family/{CHILD}/record", "/family/x"],
)
def test_only_pages_of_the_diary_are_kept(people: People, address: str) -> None:
    assert re.fullmatch("[0-9a-f]{16}", kept_for(keeping(people.guardian), address) or "")


def test_what_is_kept_of_one_person_is_not_of_another(people: People) -> None:
    client = keeping(people.guardian)
    of_guardian = kept_for(client)
    client.cookies.set(COOKIE_NAME, diary_client(people.pupil).cookies[COOKIE_NAME])
    assert kept_for(client) is None
    assert kept_for(keeping(people.pupil)) not in {None, of_guardian}


def test_a_closed_access_takes_back_all_that_was_kept(people: People, change: Callable) -> None:
    change(f"INSERT INTO guardian_pupils (guardian_id, pupil_id) VALUES (61, {STRANGE_CHILD})")
    client = keeping(people.guardian)
    before = kept_for(client)
    assert before == kept_for(client, f"/family/{STRANGE_CHILD}")
    change(f"DELETE FROM guardian_pupils WHERE pupil_id = {STRANGE_CHILD}")
    assert kept_for(client, f"/family/{STRANGE_CHILD}") is None
    assert kept_for(client) not in {None, before}, "the worker drops what bears the former word"


def test_nobodys_pages_are_kept_by_staff(people: People) -> None:
    client = diary_client(people.deputy)
    press(client, "/family/phone/keep")
    assert kept_for(client, f"/family/{CHILD}") is None


@pytest.mark.parametrize(("part", "kinds"), [("guardian", '"cache", "storage"'), ("owner", '"cache"')])
def test_signing_out_empties_the_phone_but_not_marks_that_wait(people: People, part: str, kinds: str) -> None:
    """Of a teacher the browser may hold marks that have not come to the server yet."""
    answer = diary_client(getattr(people, part)).post("/api/session/leave", headers=OWN_FORM)
    assert answer.headers["clear-site-data"] == kinds


# Notices.


def subscription(endpoint: str = FCM, key: str = "B" * 87, secret: str = "A" * 22) -> str:
    return json.dumps({"endpoint": endpoint, "keys": {"p256dh": key, "auth": secret}})


@pytest.fixture
def key(school_store: Store, people: People) -> str:
    turn_pushes_on(school_store, people.admin, "school@example.ru", now=NOW)
    ((found,),) = school_store.read("SELECT public_key FROM push_keys")
    return str(found)


def test_a_family_is_offered_no_notices_that_the_school_has_not_turned_on(people: People) -> None:
    page = diary_page(people.guardian, "/phone")
    assert "Уведомления в этой школе не включены" in page
    assert "data-key" not in page
    refused = press(diary_client(people.guardian), "/family/phone/add", subscription=subscription())
    assert "выключены" in refused.text


def test_a_phone_is_added_listed_and_removed(school_store: Store, people: People, key: str) -> None:
    client = diary_client(people.guardian)
    page = client.get("/family/phone").text
    assert f'data-key="{key}"' in page
    assert "Google" in page
    answer = press(client, "/family/phone/add", subscription=subscription())
    assert answer.status_code == 303
    page = client.get("/family/phone").text
    assert (", это устройство" in page, "data-key" in page) == (True, False)
    # Of the other parent nothing is seen, and nothing can be removed.
    ((device,),) = school_store.read("SELECT push_device_id FROM push_devices")
    press(diary_client(people.pupil), "/family/phone/remove", device=str(device))
    assert ", это устройство" not in diary_page(people.pupil, "/phone")
    assert len(school_store.read("SELECT * FROM push_devices")) == 1
    for wrong in ("", "x", "9" * 30):
        assert press(client, "/family/phone/remove", device=wrong).status_code == 303
    press(client, "/family/phone/remove", device=str(device))
    assert school_store.read("SELECT * FROM push_devices") == []


@pytest.mark.usefixtures("key")
def test_the_same_phone_added_again_is_one(school_store: Store, people: People) -> None:
    client = diary_client(people.guardian)
    for endpoint in (FCM, FCM, f"{FCM}d"):
        assert press(client, "/family/phone/add", subscription=subscription(endpoint)).status_code == 303
    assert school_store.read("SELECT endpoint FROM push_devices") == [(f"{FCM}d",)]


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize(
    "said",
    [
        "",
        "[]",
        "{}",
        '{"endpoint": "https://fcm.googleapis.com/x", "keys": null}',
        subscription("https://school.local/fcm.googleapis.com"),
        subscription(key="B"),
    ],
)
def test_an_address_of_no_known_service_is_refused_in_words(
    school_store: Store, people: People, said: str
) -> None:
    answer = press(diary_client(people.guardian), "/family/phone/add", subscription=said)
    assert (answer.status_code, 'role="alert"' in answer.text) == (200, True)
    assert school_store.read("SELECT * FROM push_devices") == []


@pytest.mark.usefixtures("key")
def test_nobody_adds_phones_without_end(school_store: Store, people: People) -> None:
    for number in range(MOST_DEVICES):
        press(diary_client(people.guardian), "/family/phone/add", subscription=subscription(f"{FCM}{number}"))
    refused = press(diary_client(people.guardian), "/family/phone/add", subscription=subscription())
    assert "Сначала уберите ненужное" in refused.text
    assert len(school_store.read("SELECT * FROM push_devices")) == MOST_DEVICES
