"""One version everywhere: what the program says of itself is what the changelog describes."""

import re
from pathlib import Path

from school import __version__

CHANGELOG = Path(__file__).resolve().parents[2] / "CHANGELOG.md"


def test_the_newest_version_of_the_changelog_is_the_programs() -> None:
    versions = re.findall(
        r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$", CHANGELOG.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert versions[0] == __version__
