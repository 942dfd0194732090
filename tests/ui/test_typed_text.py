"""Typed words are shown as they are, whatever Markdown or plotly would make of them (a real browser: tests/browser)."""

import pytest
from markdown_it import MarkdownIt
from typed_texts import TYPED

from pages.ui.charts import blank
from pages.ui.drawing import as_plotly
from pages.ui.typed_text import as_typed, in_line

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
# What splits a text in two pieces and shows nothing (server.typed_text).
APART = ":color[]"

ESCAPED = [
    ("Забыл тетрадь (дома). Иванова Анна-Мария, 5-А", "Забыл тетрадь (дома). Иванова Анна-Мария, 5-А"),
    ("- 1. # > + списки", r"\- 1. # > + списки"),
    ("*a* _b_ ~c~ `d`", r"\*a\* \_b\_ \~c\~ \`d\`"),
    ("<b> &amp; $x$ {w} | & Co", r"\<b> \&amp; \$x\$ \{w\} \| & Co"),
    (":smile:", r"\::color[]smile:"),
    ("10:30, срок: завтра", r"10\::color[]30, срок: завтра"),
    ("www.ya.ru a@b.c", "www:color[].ya.ru a@:color[]b.c"),
    ("1. раз", r"1\. раз"),
    ("Итоги\n\n===", "Итоги  \n&nbsp;  \n\\==="),
    ("  отступ", "&nbsp;&nbsp;отступ"),
    ("\\", r"\\"),
]


@pytest.mark.parametrize(("typed", "markdown"), ESCAPED)
def test_only_the_signs_that_mean_something_where_they_stand_are_escaped(typed: str, markdown: str) -> None:
    assert as_typed(typed) == markdown


@pytest.mark.parametrize("typed", TYPED)
@pytest.mark.parametrize("around", ["{}", "**{}**", "- {}", "**{}**, {}\n"])
def test_markdown_makes_nothing_of_what_was_typed(typed: str, around: str) -> None:
    words = as_typed(typed)
    made = _read(around.replace("{}", words))
    assert made == _read(around.replace("{}", "слово")).replace("слово", _plain(typed))


def _read(markdown: str) -> str:
    """Return the HTML of Markdown without line ends."""
    html = READER.render(markdown.replace(APART, ""))
    for made, plain in (("<br />\n", "\n"), ("\xa0", "")):
        html = html.replace(made, plain)
    return " ".join(html.split())


def _plain(typed: str) -> str:
    escaped = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return " ".join(escaped.split())


def test_a_cell_of_a_table_stays_a_line() -> None:
    assert in_line("раз\n- два | три") == r"раз - два \| три"


def test_plotly_makes_nothing_of_what_was_typed() -> None:
    figure = blank(100).add("bar", name="<b>x</b>", x=["a\nb", "&amp;"], customdata=[["<i>", 5]], y=[1, 2])
    figure.update_yaxes(ticktext=["<br>"], tickvals=[0])
    drawn = as_plotly(figure).to_dict()
    (bars,) = drawn["data"]
    assert bars["name"] == "&lt;b&gt;x&lt;/b&gt;"
    assert bars["x"] == ["a<br>b", "&amp;amp;"]
    assert bars["customdata"] == [["&lt;i&gt;", 5]]
    assert drawn["layout"]["yaxis"]["ticktext"] == ["&lt;br&gt;"]
