"""A chart of curves on logarithmic scales as SVG text: straight lines of slope one are what grows with the school."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT, LEFT, TOP, LEGEND_ROW = 420, 300, 60, 30, 18
COLOURS = ("#1f6fb2", "#d1495b", "#2e8b57", "#e08e0b", "#6a4c93", "#00868b", "#8c564b", "#c05a9e", "#555555")
MARGIN = 1.15


@dataclass(frozen=True)
class Curve:
    """A title and its points (size, cost), all above nought."""

    title: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Scale:
    """Places values between two ends of a line, by their logarithm."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the place of a value; one below the low end is placed there."""
        share = math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        return self.start + share * (self.end - self.start)


def chart(panels: Mapping[str, Sequence[Curve]], unit: str) -> str:
    """Return panels side by side with one legend; a panel's name is what its axis counts, ``unit`` what its points cost."""
    costs = [cost for curves in panels.values() for curve in curves for _, cost in curve.points]
    titles = list(dict.fromkeys(curve.title for curves in panels.values() for curve in curves))
    colours = {title: COLOURS[number % len(COLOURS)] for number, title in enumerate(titles)}
    upright = Scale(
        max(min(costs, default=1), 1) / MARGIN, max(costs, default=10) * MARGIN, TOP + HEIGHT, TOP
    )
    width = len(panels) * (WIDTH + LEFT) + LEFT
    foot = TOP + HEIGHT + 60
    parts = [
        _panel(name, curves, upright, LEFT + number * (WIDTH + LEFT), colours, unit)
        for number, (name, curves) in enumerate(panels.items())
    ]
    for number, title in enumerate(titles):
        x, y = LEFT + number % 2 * (WIDTH + LEFT), foot + number // 2 * LEGEND_ROW
        parts.append(f'<rect x="{x}" y="{y - 9}" width="10" height="10" fill="{colours[title]}"/>')
        parts.append(_text(title, x + 16, y, "start"))
    height = foot + (len(titles) + 1) // 2 * LEGEND_ROW
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
        f'font-size="12">\n<rect width="{width}" height="{height}" fill="white"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _panel(
    name: str, curves: Sequence[Curve], upright: Scale, left: float, colours: Mapping[str, str], unit: str
) -> str:
    sizes = sorted({size for curve in curves for size, _ in curve.points})
    if not sizes:
        return _text(f"{name}: nothing measured", left, TOP, "start")
    across = Scale(sizes[0] / MARGIN, sizes[-1] * MARGIN, left, left + WIDTH)
    bottom = TOP + HEIGHT
    parts = [_text(unit, left, TOP - 10, "start"), _text(name, left + WIDTH / 2, bottom + 36, "middle")]
    for cost in ticks(upright.low, upright.high):
        y = upright.at(cost)
        parts.append(f'<path d="M{left} {y:.1f}h{WIDTH}" stroke="#dddddd"/>')
        parts.append(_text(f"{cost:g}", left - 6, y + 4, "end"))
    for size in sizes:
        parts.append(_text(f"{size:g}", across.at(size), bottom + 18, "middle"))
    # What costs twice as much in a school twice the size is parallel to this.
    middle, reach = math.sqrt(upright.low * upright.high), math.sqrt(sizes[-1] / sizes[0])
    start, end = (
        f"{across.at(size):.1f},{upright.at(cost):.1f}"
        for size, cost in ((sizes[0], middle / reach), (sizes[-1], middle * reach))
    )
    parts.append(f'<path d="M{start}L{end}" stroke="#999999" stroke-dasharray="4 4"/>')
    for curve in curves:
        placed = [(across.at(size), upright.at(cost)) for size, cost in curve.points]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        colour = colours[curve.title]
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in placed]
    return "\n".join(parts)


def ticks(low: float, high: float) -> list[float]:
    """Return 1, 2, 5 and their tenfolds from low to high."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    values = [digit * 10.0**decade for decade in decades for digit in (1, 2, 5)]
    return [value for value in values if low <= value <= high]


def _text(words: str, x: float, y: float, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
