"""Reading what an insight page shows."""

from streamlit.testing.v1 import AppTest


def plain(text: str) -> str:
    """Return a text with every kind of space made an ordinary one."""
    return " ".join(text.split())


def figures(app_test: AppTest) -> dict[str, str]:
    """Return the figures at the head of a page by their titles."""
    return {metric.label: plain(metric.value) for metric in app_test.metric}


def column(app_test: AppTest, title: str) -> list[object]:
    """Return a column of the page's first table that has it."""
    return next(list(table.value[title]) for table in app_test.dataframe if title in table.value)


def choice(app_test: AppTest, label: str) -> object:
    """Return what a select box stands at; None where there is no such box."""
    return next((box.value for box in app_test.selectbox if box.label == label), None)
