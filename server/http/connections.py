"""Connections as such, before anything is asked on them: how long one may take to ask, and how many an address may hold.

uvicorn has a deadline for an idle connection alone: half a request would stay for ever. A look once a second at what each
connection is doing finds those that are late; nothing is added to the path of a request but the count of its bytes.
"""

import asyncio
import resource
from dataclasses import dataclass
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from server.http.edge import trusted_proxies
from server.http.replacing import replace

# A school behind one address: a hundred computers, each with the six connections a browser opens and some tabs' sockets.
# A proxy's own address is not counted: it counts visitors itself.
OF_AN_ADDRESS = 1000
OF_ALL = 5000
# Some kilobytes of memory each, and a descriptor, beside those of files; systems begin with a thousand.
DESCRIPTORS = 16_384
# Seconds for the head of a request; a browser sends it in one piece, but opens connections ahead of need.
HEAD_SECONDS, HEAD_BYTES = 15.0, 64 * 1024
# A body may take so long, and a second more for each of so many bytes: 64 kbit/s, the slowest line that a file is sent by.
BODY_SECONDS, BODY_BYTES_A_SECOND = 20.0, 8 * 1024
# A browser that takes nothing of what waits for it.
STALLED_SECONDS = 60.0
LOOK_SECONDS = 1.0
LATE = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


@dataclass
class Seen:
    """What a connection was seen doing, since when, and by how many bytes it had come by then."""

    doing: tuple[str, object]
    since: float
    received: int


class Watch:
    """Looks at the connections of one server while there are any."""

    def __init__(self) -> None:
        """Begin without connections."""
        self._seen: dict[Any, Seen] = {}
        self._is_due = False

    def begin(self, connection: Any) -> None:
        """Take on a new connection, or end it where its address or all have too many."""
        host, others = connection.client[0] if connection.client else "", connection.connections
        is_one_too_many = len(others) > OF_ALL or (
            host not in _trusted
            and sum(bool(each.client) and each.client[0] == host for each in others) > OF_AN_ADDRESS
        )
        if is_one_too_many:
            connection.transport.abort()
        elif not self._is_due:
            self._is_due = True
            connection.loop.call_later(LOOK_SECONDS, self._look, connection.loop, others)

    def _look(self, loop: asyncio.AbstractEventLoop, connections: set[Any]) -> None:
        moment = loop.time()
        before, self._seen = self._seen, {}
        for each in [found for found in connections if isinstance(found, HttpToolsProtocol)]:
            doing, received = _doing(each), vars(each).get("received", 0)
            seen = before.get(each)
            if seen is None or seen.doing != doing:
                seen = Seen(doing, moment, received)
            self._seen[each] = seen
            if moment - seen.since > _seconds(doing[0], received - seen.received):
                _end(each, doing[0])
        if connections:
            loop.call_later(LOOK_SECONDS, self._look, loop, connections)
        else:
            self._is_due = False


def _doing(connection: HttpToolsProtocol) -> tuple[str, object]:
    cycle, waiting = connection.cycle, connection.transport.get_write_buffer_size()
    if waiting:
        return "answer", (id(cycle), waiting)
    if cycle is None or cycle.response_complete:
        return "head", id(cycle)
    return ("body" if cycle.more_body else "work"), id(cycle)


def _seconds(doing: str, received: int) -> float:
    """Return how long a connection may do the same."""
    return {
        "answer": STALLED_SECONDS,
        "head": HEAD_SECONDS,
        "body": BODY_SECONDS + received / BODY_BYTES_A_SECOND,
    }.get(doing, float("inf"))


def _end(connection: HttpToolsProtocol, doing: str) -> None:
    if doing == "head" and connection.cycle is None and not connection.transport.is_closing():
        connection.transport.write(LATE)
        connection.transport.close()
    else:
        connection.transport.abort()


_trusted = trusted_proxies()


def watch_connections() -> None:
    """Watch the connections of this process; to be called once, before the first visitor."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, DESCRIPTORS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
    watch = Watch()
    connect, receive = HttpToolsProtocol.connection_made, HttpToolsProtocol.data_received
    connect_socket = WebSocketsSansIOProtocol.connection_made

    def connected(self: HttpToolsProtocol, transport: asyncio.Transport) -> None:
        connect(self, transport)
        _name_peer(self)
        watch.begin(self)

    def connected_socket(self: WebSocketsSansIOProtocol, transport: asyncio.Transport) -> None:
        connect_socket(self, transport)
        _name_peer(self)

    def received(self: HttpToolsProtocol, data: bytes) -> None:
        facts, before = vars(self), self.cycle
        facts["received"] = facts.get("received", 0) + len(data)
        receive(self, data)
        if self.cycle is not before or (before is not None and not before.response_complete):
            facts["head"] = 0
            return
        facts["head"] = facts.get("head", 0) + len(data)
        if facts["head"] > HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("The head of the request is too long.")

    replace(HttpToolsProtocol, "connection_made", connected)
    replace(HttpToolsProtocol, "data_received", received)
    replace(WebSocketsSansIOProtocol, "connection_made", connected_socket)


def _name_peer(connection: HttpToolsProtocol | WebSocketsSansIOProtocol) -> None:
    """Note who connected, for whoever must know a proxy from a visitor: an IPv4 address as such, also on a socket of IPv6."""
    if connection.client:
        host = connection.client[0].removeprefix("::ffff:")
        connection.client = host, connection.client[1]
        connection.app_state = {**connection.app_state, "peer": host}
