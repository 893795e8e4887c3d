"""Explorer: a whole network on the visitor's picture; every unit opens down to the products that make its values."""

import numpy as np
import streamlit as st

from convlens.drawing import encoding
from convlens.drawing.colours import network_colour
from convlens.drawing.markup import softmax_bars
from convlens.drawing.scales import SCOPES, scale_of
from convlens.drawing.sheets import map_png
from convlens.explorer.asked import book as book_of
from convlens.explorer.asked import edges
from convlens.explorer.asked import sheets as sheets_of
from convlens.explorer.receptive import of_field, receptive_field
from convlens.networks import surgery
from convlens.networks.answers import introduce, knows, of_sum, shortlist, top
from convlens.networks.layers import wanted
from convlens.networks.remarks import of_settings
from convlens.panel import csv, npz, png
from convlens.pictures import fitting
from convlens.slices import jobs, snippets
from convlens.slices.cell import cell_of, layer_of
from convlens.text import percent
from convlens.ui import explorer, faults, lesson, pickers, selection, state, tray
from convlens.ui.controls import surgery as operating
from convlens.ui.show import panel
from convlens.work import memory, turns

AFTER = "#b2182b"  # the colour of a network after surgery
PHOTO = 384  # pixels, the longest side of the picture that the receptive field is drawn on
chosen = tray.current()


with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    st.title("Explorer: how every number is made", width="stretch")
    scope = pickers.segmented("scale", "One colour scale for each", help=" ".join(SCOPES.values()))
    card = selection.network_picker()
st.caption("Hover a map to see what it is computed from; click it to see how. Arrow keys and Enter do the same.")
selection.ask_for_range(card, chosen.seen(card.input_shape))


@st.fragment  # a click on a map draws this anew, but nothing around it: half the time
def explore() -> None:
    with turns.turn():
        selection.keep_cell()
        with faults.explained("Explorer"):
            look_into()


def look_into() -> None:
    """The whole network, one of its maps, and what depends on it."""
    with st.spinner("The network is looking at the picture. Right after the start this takes some seconds."):
        plain_view = chosen.view(card)
        layers = plain_view.layers
        layer = layer_of(layers, plain_view.choices)
        name = layer.name
        asked = wanted(layers, *layer.inputs, name)
        cuts = surgery.parse(state.get("surgery"))
        view = chosen.view(card, tuple(cuts))
        gains = view.gains
        intact, maps = plain_view.maps(*asked), view.maps(*asked)
        cell = cell_of(layer, maps[name], view.choices)
    before, after = (card.probabilities(found).ravel() for found in (intact, maps))
    labels = card.labels_for(after.size)
    stem = f"{chosen.file_name}-{card.name}"

    told = f"{card.title} on {chosen.title}: {len(layers)} layers"
    downloads = (
        npz(f"{stem}-maps", memory.run, jobs.feature_maps, *view.given, gains),
    )  # all layers, of a large one too
    source = selection.source(card)
    code = None if gains else snippets.every_layer(source, chosen.how, chosen.at)  # surgery is ConvLens' own
    with panel(told, key="network", downloads=downloads, code=code, caption=introduce(card)):
        shown = pickers.segmented("shown", "Shown", label_visibility="collapsed") if gains else "intact"
        sheets, scales, strongest = sheets_of(view, shown, scope)
        word = "map" if cell.layer.has_maps else "unit"
        holds_for = {"layer": f"{name}:", "unit": f"each {word} has its own scale; {word} 0:", "network": "all layers:"}
        explorer.network(
            layers, sheets, strongest, edges(card), cell, gains, labels, after, holds_for[scope]
        )  # fmt: skip

    book = book_of(view, scales, maps)
    how_it_is_made(layers, maps, book, gains, cell, labels, stem)

    left, middle, right = st.columns(3, gap="small")
    with left:
        what_it_sees(layers, cell, stem)
    label, share = top(labels, after)
    downloads = (csv(f"{stem}-answer", ["class", "intact", "after surgery"], labels, before, after),)
    caption = f"{knows(labels, card.title)} {operating.accuracy(card, gains)} {of_sum(after)}".strip()
    code = None if gains else snippets.softmax((source,), chosen.how, chosen.at)
    heading = f"Answer: {label}, {percent(share)}"
    with middle, panel(heading, key="answer", downloads=downloads, code=code, caption=caption):
        few = shortlist(after, before)
        both = (("Intact", before), ("After surgery", after)) if gains else (("The network's answer", before),)
        for title, p in both:
            colour = network_colour(card.name) if p is before else AFTER
            st.html(softmax_bars([labels[i] for i in few], title, colour, p[few], chosen.truth(labels)))
    with right, panel("Surgery: what is a map good for?", key="surgery"):
        operating.warn(gains)
        operating.controls(cell, cuts)
        operating.report(chosen, card, cell, cuts, gains, labels, after)


def how_it_is_made(layers, maps, book, gains, cell, labels, stem) -> None:
    layer, values = cell.layer, maps[cell.layer.name]
    one = values[:, :, cell.channel] if layer.has_maps else values[None]
    file = f"{stem}-{layer.name.replace('/', '-')}-{cell.channel}"
    downloads = (
        png(file, lambda: map_png(one, scale_of(one), enlarged=max(1, 384 // max(one.shape)))),
        csv(file, [f"column {j}" for j in range(one.shape[1])], *one.T.tolist()),
    )
    code = None if gains else snippets.layer(selection.source(card), layer.name, chosen.how, chosen.at)
    heading = f"How {'map' if layer.has_maps else 'unit'} {cell.channel} of {layer.name} is made"
    with panel(heading, key="how", downloads=downloads, code=code, caption=f"{of_settings(layer)} {cell.opened}"):
        explorer.how(card.name, book, cell, gains, labels)


def what_it_sees(layers, cell, stem) -> None:
    field, side = receptive_field(layers, cell.layer.name, cell.index), card.input_shape[:2]

    def drawn() -> np.ndarray:
        k = max(1, PHOTO // max(side))
        photo = fitting.fit(chosen.picture.pixels, (side[0] * k, side[1] * k), how=chosen.how, at=chosen.at)
        return encoding.spotlight(photo, field.mask, (field.top, field.left, field.rows, field.columns))

    file = f"{stem}-field-{cell.layer.name.replace('/', '-')}-{'-'.join(map(str, cell.index))}"
    downloads = (
        png(file, lambda: encoding.encode_png(drawn())),
        csv(file, ["row", "column"], *(places.tolist() for places in field.mask.nonzero())),
    )
    caption = of_field(field, cell.layer, cell.index, side)
    with panel("What this cell can see", key="field", downloads=downloads, caption=caption):
        data = chosen.view(card).told(lambda: encoding.encode_jpeg(drawn()), "field", cell.layer.name, *cell.index)
        st.image(data, alt=f"The receptive field on {chosen.title}", width="stretch")


explore()
lesson.show("explorer")
