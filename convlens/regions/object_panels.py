"""The panels of Regions about superpixels: their classes, one of them against the class means, boxes and what they do to an answer."""

import cv2
import numpy as np

from convlens import panel
from convlens.components.part import png_url
from convlens.drawing import encoding, plots
from convlens.drawing.colours import network_colour
from convlens.drawing.markup import legend, pictures_in_rows, share_bars
from convlens.panel import Beside, Chart, Link, Markup, Panel, Part, Picture, Sends, Served, Words
from convlens.pictures import parts
from convlens.pictures.parts import Box
from convlens.regions import panels, snippets
from convlens.regions.choices import DESCRIBED
from convlens.regions.jobs import standardised
from convlens.regions.scene import SIDE, Scene
from convlens.text import begun, number, percent, size
from convlens.work.digest import digest

REGION = "#d6404e"  # of the superpixel that is looked at
PAGES = (("layers", ":material/layers:"), ("compare", ":material/compare:"))  # where a box leads
BOXES = ((47, 214, 184), (255, 209, 0))  # of the visitor's box, and of the regions'


def by_region(of: Scene) -> Panel:
    """Every superpixel's class by its features."""
    title = "By region"
    if not of.can_answer:
        return panels.too_few(of, "by-region", title)
    found = of.by_pieces
    drawn = _bordered(of, panels.coloured(of, found.labels[of.pieces]))
    alt = f"{of.view.title}, every superpixel in the colour of its class: {', '.join(of.names)}"
    count, few = len(of.feature_names), found.judged.share is None
    said = panels.said_of(found.judged) if few else f"{panels.said_of(found.judged)[:-1]}, by {of.count} superpixels."
    network = of.view.card.title
    described = (
        f"mean and spread of each channel, and the mean length of grey's gradient: {count} numbers"
        if of.choices["described"] == DESCRIBED[0]
        else f"the means of the {network.lower()}'s {count} first maps, its kernels slid over the whole photo"
    )
    return Panel(
        "by-region",
        title,
        (Picture(encoding.encode_png(drawn), alt), Markup(legend(list(of.names), of.colours))),
        said,
        f"A superpixel is described by {described}, each in its standard deviations over this picture. The class whose mean is nearest wins.",
        downloads=(panel.png(f"{of.stem}-{_way(of)}", _map_png, of.bare), panel.npz(f"{of.stem}-{_way(of)}", _arrays, of.bare)),
        code=snippets.by_pieces(of.painted, SIDE, of.choices["superpixels"], of.choices["pieces"], "" if of.choices["described"] == DESCRIBED[0] else of.view.card.name),
    )  # fmt: skip


def borders(of: Scene) -> Panel:
    """The superpixels' borders on the photo; a click chooses one."""
    rows, columns = of.rgb.shape[:2]
    row, column = of.spot if of.can_answer else (rows // 2, columns // 2)
    rgb = _bordered(of, of.rgb, light=True)
    chosen = of.pieces == of.pieces[row, column]
    drawn = np.where(chosen[:, :, None], rgb, (rgb * 0.55 + 70).astype(np.uint8))
    data = encoding.encode_png(drawn)
    told = {
        "image": Served(data, "image/png", "pointer.borders", digest(drawn)),
        "alt": f"{of.view.title} with the borders of {of.count} superpixels",
        "at": [(row + 0.5) / rows, (column + 0.5) / columns],
    }
    part = Part("pointer", "pointer.borders", told, {"piece": Sends(("piece",), (None,))})
    areas = np.bincount(of.pieces.ravel())
    return Panel(
        "borders",
        f"{of.count} superpixels: {of.choices['superpixels']}",
        (part,),
        f"The one with the ring, the brightest here, has {chosen.sum():,} pixels; the smallest has {areas.min():,}, the largest {areas.max():,}. Choose another by a click.",
        "A superpixel is a contiguous region of alike pixels: an object here, whether or not a thing is in it.",
        downloads=(panel.npz(f"{of.stem}-{_way(of)}-superpixels", _pieces, of.bare),),
    )


def against(of: Scene) -> Panel | None:
    """One superpixel's features against the class means."""
    if not of.can_answer:
        return None
    given, means = standardised(of.features)[of.piece], of.by_pieces.means
    away = {kind: float(np.sqrt(((given - mean) ** 2).sum())) for kind, mean in means.items()}
    order = sorted(away, key=away.get)
    series = [(of.names[kind], of.colours[kind], mean) for kind, mean in means.items()]
    drawn = plots.profiles(list(of.feature_names), [*series, ("this region", REGION, given)], "standard deviations")
    others = ", ".join(f"{of.names[kind]} {number(away[kind])}" for kind in order[1:])
    return Panel(
        "against",
        "This region against the class means",
        (Chart(drawn, "The features of one superpixel beside the means of the classes"),),
        f"Nearest is {of.names[order[0]]}, {number(away[order[0]])} away; {others}.",
        "Distances are Euclidean, of features in standard deviations over this picture's superpixels: all count equally.",
        downloads=(
            panel.csv(f"{of.stem}-{_way(of)}-{of.piece}", ["feature", "this region", *(of.names[kind] for kind in means)], of.feature_names, of.features[of.piece], *means.values()),
        ),
    )  # fmt: skip


def boxes(of: Scene) -> Panel | None:
    """The visitor's box and the regions', and how much they have in common."""
    if not of.can_answer:
        return None
    name, mine, found = of.names[of.thing], of.painted.box, of.found_box
    title = f"A box around the {name}"
    drawn = (0.6 * of.rgb + 30).astype(np.uint8)
    rows, columns = drawn.shape[:2]
    if found and (both := parts.common(mine, found)):
        t, l, b, r = parts.pixels(both, rows, columns)  # noqa: E741
        drawn[t:b, l:r] = of.rgb[t:b, l:r]
    for box, colour in zip((mine, found), BOXES, strict=True):
        if box:
            t, l, b, r = parts.pixels(box, rows, columns)  # noqa: E741
            cv2.rectangle(drawn, (l, t), (r - 1, b - 1), (0, 0, 0), 4)
            cv2.rectangle(drawn, (l, t), (r - 1, b - 1), colour, 2)
    key = legend(["the drawn box", "the regions’ box"], tuple("#{:02x}{:02x}{:02x}".format(*each) for each in BOXES))
    if not found:
        said, code = f"No superpixel is called {name}, so the regions give no box.", None
    else:
        said = f"Intersection over union: {number(parts.overlap(mine, found))}. Bright is what both have; the union is all that either has."
        code = snippets.overlap(mine, found)
    return Panel(
        "boxes",
        title,
        (Picture(encoding.encode_png(drawn), f"The photo with both boxes around the {name}"), Markup(key)),
        said,
        "It is against the box that is drawn, not against the truth; a box as large but a third of its width off has one half. The regions’ box is around their largest contiguous piece.",
        downloads=(panel.csv(f"{of.stem}-boxes-{of.thing}", ["box", "top", "left", "bottom", "right"], list(of.boxes), *zip(*of.boxes.values(), strict=True)),),
        code=code,
    )  # fmt: skip


def asked(of: Scene) -> Panel | None:
    """What two networks say of the whole picture, and of what is in each box."""
    if not of.can_answer:
        return None
    whole: dict[str, Box | None] = {"whole picture": None}
    all_of = whole | of.boxes
    answers = {name: [of.of_part(box, i).answer() for i in (0, 1)] for name, box in all_of.items()}
    labels = of.view.card.labels_for(len(answers["whole picture"][0]))
    cells, lines = [], []
    for name, box in all_of.items():
        view = of.of_part(box, 0)
        cells.append(
            (
                png_url(encoding.to_bytes(view.seen()), 4),
                f"{name}, as the networks see it",
                f"{name}, {size(view.picture.size)}",
            )
        )
    groups = []
    for i, view in enumerate(of.views):
        best = labels.index(of.label) if of.label in labels else int(answers["whole picture"][i].argmax())
        shares = [(name, float(both[i][best]), float(both[i][best])) for name, both in answers.items()]
        groups.append((f"{view.card.title}: {labels[best]}", network_colour(view.card.name, i), shares))
        tops = [f"{name} {_best(labels, both[i])}" for name, both in answers.items()]
        lines.append(f"{view.card.title}: {'; '.join(tops)}.")
    links = [
        Beside(
            tuple(
                Link(page, f"{begun(name)} on {page.capitalize()}", icon, {"part": parts.written(box)})
                for page, icon in PAGES
            )
        )
        for name, box in of.boxes.items()
    ]
    return Panel(
        "asked",
        "What the crop does to the answer",
        (Markup(pictures_in_rows((), [("", cells)])), Markup(share_bars(groups)), Words(" ".join(lines), small=True), *links),
        _changed(of, answers, labels),
        f"Each is fitted to {size(of.view.card.input_shape[:2])} as set at the side ({of.view.how}). Both networks know ten classes and nothing else.",
        downloads=(panel.csv(f"{of.stem}-answers-{of.thing}", ["class", *(f"{of.views[i].card.name}, {name}" for name in answers for i in (0, 1))], list(labels), *(both[i] for both in answers.values() for i in (0, 1))),),
    )  # fmt: skip


def _changed(of: Scene, answers: dict[str, list[np.ndarray]], labels: tuple[str, ...]) -> str:
    """The finding: in how many of the cases the answer is another."""
    said = []
    for i, view in enumerate(of.views):
        first = int(answers["whole picture"][i].argmax())
        mine = int(answers["the drawn box"][i].argmax())
        before, after = (percent(float(answers[name][i][first])) for name in ("whole picture", "the drawn box"))
        if mine == first:
            said.append(
                f"{view.card.title} says {labels[first]} of the whole and of the drawn box ({before}, then {after})"
            )
        else:
            said.append(f"{view.card.title} says {labels[first]} of the whole and {labels[mine]} of the drawn box")
    return "; ".join(said) + "."


def _best(labels: tuple[str, ...], answer: np.ndarray) -> str:
    return f"{labels[int(answer.argmax())]}, {percent(float(answer.max()))}"


def _way(of: Scene) -> str:
    return f"{of.choices['superpixels'].lower()}-{of.choices['pieces']}-{'maps' if of.choices['described'] == DESCRIBED[1] else 'colour'}"


def _bordered(of: Scene, rgb: np.ndarray, light: bool = False) -> np.ndarray:
    """uint8: with a line of one pixel, darker or white, where one superpixel ends and another begins."""
    ends, pieces = np.zeros(of.pieces.shape, bool), of.pieces
    ends[:-1] |= pieces[:-1] != pieces[1:]
    ends[:, :-1] |= pieces[:, :-1] != pieces[:, 1:]
    return np.where(ends[:, :, None], 255 if light else (rgb * 0.62).astype(np.uint8), rgb).astype(np.uint8)


# ---- what the downloads hold


def _map_png(of: Scene) -> bytes:
    of = of.bare
    return encoding.encode_png(panels.coloured(of, of.by_pieces.labels[of.pieces]))


def _arrays(of: Scene) -> dict[str, np.ndarray]:
    of = of.bare
    return {"superpixels": of.pieces, "features": of.features, "labels": of.by_pieces.labels, "which": of.which}


def _pieces(of: Scene) -> dict[str, np.ndarray]:
    return {"superpixels": of.bare.pieces}
