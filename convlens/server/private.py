"""Streamlit's private parts that ConvLens cannot do without, all in this file, each with what would happen without it.

Streamlit promises none of them. ``tests/convlens/server/test_private.py`` has a test for each that fails when an update takes it away.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path, PurePosixPath

import streamlit
from starlette.requests import HTTPConnection
from streamlit import runtime
from streamlit.errors import StreamlitAPIException
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import BackendOperationResponse, ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime import Runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.backend_operation_handler import DeferredFileHandler
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state.common import (
    WidgetMetadata,
    is_element_id,
    unpack_widget_state_value,
    user_key_from_element_id,
)
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.runtime.state.session_state import Serialized, SessionState
from streamlit.web.server.starlette.starlette_app_utils import decode_xsrf_token_string
from streamlit.web.server.starlette.starlette_server_config import XSRF_COOKIE_NAME

from convlens.errors import BusyError, InputError

FRAME = "/_stcore/stream"  # the websocket; without it no message is looked at
UPLOADS = r".*/_stcore/upload_file/([^/]+)/[^/]+"  # session; without it no upload is counted
INDEX = (
    Path(streamlit.__file__).parent / "static" / "index.html"
)  # without it the content policy would forbid Streamlit's own scripts
UNREADABLE = (
    TypeError,
    ValueError,
    AttributeError,
    LookupError,
    ArithmeticError,
    StreamlitAPIException,
)  # by deserialisers


# ---- who is here


def session() -> str:
    """Whose run this is. Without it nothing could be kept for one visitor alone."""
    return get_script_run_ctx().session_id


def is_served() -> bool:
    """Whether a server runs this, and no test of Streamlit's own kind. Without it the tests would forget what is on a page."""
    return type(Runtime._instance) is Runtime


def is_here(session_id: str) -> bool:
    """Whether a visitor's session is connected; without a server everybody is. Without it the maps of those who left are computed."""
    return not runtime.exists() or runtime.get_instance().is_active_session(session_id)


def browser_of(scope) -> bytes:
    """The random part of Streamlit's cookie, which stays while the text around it changes; b"" where there is none.

    Without it one browser with many tabs could take every seat.
    """
    token, _ = decode_xsrf_token_string(HTTPConnection(scope).cookies.get(XSRF_COOKIE_NAME, ""))
    return (token or b"")[:16]


def load_again() -> bytes:
    """A message that makes a browser load its page again. Without it a full hall would say nothing to a page that is open."""
    message = ForwardMsg()
    message.auth_redirect.url = ""  # relative to the page
    return message.SerializeToString()


# ---- what is kept of a visitor


def serve(data: bytes, kind: str, place: str, digest: str | None) -> str:
    """The address of bytes that a browser fetches; as ``st.image`` does it. Without it live parts would carry them."""
    return runtime.get_instance().media_file_mgr.add(data, kind, place, digest)


def mind_downloads(kept: int = 4, waiting: int = 8) -> None:
    """Once a process: a visitor's downloads are made one after another, and the last ones stay until their next whole run.

    Without the first, one visitor's requests would fill the threads that all wait for. Without the second, two runs that end, of anybody,
    between the making of a file and its fetching take it away: in a full hall that is every download.

    Args:
        kept, waiting: how many of a visitor's.
    """
    handle_it, make = DeferredFileHandler.handle, MediaFileManager.execute_deferred
    if hasattr(make, "__wrapped__"):
        return
    turns: dict[str, asyncio.Lock] = {}
    told: dict[str, str] = {}  # file → why it could not be made, as far as it is the visitor's to know
    asked: Counter[str] = Counter()

    @wraps(handle_it)
    async def handle(self, request, session_id: str):
        known = self._get_media_file_mgr()._deferred_callables.get(request.deferred_file.file_id)
        if known is None or known["session_id"] != session_id or asked[session_id] >= waiting:
            return BackendOperationResponse(request_id=request.request_id, error_msg="Please try again in a moment.")
        asked[session_id] += 1
        try:
            async with turns.setdefault(session_id, asyncio.Lock()):
                answer = await handle_it(self, request, session_id)
            if sentence := told.pop(request.deferred_file.file_id, ""):
                answer = BackendOperationResponse(request_id=request.request_id, error_msg=sentence)
            return answer
        finally:
            asked[session_id] -= 1
            if not asked[session_id]:
                del asked[session_id], turns[session_id]

    @wraps(make)
    def execute_deferred(self, file_id: str) -> str:
        try:
            address = make(self, file_id)
        except (BusyError, InputError) as error:
            told[file_id] = str(error)
            raise
        with self._lock:
            of = self._deferred_callables.get(file_id)
            if of and is_here(of["session_id"]):
                held = self._files_by_session_and_coord[of["session_id"]]
                for old in [place for place in held if place.startswith("made.")][: -kept + 1 or None]:
                    del held[old]
                held[f"made.{file_id}"] = PurePosixPath(address).stem
        return address

    DeferredFileHandler.handle, MediaFileManager.execute_deferred = handle, execute_deferred


def drop_upload(file) -> None:
    """Drop one of this visitor's uploads. Without it uploads would stay until the session ends."""
    context = get_script_run_ctx()
    context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)


def uploaded_bytes() -> int:
    """Bytes of all uploads that no page has dropped yet. Without it they could fill the memory."""
    stats = runtime.get_instance().uploaded_file_mgr.get_stats()
    return sum(stat.byte_length for kind in stats.values() for stat in kind)


def sessions() -> "Sessions":
    """Of the server that runs."""
    return Sessions(runtime.get_instance())


@dataclass(frozen=True)
class Sessions:
    """The sessions of a server. Without their private parts, photos of those who left would stay for hours."""

    of: Runtime

    def keep(self, most: int) -> None:
        """How many may wait for their visitor to come back."""
        self.of._session_mgr._session_storage._cache._maxsize = most

    def waiting(self) -> list[str]:
        """Those whose visitor is away."""
        return [info.session.id for info in self.of._session_mgr._session_storage.list()]

    def all(self) -> set[str]:
        return {info.session.id for info in self.of._session_mgr.list_sessions()}

    def are_watched(self) -> bool:
        """Whether a visitor is here."""
        return bool(self.of._session_mgr.num_active_sessions())

    def end(self, session_ids: Iterable[str]) -> None:
        """End them; and empty them: the server's own loop keeps the session that it has served last."""
        there = {info.session.id: info.session for info in self.of._session_mgr._session_storage.list()}
        for each in session_ids:
            self.of.close_session(each)
            there[each].session_state.clear()
            there[each]._fragment_storage.clear()

    def uploads(self) -> list[tuple[str, str]]:
        """(session, file) of all uploads."""
        return [
            (one, file) for one, files in list(self.of.uploaded_file_mgr.file_storage.items()) for file in list(files)
        ]

    def drop_upload(self, session_id: str, file: str) -> None:
        self.of.uploaded_file_mgr.remove_file(session_id, file)


# ---- what a browser sends to widgets: Streamlit believes what it gets, and most of its deserialisers raise on anything else


def before_widgets(
    admit: Callable[["Widgets", WidgetStates], WidgetStates], admits: Callable[[WidgetMetadata, WidgetState], bool]
) -> None:
    """Look at each widget's state before Streamlit does, once a process. Without it a wrong message ends in a fault.

    Args:
        admit: those states that may go on to this session's widgets.
        admits: whether a widget takes a state that came before it was there, as after a restart of the server.
    """
    before_run, register = SessionState.on_script_will_rerun, SessionState.register_widget
    if hasattr(before_run, "__wrapped__"):
        return

    @wraps(before_run)
    def on_script_will_rerun(self, fresh_widget_states, **more):
        if fresh_widget_states is not None:
            fresh_widget_states = admit(Widgets(self), fresh_widget_states)
        before_run(self, fresh_widget_states, **more)

    @wraps(register)
    def register_widget(self, metadata, user_key):
        states = self._new_widget_state.states
        waiting = states.get(metadata.id)
        if isinstance(waiting, Serialized) and not admits(metadata, waiting.value):
            del states[metadata.id]
        return register(self, metadata, user_key)

    SessionState.on_script_will_rerun, SessionState.register_widget = on_script_will_rerun, register_widget


class Shared(SessionState):
    """A visitor's state, with the lock of all its threads: Streamlit's own has no place for one."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.RLock()


def one_lock() -> None:
    """One lock for all threads that run a page for the same visitor, once a process.

    A click does not wait for the run before it, which goes on until it asks Streamlit for something; Streamlit gives each a lock of its
    own. Without this the old run may add a widget while the new one goes through them: a fault, and the click is lost.
    """
    begin, enter = SafeSessionState.__init__, AppSession.__init__
    if hasattr(begin, "__wrapped__"):
        return

    @wraps(begin)
    def one_of_its_threads(self, state, yield_callback):
        begin(self, state, yield_callback)
        if isinstance(state, Shared):
            object.__setattr__(self, "_lock", state.lock)

    @wraps(enter)
    def session(self, *args, **more):
        enter(self, *args, **more)
        self._session_state = Shared()

    SafeSessionState.__init__, AppSession.__init__ = one_of_its_threads, session


@dataclass(frozen=True)
class Widgets:
    """What is known of a session's widgets."""

    of: SessionState

    def known(self, widget: str) -> WidgetMetadata | None:
        """What takes its states; None where there was never such a widget."""
        return self.of._new_widget_state.widget_metadata.get(widget)

    def was_drawn(self, widget: str) -> bool:
        """Whether the last run has drawn it, or has set its value itself: by its id, or by the key it was given."""
        held = self.of._old_state, self.of._new_session_state
        return widget in self.of._new_widget_state.states or any(
            name in each for name in (widget, key_of(widget)) for each in held
        )


def key_of(widget: str) -> str | None:
    """The key that a page has given a widget."""
    return user_key_from_element_id(widget)


def is_widget(name: str) -> bool:
    """Whether this may be the id of a widget."""
    return is_element_id(name)


def sent(state: WidgetState):
    """The value in a message to a widget, as the browser sent it."""
    return unpack_widget_state_value(state)


__all__ = [
    "BackMsg",
    "WidgetMetadata",
    "WidgetState",
    "WidgetStates",
]  # the protocol's own types, for those who read it
