"""Stored text has no way into Markdown but through ``as_typed``: mypy says so, and pages leave it no way round."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from markdown_plugin import SHOWN

ROOT = Path(__file__).resolve().parents[2]
BEGIN = """
from collections.abc import Sequence
from datetime import date
from typing import Any
import streamlit as st
from markupsafe import Markup
from pages.ui.charts import blank, show_chart
from school.numbers import counted
from server.typed_text import Markdown, as_typed

TITLES, FORMS = {1: "Один"}, ("урок", "урока", "уроков")
"""
SAMPLE = """
def sample{number}(title: Markdown, names: Sequence[str], typed: str, count: int, day: date, row: Any) -> None:
    {line}
"""
GOOD = [
    'st.markdown("Слова программы")',
    'st.markdown(f"**{as_typed(typed)}**: {count}, {day:%d.%m.%Y}, {counted(count, *FORMS)}, {title}")',
    'st.markdown(f"{row[0]:.1f} из {row[1]:d}")',
    'words = "много" if count > 5 else "мало"; st.info(words + TITLES[count])',
    'words = f" {as_typed(typed)}" if typed else ""; st.caption(f"Всего{words}")',
    'st.markdown("\\n".join(f"- {as_typed(name)}" for name in names))',
    'st.warning(" · ".join(map(as_typed, names)))',
    'st.pills("Что", names, format_func=as_typed)',
    "st.tabs([as_typed(name) for name in names])",
    'st.selectbox("Что", names); st.text_input("Имя", typed)',
    'st.html(Markup("<b>{}</b>").format(typed))',
    'show_chart("Слова", blank(count), "key")',
    'show_chart(Markdown(f"{as_typed(typed)}:"), blank(count), "key")',
    'show_chart(title, blank(count), "key")',
]
BAD = [
    "st.markdown(typed)",
    "st.html(typed)",
    'st.html(Markup(f"<b>{typed}</b>"))',
    'st.markdown(f"**{typed}**")',
    'st.columns(2)[0].caption("Тема: " + typed)',
    'words = f" {typed}"; st.info(words)',
    'words = "да"; words += typed; st.info(words)',
    'parts = ["да"]; parts.append(typed); st.info(" ".join(parts))',
    "if said := typed.strip(): st.info(said)",
    "for name in names: st.button(name)",
    'st.markdown("\\n".join(f"- {name}" for name in names))',
    'st.markdown("\\n".join(names))',
    "st.error(str(row))",
    'st.expander(row["title"])',
    'st.metric("Имя", typed)',
    'st.metric("Имя", 5, help=typed)',
    "st.tabs(list(names))",
    'st.radio("Что", names)',
    'st.pills("Что", names, format_func=lambda name: name.title())',
    'st.page_link("x.py", label=f"{typed}")',
    'st.column_config.TextColumn("Имя", help=typed)',
    "with st.popover(typed): pass",
    'st.markdown("<b>", unsafe_allow_html=True)',
    "st.html(as_typed(typed))",
    "Markdown(typed)",
    'show_chart(typed, blank(count), "key")',
    'show_chart(Markdown(f"{typed}:"), blank(count), "key")',
    'show_chart(f"{title} {typed}", blank(count), "key")',
]


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Those of GOOD and BAD that mypy refuses in a page."""
    page = tmp_path_factory.mktemp("page") / "page_of_samples.py"
    samples = [SAMPLE.format(number=number, line=line) for number, line in enumerate(GOOD + BAD)]
    page.write_text(BEGIN + "".join(samples), encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--no-error-summary", str(page)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.stderr == ""
    lines = page.read_text(encoding="utf-8").splitlines()
    numbers = {int(found.split(":")[1]) for found in run.stdout.splitlines() if ": error: " in found}
    return {lines[number - 1].strip() for number in numbers}


@pytest.mark.parametrize("line", GOOD)
def test_words_of_the_program_may_be_shown(line: str, refused: set[str]) -> None:
    assert line not in refused


@pytest.mark.parametrize("line", BAD)
def test_stored_text_may_not_be_shown_as_markdown(line: str, refused: set[str]) -> None:
    assert line in refused


def _trees() -> list[tuple[Path, ast.Module]]:
    scripts = [path for place in ("pages", "server") for path in (ROOT / place).rglob("*.py")]
    return [(path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))) for path in scripts]


def test_streamlit_is_called_where_mypy_sees_it() -> None:
    """``show = st.markdown; show(text)`` and ``getattr(st, "markdown")`` would be a way round."""
    loose = []
    for path, tree in _trees():
        called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        # A decorator is called with what it decorates: ``@st.fragment``.
        called |= {
            id(each)
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)
            for each in node.decorator_list
        }
        loose += [
            f"{path}:{node.lineno} {node.attr}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and node.attr in SHOWN
            and node.attr.islower()
            and id(node) not in called
            and ast.unparse(node.value) == "st"
        ]
    assert loose == []


def test_nobody_says_without_proof_that_a_text_is_markdown() -> None:
    """``cast`` and a silenced mypy would be another."""
    unproven = [
        f"{path}:{number}"
        for path, _ in _trees()
        for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(r"cast\(.?Markdown|is read as Markdown|type: ignore(?!\[)", line)
    ]
    assert unproven == []


def test_scripts_of_the_browser_write_text_and_never_html() -> None:
    scripts = [path for place in ("pages", "server") for path in (ROOT / place).rglob("*.js")]
    assert scripts
    assert [
        path.name
        for path in scripts
        if re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", path.read_text(encoding="utf-8")
        )
    ] == []
