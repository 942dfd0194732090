"""A file that could not be made says so in Russian under its button."""

import asyncio
import logging

import pytest
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest
from streamlit.runtime.backend_operation_handler import DeferredFileHandler

from school.errors import Refusal
from server.delivery import speak_of_failed_downloads


class Files:
    """Streamlit's files, of which making any fails."""

    def __init__(self, problem: Exception) -> None:
        self.problem = problem

    def execute_deferred(self, _file_id: str) -> str:
        raise self.problem


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (
            Refusal("Документ для Word не сделан.", next_step="Возьмите PDF."),
            "Документ для Word не сделан. Возьмите PDF.",
        ),
        (ValueError("Яковлев"), "Файл не сделан из-за ошибки в программе (№ "),
    ],
)
def test_a_failed_download_speaks_russian(
    problem: Exception, words: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(DeferredFileHandler, "handle", DeferredFileHandler.handle)
    speak_of_failed_downloads()
    request = BackendOperationRequest(request_id="1")
    handler = DeferredFileHandler(lambda: Files(problem))  # type: ignore[arg-type, return-value]
    with caplog.at_level(logging.ERROR):
        answer = asyncio.run(handler.handle(request, "session"))
    assert answer.error_msg.startswith(words)
    assert "Яковлев" not in answer.error_msg + caplog.text
