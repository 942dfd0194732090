"""Pages as somebody opens them: what the browser is sent, and the files behind the download buttons."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from streamlit import config
from streamlit.runtime import Runtime
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.local_script_runner import LocalScriptRunner

from . import product
from .base import secret_of
from .documents import document_text
from .drawn import Drawing
from .moment import ROOT
from .normal import normal

SECONDS = 240
_messages: list[Any] = []
_managers: list[Any] = []
_asked_for = LocalScriptRunner.forward_msgs


def _remembered(runner: LocalScriptRunner) -> list[Any]:
    _messages[:] = _asked_for(runner)
    _managers[:] = [Runtime._instance.media_file_mgr]  # type: ignore[union-attr]
    return list(_messages)


# AppTest keeps of the messages only what its own elements need, and forgets the files behind the buttons.
setattr(LocalScriptRunner, "forward_msgs", _remembered)  # noqa: B010


class Screen:
    """A page that somebody has open."""

    def __init__(self, page: str, person: str | None, address: Mapping[str, str]) -> None:
        """Open a page by its address, ``address`` being what stands after «?»; nobody is signed in for None."""
        config.set_option("client.showErrorDetails", "full")
        self.test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
        if page:
            self.test.switch_page(f"pages/{product.PAGE_PATHS[page]}")
        for name, value in address.items():
            self.test.query_params[name] = value
        if person is not None:
            self.test.session_state[product.SECRET_KEY] = secret_of(person)
        self.run()

    def run(self) -> None:
        """Run the page again with its widgets as they now are."""
        self.test.run()
        self.messages, self.manager = list(_messages), _managers[0]

    def text(self, shared: Path) -> str:
        """Return the frame, the elements and the address that the page has given itself."""
        drawing = Drawing(self.messages, shared)
        address = sorted((name, value) for name, value in self.test.query_params.items())
        return f"address: {address}\n{drawing.frame()}{drawing.text()}"

    def downloads(self) -> Iterator[tuple[str, str]]:
        """Yield the name and the contents of each file that a button would download."""
        for message in self.messages:
            if message.WhichOneof("type") != "delta" or not message.delta.HasField("new_element"):
                continue
            element = message.delta.new_element
            if element.WhichOneof("type") != "download_button":
                continue
            button = element.download_button
            if button.disabled:
                continue
            url = button.url or self.manager.execute_deferred(button.deferred_file_id)
            file = self.manager._storage.get_file(url.rsplit("/", 1)[-1])
            yield file.filename or "", normal(document_text(file.content, file.filename or ""))
