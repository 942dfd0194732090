"""What a page has drawn, as text: each element in its place with every field that the browser was sent."""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from google.protobuf.json_format import MessageToDict

from .normal import normal
from .tables import arrow_text

# Longer texts that many pages share, scripts and styles, stand once in a file of their own.
LONG_TEXT = 1200
CONTAINERS = {0: "main", 1: "sidebar", 2: "event", 3: "bottom"}
# Addresses of page scripts and of downloads are new at every run or follow the script's place; the rest stays the same.
_LEFT_OUT = {"pageScriptHash", "deferredFileId", "uuid", "fileUrlsPath"}
_JSON_FIELDS = {"spec", "json", "columns", "config"}


@dataclass
class _Node:
    kind: str = "block"
    fields: dict[str, Any] = field(default_factory=dict)
    children: dict[int, "_Node"] = field(default_factory=dict)


class Drawing:
    """The elements of one run of a page; ``shared`` is the folder of long texts."""

    def __init__(self, messages: list[Any], shared: Path) -> None:
        """Take the messages that the run sent to the browser."""
        self.messages, self.shared = messages, shared

    def text(self) -> str:
        """Return the page, an element a line and its fields below it."""
        root = self._tree()
        lines: list[str] = []
        for place, node in sorted(root.children.items()):
            lines.append(f"== {CONTAINERS.get(place, place)}")
            lines.extend(self._lines(node, 0))
        return normal("\n".join(lines)) + "\n"

    def frame(self) -> str:
        """Return the menu and the page's title and icon."""
        kinds = ("navigation", "page_config_changed")
        parts = [message for message in self.messages if message.WhichOneof("type") in kinds]
        lines = []
        for message in parts:
            lines.append(f"== {message.WhichOneof('type')}")
            lines.extend(self._fields(MessageToDict(getattr(message, message.WhichOneof("type"))), "  "))
        return normal("\n".join(lines)) + "\n"

    def _tree(self) -> _Node:
        root = _Node()
        for message in self.messages:
            if message.WhichOneof("type") != "delta":
                continue
            delta, path = message.delta, message.metadata.delta_path
            kind = delta.WhichOneof("type")
            if kind not in ("new_element", "add_block"):
                continue
            parent = root
            for place in path[:-1]:
                parent = parent.children.setdefault(place, _Node())
            if kind == "add_block":
                known = parent.children.get(path[-1])
                block = delta.add_block
                name = block.WhichOneof("type") or "block"
                node = _Node(name, MessageToDict(block), known.children if known else {})
            else:
                element = delta.new_element
                node = _Node(element.WhichOneof("type") or "nothing", MessageToDict(element))
            parent.children[path[-1]] = node
        return root

    def _lines(self, node: _Node, depth: int) -> Iterator[str]:
        indent = "  " * depth
        if node.fields or node.kind != "block":
            yield f"{indent}- {node.kind}"
            yield from self._fields(node.fields, f"{indent}    ")
        for _, child in sorted(node.children.items()):
            yield from self._lines(child, depth + 1)

    def _fields(self, fields: Mapping[str, Any], indent: str, prefix: str = "") -> Iterator[str]:
        for name, value in sorted(fields.items()):
            if name in _LEFT_OUT:
                continue
            title = f"{prefix}{name}"
            if name in ("data", "displayValues") and isinstance(value, str):
                yield f"{indent}{title}:"
                yield from (f"{indent}  {line}" for line in arrow_text(base64.b64decode(value)).splitlines())
            elif isinstance(value, Mapping):
                yield from self._fields(value, indent, f"{title}.")
            elif name in _JSON_FIELDS and isinstance(value, str):
                yield from self._json(value, indent, title)
            elif isinstance(value, list) and value and all(isinstance(each, Mapping) for each in value):
                for place, each in enumerate(value):
                    yield from self._fields(each, indent, f"{title}[{place}].")
            else:
                yield f"{indent}{title}: {self._short(value)}"

    def _short(self, value: Any) -> str:
        if not isinstance(value, str) or len(value) < LONG_TEXT:
            return json.dumps(value, ensure_ascii=False)
        text = normal(value)
        name = f"{hashlib.sha256(text.encode()).hexdigest()[:12]}.txt"
        self.shared.mkdir(parents=True, exist_ok=True)
        (self.shared / name).write_text(text, encoding="utf-8")
        return f"→ {self.shared.name}/{name}"

    def _json(self, text: str, indent: str, title: str) -> Iterator[str]:
        try:
            value = json.loads(text)
        except ValueError:
            yield f"{indent}{title}: {self._short(text)}"
            return
        for path, leaf in _leaves(_readable(value)):
            yield f"{indent}{title}{path}: {json.dumps(leaf, ensure_ascii=False)}"


def _readable(value: Any) -> Any:
    """Return figures of a chart as numbers where the chart holds them as bytes."""
    if isinstance(value, dict):
        if set(value) >= {"dtype", "bdata"}:
            import numpy as np

            return np.frombuffer(base64.b64decode(value["bdata"]), dtype=value["dtype"]).tolist()
        return {name: _readable(each) for name, each in value.items()}
    return [_readable(each) for each in value] if isinstance(value, list) else value


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the parts of a JSON value that hold no further objects, each with its path."""
    if isinstance(value, dict) and value:
        for name, each in sorted(value.items()):
            yield from _leaves(each, f"{path}.{name}")
    elif isinstance(value, list) and any(isinstance(each, dict | list) for each in value):
        for place, each in enumerate(value):
            yield from _leaves(each, f"{path}[{place}]")
    else:
        yield path, value
