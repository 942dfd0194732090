"""The image, as far as it can be judged without building one: what it stands on, what it copies, as whom it runs."""

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "deploy" / "Dockerfile"
KNOWN = {
    "FROM",
    "WORKDIR",
    "COPY",
    "RUN",
    "ENV",
    "USER",
    "VOLUME",
    "EXPOSE",
    "STOPSIGNAL",
    "HEALTHCHECK",
    "CMD",
}
OF_EVERY_ROOT = {"app.py", ".streamlit", "data/reference", "LICENSE"}


def instructions() -> list[tuple[str, str]]:
    """Return the instructions with their words, continued lines joined."""
    text = re.sub(r"^\s*#.*\n", "", FILE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [(name, words) for name, _, words in (line.partition(" ") for line in lines if line.strip())]


def words_of(name: str) -> list[str]:
    return [words for each, words in instructions() if each == name]


def test_every_instruction_is_one() -> None:
    assert {name for name, _ in instructions()} <= KNOWN
    assert instructions()[0][0] == "FROM"


def test_the_base_is_pinned() -> None:
    for base in words_of("FROM"):
        image = base.split(" AS ")[0]
        assert re.fullmatch(r"python:3\.11\.\d+-slim-bookworm(@sha256:[0-9a-f]{64})?", image)


def test_it_does_not_run_as_root() -> None:
    (user,) = words_of("USER")
    uid, _, gid = user.partition(":")
    assert int(uid) > 0
    assert int(gid) > 0
    assert words_of("USER") == [words for name, words in instructions()[-8:] if name == "USER"]


def test_it_says_whether_it_is_well() -> None:
    (check,) = words_of("HEALTHCHECK")
    command = json.loads(check.partition("CMD ")[2])
    assert "/health'" in command[-1]
    compile(command[-1], "healthcheck", "exec")


def test_it_starts_by_words_not_by_a_shell() -> None:
    (command,) = words_of("CMD")
    assert json.loads(command)[:3] == ["python", "-m", "server"]


def test_it_holds_the_whole_program_and_no_more() -> None:
    copied = {source for words in words_of("COPY") if "--from" not in words for source in words.split()[:-1]}
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    assert copied >= OF_EVERY_ROOT | set(contracts["root_packages"])
    assert all((ROOT / source).exists() for source in copied)
    assert not copied & {"tests", "benchmarks", "data", "data/live", "."}
    admitted = (FILE.parent / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert admitted[1] == "*"
    assert {each[1:] for each in admitted if each.startswith("!")} == copied


@pytest.mark.parametrize("secret", ["PASSWORD", "SECRET", "TOKEN", "_KEY"])
def test_it_holds_no_secret(secret: str) -> None:
    assert secret not in FILE.read_text(encoding="utf-8")
