"""The usual one-file Streamlit app for feature maps, as dozens of tutorials have it: the peer of the load bench.

TensorFlow in the page, a model and a ``predict`` for each layer, a grid of Matplotlib axes.
"""

from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import streamlit as st
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]


@st.cache_resource
def network():
    return keras.saving.load_model(ROOT / "models" / "weights" / "benchmark.keras")


model = network()
names = [layer.name for layer in model.layers[1:]]
file = st.file_uploader("Photo", ["jpg", "png"], key="upload.0")
image = Image.open(file or ROOT / "assets" / "pictures" / "frog.png").convert("RGB").resize((32, 32))
name = st.selectbox("Layer", names, key="layer")
x = np.asarray(image, np.float32)[None] / 255
maps = {n: keras.Model(model.inputs, model.get_layer(n).output).predict(x, verbose=0)[0] for n in names}
st.bar_chart(maps[names[-1]])
shown = maps[name]
if shown.ndim == 3:
    figure, axes = plt.subplots(4, 8, figsize=(12, 6))
    for i, axis in enumerate(axes.flat):
        axis.axis("off")
        if i < shown.shape[-1]:
            axis.imshow(shown[:, :, i])
    st.pyplot(figure)
