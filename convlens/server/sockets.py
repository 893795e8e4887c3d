"""The server's sockets send at once what they are given."""

import os
import socket
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

DESCRIPTORS = Path("/dev/fd")  # on Linux and macOS; Windows has none, and does without


def send_at_once() -> None:
    """Set TCP_NODELAY on every listening socket of this process; connections inherit it.

    Streamlit 1.67 binds its socket itself, in a way that keeps asyncio from doing so. Without it a run's last messages
    wait for the browser to acknowledge its first: 40 ms a click on one machine, a round trip on any network.
    """
    for one in tcp():
        if one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def tcp() -> Iterator[socket.socket]:
    """Every TCP socket of this process, as a duplicate that is closed when the next one is asked for."""
    for name in os.listdir(DESCRIPTORS) if DESCRIPTORS.is_dir() else ():
        with suppress(OSError):  # closed since
            if stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                with socket.socket(fileno=os.dup(int(name))) as one:
                    if one.family in (socket.AF_INET, socket.AF_INET6) and one.type == socket.SOCK_STREAM:
                        yield one
