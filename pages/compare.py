"""Compare: two networks of one architecture and one picture. Who is right, who is sure, and where do they differ?"""

import numpy as np
import streamlit as st

from convlens import statistics
from convlens.compare.asked import curves
from convlens.drawing import sheets
from convlens.drawing.charts import softmax_png
from convlens.drawing.colours import network_colour
from convlens.drawing.markup import softmax_bars
from convlens.drawing.scales import in_hues, scale_of, table_of
from convlens.drawing.sheets import as_maps, averaged, palette_png
from convlens.lessons.unknown import measured, sentences
from convlens.networks.answers import introduce, knows, shortlist, top, verdict
from convlens.networks.layers import last_maps, wanted
from convlens.panel import csv, npz, png
from convlens.slices import snippets
from convlens.slices.cell import cell_of, layer_of
from convlens.statistics import entropy
from convlens.text import number, percent, plain
from convlens.ui import comparing, lesson, pickers, selection, state, tray
from convlens.ui.comparing import Pair
from convlens.ui.controls import fetching
from convlens.ui.show import panel, picture
from models.catalog import catalog

chosen = tray.current()
cards = catalog()
with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    st.title("Compare: two networks, one picture", width="stretch")
    a = pickers.select("a", "First network", list(cards), width=190)
    others = [name for name in cards if cards[name].agrees_with(cards[a]) and name != a]
    wished = state.STATE["b"].read(st.session_state.get("b", st.query_params.get("b", ""))) or ""
    b = pickers.select("b", "Second network", [*others, a], width=190)
    fetching.offer()
pair = (cards[a], cards[b])
if wished not in ("", b):
    st.caption(
        plain(f"{cards[wished].title} answers with other classes than {cards[a].title}, so {cards[b].title} is shown.")
    )
selection.intact()
titles = [card.title for card in pair] if a != b else [f"{cards[a].title}, {side}" for side in ("left", "right")]
colours = [network_colour(card.name, i) for i, card in enumerate(pair)]
asked = next((card for card in pair if card.value_range is None), pair[0])
selection.ask_for_range(asked, chosen.seen(asked.input_shape))
with st.spinner("Both networks are looking at the picture. Right after the start this takes some seconds."):
    views = tuple(map(chosen.view, pair))
    layers, of_second = (view.layers for view in views)
    over_layers = curves(*views)
    common = [each for each in layers if each.name in over_layers.names]
    shown = [layer_of(tuple(common), views[0].choices).name] if common else []
    maps = [view.maps(*wanted(of, *shown)) for view, of in zip(views, (layers, of_second), strict=True)]
answers = [card.probabilities(values) for card, values in zip(pair, maps, strict=True)]
labels = pair[0].labels_for(len(answers[0]))
truth = chosen.truth(labels)
both_of = Pair(pair, titles, colours, chosen, views)
stem, sources, fitted = both_of.stem, both_of.code_of, both_of.fitted
st.markdown(plain(verdict(labels, (titles[0], answers[0]), (titles[1], answers[1]), chosen.label)))
st.caption(plain(knows(labels, *titles)))

few = shortlist(*answers)
few_labels = [labels[c] for c in few]
left_out = f" The {len(few)} likeliest of {len(labels):,} classes are drawn." if len(few) < len(labels) else ""
for i, column in enumerate(st.columns(2, gap="small")):
    card, p = pair[i], answers[i]
    label, share = top(labels, p)
    drawing = (few_labels, f"{titles[i]}: {label}, {percent(share)}", colours[i], p[few], truth)
    downloads = (
        png(f"{stem}-softmax-{i}", lambda drawing=drawing: softmax_png(*drawing)),
        csv(f"{stem}-softmax-{i}", ["class", "probability"], labels, p),
    )
    unknown = f"None of their classes is called {chosen.label}." if chosen.label else "The true class is not known."
    told = f"◆ marks the truth: {truth}." if truth else unknown
    caption = f"Entropy {number(entropy(p))} of at most {number(np.log2(len(labels)))} bits. {told}{left_out}"
    code = snippets.softmax(sources, *fitted)
    with column, panel(drawing[1], key=f"softmax-{i}", downloads=downloads, code=code, caption=caption):
        st.html(softmax_bars(few_labels, introduce(card), colours[i], p[few], truth))

if not over_layers.names:
    st.info(
        f"{plain(titles[0])} and {plain(titles[1])} have no layer of the same name and shape, so only their answers are compared."
    )
    lesson.show("compare", sentences(measured()))
    st.stop()
with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    deepest = last_maps(tuple(common))[-1:]
    layer = selection.layer_picker("Layer of both", common)
    selection.convolution_buttons(common)
    st.button("Last layer with maps", on_click=selection.choose, args=tuple(deepest), disabled=not deepest)
name = layer.name
both = [m[name] for m in maps]
cell = cell_of(layer, both[0], views[0].choices)
scale = scale_of(*both)
scales = in_hues(scale, layer.hues)
for i, column in enumerate(st.columns(2, gap="small")):
    values = both[i]
    sheet = sheets.sheet(averaged(as_maps(values)), scales=scales)
    caption = (
        f"{percent(statistics.share_of_zeros(values))} of the values are 0, the largest is {number(values.max())}."
    )
    if values.ndim == 3:
        caption = f"{len(statistics.silent_channels(values))} of {values.shape[-1]} maps never fire; {caption}"
    caption += f" In {f'map {cell.channel}' if cell.layer.has_maps else name}, {cell.text(values[cell.index])}"
    if i == 0:
        caption += f" {cell.opened}"
    file = f"{chosen.file_name}-{pair[i].name}-{name}"
    downloads = (
        png(file, lambda sheet=sheet: palette_png(sheet, table_of(scales), enlarged=4)),
        npz(file, lambda values=values: {name: values}),
    )
    code = snippets.layer(sources[i], name, *fitted)
    title, scope = f"{titles[i]}, {name}", "one scale for both networks"
    with (
        column,
        panel(title, key=f"sheet-{i}", downloads=downloads, code=code, scale=scale, scope=scope, caption=caption),
    ):
        picture(
            palette_png(sheet, table_of(scales), enlarged=max(1, 520 // sheet.shape[1])),
            f"{name} of {titles[i]}",
        )

comparing.related(both_of, cell)
comparing.spreads(both_of, name, both)
comparing.curves(both_of, over_layers, layers)
comparing.courses(both_of)
lesson.show("compare", sentences(measured()), drawing=lambda: comparing.stranger(pair[0]))
