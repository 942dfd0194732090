"""Notices on phones: who lets them be, when one may come, what leaves the school, what becomes of a try (п. 4.3, 4.7, 8.5)."""

import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from screens import open_page, session_of, texts
from small_school import CHILD, CLASS_7A, NOW, People

from school.announcements.actions import send_announcement
from school.announcements.rules import Draft
from school.audiences.rules import Audience, Target
from school.errors import RuleRefused
from school.families.actions import RemarkDraft, write_remark
from school.pushes.actions import add_device, turn_pushes_off, turn_pushes_on
from school.pushes.lookups import devices_to_tell, own_devices, sender_keys
from school.pushes.news import has_news
from school.pushes.rules import (
    MOST_FAILING,
    PAUSES,
    WORDS,
    PushAddress,
    check_address,
    check_contact,
    is_quiet,
)
from school.pushes.store import save_device
from school.records import RemarkKind, User
from school.sign_in.actions.sessions import sign_out
from school.sign_in.rules.sessions import secret_hash
from school.sign_in.store.factor_key import KEY_FILE
from school.store.connection import Store
from school.store.events import Event
from school.store.school import School
from server.notices.push_job import PushSender

HOUR = timedelta(hours=1)
CONTACT = "school@example.ru"


def in_base64(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass
class PushService:
    """A push service as of a browser's maker, on this machine: answers as told, reads what came as the browser would."""

    answer: int = 201
    got: list[tuple[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    port: int = 0
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    secret: bytes = b"0123456789abcdef"

    def address(self, number: int = 0) -> PushAddress:
        """Where a browser is reached there."""
        public = self.private.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        endpoint = f"http://127.0.0.1:{self.port}/push/{number}"
        return PushAddress(endpoint, in_base64(public), in_base64(self.secret))

    def read(self, body: bytes) -> str:
        """What the browser shows."""
        words = http_ece.decrypt(body, private_key=self.private, auth_secret=self.secret, version="aes128gcm")
        return str(words.decode())


@pytest.fixture
def service() -> Iterator[PushService]:
    found = PushService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.bodies.append(self.rfile.read(int(self.headers["content-length"])))
            found.headers.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(found.answer)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()


@dataclass
class Clock:
    """A clock that is set."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Sending:
    """A school that has notices turned on, the guardian's browser, and the sender."""

    store: Store
    service: PushService
    secret: str
    clock: Clock
    sender: PushSender
    has_news: bool = True

    def look(self, after: timedelta = timedelta()) -> int:
        """Let time pass and the sender look; return how many notices came out of the school."""
        self.clock.now += after
        before = len(self.service.bodies)
        self.sender.look()
        return len(self.service.bodies) - before


@pytest.fixture
def sending(school_screens: School, people: People, service: PushService) -> Sending:
    store = school_screens.store
    turn_pushes_on(store, people.admin, CONTACT, now=NOW)
    secret, clock = session_of(people.guardian), Clock()
    put_device(store, people.guardian, secret, service.address())
    found = Sending(store, service, secret, clock, PushSender(School(store, clock)))
    found.sender.has_news = lambda *_args, **_named: found.has_news
    return found


def put_device(store: Store, user: User, secret: str, address: PushAddress, number: int = 900_000) -> None:
    """Store a browser at an address of this machine, which the rules would refuse; it was told last long ago."""

    def work(transaction: Any) -> None:
        save_device(
            transaction,
            number,
            user.user_id,
            address,
            device_hash=secret_hash(secret),
            browser="Android, Chrome",
            at=NOW - 2 * HOUR,
        )
        transaction.record(Event(NOW, user.user_id, "push_device_added"))

    store.write(work)


# Whom the school calls, and when.


@pytest.mark.parametrize(
    ("endpoint", "is_known"),
    [
        ("https://fcm.googleapis.com/fcm/send/x", True),
        ("https://jmt17.google.com/fcm/send/x", True),
        ("https://google.com/fcm/send/x", False),
        ("https://updates.push.services.mozilla.com/wpush/v2/x", True),
        ("https://web.push.apple.com/x", True),
        ("https://wns2-par02p.notify.windows.com/w/?token=x", True),
        ("http://fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com:8080/x", False),
        ("https://user@fcm.googleapis.com/x", False),
        ("https://evilpush.apple.com.example/x", False),
        ("https://notfcm.googleapis.com/x", False),
        ("https://127.0.0.1/fcm.googleapis.com", False),
        ("https://[fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com/" + "x" * 1000, False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_only_services_of_browsers_are_called(service: PushService, endpoint: str, is_known: bool) -> None:
    address = PushAddress(endpoint, service.address().public_key, service.address().shared_secret)
    if is_known:
        assert check_address(address) == address
        return
    with pytest.raises(RuleRefused, match="не удалось"):
        check_address(address)


@pytest.mark.parametrize(
    ("time", "is_night"),
    [("06:59", True), ("07:00", False), ("20:59", False), ("21:00", True), ("00:00", True)],
)
def test_nobody_is_woken(time: str, is_night: bool) -> None:
    assert is_quiet(datetime.fromisoformat(f"2026-11-19T{time}")) == is_night


@pytest.mark.parametrize(
    "contact", ["", "school", "a@b", "школа@школа.рф", "a b@example.ru", "x" * 120 + "@a.ru"]
)
def test_services_are_given_an_address_of_the_school(contact: str) -> None:
    assert check_contact(f" {CONTACT} ") == CONTACT
    with pytest.raises(RuleRefused, match="адрес почты"):
        check_contact(contact)


# What leaves the school.


def test_the_words_go_encrypted_and_name_nobody(sending: Sending, service: PushService) -> None:
    assert sending.look() == 1
    assert service.read(service.bodies[0]) == WORDS == "В дневнике есть новое"
    assert WORDS.encode() not in service.bodies[0]
    headers = service.headers[0]
    assert headers["content-encoding"] == "aes128gcm"
    assert headers["authorization"].startswith("vapid t=")
    assert headers["ttl"] == str(12 * 3600)


def test_a_phone_hears_once_an_hour_and_only_of_news(sending: Sending) -> None:
    assert sending.look() == 1
    assert sending.look(timedelta(minutes=59)) == 0
    assert sending.look(timedelta(minutes=1)) == 1
    sending.has_news = False
    assert sending.look(HOUR) == 0
    sending.has_news = True
    assert sending.look(timedelta(minutes=5)) == 0, "asked again some minutes later"
    assert sending.look(timedelta(minutes=5)) == 1


def test_what_comes_at_night_is_told_in_the_morning(sending: Sending) -> None:
    sending.clock.now = NOW.replace(hour=22)
    assert sending.look() == 0
    assert sending.look(timedelta(hours=9)) == 1


def test_nothing_goes_out_where_the_school_has_turned_it_off(sending: Sending, people: People) -> None:
    turn_pushes_off(sending.store, people.admin, now=NOW)
    assert sending.look() == 0
    turn_pushes_on(sending.store, people.admin, CONTACT, now=NOW)
    assert sending.look() == 1, "phones are still known"


# What becomes of a try.


@pytest.mark.parametrize("answer", [404, 410])
def test_a_phone_that_is_gone_is_forgotten(sending: Sending, answer: int) -> None:
    sending.service.answer = answer
    assert sending.look() == 1
    assert sending.store.read("SELECT * FROM push_devices") == []


def test_a_service_out_of_order_is_asked_again_a_few_times(sending: Sending, people: People) -> None:
    sending.service.answer = 500
    assert sending.look() == 1
    for pause in PAUSES:
        assert sending.look(pause - timedelta(seconds=1)) == 0
        assert sending.look(timedelta(seconds=1)) == 1
    assert sending.look(timedelta(minutes=30)) == 0, "this notice is given up"
    assert own_devices(sending.store, people.guardian, sending.secret)[0].is_failing
    sending.service.answer = 201
    assert sending.look(timedelta(minutes=30)) == 1, "the next one is not"
    assert not own_devices(sending.store, people.guardian, sending.secret)[0].is_failing


def test_a_service_that_does_not_answer_is_left_for_this_time(
    sending: Sending, people: People, change: Callable
) -> None:
    put_device(sending.store, people.pupil, session_of(people.pupil), sending.service.address(1), 900_001)
    change(f"UPDATE push_devices SET endpoint = replace(endpoint, ':{sending.service.port}/', ':9/')")
    assert sending.look() == 0
    assert sending.store.read("SELECT DISTINCT failures FROM push_devices") == [(1,)]


def test_a_phone_that_nothing_reaches_for_a_month_is_forgotten(sending: Sending) -> None:
    sending.service.answer = 500
    sending.look()
    sending.clock.now += MOST_FAILING
    sending.look(timedelta(seconds=1))
    assert sending.store.read("SELECT * FROM push_devices") == []


# Whose phone it is no more.


def test_a_phone_on_which_somebody_signed_out_hears_nothing(sending: Sending) -> None:
    assert len(devices_to_tell(sending.store, NOW)) == 1
    sign_out(sending.store, sending.secret, now=NOW)
    assert devices_to_tell(sending.store, NOW) == []


def test_a_sign_in_that_ran_out_does_not_silence_a_phone(sending: Sending) -> None:
    assert sending.look(timedelta(days=20)) == 1


def test_a_closed_account_hears_nothing(sending: Sending, people: People, change: Callable) -> None:
    change(f"UPDATE users SET blocked_at = now() WHERE user_id = {people.guardian.user_id}")
    assert sending.look() == 0


def test_a_lost_key_file_silences_everybody_until_the_school_turns_it_on_anew(
    sending: Sending, people: People
) -> None:
    (sending.store.path.parent / KEY_FILE).unlink()
    assert sending.look() == 0
    turn_pushes_on(sending.store, people.admin, CONTACT, now=NOW)
    assert sending.store.read("SELECT * FROM push_devices") == [], "none would take a notice of other keys"


def test_the_private_key_is_stored_encrypted(sending: Sending) -> None:
    ((stored,),) = sending.store.read("SELECT encrypted_private_key FROM push_keys")
    keys = sender_keys(sending.store)
    assert keys
    assert "PRIVATE KEY" in keys.private_key
    assert "PRIVATE KEY" not in stored
    assert keys.private_key not in repr(keys)


# The administrator's page.


def test_the_administrator_is_told_whose_servers_they_are(school_screens: School, people: People) -> None:
    page = open_page("pushes/phone_pushes.py", people.admin)
    assert "серверы Google, Mozilla, Apple" in texts(page)
    assert "Никуда ничего не отправляется" in texts(page)
    page.text_input[0].set_value("school")
    page.button[0].click().run()
    assert "Нужен адрес почты" in page.error[0].value
    page.text_input[0].set_value(CONTACT)
    page.button[0].click().run()
    assert "Подписано: 0 устройств" in texts(page)
    next(each for each in page.button if each.label == "Выключить").click().run()
    assert "Выключены" in texts(page)
    assert not page.exception


@pytest.mark.parametrize(("closing", "told"), [("", 1), ("DELETE FROM guardian_pupils", 0)])
def test_a_device_told_of_a_remark_is_told_because_of_it_and_of_no_child_taken_away(
    sending: Sending, people: People, school_store: Store, change: Callable, closing: str, told: int
) -> None:
    sender = PushSender(School(sending.store, sending.clock))
    sender.look()
    assert sending.service.bodies == []
    later = NOW + HOUR
    write_remark(
        school_store, people.homeroom, RemarkDraft(CHILD, RemarkKind.REMARK, "Нет тетради"), now=later
    )
    if closing:
        change(closing)
    sending.clock.now = later + timedelta(minutes=1)
    sender.look()
    assert len(sending.service.bodies) == told
    sending.clock.now += 2 * HOUR
    sender.look()
    assert len(sending.service.bodies) == told, "the same news is told once"


def test_adding_needs_the_school_to_allow_it(
    school_store: Store, people: People, service: PushService
) -> None:
    with pytest.raises(RuleRefused, match="выключены"):
        add_device(school_store, people.guardian, "secret", service.address(), "Chrome", now=NOW)


def test_an_announcement_is_told_without_waiting_to_be_asked_again(sending: Sending, people: People) -> None:
    sending.sender.has_news = has_news
    assert sending.look() == 0
    audience = Audience(Target.CLASS, (CLASS_7A,), for_guardians=True)
    draft = Draft(audience, "Гололёд", "Осторожно", NOW.date(), NOW.date(), is_important=True)
    send_announcement(sending.store, people.deputy, draft, now=sending.clock.now)
    assert sending.look(timedelta(minutes=1)) == 1
