"""What goes through a network at a moment of its training: forth every layer's maps, back how the loss changes with each of them."""

import itertools

import numpy as np

from convlens import panel
from convlens.drawing import sheets
from convlens.drawing.colours import CHANNELS
from convlens.drawing.scales import Scale, in_hues, scale_of, table_of, weight_scale
from convlens.drawing.sheets import palette_png
from convlens.networks.runs import Back, Settings
from convlens.panel import Beside, Numbers, Panel, Picture, Words
from convlens.statistics import silent_channels
from convlens.text import number, percent, size, updates
from convlens.training import jobs
from convlens.training.watched import Watched, state_of
from convlens.work import engine, memory

ABREAST = 6  # pictures beside each other
SURE = 0.999  # a probability of the true class


def layers(of: Watched) -> Panel | None:
    """Every layer's maps of what is asked with the weights of the moment; or why there are none."""
    if not of.reports:
        return None
    if of.lacks:
        return Panel("layers", f"What every layer makes of the {of.of.one}", (Words(of.lacks),))
    update, shown = of.kept.report.update, _with_maps(_answers(of))
    drawn = [
        _drawn(name, values, scale_of(values), "The maps of {}", f"{{}}, {size(values.shape)}, {_range(values)}", of)
        for name, values in shown.items()
    ]  # fmt: skip
    maps = [values for name, values in shown.items() if name != "input"]
    silent, count = sum(len(silent_channels(values)) for values in maps), sum(values.shape[-1] for values in maps)
    return Panel(
        "layers",
        f"What every layer makes of {_what(of)} after {updates(update)}",
        _rows(drawn),
        f"{silent} of {count} maps answer nothing to it.",
        f"{of.earlier}One scale for each layer, from 0, black, to its largest value{_signed(shown)}.",
        downloads=(panel.npz(f"{of.stem}-{update}-maps", _maps, of.settings, update, of.pixels),),
    )


def back(of: Watched) -> Panel | None:
    """How the loss changes with each of these answers, from the softmax back to the picture; or why that cannot be known."""
    if not of.reports:
        return None
    if of.untaught:
        return Panel("back", "And back: how the loss changes with every answer", (Words(of.untaught),))
    update, forth = of.kept.report.update, _answers(of)
    found: Back = memory.of(
        ("training", "back", of.settings.until(update - 1), update, *of.picture, of.label),
        lambda: engine.run(jobs.back, of.settings, of.kept.state, of.pixels, of.label),
        owner=of.owner,
        elsewhere=True,
    )
    drawn = [
        _drawn(name, values, weight_scale(values), "How the loss changes with {}", f"{{}}, up to ± {number(np.abs(values).max())}", of)
        for name, values in _with_maps(found.gradients).items()
    ]  # fmt: skip
    p, labels = forth[found.last], of.of.labels
    wrongest = max((i for i in range(len(labels)) if i != of.label), key=lambda i: p[i])
    told = [
        f"{labels[of.label]}, the truth: ∂L/∂z = p − 1 = {number(-float(np.delete(p, of.label).sum(dtype=np.float64)))}",
        f"{labels[wrongest]}, the most likely of the others: ∂L/∂z = p − 0 = {number(p[wrongest])}",
    ]
    return Panel(
        "back",
        f"And back: how the loss changes with every answer, after {updates(update)}",
        (*_rows(drawn), Numbers("\n".join(told + _won(found, forth)))),
        f"It begins with p − y at the softmax, y being 1 for {labels[of.label]} and 0 for the others, and goes from layer to layer by the chain rule. {_stopped(found)}{_little(p[of.label], of)}",
        f"{of.earlier}∂L/∂a, a being what a layer answers, its ReLU included: red, the loss rises with it, blue, it falls; one scale for each layer. "
        f"{'In a max-pooling the largest value gets the whole gradient, of equal ones the first. ' * bool(found.pools)}Rows, columns and maps are counted from 0.",
        downloads=(panel.npz(f"{of.stem}-{update}-back", _back, of.settings, update, of.pixels, of.label),),
    )  # fmt: skip


def _won(found: Back, forth: dict[str, np.ndarray]) -> list[str]:
    """What a pool does with the gradient, where it gets most of it and something above 0 has won."""
    asked = {pool: np.where(forth[pool.name] > 0, np.abs(found.gradients[pool.name]), 0) for pool in found.pools}
    pool = max(asked, key=lambda each: asked[each].max(), default=None)
    if pool is None or not asked[pool].any():
        return []
    row, column, channel = map(int, np.unravel_index(asked[pool].argmax(), asked[pool].shape))
    n, passed = pool.side, found.gradients[pool.name][row, column, channel]
    window = forth[pool.before][row * n : row * n + n, column * n : column * n + n, channel].ravel()
    values = f"{', '.join(map(number, window))} the {number(window.max())}"
    return [
        f"{pool.name}, map {channel}, row {row}, column {column}: of {values} wins and gets the whole {number(passed)}"
    ]


def _little(p: float, of: Watched) -> str:
    """Said where it is answered rightly and surely, so that all these numbers are tiny."""
    if p < SURE:
        return ""
    return f" It is answered rightly and surely: next to nothing is left to learn from it. An earlier moment shows more, or a {of.of.one} that is answered wrongly."


def _stopped(found: Back) -> str:
    """How many answers get no gradient, of each layer that is pooled."""
    parts = [
        f"{percent(float((found.gradients[pool.before] == 0).mean()))} of {pool.before}'s answers"
        for pool in found.pools
    ]
    why = "they lost in their pool, or nothing that reads them passed any on."
    return f"No gradient reaches {' and '.join(parts)}: {why}" if parts else ""


def _answers(of: Watched) -> dict[str, np.ndarray]:
    """Of every layer to what is asked."""
    update, asked = of.kept.report.update, (of.settings, of.kept.state, of.pixels)
    return memory.of(
        ("training", "maps", of.settings.until(update - 1), update, *of.picture),
        lambda: engine.run(jobs.maps, *asked),
        owner=of.owner,
        elsewhere=True,
    )


def _with_maps(of: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The picture and the layers that have maps, but for those that pass on what they get, as dropout does here; two that are silent stay."""
    found = {name: values for name, values in of.items() if values.ndim == 3}
    same = [
        name
        for (_, one), (name, other) in itertools.pairwise(found.items())
        if np.array_equal(one, other) and one.any()
    ]
    return {name: values for name, values in found.items() if name not in same}


def _rows(drawn: list[Picture]) -> tuple[Beside, ...]:
    """As few rows as there is room for, as long as each other."""
    long = -(-len(drawn) // -(-len(drawn) // ABREAST))
    return tuple(Beside(tuple(drawn[i : i + long])) for i in range(0, len(drawn), long))


def _drawn(name: str, values: np.ndarray, scale: Scale, alt: str, said: str, of: Watched) -> Picture:
    """All maps of a layer; those of a picture in colour as red, green and blue."""
    called = _what(of) if name == "input" else name
    scales = in_hues(scale, CHANNELS if name == "input" and values.shape[2] == len(CHANNELS) else ())
    data = palette_png(sheets.sheet(values, scales=scales), table_of(scales), enlarged=2)
    return Picture(data, alt.format(called), said.format(called))


def _range(values: np.ndarray) -> str:
    low, high = number(values.min()), number(values.max())
    return f"{low} to {high}" if values.min() < 0 else f"to {high}"


def _signed(shown: dict[str, np.ndarray]) -> str:
    """Said where a layer answers with values below 0, as before a ReLU of its own."""
    return "; white is 0 where there are values below it" if any(values.min() < 0 for values in shown.values()) else ""


def _what(of: Watched) -> str:
    return "your picture" if of.own else f"the {of.of.one}"


def _maps(settings: Settings, update: int, pixels: np.ndarray) -> dict[str, np.ndarray]:
    return engine.run(jobs.maps, settings, state_of(settings, update), pixels)


def _back(settings: Settings, update: int, pixels: np.ndarray, label: int) -> dict[str, np.ndarray]:
    return engine.run(jobs.back, settings, state_of(settings, update), pixels, label).gradients
