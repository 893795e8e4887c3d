"""The panels of Made up that are about digits: ways to make them, what they are worth, and a generator against a discriminator."""

from dataclasses import dataclass

import numpy as np

from convlens import panel
from convlens.components.gallery import gallery
from convlens.components.part import png_url
from convlens.drawing import plots
from convlens.drawing.colours import rgb
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
from convlens.text import begun, counted, listed, number, percent, spanned
from convlens.work import memory

GENERATES, JUDGES = "#0e8a72", "#8a4fbf"


@dataclass(frozen=True)
class Way:
    """A way to make up digits, and the seed of those that are shown."""

    name: str
    seed: int

    @property
    def few(self) -> dict[str, np.ndarray]:
        """Of every way, see ``ways.few``; drawn in a worker where they are not recorded."""
        if self.seed == ways.SEEDS[0]:
            return {name: ways.few(name, self.seed) for name in WAYS}
        return memory.ask(jobs.digits, self.seed)


def overview(of: Way) -> Panel:
    """Some digits of each way, and how many real digits are read by them; a click chooses one."""
    found, some, cases = ways.recorded(), of.few, len(ways.real().truth)
    items = []
    for name, said in WAYS.items():
        pictures = some[name]
        right = [each.right for each in found[name]]
        bordered = np.pad(pictures.reshape(-1, SIDE, SIDE) / LARGEST, ((0, 0), (1, 1), (1, 1)), constant_values=0.55)
        shown = tiled(bordered, 4)
        items.append(
            {
                "name": name,
                "title": name,
                "caption": spanned([n / cases for n in right]),
                "image": png_url(shown, enlarged=3),
                "help": f"{name}: {said}",
            }
        )
    share = {name: [each.right / cases for each in of_way] for name, of_way in found.items()}
    best = max((name for name in WAYS if name not in ("mean digits", ways.REAL)), key=lambda name: np.mean(share[name]))
    like = [
        name for name in WAYS if name not in (best, "mean digits", ways.REAL) and max(share[name]) >= min(share[best])
    ]
    alike = f" ({listed([f'“{name}”' for name in like])} overlap{'s' * (len(like) == 1)} with it)" if like else ""
    return Panel(
        "ways",
        "Ways to make up digits, and how many real ones are read by them",
        (gallery("maker", "Ways to make up digits", items, chosen=of.name, layout="grid seventh", pixelated=True),),
        f"The highest mean here has “{best}”: with {MADE:,} of its digits as examples, the {counted(ways.NEIGHBOURS)} nearest neighbours read {spanned(share[best])} of {cases} real digits{alike}; "
        f"with real examples {spanned(share[ways.REAL])}, with nothing but the ten mean digits {spanned(share['mean digits'])}.",
        f"From the worst to the best of {len(ways.SEEDS)} seeds. Chosen, “{of.name}”: {WAYS[of.name]}.",
        code=snippets.digits(of.name, of.seed),
    )  # fmt: skip


def judged(_: None = None) -> Panel:
    """Every way, judged alike."""
    cases, rows, apart = len(ways.real().truth), [], {}
    for name, each in ways.recorded().items():
        mean = {
            field: float(np.mean([getattr(found, field) for found in each]))
            for field in ("right", "told", "variety", "nearest", "copies")
        }
        if name not in ("mean digits", ways.REAL):
            apart[name] = mean
        rows.append(
            (
                name,
                runs.accuracy(round(mean["right"]), cases),
                spanned([found.told for found in each]),
                number(mean["variety"]),
                number(mean["nearest"]),
                spanned([found.copies for found in each]),
            )
        )
    best, worst = min(apart, key=lambda name: apart[name]["told"]), max(apart, key=lambda name: apart[name]["told"])
    return Panel(
        "judged",
        "All ways, judged alike",
        (Markup(table(("way", "real digits read", "told apart", "variety", "nearest real", "copies"), rows, wide=(4, 5))),),
        f"Hardest to tell from real digits are those of “{best}” ({percent(apart[best]['told'])}; 50 % is a guess; {percent(apart[best]['copies'])} of them are copies), "
        f"easiest, the means left out, those of “{worst}” ({percent(apart[worst]['told'])}). A held-out real digit has its nearest training digit at {number(ways.usual())}; "
        "smooth digits lie nearer than that to everything, copies or not.",
        f"Means of {counted(len(ways.SEEDS))} runs, the interval of 95 % that of one. Told apart: the share of made-up and real digits whose nearest other one is of their own sort; "
        "far below 50 % they are copies. Variety: the mean distance between two of a class, that of real ones is 1. Nearest real: the median distance from the nearest training digit. "
        "Copies: a training digit, value by value.",
        downloads=(panel.table("convlens-made-digits", _figures),),
    )  # fmt: skip


def _figures() -> tuple:
    rows = [
        (name, seed, each.right, each.told, each.variety, each.nearest, each.copies)
        for name, found in ways.recorded().items()
        for seed, each in zip(ways.SEEDS, found, strict=True)
    ]
    return ["way", "seed", "right", "told apart", "variety", "nearest real", "copies"], *zip(*rows, strict=True)


def closest(of: Way) -> Panel:
    """One digit of each class of the chosen way, and under each the nearest real one."""
    pictures, labels = of.few[of.name][: len(LABELS)], np.arange(len(LABELS))
    near, far = ways.nearest(pictures)
    real = ways.real().train[near]
    rows = [
        ("made", [(_shown(each), f"A made-up {LABELS[label]}", "") for each, label in zip(pictures, labels, strict=True)]),
        ("real", [(_shown(each), f"The nearest training digit, {number(d)} away", number(d)) for each, d in zip(real, far, strict=True)]),
    ]  # fmt: skip
    copies = int(np.sum(far == 0))
    said = (
        f"{copies} of these ten are training digits, value by value."
        if copies
        else f"None of these ten is a training digit; the nearest is {number(far.min())} away."
    )
    return Panel(
        "closest",
        f"{begun(of.name)}: one of each class, and the nearest real digit",
        (Markup(pictures_in_rows((), rows)),),
        said,
        f"{begun(WAYS[of.name])}. Euclidean distances of 64 values from 0 to 16.",
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
    known_seen, others_seen = of.of_real
    known, others = float(np.mean(known_seen > 0.5)), float(np.mean(others_seen > 0.5))
    told = "It has learned the training digits rather than what a digit is. " if known > others + 0.2 else ""
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
        f"of the {len(others_seen)} held out.",
        f"{told}Frames: green where it says real, violet where it says made up, the paler the less sure. The losses do not measure progress: each is against a rival that learns, "
        "and an opinion of 50 % may be ignorance. Generator and discriminator are told the class. Columns: 0 to 9.",
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
    colour = np.array(rgb(GENERATES if opinion > 0.5 else JUDGES))
    sure = abs(2 * opinion - 1)
    frame = np.rint(255 + sure * (colour - 255)).astype(np.uint8)
    out = np.empty((SIDE * 4 + 6, SIDE * 4 + 6, 3), np.uint8)
    out[:] = frame
    out[3:-3, 3:-3] = large
    return out


def _shown(values: np.ndarray) -> str:
    return png_url(values.reshape(SIDE, SIDE) / LARGEST, enlarged=4)
