"""Every command line: what it says, how it ends and which files it leaves."""

import contextlib
import io
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from . import product
from .base import environment
from .database import dump_database
from .documents import document_text
from .moment import DATABASE, ROOT
from .normal import normal
from .tables import arrow_table_text

# What the publication makes at random the first time.
KEY = "5eed" * 16
MEASURES = "measures"


@dataclass
class Session:
    """Commands run one after another in a folder of their own; ``out`` is where their texts go."""

    school: Path
    extract: Path
    folder: Path
    out: Path

    def say(self, name: str, *arguments: object, **more: str) -> None:
        """Run ``python -m`` and write what it says."""
        command = [sys.executable, "-m", *map(str, arguments)]
        done = subprocess.run(
            command, cwd=ROOT, env=environment(**more), capture_output=True, text=True, check=False
        )
        # Written after a second has passed: how often hangs on the machine.
        errors = re.sub(r"^Отметки и пропуски: \d+ % из (\d+)…\n", "", done.stderr, flags=re.MULTILINE)
        errors = (
            re.sub(r"^[^\n]*…\n", "", errors, flags=re.MULTILINE) if arguments[0] == product.DEMO else errors
        )
        shown = " ".join(map(str, arguments))
        text = f"$ {shown}\nexit code {done.returncode}\n== stdout\n{done.stdout}== stderr\n{errors}"
        self.write(name, text)

    def write(self, name: str, text: str) -> None:
        """Write a text without the names of scratch folders."""
        for path, words in ((self.folder, "FOLDER"), (self.extract, "EXTRACT"), (self.school, "SCHOOL")):
            text = text.replace(str(path), words)
        (self.out / f"{name}.txt").write_text(normal(text), encoding="utf-8")

    def files(self, name: str, folder: Path) -> None:
        """Write every file of a folder as text."""
        lines = []
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            lines.append(f"===== {path.relative_to(folder)}\n{file_text(path)}\n")
        self.write(name, "".join(lines))


def file_text(path: Path) -> str:
    """Return a file's contents as text."""
    if path.suffix == ".parquet":
        with duckdb.connect() as connection:
            rows = connection.execute("SELECT * FROM read_parquet(?)", [str(path)])
            return arrow_table_text(rows.to_arrow_table())
    return document_text(path.read_bytes(), path.name)


def exported(school: Path, scratch: Path) -> Path:
    """Return the folder of a school's extract, which the other commands read."""
    folder, copy = scratch / "extract", scratch / "school-to-export"
    shutil.copytree(school, copy)
    command = [sys.executable, "-m", product.EXTRACTS, "export-extract", str(folder), "--data", str(copy)]
    subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, check=True)
    return folder


def _demo(run: Session) -> None:
    run.say("demo_help", product.DEMO, "--help")
    run.say("demo_made_already", product.DEMO, "--data", run.school)
    run.say("demo_if_missing", product.DEMO, "--data", run.school, "--if-missing")
    run.say("demo_no_pupils", product.DEMO, "--pupils", "0")
    run.say("demo_small", product.DEMO, "--pupils", 20, "--years", 1, "--data", run.folder / "small")
    dump_database(run.folder / "small" / DATABASE, run.out / "demo_small")


def _extracts(run: Session) -> None:
    for command in ((), ("--help",), ("import-extract", "--help"), ("export-extract", "--help")):
        run.say("_".join(["extracts", *command]).replace("--", ""), product.EXTRACTS, *command)
    tables, into = run.folder / "csv", ("--data", run.folder / "new")
    shutil.copytree(run.school, run.folder / "school")
    run.say("export", product.EXTRACTS, "export-extract", tables, "--csv", "--data", run.folder / "school")
    run.files("export_files", tables)
    run.say("export_nothing", product.EXTRACTS, "export-extract", tables, "--data", run.folder / "none")
    given = ("--name", "Школа из выгрузки", "--demo-users", "--report", run.folder / "refused.csv")
    run.say("import", product.EXTRACTS, "import-extract", run.extract, *into, *given)
    run.say("import_again", product.EXTRACTS, "import-extract", run.extract, *into)
    dump_database(run.folder / "new" / DATABASE, run.out / "import_database")
    _spoil(tables / "marks.csv")
    given = ("--data", run.folder / "spoilt", "--report", run.folder / "refused.csv")
    run.say("import_spoilt", product.EXTRACTS, "import-extract", tables, *given)
    run.write("import_spoilt_refused", (run.folder / "refused.csv").read_text(encoding="utf-8"))
    (tables / "terms.csv").unlink()
    run.say("import_broken", product.EXTRACTS, "import-extract", tables, "--data", run.folder / "broken")


def _spoil(path: Path) -> None:
    """Make the first rows of a table wrong, each in another column."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for number in range(1, 1 + lines[0].count(",")):
        values = lines[number].split(",")
        values[number - 1] = "чепуха"
        lines[number] = ",".join(values)
    lines.append(lines[-1])
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _lake(run: Session) -> None:
    run.say("catalogue", "pipelines")
    run.say("run_help", "pipelines.run", "--help")
    run.say("lake_help", "pipelines.lake", "--help")
    (run.folder / "lake.key").write_text(KEY)
    lake = run.folder / "lake"
    given = ("--lake", lake, "--key", run.folder / "lake.key")
    run.say("lake", "pipelines.lake", run.extract, *given)
    run.files("lake_files", lake)
    by = "school_id,school_year,grade_level"
    run.say(
        "lake_run",
        "pipelines.run",
        "quality_rate",
        "--source",
        lake,
        "--by",
        by,
        "--out",
        run.folder / "q.csv",
    )
    run.write("lake_run_rows", (run.folder / "q.csv").read_text())
    answer = run.folder / "a.csv"
    wrong = {
        "no_measure": ("sum_of_all", "--source", run.extract, "--by", "class_id", "--out", answer),
        "no_column": ("n", "--source", run.extract, "--by", "colour", "--out", answer),
        "pupils_outside": ("n", "--source", run.extract, "--by", "pupil_id", "--out", answer),
        "no_source": ("n", "--source", run.folder / "none", "--by", "class_id", "--out", answer),
        "bad_ending": ("n", "--source", run.extract, "--by", "class_id", "--out", run.folder / "a.doc"),
        "inside_a_lake": ("n", "--source", lake, "--by", "class_id", "--inside", "--out", answer),
    }
    for name, arguments in wrong.items():
        run.say(f"run_{name}", "pipelines.run", *arguments)


def _backtest(run: Session) -> None:
    run.say("backtest_help", "models.backtest", "--help")
    spans = ("--train-years", 2025, "--test-years", 2026, "--cuts", "0.4", "--by", "subject")
    run.say("backtest", "models.backtest", run.extract, *spans, "--json", run.folder / "figures.json")
    run.files("backtest_files", run.folder)
    run.say("backtest_no_terms", "models.backtest", run.extract, "--test-years", 1999)


def _measures(run: Session) -> None:
    """Compute every measure over the extract, in this process: sixty starts of an interpreter would take minutes."""
    groups = {
        "groups": ("class_id,subject_id,term_id",),
        "inside": ("class_id,subject_id,term_id", "--inside"),
        "school": ("school_year,term_kind,term_number", "--inside"),
        "pupils": ("pupil_id,term_id", "--inside"),
    }
    for measure in product.BY_MEASURE:
        lines = []
        for name, (by, *more) in groups.items():
            answer, refused = run.folder / f"{measure}.{name}.csv", run.folder / "refused.csv"
            given = [measure, "--source", str(run.extract), "--by", by, "--out", str(answer)]
            given += ["--refused", str(refused), *more]
            said = "".join(_called(product.run_measure, given))
            lines.append(f"== {name}\n{said}{answer.read_text() if answer.exists() else ''}")
        run.write(f"measure_{measure}", "\n".join(lines))


def _called(command: Callable[[list[str]], int], arguments: list[str]) -> Iterator[str]:
    with contextlib.redirect_stderr(io.StringIO()) as said:
        code = command(arguments)
    yield f"exit code {code}\n{said.getvalue()}"


COMMANDS: dict[str, Callable[[Session], None]] = {
    "extracts": _extracts,
    "backtest": _backtest,
    MEASURES: _measures,
    "lake": _lake,
    "demo": _demo,
}


def run_command(name: str, school: Path, extract: Path, scratch: Path, out: Path) -> str:
    """Run the commands of a name; returns an empty string."""
    folder, texts = scratch / f"commands-{name}", out / "commands" / name
    folder.mkdir()
    texts.mkdir(parents=True)
    COMMANDS[name](Session(school, extract, folder, texts))
    return ""
