"""The panels of Pixels: the picture as numbers under a magnifier, and how often each value occurs."""

import numpy as np

from convlens import panel, statistics
from convlens.drawing import colours, encoding, plots
from convlens.panel import Chart, Panel, Part, Sends, Served, Words
from convlens.pictures import fitting, snippets
from convlens.pixels.choices import place
from convlens.slices import opening
from convlens.slices.view import View
from convlens.text import number, size

PATCH = 12  # pixels, the side of what the magnifier shows

Measured = dict[str, tuple[np.ndarray, float, float]]  # channel → (histogram counts, mean 0–255, entropy in bits)


def introduction(view: View) -> str:
    return (
        "Move the magnifier over the picture: it is these numbers and nothing else. The benchmark and the dummy get the "
        f"{size(view.card.input_shape)} below."
    )


def photo(view: View) -> Panel:
    """The whole picture under a magnifier."""
    rgb = view.picture.rgb
    return _numbers(view, "photo", f"{view.title}, every pixel", rgb, snippets.photo(PATCH))


def seen(view: View) -> Panel:
    """The same for what the network sees, whose numbers are finer than an image's 8 bits."""
    side = view.card.input_shape[:2]
    code = snippets.seen(view.how, view.at, side)
    return _numbers(view, "seen", f"What the network sees, {size(side)}", view.seen(), code)


def photo_histogram(view: View) -> Panel:
    """How often each value occurs in the picture."""
    bins = view.choices.get("bins", 64)
    return _histogram(view, "histogram", "How often each value occurs", snippets.histogram(bins))


def seen_histogram(view: View) -> Panel:
    """The same in what the network sees."""
    side, bins = view.card.input_shape[:2], view.choices.get("bins", 64)
    code = snippets.seen_histogram(view.how, view.at, side, bins)
    return _histogram(view, "seen-histogram", f"How often each value occurs at {size(side)}", code)


def _numbers(view: View, key: str, title: str, pixels: np.ndarray, code: str) -> Panel:
    rows, columns = pixels.shape[:2]
    fine = pixels.dtype != np.uint8
    held = place(view.choices.get(f"held_{key}", ""), rows, columns, PATCH)
    opens = "" if held else "; it opens where neighbouring pixels differ most"
    caption = (
        f"{size((rows, columns, 3))} = {rows * columns * 3:,} numbers. The magnifier shows {PATCH} × {PATCH} of them, for one "
        f"channel{opens}."
    )
    start = view.told(lambda: opening.steepest_patch(fitting.to_grey(_pixels(view, key)), PATCH), "start", key)
    start, channel = held or (start, colours.CHANNELS[0])
    image = view.told(lambda: encoding.encode_png(pixels), "magnifier", key)
    data = {
        "image": Served(image, "image/png", f"magnifier.{key}", f"{key}-{view.picture.digest}-{view.how}-{view.at}"),
        "rows": rows,
        "columns": columns,
        "values": np.round(pixels.ravel().astype(float), 5).tolist() if fine else None,
        "patch": PATCH,
        "start": start,
        "channel": channel,
        "alt": title,
        "pixelated": fine,
    }
    sends = {"held": Sends((f"held_{key}",), (None,))}
    stem = f"{view.picture_stem}-{key}"
    downloads = (panel.png(stem, _png, view, key), panel.npz(stem, _array, view, key))
    return Panel(
        key, title, (Part("magnifier", f"magnifier.{key}", data, sends),), caption, downloads=downloads, code=code
    )


def _histogram(view: View, key: str, title: str, code: str) -> Panel:
    bins, found = view.choices.get("bins", 64), measured(view, key)
    rows = [[name, number(mean), number(bits)] for name, (_, mean, bits) in found.items()]
    best = max(rows[:3], key=lambda row: found[row[0]][2])
    caption = (
        f"{bins} equal bins over 0–255, so at most {number(np.log2(bins))} bits. Of the three channels {best[0]} is hardest "
        f"to guess, with {best[2]} bits. Means are of 0–255, entropies in bits."
    )
    drawn = plots.channel_histograms({name: counts for name, (counts, _, _) in found.items()})
    lines = [f"| {name} | {mean} | {bits} |" for name, mean, bits in rows]
    content = (
        Chart(drawn, f"{title}: one curve for each channel"),
        Words("\n".join(["| channel | mean | entropy |", "|---|--:|--:|", *lines])),
    )
    stem = f"{view.picture_stem}-{key}-{bins}"
    downloads = (panel.table(stem, _table, view, key),)
    return Panel(key, title, content, caption, downloads=downloads, code=code)


def measured(view: View, key: str) -> Measured:
    """Of the whole photo, whose channels are bytes, or of what the network sees, remembered."""
    bins = view.choices.get("bins", 64)
    make = _of_photo if key == "histogram" else _of_seen
    return view.told(lambda: make(view, bins), key, bins)


def _of_seen(view: View, bins: int) -> Measured:
    pixels = view.seen()
    planes = dict(zip(colours.CHANNELS, np.moveaxis(pixels, 2, 0), strict=True)) | {"grey": fitting.to_grey(pixels)}
    out = {}
    for name, plane in planes.items():
        counts = statistics.histogram(plane * 255.0, bins, (0, 256))
        out[name] = counts, float(plane.mean(dtype=float) * 255), statistics.entropy(counts)
    return out


def _of_photo(view: View, bins: int) -> Measured:
    rgb = view.picture.rgb
    grey = fitting.to_grey(view.picture.pixels) * np.float32(255)
    out = {}
    for c, name in enumerate(colours.CHANNELS):
        counts = statistics.byte_histogram(rgb[:, :, c], bins)
        out[name] = counts, float(rgb[:, :, c].mean()), statistics.entropy(counts)
    counts = statistics.histogram(grey, bins, (0, 256))
    return out | {"grey": (counts, float(grey.mean(dtype=float)), statistics.entropy(counts))}


# ---- what the downloads hold


def _pixels(view: View, key: str) -> np.ndarray:
    return view.picture.pixels if key == "photo" else view.seen()


def _png(view: View, key: str) -> bytes:
    return encoding.encode_png(_pixels(view, key))


def _array(view: View, key: str) -> dict[str, np.ndarray]:
    return {"pixels": _pixels(view, key)}


def _table(view: View, key: str) -> tuple:
    found, bins = measured(view, key), view.choices.get("bins", 64)
    return ["bin from", *found], np.arange(bins) * 256 / bins, *(counts for counts, _, _ in found.values())
