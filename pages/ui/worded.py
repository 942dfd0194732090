"""A table with the words of its cells ready: the browser shows the words and sorts by the values."""

from collections.abc import Callable
from typing import Any, ClassVar

import pandas as pd
from pandas.io.formats.style import Styler
from streamlit import dataframe_util

from server.http.replacing import replace

# One for all: a table whose values are the same as before is the same to the browser.
STYLE_ID = "worded"


class _Sent(pd.DataFrame):
    """A table that is sent again as it was sent first: most of what it costs to show one is to pack it for the browser."""

    _metadata: ClassVar[list[str]] = ["packed"]
    packed: bytes | None = None

    def pack(self, pack: Callable[[pd.DataFrame], bytes]) -> bytes:
        """Return the bytes that the browser gets, packed at the first time."""
        if self.packed is None:
            self.packed = pack(self)
        return self.packed


class _Worded(_Sent):
    """Values that, asked for as text, give the words they were given."""

    _metadata: ClassVar[list[str]] = ["packed", "words"]
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
    table.words = _Sent(words)
    styler = Styler(values, uuid=STYLE_ID)
    vars(styler).update(data=table, _compute=lambda: styler, _translate=lambda *_: {})
    return styler


def send_packed_once() -> None:
    """Let Streamlit send a worded table as it was packed before."""
    pack = dataframe_util.convert_pandas_df_to_arrow_bytes

    def packed(table: pd.DataFrame, **options: Any) -> bytes:
        return table.pack(pack) if isinstance(table, _Sent) and not options else pack(table, **options)

    replace(dataframe_util, "convert_pandas_df_to_arrow_bytes", packed)


send_packed_once()
