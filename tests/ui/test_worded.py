"""A table that stays the same is packed for the browser once, whoever looks at it."""

import pandas as pd
import pytest
from streamlit import dataframe_util
from streamlit.elements.lib.pandas_styler_utils import marshall_styler
from streamlit.proto.ArrowData_pb2 import ArrowData

from pages.ui.worded import worded

VALUES = pd.DataFrame({"Класс": ["7А", "7Б"], "Балл": [4.25, 3.5]})
WORDS = pd.DataFrame({"Класс": ["7А", "7Б"], "Балл": ["4,25", "3,50"]})


def sent(table: object) -> ArrowData:
    proto = ArrowData()
    marshall_styler(proto, table, "1")
    values = dataframe_util.convert_anything_to_pandas_df(table, ensure_copy=False)
    proto.data = dataframe_util.convert_pandas_df_to_arrow_bytes(values)
    return proto


def test_the_same_table_is_sent_as_it_was_packed_first(monkeypatch: pytest.MonkeyPatch) -> None:
    table = worded(VALUES, WORDS)
    first = sent(table)
    monkeypatch.setattr(
        dataframe_util, "convert_pandas_df_to_arrow_table", lambda _table: pytest.fail("packed again")
    )
    assert sent(table) == first


def test_values_and_words_are_those_of_the_table() -> None:
    proto = sent(worded(VALUES, WORDS))
    read = dataframe_util.convert_arrow_bytes_to_pandas_df
    assert read(proto.data).equals(VALUES)
    assert read(proto.styler.display_values).equals(WORDS)


def test_a_part_of_a_packed_table_is_packed_as_itself() -> None:
    table = worded(VALUES, WORDS)
    sent(table)
    part = table.data.iloc[:1]
    assert (
        len(
            dataframe_util.convert_arrow_bytes_to_pandas_df(
                dataframe_util.convert_pandas_df_to_arrow_bytes(part)
            )
        )
        == 1
    )
