"""The first thing the server does: open the school, or say in one sentence why not and end.

``python -m server`` starts ``streamlit run app.py`` once the school is open, before Streamlit says that it can be viewed.
"""

import os
import sys

from school.errors import CannotOpen
from server.session import open_school

# What a supervisor sees of a school that cannot be opened as its files are: starting again does not help.
CANNOT_START = 78


def open_or_leave() -> None:
    """Open the school of this process; where it cannot be opened write why on the console and end the process."""
    try:
        open_school()
    except (CannotOpen, ValueError) as problem:
        sys.stderr.write(f"Журнал не запущен. {problem}\n")
        sys.stderr.flush()
        # Not sys.exit: the web server would write a traceback beside the sentence.
        os._exit(CANNOT_START)
