"""A visitor without a browser, who speaks Streamlit's own protocol: for tests of the server, and for the load bench."""

import asyncio
import http.cookiejar
import json
import time
import urllib.request
from collections.abc import Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

DONE = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


def play(visit: Coroutine) -> Any:
    """Its result, from a thread of its own: in the tests' own thread Playwright's loop runs."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, visit).result()


class CutError(Exception):
    """The server has ended the connection."""


@dataclass
class Visitor:
    """One student.

    Attributes:
        address: of the server, "http://127.0.0.1:8501".
        session: the id that the server has given.
        widgets: key → id, of all elements that are on the page.
        drawn: the ids of all elements that were drawn in the last run and can send something.
        texts: what was drawn in the last run, as far as it is text.
        media: addresses of pictures and arrays that were drawn.
        headers: that the websocket is asked for with, beside the cookies.
        received: bytes over the websocket.
    """

    address: str
    session: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    widgets: dict[str, str] = field(default_factory=dict)
    drawn: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    media: list[str] = field(default_factory=list)
    failed: bool = False
    received: int = 0
    _states: dict[str, WidgetState] = field(default_factory=dict)
    _pages: dict[str, str] = field(default_factory=dict)
    _page: str = ""
    _name: str = ""
    _socket: ClientConnection | None = None
    _token: str = ""
    _cookies: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)

    async def enter(self, query: str = "", page: str = "") -> float:
        """Connect and draw the first page, as a link to it does. Returns the seconds that the run took."""
        self._name = page
        await asyncio.to_thread(self._ask, "/_stcore/health")
        self._token = next((cookie.value for cookie in self._cookies if "xsrf" in cookie.name), "")
        await self._connect()
        return await self.run(query)

    async def _connect(self) -> None:
        where = self.address.replace("http", "ws", 1) + "/_stcore/stream"
        protocols = ["streamlit", self._token or "none", *([self.session] if self.session else [])]
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._cookies)
        self._socket = await connect(
            where, subprotocols=protocols, additional_headers=self.headers | ({"Cookie": cookies} if cookies else {}),
            max_size=None, ping_interval=None, open_timeout=60,
        )  # fmt: skip

    async def come_back(self) -> float:
        """After a cut: the same session, if the server still has it."""
        await self._connect()
        return await self.run()

    async def cut(self) -> None:
        """As if the network failed: no farewell."""
        self._socket.transport.abort()

    async def leave(self) -> None:
        await self._socket.close()

    async def go(self, page: str, query: str = "") -> float:
        """Another page of the menu, by its address; the first one is "". Known after the first run."""
        self._page, self._name = self._pages[page], ""
        return await self.run(query)

    async def change(self, key: str, **value) -> float:
        """Set a widget by its key: ``string_value="cat"``, ``trigger_value=True``."""
        self._states[key] = WidgetState(id=self.widgets[key], **value)
        seconds = await self.run()
        if "trigger_value" in value:
            del self._states[key]
        return seconds

    async def tell(self, key: str, **what) -> float:
        """What a live part sends: ``chosen="cat"``."""
        return await self.change(key, json_value=json.dumps(what))

    async def upload(self, data: bytes, name: str = "photo.jpg", to: str = "upload.") -> float:
        """Choose a file in the uploader whose key begins so, and wait until the page is drawn with it."""
        key = next(key for key in reversed(self.widgets) if key.startswith(to))
        ask = BackMsg()
        ask.file_urls_request.request_id = "1"
        ask.file_urls_request.file_names.append(name)
        ask.file_urls_request.session_id = self.session
        start = time.perf_counter()
        await self._socket.send(ask.SerializeToString())
        while True:
            message = await self._next()
            if message.WhichOneof("type") == "file_urls_response":
                break
        urls = message.file_urls_response.file_urls[0]
        await asyncio.to_thread(self._put, urls.upload_url, data, name)
        state = WidgetState(id=self.widgets[key])
        info = state.file_uploader_state_value.uploaded_file_info.add()
        info.name, info.size, info.file_id = name, len(data), urls.file_id
        info.file_urls.CopyFrom(urls)
        self._states[key] = state
        await self.run()
        del self._states[key]  # the page draws a fresh uploader once it has taken the file
        return time.perf_counter() - start

    async def run(self, query: str = "", states: Iterable[WidgetState] = ()) -> float:
        """Ask for a run and wait until it has finished. Returns seconds.

        Args:
            states: of widgets, sent once after those that ``change`` has set.

        Raises:
            CutError: the connection ended before.
        """
        message = BackMsg()
        message.rerun_script.query_string = query
        message.rerun_script.page_script_hash = self._page
        message.rerun_script.page_name = self._name
        message.rerun_script.widget_states.widgets.extend((*self._states.values(), *states))
        start = time.perf_counter()
        try:
            await self.send(message.SerializeToString())
            self.drawn, self.texts, self.media, self.failed = [], [], [], False
            while True:
                answer = await self._next()
                kind = answer.WhichOneof("type")
                if kind == "script_finished" and answer.script_finished in DONE:
                    if answer.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:  # a whole page
                        self.widgets = {found.split("-", 2)[2]: found for found in self.drawn}
                    return time.perf_counter() - start
                if kind == "new_session":
                    self.session = answer.new_session.initialize.session_id or self.session
                elif kind == "navigation":
                    for page in answer.navigation.app_pages:
                        self._pages["" if page.is_default else page.url_pathname] = page.page_script_hash
                elif kind == "delta" and answer.delta.WhichOneof("type") == "new_element":
                    self._see(answer.delta.new_element)
        except Exception as error:
            if type(error).__module__.startswith("websockets"):
                raise CutError(str(error)) from error
            raise

    async def send(self, data: bytes | str) -> None:
        """Anything at all over the websocket."""
        await self._socket.send(data)

    def said(self, part: str) -> str:
        """The first text of the last run that has this in it, or ""."""
        return next((text for text in self.texts if part in text), "")

    def _see(self, element) -> None:
        kind = element.WhichOneof("type")
        part = getattr(element, kind)
        self.failed |= kind == "exception"
        if (found := getattr(part, "id", "")) and isinstance(found, str) and found.startswith("$$ID-"):
            self.widgets[found.split("-", 2)[2]] = found
            self.drawn.append(found)
        for name in ("body", "message"):
            if text := getattr(part, name, ""):
                self.texts.append(str(text))
        if kind == "imgs":
            self.media += [image.url for image in part.imgs]
            self.texts += [image.caption for image in part.imgs]

    async def _next(self) -> ForwardMsg:
        data = await self._socket.recv()
        self.received += len(data)
        message = ForwardMsg()
        message.ParseFromString(data)
        return message

    def _ask(self, path: str, method: str = "GET", data: bytes | None = None, **headers: str) -> bytes:
        request = urllib.request.Request(self.address + path, data, headers, method=method)
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies))
        with opener.open(request, timeout=60) as reply:
            return reply.read()

    def _put(self, path: str, data: bytes, name: str) -> None:
        edge = "----convlens"
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename={json.dumps(name)}\r\n'
        body = head.encode() + b"Content-Type: image/jpeg\r\n\r\n" + data + f"\r\n--{edge}--\r\n".encode()
        kind = f"multipart/form-data; boundary={edge}"
        self._ask(path, "PUT", body, **{"Content-Type": kind, "X-Xsrftoken": self._token})
