"""Home: one picture through the whole chain, every stage a link to its page."""

import numpy as np
import streamlit as st

from convlens.drawing import encoding, sheets
from convlens.drawing.colours import network_colour
from convlens.drawing.markup import softmax_bars
from convlens.drawing.scales import bold_scale, scale_of
from convlens.filters.convolution import convolve
from convlens.filters.named import KERNELS
from convlens.networks.answers import blackness, knows, more_accurate, verdict
from convlens.networks.courses import at_equal_steps, course, lengths
from convlens.networks.layers import convolutions, last_maps
from convlens.panel import csv, npz
from convlens.pictures import fitting
from convlens.slices import snippets
from convlens.statistics import share_of_zeros, silent_channels
from convlens.text import number, percent, plain, size
from convlens.ui import lesson, selection, state, thousand, tray
from convlens.ui.navigation import page
from convlens.ui.show import panel, picture
from models.catalog import catalog

VIEW = (256, 256)
chosen = tray.current()
networks = [catalog()[name] for name in ("benchmark", "dummy")]
kernel = KERNELS[state.STATE["kernel_1"].default]


def stage(column, title: str, to: str, png: bytes, alt: str, sentence: str, **query: str) -> None:
    """A small panel that opens its page."""
    with column.container(border=True, gap="xsmall", key=f"stage-{title[0]}"):
        st.page_link(str(page(to).file), label=title, icon=":material/arrow_forward:", query_params=query or None)
        picture(png, alt)
        st.caption(sentence)


def fitted() -> np.ndarray:
    return fitting.fit(chosen.picture.pixels, VIEW, how=chosen.how, at=chosen.at)


def edges() -> tuple[bytes, float, float, float]:
    """(PNG, smallest value, largest value, where the colours end)"""
    values = convolve(fitting.to_grey(fitted()), kernel.weights)
    scale = bold_scale(values)
    return sheets.map_png(values, scale), float(values.min()), float(values.max()), scale.high


def sheet(values: np.ndarray) -> tuple[bytes, float, int, float]:
    """(PNG of all maps, where the colours end, how many maps are silent, the share of zeros)"""
    scale = scale_of(values)
    levels = sheets.sheet(values, scales=[scale])
    data = sheets.palette_png(levels, scale.colours, enlarged=max(1, 420 // len(levels)))
    return data, scale.high, len(silent_channels(values)), share_of_zeros(values)


st.title("One picture, all the way through")
st.caption("Choose a picture in the side bar, or upload your own, and follow it from pixels to two networks' answers.")
photo, seen_at, convolved, first, last = st.columns(5, gap="small")

rgb = chosen.picture.rgb
sentence = f"{size(rgb.shape)} numbers from 0 to 255: {rgb.size:,} in all."
data = chosen.remembered(lambda: encoding.encode_png(fitted()), "home", "photo")
stage(photo, "1 Photo", "pixels", data, f"{chosen.title}, as it is fitted", sentence)

seen = networks[0].input_shape
sentence = f"Shrunk to {size(seen)}: {np.prod(seen):,} numbers are left."
stage(seen_at, "2 What it sees", "pixels", chosen.enlarged(), "The picture at 32 by 32", sentence)

data, low, high, end = chosen.remembered(edges, "home", "edges")
sentence = (
    f"{kernel.title}, at {size(VIEW)}: {number(low)} (blue) to {number(high)} (red); full colour from ±{number(end)}."
)
stage(convolved, "3 A kernel", "kernels", data, f"After {kernel.title}", sentence)

with st.spinner("The networks are looking at it. Right after the start this takes some seconds."):
    views = [chosen.view(card) for card in networks]
    maps, others = (view.maps() for view in views)
    layers = views[0].layers
conv = convolutions(layers)
for column, title, name in ((first, "4 First layer", conv[0]), (last, "5 Last convolution", conv[-1])):
    data, high, silent, zeros = views[0].told(lambda name=name: sheet(maps[name]), "home", name)
    count = maps[name].shape[-1]
    sentence = f"{name}: 0 (black) to {number(high)}; {silent} of {count} maps are silent, {percent(zeros)} are zeros."
    stage(column, title, "layers", data, f"The {count} maps of {name} in the benchmark", sentence, layer=name)

answers = [card.probabilities(values) for card, values in zip(networks, (maps, others), strict=True)]
stem = f"{chosen.file_name}-home"
downloads = (
    csv(f"{stem}-softmax", ["class", "benchmark", "dummy"], networks[0].labels, *answers),
    npz(
        f"{stem}-layers",
        lambda: {f"{c.name}/{k}": v for c, m in zip(networks, (maps, others), strict=True) for k, v in m.items()},
    ),
)
code = snippets.softmax(tuple(map(selection.source, networks)), chosen.how, chosen.at)
labels = networks[0].labels
sentence = verdict(labels, ("Benchmark", answers[0]), ("Dummy", answers[1]), chosen.label)
known = knows(labels, *(card.title for card in networks))
last = {name: tuple(share_of_zeros(each[name]) for each in (maps, others)) for name in last_maps(layers)}
black = blackness(("the benchmark", "the dummy"), last, more_accurate(networks))
selection.intact()
with panel("6 Two networks answer", key="answers", downloads=downloads, code=code, caption=known):
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
        st.page_link(str(page("compare").file), label="Compare", icon=":material/arrow_forward:")
        st.markdown(f":small[{plain(sentence)}]", width="stretch")
    for column, card, p in zip(st.columns(2, gap="large"), networks, answers, strict=True):
        heading = f"{card.title}, trained on {card.training_size:,} pictures"
        column.html(softmax_bars(card.labels, heading, network_colour(card.name), p, chosen.truth(labels)))
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
        place, query = str(page("compare").file), {"layer": list(last)[-1]}
        st.page_link(place, label="The last layer", icon=":material/arrow_forward:", query_params=query)
        st.markdown(f":small[{plain(black)}]", width="stretch")
thousand.show(chosen)
told = [(card.title, course(card.training)) for card in networks]
lesson.show("home", f"{lengths(*told)} {at_equal_steps(*told)}")
