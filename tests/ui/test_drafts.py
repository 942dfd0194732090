"""What is typed is kept or said to be unsaved on every page: in a form, in a typed table with its draft, or in a text of its own.

``server/scripts/unsaved.js`` looks after every form, every text of several lines, and a line of text whose key begins with
``typed_``; tests/browser/test_unsaved_journey.py types into them.
"""

from pathlib import Path
from typing import Any

import pytest
from screens import ROOT, open_page
from small_school import NAMES, People
from streamlit.testing.v1 import AppTest

from school.store.connection import Store
from server.menu import menu_rows

pytestmark = pytest.mark.usefixtures("school_screens")
# Lines of text outside of a form that search or choose: nothing of them is to be saved.
SEARCHES = {"Фамилия, имя", "Фамилия ученика", "Найти", "Поиск", "Имя или логин содержит"}
LINES = ("text_input", "number_input")


@pytest.fixture
def school_store(common_store: Store) -> Store:
    """The small school, at which all these tests only look."""
    return common_store


def _loose_lines(page: AppTest) -> set[str]:
    """Return the labels of lines of text that neither a form nor their key gives to ``unsaved.js``."""
    lines: list[Any] = [line for kind in LINES for line in page.get(kind)]
    return {
        line.label for line in lines if not line.proto.form_id and not (line.key or "").startswith("typed_")
    }


def test_every_page_keeps_what_is_typed(people: People) -> None:
    seen: set[str] = set()
    tables = 0
    for name in NAMES:
        user = getattr(people, name)
        for row in menu_rows(user):
            if row.path in seen:
                continue
            seen.add(row.path)
            page = open_page(row.path, user)
            assert _loose_lines(page) - SEARCHES == set(), row.path
            drafts = {button.key for button in page.button if (button.key or "").startswith("keep_draft_")}
            typed = [table.proto for table in page.dataframe if table.proto.editing_mode]
            assert all(table.form_id for table in typed), row.path
            assert len(typed) == len(drafts), row.path
            tables += len(typed)
    assert len(seen) > 60
    assert tables


def test_tables_are_typed_into_by_the_one_way_that_keeps_drafts() -> None:
    own = Path("pages/ui/typing/typed_table.py")
    calls = [
        path.relative_to(ROOT)
        for path in (ROOT / "pages").rglob("*.py")
        if "st.data_editor(" in path.read_text(encoding="utf-8")
    ]
    assert calls == [own]
