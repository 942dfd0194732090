"""Unexpected errors: a calm sentence with a number for people, a traceback without anybody's data for the log."""

import logging

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse

from school.errors import KeptFileLost, Refusal, StoreUnavailable
from server.http.numbers import request_number
from server.logs import traceback_without_values
from server.state.errors import recent_errors
from server.typed_text import as_typed

log = logging.getLogger(__name__)


def show_fault(problem: Exception) -> bool:
    """Show a refusal as it is and anything else as a numbered error; True: Streamlit need not show it."""
    if isinstance(problem, Refusal):
        st.warning(as_typed(str(problem)))
    else:
        st.error(as_typed(words_of_fault(problem)))
    return True


async def answer_fault(_request: Request, problem: Exception) -> JSONResponse:
    """Answer an HTTP request that failed unexpectedly; 507 or 503 where nothing can be saved now."""
    if isinstance(problem, StoreUnavailable):
        return JSONResponse(*unavailable_answer(problem))
    return JSONResponse({"error": "fault", "message": words_of_fault(problem)}, 500)


def unavailable_answer(problem: StoreUnavailable) -> tuple[dict[str, str], int]:
    """Return what a script is told while the store takes nothing, with the status: 507 for a full disk, else 503."""
    return {"error": "unavailable", "message": str(problem)}, 507 if problem.is_full else 503


def words_of_fault(problem: BaseException) -> str:
    """Log an unexpected error under a number and return what a person reads: what is lost is never called safe."""
    number = note_fault(problem)
    return lost_file_text(number) if isinstance(problem, KeptFileLost) else fault_text(number)


def fault_text(number: str) -> str:
    """Return what a person reads about an unexpected error."""
    return (
        "Страница не открылась из-за ошибки в программе. Сохранённые записи целы. "
        f"Обновите страницу; если ошибка повторится, сообщите администратору журнала № {number}."
    )


def lost_file_text(number: str) -> str:
    """Return what a person reads where a kept file is gone or no longer what was stored."""
    return (
        f"Файла больше нет на сервере или он повреждён (№ {number}). Попросите того, кто его приложил, приложить файл "
        "снова; администратор журнала может вернуть его из резервной копии: сообщите ему номер."
    )


def note_fault(problem: BaseException) -> str:
    """Log an exception under the number of its request and return the number."""
    number = request_number()
    recent_errors.note(type(problem).__name__)
    log.error("Fault %s\n%s", number, traceback_without_values(problem))
    return number
