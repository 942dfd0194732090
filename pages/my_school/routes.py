"""The published route of «Моя школа»: a token for a system, then a pupil's timetable by the number in ЕСИА; off by default."""

import base64
import binascii
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from school.clock import school_zone
from school.errors import Refusal
from school.my_school.actions import is_client, note_schedule_read
from school.my_school.lookups import is_open_client, is_route_on, pupil_of_esia, schedule_of
from school.my_school.rules import ESIA_ID, EXPIRED, NOT_FOUND, STRUCTURE, BadSpan, outcome, span_asked
from school.sign_in.rules.sessions import new_secret, secret_hash
from server.http.own_routes import DIARY
from server.http.rates import Rates
from server.own_threads import in_own_thread
from server.session import address_of_request, school

TOKEN_LIFE = timedelta(minutes=10)
# A region asks for a school's pupils one after another; who guesses secrets is slower.
AT_ONCE, A_SECOND, TOKENS_AT_ONCE, TOKENS_A_SECOND = 120, 10.0, 10, 0.2
HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
rates, token_rates = Rates(AT_ONCE, A_SECOND), Rates(TOKENS_AT_ONCE, TOKENS_A_SECOND)


@dataclass
class Tokens:
    """Tokens given to systems, by their hash: in memory, so that a restart ends them."""

    _held: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def issue(self, client_id: str, now: datetime) -> str:
        """Return a token for a system."""
        text = new_secret()
        with self._lock:
            self._held = {key: held for key, held in self._held.items() if held[1] > now}
            self._held[secret_hash(text)] = client_id, now + TOKEN_LIFE
        return text

    def client_of(self, text: str, now: datetime) -> str | None:
        """Return whose a token is, None for one that is unknown or over."""
        held = self._held.get(secret_hash(text))
        return held[0] if held and now < held[1] else None


tokens = Tokens()


async def give_token(request: Request) -> Response:
    """Answer a system with its id and secret (RFC 6749, client credentials) with a token that lives for minutes."""
    if not token_rates.take(address_of_request(request)):
        return _token_error("temporarily_unavailable", 429)
    form = await request.form()
    client_id, secret = _credentials(request) or (str(form.get("client_id")), str(form.get("client_secret")))
    grant = form.get("grant_type")
    return await in_own_thread(request, _token, client_id, secret, grant == "client_credentials")


async def send_schedule(request: Request) -> Response:
    """Answer ``GET /my-school/Schedule/{number in ЕСИА}?start=&end=`` with the pupil's timetable."""
    if not rates.take(address_of_request(request)):
        # The contract has no code of its own for it.
        return _error(429, STRUCTURE, "Слишком часто.", {"Retry-After": "10"})
    return await in_own_thread(request, _schedule, request)


def _token(client_id: str, secret: str, is_known_grant: bool) -> Response:
    here = school()
    if not is_route_on(here.store):
        return _token_error("invalid_client", 401)
    if not is_known_grant:
        return _token_error("unsupported_grant_type", 400)
    if not is_client(here.store, client_id, secret):
        return _token_error("invalid_client", 401)
    token = tokens.issue(client_id, here.clock())
    seconds = int(TOKEN_LIFE.total_seconds())
    answer = {"access_token": token, "token_type": "Bearer", "expires_in": seconds}
    return JSONResponse(answer, headers=HEADERS)


def _schedule(request: Request) -> Response:
    here = school()
    now = here.clock()
    if not is_route_on(here.store):
        return _error(404, NOT_FOUND, "Запрос расписания в этой школе выключен.")
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    client_id = tokens.client_of(text, now) if scheme.lower() == "bearer" else None
    if client_id is None or not is_open_client(here.store, client_id):
        return _error(401, EXPIRED, "Токена нет, или его срок истёк.", {"WWW-Authenticate": "Bearer"})
    esia_id, asked = request.path_params["esia_id"], request.query_params
    try:
        span = span_asked(asked.get("start"), asked.get("end"), now.date())
    except BadSpan as problem:
        return _error(400, STRUCTURE, str(problem))
    pupil = pupil_of_esia(here.store, esia_id) if ESIA_ID.fullmatch(esia_id) else None
    if pupil is None:
        return _error(404, NOT_FOUND, "Ученика с таким номером в школе нет.")
    url = str(request.url.replace(path=DIARY, query=""))
    zone = ZoneInfo(school_zone())
    try:
        document = schedule_of(here.store, pupil, esia_id, span, now=now, zone=zone, url=url)
    except Refusal:
        return _error(404, NOT_FOUND, "Дневника этого ученика в школе нет.")
    note_schedule_read(here.store, client_id, pupil.pupil_id, now)
    return JSONResponse(document, headers=HEADERS)


def _credentials(request: Request) -> tuple[str, str] | None:
    scheme, _, coded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(coded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    return client_id, secret


def _error(status: int, code: str, details: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(outcome(code, details), status, HEADERS | (headers or {}))


def _token_error(code: str, status: int) -> Response:
    return JSONResponse({"error": code}, status, HEADERS)


routes = [
    Route("/my-school/token", give_token, methods=["POST"]),
    Route("/my-school/Schedule/{esia_id}", send_schedule, methods=["GET"]),
]
