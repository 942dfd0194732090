"""Which pages a phone may keep to be read without a connection: those of a family that asked for it there (п. 3.6, 8.2).

A plain cookie says that somebody wants it on this phone; each answer then names whose it is, so that the diary's worker
drops what is of anybody else, or of other children than those whom they may read today.
"""

from collections.abc import Mapping
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

from school.records import User
from server.http.own_routes import DIARY
from server.http.session_routes import DEVICE_SECONDS

KEEP_COOKIE, KEEP_HEADER = "diary_keep", "Diary-Keep"
# Of no one child in their address, but of the first.
OF_FIRST_CHILD = frozenset({DIARY, f"{DIARY}/marks"})


def is_keeping(user: User, cookies: Mapping[str, str]) -> bool:
    """Whether this user wants their own children's pages kept on this phone."""
    return bool(user.pupil_ids) and cookies.get(KEEP_COOKIE) == str(user.user_id)


def note_keeping(request: Request, user: User, answer: Response) -> Response:
    """Say in an answer whose it is and whether the page may be kept; nothing where nobody asked for it, or it was refused."""
    if answer.status_code in {401, 403} or not is_keeping(user, request.cookies):
        return answer
    whose = f"{user.user_id} {sorted(user.pupil_ids)}".encode()
    is_own = request.path_params.get("pupil_id") in user.pupil_ids or request.url.path in OF_FIRST_CHILD
    may_keep = is_own and request.method == "GET" and answer.headers["content-type"].startswith("text/html")
    answer.headers[KEEP_HEADER] = sha256(whose).hexdigest()[:16] + " page" * may_keep
    return answer


def turn_keeping(request: Request, user: User, what: str, answer: Response) -> Response:
    """Begin or end keeping on this phone where the button ``what`` says so."""
    kept_for = {"keep": DEVICE_SECONDS, "forget": 0}.get(what)
    if kept_for is not None:
        answer.set_cookie(
            KEEP_COOKIE,
            str(user.user_id) if kept_for else "",
            max_age=kept_for,
            path=DIARY,
            # The diary's script looks for it.
            httponly=False,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
    return answer
