"""Paths of the office's pages, and what their tests press."""

from typing import Any

from streamlit.testing.v1 import AppTest

CLASS_LISTS, USERS, EVENTS, EXCHANGE = (
    f"pages/{path}.py" for path in ("people/class_lists", "people/users", "audit/events", "extracts/exchange")
)


def button(page: AppTest, label: str) -> Any:
    return next(button for button in page.button if button.label == label)
