"""Works measured one by one: their cost in probes, beside the rival's and the bound."""

import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.probe import mean_probe, probe
from benchmarks.rivals import PROBE_MS, ROSARIO_MS
from benchmarks.server import STEP_SECONDS, Server

WARM_UPS, REPEATS = 3, 20
HEADER = (
    f"{'work':<50} {'wall ms':>8} {'p95':>7} {'cpu ms':>8} {'probe':>6} {'ours':>7} {'Rosario':>7} {'R÷ours':>7}  "
    "bounds (cpu: in probes)"
)

Once = Callable[[int], Awaitable[None]]
"""One repetition of a work by its number."""


@dataclass(frozen=True)
class Bound:
    """A limit that a value must keep."""

    what: str
    value: float
    limit: float
    at_least: bool = False

    @property
    def is_kept(self) -> bool:
        """Whether it holds."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def __str__(self) -> str:
        """Return ``p95≤50``, or ``p95 OVER 50`` where it does not hold; from below ``rate≥40``, ``rate UNDER 40``."""
        if self.is_kept:
            return f"{self.what}{'≥' if self.at_least else '≤'}{self.limit:.4g}"
        return f"{self.what} {'UNDER' if self.at_least else 'OVER'} {self.limit:.4g}"


def judge(bounds: Sequence[Bound]) -> bool:
    """Print the bounds in a row; return whether all hold."""
    print(f"  bounds: {' · '.join(str(bound) for bound in bounds)}")
    return all(bound.is_kept for bound in bounds)


@dataclass
class Work:
    """One kind of work; times in milliseconds.

    The processor bound holds for the machine that the rival was measured on: it is compared in probes.
    """

    name: str
    title: str
    processor_bound_ms: float | None = None
    wall_bound_ms: float | None = None
    wall_ms: list[float] = field(default_factory=list)
    processor_ms: float = 0.0
    probe_ms: float = PROBE_MS

    @property
    def probes(self) -> float:
        """What the work costs, in probes."""
        return self.processor_ms / self.probe_ms

    @property
    def is_within_bounds(self) -> bool:
        """Whether all bounds hold."""
        return all(bound.is_kept for bound in self._bounds())

    def line(self) -> str:
        """Return the printed row."""
        times = f"{statistics.median(self.wall_ms):8.1f} {percentile(self.wall_ms, 0.95):7.1f} {self.processor_ms:8.1f}"
        words = " ".join(str(bound) for bound in self._bounds())
        return f"{self.title:<50} {times} {self.probe_ms:6.0f} {self.probes:7.2f} {self._rival()}  {words}"

    def _rival(self) -> str:
        theirs = ROSARIO_MS.get(self.name)
        if theirs is None:
            return f"{'—':>7} {'—':>7}"
        return f"{theirs / PROBE_MS:7.2f} {f'×{theirs / PROBE_MS / self.probes:.1f}':>7}"

    def _bounds(self) -> list[Bound]:
        found = []
        if self.processor_bound_ms is not None:
            found.append(Bound("cpu", self.probes, self.processor_bound_ms / PROBE_MS))
        if self.wall_bound_ms is not None:
            found.append(Bound("p95", percentile(self.wall_ms, 0.95), self.wall_bound_ms))
        return found


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


async def measure(
    server: Server, work: Work, once: Once, before: Once | None = None, repeats: int = REPEATS
) -> Work:
    """Repeat a work after a warm-up; note its wall and processor time and, between the repetitions, the probe.

    ``before`` is done before each repetition and not counted.
    """
    for number in range(WARM_UPS):
        if before:
            await before(number)
        await once(number)
    probes, spent = [probe()], 0.0
    for number in range(WARM_UPS, WARM_UPS + repeats):
        if before:
            await before(number)
        began, used = time.perf_counter(), server.processor_seconds()
        await once(number)
        work.wall_ms.append((time.perf_counter() - began) * 1000)
        spent += server.processor_seconds() - used
        probes.append(probe())
    # What is read in steps is no less than one.
    work.processor_ms = max(spent, STEP_SECONDS) * 1000 / repeats
    work.probe_ms = mean_probe(probes).total_ms
    return work


def computed(work: Work, milliseconds: list[float]) -> Work:
    """Return a work done in this process, whose processor time is its wall time, with the probe of this moment."""
    work.wall_ms, work.processor_ms = milliseconds, statistics.fmean(milliseconds)
    work.probe_ms = mean_probe([probe() for _ in range(10)]).total_ms
    return work
