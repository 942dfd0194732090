"""Known faults of the libraries that the register is pinned to, from advisories in OSV's form kept beside the code.

CI has no network: it reads ``data/reference/advisories/*.json``. ``make audit`` asks the network. To renew the files, fetch
``PyPI/all.zip`` and ``npm/all.zip`` of OSV's public storage and run ``python tests/house/advisories.py FILE.zip …``.
"""

import json
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "data" / "reference" / "advisories"
KEPT = ("id", "modified", "withdrawn", "aliases", "summary")


@dataclass(frozen=True)
class Pin:
    """A package in the version that is installed; ``ecosystem`` as OSV names it."""

    ecosystem: str
    name: str
    version: str


def pins(root: Path = ROOT) -> list[Pin]:
    """Return everything that is pinned: of Python, and of node for the checks of the grid's scripts."""
    lines = "\n".join(each.read_text(encoding="utf-8") for each in root.glob("*.txt"))
    found = [
        Pin("PyPI", plain(name), version)
        for name, version in re.findall(r"^([\w.-]+)==([\w.]+)", lines, re.MULTILINE)
    ]
    packages = json.loads((root / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    return [*dict.fromkeys(found)] + [
        Pin("npm", place.rpartition("node_modules/")[2], each["version"])
        for place, each in packages.items()
        if place
    ]


def plain(name: str) -> str:
    """Return a package's name as PyPI compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def known(folder: Path = FOLDER) -> Iterator[dict[str, Any]]:
    """Return the advisories that are kept."""
    for file in sorted(folder.glob("*.json")):
        yield from json.loads(file.read_text(encoding="utf-8"))["advisories"]


def faults(pinned: Iterable[Pin], advisories: Iterable[dict[str, Any]]) -> list[str]:
    """Return «package version: advisory» for each pinned version that an advisory names."""
    by_name = {(pin.ecosystem, pin.name): pin for pin in pinned}
    return [
        f"{pin.name} {pin.version}: {advisory['id']}"
        for advisory in advisories
        if not advisory.get("withdrawn")
        for affected in advisory["affected"]
        if (pin := by_name.get(_package(affected))) and _is_affected(pin.version, affected)
    ]


def _package(affected: dict[str, Any]) -> tuple[str, str]:
    package = affected["package"]
    name = package["name"]
    return package["ecosystem"], plain(name) if package["ecosystem"] == "PyPI" else name


def _is_affected(version: str, affected: dict[str, Any]) -> bool:
    """Whether a version is listed, or lies in a range: OSV's events in their order, the last one before it decides."""
    if version in affected.get("versions", ()):
        return True
    for each in affected.get("ranges", ()):
        if each["type"] == "GIT":
            continue
        is_in = False
        for event in sorted(each["events"], key=lambda one: _order(next(iter(one.values())))):
            ((kind, moment),) = event.items()
            reached = (
                _order(version) > _order(moment)
                if kind == "last_affected"
                else _order(version) >= _order(moment)
            )
            if reached:
                is_in = kind == "introduced"
        if is_in:
            return True
    return False


def _order(version: str) -> Version:
    try:
        return Version(version)
    except InvalidVersion:
        # npm's «1.2.3-next.4» and the like: what counts is what comes before.
        return Version(re.split(r"[-+]", version)[0])


def short(advisory: dict[str, Any]) -> dict[str, Any]:
    """Return of an advisory what decides and what names it."""
    kept = {key: advisory[key] for key in KEPT if advisory.get(key)}
    kept["affected"] = [_short(each) for each in advisory["affected"]]
    return kept


def _short(affected: dict[str, Any]) -> dict[str, Any]:
    package = {key: affected["package"][key] for key in ("ecosystem", "name")}
    ranges = [
        {"type": each["type"], "events": each["events"]}
        for each in affected.get("ranges", ())
        if each["type"] != "GIT"
    ]
    return (
        {"package": package, "ranges": ranges}
        if ranges
        else {"package": package, "versions": affected["versions"]}
    )


def renew(archives: Iterable[Path]) -> None:
    """Write anew what is kept, of the pinned packages alone, from archives of a whole ecosystem."""
    names = {(pin.ecosystem, pin.name) for pin in pins()}
    for archive in archives:
        with zipfile.ZipFile(archive) as given:
            read = [json.loads(given.read(name)) for name in given.namelist()]
        ours = [each for each in read if any(_package(one) in names for one in each.get("affected", ()))]
        ecosystem = ours[0]["affected"][0]["package"]["ecosystem"].lower()
        write(FOLDER / f"{ecosystem}.json", "https://osv.dev", max(each["modified"] for each in read), ours)


def write(file: Path, source: str, until: str, advisories: list[dict[str, Any]]) -> None:
    """Write advisories, a line each; ``until`` is when the newest of the source was changed."""
    lines = [
        json.dumps(short(each), ensure_ascii=False, sort_keys=True)
        for each in sorted(advisories, key=lambda one: one["id"])
    ]
    head = f'{{"source": {json.dumps(source)}, "until": {json.dumps(until)}, "advisories": [\n'
    file.write_text(head + ",\n".join(lines) + "\n]}\n", encoding="utf-8")


if __name__ == "__main__":
    renew(map(Path, sys.argv[1:]))
