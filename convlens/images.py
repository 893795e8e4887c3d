"""The image contract: bytes → ``Picture``; a picture → what a network's input takes.

An image is float32 in [0, 1], shape (rows, columns, 3), sRGB. It becomes that once, here; nobody else converts.
"""

import hashlib
import io
import warnings
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageCms, ImageOps

from convlens.errors import InputError

CHANNELS = ("red", "green", "blue")
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP")
LONGEST_SIDE = 1024
MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 50_000_000
EXPECTED = "Expected a JPEG, PNG, WebP, AVIF, GIF or BMP picture"
WAYS_TO_FIT = {
    "crop": "Cut out the largest part with the network's shape.",
    "pad": "Keep everything and fill the rest with grey.",
    "stretch": "Squeeze the whole picture, out of shape if need be.",
}


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

    Args:
        data: the bytes of a JPEG, PNG, WebP, AVIF, GIF (its first frame) or BMP file.

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
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis"):
        raise InputError(
            "This is a HEIC picture, which ConvLens does not read. On an iPhone choose Settings, Camera, Formats, "
            "Most compatible; or send the picture as JPEG."
        )
    notes: list[str] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own, lower ceiling follows
            image = Image.open(io.BytesIO(data), formats=FORMATS)
        _refuse_giants(image.size)
        original = image.size
        if getattr(image, "is_animated", False):
            notes.append("It is animated: only its first frame is used.")
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded at a half, a quarter or an eighth
        image.load()
        rgb = _to_srgb(ImageOps.exif_transpose(image))
    except InputError:
        raise
    except Image.DecompressionBombError as error:
        raise InputError(f"The picture has too many pixels to open safely. {_giants_sentence()}") from error
    except Image.UnidentifiedImageError as error:
        raise InputError(f"This is not a picture that ConvLens can read. {EXPECTED}.") from error
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, OverflowError, MemoryError) as error:
        # the exceptions that Pillow's decoders raise for damaged files
        raise InputError(f"The picture is damaged or cut off. {EXPECTED}: try to save or send it again.") from error
    rgb = _limit(rgb)
    if max(original) > LONGEST_SIDE:
        notes.append(f"It was made smaller, from {original[0]} × {original[1]} to {rgb.shape[1]} × {rgb.shape[0]}.")
    rgb.setflags(write=False)
    return Picture(rgb, hashlib.sha256(data).hexdigest(), tuple(notes))


def _giants_sentence() -> str:
    return f"Expected at most {MAX_PIXELS // 1_000_000} million pixels: save a smaller copy of it."


def _refuse_giants(size: tuple[int, int]) -> None:
    if size[0] * size[1] > MAX_PIXELS:
        raise InputError(f"The picture is {size[0]:,} × {size[1]:,} pixels. {_giants_sentence()}")


def _to_srgb(image: Image.Image) -> np.ndarray:
    """uint8 (rows, columns, 3), transparency on white, colours in sRGB."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I;16") or image.mode == "I":
        grey = np.asarray(image, np.float64) / 257.0  # Pillow's own conversion would clip 16 bits, not scale them
        image = Image.fromarray(np.clip(np.rint(grey), 0, 255).astype(np.uint8))
        profile = None
    elif image.mode == "F":
        raise InputError(f"The picture holds floating-point numbers. {EXPECTED} with 8 or 16 bits a channel.")
    if "A" in image.getbands() or "transparency" in image.info:
        layer = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
    if profile:
        image = _apply_profile(image, profile)
    return np.array(image.convert("RGB"))


def _apply_profile(image: Image.Image, profile: bytes) -> Image.Image:
    """Colours by the embedded profile; a profile that does not fit the picture is left aside, as browsers do."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image


def _limit(rgb: np.ndarray) -> np.ndarray:
    rows, columns = rgb.shape[:2]
    factor = LONGEST_SIDE / max(rows, columns)
    if factor >= 1:
        return rgb
    size = (max(1, round(columns * factor)), max(1, round(rows * factor)))
    return cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)


def crop_box(rows: int, columns: int, size: tuple[int, int], at: float = 0.5) -> tuple[int, int, int, int]:
    """(top, left, height, width) of the largest part with the shape of ``size``, placed at ``at`` of the free way.

    Args:
        size: (height, width) of the network's input.
        at: 0 (left or top) to 1 (right or bottom).
    """
    scale = min(rows / size[0], columns / size[1])
    height, width = max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
    return round((rows - height) * at), round((columns - width) * at), height, width


def fit(pixels: np.ndarray, size: tuple[int, int], *, how: str = "crop", at: float = 0.5) -> np.ndarray:
    """Bring an image to a network's input size with area averaging.

    Args:
        pixels: float32 (rows, columns, 3) in [0, 1].
        size: (height, width) wanted.
        how: "crop", "pad" (with mid-grey) or "stretch".
        at: where the crop lies: 0 left or top, 1 right or bottom.

    Returns:
        float32 (height, width, 3) in [0, 1].

    Raises:
        InputError: ``how`` is none of the three.
    """
    rows, columns = pixels.shape[:2]
    if how == "stretch":
        return _resize(pixels, size)
    if how == "crop":
        top, left, height, width = crop_box(rows, columns, size, at)
        return _resize(pixels[top : top + height, left : left + width], size)
    if how == "pad":
        scale = min(size[0] / rows, size[1] / columns)
        inner = max(1, round(rows * scale)), max(1, round(columns * scale))
        top, left = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
        canvas = np.full((*size, 3), 0.5, np.float32)
        canvas[top : top + inner[0], left : left + inner[1]] = _resize(pixels, inner)
        return canvas
    raise InputError(f"'{how}' is no way to fit a picture. Expected one of {', '.join(WAYS_TO_FIT)}.")


def _resize(pixels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    smaller = size[0] <= pixels.shape[0] and size[1] <= pixels.shape[1]
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    resized = cv2.resize(np.ascontiguousarray(pixels, np.float32), size[::-1], interpolation=how)
    return np.clip(resized, 0.0, 1.0)


def to_grey(pixels: np.ndarray) -> np.ndarray:
    """float32 (rows, columns): 0.299 R + 0.587 G + 0.114 B, the luma of ITU-R BT.601 that Pillow and OpenCV use."""
    return pixels @ np.array([0.299, 0.587, 0.114], np.float32)


def to_bytes(pixels: np.ndarray) -> np.ndarray:
    """uint8 of values in [0, 1], rounded; values outside are clipped."""
    return np.rint(np.clip(pixels, 0.0, 1.0) * 255.0).astype(np.uint8)


def enlarge(array: np.ndarray, factor: int) -> np.ndarray:
    """Every pixel as a ``factor`` × ``factor`` square (nearest neighbour)."""
    return array.repeat(factor, axis=0).repeat(factor, axis=1)


def encode_png(array: np.ndarray, *, enlarged: int = 1) -> bytes:
    """PNG bytes of a uint8 or a [0, 1] float image, (rows, columns), or with 1 or 3 channels."""
    if array.dtype != np.uint8:
        array = to_bytes(array)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    return _save(Image.fromarray(enlarge(array, enlarged)), "PNG", compress_level=1)


def encode_jpeg(rgb: np.ndarray, *, longest: int | None = None) -> bytes:
    """JPEG bytes of a uint8 (rows, columns, 3) photo, for showing where no pixel is to be read off."""
    image = Image.fromarray(rgb)
    if longest:
        image.thumbnail((longest, longest))
    return _save(image, "JPEG", quality=88)


def _save(image: Image.Image, form: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


@lru_cache(maxsize=32)
def read_file(path: Path) -> Picture:
    """A picture of our own, read once."""
    return read_picture(path.read_bytes())


def spotlight(rgb: np.ndarray, mask: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
    """uint8 (H, W, 3): a picture with everything outside a mask dimmed, and a frame around a box.

    Args:
        rgb: float32 (H, W, 3) in [0, 1]; H and W are whole multiples of the mask's sides.
        mask: bool (rows, columns), what stays bright.
        box: (top, left, rows, columns) in cells of the mask.
    """
    k = rgb.shape[0] // mask.shape[0]
    bright = enlarge(mask, k)[:, :, None]
    drawn = np.rint(np.where(bright, rgb, 0.22 * rgb + 0.3) * 255).astype(np.uint8)
    top, left, rows, columns = (k * n for n in box)
    if rows:
        corner, end = (
            (max(left - 1, 0), max(top - 1, 0)),
            (min(left + columns, drawn.shape[1]) - 1, min(top + rows, drawn.shape[0]) - 1),
        )
        cv2.rectangle(drawn, corner, end, (224, 168, 0), 3)
    return drawn
