"""Files on their way in: only from a signed-in holder's tab whose page asks for one, and only so much of a person at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import streamlit as st
from streamlit import runtime

from server.http.tabs import sessions_of, tab_of
from server.session import user_of_secret

# What one person's tabs may hold in memory before it is loaded: three of the largest files.
LARGEST_AT_ONCE = 3
NO_SESSION = "Вы вышли из журнала. Войдите и выберите файл снова."
NOT_ASKED = "Эта страница не ждёт файла. Обновите страницу и выберите файл снова."
TOO_MUCH = "Слишком много файлов сразу. Загрузите выбранные раньше или уберите их, потом выберите этот снова."
TOO_LARGE = "Файл слишком велик. Разделите его на части или уберите лишнее и выберите снова."

_on_the_way: dict[int, int] = {}


def largest_bytes() -> int:
    """Return how large a file may be, in bytes."""
    return int(st.get_option("server.maxUploadSize")) * 1024 * 1024


@dataclass
class Upload:
    """A file that a browser begins to send or takes back; ``size`` is what it says of itself, in bytes, if anything."""

    session_id: str
    file_id: str
    is_removal: bool
    size: int | None
    _user_id: int | None = field(default=None, init=False)
    _reserved: int = field(default=0, init=False)

    def refusal(self, secret: str | None) -> tuple[str, int] | None:
        """Return why it is not taken, in words and as a status of HTTP, or None: then its room is reserved until it ends."""
        tab = tab_of(self.session_id)
        user = user_of_secret(secret)
        if tab is None or user is None or tab.holder.secret != secret:
            return NO_SESSION, 401
        if tab.holder.user != user or not tab.takes_files:
            return NOT_ASKED, 403
        if self.is_removal:
            return None
        if (self.size or 0) > largest_bytes():
            return TOO_LARGE, 413
        size = largest_bytes() if self.size is None else self.size
        if held_by(user.user_id) + _on_the_way.get(user.user_id, 0) + size > most_bytes():
            return TOO_MUCH, 413
        self._user_id, self._reserved = user.user_id, size
        _on_the_way[user.user_id] = _on_the_way.get(user.user_id, 0) + size
        return None

    def end(self) -> None:
        """Give back the room that was reserved for the way."""
        if self._user_id is None:
            return
        left = _on_the_way[self._user_id] - self._reserved
        if left:
            _on_the_way[self._user_id] = left
        else:
            del _on_the_way[self._user_id]


@contextmanager
def begin_upload(upload: Upload) -> Iterator[Upload]:
    """Have an upload in hand until the block ends."""
    try:
        yield upload
    finally:
        upload.end()


def most_bytes() -> int:
    """Return how much of one person's files may be in memory, in bytes."""
    return LARGEST_AT_ONCE * largest_bytes()


def held_by(user_id: int) -> int:
    """Return how many bytes of a person's files wait in memory to be loaded."""
    files = runtime.get_instance().uploaded_file_mgr.file_storage  # type: ignore[attr-defined]
    return sum(len(file.data) for each in sessions_of(user_id) for file in list(files.get(each, {}).values()))
