"""``python -m demo`` as the person who runs it sees it."""

from pathlib import Path

import pytest
from streamlit_authenticator import Hasher

from demo.__main__ import main
from demo.plan.accounts import Accounts
from school.store.connection import DATABASE_NAME


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a made-up school."""
    monkeypatch.setenv("SCHOOL_NOW", "2026-09-08T12:00")
    assert main(["--pupils", "6", "--years", "1", "--data", str(tmp_path)]) == 0
    return tmp_path


def test_it_says_in_russian_where_the_school_is(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    said = capsys.readouterr().out
    assert f"Демонстрационная школа записана: {folder / DATABASE_NAME}" in said
    assert "учебный-вход" in said


def test_it_refuses_where_a_school_is_and_leaves_it_alone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    size = (folder / DATABASE_NAME).stat().st_size
    assert main(["--pupils", "6", "--data", str(folder)]) == 1
    assert "Школа уже создана." in capsys.readouterr().err
    assert (folder / DATABASE_NAME).stat().st_size == size


def test_it_is_silent_where_a_school_is_if_only_a_missing_one_is_wanted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["--if-missing", "--data", str(folder)]) == 0
    assert capsys.readouterr() == ("", "")


def test_an_interrupted_school_is_never_taken_for_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is built aside: whoever asks again for a missing one gets a whole one."""

    def interrupted(*_arguments: object) -> None:
        assert not (tmp_path / DATABASE_NAME).exists()
        raise KeyboardInterrupt

    monkeypatch.setenv("SCHOOL_NOW", "2026-09-08T12:00")
    arguments = ["--if-missing", "--pupils", "6", "--years", "1", "--data", str(tmp_path)]
    with monkeypatch.context() as patch:
        patch.setattr("demo.build.replay_forecasts", interrupted)
        with pytest.raises(KeyboardInterrupt):
            main(arguments)
    assert list(tmp_path.iterdir()) == []
    assert main(arguments) == 0
    assert {path.name for path in tmp_path.iterdir()} >= {DATABASE_NAME, f"{DATABASE_NAME}.witness"}
    assert not (tmp_path / ".unfinished").exists()


def test_passwords_of_the_demonstration_take_as_long_as_any() -> None:
    """A quicker answer for a known name would tell which names there are."""
    usual = Hasher.hash("чей-то пароль")
    assert Accounts(iter([])).password_hash.split("$")[2] == usual.split("$")[2]
