"""The panels of Made up that are about digits: ways to make them, what they are worth, and a generator against a discriminator."""

from dataclasses import dataclass

import numpy as np

from convlens import panel
from convlens.components.gallery import gallery
from convlens.components.part import data_url
from convlens.drawing import plots
from convlens.drawing.encoding import encode_png
from convlens.drawing.markup import pictures_in_rows, table
from convlens.drawing.sheets import tiled
from convlens.networks import runs
from convlens.networks.adversaries import EVERY
from convlens.panel import Beside, Chart, Markup, Panel, Picture
from convlens.pictures.digits import LABELS, LARGEST, SIDE
from convlens.synthetic import jobs, snippets, ways
from convlens.synthetic.rivalry import COLUMNS, SHIPPED, Rivalry
from convlens.synthetic.ways import MADE, WAYS
from convlens.text import number, percent, span
from convlens.work import memory

CASES = 270
GENERATES, JUDGES = "#0e8a72", "#8a4fbf"


@dataclass(frozen=True)
class Way:
    """A way to make up digits, and the seed of those that are shown."""

    name: str
    seed: int

    def few(self) -> tuple[np.ndarray, np.ndarray]:
        """See ``ways.few``; drawn in a worker where it is not recorded."""
        if self.seed == ways.SEEDS[0]:
            return ways.few(self.name, self.seed)
        return memory.ask(jobs.digits, self.name, self.seed)


def overview(of: Way) -> Panel:
    """Some digits of each way, and how many real digits are read by them; a click chooses one."""
    found = ways.recorded()
    items = []
    for name, said in WAYS.items():
        pictures, _ = Way(name, of.seed).few()
        right = [each.right for each in found[name]]
        bordered = np.pad(pictures.reshape(-1, SIDE, SIDE) / LARGEST, ((0, 0), (1, 1), (1, 1)), constant_values=0.55)
        shown = tiled(bordered, 4)
        items.append(
            {
                "name": name,
                "title": name,
                "caption": _spanned([n / CASES for n in right]),
                "image": data_url(encode_png(shown, enlarged=3), "png"),
                "help": f"{name}: {said}",
            }
        )
    means, real = (np.mean([each.right for each in found[name]]) / CASES for name in ("mean digits", "real digits"))
    best = max(
        (name for name in WAYS if name not in ("mean digits", "real digits")),
        key=lambda name: np.mean([each.right for each in found[name]]),
    )
    return Panel(
        "ways",
        "Ways to make up digits, and how many real ones are read by them",
        (gallery("way", "Ways to make up digits", items, chosen=of.name, layout="grid seventh", pixelated=True),),
        f"Asked with {MADE:,} made-up digits of “{best}”, the {ways.NEIGHBOURS} nearest neighbours read {percent(float(np.mean([each.right for each in found[best]])) / CASES)} "
        f"of {CASES} real ones; with real digits {percent(float(real))}, and with nothing but the ten mean digits {percent(float(means))}.",
        f"From the worst to the best of {len(ways.SEEDS)} seeds. {WAYS[of.name][0].upper()}{WAYS[of.name][1:]}.",
        code=snippets.digits(of.name, of.seed),
    )  # fmt: skip


def judged(of: Way) -> Panel:
    """Every way, judged alike."""
    rows = []
    for name, each in ways.recorded().items():
        right = [found.right for found in each]
        rows.append(
            (
                name,
                runs.accuracy(round(float(np.mean(right))), CASES),
                _spanned([found.told for found in each]),
                number(float(np.mean([found.variety for found in each]))),
                number(float(np.mean([found.nearest for found in each]))),
                _spanned([found.copies for found in each]),
            )
        )
    told = ways.recorded()
    apart = {
        name: float(np.mean([each.told for each in found]))
        for name, found in told.items()
        if name not in ("mean digits", "real digits")
    }
    best, worst = min(apart, key=apart.get), max(apart, key=apart.get)
    return Panel(
        "judged",
        "All ways, judged alike",
        (Markup(table(("way", "real digits read", "told apart", "variety", "nearest real", "copies"), rows, wide=(4, 5))),),
        f"Hardest to tell from real digits are those of “{best}” ({percent(apart[best])}; ½ is a guess), easiest those of “{worst}” ({percent(apart[worst])}). "
        f"A held-out real digit has its nearest training digit at {number(ways.usual())}: made-up ones much nearer than that are near copies.",
        "Told apart: the share of made-up and real digits whose nearest other one is of their own sort; far below ½ they are copies. Variety: the mean distance "
        "between two of a class, that of real ones is 1. Nearest real: the median distance from the nearest training digit. Intervals of 95 %, of one run.",
        downloads=(panel.table("convlens-made-digits", _figures),),
    )  # fmt: skip


def _figures() -> tuple:
    rows = [
        (name, seed, each.right, each.told, each.variety, each.nearest, each.copies)
        for name, found in ways.recorded().items()
        for seed, each in zip(ways.SEEDS, found, strict=True)
    ]
    return ["way", "seed", f"right of {CASES}", "told apart", "variety", "nearest real", "copies"], *zip(
        *rows, strict=True
    )


def closest(of: Way) -> Panel:
    """One digit of each class of the chosen way, and under each the nearest real one."""
    pictures, labels = (each[: len(LABELS)] for each in of.few())
    near, far = ways.nearest(pictures)
    real = ways.real().train[near]
    rows = [
        ("made up", [(_shown(each), f"A made-up {LABELS[label]}", "") for each, label in zip(pictures, labels, strict=True)]),
        ("nearest real", [(_shown(each), f"The nearest training digit, {number(d)} away", number(d)) for each, d in zip(real, far, strict=True)]),
    ]  # fmt: skip
    copies = int(np.sum(far == 0))
    said = (
        f"{copies} of these ten are training digits, value by value."
        if copies
        else f"None of these ten is a training digit; the nearest is {number(far.min())} away."
    )
    return Panel(
        "closest",
        f"{of.name[0].upper()}{of.name[1:]}: one of each class, and the nearest real digit",
        (Markup(pictures_in_rows((), rows)),),
        said,
        f"{WAYS[of.name][0].upper()}{WAYS[of.name][1:]}. Euclidean distances of 64 values from 0 to 16.",
        downloads=(panel.npz(f"convlens-made-{of.name.replace(' ', '-')}-{of.seed}", _arrays, of.name, of.seed),),
        code=snippets.digits(of.name, of.seed),
    )  # fmt: skip


def _arrays(way: str, seed: int) -> dict[str, np.ndarray]:
    pictures, labels = ways.made(way, seed)
    near, far = ways.nearest(pictures)
    return {"pictures": pictures, "labels": labels, "nearest": near, "distance": far}


def film(of: Rivalry) -> Panel:
    """Digits of a generator at a moment, with what the discriminator thinks of each."""
    shown = of.pictures.reshape(len(LABELS), COLUMNS, SIDE * SIDE)
    opinions = of.opinions.reshape(len(LABELS), COLUMNS)
    framed = np.stack(
        [
            _framed(picture, opinion)
            for row, line in zip(shown, opinions, strict=True)
            for picture, opinion in zip(row, line, strict=True)
        ]
    )
    order = np.arange(len(framed)).reshape(len(LABELS), COLUMNS).T.ravel()  # a class a column
    sheet = tiled(framed[order], len(LABELS))
    fooled = float(np.mean(of.opinions > 0.5))
    known, others = (float(np.mean(each > 0.5)) for each in of.of_real)
    which = "recorded" if of.seed == SHIPPED else f"your own, seed {of.seed}"
    return Panel(
        "film",
        f"Generator against discriminator, after {of.update:,} updates ({which})",
        (
            Beside(
                (
                    Picture(encode_png(sheet, enlarged=1), f"Digits of the generator after {of.update:,} updates", fleeting=True),
                    Chart(plots.over_updates(_losses(of), EVERY, "mean loss of an update, in nats"), "Losses of generator and discriminator"),
                ),
                widths=(1, 1),
            ),
        ),
        f"The discriminator takes {percent(fooled)} of these {len(framed)} digits for real, {percent(known)} of the training digits that it knows, and {percent(others)} "
        f"of {CASES} real ones by other hands, which it has never seen.",
        "Frames: green where it says real, violet where it says made up, the paler the less sure. The losses do not measure progress: each is against a rival that learns, "
        "and an opinion of ½ may be ignorance. Generator and discriminator are told the class. Columns: 0 to 9.",
        downloads=(
            panel.npz(f"convlens-gan-{of.seed}-{of.update}", dict, {"pictures": of.pictures, "labels": of.labels, "opinions": of.opinions}),
            panel.csv(f"convlens-gan-{of.seed}-losses-{len(of.losses)}", ["update", "discriminator", "generator", "opinion of real", "opinion of made up"], range(EVERY, EVERY * (len(of.losses) + 1), EVERY), *of.losses.T),
        ),
        code=snippets.adversaries(of.seed, of.update),
    )  # fmt: skip


def _losses(of: Rivalry) -> list[tuple[str, str, np.ndarray]]:
    return [("discriminator", JUDGES, of.losses[:, 0]), ("generator", GENERATES, of.losses[:, 1])]


def _framed(picture: np.ndarray, opinion: float) -> np.ndarray:
    """A digit uint8 (…, 3), enlarged, in a frame of the opinion's colour."""
    grey = np.clip(np.rint(picture * (255 / LARGEST)), 0, 255).astype(np.uint8).reshape(SIDE, SIDE)
    large = np.repeat(np.kron(grey, np.ones((4, 4), np.uint8))[..., None], 3, axis=2)
    colour = np.array([int((GENERATES if opinion > 0.5 else JUDGES)[i : i + 2], 16) for i in (1, 3, 5)])
    sure = abs(2 * opinion - 1)
    frame = np.rint(255 + sure * (colour - 255)).astype(np.uint8)
    out = np.empty((SIDE * 4 + 6, SIDE * 4 + 6, 3), np.uint8)
    out[:] = frame
    out[3:-3, 3:-3] = large
    return out


def _shown(values: np.ndarray) -> str:
    return data_url(encode_png(values.reshape(SIDE, SIDE) / LARGEST, enlarged=4), "png")


def _spanned(shares: list[float]) -> str:
    return span(percent(min(shares)), percent(max(shares)))
