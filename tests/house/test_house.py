"""Rules of the house that keep pages behind the sign-in, the school free of screens, and time in one place."""

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from server.menu import MENU

ROOT = Path(__file__).resolve().parents[2]
SCREENS = ("app.py", "pages", "server")
WITHOUT_SCREENS = ("school", "pipelines", "models", "demo")
CLOCK = Path("school/clock.py")
CLOCK_READS = {
    ("date", "today"),
    ("datetime", "now"),
    ("datetime", "today"),
    ("datetime", "utcnow"),
    ("time", "time"),
}


def _scripts(*places: str) -> Iterator[Path]:
    for place in places:
        path = ROOT / place
        found = [path] if path.is_file() else sorted(path.rglob("*.py"))
        yield from (script.relative_to(ROOT) for script in found)


@cache
def _tree(script: Path) -> ast.Module:
    return ast.parse((ROOT / script).read_text(encoding="utf-8"))


def _imported(script: Path) -> set[str]:
    modules = set()
    for node in ast.walk(_tree(script)):
        if isinstance(node, ast.Import):
            modules |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules.add(node.module.partition(".")[0])
    return modules


def test_no_loose_pages() -> None:
    """Streamlit serves pages/*.py by their address without running app.py, which signs people in."""
    assert list((ROOT / "pages").glob("*.py")) == []


def test_pages_scripts_make_no_classes() -> None:
    """A script runs for each visit: making a record's class again costs a twentieth of the page."""
    scripts = [row.file.relative_to(ROOT) for row in MENU]
    assert scripts
    assert [
        script
        for script in scripts
        if any(isinstance(node, ast.ClassDef) for node in ast.walk(_tree(script)))
    ] == []


def test_only_screens_import_streamlit() -> None:
    libraries = {"streamlit", "streamlit_authenticator", "starlette"}
    assert [script for script in _scripts(*WITHOUT_SCREENS) if _imported(script) & libraries] == []
    assert [script for script in _scripts(*SCREENS) if _imported(script) & libraries]


def test_only_the_clock_reads_the_time() -> None:
    reads = [
        f"{script}:{node.lineno}"
        for script in _scripts(*SCREENS, *WITHOUT_SCREENS)
        if script != CLOCK
        for node in ast.walk(_tree(script))
        if isinstance(node, ast.Attribute)
        and (isinstance(node.value, ast.Name) and (node.value.id, node.attr) in CLOCK_READS)
    ]
    assert reads == []


def test_a_fragment_asks_who_is_there() -> None:
    """A fragment reruns without the page around it, so it guards itself like a page."""
    unguarded = [
        f"{script}: {node.name}"
        for script in _scripts("pages")
        for node in ast.walk(_tree(script))
        if isinstance(node, ast.FunctionDef)
        and any("fragment" in ast.unparse(decorator) for decorator in node.decorator_list)
        and "guard" not in {ast.unparse(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)}
    ]
    assert unguarded == []


MODULES_IN_A_FOLDER, LINES_OF_A_MODULE = 20, 500
DRAWERS = {"common", "helpers", "misc", "shared", "utils"}
WITHOUT_PAGES = {
    "access": "its table is shown among the users",
    "audiences": "are chosen on the pages of what is for them",
    "extra_help": "is given out on «Кому помочь», among the forecasts",
    "files": "reads and writes files for other subjects",
    "store": "the database under all subjects",
    "update": "is done on the console, while the register is stopped",
}


def _modules() -> Iterator[Path]:
    for place in (*WITHOUT_SCREENS, "pages", "server", "docs", "benchmarks", "tests"):
        yield from (path for suffix in ("py", "js") for path in (ROOT / place).rglob(f"*.{suffix}"))


def test_no_folder_is_a_heap() -> None:
    sizes = Counter(path.parent.relative_to(ROOT) for path in _modules())
    assert {str(folder) for folder, size in sizes.items() if size > MODULES_IN_A_FOLDER} == set()


def test_no_module_is_longer_than_one_can_read() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in _modules()
        if path.suffix == ".py"
    }
    assert {name for name, lines in lengths.items() if lines > LINES_OF_A_MODULE} == set()


def test_no_folder_is_a_drawer_for_everything() -> None:
    folders = {path.parent for path in _modules()}
    assert [folder for folder in folders if DRAWERS & set(folder.relative_to(ROOT).parts)] == []


def test_the_word_of_a_subject_opens_three_doors() -> None:
    subjects = {path.parent.name for path in (ROOT / "school").glob("*/__init__.py")}
    with_pages, with_tests = (
        {path.name for path in (ROOT / place).iterdir() if path.is_dir()} for place in ("pages", "tests")
    )
    assert subjects - with_pages == set(WITHOUT_PAGES)
    assert subjects - with_tests == set()


def _public_functions(within: ast.Module | ast.ClassDef) -> Iterator[ast.FunctionDef]:
    for node in within.body:
        if not isinstance(node, (ast.ClassDef, ast.FunctionDef)) or node.name.startswith("_"):
            continue
        if isinstance(node, ast.ClassDef):
            yield from _public_functions(node)
        else:
            yield node


def _raised(function: ast.FunctionDef) -> Iterator[str]:
    """Names of the exceptions that a function's own body raises: what one inside it raises may be caught there."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.Lambda)):
            continue
        if isinstance(node, ast.Raise) and node.exc:
            name = ast.unparse(node.exc).partition("(")[0].rpartition(".")[2]
            if name[0].isupper():
                yield name
        waiting.extend(ast.iter_child_nodes(node))


def test_a_public_function_says_what_it_raises() -> None:
    silent = [
        f"{script}:{node.lineno} {node.name} raises {name}"
        for script in _scripts(*SCREENS, *WITHOUT_SCREENS)
        for node in _public_functions(_tree(script))
        for name in sorted(set(_raised(node)))
        if name not in (ast.get_docstring(node) or "")
    ]
    assert silent == []


def test_only_one_place_asks_for_a_file() -> None:
    """It notes that the tab may send one: what another uploader asks for the server would not take."""
    asking = [
        script
        for script in _scripts(*SCREENS)
        for node in ast.walk(_tree(script))
        if isinstance(node, ast.Attribute)
        and node.attr in {"file_uploader", "camera_input", "audio_input", "chat_input"}
    ]
    assert asking == [Path("pages/ui/upload.py")]


def test_no_shell_and_no_code_from_texts() -> None:
    """Nothing that people type can become a command, a program or a template."""
    calls = [
        (script, node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id, node)
        for script in _scripts(*SCREENS, *WITHOUT_SCREENS)
        for node in ast.walk(_tree(script))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name)
    ]
    is_method = {id(node) for _, _, node in calls if isinstance(node.func, ast.Attribute)}
    code = [
        (script, name)
        for script, name, node in calls
        if name in {"eval", "exec"} and id(node) not in is_method
    ]
    shells = [(script, name) for script, name, _ in calls if name in {"system", "popen", "from_string"}]
    shells += [
        (script, name) for script, name, node in calls if any(each.arg == "shell" for each in node.keywords)
    ]
    assert code + shells == []
