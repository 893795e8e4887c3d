"""The panels of Teach that answer one more question: none of these, another background, augmentation, forgetting."""

import cv2
import numpy as np

from convlens import panel
from convlens.components.part import png_url
from convlens.drawing.markup import pictures_in_rows, share_bars
from convlens.drawing.plots import Axis, Line, Plot, ticks
from convlens.panel import Chart, Markup, Panel, Words
from convlens.pictures import reading
from convlens.statistics import auroc, sign_test
from convlens.teaching import questions, snippets
from convlens.teaching.choices import MORE, NONE, OLD, SWAP
from convlens.teaching.further import Further
from convlens.teaching.panels import ASKED, CHANCE, LEARNED, stem
from convlens.teaching.project import example
from convlens.teaching.questions import MOMENTS, RATE, UPDATES, Forgotten
from convlens.teaching.ways import LOGISTIC, NEIGHBOURS
from convlens.text import begun, listed, number, percent, plain

TURNED = "#b8860b"  # of classes that were left out in turn
OUTLINE = (0, 255, 255)
IN_A_ROW = 6  # pictures
LITTLE = 0.02  # of right answers
CERTAIN = 0.05  # p under which a difference is no accident


def question(it: Further) -> Panel | None:
    """The one that is chosen."""
    if not it.of.can_learn:
        return None
    return {NONE: _none, SWAP: _swap, MORE: _augmentation, OLD: _forgetting}[it.of.choices["question"]](it)


def _none(it: Further) -> Panel:
    """How well photos are told from pictures that have none of the classes' names, by the confidence of the answer."""
    of = it.of
    own, others, asked = of.learned.sure[of.way], it.unknown, float(of.chosen.sure(of.asked[None])[0])
    threshold, cosine = of.threshold, of.way == NEIGHBOURS
    rows = [("your photos, each left out", LEARNED, own), ("pictures with other names", ASKED, others)]
    told = f"The {len(others)} are those that ship with ConvLens and have another name: {listed(list(it.strangers))}."
    if len(of.project.names) > 2:
        rows.append(
            (
                "photos of a class that was not learned, each in turn",
                TURNED,
                np.concatenate([left for _, left in it.by_turns]),
            )
        )
        areas = [auroc(known, left) for known, left in it.by_turns]
        told += f" When one of your classes is not learned, its photos are told from the others' with an AUROC of {number(float(np.mean(areas)))} in the mean, {number(min(areas))} to {number(max(areas))}."
    low = min(0.0, *(float(each.min()) for *_, each in rows)) if cosine else 0.0
    lines = [
        Line(
            title, colour, np.clip(values, low, 1), np.full(len(values), len(rows) - at - 0.5), marks=True, joined=False
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
        tuple(lines), Axis(low, 1.0, ticks(low, 1.0, number), title), Axis(0, len(rows), ()), height=40 * len(rows)
    )
    wished = it.of.choices["refused"]
    refused, accepted = int(np.sum(own < threshold)), int(np.sum(others >= threshold))
    return Panel(
        "question",
        "Can it say: none of these?",
        (Chart(drawn, "The confidence in photos of its classes, and in pictures with other names"),),
        f"A threshold that refuses {refused} of your {len(own)} photos{_few(wished, len(own))} accepts {accepted} of {len(others)} pictures with other names. "
        f"{begun(of.view.title)} would be {'accepted' if asked >= threshold else 'refused'}.",
        f"Confidence is the {title}, by {of.way}. AUROC {number(auroc(own, others))}: how often it is higher for a photo of yours, left out, than for one of the {len(others)}; chance is 0.5. {told} What else it will be shown, nobody knows.",
        downloads=(panel.csv(f"{stem(of)}-none-of-these", ["picture", "kind", title], *_sure(it)),),
    )  # fmt: skip


def _few(wished: int, photos: int) -> str:
    """Why none is refused where some should be."""
    return f" ({wished} % of {photos} are less than one)" if 0 < wished * photos < 100 else ""


def _sure(it: Further) -> tuple[list, list, list]:
    own = it.of.learned.sure[it.of.way]
    return (
        [*(photo.title for photo in it.project.all), *it.strangers],
        ["own"] * len(own) + ["other name"] * len(it.strangers),
        [*own.tolist(), *it.unknown.tolist()],
    )


def _swap(it: Further) -> Panel:
    """The subject of the picture at the side, on other backgrounds."""
    of, (mask, guessed, pictures, shares, kinds) = it.of, it.swapped
    names, said = of.project.names, shares.argmax(axis=1)
    grounds = ["its own background", "grey", *(f"a background of {names[kind]}" for kind in kinds)]
    shown = [_outlined(pictures[0], mask), *pictures[1:]]
    cells = [
        (png_url(picture), f"{of.view.title} on {ground}", f"{ground}: {names[best]}, {percent(min(float(share[best]), 1.0))}")
        for picture, ground, best, share in zip(shown, grounds, said, shares, strict=True)
    ]  # fmt: skip
    own, others = names[said[0]], grounds[1:]
    if (said == said[0]).all():
        told = f"{begun(of.way)} says {own} on all {len(said)} backgrounds."
    else:
        other = [ground for ground, best in zip(others, said[1:], strict=True) if best != said[0]]
        turned = [f"{ground} ({other.count(ground)} of {others.count(ground)})" for ground in sorted(set(other))]
        told = f"{begun(of.way)} says {own} on its own background, and something else on {len(other)} of {len(others)} others: {listed(turned)}."
    if guessed:
        told = f"No subject was found, so an ellipse stands for it. {told}"
    found = (
        "What stands for the subject is outlined: GrabCut found none that can be believed"
        if guessed
        else "What counts as the subject is outlined; GrabCut took it from a frame a tenth in"
    )
    return Panel(
        "question",
        "On another background",
        (Markup(pictures_in_rows((), [("", cells[at : at + IN_A_ROW]) for at in range(0, len(cells), IN_A_ROW)])),),
        told,
        f"{found}: where it is wrong, so is this. Backgrounds are photos of yours, their subject painted over; all at {max(mask.shape)} pixels. A cut edge is news to the network, too.",
    )  # fmt: skip


def _outlined(rgb: np.ndarray, mask: np.ndarray) -> np.ndarray:
    drawn = np.ascontiguousarray(rgb).copy()
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(drawn, contours, -1, OUTLINE, 1)
    return drawn


def _augmentation(it: Further) -> Panel:
    """What variants of the photos do to what is learned."""
    of, (few, alone, more) = it.of, it.augmented
    truth, bursts = of.project.labels[few], of.project.bursts[few]
    before, after = alone == truth, more == truth
    count, signs = len(few), [int(np.sign(np.sum(after[bursts == each]) - np.sum(before[bursts == each]))) for each in np.unique(bursts)]  # fmt: skip
    better, worse = signs.count(1), signs.count(-1)
    if (before == after).all():
        said = f"No difference: each time the same {before.sum()} of {count} photos are called right."
    else:
        chance = sign_test(better, worse)
        told = "more than chance" if chance < CERTAIN else "too few to tell it from chance"
        what = "photos" if len(signs) == count else "bursts"
        said = f"With variants {after.sum()} of {count} photos are called right, without {before.sum()}: {better} {what} gained, {worse} lost (p {number(chance)}, {told})."
    photo = reading.read_picture(of.project.all[0].data).rgb
    shown = [photo, *questions.variants(photo)]
    cells = [
        (png_url(picture), title, title)
        for picture, title in zip(shown, ("the photo", *questions.VARIANTS), strict=True)
    ]
    lines = [
        (what, float(right.mean()), float(right.mean()))
        for what, right in (("photos alone", before), ("and their variants", after))
    ]
    part = "" if count == len(of.project.all) else f" From {count} of the photos, as evenly as can be."
    titles = [of.project.all[n].title for n in few]
    return Panel(
        "question",
        "Does augmentation help?",
        (Markup(pictures_in_rows((), [("", cells)])), Markup(share_bars([("Photos that were left out, called right", LEARNED, lines)]))),
        said,
        f"By {LOGISTIC}. Photos are asked as they are, and were left out with their variants.{part} p by the sign test, a sign for each burst.",
        downloads=(panel.csv(f"{stem(of)}-augmentation", ["photo", "right", "right with variants"], titles, before.astype(int).tolist(), after.astype(int).tolist()),),
    )  # fmt: skip


def _forgetting(it: Further) -> Panel:
    """What the network forgets of its old classes when its last layer goes on with the new ones."""
    of, title = it.of, f"Does {it.card.title} forget what it knew?"
    if not it.can_forget:
        return Panel("question", title, (Words(_why_not(it)),))
    found = it.forgotten
    series = [
        ("old classes", ASKED, found.old),
        ("old classes, new outputs masked", CHANCE, found.masked),
        ("new classes", LEARNED, found.new),
        ("old classes, with rehearsal", TURNED, found.beside[0]),
    ]
    updates = np.array(MOMENTS, float) + 1  # 0 has no place on a logarithmic axis
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
        f"When its last layer learns {_of_what(it)} alone, {percent(float(found.masked[0]))} right on the old classes become {percent(float(found.old[-1]))}, and new photos get to {percent(float(found.new[-1]))}. "
        f"Asked among the old classes alone it has {percent(float(found.masked[-1]))}: {_told(found)}",
        f"Catastrophic forgetting: {UPDATES} updates by Adam, rate {number(RATE)}, all photos at once, new outputs from zero; {found.tested:,} test pictures of CIFAR-10; new photos each left out. "
        f"With rehearsal ({found.kept} other test pictures learned beside them) old classes keep {percent(float(found.beside[0, -1]))} and new photos get to {percent(float(found.beside[2, -1]))}.",
        downloads=(panel.csv(f"{stem(of)}-forgetting", ["updates", "old", "old masked", "new", "old, rehearsal", "old masked, rehearsal", "new, rehearsal"], MOMENTS, found.old, found.masked, found.new, *found.beside),),
        code=snippets.forgotten(of.card.name),
    )  # fmt: skip


def _of_what(it: Further) -> str:
    names = it.project.names if it.is_measured else example().names
    photos = (
        "these photos"
        if it.is_measured or it.project == example()
        else "the example's photos (recorded; with yours it is measured where CIFAR-10 is on the machine, see Training)"
    )
    return f"{listed(list(names))} from {photos}"


def _why_not(it: Further) -> str:
    """Why nothing can be said of what a network forgets, and what to do."""
    if not it.has_old_classes:
        return f"Forgetting is measured on CIFAR-10's test pictures: {plain(it.card.title)} is none of the networks here that tell their ten classes apart by one last layer, or does not see them as it is meant to."
    return "CIFAR-10's test pictures, on which this is measured, are not on this machine: fetch them on the page Training, or name a copy by CONVLENS_CIFAR10. For the example and the networks that ship it is recorded."


def _told(it: Forgotten) -> str:
    """What has become of the old classes."""
    lost = float(it.masked[0] - it.old[-1])
    if lost < LITTLE:
        return "it forgets little."
    if it.masked[-1] - it.old[-1] > lost / 2:
        return "what is lost is mostly that new outputs win."
    return "the old classes themselves are lost."
