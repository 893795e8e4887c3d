"""Layers: a trained network, sliced. Every layer's maps for the picture, and each map in the large."""

import streamlit as st

from convlens import statistics
from convlens.drawing import figures, sheets
from convlens.drawing.scales import SCOPES, scales_for, table_of
from convlens.drawing.sheets import as_maps, averaged, map_png, palette_png
from convlens.networks.answers import introduce, knows
from convlens.networks.layers import wanted
from convlens.networks.remarks import of_layer, of_map, remarks
from convlens.slices import snippets
from convlens.statistics import spread
from convlens.text import number, plain
from convlens.ui import lesson, pickers, selection, tray, weights
from convlens.ui.navigation import page
from convlens.ui.panel import chart, csv, npz, panel, picture, png

MARKED = 128  # maps; on more of them marks would hide what they mark
chosen = tray.current()
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    st.title("Layers: what each one answers", width="stretch")
    card = selection.network_picker()
network = card.name
st.markdown(f"{plain(introduce(card))} Choose a layer, then click a map.")
selection.intact()
selection.ask_for_range(card, chosen.seen(card.input_shape))
waiting = "The network is looking at the picture. Right after the start this takes some seconds."
with st.spinner(waiting):
    view = chosen.view(card)
    layers = view.layers
layer = selection.layer_of(layers)
name = layer.name
strip = [
    {"name": each.name, "title": each.name, "caption": f"{each.kind}\n{each.shape_text}\n{each.weights:,} weights"}
    for each in layers
]
pickers.gallery("layer", "Layers of the network", strip, chosen=name, on_choose=selection.choose)
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    selection.convolution_buttons(layers)
    scope = pickers.segmented(
        "scale", "One colour scale for each", label_visibility="collapsed", help=" ".join(SCOPES.values())
    )
    st.page_link(str(page("explorer").file), label="How a map is made", icon=":material/hub:")

with st.spinner(waiting):  # of a large network this layer alone
    values = view.maps(*wanted(layers, name))[name]
    of_all = view.scale() if scope == "network" else None
maps = as_maps(values)
count = maps.shape[-1]
cell = selection.cell(layer, values)
channel = cell.channel if layer.has_maps else 0
one = maps[:, :, channel]
scales = scales_for(maps, scope, of_all, layer.hues)
scale = scales[channel % len(scales)]
said = view.told(lambda: remarks(maps), "remarks", name)
source = selection.source(card)
code = snippets.layer(source, name, chosen.how, chosen.at)
stem = f"{chosen.file_name}-{network}-{name}"
small = averaged(maps) if layer.has_maps else maps
sheet = sheets.sheet(small, scales=scales)

holds_for = {
    "layer": f"one scale for all of {name}",
    "unit": f"each map has its own; this is map {channel}'s" if layer.has_maps else f"one scale for all of {name}",
    "network": f"one scale for all layers of {card.title}",
}[scope]
downloads = (
    png(f"{stem}-{scope}", lambda: palette_png(sheets.sheet(maps, scales=scales), table_of(scales), enlarged=4)),
    npz(stem, lambda: {name: values}),
)
left, right = st.columns([5, 6], gap="small")
heading = f"{name}: {layer.kind}, {layer.shape_text}"
shrunk = f"Each map is averaged to {small.shape[0]} × {small.shape[1]} here; a click opens it whole."
caption = of_layer(values, said, None if scope == "unit" else scale)
if layer is layers[-1]:
    caption += f" {knows(card.labels_for(values.size), card.title)}"
said_of = {"caption": caption, "note": shrunk if small is not maps else ""}
with left, panel(heading, key="sheet", downloads=downloads, code=code, scale=scale, scope=holds_for, **said_of):
    if layer.has_maps:
        pickers.sheet(
            "channel",
            f"The {count} maps of {name}",
            sheet,
            table_of(scales),
            small.shape[:2],
            chosen=channel,
            titles=[remark.title for remark in said],
            marks=[remark.mark if len(said) <= MARKED else "" for remark in said],
        )
    else:
        picture(palette_png(sheet, scale.colours, enlarged=4), f"The values of {name} in reading order")

if not layer.has_maps and values.size <= 64:
    axis = list(card.labels_for(values.size)) if layer is layers[-1] else [str(i) for i in range(values.size)]
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
    caption = f"{of_map(one, said[channel])} In it, {cell.text(values[cell.index])} {cell.opened}"
    title = f"Map {channel} of {name}" if layer.has_maps else f"{name}, all values"
    downloads = (
        png(f"{stem}-{channel}-{scope}", lambda: map_png(one, scale, enlarged=12)),
        csv(f"{stem}-{channel}", [f"column {j}" for j in range(one.shape[1])], *one.T.tolist()),
    )
    with (
        right,
        panel(title, key="map", downloads=downloads, code=code, scale=scale, scope=holds_for, caption=caption),
    ):
        selection.values(cell, one, scale, title)

if layer.has_maps:
    below, weights_side = st.columns([6, 5], gap="small")
    found = view.told(lambda: spread(one, maps), "spread", name, channel)
    caption = (
        f"{statistics.BINS} equal bins from {number(found.span[0])} to {number(found.span[1])}, shares on a logarithmic axis. "
        f"Entropy {number(found.bits[0])} bits, whole layer {number(found.bits[1])} bits, {statistics.COUNTED_IN}."
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
    with weights_side:
        weights.panel_of(card, layer, channel)
lesson.show("layers")
