"""A file is given only while its maker's session and rights are what they were; a tab may ask only for what pages need."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from event_loop import run_to_end
from screens import session_of
from small_school import NOW, USER_IDS, People
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.backend_operation_handler import DeferredFileHandler
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from school.errors import RuleRefused
from school.sign_in.actions.sessions import sign_out
from school.store.school import School
from server.http import downloads
from server.http.downloads import REVOKED, check_downloads, file_of, may_fetch
from server.http.tabs import Holder, Tab

TAB = "the tab"


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Iterator[MediaFileManager]:
    """Streamlit's files as the server checks them."""
    for owner, name in (
        (MediaFileManager, "add"),
        (MediaFileManager, "add_deferred"),
        (MediaFileManager, "_drop_deferred_id"),
        (MemoryMediaFileStorage, "delete_file"),
        (DeferredFileHandler, "handle"),
        (AppSession, "handle_backmsg"),
        (AppSession, "_handle_backend_operation_request"),
    ):
        monkeypatch.setattr(owner, name, getattr(owner, name))
    check_downloads()
    monkeypatch.setattr("streamlit.runtime.media_file_manager._get_session_id", lambda: TAB)
    yield MediaFileManager(MemoryMediaFileStorage("/media"))
    downloads._made_for.clear()


@pytest.fixture
def draws(monkeypatch: pytest.MonkeyPatch, school_screens: School) -> Callable[..., str]:
    """Return ``draws(user)``: a rerun draws for somebody from now on; the secret of their new session."""

    def drawn(user: Any) -> str:
        secret = session_of(user)
        monkeypatch.setattr(downloads, "_holder_of_run", lambda: Holder(secret, user))
        return secret

    return drawn


def press(files: MediaFileManager, file_id: str, tab: str = TAB) -> Any:
    message = BackMsg()
    message.backend_operation_request.deferred_file.file_id = file_id
    handler = DeferredFileHandler(lambda: files)
    return run_to_end(handler.handle(message.backend_operation_request, tab))


def deferred(files: MediaFileManager, make: Callable[[], bytes]) -> str:
    return files.add_deferred(make, "text/csv", "place", "list.csv")


def test_a_file_is_made_and_given_to_its_maker_alone(
    files: MediaFileManager, draws: Callable[..., str], people: People
) -> None:
    secret = draws(people.deputy)
    answer = press(files, deferred(files, lambda: b"list"))
    made = file_of(answer.deferred_file.url)
    assert may_fetch(made, secret)
    assert not may_fetch(made, None)
    assert not may_fetch(made, session_of(people.deputy)), "another session of the same person"
    assert not may_fetch("0" * 32, secret)


def test_the_same_content_made_for_two_is_each_ones_own(
    files: MediaFileManager, draws: Callable[..., str], people: People
) -> None:
    secrets = []
    for user in (people.deputy, people.head):
        secrets.append(draws(user))
        made = file_of(files.add(b"same", "text/csv", "place"))
    assert all(may_fetch(made, secret) for secret in secrets)


def test_after_signing_out_nothing_is_made_or_given(
    files: MediaFileManager, draws: Callable[..., str], people: People, school_screens: School
) -> None:
    secret = draws(people.deputy)
    runs: list[int] = []
    file_id = deferred(files, lambda: runs.append(1) or b"list")  # type: ignore[func-returns-value]
    made = file_of(press(files, file_id).deferred_file.url)
    sign_out(school_screens.store, secret, now=NOW)
    assert press(files, file_id).error_msg == REVOKED
    assert not may_fetch(made, secret)
    assert runs == [1], "what a page left behind does not run for nobody"


def test_who_has_lost_a_right_gets_nothing_from_a_page_drawn_before(
    files: MediaFileManager, draws: Callable[..., str], people: People, change: Callable[[str], None]
) -> None:
    secret = draws(people.deputy)
    file_id = deferred(files, lambda: b"list")
    made = file_of(press(files, file_id).deferred_file.url)
    change(f"DELETE FROM user_roles WHERE user_id = {USER_IDS['deputy']}")
    assert press(files, file_id).error_msg == REVOKED
    assert not may_fetch(made, secret)


def test_a_button_answers_to_its_own_tab(
    files: MediaFileManager, draws: Callable[..., str], people: People
) -> None:
    draws(people.deputy)
    assert press(files, deferred(files, lambda: b"list"), "another tab").error_msg == REVOKED


def test_a_refusal_while_a_file_is_made_is_told_in_its_words_and_a_fault_in_none(
    files: MediaFileManager, draws: Callable[..., str], people: People
) -> None:
    draws(people.deputy)

    def refuse() -> bytes:
        raise RuleRefused("Так нельзя.")

    def fail() -> bytes:
        raise ValueError("Яковлев")

    assert press(files, deferred(files, refuse)).error_msg == "Так нельзя."
    told = press(files, deferred(files, fail)).error_msg
    assert "№" in told
    assert "Яковлев" not in told


def test_what_is_dropped_is_forgotten(
    files: MediaFileManager, draws: Callable[..., str], people: People
) -> None:
    draws(people.deputy)
    file_id = deferred(files, lambda: b"list")
    press(files, file_id)
    files.clear_session_refs(TAB)
    for _ in range(2):
        # Streamlit waits a rerun before it drops a file that may be on its way.
        files.remove_orphaned_files()
    assert downloads._made_for == {}


@pytest.mark.parametrize("kind", [field.name for field in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields])
def test_a_browser_may_ask_its_tab_only_for_what_pages_need(
    files: MediaFileManager, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """«clear_cache» would empty everybody's; the rest are for those who write the program."""
    done: list[str] = []
    names = {
        "_handle_rerun_script_request": "rerun_script",
        "_handle_git_information_request": "load_git_info",
        "_handle_clear_cache_request": "clear_cache",
        "_handle_app_heartbeat_request": "app_heartbeat",
        "_handle_set_run_on_save_request": "set_run_on_save",
        "_handle_stop_script_request": "stop_script",
        "_handle_file_urls_request": "file_urls_request",
    }
    does = {name: (lambda *_args, what=what, **_named: done.append(what)) for name, what in names.items()}
    tab = SimpleNamespace(**does, handle_backmsg_exception=lambda problem: done.append(repr(problem)))
    message = BackMsg()
    getattr(message, kind).SetInParent() if message.DESCRIPTOR.fields_by_name[kind].message_type else setattr(
        message, kind, True
    )
    if kind != "backend_operation_request":
        AppSession.handle_backmsg(tab, message)  # type: ignore[arg-type]
    allowed = {"rerun_script", "stop_script", "app_heartbeat", "file_urls_request"}
    assert done == ([kind] if kind in allowed else [])


@pytest.mark.parametrize(
    "payload", ["install_skills", "dismiss_skills_nudge", "dataframe_chunk", "deferred_file"]
)
def test_beside_a_page_only_its_holder_asks_and_only_for_its_data(
    files: MediaFileManager,
    people: People,
    school_screens: School,
    monkeypatch: pytest.MonkeyPatch,
    payload: str,
) -> None:
    answers: list[Any] = []
    served: list[str] = []
    tab = SimpleNamespace(id=TAB, _enqueue_forward_msg=answers.append)
    message = BackMsg()
    getattr(message.backend_operation_request, payload).SetInParent()

    async def operate(_self: Any, request: Any) -> None:
        served.append(request.WhichOneof("payload"))

    monkeypatch.setattr(AppSession, "_handle_backend_operation_request", operate)
    downloads._answer_only_what_pages_ask()
    ask = AppSession._handle_backend_operation_request
    holder = Holder(session_of(people.deputy), people.deputy)
    for held in (None, replace(holder, secret="ended"), holder):
        monkeypatch.setattr(downloads, "tab_of", lambda _id, held=held: held and Tab(held, ""))
        run_to_end(ask(tab, message.backend_operation_request))  # type: ignore[arg-type]
    is_data = payload in {"dataframe_chunk", "deferred_file"}
    assert served == ([payload] if is_data else [])
    assert [each.backend_operation_response.error_msg for each in answers] == [REVOKED] * (
        2 if is_data else 3
    )
