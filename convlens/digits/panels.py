"""The panels of Digits: a digit's neighbours, its numbers and votes, LeNet's answer; and of all digits, how often kNN is right."""

import numpy as np

from convlens import statistics
from convlens.components.confusion import confusion as matrix_of
from convlens.components.gallery import gallery
from convlens.components.part import data_url
from convlens.components.scatter import scatter
from convlens.digits import asked as asked_of
from convlens.digits import neighbours as knn
from convlens.digits import snippets
from convlens.digits.neighbours import Plane
from convlens.digits.question import Asked, Question
from convlens.drawing import encoding, plots
from convlens.drawing.colours import DIGIT_COLOURS, network_colour, rgb
from convlens.drawing.markup import numbers_in_cells, softmax_bars
from convlens.networks.answers import knows, top
from convlens.panel import (
    Beside,
    Chart,
    Link,
    Markup,
    Numbers,
    Panel,
    Part,
    Picture,
    Sends,
    Words,
    csv,
    npz,
    png,
    thumbnail,
)
from convlens.pictures.digits import LABELS, LARGEST, SIDE, digits
from convlens.slices.jobs import predict
from convlens.text import a, number, percent
from models.catalog import card_of

COLUMNS = 60  # thumbnails a row of the sprites
LINES = 12  # to neighbours; more would hide what they lead to
TALL = 12  # neighbours, beyond which their panel scrolls
NETWORK = "lenet"
ABOUT = {"ask": "digit"}  # what is set with a digit that is clicked: it is asked about, no longer a drawing


def thumbnails(numbers: list[int], chosen: int, label: str, key: str, distances: np.ndarray | None = None) -> Part:
    """Digits to choose from; the chosen one is asked about."""
    labels, far = digits().labels, distances is not None
    items = [
        {
            "name": n,
            "title": LABELS[labels[n]],
            "caption": number(distances[i]) if far else "",
            "image": thumbnail("digit", n),
            "help": f"Digit {n}, {a(LABELS[labels[n]])}" + (f", at a distance of {distances[i]:.4f}" if far else ""),
        }
        for i, n in enumerate(numbers)
    ]
    return gallery("digit", label, items, chosen=chosen, layout="grid fifth", pixelated=True, also=ABOUT, key=key)


def neighbours(of: Question) -> Panel | None:
    """The nearest stored digits, with their distances."""
    asked, near, setting = of.asked, of.near, of.setting
    if not asked:
        return None
    usual = float(np.quantile(of.score.nearest, 0.95))
    caption = (
        f"Nearest: {number(near.distances[0])}. Of the held-out digits, 95 % have a neighbour within {number(usual)}."
    )
    if near.distances[0] > usual:
        caption += " This one is far from all that is stored, and kNN answers all the same."
    if asked.number in near.numbers:
        caption = "It is one of the training digits: its nearest neighbour is itself, at a distance of 0."
    heading = f"Its {len(near.numbers)} nearest of {len(setting.split.train):,}, with their distances"
    table = near.numbers, digits().labels[near.numbers], near.distances
    return Panel(
        "neighbours",
        heading,
        (thumbnails(near.numbers.tolist(), of.digit, heading, "near", near.distances),),
        caption,
        downloads=(csv("convlens-neighbours", ["digit", "label", "distance"], *table),),
        code=snippets.neighbours(asked.values, *setting.search, setting.k),
        height=330 if len(near.numbers) > TALL else None,
    )


def seen(of: Question) -> Panel | None:
    """The 64 numbers that distances are made of."""
    asked = of.asked
    if not asked:
        return None
    file, values = f"convlens-{asked.title.replace(' ', '-')}", asked.values
    if asked.bitmap is None:
        before = Picture(_grey(values, 32), f"{asked.title} as 8 by 8 values", fleeting=True)
    else:
        drawn = encoding.encode_png(asked.bitmap.astype(np.float32), enlarged=8)
        before = Picture(drawn, "The digit as a 32 by 32 bitmap", fleeting=True)
    made = "" if asked.bitmap is None else "The white pixels of each 4 × 4 block of the bitmap are counted. "
    return Panel(
        "seen",
        "What kNN sees",
        (
            Beside((before, Markup(numbers_in_cells(values, LARGEST)))),
            Numbers(" ".join(str(int(v)) for v in asked.vector)),
        ),
        f"{made}Row by row these are the 64 numbers that the distances are made of.",
        downloads=(
            png(file, _grey, values, 24),
            csv(file, [f"column {j}" for j in range(SIDE)], *values.astype(int).T.tolist()),
        ),
        code=snippets.digit(values),
    )


def votes(of: Question) -> Panel | None:
    """What the neighbours say."""
    if not of.asked:
        return None
    counts, truth = knn.votes(digits().labels[of.near.numbers]), of.asked.truth
    best, most = int(counts.argmax()), int(counts.max())
    tied = [LABELS[c] for c in np.flatnonzero(counts == most)]
    caption = f"{most} of {len(of.near.numbers)} vote for {LABELS[best]}."
    if len(tied) > 1:
        caption += f" {' and '.join(tied)} have as many votes: the smallest wins, as scikit-learn has it."
    return Panel(
        "votes",
        f"kNN says {LABELS[best]}" + (f", the truth is {truth}" if truth else ""),
        (Markup(softmax_bars(LABELS, "Share of the votes", "#4c78c8", counts / counts.sum(), truth)),),
        caption,
        downloads=(csv("convlens-votes", ["label", "votes"], LABELS, counts),),
    )


def lenet(of: Question) -> Panel | None:
    """What a network answers that learned from other digits."""
    asked, card = of.asked, card_of(NETWORK)
    if not asked:
        return None
    given = card.name, asked.mnist[:, :, None]
    answer = asked_of.of_digit(predict, *given, number=asked.number, key=(card.version,))
    label, share = top(LABELS, answer)
    picture = Picture(encoding.encode_png(asked.mnist, enlarged=4), "What LeNet sees, 28 by 28", fleeting=True)
    bars = Markup(softmax_bars(LABELS, "Probability", network_colour(card.name), answer, asked.truth))
    query = {"picture": asked.picture, "network": card.name}
    on = (Link("explorer", "Follow it through LeNet", ":material/hub:", query),) if asked.picture else ()
    tested = f"It answers {percent(card.accuracy)} of {card.test['pictures']:,} held-out digits of MNIST rightly."
    return Panel(
        "lenet",
        f"LeNet says {label}, {percent(share)}",
        (Beside((picture, bars), (1, 2.4)), *on),
        f"{card.sentence} {tested} {knows(LABELS, card.title)}",
        downloads=(
            png("convlens-lenet-sees", encoding.encode_png, asked.mnist),
            npz("convlens-lenet", dict, {"seen": asked.mnist, "answer": answer}),
        ),
        code=snippets.lenet(card.place),
    )


def border(of: Question) -> Panel:
    """The digits as thumbnails on the regions that kNN gives to each class; lines lead to the neighbours of the one asked about."""
    data, setting, kind = digits(), of.setting, of.projection
    plane = asked_of.plane(kind, *setting.search, setting.k)
    kept = f"It keeps {percent(plane.kept)} of the variance. " if plane.kept else ""
    return Panel(
        "border",
        f"What k does to the border between classes, k = {setting.k}",
        (_on_the_plane(of, plane),),
        f"{kept}Here, with two numbers a digit, kNN is right on {percent(plane.accuracy)} of the held-out digits; with all 64 "
        f"on {percent(1 - of.score.error[setting.k - 1])}. Lines lead to neighbours in 64 dimensions: near there is not always "
        "near here.",
        downloads=(
            csv(
                f"convlens-{kind}", ["digit", "label", "x", "y"], range(len(data.labels)), data.labels, *plane.points.T
            ),
        ),
        code=snippets.plane(kind, *setting.search, setting.k),
    )


def error(of: Question) -> Panel:
    """The share of wrong answers for every k, with its minimum."""
    score, k = of.score, of.setting.k
    fewest, *others = (np.flatnonzero(score.error == score.error.min()) + 1).tolist()
    as_few = f" and {len(others)} other{'s' * (len(others) > 1)}" * bool(others)
    series = [("held out", "#d0434a", score.error), ("training", "#7a7f87", score.training_error)]
    drawn = plots.errors(series, score.best, k)
    table = range(1, len(score.error) + 1), score.error, score.training_error
    return Panel(
        "error",
        "Error as a function of k",
        (Chart(drawn, "Share of wrong answers for each k"),),
        f"The fewest held-out errors, {percent(score.error.min())}, at k = {fewest}{as_few}; at k = {k} "
        f"{percent(score.error[k - 1])}. With k = 1 each training digit is its own neighbour: no error, and it says nothing.",
        downloads=(csv("convlens-error", ["k", "held-out error", "training error"], *table),),
        code=snippets.knn_errors(*of.setting.search),
    )


def confusion(of: Question) -> Panel:
    """Accuracy and confusion matrix for the chosen k; a click on a cell shows its digits."""
    parts, k = of.setting.split, of.setting.k
    answers, truth = of.score.answers[k - 1], digits().labels[parts.held_out]
    counts, right = statistics.confusion(truth, answers, len(LABELS)), int(np.sum(answers == truth))
    content = [matrix_of("answered", "Confusion matrix of kNN", counts, LABELS, of.cell)]
    if of.cell:
        true, answered = map(int, of.cell.split("-"))
        found = parts.held_out[(truth == true) & (answers == answered)]
        told = f"{len(found)} that are {true} and were answered {answered}. Click one to ask about it."
        content += [Words(told, small=True), thumbnails(found.tolist(), of.digit, "Digits of the cell", "cell")]
    return Panel(
        "confusion",
        f"Accuracy on held-out digits: {right / len(truth):.6f}",
        tuple(content),
        f"{right} of {len(truth)} held-out digits are answered rightly. {len(parts.train):,} are stored.",
        downloads=(csv("convlens-confusion", ["true", *LABELS], LABELS, *counts.T.tolist()),),
        code=snippets.knn_score(*of.setting.search, k),
    )


def _on_the_plane(of: Question, plane: Plane) -> Part:
    data, asked, near = digits(), of.asked, of.near
    links, marks, marked = [], [], -1
    if asked:
        links = [[n, number(d)] for n, d in zip(near.numbers.tolist(), near.distances, strict=True)][:LINES]
        if asked.number is None:
            marks = [_mark(asked, plane)]
        else:
            marked = asked.number
    held_out = set(of.setting.split.held_out.tolist())
    table = np.array([rgb(colour) for colour in DIGIT_COLOURS], np.uint8)
    return scatter(
        "border",
        Sends(("digit",), (range(len(data.labels)),), ABOUT),
        points=plane.points,
        titles=[
            f"digit {n}, {a(LABELS[label])}, {'held out' if n in held_out else 'for training'}"
            for n, label in enumerate(data.labels.tolist())
        ],
        sprites=asked_of.sheet(COLUMNS),
        digest=f"digits-{of.setting.share}-{of.setting.order}",
        looks="digits",
        cell=(SIDE, SIDE),
        columns=COLUMNS,
        groups=data.labels,
        colours=DIGIT_COLOURS,
        chosen=marked,
        links=links,
        marks=marks,
        background=(encoding.encode_png(table[plane.answers[::-1]]), plane.span),
        alt="scikit-learn's digits in a plane, on the regions of kNN's answers",
        height=460,
        grow=10,
    )


def _mark(asked: Asked, plane: Plane) -> dict:
    x, y = plane.place(asked.vector)
    return {"x": x, "y": y, "image": data_url(_grey(asked.values, 4), "png"), "title": asked.title}


def _grey(values: np.ndarray, enlarged: int) -> bytes:
    return encoding.encode_png(values / LARGEST, enlarged=enlarged)
