"""The image contract: bytes → ``Picture``; a picture → what a network's input takes.

An image is float32 in [0, 1], shape (rows, columns, 3), sRGB. It becomes that once, here; nobody else converts.
"""

import hashlib
import io
import logging
import struct
import threading
import warnings
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageCms

from convlens.errors import InputError
from convlens.pictures import screening
from convlens.pictures.screening import Screened
from convlens.text import size

LONGEST_SIDE = 1024
MAX_BYTES = 15 * 1024 * 1024
# What a decoder holds in memory decides: a JPEG is decoded at a fraction of its size, the others keep several copies.
MAX_PIXELS = {
    "JPEG": 150_000_000,
    "PNG": 50_000_000,
    "GIF": 50_000_000,
    "BMP": 50_000_000,
    "WEBP": 16_000_000,
    "AVIF": 16_000_000,
}
LONGEST_TAKEN = 65_535  # pixels on a side, as in a JPEG: every line costs memory of its own
STRIP = 1 << 20  # pixels of a large picture that are converted at a time
EXPECTED = "Expected a JPEG, PNG, WebP, AVIF, GIF or BMP picture"


ORIENTATION = 0x0112
TURNS = dict(
    zip(
        range(2, 9),
        (
            Image.Transpose.FLIP_LEFT_RIGHT,
            Image.Transpose.ROTATE_180,
            Image.Transpose.FLIP_TOP_BOTTOM,
            Image.Transpose.TRANSPOSE,
            Image.Transpose.ROTATE_270,
            Image.Transpose.TRANSVERSE,
            Image.Transpose.ROTATE_90,
        ),
        strict=True,
    )
)
# the exceptions that Pillow's decoders raise for damaged files
DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    ArithmeticError,
    MemoryError,
    RuntimeError,
    struct.error,
    screening.DamagedError,
)
_DECODING = threading.BoundedSemaphore(2)  # at a time: 200 photos at once would need more memory than there is
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)  # our own, lower ceilings follow


@dataclass(frozen=True)
class Picture:
    """A decoded picture.

    Attributes:
        rgb: uint8 (rows, columns, 3), sRGB, read-only.
        digest: SHA-256 of the bytes it was read from, in hexadecimal.
        notes: what was done to it on the way in, as sentences for the visitor.
    """

    rgb: np.ndarray
    digest: str
    notes: tuple[str, ...] = ()

    @property
    def pixels(self) -> np.ndarray:
        """float32 (rows, columns, 3) in [0, 1]."""
        return self.rgb.astype(np.float32) / 255.0

    @property
    def size(self) -> tuple[int, int]:
        """(rows, columns)"""
        return self.rgb.shape[:2]


def read_picture(data: bytes) -> Picture:
    """Decode, orient, lay on white, convert to sRGB, and limit the longest side to 1,024 pixels.

    Total: any bytes give a picture or an ``InputError``, in bounded time and memory (``make bench`` prints them for the
    worst files). The file is first looked through by ``screening``; large pictures are made smaller strip by strip.

    Args:
        data: the bytes of a JPEG, PNG, WebP, AVIF, GIF or BMP file; of an animation the first frame counts.

    Returns:
        A ``Picture``; 16-bit pictures are rounded to 8 bits. Metadata (place, camera, time) is dropped.

    Raises:
        InputError: for everything that is not such a picture, with a sentence for the visitor.
    """
    if not data:
        raise InputError(f"The file is empty. {EXPECTED}.")
    if len(data) > MAX_BYTES:
        raise InputError(
            f"The file has {len(data) / 2**20:.1f} MB. Expected at most {MAX_BYTES // 2**20} MB: save a smaller copy of it."
        )
    try:
        screened = screening.screen(data)
        if screened is None:
            raise InputError(f"This is not a picture that ConvLens can read. {EXPECTED}.")
        with _DECODING:
            rgb, original = _decode(screened)
    except InputError:
        raise
    except Image.DecompressionBombError as error:
        raise InputError(f"The picture has too many pixels to open safely. {_giants_sentence(screened)}") from error
    except Exception as error:
        if not isinstance(
            error, DAMAGE
        ):  # a visitor gets the sentence all the same; the fuzz test does not let it pass
            logging.getLogger("convlens").exception("A decoder raised what none has raised before.")
        raise InputError(f"The picture is damaged or cut off. {EXPECTED}: try to save or send it again.") from error
    notes = []
    if screened.animated:
        notes.append("It is animated: only its first frame is used.")
    if max(original) > LONGEST_SIDE:
        notes.append(f"It was made smaller, from {size(original[::-1])} to {size(rgb.shape[:2])} pixels.")
    rgb.setflags(write=False)
    return Picture(rgb, hashlib.sha256(data).hexdigest(), tuple(notes))


def _decode(screened: Screened) -> tuple[np.ndarray, tuple[int, int]]:
    """(uint8 (rows, columns, 3) sRGB and upright, (columns, rows) before it was made smaller or turned)"""
    image = Image.open(io.BytesIO(screened.data), formats=(screened.kind,))
    original = image.size
    _refuse_giants(screened, original)
    profile, turned = image.info.get("icc_profile"), screened.orientation
    if screened.kind == "AVIF":
        turned = image.getexif().get(ORIENTATION, 1)
    if screened.kind == "JPEG":
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # decoded at a half, a quarter or an eighth
    image.load()
    if image.mode in ("I", "F"):
        raise InputError(f"The picture holds numbers of 32 bits. {EXPECTED} with 8 or 16 bits a channel.")
    small = _reduced(image)
    if profile and image.mode not in ("P", "PA"):
        small = _apply_profile(small, profile)
    small = small.convert("RGB")
    if turned in TURNS:
        small = small.transpose(TURNS[turned])
    return limited(np.array(small)), original


def _reduced(image: Image.Image) -> Image.Image:
    """Blocks of pixels averaged to one, so that the longest side is below twice ``LONGEST_SIDE``; without transparency.

    Strip by strip, because Pillow would copy the whole picture for each step.
    """
    columns, rows = image.size
    factor = max(1, max(image.size) // LONGEST_SIDE)
    height = max(1, STRIP // (columns * factor)) * factor
    if height >= rows:
        return _on_white(image).reduce(factor)
    small = None
    for top in range(0, rows, height):
        strip = _on_white(image.crop((0, top, columns, min(rows, top + height)))).reduce(factor)
        if small is None:
            small = Image.new(strip.mode, (strip.width, -(-rows // factor)))
        small.paste(strip, (0, top // factor))
    return small


def _on_white(image: Image.Image) -> Image.Image:
    """8 bits a channel, in a mode whose values can be averaged, transparency on white."""
    if image.mode.startswith("I;16"):
        grey = np.asarray(image, np.float32) / 257  # Pillow's own conversion would clip 16 bits, not scale them
        return Image.fromarray(np.rint(grey).astype(np.uint8))
    if "A" in image.getbands() or "transparency" in image.info:
        layer = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
    if image.mode in ("1", "L"):
        return image.convert("L")
    return image if image.mode in ("RGB", "CMYK", "YCbCr") else image.convert("RGB")


def _giants_sentence(screened: Screened) -> str:
    return f"Expected at most {_most_pixels(screened) // 1_000_000} million pixels: save a smaller copy of it."


def _most_pixels(screened: Screened) -> int:
    if screened.kind == "JPEG" and screened.passes > 1:
        return min(MAX_PIXELS["PNG"], screening.PASSES // screened.passes)
    return MAX_PIXELS[screened.kind]


def _refuse_giants(screened: Screened, size: tuple[int, int]) -> None:
    if max(size) > LONGEST_TAKEN:
        raise InputError(
            f"The picture is {size[0]:,} × {size[1]:,} pixels. Expected at most {LONGEST_TAKEN:,} on a side: cut it first."
        )
    if size[0] * size[1] > _most_pixels(screened):
        raise InputError(f"The picture is {size[0]:,} × {size[1]:,} pixels. {_giants_sentence(screened)}")


def _apply_profile(image: Image.Image, profile: bytes) -> Image.Image:
    """Colours by the embedded profile; a profile that does not fit the picture is left aside, as browsers do."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image


def limited(rgb: np.ndarray, longest: int = LONGEST_SIDE) -> np.ndarray:
    """A picture of so many pixels at the longest side by area averaging; as it is, where it has no more."""
    rows, columns = rgb.shape[:2]
    factor = longest / max(rows, columns)
    if factor >= 1:
        return rgb
    size = (max(1, round(columns * factor)), max(1, round(rows * factor)))
    return cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)


@lru_cache(maxsize=32)
def read_file(path: Path) -> Picture:
    """A picture of our own, read once."""
    return read_picture(path.read_bytes())
