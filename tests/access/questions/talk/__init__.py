"""Questions to the subjects by which the school talks with families, a module each."""

import importlib
import pkgutil

from asking import Question

QUESTIONS: dict[str, Question] = {}
for found in pkgutil.iter_modules(__path__):
    QUESTIONS |= importlib.import_module(f"{__name__}.{found.name}").QUESTIONS
