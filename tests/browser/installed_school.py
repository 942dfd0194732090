"""«Установка на сервер школы» done word for word, in a folder that stands for the root of a server's disk.

The page's commands run as they are written; only the paths begin with that folder. What would change this machine (packages,
users, services) is a stand-in that notes how it was called; everything else, openssl and nginx among it, is the real thing.
"""

import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from running_app import ROOT

PAGE = ROOT / "docs" / "install.ru.md"
NAME = "journal.school.example"
OF_A_DISK = re.compile(r"(?<![\w./])/(?=(?:opt|etc|var)/)")
STAND_INS = ("apt-get", "useradd", "chown", "systemctl", "journalctl")
NEEDED = ("nginx", "openssl")


def commands() -> list[str]:
    """Return the blocks of commands of the page, in their order."""
    return re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@dataclass
class Server:
    """A folder as a server's disk."""

    disk: Path
    ports: dict[str, int]

    def path(self, absolute: str) -> Path:
        """Return where a path of the server lies."""
        return self.disk / absolute.lstrip("/")

    def prepare(self) -> None:
        """Put there what Debian brings, and the archive of the program."""
        for folder in (
            "etc/systemd/system",
            "etc/nginx/sites-available",
            "etc/nginx/sites-enabled",
            "var/log/nginx",
            "run",
            "bin",
        ):
            (self.disk / folder).mkdir(parents=True)
        for name in STAND_INS:
            self._stand_in(name, f'echo "{name} $*" >> {self.disk}/called')
        self._stand_in("runuser", 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"')
        self._stand_in(
            "nginx", f'exec {shutil.which("nginx")} -p {self.disk} -c {self.disk}/etc/nginx/nginx.conf "$@"'
        )
        # A folder of libraries made anew would take a minute; installing into the one that is here would change it.
        libraries = self.disk / "bin" / "libraries"
        libraries.mkdir()
        self._stand_in("libraries/pip", f'echo "pip $*" >> {self.disk}/called')
        self._stand_in("libraries/python", f'exec {sys.executable} "$@"')
        self._stand_in("python3", f'[ "$*" = "-m venv .venv" ] && mkdir .venv && cp -r {libraries} .venv/bin')
        (self.disk / "etc/nginx/nginx.conf").write_text(
            f"pid {self.disk}/run/nginx.pid; error_log {self.disk}/var/log/nginx/error.log;\nevents {{}}\n"
            f"http {{ include /etc/nginx/mime.types; {_own_folders(self.disk)} include {self.disk}/etc/nginx/sites-enabled/*; }}\n",
            encoding="utf-8",
        )
        archive = re.findall(r"tar -xzf (\S+)", "".join(commands()))[0]
        self._put_in_names()
        places = ["app.py", "constraints.txt", "requirements.txt", ".streamlit", "data/reference", "docs"]
        program = ["demo", "models", "pages", "pipelines", "school", "server"]
        tar = [
            "tar",
            "--exclude=__pycache__",
            "-czf",
            str(self.disk / archive),
            "-C",
            str(self.disk / "own"),
            "deploy",
        ]
        subprocess.run([*tar, "-C", str(ROOT), *places, *program], check=True)

    def _put_in_names(self) -> None:
        """Put this disk's paths, and ports that are free, into the files of ``deploy``; the rest is as it is delivered."""
        (self.disk / "own" / "deploy").mkdir(parents=True)
        for file in (ROOT / "deploy").iterdir():
            text = OF_A_DISK.sub(f"{self.disk}/", file.read_text(encoding="utf-8"))
            text = text.replace("listen 80;", f"listen 127.0.0.1:{self.ports['http']};")
            text = text.replace("listen 443 ", f"listen 127.0.0.1:{self.ports['https']} ")
            text = text.replace("127.0.0.1:8501", f"127.0.0.1:{self.ports['app']}")
            text = text.replace("--server.port 8501", f"--server.port {self.ports['app']}")
            (self.disk / "own" / "deploy" / file.name).write_text(text, encoding="utf-8")

    def _stand_in(self, name: str, script: str) -> None:
        path = self.disk / "bin" / name
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def run(self, block: str) -> str:
        """Run a block of commands as root's shell would, stopping at the first that fails; return what it said."""
        script = OF_A_DISK.sub(f"{self.disk}/", block.replace(NAME, "localhost"))
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.disk,
            env=os.environ | {"PATH": f"{self.disk}/bin:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def called(self) -> list[str]:
        """Return how the stand-ins were called."""
        return (self.disk / "called").read_text(encoding="utf-8").splitlines()

    def service(self) -> tuple[list[str], dict[str, str]]:
        """Return the command and the environment that the installed unit starts the program with."""
        text = self.path("/etc/systemd/system/school-register.service").read_text(encoding="utf-8")
        (command,) = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
        environment = dict(
            each.split("=", 1) for each in re.findall(r"^Environment=(.*)$", text, re.MULTILINE)
        )
        for line in self.path("/etc/school-register.env").read_text(encoding="utf-8").splitlines():
            environment |= dict([line.split("=", 1)])
        return shlex.split(command), environment


def _own_folders(disk: Path) -> str:
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return " ".join(f"{kind}_temp_path {disk}/run/{kind};" for kind in kinds)
