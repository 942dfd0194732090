"""Files on their way out: whoever fetches one is asked again who they are and what they may.

Streamlit makes a file when its button is pressed, by a function that a page left behind, and gives it to whoever knows its
address. Here each is bound to the session and the rights for which the page was drawn.
"""

import asyncio
from typing import Any
from urllib.parse import urlsplit

from streamlit import runtime
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import BackendOperationResponse, ForwardMsg
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.backend_operation_handler import DeferredFileHandler
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.scriptrunner import get_script_run_ctx

from school.errors import Refusal
from server.faults import fault_text, note_fault
from server.http.replacing import replace
from server.http.tabs import Holder, tab_of
from server.session import user_of_secret

REVOKED = "Файл не отдан: вы вышли из журнала или ваши права изменились. Обновите страницу и скачайте снова."
# What a browser may ask of its tab. «clear_cache» would empty everybody's; the others are for those who write the program.
MESSAGES = {"rerun_script", "stop_script", "app_heartbeat", "file_urls_request", "backend_operation_request"}
OPERATIONS = {"deferred_file", "dataframe_chunk"}

# By the id of a file, made or to be made: the same content made for two people has one id.
_made_for: dict[str, set[Holder]] = {}


def may_fetch(file_id: str, secret: str | None) -> bool:
    """Whether the holder of a session's secret may have a file now: it was made for them, with the rights that they have."""
    mine = [each for each in list(_made_for.get(file_id, ())) if each.secret == secret]
    return any(_is_current(each) for each in mine)


def _is_current(holder: Holder) -> bool:
    return user_of_secret(holder.secret) == holder.user


def check_downloads() -> None:
    """Ask again before each download and each request beside a page; to be called once, before the first visitor."""
    add, defer, drop = MediaFileManager.add, MediaFileManager.add_deferred, MemoryMediaFileStorage.delete_file
    drop_deferred = MediaFileManager._drop_deferred_id

    def added(self: MediaFileManager, *args: Any, **named: Any) -> str:
        address = add(self, *args, **named)
        _note(file_of(address), _holder_of_run())
        return address

    def deferred(self: MediaFileManager, *args: Any, **named: Any) -> str:
        file_id = defer(self, *args, **named)
        _note(file_id, _holder_of_run())
        return file_id

    def dropped(self: MemoryMediaFileStorage, file_id: str) -> None:
        _made_for.pop(file_id, None)
        drop(self, file_id)

    def dropped_deferred(self: MediaFileManager, file_id: str) -> None:
        _made_for.pop(file_id, None)
        drop_deferred(self, file_id)

    replace(MediaFileManager, "add", added)
    replace(MediaFileManager, "add_deferred", deferred)
    replace(MemoryMediaFileStorage, "delete_file", dropped)
    replace(MediaFileManager, "_drop_deferred_id", dropped_deferred)
    replace(DeferredFileHandler, "handle", _make_in_thread)
    _answer_only_what_pages_ask()


def _answer_only_what_pages_ask() -> None:
    handle, operate = AppSession.handle_backmsg, AppSession._handle_backend_operation_request

    def handled(self: AppSession, message: BackMsg) -> None:
        if message.WhichOneof("type") in MESSAGES:
            handle(self, message)

    async def operated(self: AppSession, request: Any) -> None:
        tab = tab_of(self.id)
        is_asked = request.WhichOneof("payload") in OPERATIONS
        if is_asked and tab is not None and await asyncio.to_thread(_is_current, tab.holder):
            await operate(self, request)
            return
        refusal = ForwardMsg()
        refusal.backend_operation_response.request_id = request.request_id
        refusal.backend_operation_response.error_msg = REVOKED
        self._enqueue_forward_msg(refusal)

    replace(AppSession, "handle_backmsg", handled)
    replace(AppSession, "_handle_backend_operation_request", operated)


async def _make_in_thread(self: DeferredFileHandler, request: Any, session_id: str) -> Any:
    """Make a file in the place of Streamlit's handler: it tells a failure in English, and asks nobody who they are."""
    answer = BackendOperationResponse(request_id=request.request_id)
    try:
        made = await asyncio.to_thread(
            _make, self._get_media_file_mgr(), request.deferred_file.file_id, session_id
        )
    except Refusal as refusal:
        answer.error_msg = str(refusal)
    except Exception as problem:
        answer.error_msg = fault_text(note_fault(problem))
    else:
        answer.deferred_file.url = made
    return answer


def _make(files: MediaFileManager, file_id: str, session_id: str) -> str:
    """Return the address of a file, made now; raises Refusal for whom it is not, and what its making raises."""
    entry = files._deferred_callables.get(file_id)
    holders = [each for each in list(_made_for.get(file_id, ())) if _is_current(each)]
    if entry is None or entry["session_id"] != session_id or not holders:
        raise Refusal(REVOKED)
    try:
        address = files.execute_deferred(file_id)
    except MediaFileStorageError as problem:
        if isinstance(problem.__cause__, Refusal):
            raise problem.__cause__ from None
        raise
    for each in holders:
        _note(file_of(address), each)
    return address


def _note(file_id: str, holder: Holder | None) -> None:
    if holder is not None:
        _made_for.setdefault(file_id, set()).add(holder)


def _holder_of_run() -> Holder | None:
    context = get_script_run_ctx()
    tab = tab_of(context.session_id) if context and runtime.exists() else None
    return None if tab is None else tab.holder


def file_of(address: str) -> str:
    """Return the id of the file at an address of Streamlit's."""
    return urlsplit(address).path.rpartition("/")[2].partition(".")[0]
