"""Mounts live parts (Streamlit components v2): folders of a room, or of ``components/`` where several rooms use them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit import runtime

from convlens.server import private

ROOMS = Path(__file__).parents[1]
FOLDERS = {file.stem: file.parent for file in ROOMS.glob("*/*/*.html") if file.stem == file.parent.name}


@cache
def _component(name: str):
    """Registered once a process; Streamlit takes the text of the files, after what all parts share."""
    return st.components.v2.component(
        f"convlens_{name}", html=_text(name, "html"), css=_text(name, "css"), js=_text(name, "js")
    )


def _text(name: str, kind: str) -> str:
    """Of a part's files of one kind, after what all parts share and what its script names: "// with arithmetic.js"."""
    shared = ROOMS / "components"
    own = "\n".join(file.read_text(encoding="utf-8") for file in sorted(FOLDERS[name].glob(f"*.{kind}")))
    if kind == "html":
        return own
    before = [f"shared.{kind}", *re.findall(r"^// with (\w+\.js)$", own, re.M)]
    return "\n".join([*((shared / file).read_text(encoding="utf-8") for file in before), own])


@dataclass(frozen=True)
class Told:
    """What is done with a value that a component sends; one that is not permitted is dropped, whoever sends it.

    Attributes:
        permits: of any JSON at all.
        act: of what is permitted.
    """

    permits: Callable[[Any], bool]
    act: Callable[[Any], None]


def mount(name: str, *, key: str, data: dict, **told: Told) -> None:
    """Draw the component ``name`` with ``data`` (JSON); ``told``: what is done with each state that it sends.

    The data goes as a list of one: Streamlit searches a dict for data frames, and imports pandas (1 s) to do so.
    """

    def hear(what: str, of: Told) -> None:
        message = st.session_state[key].get(what)
        if of.permits(value := said(message)) and _is_news(key, what, message):
            of.act(value)

    callbacks = {f"on_{what}_change": partial(hear, what, of) for what, of in told.items()}
    _component(name)(key=key, data=[data], **callbacks)


def said_just_now(key: str, what: str) -> Any:
    """What a component has sent with the very click whose callback this is, None if nothing: it is not heard once more.

    Streamlit calls the callbacks of widgets before those of components, in whichever order they were used.
    """
    message = st.session_state.get(key, {}).get(what)
    return said(message) if _is_sent(message) and _is_news(key, what, message) else None


def heard(key: str, what: str) -> float | None:
    """When its browser sent the last message that was heard from a component, None if there was none."""
    return st.session_state.get("_heard", {}).get((key, what))


def _is_news(key: str, what: str, message: Any) -> bool:
    """Whether a message was not heard yet; it is from now on."""
    if not _is_sent(message):
        return True
    before = heard(key, what)
    st.session_state.setdefault("_heard", {})[key, what] = message["at"]
    return message["at"] != before


def _is_sent(message: Any) -> bool:
    """Whether it came through ``asSent``; its time goes back to the browser, and has to be a number there."""
    if not isinstance(message, dict) or message.keys() != {"value", "at"}:
        return False
    return type(message["at"]) in (int, float) and 0 <= message["at"] < 1e15


def said(value: Any) -> Any:
    """What a component says: its scripts wrap it (``asSent``), so that the same said twice is another message."""
    return value["value"] if isinstance(value, dict) and value.keys() == {"value", "at"} else value


def served(data: bytes, kind: str, place: str, digest: str | None = None) -> str:
    """Bytes as an address on this server, for what a browser should fetch once and keep; as ``st.image`` does it.

    The address tells nothing to those who do not have it, and ends with the last session that uses it.

    Args:
        kind: a MIME type.
        place: what of the page it is for; another content in the same place replaces it.
        digest: of the data, needed for more than 1 MiB: of those Streamlit looks at a few samples only to tell one from
            another.
    """
    if not runtime.exists():
        return ""
    return base() + private.serve(data, kind, f"convlens.{place}", digest)


def base() -> str:
    """What this server's addresses begin with: nothing, or a slash and ``server.baseUrlPath``."""
    path = st.get_option("server.baseUrlPath").strip("/")
    return f"/{path}" if path else ""
