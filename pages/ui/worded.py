"""A table with the words of its cells ready: the browser shows the words and sorts by the values."""

from typing import Any, ClassVar

import pandas as pd
from pandas.io.formats.style import Styler

# One for all: a table whose values are the same as before is the same to the browser.
STYLE_ID = "worded"


class _Worded(pd.DataFrame):
    """Values that, asked for as text, give the words they were given."""

    _metadata: ClassVar[list[str]] = ["words"]
    words: pd.DataFrame

    def astype(self, dtype: Any, *more: Any, **options: Any) -> Any:  # type: ignore[misc]
        """Return the words in place of ``str(value)``."""
        return self.words if dtype is str else super().astype(dtype, *more, **options)


def worded(values: pd.DataFrame, words: pd.DataFrame) -> Styler:
    """Return a styled table that shows ``words``, of the same shape, in place of its values.

    pandas would make a dictionary of each cell and Streamlit read the words out of it by a regular expression: that takes
    five times as long as all the rest. Neither has anything to add where the words are known.
    """
    table = _Worded(values)
    table.words = words
    styler = Styler(values, uuid=STYLE_ID)
    vars(styler).update(data=table, _compute=lambda: styler, _translate=lambda *_: {})
    return styler
