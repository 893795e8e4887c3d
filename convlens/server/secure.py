"""Whether a page may use the camera: browsers give one to secure contexts only."""

import ipaddress
from urllib.parse import urlsplit


def is_secure(address: str | None) -> bool:
    """Whether browsers take a page with this address for a secure context: https, or this machine by whatever name.

    Args:
        address: as the browser has it; None where it has told none, and nothing speaks against the page.

    Source: W3C, Secure Contexts, section 3.1, "Is origin potentially trustworthy?".
    """
    if address is None:
        return True
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        if parts.scheme == "https" or host == "localhost" or host.endswith(".localhost"):
            return True
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False  # any other name, or no address at all: a browser's message can hold anything
