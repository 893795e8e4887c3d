"""How the bytes of an array or a picture travel to a live part."""

import base64
import re
from typing import Any

import numpy as np

from convlens.drawing.encoding import encode_png

_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


def is_base64(value: Any, most: int) -> bool:
    """Whether this is bytes in base64, some and ``most`` letters of them at most, whoever sends it."""
    return type(value) is str and 0 < len(value) <= most and bool(_BASE64.fullmatch(value))


def text(data: bytes) -> str:
    """Bytes as JSON can carry them, in base64."""
    return base64.b64encode(data).decode()


def data_url(data: bytes, kind: str) -> str:
    """Bytes of an image as a URL that needs no request; kind: "png" or "jpeg"."""
    return f"data:image/{kind};base64,{text(data)}"


def png_url(pixels: np.ndarray, enlarged: int = 1) -> str:
    """The same of pixels as ``encode_png`` takes them."""
    return data_url(encode_png(pixels, enlarged=enlarged), "png")


def of_url(url: str) -> bytes:
    """The bytes of such a URL."""
    return base64.b64decode(url.partition(",")[2])


def is_png(url: object) -> bool:
    """Whether this is such a URL of a PNG."""
    return isinstance(url, str) and url.startswith("data:image/png;base64,")


def kind_of(data: bytes) -> str:
    """Of an image's bytes: "jpeg", or else "png"."""
    return "jpeg" if data.startswith(b"\xff\xd8") else "png"


def packed(array: np.ndarray) -> str:
    """float32 numbers, little-endian, in base64."""
    return base64.b64encode(np.ascontiguousarray(array, "<f4").tobytes()).decode()
