"""How somebody wants the register to look, as their browser keeps it: a plain cookie that each document reads before it is drawn."""

from functools import cache
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response

from school.sign_in.rules.view import View, view_of, view_words

HERE = Path(__file__).parent
VIEW_COOKIE, VIEW_PLACE = "school_view", "/family/view"
# The longest that browsers keep a cookie.
VIEW_SECONDS = 400 * 24 * 3600


@cache
def view_script() -> str:
    """Return the script that puts the view on a document: it stands before anything that is drawn, so nothing flickers."""
    return (HERE / "view.js").read_text(encoding="utf-8")


@cache
def view_style() -> str:
    """Return the style sheet of views for the staff's screens."""
    return (HERE / "view.css").read_text(encoding="utf-8")


def this_view() -> View:
    """Return the view that this tab's browser kept when it connected."""
    return view_of(kept_words())


def kept_words() -> str | None:
    """Return the view's cookie as this tab's browser sent it."""
    return st.context.cookies.get(VIEW_COOKIE)


def keep_view(answer: Response, request: Request, view: View | None, *, is_own: bool) -> None:
    """Let the browser keep a view, ``is_own`` where it came from an account; None: the usual one again."""
    answer.set_cookie(
        VIEW_COOKIE,
        view_words(view, is_own=is_own) if view else "",
        max_age=VIEW_SECONDS if view else 0,
        path="/",
        # The document's script reads it; it opens nothing.
        httponly=False,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
