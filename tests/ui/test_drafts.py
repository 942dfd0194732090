"""What is typed is kept or said to be unsaved on every page: in a form, in a typed table with its draft, or in a text of its own."""

import pytest
from screens import open_page
from small_school import NAMES, ROLE_OF, People
from streamlit.proto.Dataframe_pb2 import Dataframe

from server.menu import PageRow, existing_rows, menu_rows

pytestmark = pytest.mark.usefixtures("school_screens")
