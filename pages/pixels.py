"""Pixels: the picture as numbers, whole and as the network gets it."""

from collections.abc import Callable
from functools import partial

import numpy as np
import streamlit as st

from convlens import statistics
from convlens.drawing import colours, encoding, figures
from convlens.panel import csv, npz, png
from convlens.pictures import fitting, snippets
from convlens.pixels.choices import place
from convlens.slices import opening
from convlens.text import number, size
from convlens.ui import lesson, parts, pickers, state, tray
from convlens.ui.parts import Told
from convlens.ui.show import chart, panel

PATCH = 12
chosen = tray.current()


def photo() -> np.ndarray:
    return chosen.picture.pixels


def measured(pixels: np.ndarray, bins: int) -> dict[str, tuple[np.ndarray, float, float]]:
    """Channel → (histogram counts, mean 0–255, entropy in bits)."""
    planes = dict(zip(colours.CHANNELS, np.moveaxis(pixels, 2, 0), strict=True)) | {"grey": fitting.to_grey(pixels)}
    out = {}
    for name, plane in planes.items():
        counts = statistics.histogram(plane * 255.0, bins, (0, 256))
        out[name] = counts, float(plane.mean(dtype=float) * 255), statistics.entropy(counts)
    return out


def measured_photo(bins: int) -> dict[str, tuple[np.ndarray, float, float]]:
    """``measured`` for the whole photo, whose channels are bytes."""
    rgb = chosen.picture.rgb
    grey = fitting.to_grey(photo()) * np.float32(255)
    out = {}
    for c, name in enumerate(colours.CHANNELS):
        counts = statistics.byte_histogram(rgb[:, :, c], bins)
        out[name] = counts, float(rgb[:, :, c].mean()), statistics.entropy(counts)
    counts = statistics.histogram(grey, bins, (0, 256))
    return out | {"grey": (counts, float(grey.mean(dtype=float)), statistics.entropy(counts))}


def numbers_panel(
    title: str, key: str, rows: int, columns: int, get: Callable[[], np.ndarray], fine: bool, code: str
) -> None:
    """A lens over the pixels that ``get`` gives; ``fine``: their true numbers are finer than an image's 8 bits."""
    stem = f"{chosen.file_name}-{key}"
    downloads = (png(stem, lambda: encoding.encode_png(get())), npz(stem, lambda: {"pixels": get()}))
    held = place(state.keep(f"held_{key}"), rows, columns, PATCH)
    opens = "" if held else "; it opens where neighbouring pixels differ most"
    caption = (
        f"{size((rows, columns, 3))} = {rows * columns * 3:,} numbers. The magnifier shows {PATCH} × {PATCH} of them, for one "
        f"channel{opens}."
    )
    start = chosen.remembered(lambda: opening.steepest_patch(fitting.to_grey(get()), PATCH), "start", key)
    start, channel = held or (start, colours.CHANNELS[0])
    image = chosen.remembered(lambda: encoding.encode_png(get() if fine else chosen.picture.rgb), "magnifier", key)
    data = {
        "image": parts.served(
            image, "image/png", f"magnifier.{key}", f"{key}-{chosen.picture.digest}-{chosen.how}-{chosen.at}"
        ),
        "rows": rows,
        "columns": columns,
        "values": np.round(get().ravel().astype(float), 5).tolist() if fine else None,
        "patch": PATCH,
        "start": start,
        "channel": channel,
        "alt": title,
        "pixelated": fine,
    }
    with panel(title, key=key, downloads=downloads, code=code, caption=caption):
        told = Told(state.STATE[f"held_{key}"].permits, partial(state.put, f"held_{key}"))
        parts.mount("magnifier", key=f"magnifier.{key}", data=data, held=told)


def histogram_panel(title: str, key: str, measure: Callable[[], dict], bins: int, code: str) -> None:
    found = chosen.remembered(measure, key, bins)
    rows = [[name, number(mean), number(bits)] for name, (_, mean, bits) in found.items()]
    columns = [counts for counts, _, _ in found.values()]
    downloads = (csv(f"{chosen.file_name}-{key}-{bins}", ["bin from", *found], np.arange(bins) * 256 / bins, *columns),)
    best = max(rows[:3], key=lambda row: found[row[0]][2])
    caption = (
        f"{bins} equal bins over 0–255, so at most {number(np.log2(bins))} bits. Of the three channels {best[0]} is hardest "
        f"to guess, with {best[2]} bits. Means are of 0–255, entropies in bits."
    )
    with panel(title, key=key, downloads=downloads, code=code, caption=caption):
        curves = {name: counts for name, (counts, _, _) in found.items()}
        chart(figures.channel_histograms(curves), key, f"{title}: one curve for each channel")
        lines = [f"| {name} | {mean} | {bits} |" for name, mean, bits in rows]
        st.markdown("\n".join(["| channel | mean | entropy |", "|---|--:|--:|", *lines]))


st.title("Pixels: a picture is numbers")
st.markdown(
    f"Move the magnifier over the picture: it is these numbers and nothing else. The benchmark and the dummy get the {size(tray.SEEN)} below."
)
photo_side, photo_histogram = st.columns([7, 4], gap="small")
with photo_side:
    numbers_panel(f"{chosen.title}, every pixel", "photo", *chosen.picture.size, photo, False, snippets.photo(PATCH))
with photo_histogram:
    bins = pickers.segmented("bins", "Bins of the histograms", width="stretch")
    histogram_panel(
        "How often each value occurs", "histogram", lambda: measured_photo(bins), bins, snippets.histogram(bins)
    )
seen_side, seen_histogram = st.columns([7, 4], gap="small")
with seen_side:
    code = snippets.seen(chosen.how, chosen.at, tray.SEEN[:2])
    numbers_panel("What the network sees, 32 × 32", "seen", *tray.SEEN[:2], chosen.seen, True, code)
with seen_histogram:
    histogram_panel(
        f"How often each value occurs at {size(tray.SEEN[:2])}",
        "seen-histogram",
        lambda: measured(chosen.seen(), bins),
        bins,
        snippets.seen_histogram(chosen.how, chosen.at, tray.SEEN[:2], bins),
    )
lesson.show("pixels")
