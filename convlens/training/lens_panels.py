"""One update under the lens: the gradient of one weight as a sum of products, and what the optimiser makes of it."""

from functools import partial

import numpy as np

from convlens import panel
from convlens.components import part
from convlens.drawing.colours import CHANNELS
from convlens.drawing.scales import Scale, palette, scale_of, to_levels, weight_scale
from convlens.drawing.sheets import palette_png
from convlens.networks.runs import Lens, Settings
from convlens.panel import Beside, Numbers, Panel, Part, Picture, Sends, Words
from convlens.text import a, number, updates
from convlens.training import jobs
from convlens.training.place import Place, drawn, spot
from convlens.training.watched import Watched, state_of
from convlens.work import engine, memory

DRAWN = 192  # pixels, of a picture of the lens


def kernel(of: Watched) -> Panel | None:
    """The weights of one filter or unit, one of which is looked at; None where they are not remembered."""
    if not of.reports or of.kept is None:
        return None
    kernel, at = of.kernel, of.place
    weights, unit = drawn(kernel, at[-1]), "Filter" if of.has_filters else "Unit"
    scale = weight_scale(kernel)
    data = {
        "values": part.packed(weights),
        "rows": weights.shape[0],
        "columns": weights.shape[1],
        "units": None,  # a cell is chosen, not a unit
        "low": scale.low,
        "high": scale.high,
        "colours": part.text(palette(scale.colours)),
        "channel": at[-1],
        "chosen": spot(kernel.shape, at),
        "alt": f"The weights of {unit.lower()} {at[-1]}",
    }
    sends = Sends(("weight_row", "weight_column"), (range(weights.shape[0]), range(weights.shape[1])))
    where = f"of input {at[2]}" if unit == "Unit" else f"in row {at[0]}, column {at[1]}{_of(at[2], kernel)}"
    return Panel(
        "kernel",
        f"{unit} {at[-1]} of {of.through}",
        (Part("values", "values.kernel", data, {"cell": sends}, partial(_still, weights, scale)),),
        f"The weight {where} is {number(kernel[at])}. A click looks at another; a click on a layer in the film at another layer.",
        "Rows, columns, slices and units are counted from 0.",
        scale,
        f"one scale for all of {of.through} at this moment",
    )


def _still(weights: np.ndarray, scale: Scale) -> Picture:
    return Picture(palette_png(to_levels(weights, scale), scale.colours), "")


def lens(of: Watched) -> Panel | None:
    """One update of that weight, from this picture alone, down to the products; None where the weights are not remembered."""
    if not of.reports or of.kept is None:
        return None
    label, update = of.label, of.kept.report.update
    if label is None:
        known = f"this is {a(of.own.label)}, none of them" if of.own.label else "nobody has said so of this one"
        told = (
            f"To learn from a picture a network must be told which of its {len(of.of.labels)} classes it is, and {known}. "
            f"A click on a {of.of.one} above asks about that one."
        )
        return Panel("lens", "One update under the lens", (Words(told),))
    asked = of.settings, of.kept.state, of.pixels, label, of.through, of.place
    key = "training", "lens", of.settings.until(update), update, *of.picture, label, of.through, of.place
    found: Lens = memory.of(key, lambda: engine.run(jobs.lens, *asked), owner=of.owner, elsewhere=True)
    products = found.read * found.asked
    shown = (
        _drawn(found.read, scale_of(found.read), "What the weight reads at each place"),
        _drawn(found.asked, weight_scale(found.asked), "How the loss changes with the sum there, ∂L/∂z"),
        _drawn(products, weight_scale(products), "Their products"),
    )
    return Panel(
        "lens",
        f"One update under the lens: from this {of.of.labels[label]} alone, after {updates(update)}",
        (*[Beside(shown)] * (products.size > 1), Numbers("\n".join(arithmetic(of.settings.at(update), found)))),
        _sum(found, products),
        f"{of.earlier}{_aside(of, found)}Where a sum is exactly 0, any number from 0 to 1 would be a sub-gradient of ReLU; TensorFlow takes 0.",
        downloads=(
            panel.npz(f"{of.stem}-{update}-lens", _lens, of.settings, update, of.pixels, label, of.through, of.place),
        ),
    )


def _aside(of: Watched, found: Lens) -> str:
    """How one picture alone differs from a batch of the run."""
    told = "The optimiser's memory is what the batches before have left. " if found.update and found.memory else ""
    told += "Dropout is left out. " if of.settings.drops else ""
    told += (
        "A normalisation takes the means and spreads that the run has gathered, not this picture's own. "
        if of.settings.normalises
        else ""
    )
    return told


def _sum(of: Lens, products: np.ndarray) -> str:
    """The gradient as what it is made of."""
    at = np.unravel_index(np.abs(products).argmax(), products.shape)
    largest = f"{number(of.read[at])} × {number(of.asked[at])} = {number(products[at])}"
    stopped = 0 if of.passed is None else int((~of.passed).sum())
    if products.size == 1:
        return (
            f"The gradient of the weight is one product, of what it reads and of how the loss changes with the sum: {largest}."
            + " The sum is not above 0: ReLU passes no gradient on." * stopped
        )
    told = f"The gradient of the weight is the sum of {products.size:,} products, {number(of.gradient)}; the largest, in row {at[0]}, column {at[1]}, is {largest}."
    return told if of.passed is None else f"{told} At {stopped:,} of the {products.size:,} places the sum is not above 0: ReLU passes no gradient on there."  # fmt: skip


def arithmetic(settings: Settings, of: Lens) -> list[str]:
    """The update in numbers, in Keras' form: Adam's ε stands outside the root, momentum's velocity holds the rate."""
    g, w, rate = number(of.gradient), number(of.weight), f"{settings.rate:g}"
    lines = [f"g  = Σ read · ∂L/∂z = {g}"]
    if settings.decay:
        decayed = number(of.weight * (1 - settings.rate * settings.decay))
        lines.append(f"w ← w − η · λ · w = {w} − {rate} · {settings.decay:g} · {w} = {decayed}, the weight decay")
        w = decayed
    if settings.optimiser == "Adam":
        t = of.update + 1
        (m, new_m), (v, new_v) = of.memory["m"], of.memory["v"]
        pace = settings.rate * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        lines += [
            f"m ← 0.9 · m + 0.1 · g = 0.9 · {number(m)} + 0.1 · {g} = {number(new_m)}",
            f"v ← 0.999 · v + 0.001 · g² = 0.999 · {number(v)} + 0.001 · {number(of.gradient**2)} = {number(new_v)}",
            f"η ← {rate} · √(1 − 0.999ᵗ) / (1 − 0.9ᵗ) = {number(pace)}, t = {t:,}",
            f"w ← w − η · m / (√v + 10⁻⁷) = {w} − {number(pace)} · {number(new_m)} / {number(np.sqrt(new_v) + 1e-7)} = {number(of.after)}",
        ]
    elif settings.optimiser == "momentum":
        v, new = of.memory["v"]
        lines += [
            f"v ← 0.9 · v − η · g = 0.9 · {number(v)} − {rate} · {g} = {number(new)}",
            f"w ← w + v = {w} + {number(new)} = {number(of.after)}",
        ]
    else:
        lines.append(f"w ← w − η · g = {w} − {rate} · {g} = {number(of.after)}")
    return [*lines, f"so w changes by {number(of.after - of.weight)}"]


def _drawn(values: np.ndarray, scale: Scale, said: str) -> Picture:
    data = palette_png(to_levels(values, scale), scale.colours, enlarged=max(1, DRAWN // len(values)))
    return Picture(data, said, f"{said}: {number(values.min())} to {number(values.max())}")


def _lens(settings: Settings, update: int, pixels: np.ndarray, label: int, layer: str, place: Place) -> dict:
    found = engine.run(jobs.lens, settings, state_of(settings, update), pixels, label, layer, place)
    return {"read": found.read, "asked": found.asked, "gradient": np.array(found.gradient)}


def _of(channel: int, kernel: np.ndarray) -> str:
    """Which slice of a filter is meant, where it has several."""
    if kernel.shape[2] == 1:
        return ""
    return f" of the slice for {CHANNELS[channel]}" if kernel.shape[2] == len(CHANNELS) else f" of slice {channel}"
