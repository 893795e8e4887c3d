"""Compare: two networks of one architecture and one picture. Who is right, who is sure, and where do they differ?"""

import numpy as np
import streamlit as st

from convlens import figures, files, montage, snippets, statistics
from convlens.layers import convolutions
from convlens.markup import network_colour, softmax_bars
from convlens.montage import as_maps, scale_of
from convlens.statistics import BINS, entropy, histogram
from convlens.text import number, percent
from convlens.ui import caching, lesson, pickers, tray
from convlens.ui.panel import Download, panel
from convlens.verdict import top, verdict
from models.catalog import catalog

chosen = tray.current()
cards = catalog()
head = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
with head:
    st.title("Compare: two networks, one picture", width="stretch")
    a = pickers.select("a", "First network", list(cards), width=190)
    same = [name for name, card in cards.items() if card.labels == cards[a].labels]
    b = pickers.select("b", "Second network", same, width=190)
pair = (cards[a], cards[b])
titles = [card.title for card in pair] if a != b else [f"{cards[a].title}, left", f"{cards[a].title}, right"]
colours = [network_colour(card.name, i) for i, card in enumerate(pair)]
seen = [chosen.seen(card.input_shape) for card in pair]
with st.spinner("Both networks are looking at the picture. Right after the start this takes some seconds."):
    maps = [caching.feature_maps(card.name, image) for card, image in zip(pair, seen, strict=True)]
    layers = caching.layers(a)
p = [list(m.values())[-1] for m in maps]
labels = pair[0].labels
stem = f"{chosen.file_name}-{a}-{b}"
fitted = (chosen.how, chosen.at, pair[0].input_shape[:2])
softmax_code = snippets.softmax((a, b), *fitted)
st.markdown(verdict(labels, (titles[0], p[0]), (titles[1], p[1]), chosen.label))

for i, column in enumerate(st.columns(2, gap="small")):
    label, share = top(labels, p[i])
    with column, panel(
        f"{titles[i]}: {label}, {percent(share)}", key=f"softmax-{i}", code=softmax_code,
        downloads=(Download("CSV", f"{stem}-softmax.csv", lambda: files.table(["class", a, f"{b} " if a == b else b], zip(labels, *p, strict=True))),),
        caption=f"Entropy {number(entropy(p[i]))} of at most {number(np.log2(len(labels)))} bits. "
        + (f"◆ marks the truth: {chosen.label}." if chosen.label else "The true class is not known."),
    ):  # fmt: skip
        heading = f"trained on {pair[i].training_size:,} pictures, right on {percent(pair[i].accuracy)} of the test pictures"
        st.html(softmax_bars(labels, heading, colours[i], p[i], chosen.label))

common = [layer for layer in layers if layer.name in maps[1] and maps[0][layer.name].shape == maps[1][layer.name].shape]
conv = convolutions(tuple(common))
with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    name = pickers.select("compare_layer", "Layer of both", [layer.name for layer in common], width=220)
    for text, preset in (("First convolution", conv[0]), ("Last convolution", conv[-1])):
        st.button(text, on_click=st.session_state.__setitem__, args=("compare_layer", preset))
both = [m[name] for m in maps]
scale = scale_of(*both)
for i, column in enumerate(st.columns(2, gap="small")):
    sheet = montage.sheet(as_maps(both[i]), scales=[scale])
    silent = len(statistics.silent_channels(both[i])) if both[i].ndim == 3 else 0
    says = f"{silent} of {both[i].shape[-1]} maps never fire; " if both[i].ndim == 3 else ""
    with column, panel(
        f"{titles[i]}, {name}", key=f"sheet-{i}", scale=scale, scope="one scale for both networks", code=snippets.layer(pair[i].name, name, *fitted),
        downloads=(
            Download("PNG", f"{chosen.file_name}-{pair[i].name}-{name}.png", lambda sheet=sheet: montage.palette_png(sheet, scale.colours, enlarged=4)),
            Download("NPZ", f"{chosen.file_name}-{pair[i].name}-{name}.npz", lambda i=i: files.npz(**{name: both[i]})),
        ),
        caption=f"{says}{percent(statistics.share_of_zeros(both[i]))} of the values are 0, the largest is {number(both[i].max())}.",
    ):  # fmt: skip
        st.image(montage.palette_png(sheet, scale.colours, enlarged=max(1, 520 // sheet.shape[1])), alt=f"{name} of {titles[i]}", output_format="PNG", width="stretch")

span = statistics.value_span(*both)
counts = [histogram(values, span=span) for values in both]
picture_counts = histogram(seen[0])
picture_bits, bits = entropy(picture_counts), [entropy(c) for c in counts]
of_layer, of_picture = st.columns([3, 2], gap="small")
with of_layer, panel(
    f"How the values of {name} are spread", key="distribution", code=snippets.information((a, b), name, *fitted, BINS),
    downloads=(Download("CSV", f"{stem}-{name}-histogram.csv", lambda: files.table(["bin from", "first", "second"], zip(np.linspace(*span, BINS + 1)[:-1], *counts, strict=True))),),
    caption=f"{BINS} equal bins from {number(span[0])} to {number(span[1])} for both; shares on a logarithmic axis.",
):  # fmt: skip
    series = list(zip(titles, colours, counts, strict=True))
    st.plotly_chart(figures.distributions(series, span, "value", log=True), key="distribution.chart", alt=f"Histograms of {name} in both networks")
with of_picture, panel(
    "How the picture's own values are spread", key="picture", caption=f"{BINS} equal bins from 0 to 1; entropy {number(picture_bits)} of at most {number(np.log2(BINS))} bits.",
    downloads=(Download("CSV", f"{stem}-picture-histogram.csv", lambda: files.table(["bin from", "values"], zip(np.linspace(0, 1, BINS + 1)[:-1], picture_counts, strict=True))),),
):  # fmt: skip
    st.plotly_chart(figures.distributions([("picture", "#7a7f87", picture_counts)], (0, 1), "value"), key="picture.chart", alt="Histogram of the picture's values at the network's size")

with panel(f"Information gained between the picture and {name}", key="information", code=snippets.information((a, b), name, *fitted, BINS)):
    for i, column in enumerate(st.columns(2)):
        column.markdown(
            f"**{titles[i]}**: {number(picture_bits)} − {number(bits[i])} = **{number(picture_bits - bits[i])} bits** "
            "(entropy of the picture − entropy of the layer)"
        )
    st.caption(
        "It says how much more predictable a value of the layer is than a value of the picture. It does not say that the "
        "layer knows more: a layer of zeros would gain the most. And it depends on the bins, which are the same for both networks."
    )

zeros = [[statistics.share_of_zeros(m[layer.name]) for layer in common] for m in maps]
pairs = caching.layer_entropies(*maps)
names = [layer.name for layer in common]
entropies = [[row[1 + i] for row in pairs if row[0] in names] for i in (0, 1)]
more = sum(x > y for x, y in zip(*zeros, strict=True))
left, right = st.columns(2, gap="small")
for column, key, title, y, values, caption, share in (
    (left, "zeros", "Share of zeros, layer by layer", "share of zeros", zeros, f"{titles[0]} has more zeros than {titles[1]} in {more} of {len(names)} layers on this picture.", True),
    (right, "entropies", "Entropy, layer by layer", "bits", entropies, f"{BINS} bins over one range for both networks in each layer.", False),
):  # fmt: skip
    with column, panel(
        title, key=key, caption=caption,
        downloads=(Download("CSV", f"{stem}-{key}.csv", lambda values=values: files.table(["layer", "first", "second"], zip(names, *values, strict=True))),),
    ):  # fmt: skip
        series = list(zip(titles, colours, values, strict=True))
        st.plotly_chart(figures.curves(names, series, y, share=share), key=f"{key}.chart", alt=f"{title}: one curve for each network")
lesson.show("compare")
