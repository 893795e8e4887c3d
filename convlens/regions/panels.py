"""The panels of Regions about pixels: what is painted, classes by colour alone, the classes in colour space, what is confused."""

import numpy as np

from convlens import panel
from convlens.components.space import space as turning
from convlens.drawing import colours, encoding, plots
from convlens.drawing.markup import legend, share_bars, table
from convlens.drawing.space import Cloud, Space
from convlens.panel import Beside, Markup, Panel, Part, Picture, Sends, Served, Words
from convlens.pictures import parts
from convlens.pictures.handwriting import ALPHABET
from convlens.regions import painted, snippets
from convlens.regions.choices import DESCRIBED
from convlens.regions.jobs import Judged
from convlens.regions.rules import LEAST, RADIUS, RULES, distances, ellipsoid
from convlens.regions.scene import SIDE, Scene
from convlens.statistics import most_confused
from convlens.text import begun, counted, number, percent, plain, size

POINTS = 150  # of a class in colour space
EYE = (1.5, 1.4, 0.8)  # from where it is seen at first
PIXELS, REGIONS = "#2f6fd0", "#0e8a72"  # of bars


def brush(of: Scene) -> Panel:
    """The photo to paint on."""
    picture = of.view.picture
    data = {
        "image": Served(_photo(of), "image/jpeg", "painter.photo", f"painter-{picture.digest}"),
        "size": list(picture.size),
        "painted": of.painted.text,
        "first": of.first.text,
        "alphabet": ALPHABET,
        "colours": list(colours.CLASS_COLOURS),
        "longest": painted.LONGEST,
        "most": painted.MOST,
        "strokes": painted.STROKES,
        "named": painted.NAMED,
        "pen": painted.PEN,
        "whole": parts.WHOLE,
        "smallest": parts.SMALLEST,
    }
    part = Part("painter", "painter.photo", data, {"painted": Sends(("painted",), (None,))})
    ours = "Painted for you to begin with: " if of.painted == of.first else ""
    said = f"{ours}{counted(len(of.painted.strokes))} strokes of {counted(len(of.painted.present))} classes on {of.view.title}."
    both = of.painted.contested(*of.rgb.shape[:2])
    note = f"Under strokes of several classes: {both:,} pixels. They belong to the last one." if both else ""
    return Panel("brush", "Paint what belongs together", (part,), begun(said), note)


def by_pixel(of: Scene) -> Panel:
    """Every pixel's class by its colour, by the chosen rule."""
    rule = of.choices["rule"]
    if not of.can_answer:
        return too_few(of, "by-pixel", "By pixel")
    judged = of.by_colour.judged[rule]
    return Panel(
        "by-pixel",
        "By pixel",
        (Picture(_class_map(of, of.by_colour.labels[rule]), _alt(of, f"by {rule}")), Markup(legend(list(of.names), of.colours))),
        said_of(judged),
        f"{RULES[rule]} {_limits(of)}",
        downloads=(panel.png(f"{of.stem}-{rule.replace(' ', '-')}", _map_png, of.bare, rule), panel.npz(f"{of.stem}-by-colour", _labels, of.bare)),
        code=snippets.by_rule(of.painted, SIDE, rule),
    )  # fmt: skip


def rules(of: Scene) -> Panel | None:
    """The three rules beside each other."""
    if not of.can_answer:
        return None
    found = of.by_colour
    shown = tuple(Picture(_class_map(of, found.labels[rule]), _alt(of, f"by {rule}"), rule) for rule in RULES)
    differ = float(np.mean(found.labels["Mahalanobis"] != found.labels["maximum likelihood"]))
    near = float(np.mean(found.labels["minimum distance"] != found.labels["maximum likelihood"]))
    terms = [
        f"{of.names[kind]} {number(np.linalg.slogdet(each.covariance)[1])}" for kind, each in found.gaussians.items()
    ]
    return Panel(
        "rules",
        "Three rules, the same strokes",
        (Beside(shown),),
        f"Maximum likelihood and Mahalanobis part on {percent(differ)} of the pixels, and log |Σ| is the whole difference: {', '.join(terms)}. Minimum distance "
        f"knows of no spread, and parts from maximum likelihood on {percent(near)}.",
        f"All classes are taken to be equally likely. Each Σ has ({round(LEAST * 255)}/255)² added to its diagonal: a stroke of one colour alone would have no inverse.",
        code=snippets.by_rule(of.painted, SIDE, "maximum likelihood"),
    )  # fmt: skip


def scores(of: Scene) -> Panel | None:
    """How many of the pixels of strokes that are left out each way calls right."""
    if not of.can_answer:
        return None
    found = of.by_colour.judged
    pieces = {described: of.by_pieces_of(described).judged for described in DESCRIBED}
    if any(judged.share is None for judged in (*found.values(), *pieces.values())):
        told = "No class has two strokes that can be told apart, so nothing can be left out, and nothing judged. Paint a second stroke of a class."
        return Panel("scores", "Which way is right more often?", (Words(told),))
    groups = [
        ("Pixels, by their colour", PIXELS, [(rule, judged.share, judged.share) for rule, judged in found.items()]),
        (
            f"{of.count} superpixels, by their features",
            REGIONS,
            [(described, judged.share, judged.share) for described, judged in pieces.items()],
        ),
    ]
    both = found | pieces
    best = max(both, key=lambda each: both[each].share)
    asked = sorted({len(judged.shares) for judged in both.values()})
    shares = [both[each].share for each in both]
    return Panel(
        "scores",
        "Which way is right more often?",
        (Markup(share_bars(groups)),),
        f"{begun(best)} calls most pixels of strokes it has not seen right: {percent(max(shares))} of a stroke on average, the least {percent(min(shares))}.",
        f"Each stroke is left out once, with every superpixel that it touches; the mean over {' or '.join(map(str, asked))} strokes. Pixels of the same stroke are no "
        "test, as neighbours are alike. So few strokes tell ways apart only where they differ much.",
        downloads=(panel.csv(f"{of.stem}-scores-{of.count}", ["way", "right", "strokes"], list(both), shares, [len(both[each].shares) for each in both]),),
    )  # fmt: skip


def space(of: Scene) -> Panel | None:
    """The classes in colour space, each with the ellipsoid that holds 95 % of its Gaussian."""
    if not of.can_answer:
        return None
    names, clouds, inside = [], [], []
    for kind, gaussian in of.by_colour.gaussians.items():
        pixels = _pixels(of, kind)
        some = pixels[np.linspace(0, len(pixels) - 1, min(POINTS, len(pixels))).astype(int)]
        within = float(np.mean(distances(pixels / 255, [gaussian], "Mahalanobis") <= RADIUS**2))
        inside.append(f"{of.names[kind]} {percent(within)}")
        names.append((of.colours[kind], of.names[kind]))
        clouds.append(Cloud(some, 255 * gaussian.mean, 255 * ellipsoid(gaussian)))
    reach = np.stack([cloud.reach for cloud in clouds])  # (classes, 2, 3)
    axes = tuple(
        plots.Axis(low, high, plots.ticks(low, high, number), title)
        for title, low, high in zip(colours.CHANNELS, reach[:, 0].min(axis=0).tolist(), reach[:, 1].max(axis=0).tolist(), strict=True)
    )  # fmt: skip
    shown = Space(tuple(names), EYE, clouds=tuple(clouds), axes=axes, height=390)
    return Panel(
        "space",
        "The classes in colour space",
        (turning("colours", shown, "The painted colours as points, with an ellipsoid for each class"),),
        f"Of each class's painted pixels lie within its ellipsoid: {', '.join(inside)}. Of a Gaussian it would be 95 %.",
        f"The ellipsoids reach {number(RADIUS)} σ: in three dimensions that holds 95 %, in one it would be 1.96 σ. At most {POINTS} pixels a class are drawn.",
        downloads=(panel.npz(f"{of.stem}-gaussians", _gaussians, of.bare),),
        code=snippets.by_rule(of.painted, SIDE, "maximum likelihood"),
    )  # fmt: skip


def confused(of: Scene) -> Panel | None:
    """Which classes are taken for which, pixel by pixel, when their stroke is left out; by the chosen rule."""
    if not of.can_answer:
        return None
    rule = of.choices["rule"]
    judged = of.by_colour.judged[rule]
    title = f"Which pixels it confuses: {rule}"
    if judged.share is None:
        return Panel(
            "confused", title, (Words("No class has two strokes: nothing can be left out, and nothing judged."),)
        )
    counts = judged.counts
    rows = []
    for kind, row in enumerate(counts):
        if row.sum():
            rows.append(
                (of.names[kind], *(percent(each / row.sum()) if each else "–" for each in row), f"{row.sum():,}")
            )
    head = ("painted", *(f"called {of.names[kind]}" for kind in range(len(counts))), "pixels")
    said = "No pixel of a stroke that is left out is called anything else."
    if pair := most_confused(counts):
        said = f"Most often {of.names[pair[0]]} is called {of.names[pair[1]]}: {counts[pair]:,} of {counts[pair[0]].sum():,} pixels."
    dim = (of.rgb.mean(axis=2, keepdims=True) * 0.35 + 120).repeat(3, axis=2).astype(np.uint8)
    seen = judged.called >= 0
    dim[seen] = coloured(of, judged.called[seen])
    return Panel(
        "confused",
        title,
        (Picture(encoding.encode_png(dim), "The strokes in the colours of what their pixels are called when they are left out"), Markup(table(head, rows))),
        said,
        "Each stroke is drawn in the colours of what it is called when it is left out; grey is what nobody painted, or the only stroke of its class.",
        downloads=(panel.npz(f"{of.stem}-confused-{rule.replace(' ', '-')}", _confused, of.bare, rule),),
    )  # fmt: skip


def said_of(judged: Judged) -> str:
    """How a way does on strokes that it has not seen."""
    if judged.share is None:
        return "No class has two strokes that can be told apart, so nothing can be left out and judged: paint a second one."
    return f"Of a stroke that it has not seen {percent(judged.share)} of the pixels are called right, on average."


def coloured(of: Scene, labels: np.ndarray) -> np.ndarray:
    """uint8 (rows, columns, 3): classes in their colours."""
    return np.array([colours.rgb(each) for each in of.colours], np.uint8)[labels]


def too_few(of: Scene, key: str, title: str) -> Panel:
    """Where fewer than two classes have a stroke."""
    return Panel(key, title, (Words(f"Only {plain(of.names[of.painted.present[0]])} has a stroke to be seen. Choose another class and paint: it takes two to tell apart."),) if of.painted.strokes else (Words("Nothing is painted. Choose a class and paint a stroke, then another class."),))  # fmt: skip


def _photo(of: Scene) -> bytes:
    return of.view.told(lambda: encoding.encode_jpeg(of.view.picture.rgb, longest=1024), "painter")


def _limits(of: Scene) -> str:
    small = (
        ""
        if of.rgb.shape == of.view.picture.rgb.shape
        else f" The photo is made {size(of.rgb.shape[:2])} pixels first."
    )
    return f"Where a pixel lies, and what is beside it, counts for nothing.{small}"


def _alt(of: Scene, how: str) -> str:
    return f"{of.view.title}, every pixel in the colour of its class, {how}: {', '.join(of.names)}"


def _class_map(of: Scene, labels: np.ndarray) -> bytes:
    return encoding.encode_png(coloured(of, labels))


def _pixels(of: Scene, kind: int) -> np.ndarray:
    """uint8 (n, 3): what was painted as this class."""
    return of.rgb[np.isin(of.which, np.flatnonzero(np.array(of.painted.classes) == kind))]


# ---- what the downloads hold


def _map_png(of: Scene, rule: str) -> bytes:
    of = of.bare
    return _class_map(of, of.by_colour.labels[rule])


def _labels(of: Scene) -> dict[str, np.ndarray]:
    of = of.bare
    return {rule.replace(" ", "_"): labels for rule, labels in of.by_colour.labels.items()} | {"which": of.which}


def _gaussians(of: Scene) -> dict[str, np.ndarray]:
    of = of.bare
    return {
        f"{what}_{kind}": getattr(each, what)
        for kind, each in of.by_colour.gaussians.items()
        for what in ("mean", "covariance")
    }


def _confused(of: Scene, rule: str) -> dict[str, np.ndarray]:
    of = of.bare
    judged = of.by_colour.judged[rule]
    return {"counts": judged.counts, "called": judged.called}
