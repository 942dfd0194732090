"""A visitor without a browser: speaks websocket and HTTP to the running app, as one tab of a signed-in user does."""

import asyncio
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

import aiohttp
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from server.session import COOKIE_NAME, NOT_FOR_YOU

ANSWER_SECONDS = 60


class PageFailedError(Exception):
    """The page drew an error, or the sign-in form, instead of its content."""


class Visitor:
    """One browser tab; connects when it is entered or first opens a page."""

    def __init__(self, port: int, secret: str) -> None:
        """Visit the app on this machine with the secret of a session."""
        self.port, self._cookie = port, f"{COOKIE_NAME}={secret}"
        self._connection: ClientConnection | None = None
        self._http: aiohttp.ClientSession | None = None

    async def open_page(self, page_name: str, query_string: str = "") -> None:
        """Open a page by its address and wait until it is drawn; raises PageFailedError, TimeoutError."""
        await self.ask_for(page_name, query_string)
        async with asyncio.timeout(ANSWER_SECONDS):
            while not _is_end(await self.next_message()):
                pass

    async def ask_for(self, page_name: str, query_string: str = "") -> None:
        """Ask for a page and do not wait for it: ``receive_for_ever`` takes what comes."""
        message = BackMsg()
        message.rerun_script.page_name = page_name
        message.rerun_script.query_string = query_string
        await (await self._connected()).send(message.SerializeToString())

    async def receive_for_ever(self) -> None:
        """Take whatever the app sends and forget it, unread."""
        connection = await self._connected()
        while True:
            await connection.recv(decode=False)

    async def post(self, address: str, body: dict[str, Any]) -> Any:
        """Send JSON and return the answer's; raises aiohttp.ClientError."""
        async with self._session().post(address, json=body, raise_for_status=True) as answer:
            return await answer.json()

    async def get(self, address: str, query: dict[str, str]) -> Any:
        """Return the JSON at an address; raises aiohttp.ClientError."""
        async with self._session().get(address, params=query, raise_for_status=True) as answer:
            return await answer.json()

    async def read(self, address: str) -> str:
        """Return a plain page of HTML; raises PageFailedError where another answer comes, the way to the sign-in page too."""
        async with self._session().get(address, allow_redirects=False) as answer:
            if answer.status != HTTPStatus.OK:
                raise PageFailedError(f"{address}: {answer.status}")
            return await answer.text()

    async def connect(self) -> None:
        """Open the tab's websocket where it is not open."""
        await self._connected()

    async def close(self) -> None:
        """Close the tab."""
        await self.leave()
        if self._http is not None:
            await self._http.close()
            self._http = None

    async def leave(self) -> None:
        """Close the websocket; the next page opens another."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    def _session(self) -> aiohttp.ClientSession:
        """Return the connection for HTTP: of the leanest client at hand, since waiting is measured with its work in it."""
        if self._http is None:
            self._http = aiohttp.ClientSession(
                f"http://localhost:{self.port}",
                headers={"Sec-Fetch-Site": "same-origin", "Cookie": self._cookie},
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(ANSWER_SECONDS),
            )
        return self._http

    async def _connected(self) -> ClientConnection:
        if self._connection is None:
            self._connection = await connect(
                f"ws://localhost:{self.port}/_stcore/stream",
                origin=f"http://localhost:{self.port}",  # type: ignore[arg-type]
                additional_headers={"Cookie": self._cookie},
                subprotocols=["streamlit"],  # type: ignore[list-item]
                max_size=None,
            )
        return self._connection

    async def next_message(self) -> ForwardMsg:
        """Return what the app sends next; raises PageFailedError."""
        message = ForwardMsg()
        message.ParseFromString(await (await self._connected()).recv(decode=False))
        if message.WhichOneof("type") == "delta":
            _check(message.delta)
        return message

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def _check(delta: Delta) -> None:
    element = delta.new_element
    if element.HasField("exception"):
        raise PageFailedError(element.exception.type)
    if element.HasField("alert") and (
        element.alert.format == Alert.ERROR
        or element.alert.body == NOT_FOR_YOU
        or "Войдите" in element.alert.body
    ):
        raise PageFailedError(element.alert.body[:80])


def _is_end(message: ForwardMsg) -> bool:
    return (
        message.WhichOneof("type") == "script_finished"
        and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
    )
