"""A visitor without a browser: speaks the websocket of the running app and waits until a page is drawn."""

import time
from types import TracebackType
from typing import Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

ANSWER_SECONDS = 60


class PageFailedError(Exception):
    """The page drew an error instead of its content."""


class Visitor:
    """One browser tab of a signed-in user."""

    def __init__(self, port: int, cookie: str) -> None:
        """Connect to the app on this machine with the session cookie ``name=value``."""
        self._connection: ClientConnection = connect(
            f"ws://localhost:{port}/_stcore/stream",
            additional_headers={"Cookie": cookie},
            subprotocols=["streamlit"],  # type: ignore[list-item]
            max_size=None,
        )

    def open_page(self, page_name: str, query_string: str = "") -> tuple[float, int]:
        """Open a page by its address; return the wall seconds until it was drawn and the bytes received."""
        began = time.perf_counter()
        message = BackMsg()
        message.rerun_script.page_name = page_name
        message.rerun_script.query_string = query_string
        self._connection.send(message.SerializeToString())
        received = 0
        while True:
            raw = self._connection.recv(timeout=ANSWER_SECONDS)
            received += len(raw)
            answer = ForwardMsg()
            answer.ParseFromString(raw if isinstance(raw, bytes) else raw.encode())
            if answer.delta.new_element.HasField("exception"):
                raise PageFailedError(answer.delta.new_element.exception.type)
            if answer.WhichOneof("type") == "script_finished" and not self._goes_on(answer):
                return time.perf_counter() - began, received

    @staticmethod
    def _goes_on(answer: ForwardMsg) -> bool:
        return answer.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
