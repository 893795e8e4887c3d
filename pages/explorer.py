"""Explorer: a whole network on the visitor's picture; every unit opens down to the products that make its values."""

import streamlit as st

from convlens import engine, explanation, images, jobs, snippets, surgery
from convlens.markup import network_colour, softmax_bars
from convlens.montage import SCOPES, map_png, scale_of
from convlens.receptive import receptive_field
from convlens.remarks import of_field, of_settings
from convlens.statistics import probabilities
from convlens.text import percent
from convlens.ui import caching, explorer, lesson, operating, pickers, selection, state, tray
from convlens.ui.panel import csv, npz, panel, png
from convlens.verdict import introduce, top

AFTER = "#b2182b"  # the colour of a network after surgery
PHOTO = 384  # pixels, the longest side of the picture that the receptive field is drawn on

chosen = tray.current()
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    st.title("Explorer: how every number is made", width="stretch")
    scope = pickers.segmented("scale", "One colour scale for each", help=" ".join(SCOPES.values()))
    card = selection.network_picker()
st.caption("Hover a map to see what it is computed from; click it to see how. Arrow keys and Enter do the same.")
selection.ask_for_range(card, chosen.seen(card.input_shape))
with st.spinner("The network is looking at the picture. Right after the start this takes some seconds."):
    intact = chosen.maps(card)
    layers = caching.layers(card.name)
cuts = surgery.parse(state.get("surgery"))
gains = surgery.gains(cuts, layers)
maps = chosen.altered(card, gains) if gains else intact
cell = selection.cell(layers)
layer, values = cell.layer, maps[cell.layer.name]
before, after = (probabilities(card.answer, list(found.values())[-1]).ravel() for found in (intact, maps))
labels = card.labels_for(after.size)
stem = f"{chosen.file_name}-{card.name}"
code = snippets.layer(selection.source(card), layer.name, chosen.how, chosen.at)

holds_for = {"layer": f"{layer.name}:", "unit": "each map has its own scale; map 0:", "network": "all layers:"}[scope]
downloads = (npz(f"{stem}-maps", maps),)
told = f"{card.title} on {chosen.title}: {len(layers)} layers"
with panel(told, key="network", downloads=downloads, caption=introduce(card)):
    shown = pickers.segmented("shown", "Shown", label_visibility="collapsed") if gains else "intact"
    drawn = {"intact": intact, "after surgery": maps}.get(shown) or {name: maps[name] - intact[name] for name in maps}
    sheets = chosen.sheets(card, drawn, scope, (shown, surgery.write(cuts)) if gains else ())
    explorer.network(layers, sheets, caching.edges(card.name), cell, gains, labels, after, holds_for)

what = f"map {cell.channel}" if layer.has_maps else f"unit {cell.channel}"
name = f"{stem}-{layer.name.replace('/', '-')}-{cell.channel}"
one = values[:, :, cell.channel] if layer.has_maps else values[None]
downloads = (
    png(name, lambda: map_png(one, scale_of(one), enlarged=max(1, 384 // max(one.shape)))),
    csv(name, [f"column {j}" for j in range(one.shape[1])], *one.T.tolist()),
)
heading = f"How {what} of {layer.name} is made"
with panel(heading, key="how", downloads=downloads, code=None if gains else code, caption=of_settings(layer)):
    made_of = caching.unit(card.name, layer.name, cell.channel)
    sums = None
    if explanation.needs_all_sums(layer):
        given = (card.name, chosen.seen(card.input_shape), layer.name, gains, selection.value_range(card))
        sums = engine.run(jobs.before_activation, *given)
    factor = float(gains[layer.name][cell.channel]) if layer.name in gains else 1.0
    explorer.how(layers, maps, sums, cell, made_of, factor, labels if layer is layers[-1] else ())

seen_by, answer, operation = st.columns(3, gap="small")
field = receptive_field(layers, layer.name, cell.index)
side = card.input_shape[:2]
with seen_by, panel("What this cell can see", key="field", caption=of_field(field, layer, cell.index, side)):
    k = max(1, PHOTO // max(side))
    photo = images.fit(chosen.picture.pixels, (side[0] * k, side[1] * k), how=chosen.how, at=chosen.at)
    box = (field.top, field.left, field.rows, field.columns)
    drawn = images.encode_jpeg(images.spotlight(photo, field.mask, box))
    st.image(drawn, alt=f"The receptive field on {chosen.title}", width="stretch")

label, share = top(labels, after)
downloads = (csv(f"{stem}-answer", ["class", "intact", "after surgery"], labels, before, after),)
caption = operating.accuracy(card, cuts, gains)
with answer, panel(f"Answer: {label}, {percent(share)}", key="answer", downloads=downloads, caption=caption):
    few = sorted(after.argsort()[::-1][:10].tolist()) if len(labels) > 24 else list(range(len(labels)))
    both = (("Intact", before), ("After surgery", after)) if gains else (("The network's answer", before),)
    for title, p in both:
        colour = network_colour(card.name) if p is before else AFTER
        st.html(softmax_bars([labels[i] for i in few], title, colour, p[few], chosen.truth(labels)))

with operation, panel("Surgery: what is a map good for?", key="surgery"):
    operating.controls(cell, cuts)
    operating.report(chosen, card, cell, cuts, gains, labels, after)
lesson.show("explorer")
