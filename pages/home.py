"""Home: one picture through the whole chain, every stage a link to its page."""

import numpy as np
import streamlit as st

from convlens import images, montage
from convlens.convolution import convolve
from convlens.kernels import KERNELS
from convlens.layers import convolutions
from convlens.markup import network_colour, softmax_bars
from convlens.montage import scale_of
from convlens.statistics import silent_channels
from convlens.text import number, size
from convlens.ui import caching, lesson, state, tray
from convlens.ui.navigation import PAGES
from convlens.verdict import verdict
from models.catalog import catalog

FILES = {page.name: str(page.file) for page in PAGES}
chosen = tray.current()
cards = catalog()
benchmark, dummy = cards["benchmark"], cards["dummy"]
kernel = KERNELS[state.STATE["kernel_1"].default]


def stage(column, number_: int, title: str, page: str, png: bytes, alt: str, sentence: str, **query) -> None:
    with column.container(border=True, gap="xsmall", key=f"stage-{number_}"):
        st.page_link(
            FILES[page], label=f"{number_} {title}", icon=":material/arrow_forward:", query_params=query or None
        )
        st.image(png, alt=alt, output_format="PNG", width="stretch")
        st.caption(sentence)


def sheet_png(maps: np.ndarray, enlarged: int) -> bytes:
    scale = scale_of(maps)
    return montage.palette_png(montage.sheet(maps, scales=[scale]), scale.colours, enlarged=enlarged)


st.title("One picture, all the way through")
st.markdown("Choose a picture in the side bar, or upload your own, and follow it from pixels to two networks' answers.")
photo, seen_at, convolved, first, last = st.columns(5, gap="small")

rgb = chosen.picture.rgb
seen = chosen.seen(benchmark.input_shape)
square = images.fit(chosen.picture.pixels, (256, 256), how=chosen.how, at=chosen.at)
stage(
    photo, 1, "Photo", "pixels", images.encode_png(square), f"{chosen.title}, cut to the network's shape",
    f"{size(rgb.shape)} numbers from 0 to 255: {rgb.size:,} in all.",
)  # fmt: skip
stage(
    seen_at, 2, "What it sees", "pixels", images.encode_png(seen, enlarged=8), "The picture at 32 by 32 pixels",
    f"Shrunk to {size(seen.shape)}: {seen.size:,} numbers are left.",
)  # fmt: skip
edges = convolve(images.to_grey(square), kernel.weights)
stage(
    convolved, 3, "A kernel", "kernels", montage.map_png(edges, scale_of(edges)), f"The picture after the kernel {kernel.title}",
    f"{kernel.title}: values from {number(edges.min())} (blue) to {number(edges.max())} (red).",
)  # fmt: skip

with st.spinner("The networks are looking at it. Right after the start this takes some seconds."):
    maps = caching.feature_maps("benchmark", seen)
    others = caching.feature_maps("dummy", seen)
    names = convolutions(caching.layers("benchmark"))
for column, position, title, name in ((first, 4, "First layer", names[0]), (last, 5, "Last layer", names[-1])):
    silent, count = len(silent_channels(maps[name])), maps[name].shape[-1]
    zeros = float(np.mean(maps[name] == 0))
    stage(
        column, position, title, "layers", sheet_png(maps[name], 256 // maps[name].shape[0] // 4 + 1), f"The {count} maps of {name}",
        f"{name}: {silent} of {count} maps stay silent, {zeros:.0%} of the values are 0.", layer=name,
    )  # fmt: skip

with st.container(border=True, key="stage-6", gap="xsmall"):
    answers = [list(values.values())[-1] for values in (maps, others)]
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.page_link(FILES["compare"], label="6 Two networks answer", icon=":material/arrow_forward:")
        st.markdown(
            verdict(benchmark.labels, ("Benchmark", answers[0]), ("Dummy", answers[1]), chosen.label), width="stretch"
        )
    for column, card, p in zip(st.columns(2, gap="large"), (benchmark, dummy), answers, strict=True):
        heading = f"{card.title}, trained on {card.training_size:,} pictures"
        column.html(softmax_bars(card.labels, heading, network_colour(card.name), p, chosen.label))
    if chosen.label is None:
        st.caption("They know ten classes only: what is none of them gets one of their names all the same.")
lesson.show("home")
