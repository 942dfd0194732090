"""``python -m server [options of streamlit run]``: open the school, then serve its register."""

import os
import sys
from pathlib import Path

APP = Path(__file__).resolve().parents[1] / "app.py"


def main(options: list[str]) -> None:
    """Serve until the process is stopped; ends at once where the school cannot be opened."""
    # Arrow's own allocator keeps what tables on their way to a browser have used, a twentieth of the server's memory.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    from server.session import open_or_leave

    open_or_leave()
    from streamlit.web.cli import main as streamlit

    streamlit(["run", str(APP), *options])


if __name__ == "__main__":
    main(sys.argv[1:])
