"""Calendars at private addresses: no sign-in, whoever knows the address reads (п. 3.6, 4.7)."""

import gzip
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from school.clock import school_zone
from school.notices.actions.own import note_calendar_read
from school.notices.lookups.calendars import calendar_of_token
from server.http.rates import Rates
from server.own_threads import in_own_thread
from server.session import address_of_request, school

# A family's programs ask some times a day; a big calendar service asks for many families from one address.
AT_ONCE, A_SECOND = 60, 1.0
NO_CALENDAR = "Такого календаря нет: его отозвали, или доступ к дневнику закрыт."
TOO_OFTEN = "Слишком часто. Повторите через минуту."
HEADERS = {"Cache-Control": "private, no-cache", "Vary": "Accept-Encoding", "X-Robots-Tag": "noindex"}
rates = Rates(AT_ONCE, A_SECOND)


async def _send_calendar(request: Request) -> Response:
    if not rates.take(address_of_request(request)):
        return PlainTextResponse(TOO_OFTEN, 429, {"Retry-After": "60"})
    return await in_own_thread(request, _calendar, request)


def _calendar(request: Request) -> Response:
    here = school()
    found = calendar_of_token(
        here.store, request.path_params["token"], now=here.clock(), zone=ZoneInfo(school_zone())
    )
    if found is None:
        return PlainTextResponse(NO_CALENDAR, 404)
    note_calendar_read(here.store, found.feed, here.clock())
    headers = HEADERS | {"ETag": f'W/"{found.etag}"'}
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    if known & {f'"{found.etag}"', "*"}:
        return Response(status_code=304, headers=headers)
    accepts = "gzip" in request.headers.get("accept-encoding", "")
    body, coding = (
        (found.packed, {"Content-Encoding": "gzip"}) if accepts else (gzip.decompress(found.packed), {})
    )
    return Response(body, headers=headers | coding, media_type="text/calendar; charset=utf-8")


routes = [Route("/ical/{token}.ics", _send_calendar, methods=["GET"])]
