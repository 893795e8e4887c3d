"""Which names this server answers to.

A page of evil.example whose name leads to this machine a minute later (DNS rebinding) is of *the same origin* as ConvLens to its
browser, and to everything that compares ``Origin`` with ``Host``. So a server answers to names that its keeper knows:

    CONVLENS_HOSTS   names by which browsers find ConvLens, by spaces or commas: "lens.example.edu"; with http:// and port, too

and without a setting to those of this machine. An address in numbers needs none: a page has it for its origin only if that very
address has sent it, so nobody else's page can have ours.
"""

import ipaddress
import os
import re
import socket
from functools import cache

HOST = re.compile(r"(\[[0-9a-f:.]+\]|[\w.-]+)(:\d+)?", re.A)


def name_of(host: str) -> str:
    """The name or address in a ``Host`` header, small letters, without port and brackets; "" where there is none."""
    match = HOST.fullmatch(host.lower())
    return match[1].strip("[]").rstrip(".") if match else ""


def chosen() -> frozenset[str]:
    """The names that are set.

    Raises:
        ValueError: ``CONVLENS_HOSTS`` holds something else.
    """
    given = os.environ.get("CONVLENS_HOSTS", "").replace(",", " ").split()
    names = {part: name_of(re.sub(r"^https?://|/$", "", part)) for part in given}
    for part, name in names.items():
        if not name:
            raise ValueError(f"CONVLENS_HOSTS holds '{part}'. Expected names such as lens.example.edu.")
    return frozenset(names.values())


@cache
def own() -> frozenset[str]:
    """What this machine calls itself, and what its network calls it: the resolver is asked, once, and may take seconds."""
    name = socket.gethostname().lower()
    first = name.split(".")[0]
    return frozenset({name, first, f"{first}.local", socket.getfqdn().lower()}) - {""}


def is_address(name: str) -> bool:
    """Whether it is an address in numbers, as browsers write it."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
