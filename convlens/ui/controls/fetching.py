"""Networks trained on ImageNet, and data sets, fetched by a click; offered to whoever sits at the machine that ConvLens runs on, nobody else."""

import logging
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

import streamlit as st

from convlens.errors import BusyError, InputError
from convlens.files import Fetched
from convlens.networks import jobs
from convlens.pictures import datasets
from convlens.pictures import jobs as reading
from convlens.pictures.datasets import DATA
from convlens.text import plain
from convlens.work import engine
from models.catalog import to_fetch
from models.imagenet import PRETRAINED, partial_of

LOOPBACK = ("localhost", "127.0.0.1", "::1")
# What a browser sends by itself when it opens a websocket. With anything else, somebody stands in between: proxies tell of
# themselves by more headers than could be listed.
BROWSERS = {
    "accept", "accept-encoding", "accept-language", "cache-control", "connection", "cookie", "dnt", "host", "origin", "pragma",
    "priority", "upgrade", "user-agent",
}  # fmt: skip


@dataclass(frozen=True)
class Fetch:
    """One thing under way: ``future`` of the job that fetches it."""

    name: str
    future: Future

    @property
    def entry(self) -> Fetched:
        return PRETRAINED.get(self.name) or DATA[self.name]


_last: Fetch | None = None  # of the whole server: one at a time
_lock = threading.Lock()


def is_local(address: str | None, headers: Mapping[str, str], *, clustered: bool = False) -> bool:
    """Whether a browser runs on the server's own machine and has opened ConvLens by a name of that machine.

    Args:
        address: of the connection; None is what Streamlit says for 127.0.0.1 and ::1. A socket for both kinds of addresses
            writes the first as ::ffff:127.0.0.1.
        headers: of the websocket's request.
        clustered: whether others compute, who would not have what is fetched here; so ``deploy/`` does it.
    """
    given = {name.lower(): value for name, value in headers.items()}
    if clustered or address not in (None, "::ffff:127.0.0.1"):
        return False
    if any(name not in BROWSERS and not name.startswith("sec-") for name in given):
        return False
    host, origin = given.get("host", ""), given.get("origin", "")
    try:
        return origin in (f"http://{host}", f"https://{host}") and urlsplit(origin).hostname in LOOPBACK
    except ValueError:  # brackets that hold no address
        return False


def _offered() -> bool:
    return is_local(st.context.ip_address, st.context.headers, clustered=bool(engine.ENGINE.cluster))


def offer() -> None:
    """Which networks could be fetched, each with its size; what is being fetched, how far it is, and how to stop it."""
    told = "Networks trained on ImageNet know a thousand things. They are fetched once, from where Keras keeps them, and stay on this machine."
    _offer(to_fetch(), "More networks, for this machine", told, "the networks")


def offer_data() -> None:
    """The same for the data sets that a run can learn from."""
    told = "Pictures to learn from. They are fetched once, from where Keras knows them, and stay on this machine."
    _offer(datasets.to_fetch(), "More to learn from, for this machine", told, "what is there")


def _offer(entries: Mapping[str, Fetched], label: str, told: str, seen: str) -> None:
    if not _offered() or not (entries or _under_way()):
        return
    with st.popover(":material/download:", help=label, key="fetch", type="tertiary"):
        st.markdown(told)
        if now := _under_way():
            _progress(now)
            return
        if said := _why_not():
            st.error(plain(said), icon=":material/cloud_off:")
        for name, entry in entries.items():
            label = f"{entry.title}, {entry.megabytes} MB"
            st.button(
                label, key=f"fetch.{name}", icon=":material/download:", on_click=begin, args=(name,), width="stretch"
            )
        st.caption(
            f"You see this because your browser runs on the server's own machine, or comes through a tunnel to it; others see {seen} only."
        )


def begin(name: str) -> None:
    """Start to fetch something, unless something is under way; for callbacks."""
    global _last
    with _lock:
        if name in (*to_fetch(), *datasets.to_fetch()) and not _under_way():
            job = jobs.fetch if name in PRETRAINED else reading.fetch
            try:
                _last = Fetch(name, engine.FETCHING.submit(job, name))
                _last.future.add_done_callback(partial(_tell_fault, name))
            except BusyError as error:
                failed: Future = Future()
                failed.set_exception(error)
                _last = Fetch(name, failed)


def stop(fetch: Fetch) -> None:
    """End it, and drop the part of the file that has come; for callbacks."""
    engine.FETCHING.end(fetch.future)
    if fetch.name in PRETRAINED:
        partial_of(fetch.name).unlink(missing_ok=True)
    if fetch.entry.fetched() < fetch.entry.bytes:
        fetch.entry.target.unlink(missing_ok=True)


def _under_way() -> Fetch | None:
    last = _last  # another visitor may begin one meanwhile
    return last if last and not last.future.done() else None


def _tell_fault(name: str, done: Future) -> None:
    if not done.cancelled() and (error := done.exception()) and not isinstance(error, InputError | BusyError):
        logging.getLogger("convlens").error("%s could not be fetched.", name, exc_info=error)


def _why_not() -> str:
    """What the last one ended with; "" where it came, or was stopped."""
    last = _last
    if last is None or not last.future.done() or last.future.cancelled() or not (error := last.future.exception()):
        return ""
    if isinstance(error, InputError | BusyError):
        return str(error)
    return f"{last.entry.title} could not be fetched. The server's log says why."


@st.fragment(run_every=0.7)
def _progress(fetch: Fetch) -> None:
    if fetch.future.done():
        st.rerun()
    entry, come = fetch.entry, fetch.entry.fetched()
    if not come:
        told = f"{entry.title}: a worker gets ready and asks for it."
    elif come == entry.bytes:
        told = f"{entry.title} is here; it is saved and checked."
    else:
        told = f"{entry.title}: {come / 1e6:.0f} of {entry.megabytes} MB"
    st.progress(come / entry.bytes, told)
    st.button("Stop", key="fetch.stop", icon=":material/stop:", on_click=stop, args=(fetch,))
