"""Unexpected errors: a calm sentence with a number for people, a traceback without anybody's data for the log."""

import logging

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse

from school.errors import Refusal
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
        st.error(as_typed(fault_text(note_fault(problem))))
    return True


async def answer_fault(_request: Request, problem: Exception) -> JSONResponse:
    """Answer an HTTP request that failed unexpectedly."""
    return JSONResponse({"error": "fault", "message": fault_text(note_fault(problem))}, 500)


def fault_text(number: str) -> str:
    """Return what a person reads about an unexpected error."""
    return (
        "Страница не открылась из-за ошибки в программе. Сохранённые записи целы. "
        f"Обновите страницу; если ошибка повторится, сообщите администратору журнала № {number}."
    )


def note_fault(problem: BaseException) -> str:
    """Log an exception under the number of its request and return the number."""
    number = request_number()
    recent_errors.note(type(problem).__name__)
    log.error("Fault %s\n%s", number, traceback_without_values(problem))
    return number
