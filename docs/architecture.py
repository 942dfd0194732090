"""docs/architecture.md: the rooms of the house and the imports between them."""

import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from docs.sources import ROOT, first_line, imports_of, scripts, tree_of

HOUSES = ("pages", "server", "demo", "pipelines", "models", "school")
# One room each: what is inside them is nobody else's business.
UNDIVIDED = ("server", "demo")
OWN_WORDS = {
    "app.py": "The ASGI app: sign-in, menu by role, HTTP routes.",
    "pages/ui": "What screens of two subjects or more share: filters, tables, charts, words, links.",
    "school": "What everybody knows: records, calendar, clock, errors, numbers, reference tables.",
}
# Every subject stands on these two; arrows to them would hide the others.
FOUNDATIONS = {"school/access", "school/store", "school"}
ORDER = "The order of subjects"

HEAD = """# Architecture

Written by `python -m docs` from the imports of the code; the directions are held by import-linter (`make check`,
contracts in `pyproject.toml`). The word of a subject opens three doors: `school/WORD` (rules, store, actions,
lookups), `pages/WORD` (its screens), `tests/WORD`. An arrow means «imports»; arrows that follow from others are left out.

## The houses
"""
SUBJECTS_HEAD = """## The subjects of the school

From the top down, a row a layer; a subject imports from lower rows only. All stand on `access` (who may do what), `store` (the
database) and the modules of `school` itself; those arrows are not drawn.
"""
INSIDE_HEAD = """## Inside a subject

```mermaid
flowchart TD
    screens["pages/WORD: screens"] --> actions["actions: check access, check the rule, write, record the event"]
    screens --> lookups["lookups: reads, narrowed to what the user may see"]
    actions --> rules["rules: pure functions that cite their clause"]
    actions --> store["store: SQL of the subject"]
    lookups --> store
    lookups --> rules
    store --> records["school/records: what a row is"]
    rules --> records
```

`rules`, `store`, `actions` and `lookups` are each a module, or a package once a module would grow too long.

## Measures and forecasts
"""
DOORS_HEAD = """## The three doors

| Subject | What it is about | `school/` | `pages/` | `tests/` |
|---|---|:-:|:-:|:-:|"""
ROOMS_HEAD = """## All rooms

| Room | What it is for | Imports | Imported by |
|---|---|---|---|"""


def room_of(script: Path) -> str:
    """Return the room that a file stands in: «school/register», or the house itself for its own modules."""
    house, *inner = script.parts
    return house if house in UNDIVIDED or len(inner) < 2 else f"{house}/{inner[0]}"


def architecture_page() -> str:
    """Return docs/architecture.md: houses, subjects, measures and forecasts as diagrams, then every room in a table."""
    arrows = room_imports()
    houses = _merged(arrows, lambda room: room.partition("/")[0])
    return "\n".join(
        [
            HEAD,
            _diagram(_reduced(houses)),
            SUBJECTS_HEAD,
            _subjects(arrows),
            INSIDE_HEAD,
            _diagram(_reduced(_within(arrows, ("pipelines/", "models/")))),
            DOORS_HEAD,
            *_doors(arrows),
            "",
            ROOMS_HEAD,
            *(_room_row(room, arrows) for room in arrows),
            "",
        ]
    )


def room_imports() -> dict[str, set[str]]:
    """Return for each room the other rooms that its modules import, in the order of the houses."""
    rooms: dict[str, set[str]] = {"app.py": set()}
    files = [Path("app.py"), *scripts(*HOUSES)]
    modules = {".".join(file.with_suffix("").parts).removesuffix(".__init__"): file for file in files}
    for file in files:
        found = rooms.setdefault(room_of(file), set())
        names = {name for module, name in imports_of(file) for name in (module, f"{module}.{name}")}
        found |= {room_of(modules[name]) for name in names & modules.keys()} - {room_of(file)}
    return rooms


def _merged(arrows: Mapping[str, set[str]], name: Callable[[str], str]) -> dict[str, set[str]]:
    merged: dict[str, set[str]] = defaultdict(set)
    for room, targets in arrows.items():
        merged[name(room)] |= {name(target) for target in targets} - {name(room)}
    return dict(merged)


def _within(arrows: Mapping[str, set[str]], prefixes: tuple[str, ...]) -> dict[str, set[str]]:
    return {
        room: {target for target in targets if target.startswith(prefixes)}
        for room, targets in arrows.items()
        if room.startswith(prefixes)
    }


def _reduced(arrows: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Leave out the arrows that follow from others; the arrows must not run in a circle."""
    return {
        room: targets - {far for near in targets for far in _reached(arrows, near)}
        for room, targets in arrows.items()
    }


def _reached(arrows: Mapping[str, set[str]], room: str) -> set[str]:
    found: set[str] = set()
    waiting = [*arrows.get(room, ())]
    while waiting:
        if (target := waiting.pop()) not in found:
            found.add(target)
            waiting += arrows.get(target, ())
    return found


def _diagram(arrows: Mapping[str, set[str]], rows: list[list[str]] | None = None) -> str:
    lines = ["```mermaid", "flowchart TD"]
    for number, row in enumerate(rows or [list(arrows)]):
        nodes = [f'{_node(room)}["{room}"]' for room in row]
        if rows:
            nodes = [f'subgraph row{number} [" "]', *(f"    {node}" for node in nodes), "end"]
        lines += [f"    {node}" for node in nodes]
    for room, targets in arrows.items():
        lines += [f"    {_node(room)} --> {_node(target)}" for target in sorted(targets)]
    return "\n".join([*lines, "```", ""])


def _node(room: str) -> str:
    return room.replace("/", "_").replace(".", "_")


def _subjects(arrows: Mapping[str, set[str]]) -> str:
    rows = [[room for room in row if room in arrows] for row in _order_of_subjects()]
    rows = [row for row in ([room for room in row if room not in FOUNDATIONS] for row in rows) if row]
    subjects = {room: arrows[room] - FOUNDATIONS for row in rows for room in row}
    short = {
        room.removeprefix("school/"): {target.removeprefix("school/") for target in targets}
        for room, targets in _reduced(subjects).items()
    }
    return _diagram(short, [[room.removeprefix("school/") for room in row] for row in rows])


def _order_of_subjects() -> list[list[str]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (order,) = (contract["layers"] for contract in contracts if contract["name"] == ORDER)
    return [[f"school/{room.strip()}" for room in row.replace(":", "|").split("|")] for row in order]


def _doors(arrows: Mapping[str, set[str]]) -> Iterator[str]:
    for word in sorted(room.removeprefix("school/") for room in arrows if room.startswith("school/")):
        doors = ("✓" if (ROOT / house / word).is_dir() else "" for house in ("school", "pages", "tests"))
        yield f"| {word} | {_purpose(f'school/{word}')} | {' | '.join(doors)} |"


def _room_row(room: str, arrows: Mapping[str, set[str]]) -> str:
    importers = {other for other, targets in arrows.items() if room in targets}
    return f"| `{room}` | {_purpose(room)} | {_listed(arrows[room])} | {_listed(importers)} |"


def _listed(rooms: set[str]) -> str:
    houses: dict[str, list[str]] = defaultdict(list)
    for room in sorted(rooms):
        house, _, inner = room.partition("/")
        houses[house].append(inner)
    return "; ".join(
        f"**{house}** {', '.join(inner for inner in inside if inner)}".strip()
        for house, inside in houses.items()
    )


def _purpose(room: str) -> str:
    if room in OWN_WORDS:
        return OWN_WORDS[room]
    own = Path(room) / "__init__.py"
    subject = Path("school") / Path(room).name / "__init__.py"
    if (ROOT / own).exists():
        return first_line(tree_of(own))
    return f"Screens: {first_line(tree_of(subject))[0].lower()}{first_line(tree_of(subject))[1:]}"
