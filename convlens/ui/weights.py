"""The panel with the weights behind one map."""

import numpy as np
import streamlit as st

from convlens.drawing import sheets
from convlens.drawing.scales import weight_scale
from convlens.drawing.sheets import palette_png
from convlens.networks.card import ModelCard
from convlens.networks.layers import Layer
from convlens.networks.remarks import of_weights, without_kernel
from convlens.slices import snippets
from convlens.slices.view import unit
from convlens.ui import selection
from convlens.ui.panel import npz, panel, picture, png


def panel_of(card: ModelCard, layer: Layer, channel: int) -> None:
    """One slice for each map that is read, or a sentence where the layer has no kernel."""
    behind = unit(card, layer.name, channel)
    if behind.slices is None:
        with panel("The weights behind this map", key="weights"):
            st.markdown(without_kernel(layer, behind))
        return
    slices = behind.slices if behind.factors is None else behind.slices * behind.factors
    scale = weight_scale(slices)
    levels = sheets.sheet(slices, scales=[scale])
    enlarged = max(1, 480 // max(levels.shape))
    file = f"{card.name}-{layer.name}-{channel}-weights"
    downloads = (
        png(file, lambda: palette_png(levels, scale.colours, enlarged=enlarged)),
        npz(file, lambda: {"weights": slices, "bias": np.array(behind.bias or 0.0)}),
    )
    explained = layer.settings["op"] in ("conv", "dense")
    code = snippets.weights(selection.source(card), layer.name, channel) if explained else None
    scope, title = "one scale for this filter, 0 in white", f"The weights behind map {channel}"
    with panel(
        title, key="weights", downloads=downloads, code=code, scale=scale, scope=scope, caption=of_weights(behind)
    ):
        picture(palette_png(levels, scale.colours, enlarged=enlarged), f"The weights of filter {channel}")
