"""Picture files, made for tests."""

import io
import struct
import zlib

import numpy as np
from PIL import Image


def encoded(what: np.ndarray | Image.Image, form: str = "PNG", **options) -> bytes:
    """A picture file as Pillow writes it."""
    image = what if isinstance(what, Image.Image) else Image.fromarray(what)
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    """One part of a PNG: its length, its kind, what it holds, and the check sum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
