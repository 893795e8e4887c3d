"""Compare: two networks of one architecture and one picture. Who is right, who is sure, and where do they differ?"""

from functools import partial

import streamlit as st

from convlens.compare import amounts, panels, questions, sections
from convlens.compare.pair import Pair
from convlens.lessons.unknown import measured, sentences
from convlens.networks.layers import last_maps
from convlens.text import plain
from convlens.ui import lesson, pickers, selection, tray
from convlens.ui.controls import lapse, predicting
from convlens.ui.show import row, stranger

chosen = tray.current()
cards = lapse.moved(*selection.two_networks("Compare: two networks, one picture"))
selection.intact()
asked = next((card for card in cards if card.value_range is None), cards[0])
selection.ask_for_range(asked, chosen.seen(asked.input_shape))

pair = Pair(tuple(map(chosen.view, cards)), chosen.label)
with st.spinner("Both networks are looking at the picture. Right after the start this takes some seconds."):
    said = plain(panels.introduction(pair))
if shown := predicting.revealed(lambda: questions.who_is_right(pair)):
    st.markdown(said)
    st.caption(plain(panels.known(pair)))
    row(pair, *(partial(panels.answer, i=i) for i in (0, 1)), widths=(1, 1))
if shown and pair.layer:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        deepest = last_maps(pair.common)[-1:]
        selection.layer_picker("Layer of both", list(pair.common), pair.layer)
        selection.convolution_buttons(list(pair.common))
        st.button("Last layer with maps", on_click=selection.choose, args=tuple(deepest), disabled=not deepest)
    row(pair, *(partial(panels.sheet, i=i) for i in (0, 1)), widths=(1, 1))
    if said := panels.related(pair):
        st.caption(plain(said))
    row(pair, panels.alike)
    row(pair, panels.distribution, panels.picture, widths=(3, 2))
    row(pair, panels.gained)
    row(pair, panels.zeros, panels.entropies, widths=(1, 1))
    row(pair, panels.courses)
elif shown:
    st.info(plain(panels.nothing_common(pair)))
told = "Ask networks that have learned from fewer pictures and from more, of this picture."
if shown and pickers.toggle("amounts", "How much data?", help=told):
    some = amounts.amounts(pair.at_layer, cards[1].origin)
    row(some, amounts.strip, wait="All these networks are looking at the picture.")
    row(some, amounts.curve)
if shown and pickers.toggle(
    "sections", "Look at sections", help="Ask both networks about every part of the large picture."
):
    zoom = pickers.segmented("zoom", "The picture's shorter side: so many times what a network sees")
    looks = tuple(sections.Sections(view, zoom) for view in pair.views)
    each = (partial(sections.answers, i=i) for i in (0, 1))
    row(looks, *each, widths=(1, 1), wait="Both networks look at all sections.")
lesson.show(
    "compare", sentences(measured()), drawing=lambda: stranger(panels.stranger(cards[0])) if pair.layer else None
)
