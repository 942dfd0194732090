"""A file that a person brings: taken, read once however often the page runs, and put away when it is loaded."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any, TypeVar

import streamlit as st

from pages.ui.typed_text import NO_WORDS, Markdown, as_typed
from school.errors import Refusal
from school.files.source import SourceTable
from server.http.tabs import expect_files

Made = TypeVar("Made")
NOTE = "note_after_rerun"


def file_uploader(
    label: Markdown, types: str | Sequence[str], *, key: str, help: Markdown | None = None, **options: Any
) -> Any:
    """Show Streamlit's uploader and return its file, or None: only a tab that shows one may send a file."""
    expect_files()
    return st.file_uploader(label, type=types, key=key, help=help, **options)


def take_file(
    name: str,
    label: Markdown,
    types: str | Sequence[str],
    *,
    variant: str = "",
    help: Markdown | None = None,
    **options: Any,
) -> Any:
    """Show the uploader ``name`` and return its file, or None; without a file what was made of the last one is dropped.

    ``variant`` distinguishes uploaders of one name; ``options`` go to ``st.file_uploader``.
    """
    times = st.session_state.get(f"{name}_times", 0)
    uploaded = file_uploader(label, types, key=f"{name}_file-{variant}-{times}", help=help, **options)
    if uploaded is None:
        forget(name)
    return uploaded


def show_loading(
    name: str,
    label: Markdown,
    types: str | Sequence[str],
    read: Callable[[bytes], Made],
    words: Markdown,
    show: Callable[[Made, Any], None],
    **options: Any,
) -> None:
    """Take a file, show what is made of it, and let ``show``, which also gets the file, load it once the person agrees.

    ``words`` stand while it is read; ``options`` as for ``take_file``. A refusal is shown, and the file is read anew.
    """
    uploaded = take_file(name, label, types, **options)
    if uploaded is None:
        return
    try:
        show(once(name, "preview", uploaded.file_id, lambda: read(uploaded.getvalue()), words), uploaded)
    except Refusal as refusal:
        forget(name)
        st.error(as_typed(str(refusal)))


def read_upload(
    name: str,
    label: Markdown,
    types: str | Sequence[str],
    key: str,
    read: Callable[[bytes], Made],
    words: Markdown = NO_WORDS,
) -> Made | None:
    """Take a file and return what is made of it, once; None while there is none or it cannot be read."""
    upload = file_uploader(label, types, key=key)
    if upload is None:
        return None
    try:
        identity = (key, upload.file_id)
        return once(name, "rows", identity, lambda: read(upload.getvalue()), words, show_time=True)
    except Refusal as refusal:
        st.error(as_typed(str(refusal)))
        return None


def once(
    name: str,
    what: str,
    key: object,
    make: Callable[[], Made],
    words: Markdown = NO_WORDS,
    *,
    show_time: bool = False,
) -> Made:
    """Return what ``make`` gives: made when the key differs from last time's, with ``words``, if any, shown meanwhile."""
    slot = f"{name}:{what}"
    cached: tuple[object, Made] | None = st.session_state.get(slot)
    if cached is None or cached[0] != key:
        with st.spinner(words, show_time=show_time) if words else nullcontext():
            cached = (key, make())
        st.session_state[slot] = cached
    return cached[1]


def show_reading(table: SourceTable) -> None:
    """Say how much of a file was read, is empty, could not be read, and was left out."""
    for note in (table.words, *table.notes):
        st.caption(as_typed(note))


def forget(name: str, what: str = "") -> None:
    """Drop what was made of the file of an uploader: all of it, or one thing."""
    for slot in [each for each in st.session_state if str(each).startswith(f"{name}:{what}")]:
        del st.session_state[slot]


def finish(name: str, done: Markdown) -> None:
    """Put the loaded file away, say after the rerun what was done (``show_done``), and rerun."""
    note_done(name, done)
    st.session_state[f"{name}_times"] = st.session_state.get(f"{name}_times", 0) + 1
    forget(name)
    st.rerun()


def note_done(name: str, done: Markdown) -> None:
    """Remember what was done until ``show_done`` says it."""
    st.session_state[f"{name}_done"] = done


def show_done(name: str) -> None:
    """Say once what loading did."""
    done: Markdown | None = st.session_state.pop(f"{name}_done", None)
    if done:
        st.success(done)


def rerun_with(note: Markdown) -> None:
    """Remember what was done for after the rerun (``show_note``), and rerun."""
    st.session_state[NOTE] = note
    st.rerun()


def do_and_rerun(do: Callable[[], Markdown], words: Markdown = NO_WORDS) -> None:
    """Do it with ``words``, if any, shown meanwhile and rerun with the note it returns, or show why it cannot be done."""
    try:
        with st.spinner(words, show_time=True) if words else nullcontext():
            note = do()
    except Refusal as refusal:
        st.error(as_typed(str(refusal)))
    else:
        rerun_with(note)


def show_note() -> None:
    """Say once in a toast what the last action did."""
    note: Markdown = st.session_state.pop(NOTE, NO_WORDS)
    if note:
        st.toast(note, icon=":material/check:")
