"""Whether a browser asks from a page of this very site."""

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.types import Scope

DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def is_own_origin(scope: Scope) -> bool:
    """Whether the ``Origin`` of a request is the host that it asks; a request without one, as no browser's, is not.

    A page that came without TLS is not of a site that is asked with it.
    """
    headers = HTTPConnection(scope).headers
    try:
        origin = urlsplit(headers.get("origin", ""))
    except ValueError:
        return False
    host, default = headers.get("host", ""), DEFAULT_PORTS.get(origin.scheme)
    if not host or default is None or (scope.get("scheme") in {"https", "wss"} and origin.scheme != "https"):
        return False
    return _plain(origin.netloc, default) == _plain(host, default)


def _plain(host: str, default_port: str) -> str:
    return host.lower().removesuffix(default_port)
