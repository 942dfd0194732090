"""A rerun begins as Streamlit would begin it, though what it begins with was made at the first."""

from urllib.parse import urlsplit

from event_loop import run_to_end
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.visitor import Visitor


async def beginnings(port: int, reruns: int) -> list[ForwardMsg]:
    visitor, found = Visitor(port, "nobody"), []
    try:
        for _ in range(reruns):
            await visitor.ask_for("")
            while (message := await visitor.next_message()).WhichOneof("type") != "script_finished":
                if message.WhichOneof("type") == "new_session":
                    found.append(message)
    finally:
        await visitor.close()
    return found


def test_every_rerun_begins_with_the_same_theme_and_settings_and_its_own_number(url: str) -> None:
    port = urlsplit(url).port
    assert port is not None
    first, second, third = run_to_end(beginnings(port, 3))
    assert first.new_session.custom_theme.primary_color == "#2f5d8a"
    assert second.new_session == third.new_session
    assert second.new_session.config == first.new_session.config
    assert second.new_session.custom_theme == first.new_session.custom_theme
    runs = {each.metadata.run.script_run_id for each in (first, second, third)}
    assert len(runs) == 3
