"""No library is pinned to a version with a known fault, as far as the kept advisories know."""

import json
import zipfile
from pathlib import Path

import advisories
import pytest
from advisories import Pin, faults, known, pins, renew


def test_no_pinned_library_has_a_known_fault() -> None:
    assert faults(pins(), known()) == []


def test_every_requirement_is_pinned_and_looked_at() -> None:
    pinned = pins()
    assert {("PyPI", "streamlit"), ("PyPI", "starlette"), ("npm", "eslint")} <= {
        (pin.ecosystem, pin.name) for pin in pinned
    }
    assert len(list(known())) > 100


def _advisory(*events: dict[str, str], versions: tuple[str, ...] = (), **more: str) -> dict[str, object]:
    package = {"ecosystem": "PyPI", "name": "Some_Library"}
    ranges = [{"type": "ECOSYSTEM", "events": list(events)}] if events else []
    return {"id": "X-1", "affected": [{"package": package, "ranges": ranges, "versions": versions}], **more}


SINCE, FIXED = {"introduced": "1.2"}, {"fixed": "1.10"}


@pytest.mark.parametrize(
    ("advisory", "version", "is_found"),
    [
        (_advisory(SINCE, FIXED), "1.2", True),
        (_advisory(SINCE, FIXED), "1.9.9", True),
        (_advisory(SINCE, FIXED), "1.10", False),
        (_advisory(SINCE, FIXED), "1.1", False),
        (_advisory({"introduced": "0"}), "7.0", True),
        (_advisory({"introduced": "0"}, {"last_affected": "7.0"}), "7.0", True),
        (_advisory({"introduced": "0"}, {"last_affected": "7.0"}), "7.1", False),
        (_advisory(SINCE, FIXED, {"introduced": "2.0"}), "2.1", True),
        (_advisory(versions=("3.1",)), "3.1", True),
        (_advisory(SINCE, FIXED, withdrawn="2026-01-01T00:00:00Z"), "1.3", False),
    ],
)
def test_which_versions_an_advisory_names(advisory: dict[str, object], version: str, is_found: bool) -> None:
    found = faults([Pin("PyPI", "some-library", version)], [advisory])
    assert found == ([f"some-library {version}: X-1"] if is_found else [])
    assert faults([Pin("npm", "some-library", version)], [advisory]) == []


def test_the_kept_advisories_are_renewed_from_an_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(advisories, "FOLDER", tmp_path)
    ours = _advisory(SINCE) | {"modified": "2026-11-01T00:00:00Z", "details": "long"}
    ours["affected"][0]["package"]["name"] = "streamlit"  # type: ignore[index]
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("1.json", json.dumps(ours))
        archive.writestr("2.json", json.dumps(_advisory(SINCE) | {"modified": "2026-11-02T00:00:00Z"}))
    renew([tmp_path / "all.zip"])
    (kept,) = known(tmp_path)
    assert (kept["id"], "details" in kept) == ("X-1", False)
    assert json.loads((tmp_path / "pypi.json").read_text(encoding="utf-8"))["until"] == "2026-11-02T00:00:00Z"
