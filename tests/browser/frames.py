"""What the page Live computes, in a page that holds its arithmetic and nothing else."""

import base64
from pathlib import Path

import numpy as np

from convlens.live.program import program
from convlens.networks.card import ModelCard
from convlens.ui.parts import ROOMS
from models.running.slicing import Sliced

SCRIPTS = ("components/shared.js", "components/arithmetic.js", "live/lens/sums.js", "live/lens/compute.js", "live/lens/kernel.js")  # fmt: skip

FUNCTIONS = """() => {
          window.bytes = array => { let s = ""; const all = new Uint8Array(array.buffer, array.byteOffset, array.byteLength); for (const b of all) s += String.fromCharCode(b); return btoa(s) }
          window.frame = (program, pictures, fast) => {
            const found = compiled(decoded(program).buffer, fast)
            for (const picture of pictures) found.run(decoded(picture))
            return { layers: found.layers.map(({ values }) => bytes(values)), shares: found.shares(), fast: Boolean(found.layers[0].adding) }
          }
          window.slid = (step, rows, columns, planes, pixels, fast, from) => {
            const found = slider(step, rows, columns, planes, fast)
            found.fill(decoded(pixels), p => planes === 3 ? [0, 1, 2].map(c => Number(c === p)) : [0.299, 0.587, 0.114], from)
            found.run(from)
            return { shape: found.shape, results: found.results.map(bytes) }
          }
          window.small = (pixels, across, box, shape, inverted) => bytes(shrunk(decoded(pixels), across, box, shape, inverted, new Uint8Array(shape[0] * shape[1] * shape[2])))
        }"""


def holding(page):
    """A page, once it holds them."""
    for part in SCRIPTS:
        page.add_script_tag(content=(ROOMS / part).read_text(encoding="utf-8"))
    page.evaluate(FUNCTIONS)
    return page


def text(array: np.ndarray | bytes) -> str:
    return base64.b64encode(array if isinstance(array, bytes) else np.ascontiguousarray(array).tobytes()).decode()


def floats(found: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(found), "<f4")


def a_card(sliced: Sliced, low: float, high: float) -> ModelCard:
    return ModelCard("x", Path("x.keras"), "X", "", (), sliced.nodes[0].shape, (low, high))


def every_layer(browser, sliced: Sliced) -> None:
    """All layers of one picture, after another one: nothing of that is left; with SIMD and without."""
    rng = np.random.default_rng(1)
    before, pixels = (rng.integers(0, 256, sliced.nodes[0].shape, np.uint8) for _ in range(2))
    given = program(a_card(sliced, -2.0, 2.0), None, sliced.layers, sliced.weights)
    expected = sliced.activations((pixels[None] / np.float32(255) * 4 - 2).astype(np.float32))
    for fast in (True, False):
        found = browser.evaluate("given => frame(...given)", [text(given), [text(before), text(pixels)], fast])
        assert found["fast"] == fast
        for layer, values in zip(sliced.layers, found["layers"], strict=True):
            true = expected[layer.name].ravel()
            close = {"rtol": 1e-4, "atol": 1e-5 * max(1, np.abs(true).max())}
            np.testing.assert_allclose(floats(values), true, **close, err_msg=layer.name)
