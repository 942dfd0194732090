"""Tables of marks for fair comparison, small enough to know who is who."""

import pandas as pd

COLUMNS = ("pupil_id", "class_id", "subject_id", "teacher_id", "grade_level", "value")
MATHS, RUSSIAN, HISTORY, BIOLOGY = 1, 2, 3, 4


def marks(*rows: tuple[object, ...], times: int = 4) -> pd.DataFrame:
    """Return each row ``times`` times, the marks going up and down around its value."""
    shifts = [(-1) ** turn * (turn // 2 % 2) for turn in range(2, times + 2)]
    table = [(*row[:-1], row[-1] + shift) for row in rows for shift in shifts]
    frame = pd.DataFrame(table, columns=list(COLUMNS)).assign(weight=1.0)
    return frame.astype({"teacher_id": "Int64", "grade_level": "Int64"})
