"""The session's cookie under two names: behind TLS one that browsers keep to this very host and to TLS («__Host-»).

The rest of the product knows the plain name alone; here the names are exchanged on the way in and out.
"""

COOKIE_NAME = "school_session"
SECURE_NAME = f"__Host-{COOKIE_NAME}"
_PLAIN, _SECURE = f"{COOKIE_NAME}=".encode(), f"{SECURE_NAME}=".encode()


def from_https(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return a request's headers with the session's cookie under its plain name, and none that came under that name.

    A plain one may have been set by somebody between the browser and another, unencrypted address of the host.
    """
    return [(name, _renamed(value) if name == b"cookie" else value) for name, value in headers]


def for_https(cookie: bytes) -> bytes:
    """Return a ``Set-Cookie`` as it is sent behind TLS: the session's under its other name, each for TLS only."""
    if cookie.startswith(_PLAIN):
        cookie = _SECURE + cookie.removeprefix(_PLAIN)
    return cookie if b"; secure" in cookie.lower() else cookie + b"; Secure"


def _renamed(cookies: bytes) -> bytes:
    kept = [each for each in cookies.split(b"; ") if not each.startswith(_PLAIN)]
    return b"; ".join(
        _PLAIN + each.removeprefix(_SECURE) if each.startswith(_SECURE) else each for each in kept
    )
