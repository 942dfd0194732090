"""The chart and the tables of growth, and whether memory stays level."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import growth
from benchmarks.crowd.week import growth_mb
from benchmarks.growth_chart import Curve, Scale, chart, ticks
from benchmarks.server import WORKING_DAY

SVG = "{http://www.w3.org/2000/svg}"


def test_a_scale_places_equal_ratios_at_equal_distances() -> None:
    scale = Scale(1, 100, 0, 200)
    assert [scale.at(value) for value in (1, 10, 100)] == pytest.approx([0, 100, 200])
    assert scale.at(0) == 0


def test_ticks_lie_between_the_ends() -> None:
    assert ticks(7, 120) == [10, 20, 50, 100]


def test_every_curve_is_drawn_through_its_points() -> None:
    panels = {"years": [Curve("a <b>", [(1, 10), (10, 100)]), Curve("c", [(1, 20), (10, 20)])], "pupils": []}
    picture = ElementTree.fromstring(chart(panels, "ms"))
    lines = [line.attrib["points"].split() for line in picture.iter(f"{SVG}polyline")]
    assert [len(line) for line in lines] == [2, 2]
    heights = [[float(point.split(",")[1]) for point in line] for line in lines]
    assert heights[0][0] > heights[0][1]
    assert heights[1][0] == heights[1][1]
    words = [text.text for text in picture.iter(f"{SVG}text")]
    assert {"a <b>", "c", "years", "ms", "pupils: nothing measured"} <= set(words)


def test_the_page_keeps_its_words_around_the_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page, picture = tmp_path / "speed.md", tmp_path / "speed-growth.svg"
    monkeypatch.setattr(growth, "PAGE", page)
    monkeypatch.setattr(growth, "PICTURE", picture)
    page.write_text(f"before\n{growth.BEGIN}\nold\n{growth.END}\nafter\n", encoding="utf-8")
    growth.draw({"1000x1": {"save": 12.4}, "1000x2": {"save": 13.0}, "1000x10": {"save": 30.6}})
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "| save | 12 | 31 |" in text
    assert "| save | 13 |" in text
    assert picture.read_text(encoding="utf-8").count("<polyline") == 2


def test_schools_are_named_by_pupils_and_years() -> None:
    assert growth.school_named("1000x2") == WORKING_DAY
    big = growth.school_named("3000x2")
    assert (big.pupils, big.years) == (3000, 2)
    with pytest.raises(ValueError, match="invalid literal"):
        growth.school_named("big")


@pytest.mark.parametrize(
    ("memory", "grown"), [([300, 400, 425, 425, 450, 450, 450, 450], 25), ([100] * 8, 0), ([*range(8)], 4)]
)
def test_memory_of_the_first_quarter_is_warming_up(memory: list[float], grown: float) -> None:
    assert growth_mb(memory) == grown
