"""A file that could not be made says so in Russian under its button: Streamlit's own words are English."""

import asyncio

from streamlit.proto.BackMsg_pb2 import BackendOperationRequest
from streamlit.proto.ForwardMsg_pb2 import BackendOperationResponse, DeferredFileResponsePayload
from streamlit.runtime.backend_operation_handler import DeferredFileHandler

from school.errors import Refusal
from server.faults import note_fault


async def _answer(
    self: DeferredFileHandler, request: BackendOperationRequest, session_id: str
) -> BackendOperationResponse:
    try:
        make = self._get_media_file_mgr().execute_deferred
        url = await asyncio.to_thread(make, request.deferred_file.file_id)
    except Exception as problem:
        return BackendOperationResponse(request_id=request.request_id, error_msg=download_words(problem))
    payload = DeferredFileResponsePayload(url=url)
    return BackendOperationResponse(request_id=request.request_id, deferred_file=payload)


def download_words(problem: Exception) -> str:
    """Return what a person reads where a file was not made: a refusal as it is, anything else under a number in the log."""
    if isinstance(problem, Refusal):
        return str(problem)
    return (
        f"Файл не сделан из-за ошибки в программе (№ {note_fault(problem)}). Обновите страницу и скачайте снова; "
        "если ошибка повторится, сообщите номер администратору журнала."
    )


def speak_of_failed_downloads() -> None:
    """Let every download of this process that fails speak Russian."""
    DeferredFileHandler.handle = _answer  # type: ignore[method-assign]
