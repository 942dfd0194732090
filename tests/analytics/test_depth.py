"""A figure of «Качество обучения» passes few functions on its way to the rows, and no layer calls one above it."""

import sys
from pathlib import Path
from types import FrameType

import pytest
from measure_texts import TEXTS
from small_school import NOW, People

from pipelines.figures.figures import quality_by
from school.access.action import Action
from school.analytics.lookups.readers import FigureReader, periods_of
from school.store.connection import Store
from school.store.school import School

ROOT = f"{Path(__file__).parents[2]}/"
COMPREHENSIONS = {"<listcomp>", "<genexpr>", "<dictcomp>", "<setcomp>"}
# From the top: a function may call those of its own layer and of those below.
LAYERS = (
    "pipelines/figures",
    "pipelines/measures",
    "school/analytics/lookups",
    "school/analytics/store",
    "school/store",
)
MOST_FUNCTIONS = 12
# How the store reads a query is its own matter: a call ends at its door.
STORE, CACHE = "school/store/", "school/store/memory/cache.py"

Call = tuple[str, str]  # file, function


def place_of(frame: FrameType) -> str | None:
    """Return the product's file that a frame is in; None for libraries, tests and comprehensions."""
    path, name = frame.f_code.co_filename, frame.f_code.co_name
    is_product = path.startswith(ROOT) and not path.startswith((f"{ROOT}tests/", f"{ROOT}.venv/"))
    return path.removeprefix(ROOT) if is_product and name not in COMPREHENSIONS else None


class Calls:
    """The ways through the product's functions, each from the call of a figure down to the store's door."""

    def __init__(self) -> None:
        self.stack: list[Call] = []
        self.inside = 0
        self.ways: set[tuple[Call, ...]] = set()

    def note(self, frame: FrameType, event: str, _argument: object) -> None:
        if event not in {"call", "return"} or (place := place_of(frame)) is None:
            return
        if self.inside or (place.startswith(STORE) and place != CACHE):
            self.inside += 1 if event == "call" else -1
            if self.inside == 1 and event == "call":
                self.ways.add((*self.stack, (place, frame.f_code.co_qualname)))
        elif event == "call":
            self.stack.append((place, frame.f_code.co_qualname))
            self.ways.add(tuple(self.stack))
        else:
            self.stack.pop()


@pytest.fixture
def ways(school_store: Store, people: People) -> set[tuple[Call, ...]]:
    # Whoever writes a query is to be seen.
    TEXTS.clear()
    calls = Calls()
    for user, basis in ((people.deputy, "marks"), (people.stranger, "today"), (people.deputy, "today"),
                        (people.homeroom, "term")):  # fmt: skip
        reader = FigureReader(School(school_store, lambda: NOW), user, Action.READ_QUALITY)
        periods = periods_of(reader)
        sys.setprofile(calls.note)
        try:
            quality_by(reader, basis, periods[1:2], {}, ("class_id",))
        finally:
            sys.setprofile(None)
    return calls.ways


def layer(call: Call) -> int | None:
    return next((place for place, name in enumerate(LAYERS) if call[0].startswith(f"{name}/")), None)


def test_a_figure_is_at_most_twelve_functions_from_its_rows(ways: set[tuple[Call, ...]]) -> None:
    deepest = max(ways, key=len)
    assert len(deepest) <= MOST_FUNCTIONS, deepest
    assert any(call[1] == "Store.ask_by_partition" for way in ways for call in way), (
        "the rows were not asked for"
    )


def test_no_layer_calls_one_above_it(ways: set[tuple[Call, ...]]) -> None:
    for way in ways:
        layers = [place for call in way if (place := layer(call)) is not None]
        assert layers == sorted(layers), way
