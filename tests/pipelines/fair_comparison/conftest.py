"""What every test of a comparison may lack."""

import pandas as pd
import pytest
from marks_of_a_term import marks


@pytest.fixture
def no_marks() -> pd.DataFrame:
    """A table of marks without any."""
    return marks()
