"""Layers: a trained network, sliced. Every layer's maps for the picture, and each map in the large."""

import numpy as np
import streamlit as st

from convlens import figures, files, montage, snippets, statistics
from convlens.layers import convolutions
from convlens.montage import SCOPES, as_maps, map_png, scales_for, weight_scale
from convlens.text import number, percent, size
from convlens.ui import caching, components, lesson, pickers, state, tray
from convlens.ui.panel import Download, panel
from models.catalog import catalog

chosen = tray.current()
cards = catalog()

head = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
with head:
    st.title("Layers: what each one answers", width="stretch")
    network = pickers.select("network", "Network", list(cards), width=190)
card = cards[network]
st.markdown(
    f"{card.title}: trained on {card.training_size:,} pictures, right on {percent(card.accuracy)} of the 10,000 test "
    f"pictures, {card.weights:,} weights. Choose a layer, then click a map."
)
seen = chosen.seen(card.input_shape)
with st.spinner("The network is looking at the picture. Right after the start this takes some seconds."):
    activations = caching.feature_maps(network, seen)
    layers = caching.layers(network)
by_name = {layer.name: layer for layer in layers}
conv = convolutions(layers)
name = state.get("layer") if state.get("layer") in by_name else conv[0]

pickers.gallery(
    "layer", "Layers of the network", chosen=name,
    items=[
        {"name": each.name, "title": each.name, "caption": f"{each.kind}\n{each.shape_text}\n{each.weights:,} weights"}
        for each in layers
    ],
)  # fmt: skip
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    st.button("First convolution", on_click=state.put, args=("layer", conv[0]), type="secondary")
    st.button("Last convolution", on_click=state.put, args=("layer", conv[-1]), type="secondary")
    scope = pickers.segmented(
        "scale", "One colour scale for each", label_visibility="collapsed", help=" ".join(SCOPES.values())
    )  # fmt: skip

layer, values = by_name[name], activations[name]
maps = as_maps(values)
count = maps.shape[-1]
channel = min(state.get("channel"), count - 1)
every = [as_maps(a) for a in activations.values()]
scales = scales_for(maps, scope, every)
scale = scales[channel % len(scales)]
silent, twin = statistics.silent_channels(maps), statistics.twins(maps) if count > 1 else {}
code = snippets.layer(network, name, chosen.how, chosen.at, card.input_shape[:2])
stem = f"{chosen.file_name}-{network}-{name}"


def told(i: int) -> str:
    """What the sheet says of a map under the pointer."""
    note = "never fires on this picture" if i in silent else f"repeats map {twin[i]}" if i in twin else ""
    return f"Map {i}: {number(maps[:, :, i].min())} to {number(maps[:, :, i].max())}" + (f", {note}" if note else "")


def draw_sheet() -> None:
    columns = montage.columns_for(count)
    levels = montage.sheet(maps, scales=scales, columns=columns)
    if not layer.has_maps:
        st.image(montage.palette_png(levels, scale.colours, enlarged=4), alt=f"The values of {name} in reading order", output_format="PNG", width="stretch")
        return

    def remember() -> None:
        picked = st.session_state["sheet.channel"]["chosen"]
        if isinstance(picked, int) and 0 <= picked < count:
            state.put("channel", picked)

    components.mount(
        "sheet", key="sheet.channel", on_chosen_change=remember,
        data={
            "image": components.data_url(montage.palette_png(levels, scale.colours), "png"),
            "size": list(levels.shape), "cell": list(maps.shape[:2]), "gap": 1, "columns": columns, "chosen": channel,
            "titles": [told(i) for i in range(count)],
            "marks": [("silent" if i in silent else f"= {twin[i]}" if i in twin else "") for i in range(count)],
            "alt": f"The {count} maps of {name}", "hint": "Click a map to open it; arrow keys move between maps.",
        },
    )  # fmt: skip


zeros = statistics.share_of_zeros(values)
if layer.has_maps:
    caption = f"{len(silent)} of {count} maps never fire on this picture, {len(twin)} repeat another (correlation above 0.99); {percent(zeros)} of all values are 0."
else:
    caption = f"A vector of {values.size:,} values, no maps; {percent(zeros)} of them are 0."
    if values.size > 128:
        caption += " Drawn in reading order, 128 to a line."
left, right = st.columns([5, 6], gap="small")
with left, panel(
    f"{name}: {layer.kind}, {layer.shape_text}", key="sheet", scale=scale,
    scope={"layer": f"one scale for all of {name}", "unit": f"each map has its own; this is map {channel}'s", "network": f"one scale for all layers of {card.title}"}[scope],
    downloads=(
        Download("PNG", f"{stem}-{scope}.png", lambda: montage.palette_png(montage.sheet(maps, scales=scales), scale.colours, enlarged=4)),
        Download("NPZ", f"{stem}.npz", lambda: files.npz(**{name: values})),
    ),
    code=code, caption=caption,
):  # fmt: skip
    draw_sheet()

with right:
    if not layer.has_maps and values.size <= 64:
        labels = list(card.labels) if values.size == len(card.labels) else [str(i) for i in range(values.size)]
        with panel(f"{name}, value by value", key="vector", code=code, caption=f"The values sum to {number(values.sum())}."):
            st.plotly_chart(figures.bars(labels, values, "#0e7c6b", "value"), key="vector.chart", alt=f"The values of {name}")
    else:
        one = maps[:, :, channel]
        s = statistics.summary(one)
        title = f"Map {channel} of {name}" if layer.has_maps else f"{name}, all values"
        with panel(
            title, key="map", code=code,
            downloads=(
                Download("PNG", f"{stem}-{channel}-{scope}.png", lambda: map_png(one, scale, enlarged=12)),
                Download("CSV", f"{stem}-{channel}.csv", lambda: files.table([f"column {j}" for j in range(one.shape[1])], one.tolist())),
            ),
            caption=f"Mean {number(s.mean)}, spread {number(s.spread)}, from {number(s.minimum)} to {number(s.maximum)}; {percent(s.zeros)} of its {one.size:,} values are 0."
            + (" It never fires on this picture." if channel in silent else f" It repeats map {twin[channel]}." if channel in twin else ""),
        ):  # fmt: skip
            st.plotly_chart(figures.one_map(one, scale, height=330), key="map.chart", alt=f"{title}, large; values appear under the pointer")

if layer.has_maps:
    below, weights_side = st.columns([6, 5], gap="small")
    one = maps[:, :, channel]
    span = statistics.value_span(maps)
    counts = [statistics.histogram(x, span=span) for x in (one, maps)]
    with below, panel(
        f"How the values of map {channel} are spread", key="spread",
        downloads=(Download("CSV", f"{stem}-{channel}-histogram.csv", lambda: files.table(["bin from", "this map", "whole layer"], zip(np.linspace(*span, statistics.BINS + 1)[:-1], *counts, strict=True))),),
        caption=f"{statistics.BINS} equal bins from {number(span[0])} to {number(span[1])}, shares on a logarithmic axis; entropy {number(statistics.entropy(counts[0]))} bits, whole layer {number(statistics.entropy(counts[1]))} bits.",
    ):  # fmt: skip
        series = [(f"map {channel}", "#0e7c6b", counts[0]), ("whole layer", "#8a8f98", counts[1])]
        st.plotly_chart(figures.distributions(series, span, "value", log=True, height=240), key="spread.chart", alt="Histogram of the map and of the whole layer")
    with weights_side:
        arrays = caching.layer_weights(network, name)
        if arrays:
            kernel = arrays[0][..., channel]  # Conv2D: (k, l, channels in); Dense: (channels in,)
            slices = kernel if kernel.ndim == 3 else kernel.reshape(1, 1, -1)
            wscale = weight_scale(slices)
            with panel(
                f"The weights behind map {channel}", key="weights", scale=wscale, scope="one scale for this filter, 0 in white",
                downloads=(Download("NPZ", f"{network}-{name}-{channel}-weights.npz", lambda: files.npz(weights=kernel, bias=arrays[1][channel])),),
                caption=f"{size(slices.shape)} weights, one slice for each map below, and a bias of {number(arrays[1][channel])}.",
            ):  # fmt: skip
                levels = montage.sheet(slices, scales=[wscale])
                st.image(montage.palette_png(levels, wscale.colours, enlarged=max(4, 360 // max(levels.shape))), alt=f"The weights of filter {channel}", output_format="PNG", width=300)
        else:
            with panel("The weights behind this map", key="weights"):
                st.markdown(f"A {layer.kind} layer has no weights: it computes its maps from those before it alone.")
state.link("layer", "channel")
lesson.show("layers")
