"""The panels of an autoencoder that a visitor trains, about pictures that were held out: their plane, the nearest ones, their noise taken away."""

import math

import numpy as np

from convlens import panel
from convlens.autoencoder import cleaning, encoded, planes
from convlens.autoencoder.own import Learning
from convlens.components.gallery import gallery
from convlens.components.part import png_url
from convlens.components.scatter import scatter
from convlens.drawing.colours import DIGIT_COLOURS
from convlens.drawing.encoding import encode_png
from convlens.drawing.markup import pictures_in_rows
from convlens.drawing.sheets import tiled
from convlens.networks.autoencoders import error
from convlens.networks.plans import NOISE
from convlens.panel import Beside, Markup, Panel, Sends
from convlens.pictures.datasets import DATA
from convlens.text import begun, counted, listed, number, percent
from convlens.work import memory

COLUMNS = 40  # thumbnails a row of the sprites
NEAREST = 10
DRAWN = 4  # pictures at most that are cleaned on screen
CLEANED = 100  # held-out ones at most, of which errors are told


def plane(of: Learning) -> Panel | None:
    """All held-out pictures by their two numbers, on what each place is decoded to; None where a code has more, and before anything has learned."""
    if of.plan.size != 2 or not of.coder:
        return None
    data, scene, codes = DATA[of.plan.data], of.scene, of.slice.codes
    by_code = memory.of(("plane", of.coder.mark, "alike"), lambda: _alike(codes, scene.labels))
    by_components = memory.of(
        ("autoencoder", "components alike", of.plan.data), lambda: _alike(_linear(of), scene.labels)
    )
    title, picture = of.subject
    x, y = of.encoded.code.tolist()
    mark = {"x": x, "y": y, "image": encoded.shown(picture, of.plan.shape), "title": title}
    part = scatter(
        "own-codes",
        _asks(of),
        first=int(scene.numbers[0]) if of.plan.data == "digits" else 0,
        points=codes,
        titles=[_held(of, i) for i in range(scene.held)],
        sprites=memory.of(("autoencoder", "sprites", of.plan.data), lambda: encode_png(tiled(_squares(of, scene.pictures), COLUMNS))),
        digest=f"held-out {of.plan.data}",
        cell=of.plan.shape[1::-1],
        columns=COLUMNS,
        groups=scene.labels,
        names=list(data.labels),
        colours=DIGIT_COLOURS,
        chosen=-1 if of.place is None else of.place,
        marks=[] if of.place is not None and not of.encoded.is_moved else [mark],
        background=planes.background(of.coder, codes, codes),
        alt=f"Held-out {data.many} on the plane of their codes",
        height=440,
        grow=10 if of.plan.data == "digits" else 18,
    )  # fmt: skip
    (left, bottom), (right, top) = codes.min(axis=0).tolist(), codes.max(axis=0).tolist()
    return Panel(
        "own-plane",
        f"After {of.update:,} updates: the plane of codes, and where held-out {data.many} lie",
        (part,),
        f"Their codes run from {number(left)} to {number(right)} and from {number(bottom)} to {number(top)}. Of the {scene.held:,} {data.many} "
        f"{percent(by_code)} have the nearest other one from their own class; by two principal components {percent(by_components)}.",
        f"Colours are classes, which were not told in learning. Faint: further than {planes.FAR} times the usual distance from every code of these {data.many}. A click on one asks about it.",
        downloads=(panel.csv(f"convlens-{of.coder.mark}-plane", ["held out", "class", "first", "second"], range(scene.held), [data.labels[n] for n in scene.labels], *codes.T),),
    )  # fmt: skip


def near(of: Learning) -> Panel | None:
    """The held-out pictures that are nearest to what is asked about: by their codes, by as many components, by their pixels.

    None before anything has learned, and while it learns; of digits the page shows them above.
    """
    if not of.coder or of.learns or of.plan.data == "digits":
        return None
    title, picture = of.subject
    scene, place, rows = of.scene, of.place, []
    for way, stored, asked in (
        ("code", of.slice.codes, of.encoded.own),
        ("components", _linear(of), of.components.encode(picture)),
        ("pixels", scene.pictures, picture),
    ):
        far = np.linalg.norm(stored - asked, axis=1)
        if place is not None:
            far[place] = np.inf  # itself
        nearest = np.argsort(far, kind="stable")[:NEAREST]
        rows.append((way, nearest.tolist(), far[nearest].tolist()))
    names, both = DATA[of.plan.data].labels, len(set(rows[0][1]) & set(rows[-1][1]))
    alike = ""
    if place is not None:
        each = [f"{sum(scene.labels[i] == scene.labels[place] for i in found)} by the {way}" for way, found, _ in rows]
        alike = f" Of the same class, {names[scene.labels[place]]}, are {listed(each)}."
    return Panel(
        "own-near",
        f"The {NEAREST} held-out {DATA[of.plan.data].many} nearest to {title}: by the code, by {of.plan.size} principal components, by the pixels",
        (Beside(tuple(_gallery(of, *each) for each in rows), gap="medium"),),
        f"{begun(counted(both)) if both else 'None'} of the {NEAREST} by the code {'is' if both == 1 else 'are'} among the {NEAREST} by the pixels, too.{alike}",
        f"Under each stands its distance. A click asks about it.{' By its own code, not as it was moved.' * of.encoded.is_moved}",
        downloads=(
            panel.csv(
                f"convlens-{of.coder.mark}-near-{of.encoded.mark}",
                ["by", "held out", "class", "distance"],
                *zip(*((way, i, names[scene.labels[i]], d) for way, found, far in rows for i, d in zip(found, far, strict=True)), strict=True),
            ),
        ),
    )  # fmt: skip


def denoised(of: Learning) -> Panel | None:
    """Noise taken away by one that has learned to, and by hand-picked filters at their best; None for the others, and before anything has learned."""
    if of.plan.kind != "denoising" or not of.coder:
        return None
    noise, data, held = of.noise / 100, of.plan.data, of.scene.pictures[:CLEANED]
    titles, clean = zip(*of.pictures[:DRAWN], strict=True)
    rows = [cleaning.row(title, each, noise, of.coder) for title, each in zip(titles, clean, strict=True)]
    by_filters = memory.of(
        ("autoencoder", "filtered", data, of.noise), lambda: cleaning.by_filters(held, noise, of.plan.shape)
    )
    after = memory.of(
        ("autoencoder", "cleaned", of.coder.mark, of.noise),
        lambda: float(error(held, of.coder.rebuilt(cleaning.noisy(held, noise))).mean()),
    )
    tries = by_filters[0], after, *by_filters[1:]
    before, after, blur, median = map(_in_decibels, tries)
    way = "falls" if tries[1] < tries[0] else "rises"
    return Panel(
        "own-denoised",
        f"Noise of {of.noise} % taken away by your own",
        (Markup(pictures_in_rows(cleaning.HEAD, [(title, cells) for title, cells, _ in rows])),),
        f"Of {len(held)} held-out {DATA[data].many} the error {way} from {before} to {after}; the best Gaussian blur for all of them has {blur}, the better median {median}. Above, they are at their best for each picture.",
        f"Normal noise, its standard deviation in per cent of white, cut off at black and white; it learns with {percent(NOISE)}. {cleaning.FAVOURED} dB: 10 log₁₀ (1 / error).",
        downloads=(panel.csv(f"convlens-{of.coder.mark}-denoised-{of.noise}", ["noisy", "coder", "blur", "median"], *([each] for each in tries)),),
    )  # fmt: skip


def _alike(points: np.ndarray, labels: np.ndarray) -> float:
    """The share whose nearest other one is of their class."""
    return float(np.mean(labels[planes.apart(points).argmin(axis=1)] == labels))


def _linear(of: Learning) -> np.ndarray:
    """Held-out pictures by as many principal components as the code has numbers."""
    return memory.of(
        ("autoencoder", "components of", of.plan.data, of.plan.size), lambda: of.components.encode(of.scene.pictures)
    )


def _in_decibels(off: float) -> str:
    return f"{number(off)} ({10 * math.log10(1 / off):.1f} dB)" if off else "0"


def _gallery(of: Learning, way: str, found: list[int], far: list[float]) -> panel.Part:
    names = DATA[of.plan.data].labels
    items = [
        {
            "name": i,
            "title": names[of.scene.labels[i]],
            "caption": number(d),
            "image": png_url(_squares(of, of.scene.pictures[i : i + 1])[0]),
            "help": f"{_held(of, i)}, at a distance of {d:.3f} in the {way}",
        }
        for i, d in zip(found, far, strict=True)
    ]
    return gallery("held", f"Nearest in the {way}", items, chosen=-1, layout="grid fifth", pixelated=True, key=f"own-near-{way}")  # fmt: skip


def _asks(of: Learning) -> Sends:
    """A click asks about a held-out picture."""
    if of.plan.data == "digits":
        return Sends(("digit",), (of.scene.numbers.tolist(),), {"ask": "digit"})
    return Sends(("held",), (range(of.scene.held),))


def _held(of: Learning, i: int) -> str:
    return f"Digit {of.scene.numbers[i]}" if of.plan.data == "digits" else f"Held-out {DATA[of.plan.data].one} {i}"


def _squares(of: Learning, pictures: np.ndarray) -> np.ndarray:
    """(n, rows, columns), or with 3 channels."""
    found = pictures.reshape(-1, *of.plan.shape)
    return found[..., 0] if of.plan.shape[2] == 1 else found
