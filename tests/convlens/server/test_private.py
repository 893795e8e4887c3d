"""Each private part of Streamlit that is used, asked of Streamlit itself: an update that takes one away fails here."""

import asyncio
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime import media_file_manager
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.backend_operation_handler import DeferredFileHandler
from streamlit.runtime.fragment import MemoryFragmentStorage
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.script_data import ScriptData
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.runtime.session_manager import SessionInfo
from streamlit.runtime.state import SessionState
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string
from streamlit.web.server.starlette.starlette_server_config import XSRF_COOKIE_NAME

from convlens.server import messages, private
from convlens.server.private import Sessions


def test_whose_run_this_is():
    def page():
        import streamlit as st

        from convlens.server import private

        st.write(private.session(), private.is_served())

    told = AppTest.from_function(page).run().markdown[0].value
    assert told == "test session id `False`"  # Streamlit's own tests are no server; tests/server/test_rows.py has one
    assert private.is_here("anybody")


def test_tabs_of_one_browser_have_one_name():
    def scope(token: str) -> dict:
        return {"type": "http", "headers": [(b"cookie", f"{XSRF_COOKIE_NAME}={token}".encode())]}

    token = bytes(range(16))
    first, second = (generate_xsrf_token_string(token, 0) for _ in range(2))
    assert first != second
    assert private.browser_of(scope(first)) == private.browser_of(scope(second)) == token
    assert private.browser_of({"type": "http", "headers": []}) == b""


def test_the_message_that_loads_a_page_again():
    assert ForwardMsg.FromString(private.load_again()).WhichOneof("type") == "auth_redirect"


def test_streamlits_page_has_scripts_of_its_own():
    assert b"<script>" in private.INDEX.read_bytes()


def test_uploads_are_counted_and_dropped(monkeypatch):
    uploads = MemoryUploadedFileManager("")
    uploads.add_file("Ada", UploadedFileRec("1", "a.png", "image/png", b"123"))
    uploads.add_file("Bob", UploadedFileRec("2", "b.png", "image/png", b"4567"))
    there = SimpleNamespace(uploaded_file_mgr=uploads)
    monkeypatch.setattr(private.runtime, "get_instance", lambda: there)
    monkeypatch.setattr(
        private, "get_script_run_ctx", lambda: SimpleNamespace(uploaded_file_mgr=uploads, session_id="Ada")
    )
    assert private.uploaded_bytes() == 7
    assert sorted(Sessions(there).uploads()) == [("Ada", "1"), ("Bob", "2")]
    private.drop_upload(SimpleNamespace(file_id="1"))
    assert Sessions(there).uploads() == [("Bob", "2")]
    Sessions(there).drop_upload("Bob", "2")
    assert private.uploaded_bytes() == 0


def test_a_download_stays_until_it_is_fetched_whoever_else_ends_a_run(monkeypatch):
    private.mind_downloads()
    monkeypatch.setattr(media_file_manager, "_get_session_id", lambda: "Ada")
    files = MediaFileManager(MemoryMediaFileStorage("/media"))
    asked = files.add_deferred(lambda: b"1,2,3", "text/csv", "1.2.3", "numbers.csv")
    made = files.execute_deferred(asked).removeprefix("/media/").removesuffix(".csv")
    for _ in range(3):  # runs of others that end
        files.remove_orphaned_files()
    assert files.read_file(made).content == b"1,2,3"
    files.clear_session_refs("Ada")  # she has left, or her next whole run has begun
    for _ in range(2):
        files.remove_orphaned_files()
    assert files.read_file(made) is None
    some = [files.add_deferred(lambda n=n: b"%d" % n, "text/csv", f"1.2.{n}", f"{n}.csv") for n in range(9)]
    made = [files.execute_deferred(each).removeprefix("/media/").removesuffix(".csv") for each in some]
    for _ in range(2):
        files.remove_orphaned_files()
    assert [files.read_file(each) is not None for each in made] == [False] * 5 + [True] * 4
    late = files.add_deferred(lambda: b"4", "text/csv", "1.2.4", "late.csv")
    files.clear_session_refs("Ada")
    monkeypatch.setattr(private, "is_here", lambda session: False)
    files.execute_deferred(late)  # nobody waits for it any more
    for _ in range(2):
        files.remove_orphaned_files()
    assert not files._files_by_session_and_coord
    assert not files._file_metadata


def test_one_visitors_downloads_are_made_one_after_another(monkeypatch):
    private.mind_downloads()
    monkeypatch.setattr(media_file_manager, "_get_session_id", lambda: "Ada")
    files, at_work, most = MediaFileManager(MemoryMediaFileStorage("/media")), [], []

    def made() -> bytes:
        at_work.append(1)
        most.append(len(at_work))
        time.sleep(0.02)
        at_work.pop()
        return b"1"

    asked = [files.add_deferred(made, "text/csv", f"1.{n}", f"{n}.csv") for n in range(12)]
    handler = DeferredFileHandler(lambda: files)

    def request(file: str) -> BackendOperationRequest:
        message = BackendOperationRequest(request_id=file)
        message.deferred_file.file_id = file
        return message

    async def all_at_once() -> list:
        others = handler.handle(request(asked[0]), "Bob"), handler.handle(request("a" * 32), "Ada")
        return await asyncio.gather(*(handler.handle(request(file), "Ada") for file in asked), *others)

    answers = asyncio.run(all_at_once())
    assert [bool(answer.deferred_file.url) for answer in answers] == [True] * 8 + [False] * 6
    assert {answer.error_msg for answer in answers[8:]} == {"Please try again in a moment."}
    assert most == [1] * 8
    assert asyncio.run(handler.handle(request(asked[11]), "Ada")).deferred_file.url  # and later it is made


@pytest.fixture
def waiting() -> MemorySessionStorage:
    """Streamlit's own, with two sessions."""
    storage = MemorySessionStorage()
    for name in ("Ada", "Bob"):
        session = AppSession.__new__(AppSession)  # the real one would start a thread
        session.id, session._session_state, session._fragment_storage = name, SessionState(), MemoryFragmentStorage()
        session._session_state["_photo"] = "a photo"
        session.shutdown = session.__del__ = lambda: None
        storage.save(SessionInfo(client=None, session=session))
    return storage


def test_a_run_that_is_ending_changes_nothing_while_the_next_one_reads():
    """As Streamlit does at a click: another thread, with another view of the same state."""
    messages.keep_the_door()
    state, seen = private.Shared(), []
    before, now = (SafeSessionState(state, lambda: None) for _ in range(2))
    ending = threading.Thread(target=before.__setitem__, args=("late", 1))

    def read(_value) -> str:  # while the next run goes through its widgets
        ending.start()
        ending.join(0.2)
        seen.append("late" in state._new_session_state)
        return "read"

    other = private.WidgetMetadata("$$ID-x-a", read, str, "string_value", callback=lambda: None)
    state._new_widget_state.set_widget_metadata(other)
    message = WidgetStates()
    message.widgets.add(id="$$ID-x-a", string_value="x")
    state.on_script_will_rerun = lambda fresh, **_: (
        SessionState.set_widgets_from_proto(state, fresh) or state._widget_changed("$$ID-x-a")
    )
    now.on_script_will_rerun(message)
    ending.join()
    assert seen == [False]
    assert state["late"] == 1


def test_a_visitors_state_has_that_lock():
    messages.keep_the_door()

    async def enter() -> SessionState:
        session = AppSession(
            ScriptData(str(Path("app.py").resolve())),
            MemoryUploadedFileManager("/upload"),
            ScriptCache(),
            lambda: None,
            {},
        )
        state = session._session_state
        session.shutdown()
        return state

    state = asyncio.run(enter())
    assert SafeSessionState(state, lambda: None)._lock is SafeSessionState(state, lambda: None)._lock


def test_sessions_are_listed_ended_and_emptied(waiting):
    ended: list[str] = []
    manager = SimpleNamespace(_session_storage=waiting, list_sessions=waiting.list, num_active_sessions=lambda: 0)
    sessions = Sessions(SimpleNamespace(_session_mgr=manager, close_session=ended.append))
    assert sorted(sessions.waiting()) == ["Ada", "Bob"]
    assert sessions.all() == {"Ada", "Bob"}
    assert not sessions.are_watched()
    sessions.keep(7)
    assert waiting._cache.maxsize == 7
    states = {info.session.id: info.session.session_state for info in waiting.list()}
    sessions.end(["Ada"])
    assert ended == ["Ada"]
    assert "_photo" not in states["Ada"]
    assert states["Bob"]["_photo"] == "a photo"
