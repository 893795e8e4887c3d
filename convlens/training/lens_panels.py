"""One update under the lens: the gradient of one weight as a sum of products, and what the optimiser makes of it."""

from dataclasses import replace
from functools import partial

import numpy as np

from convlens import panel
from convlens.components import part
from convlens.drawing.colours import CHANNELS
from convlens.drawing.scales import Scale, palette, scale_of, to_levels, weight_scale
from convlens.drawing.sheets import palette_png
from convlens.networks.answers import knows
from convlens.networks.runs import Lens, Settings
from convlens.panel import Beside, Content, Numbers, Panel, Part, Picture, Sends, Words
from convlens.slices.snippets import network_of
from convlens.slices.view import View
from convlens.text import a, figures_apart, number, percent, updates
from convlens.training import jobs, snippets
from convlens.training.once import Once
from convlens.training.place import Place, drawn, spot
from convlens.training.watched import Watched, state_of
from convlens.work import engine, memory

DRAWN = 192  # pixels, of a picture of the lens
NORMALISED = "A normalisation takes the means and spreads that its training has gathered, not this picture's own. "
SUB_GRADIENT = "Where a sum is exactly 0, any number from 0 to 1 would be a sub-gradient of ReLU; TensorFlow takes 0."


def kernel(of: Watched) -> Panel | None:
    """The weights of one filter or unit, one of which is looked at; None where they are not remembered."""
    if not of.reports or of.kept is None:
        return None
    told = "a click on a layer in the film at another layer", f"one scale for all of {of.through} at this moment"
    row, column, piece, number_of = of.place
    if of.has_filters:
        reads_colours = of.through == of.reports[0].layers[0] and of.of.shape[-1] == len(CHANNELS)
        unit, where = "Filter", f"in row {row}, column {column}{_of(piece, of.kernel, reads_colours)}"
    else:
        unit, where = "Unit", f"of input {piece}"
    return _weights(f"{unit} {number_of} of {of.through}", of.kernel, of.place, number_of, where, *told)


def kernel_once(of: Once) -> Panel | None:
    """The same of a unit that the Explorer has opened; None where nothing of it is learned."""
    if of.fault:
        return None
    told = "a click on a map above at another unit", "this unit's own scale"
    layer, operation = of.layer, of.layer.operation
    unit = "Filter" if layer.is_convolution else "Channel" if layer.has_maps and not operation.weighs else "Unit"
    sliced = _of(of.place[2], of.kernel, of.reads_colours) if layer.is_convolution else ""
    where = operation.called(layer, of.found.place) + sliced
    title = f"{unit} {of.cell.channel} of {layer.name}"
    found = _weights(title, of.kernel, of.place, of.cell.channel, where, *told, ("taught_row", "taught_column"))
    slopes = of.found.slopes
    ends = f"{number(slopes.min())} to {number(slopes.max())}"
    shown = _drawn(drawn(slopes[..., None], 0), weight_scale(slopes), "How the loss changes with each", ends)
    told = "Where none is chosen, it is the one with which the loss changes most. " if min(of.spot) < 0 else ""
    learns = f"{operation.learns} " if operation.learns else ""
    return replace(found, content=(*found.content, shown), note=learns + told + found.note)


def _weights(
    title: str,
    kernel: np.ndarray,
    at: Place,
    number_of: int,
    where: str,
    other: str,
    scope: str,
    spot_of: tuple[str, str] = ("weight_row", "weight_column"),
) -> Panel:
    """
    Args:
        title: which unit of which layer; ``number_of``: its own, ``at`` says where it lies in ``kernel``.
        where: what the weight is called; ``other``: which click looks at another layer; ``spot_of``: choices that say which weight.
    """
    weights, scale = drawn(kernel, at[-1]), weight_scale(kernel)
    data = {
        "values": part.packed(weights),
        "rows": weights.shape[0],
        "columns": weights.shape[1],
        "units": None,  # a cell is chosen, not a unit
        "low": scale.low,
        "high": scale.high,
        "colours": part.text(palette(scale.colours)),
        "channel": number_of,
        "chosen": spot(kernel.shape, at),
        "alt": f"The weights of {title[0].lower()}{title[1:]}",
    }
    sends = Sends(spot_of, (range(weights.shape[0]), range(weights.shape[1])))
    return Panel(
        "kernel",
        title,
        (Part("values", "values.kernel", data, {"cell": sends}, partial(_still, weights, scale)),),
        f"The weight {where} is {number(kernel[at])}. A click looks at another; {other}.",
        "Rows, columns, slices and units are counted from 0.",
        scale,
        scope,
    )


def _still(weights: np.ndarray, scale: Scale) -> Picture:
    return Picture(palette_png(to_levels(weights, scale), scale.colours), "")


def lens(of: Watched) -> Panel | None:
    """One update of that weight, from this picture alone, down to the products; or why there is none."""
    if not of.reports:
        return None
    if of.untaught:
        return Panel("lens", "One update under the lens", (Words(of.untaught),))
    label, update = of.label, of.kept.report.update
    asked = of.settings, of.kept.state, of.pixels, label, of.through, of.place
    key = "training", "lens", of.settings.until(update), update, *of.picture, label, of.through, of.place
    found: Lens = memory.of(key, lambda: engine.run(jobs.lens, *asked), owner=of.owner, elsewhere=True)
    return Panel(
        "lens",
        f"One update under the lens: from this {of.of.labels[label]} alone, after {updates(update)}",
        _shown(of.settings.at(update), found),
        _sum(found),
        f"{of.earlier}{_aside(of, found)}{SUB_GRADIENT}",
        downloads=(
            panel.npz(
                f"{of.stem}-{update}-lens-{_named(of)}",
                _lens,
                of.settings,
                update,
                of.pixels,
                label,
                of.through,
                of.place,
            ),
        ),
    )


def lens_once(of: Once) -> Panel:
    """One more update of a finished network, from one picture alone; or why there is none."""
    if of.fault:
        return Panel("lens", "One update under the lens", (Words(of.fault),))
    card, name, found = of.view.card, of.labels[of.label], of.found
    kinds = {layer.kind for layer in of.view.layers}
    place = of.label, of.layer.name, *found.place
    return Panel(
        "lens",
        f"One update under the lens: what it would teach {card.title} that this is {a(name)}",
        _shown(of.settings, found),
        f"It gives {a(name)} {percent(float(of.answer[of.label]))}, a loss of {number(found.loss)}. {_sum(found)}",
        f"{of.by}{_taught(of)}{'Dropout is left out. ' * ('Dropout' in kinds)}{NORMALISED * ('BatchNormalization' in kinds)}"
        f"{'The surgery is left out. ' if of.view.cuts else ''}{SUB_GRADIENT * (found.passed is not None)}",
        downloads=(panel.npz(f"{of.view.stem}-lens-{of.mark}", _once, of.view, *place, of.rate),),
        code=snippets.one_update(
            network_of(of.view), of.view.how, of.view.at, of.label, of.layer.name, of.kept, of.rate
        ),
    )


def _taught(of: Once) -> str:
    """Said where it is taught as something else than what it is known to be."""
    if of.truth and of.label != of.known:
        return f"It is {a(of.truth)}, and is taught as {a(of.labels[of.label])}. "
    if of.truth:
        return ""
    told = "it is taught as what the network answers" if of.label == of.known else "it is taught as what was chosen"
    return f"{knows(of.labels, of.view.card.title)} Nobody has said which of them this is; {told}. "


def _shown(settings: Settings, found: Lens) -> tuple[Content, ...]:
    """What is multiplied, where there is more than one place, and the update in numbers."""
    products = found.read * found.asked
    pictures = (
        _drawn(found.read, scale_of(found.read), "What the weight reads at each place"),
        _drawn(found.asked, weight_scale(found.asked), "How the loss changes with the sum there, ∂L/∂z"),
        _drawn(products, weight_scale(products), "Their products"),
    )
    return *[Beside(pictures)] * (products.size > 1), Numbers("\n".join(arithmetic(settings, found)))


def _aside(of: Watched, found: Lens) -> str:
    """How one picture alone differs from a batch of the run."""
    told = "The optimiser's memory is what the batches before have left. " if found.update and found.memory else ""
    told += "Dropout is left out. " if of.settings.drops else ""
    return told + NORMALISED * of.settings.normalises


def _sum(of: Lens) -> str:
    """The gradient as what it is made of."""
    products = of.read * of.asked
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
    behind = of.weight * (1 - settings.rate * settings.decay)
    # or small steps would seem to change nothing
    figures = max(figures_apart(each, of.after) for each in (of.weight, behind))
    g, w, after, rate = number(of.gradient), number(of.weight, figures), number(of.after, figures), f"{settings.rate:g}"
    lines = [f"g  = Σ read · ∂L/∂z = {g}"]
    if settings.decay:
        decayed = number(behind, figures)
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
            f"w ← w − η · m / (√v + 10⁻⁷) = {w} − {number(pace)} · {number(new_m)} / {number(np.sqrt(new_v) + 1e-7)} = {after}",
        ]
    elif settings.optimiser == "momentum":
        v, new = of.memory["v"]
        lines += [
            f"v ← 0.9 · v − η · g = 0.9 · {number(v)} − {rate} · {g} = {number(new)}",
            f"w ← w + v = {w} + {number(new)} = {after}",
        ]
    else:
        lines.append(f"w ← w − η · g = {w} − {rate} · {g} = {after}")
    change = of.after - of.weight
    is_rounded = (of.gradient or change) and abs(change) < abs(of.weight) / 1e5
    lines.append(f"so w changes by {number(change)}{', as far as float32 tells' * bool(is_rounded)}")
    if of.bias is not None:
        g = float(np.sum(of.asked, dtype=np.float64))
        after = of.bias - settings.rate * g
        figures = figures_apart(of.bias, after)
        b = number(of.bias, figures)
        lines.append(f"b ← b − η · Σ ∂L/∂z = {b} − {rate} · {number(g)} = {number(after, figures)}, the bias")
    return lines


def _named(of: Watched) -> str:
    """What tells one weight and one picture from another."""
    return f"{of.through}-{'-'.join(map(str, of.place))}-{str(of.picture[-1])[:8]}"


def _drawn(values: np.ndarray, scale: Scale, said: str, ends: str = "") -> Picture:
    """``ends``: of the values, where some of what is drawn is none."""
    data = palette_png(to_levels(values, scale), scale.colours, enlarged=max(1, DRAWN // max(values.shape)))
    return Picture(data, said, f"{said}: {ends or f'{number(values.min())} to {number(values.max())}'}")


def _lens(settings: Settings, update: int, pixels: np.ndarray, label: int, layer: str, place: Place) -> dict:
    return _arrays(engine.run(jobs.lens, settings, state_of(settings, update), pixels, label, layer, place))


def _once(view: View, label: int, layer: str, row: int, column: int, piece: int, unit: int, rate: float) -> dict:
    found = memory.run(jobs.once, *view.given, label, layer, unit, (row, column, piece), rate)
    return _arrays(found) | {"slopes": found.slopes}


def _arrays(found: Lens) -> dict[str, np.ndarray]:
    return {"read": found.read, "asked": found.asked, "gradient": np.array(found.gradient)}


def _of(channel: int, kernel: np.ndarray, reads_colours: bool) -> str:
    """Which slice of a filter is meant, where it has several; ``reads_colours``: whether each is for one of a picture's."""
    if kernel.shape[2] == 1:
        return ""
    return (
        f" of the slice for {CHANNELS[channel]}"
        if reads_colours and kernel.shape[2] == len(CHANNELS)
        else f" of slice {channel}"
    )
