"""The service as systemd reads it: right, fenced off, and able to run what the register needs (п. 6.1, 8.6)."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UNIT = ROOT / "deploy" / "school-register.service"
INSTALLED = "/opt/school-register/current"
# Of ten; systemd calls less than 2 «OK», and a service without a fence stands at 9.2.
HIGHEST_EXPOSURE = 1.5


def settings(name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", UNIT.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit as installed, but with the program where it lies here."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze here")
    path = tmp_path / UNIT.name
    path.write_text(UNIT.read_text(encoding="utf-8").replace(INSTALLED, str(ROOT)), encoding="utf-8")
    return path


def analyzed(*words: str) -> str:
    done = subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_systemd_has_nothing_to_say_against_the_unit(unit: Path) -> None:
    assert analyzed("verify", "--man=no", str(unit)) == ""


def test_the_service_is_fenced_off(unit: Path) -> None:
    said = analyzed("security", "--offline=true", "--no-pager", str(unit))
    (exposure,) = re.findall(r"exposure level for \S+: (\d+\.\d+)", said)
    assert float(exposure) <= HIGHEST_EXPOSURE


def test_the_program_listens_to_this_machine_alone_and_believes_its_proxy_alone() -> None:
    (command,) = settings("ExecStart")
    words = shlex.split(command)
    assert words[0].startswith(INSTALLED)
    assert words[words.index("--server.address") + 1] == "127.0.0.1"
    assert "FORWARDED_ALLOW_IPS=127.0.0.1" in settings("Environment")
    assert settings("IPAddressDeny") == ["any"]


def test_the_data_is_the_services_own_and_outlives_an_update() -> None:
    (folder,) = [
        each.partition("=")[2] for each in settings("Environment") if each.startswith("SCHOOL_DATA=")
    ]
    assert folder.startswith(f"/var/lib/{settings('StateDirectory')[0]}/")
    assert settings("StateDirectoryMode") == ["0700"]
    assert settings("UMask") == ["0077"]
    assert settings("User") != ["root"]
