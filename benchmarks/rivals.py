"""What two open-source registers needed for the same work: one user, 1,000 pupils, two cores.

RosarioSIS 12 (PHP, PostgreSQL) and Gibbon 30 (PHP, MariaDB); processor milliseconds of the server, median.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rivals:
    """Processor milliseconds of each rival; None where it has no such screen."""

    rosario_ms: float | None
    gibbon_ms: float | None


RIVALS: dict[str, Rivals] = {
    "open_register": Rivals(98, 477),
    "save_marks": Rivals(47, 84),
    "save_attendance": Rivals(204, 496),
    "quality_frame": Rivals(97, None),
}
