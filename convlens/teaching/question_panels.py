"""The panels of Teach that answer one more question: none of these, another background, augmentation, forgetting."""

import math

import cv2
import numpy as np

from convlens import panel
from convlens.components.part import png_url
from convlens.drawing.markup import pictures_in_rows, share_bars
from convlens.drawing.plots import Axis, Line, Plot, ticks
from convlens.panel import Chart, Markup, Panel, Words
from convlens.pictures import reading
from convlens.statistics import auroc
from convlens.teaching import questions, snippets
from convlens.teaching.choices import MORE, NONE, OLD, SWAP
from convlens.teaching.panels import ASKED, CHANCE, LEARNED, stem
from convlens.teaching.questions import MOMENTS, RATE, UPDATES, Forgotten
from convlens.teaching.taught import KNOWN, Taught
from convlens.teaching.ways import LOGISTIC, NEIGHBOURS
from convlens.text import begun, listed, number, percent

TURNED = "#b8860b"  # of classes that were left out in turn
OUTLINE = (0, 255, 255)
IN_A_ROW = 6  # pictures
LITTLE = 0.02  # of right answers
CERTAIN = 0.05  # p under which a difference is no accident


def question(of: Taught) -> Panel | None:
    """The one that is chosen."""
    if not of.can_learn:
        return None
    return {NONE: _none, SWAP: _swap, MORE: _augmentation, OLD: _forgetting}[of.choices["question"]](of)


def _none(of: Taught) -> Panel:
    """How well photos are told from what is none of the classes, by how sure the answer is."""
    own, others, asked = of.learned.sure[of.way], of.unknown, float(of.chosen.sure(of.asked[None])[0])
    cosine = of.way == NEIGHBOURS
    lost, threshold = of.lost, of.threshold
    rows = [("your photos, each left out", LEARNED, own), ("pictures of none of your classes", ASKED, others)]
    told = f"The {len(others)} pictures are those that ship with ConvLens and are called otherwise."
    if len(of.project.names) > 2:
        known, left = of.by_turns
        rows.append(("a class of yours that was not learned, each in turn", TURNED, left))
        told += f" Where each class in turn is not learned, its photos are told from the others' with an AUROC of {number(auroc(known, left))}."
    low, high = (0.0, 1.0) if not cosine else (min(0.0, *(float(each.min()) for *_, each in rows)), 1.0)
    lines = [
        Line(
            title,
            colour,
            np.clip(values, low, high),
            np.full(len(values), len(rows) - at - 0.5),
            marks=True,
            joined=False,
        )
        for at, (title, colour, values) in enumerate(rows)
    ]
    lines.append(Line("threshold", CHANCE, np.array([threshold] * 2), np.array([0, len(rows)], float)))
    lines.append(
        Line(
            "the picture at the side",
            "#3b72d9",
            np.array([asked]),
            np.array([len(rows) / 2]),
            marks=True,
            joined=False,
            wide=14,
        )
    )
    title = "cosine with the nearest photo" if cosine else "share of the class that is said"
    drawn = Plot(
        tuple(lines), Axis(low, high, ticks(low, high, number), title), Axis(0, len(rows), ()), height=40 * len(rows)
    )
    accepted = int(np.sum(others >= threshold))
    return Panel(
        "question",
        "Can it say: none of these?",
        (Chart(drawn, "How sure it is of photos of its classes, and of pictures of none of them"),),
        f"A threshold that refuses {lost} of your {len(own)} photos lets {accepted} of {len(others)} pictures through that are none of your classes. "
        f"{begun(of.view.title)} would be {'let through' if asked >= threshold else 'refused'}.",
        f"By {of.way}: the {title}. AUROC {number(auroc(own, others))}: how often a photo of yours is surer than one of the {len(others)}; chance is 0.5. {told} Nobody knows what else it will be shown.",
        downloads=(panel.csv(f"{stem(of)}-none-of-these", ["picture", "kind", title], *_sure(of)), panel.svg(f"{stem(of)}-none-of-these", drawn)),
    )  # fmt: skip


def _sure(of: Taught) -> tuple[list, list, list]:
    own = of.learned.sure[of.way]
    return (
        [*(photo.title for photo in of.project.all), *of.strangers],
        ["own"] * len(own) + ["none of these"] * len(of.strangers),
        [*own.tolist(), *of.unknown.tolist()],
    )


def _swap(of: Taught) -> Panel:
    """The subject of the picture at the side, on other backgrounds."""
    mask, pictures, shares, kinds = of.swapped
    names, said = of.project.names, shares.argmax(axis=1)
    grounds = ["its own background", "grey", *(f"a background of {names[kind]}" for kind in kinds)]
    shown = [_outlined(pictures[0], mask), *pictures[1:]]
    cells = [
        (png_url(picture), f"{of.view.title} on {ground}", f"{ground}: {names[best]}, {percent(min(float(share[best]), 1.0))}")
        for picture, ground, best, share in zip(shown, grounds, said, shares, strict=True)
    ]  # fmt: skip
    same, own = int(np.sum(said[1:] == said[0])), names[said[0]]
    if same == len(said) - 1:
        told = f"{begun(of.way)} says {own} on all {len(said)} backgrounds."
    else:
        turned = [ground for ground, best in zip(grounds[1:], said[1:], strict=True) if best != said[0]]
        told = f"{begun(of.way)} says {own} on its own background and on {same} of {len(said) - 1} others: on {listed(sorted(set(turned)))} it says otherwise."
    return Panel(
        "question",
        "On another background",
        (Markup(pictures_in_rows((), [("", cells[at : at + IN_A_ROW]) for at in range(0, len(cells), IN_A_ROW)])),),
        told,
        "What counts as the subject is outlined: GrabCut took it from a frame a tenth in, or it is an ellipse where that found next to nothing; where it is wrong, so is this. "
        "Backgrounds are photos of yours, their subject painted over. A cut edge is news to the network, too.",
    )


def _outlined(rgb: np.ndarray, mask: np.ndarray) -> np.ndarray:
    drawn = np.ascontiguousarray(rgb).copy()
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(drawn, contours, -1, OUTLINE, 1)
    return drawn


def _augmentation(of: Taught) -> Panel:
    """What variants of the photos do to what is learned."""
    few, alone, more = of.augmented
    truth = of.project.labels[few]
    before, after = alone == truth, more == truth
    better, worse = int(np.sum(after & ~before)), int(np.sum(before & ~after))
    count = len(few)
    if not better + worse:
        said = f"No difference: each time the same {before.sum()} of {count} photos are called right."
    else:
        chance = _sign(better, worse)
        told = "too few to tell it from chance" if chance >= CERTAIN else "more than chance"
        said = f"With variants {after.sum()} of {count} photos are called right, without {before.sum()}: {better} became right, {worse} wrong (p {number(chance)}, {told})."
    photo = reading.read_picture(of.project.all[0].data).rgb
    shown = [photo, *questions.variants(photo)]
    cells = [
        (png_url(picture), title, title)
        for picture, title in zip(shown, ("the photo", *questions.VARIANTS), strict=True)
    ]
    lines = [
        ("photos alone", float(before.mean()), float(before.mean())),
        ("and their variants", float(after.mean()), float(after.mean())),
    ]
    part = "" if count == len(of.project.all) else f" On {count} of the photos, taken at equal distances."
    return Panel(
        "question",
        "Does augmentation help?",
        (Markup(pictures_in_rows((), [("", cells)])), Markup(share_bars([("Photos that were left out, called right", LEARNED, lines)]))),
        said,
        f"By {LOGISTIC}. Photos are asked as they are, and were left out with their variants.{part} p by the sign test.",
        downloads=(panel.csv(f"{stem(of)}-augmentation", ["photo", "right", "right with variants"], [of.project.all[n].title for n in few], before.astype(int).tolist(), after.astype(int).tolist()),),
    )  # fmt: skip


def _sign(better: int, worse: int) -> float:
    """p of the exact sign test, two-sided."""
    count, least = better + worse, min(better, worse)
    return min(1.0, 2 * sum(math.comb(count, k) for k in range(least + 1)) / 2**count)


def _forgetting(of: Taught) -> Panel:
    """What the network forgets of its old classes when its last layer goes on with the new ones."""
    title = f"Does {of.card.title} forget what it knew?"
    if not of.can_forget:
        told = (
            f"Forgetting is measured on {KNOWN}'s test pictures, and {of.card.title} has not learned {KNOWN}."
            if KNOWN not in of.card.training.get("data", "")
            else f"With photos of your own it is measured on {KNOWN}'s test pictures, which are not on this machine: fetch them on the page Training, "
            "or name a copy by CONVLENS_CIFAR10. For the example it is recorded."
        )
        return Panel("question", title, (Words(told),))
    it = of.forgotten
    updates = np.array(MOMENTS, float) + 1  # 0 has no place on a logarithmic axis
    series = [
        ("old classes", ASKED, it.old),
        ("old classes, new outputs masked", CHANCE, it.masked),
        ("new classes", LEARNED, it.new),
        ("old classes, old pictures beside", TURNED, it.beside[0]),
    ]
    lines = tuple(Line(name, colour, updates, values, marks=True) for name, colour, values in series)
    places = tuple((at + 1.0, f"{at:,}") for at in MOMENTS)
    drawn = Plot(
        lines,
        Axis(1, MOMENTS[-1] + 1, places, "updates, on a logarithmic axis", log=True),
        Axis(0, 1, ticks(0, 1, percent), "share of right answers"),
    )
    return Panel(
        "question",
        title,
        (Chart(drawn, "Right answers on old and new classes while the last layer learns the new ones"),),
        f"When its last layer learns {listed(list(of.project.names))} from these photos alone, {percent(float(it.old[0]))} right on the old classes become {percent(float(it.old[-1]))}, and new photos get to {percent(float(it.new[-1]))}. "
        f"Asked among the old classes alone it has {percent(float(it.masked[-1]))}: {_told(it)}",
        f"{UPDATES} updates by Adam, rate {number(RATE)}, all photos at once; {it.tested:,} test pictures of {KNOWN}; new photos each left out. With {it.kept} other test pictures learned beside them, old classes keep "
        f"{percent(float(it.beside[0, -1]))} and new photos get to {percent(float(it.beside[2, -1]))}.",
        downloads=(panel.csv(f"{stem(of)}-forgetting", ["updates", "old", "old masked", "new", "old beside", "old beside masked", "new beside"], MOMENTS, it.old, it.masked, it.new, *it.beside), panel.svg(f"{stem(of)}-forgetting", drawn)),
        code=snippets.forgotten(of.card.name),
    )  # fmt: skip


def _told(it: Forgotten) -> str:
    """What has become of the old classes."""
    lost = float(it.old[0] - it.old[-1])
    if lost < LITTLE:
        return "it forgets little."
    if it.masked[-1] - it.old[-1] > lost / 2:
        return "what is lost is mostly that new outputs win."
    return "the old classes themselves are lost."
