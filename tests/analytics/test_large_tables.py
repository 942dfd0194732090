"""Tables too large to word each number still write them as Russian readers do."""

import json

import pytest
from streamlit.testing.v1 import AppTest


def large_table() -> None:
    import pandas as pd

    from pages.ui.tables import STYLED_CELLS, show_table
    from pipelines.figures.columns import percent_column

    rows = pd.DataFrame({"risk": [49.9699] * (STYLED_CELLS + 1)})
    show_table(rows, [percent_column("risk", "Риск")], "large")


def test_a_number_of_a_large_table_has_its_decimals_and_the_comma_of_the_language(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("server.view.kept_words", lambda: None)
    (table,) = AppTest.from_function(large_table).run().dataframe
    assert table.value["Риск"].iloc[0] == 50.0
    assert json.loads(table.proto.columns)["Риск"]["type_config"]["format"] == "localized"
