"""A fitted model as a file that only the program which wrote it opens again.

A pickle runs code when it is opened, so a file is opened only if its SHA-256 is the one that was noted when the program wrote
it. A model made by other versions of the program or of its libraries is not opened either: it might answer otherwise.
"""

import hashlib
import io
import json
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import joblib

from models.evaluation.training import TrainedModel

LIBRARIES = ("scikit-learn", "numpy", "scipy", "pandas", "joblib")
COMPRESSION = 3
NEXT_STEP = "Пока прогнозы считаются по постоянным настройкам; модель обучится заново сама или по просьбе администратора."


class ModelFault(Exception):
    """The file cannot be used; the text is Russian and goes on the screen."""


@cache
def program_digest() -> str:
    """A digest of the sources that a model is made of and answers by: another digest, another program."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parents[1].rglob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def library_versions() -> str:
    """The libraries that a model file depends on, as one line."""
    return ", ".join(f"{name} {version(name)}" for name in LIBRARIES)


@dataclass(frozen=True)
class ModelFile:
    """A model file as the store remembers it: its name in the folder, its SHA-256, and what wrote it."""

    name: str
    sha256: str
    program: str
    libraries: str


def write_model(folder: Path, name: str, trained: TrainedModel, facts: Mapping[str, Any]) -> ModelFile:
    """Write `name`.joblib with `name`.json beside it, each to a temporary name first and then renamed."""
    folder.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    joblib.dump(trained, buffer, compress=COMPRESSION)
    content = buffer.getvalue()
    written = ModelFile(
        f"{name}.joblib", hashlib.sha256(content).hexdigest(), program_digest(), library_versions()
    )
    about = {**facts, **vars(written)}
    _replace(folder / written.name, content)
    _replace(folder / f"{name}.json", json.dumps(about, ensure_ascii=False, indent=1).encode())
    return written


def _replace(path: Path, content: bytes) -> None:
    fresh = path.with_name(f"{path.name}.tmp")
    with fresh.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(path)


def forget_models(folder: Path, keep: Collection[str]) -> None:
    """Delete the model files of a folder but those named in ``keep``, each with its facts beside it."""
    stems_in_use = {Path(name).stem for name in keep}
    for path in folder.glob("*.joblib"):
        if path.stem not in stems_in_use:
            path.with_suffix(".json").unlink(missing_ok=True)
            path.unlink(missing_ok=True)


def check_model(folder: Path, file: ModelFile) -> bytes:
    """The content of a file that this very program wrote. ModelFault, in words, for any other."""
    if file.program != program_digest() or file.libraries != library_versions():
        raise ModelFault(f"Модель прогноза обучена другой версией программы. {NEXT_STEP}")
    try:
        content = (folder / file.name).read_bytes()
    except OSError as error:
        raise ModelFault(f"Файл модели прогноза не читается. {NEXT_STEP}") from error
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise ModelFault(f"Файл модели прогноза повреждён или подменён и не открыт. {NEXT_STEP}")
    return content


def read_model(folder: Path, file: ModelFile) -> TrainedModel:
    """The model of a file that this very program wrote. ModelFault, in words, for any other."""
    content = check_model(folder, file)
    try:
        trained = joblib.load(io.BytesIO(content))
    except Exception as error:  # whatever a broken pickle raises, the school goes on without it
        raise ModelFault(f"Модель прогноза не открылась. {NEXT_STEP}") from error
    if not isinstance(trained, TrainedModel):
        raise ModelFault(f"В файле модели прогноза нет модели. {NEXT_STEP}")
    return trained
