"""Unexpected errors: a calm sentence with a number for people, a traceback without anybody's data for the log."""

import logging
import secrets
import traceback

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse

from school.errors import KeptFileLost, Refusal, StoreUnavailable
from server.typed_text import as_typed

log = logging.getLogger("school.faults")
# These write the text of an exception, in which the values of a failed query may stand.
TALKATIVE_LOGGERS = ("streamlit.error_util", "uvicorn.error", "asyncio")


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
        f"Страница не открылась из-за ошибки в программе (№ {number}). Сохранённые записи целы. "
        "Обновите страницу; если ошибка повторится, сообщите номер администратору журнала."
    )


def lost_file_text(number: str) -> str:
    """Return what a person reads where a kept file is gone or no longer what was stored."""
    return (
        f"Файла больше нет на сервере или он повреждён (№ {number}). Попросите того, кто его приложил, приложить файл "
        "снова; администратор журнала может вернуть его из резервной копии: сообщите ему номер."
    )


def note_fault(problem: BaseException) -> str:
    """Log an exception under a fresh number and return the number."""
    number = f"{secrets.randbelow(900) + 100}-{secrets.randbelow(900) + 100}"
    log.error("Fault %s\n%s", number, traceback_without_values(problem))
    return number


def traceback_without_values(problem: BaseException) -> str:
    """Return an exception's kind and where it was raised, and the same of its causes, but not its text."""
    cause = problem.__cause__ or problem.__context__
    earlier = traceback_without_values(cause) + "\n" if cause is not None else ""
    return f"{earlier}{''.join(traceback.format_tb(problem.__traceback__))}{type(problem).__name__}"


class WithoutValues(logging.Filter):
    """Replaces the exception of a log record by a traceback without values."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record and keep it."""
        if record.exc_info and record.exc_info[1] is not None:
            record.msg = f"{record.msg}\n{traceback_without_values(record.exc_info[1])}"
            record.exc_info = None
        return True


def set_up_logs() -> None:
    """Date the log, and make the libraries leave out of it what people typed and what the store holds."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s: %(message)s"))
    logging.getLogger("school").addHandler(handler)
    for name in TALKATIVE_LOGGERS:
        logging.getLogger(name).addFilter(WithoutValues())
