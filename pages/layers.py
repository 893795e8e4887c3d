"""Layers: a trained network, sliced. Every layer's maps for the picture, and each map in the large."""

import streamlit as st

from convlens import comparison, figures, montage, snippets, statistics
from convlens.layers import convolutions
from convlens.montage import SCOPES, as_maps, map_png, palette_png, scales_for, weight_scale
from convlens.remarks import of_layer, of_map, remarks
from convlens.text import number, percent, size
from convlens.ui import caching, lesson, pickers, state, tray
from convlens.ui.panel import chart, csv, npz, panel, picture, png
from models.catalog import catalog

chosen = tray.current()
cards = catalog()
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    st.title("Layers: what each one answers", width="stretch")
    network = pickers.select("network", "Network", list(cards), width=190)
card = cards[network]
st.markdown(
    f"{card.title}: trained on {card.training_size:,} pictures, right on {percent(card.accuracy)} of the 10,000 test "
    f"pictures, {card.weights:,} weights. Choose a layer, then click a map."
)
with st.spinner("The network is looking at the picture. Right after the start this takes some seconds."):
    activations = chosen.maps(network, card.input_shape)
    layers = caching.layers(network)
by_name = {layer.name: layer for layer in layers}
conv = convolutions(layers)
wished = state.keep("layer")
name = wished if wished in by_name else conv[0]
strip = [
    {"name": each.name, "title": each.name, "caption": f"{each.kind}\n{each.shape_text}\n{each.weights:,} weights"}
    for each in layers
]
pickers.gallery("layer", "Layers of the network", strip, chosen=name)
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    st.button("First convolution", on_click=state.put, args=("layer", conv[0]))
    st.button("Last convolution", on_click=state.put, args=("layer", conv[-1]))
    scope = pickers.segmented(
        "scale", "One colour scale for each", label_visibility="collapsed", help=" ".join(SCOPES.values())
    )

layer, values = by_name[name], activations[name]
maps = as_maps(values)
count = maps.shape[-1]
channel = min(state.keep("channel"), count - 1)
one = maps[:, :, channel]
scales = scales_for(maps, scope, [as_maps(a) for a in activations.values()])
scale = scales[channel % len(scales)]
said = remarks(maps)
code = snippets.layer(network, name, chosen.how, chosen.at, card.input_shape[:2])
stem = f"{chosen.file_name}-{network}-{name}"
sheet = montage.sheet(maps, scales=scales)

holds_for = {
    "layer": f"one scale for all of {name}",
    "unit": f"each map has its own; this is map {channel}'s",
    "network": f"one scale for all layers of {card.title}",
}[scope]
downloads = (png(f"{stem}-{scope}", lambda: palette_png(sheet, scale.colours, enlarged=4)), npz(stem, **{name: values}))
left, right = st.columns([5, 6], gap="small")
heading = f"{name}: {layer.kind}, {layer.shape_text}"
caption = of_layer(values, said)
with left, panel(heading, key="sheet", downloads=downloads, code=code, scale=scale, scope=holds_for, caption=caption):
    if layer.has_maps:
        pickers.sheet(
            "channel",
            f"The {count} maps of {name}",
            sheet,
            scale.colours,
            maps.shape[:2],
            titles=[remark.title for remark in said],
            marks=[remark.mark for remark in said],
        )
    else:
        picture(palette_png(sheet, scale.colours, enlarged=4), f"The values of {name} in reading order")

if not layer.has_maps and values.size <= 64:
    axis = list(card.labels) if values.size == len(card.labels) else [str(i) for i in range(values.size)]
    caption = f"The values sum to {number(values.sum())}."
    with (
        right,
        panel(
            f"{name}, value by value",
            key="vector",
            downloads=(csv(stem, ["unit", "value"], axis, values),),
            code=code,
            caption=caption,
        ),
    ):
        chart(figures.bars(axis, values, "#0e7c6b", "value"), "vector", f"The values of {name}")
else:
    caption = of_map(one, said[channel])
    title = f"Map {channel} of {name}" if layer.has_maps else f"{name}, all values"
    downloads = (
        png(f"{stem}-{channel}-{scope}", lambda: map_png(one, scale, enlarged=12)),
        csv(f"{stem}-{channel}", [f"column {j}" for j in range(one.shape[1])], *one.T.tolist()),
    )
    with right, panel(title, key="map", downloads=downloads, code=code, caption=caption):
        chart(figures.one_map(one, scale, height=330), "map", f"{title}, large; values appear under the pointer")

if layer.has_maps:
    below, weights_side = st.columns([6, 5], gap="small")
    found = comparison.spread(one, maps)
    caption = (
        f"{statistics.BINS} equal bins from {number(found.span[0])} to {number(found.span[1])}, shares on a logarithmic axis; "
        f"entropy {number(found.bits[0])} bits, whole layer {number(found.bits[1])} bits."
    )
    downloads = (
        csv(f"{stem}-{channel}-histogram", ["bin from", "this map", "whole layer"], found.edges, *found.counts),
    )
    with (
        below,
        panel(
            f"How the values of map {channel} are spread", key="spread", downloads=downloads, code=code, caption=caption
        ),
    ):
        series = [(f"map {channel}", "#0e7c6b", found.counts[0]), ("whole layer", "#8a8f98", found.counts[1])]
        chart(
            figures.distributions(series, found.span, "value", log=True, height=240),
            "spread",
            "Histogram of the map and of its layer",
        )
    arrays = caching.layer_weights(network, name)
    if not arrays:
        with weights_side, panel("The weights behind this map", key="weights"):
            st.markdown(f"A {layer.kind} layer has no weights: it computes its maps from those before it alone.")
    else:
        kernel, bias = arrays[0][..., channel], arrays[1][channel]  # Conv2D: (k, l, channels in); Dense: (channels in,)
        slices = kernel if kernel.ndim == 3 else kernel.reshape(1, 1, -1)
        wscale = weight_scale(slices)
        levels = montage.sheet(slices, scales=[wscale])
        enlarged = max(1, 480 // max(levels.shape))
        caption = f"{size(slices.shape)} weights, one slice for each map below, and a bias of {number(bias)}."
        file = f"{network}-{name}-{channel}-weights"
        downloads = (
            png(file, lambda: palette_png(levels, wscale.colours, enlarged=enlarged)),
            npz(file, weights=kernel, bias=bias),
        )
        scope_text = "one scale for this filter, 0 in white"
        with weights_side, panel(
            f"The weights behind map {channel}", key="weights", downloads=downloads,
            code=snippets.weights(network, name, channel), scale=wscale, scope=scope_text, caption=caption,
        ):  # fmt: skip
            picture(palette_png(levels, wscale.colours, enlarged=enlarged), f"The weights of filter {channel}")
lesson.show("layers")
