"""One running register for the tests of a module."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from live_register import Live, Trap, open_sessions
from running_app import ROOT, RunningApp
from small_school import NAMES, NOW, People

from school.store.connection import DATABASE_NAME


@pytest.fixture(scope="module")
def live(small_school_file: Path, people: People, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server whose way to the network is a trap, with uploads of 2 MB: memory is looked at, not filled."""
    folder = tmp_path_factory.mktemp("live")
    file = Path(shutil.copy(small_school_file, folder / DATABASE_NAME))
    secrets = open_sessions(file, {name: getattr(people, name) for name in NAMES})
    with Trap() as trap:
        away = f"http://127.0.0.1:{trap.port}"
        app = RunningApp(
            ROOT / "app.py",
            {
                "SCHOOL_DATA": str(folder),
                "SCHOOL_NOW": NOW.isoformat(),
                "STREAMLIT_SERVER_MAX_UPLOAD_SIZE": "2",
                "http_proxy": away,
                "https_proxy": away,
                "no_proxy": "",
            },
            folder / "server.log",
        )
        app.start()
        yield Live(app, secrets, trap)
        app.stop()
