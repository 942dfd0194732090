"""How what a page draws reaches its browser: a few deliveries a page instead of one for each element.

Streamlit wakes the event loop twice for each element, looks through all visitors, and writes to the socket: together
that costs more than most pages' scripts. Here the elements of a page are gathered for a moment and go out as one
write; the order and the messages themselves are Streamlit's. A file that could not be made says so in Russian under its button.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from functools import cache
from typing import Any, cast

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session, get_instance
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import ScriptRunnerEvent
from streamlit.runtime.session_manager import SessionClientDisconnectedError
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from server.http.replacing import replace
from server.own_threads import entries

# Nobody sees that the first elements of a page come so much later; most pages are drawn within it.
SECONDS_GATHERED = 0.05
# Beside sixty people who type an entry is nearly always in hand: a page gives way to them for so long and no longer.
SECONDS_GIVING_WAY = 0.15
_GATHERED = ScriptRunnerEvent.ENQUEUE_FORWARD_MSG


class Outbox:
    """What one visitor's scripts draw, on its way to the browser in the order in which it came."""

    def __init__(self, session: AppSession) -> None:
        """Begin with nothing to send."""
        self._session = session
        self._events: deque[tuple[ScriptRunnerEvent, tuple[Any, ...], dict[str, Any]]] = deque()
        self._is_due = False
        self._may_give_way = SECONDS_GIVING_WAY

    def put(self, event: ScriptRunnerEvent, arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
        """Take an event from any thread: an element waits for others, the start or the end of a script takes all along."""
        if event is _GATHERED:
            self._may_give_way -= entries.go_first(self._may_give_way)
        else:
            self._may_give_way = SECONDS_GIVING_WAY
        self._events.append((event, arguments, named))
        if event is not _GATHERED:
            self._wake(self.deliver)
        elif not self._is_due:
            self._is_due = True
            self._wake(lambda: self._session._event_loop.call_later(SECONDS_GATHERED, self.deliver))

    def deliver(self) -> None:
        """Send what has been gathered. An element that comes meanwhile is taken along or asks for the next delivery."""
        session = self._session
        self._is_due = False
        # Streamlit would look through all visitors for each message; what follows sends those of this one.
        wake, session._message_enqueued_callback = session._message_enqueued_callback, None
        try:
            while self._events:
                event, arguments, named = self._events.popleft()
                if event is _GATHERED:
                    self._enqueue(*arguments, **named)
                else:
                    session._handle_scriptrunner_event_on_event_loop(*arguments, **named)
        finally:
            session._message_enqueued_callback = wake
        _send(session)

    def _enqueue(self, sender: Any, _event: ScriptRunnerEvent, forward_msg: ForwardMsg) -> None:
        """Take an element along, as Streamlit does after asking of each whether it is the start or the end of a script."""
        if sender is self._session._scriptrunner:
            self._session._browser_queue.enqueue(forward_msg)

    def _wake(self, callback: Callable[[], Any]) -> None:
        loop = self._session._event_loop
        try:
            loop.call_soon_threadsafe(callback)
        except RuntimeError:
            # The server has stopped; nobody waits for the page.
            if not loop.is_closed():
                raise


def _send(session: AppSession) -> None:
    """Hand a visitor's messages to their connection; without one they wait for its return."""
    runtime = get_instance()
    visitor = runtime._session_mgr.get_active_session_info(session.id)
    if visitor is None:
        return
    try:
        for message in session.flush_browser_queue():
            runtime._send_message(visitor, message)
    except SessionClientDisconnectedError:
        runtime.disconnect_session(session.id, client=visitor.client)
    else:
        session.on_flushed_messages_sent()


class OneWrite:
    """A socket's transport that sends what is written within one step of the event loop by one call of the system."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        """Write to a transport from its own event loop."""
        self._transport, self._loop = transport, loop
        self._written: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        """Everything but writing and closing is the transport's own."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send data at the end of this step."""
        if not self._written:
            self._loop.call_soon(self._send)
        self._written.append(data)

    def close(self) -> None:
        """Send what is left and close."""
        self._send()
        self._transport.close()

    def _send(self) -> None:
        written, self._written = self._written, []
        if written:
            self._transport.write(b"".join(written))


def deliver_in_batches() -> None:
    """Gather the elements of all pages of this process; to be called once, before the first visitor."""
    connect = WebSocketsSansIOProtocol.connection_made

    def take(self: AppSession, sender: Any, event: ScriptRunnerEvent, *rest: Any, **named: Any) -> None:
        outbox = vars(self).get("outbox") or vars(self).setdefault("outbox", Outbox(self))
        outbox.put(event, (sender, event, *rest), named)

    def connected(self: WebSocketsSansIOProtocol, transport: asyncio.Transport) -> None:
        connect(self, cast(asyncio.Transport, OneWrite(transport, self.loop)))

    replace(AppSession, "_on_scriptrunner_event", take)
    replace(WebSocketsSansIOProtocol, "connection_made", connected)


def begin_pages_from_memory() -> None:
    """Make once what opens each rerun: the theme once a process, the menu and the settings once a visitor.

    Made anew each time they are a sixth of what a page costs. To be called once, before the first visitor.
    """
    populate, create = app_session._populate_theme_msg, AppSession._create_new_session_message

    @cache
    def theme(section: str) -> CustomThemeConfig:
        made = CustomThemeConfig()
        populate(made, section)
        return made

    def themed(message: CustomThemeConfig, section: str = "theme") -> None:
        if theme(section).ByteSize():
            message.MergeFrom(theme(section))

    def begun(
        self: AppSession, page_script_hash: str, run: Any, pages: dict[str, Any] | None = None
    ) -> ForwardMsg:
        shown = (*(pages or self._pages_manager.get_pages()), self._run_on_save)
        known: tuple[Any, ForwardMsg] | None = vars(self).get("begun")
        if known is None or known[0] != shown:
            known = shown, create(self, page_script_hash, run, pages)
            vars(self)["begun"] = known
        message = ForwardMsg()
        message.CopyFrom(known[1])
        message.ClearField("metadata")
        app_session._set_run_identity(message, run)
        message.new_session.page_script_hash = page_script_hash
        status = message.new_session.initialize.session_status
        status.script_is_running = self._state == app_session.AppSessionState.APP_IS_RUNNING
        return message

    replace(app_session, "_populate_theme_msg", themed)
    replace(AppSession, "_create_new_session_message", begun)
