"""The log: a line with time, level, source and the number of the request, and nobody's data, whoever writes it.

Held where records are made, not where they are written: no library's own logger or handler gets around it.
"""

import logging
import os
import sys
import threading
import traceback
from collections.abc import Mapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any

import streamlit.logger

from school.errors import CannotOpen
from server.http.numbers import number_if_known
from server.http.replacing import replace

# Where the log is kept, if not on the standard output, for systemd or Docker to keep; megabytes a file, and files.
FILE, MEGABYTES, FILES = "SCHOOL_LOG", "SCHOOL_LOG_MEGABYTES", "SCHOOL_LOG_FILES"
DEFAULT_MEGABYTES, DEFAULT_FILES = 10, 10
FORM = "%(asctime)s %(levelname)s %(name)s [%(number)s] %(message)s"
# These write kinds, numbers and places only, never what people typed or what the store holds: their texts stand as they are.
OWN = ("school", "server", "pages", "pipelines", "models", "demo", "app", "__main__")


class RecordWithoutValues(logging.LogRecord):
    """A record of the log without what an error or a library's sentence may hold of people."""

    def __init__(self, *args: Any, **named: Any) -> None:
        """Make a record as ``logging`` does, then take the values out of it."""
        super().__init__(*args, **named)
        self.number = number_if_known()
        problem = self.exc_info[1] if self.exc_info else None
        if not _is_own(self.name):
            self.msg, self.args = _pattern(self), None
        if problem is not None:
            self.msg = f"{self.getMessage()}\n{traceback_without_values(problem)}"
            self.args = self.exc_info = None
        self.stack_info = None


def traceback_without_values(problem: BaseException) -> str:
    """Return an exception's kind and where it was raised, and the same of its causes, but not its text."""
    cause = problem.__cause__ or problem.__context__
    earlier = traceback_without_values(cause) + "\n" if cause is not None else ""
    places = traceback.extract_tb(problem.__traceback__)
    return f"{earlier}{''.join(traceback.format_list(places))}{type(problem).__name__}"


def _is_own(name: str) -> bool:
    return name.partition(".")[0] in OWN


def _pattern(record: logging.LogRecord) -> str:
    """Return a library's sentence with its blanks left blank; where it was filled in already, only where it stands."""
    if record.args and isinstance(record.msg, str):
        return record.msg.rstrip()
    return f"{Path(record.pathname).name}:{record.lineno} {record.funcName}"


def set_up_logs(environment: Mapping[str, str] = os.environ) -> None:
    """Write one log of this process; raises CannotOpen where its file cannot be written or a setting is wrong."""
    logging.setLogRecordFactory(RecordWithoutValues)
    handler = _handler(environment)
    handler.setFormatter(logging.Formatter(FORM))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Streamlit and uvicorn write by handlers of their own, in forms of their own.
    for name in [*logging.root.manager.loggerDict]:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    replace(streamlit.logger, "setup_formatter", lambda logger: setattr(logger, "propagate", True))
    for name in OWN:
        logging.getLogger(name).setLevel(logging.INFO)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    # uvicorn writes down each request, its query too, wherever this one leads to a handler.
    logging.getLogger("uvicorn.access").propagate = False
    logging.captureWarnings(True)
    threading.excepthook = _note_thread
    sys.unraisablehook = _note_unraisable


def check_log(environment: Mapping[str, str] = os.environ) -> None:
    """Raise CannotOpen, in words, where the log could not be written; a file that is not there yet is made."""
    _handler(environment).close()


def _handler(environment: Mapping[str, str]) -> logging.Handler:
    path = environment.get(FILE)
    if not path:
        return logging.StreamHandler(sys.stdout)
    size = _number(environment, MEGABYTES, DEFAULT_MEGABYTES) * 1024 * 1024
    files = _number(environment, FILES, DEFAULT_FILES)
    try:
        return _PrivateFile(path, maxBytes=size, backupCount=files, encoding="utf-8")
    except OSError as problem:
        raise CannotOpen(
            f"Журнал работы не пишется в {path} ({problem.strerror}). Создайте папку и дайте к ней доступ пользователю, "
            f"от имени которого работает программа, или уберите {FILE}: записи пойдут на вывод службы."
        ) from problem


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and int(text)):
        raise CannotOpen(
            f"{name} — целое число больше нуля, а «{text}» так не читается. Исправьте его или уберите."
        )
    return int(text)


class _PrivateFile(RotatingFileHandler):
    """A file that only the program's own user reads, and those it was before."""

    def _open(self) -> Any:
        descriptor = os.open(self.baseFilename, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        os.fchmod(descriptor, 0o600)
        return os.fdopen(descriptor, self.mode, encoding=self.encoding)


def _note_thread(ended: threading.ExceptHookArgs) -> None:
    name = ended.thread.name if ended.thread else "?"
    _note("A thread ended: %s", name, ended.exc_value)


def _note_unraisable(ended: "sys.UnraisableHookArgs") -> None:
    _note("An error that nobody could catch: %s", "in a destructor", ended.exc_value)


def _note(text: str, what: str, problem: BaseException | None) -> None:
    cause: tuple[type[BaseException], BaseException, TracebackType | None] | None = (
        None if problem is None else (type(problem), problem, problem.__traceback__)
    )
    logging.getLogger("server.logs").error(text, what, exc_info=cause)
