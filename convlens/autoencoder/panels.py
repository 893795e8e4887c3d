"""The panels of Autoencoder: a digit's code and what comes back, other autoencoders, the plane of codes, neighbours, what is no digit."""

import numpy as np

from convlens import panel
from convlens.autoencoder import cleaning, coded, encoded, planes, snippets
from convlens.autoencoder.coded import Coded
from convlens.components.gallery import gallery
from convlens.components.part import png_url
from convlens.components.scatter import scatter
from convlens.drawing.colours import DIGIT_COLOURS
from convlens.drawing.encoding import encode_png
from convlens.drawing.markup import pictures_in_rows, table
from convlens.drawing.sheets import tiled
from convlens.networks.autoencoders import PLANS, components, error, part, shipped
from convlens.networks.plans import NOISE, Plan
from convlens.panel import Beside, Markup, Panel, Picture, Sends, thumbnail
from convlens.pictures.digits import LABELS, LARGEST, SIDE, digits, split
from convlens.text import begun, counted, listed, number, percent
from convlens.work import memory

NEAREST = 10
DRAWN = 24  # new digits at a time
ABOUT = {"ask": "digit"}  # a digit that is clicked is asked about, no longer a drawing
DENOISER = "denoising-32"
COLUMNS = 60  # thumbnails a row of the sprites
ROUNDED = 1 + 1e-5  # times its error alone, a digit among others has no larger one
BREAK = "volut", "volu\u00adt"  # where a narrow line may break
WHAT = {
    "plain": "nothing but the error counts",
    "convolutional": "like plain, but small windows slide over picture and maps",
    "sparse": "each answering number costs",
    "contractive": "a code that moves with the picture costs",
    "denoising": "it saw noisy digits, and was asked for the clean ones",
    "variational": "codes are drawn around a mean, and held near 0",
}


def code(of: Coded) -> Panel:
    """The picture in, its code, what comes back and the difference; before anything is moved, a walk from one digit to another."""
    ends = coded.walk(of.coder)
    pictures = digits().vectors[list(ends)] / np.float32(LARGEST)
    train, idle = coded.codes(of.coder), coded.measured(of.coder).idle
    walk = {
        "title": "From the {} to the {} that it rebuilds best".format(*coded.WALK),
        "between": memory.of(("between", of.coder.mark), lambda: _between(of, pictures)),
        "pictures": pictures,
    }
    _, own = of.by(of.coder)
    worse = float(np.mean(train.errors > own * ROUNDED))
    learned = " It is one of the training digits." if of.is_training else ""
    nothing = (
        f" {counted(len(idle)).capitalize()} of the {of.size} do{'es' * (len(idle) == 1)} nothing here, and {'is' if len(idle) == 1 else 'are'} paler."
        if idle
        else ""
    )
    stem = f"convlens-{of.coder.name}-{of.stamp}"
    return Panel(
        "code",
        encoded.titled(of),
        (encoded.part(of, "coding", "code", train.ranges, idle, walk, walks=of.walks),),
        f"{encoded.said(of, components(of.size))} {percent(worse)} of the held-out digits, which were not learned from, come back worse.{learned}",
        f"A number of the code means nothing by itself.{nothing}{' Whether the ink of this photo is a digit, nobody has checked.' * of.is_ink}",
        downloads=encoded.downloads(of, stem, stem),
        code=snippets.code(of),
    )


def coders(of: Coded) -> Panel:
    """The same digit through every autoencoder; a click chooses one."""
    items, classes = [], {}
    for name, each in of.all_of_them.items():
        again, off = of.by(each)
        near = coded.taken_for(again)
        classes.setdefault(near, []).append(f"{each.plan.kind} {each.plan.size}{' (yours)' * (each is of.mine)}")
        items.append(
            {
                "name": name,
                "title": f"{each.plan.kind.replace(*BREAK)} {each.plan.size}{', below' * (each is of.mine)}",
                "caption": f"{number(off)}, like {near}",
                "image": png_url(again.reshape(SIDE, SIDE), enlarged=4),
                "help": f"{each.title}: {WHAT[each.plan.kind]}",
            }
        )
    test = of.coder.card["test"]
    missing = f" It has not begun yet: {of.coder.title} is looked at." if of.misses else ""
    return Panel(
        "coders",
        "The same digit through every autoencoder, with its error",
        (gallery("coder", "Autoencoders", items, chosen=of.coder.name, layout="grid ninth", pixelated=True),),
        f"{_likeness(classes, of.truth)} {begun(of.coder.title)}: of {test['pictures']} held-out digits that it has rebuilt, the small network still reads "
        f"{percent(test['read'])}, of the originals {percent(test['originals_read'])}, of {of.size} principal components {percent(test['components_read'])}.",
        f"Learned from the first {of.coder.card['size']:,} of scikit-learn's digits, one seed each. Below, one of your own is trained.{missing}",
        downloads=(panel.table(f"convlens-autoencoders-{of.stamp}", _errors, of),),
    )  # fmt: skip


def _likeness(classes: dict[str, list[str]], truth: str | None) -> str:
    """Which classes' training digits lie nearest to what comes back; ``classes``: class → of which autoencoders."""
    ways = sum(map(len, classes.values()))
    if truth is None:
        each = [f"{kind} for {counted(len(names))}" for kind, names in sorted(classes.items())]
        return f"The training digit that is nearest to what comes back is of class {listed(each)}."
    right = len(classes.get(truth, []))
    each = [f"{kind} for {listed(names)}" for kind, names in sorted(classes.items()) if kind != truth]
    told = f", but of class {listed(each)}" if each else ""
    return f"The training digit that is nearest to what comes back is of class {truth}, too, for {counted(right)} of {counted(ways)}{told}."


def by_size(of: Coded) -> Panel:
    """What is kept by 2, 8 and 32 numbers, of an autoencoder and of principal components."""
    plans = [plan for plan in PLANS if plan.kind == "plain"]
    rows, errors = [], []
    for title, others in (
        ("plain autoencoder", [shipped()[plan.name] for plan in plans]),
        ("principal components", [components(plan.size) for plan in plans]),
    ):
        found, off = zip(*map(of.by, others), strict=True)
        errors.append(off)
        rows.append(
            (
                title,
                [
                    (_shown(again), f"{of.title} from {plan.size} numbers, {title}", f"error {number(e)}")
                    for again, plan, e in zip(found, plans, off, strict=True)
                ],
            )
        )
    fewer = [plan.size for plan, a, b in zip(plans, *errors, strict=True) if a < b]
    said = (
        f"With {listed([str(size) for size in fewer])} numbers the autoencoder is nearer to it."
        if fewer
        else "Principal components are nearer to it with each."
    )
    return Panel(
        "by-size",
        "Plain autoencoders of 2, 8 and 32 numbers, and as many principal components",
        (Markup(pictures_in_rows(("", *(f"{plan.size} numbers" for plan in plans)), rows)),),
        f"{said} Of all held-out digits the errors are {_means(plans, 'error')}, of components {_means(plans, 'components_error')}.",
        "Principal components are what one linear layer each way can do at best on the digits that were learned from; here cut off at 0 and 1.",
        downloads=(panel.csv(f"convlens-sizes-{of.stamp}", ["numbers", "autoencoder", "components"], [plan.size for plan in plans], *errors),),
    )  # fmt: skip


def plane(of: Coded) -> Panel | None:
    """All held-out digits by their two numbers, on what each place is decoded to; None where a code has more."""
    if of.size != 2:
        return None
    found = coded.codes(of.coder)
    by_code, by_components = coded.alike(of.coder)
    numbers = split().held_out
    labels = digits().labels[numbers]
    same = np.flatnonzero((part("held_out") == of.picture).all(axis=1))
    mark = [{"x": float(of.code[0]), "y": float(of.code[1]), "image": _shown(of.picture), "title": of.title}]
    return Panel(
        "plane",
        "The plane of codes: what each place is decoded to, and where the held-out digits lie",
        (
            scatter(
                "codes",
                Sends(("digit",), (numbers.tolist(),), ABOUT),
                first=int(numbers[0]),
                points=found.held_out,
                titles=[f"Digit {n}" for n in numbers],
                sprites=memory.of(("held-out digits", COLUMNS), lambda: encode_png(tiled(digits().images[numbers] / LARGEST, COLUMNS))),
                digest="held-out digits",
                cell=(SIDE, SIDE),
                columns=COLUMNS,
                groups=labels,
                names=list(LABELS),
                colours=DIGIT_COLOURS,
                chosen=int(same[0]) if len(same) else -1,
                marks=[] if len(same) and not of.is_moved else mark,
                background=planes.background(of.coder, found.train, found.held_out),
                alt="Held-out digits on the plane of their codes",
                height=440,
                grow=10,
            ),
        ),
        f"The codes run from {number(found.train[:, 0].min())} to {number(found.train[:, 0].max())} and from {number(found.train[:, 1].min())} to "
        f"{number(found.train[:, 1].max())}. Of {len(numbers)} held-out digits {percent(by_code)} have the nearest training code from their own class; by two principal components {percent(by_components)}.",
        f"To the right the first number grows, upwards the second; colours are the digits' classes. Faint: further than {planes.FAR} times the usual distance from every training code; what is decoded there, nothing has taught.",
        downloads=(panel.csv(f"convlens-{of.coder.name}-plane", ["digit", "label", "first", "second"], numbers, labels, *found.held_out.T),),
    )  # fmt: skip


def neighbours(of: Coded) -> Panel:
    """The nearest training digits by their codes, by as many principal components, and by their pixels."""
    train, rows, said, linear = split().train, [], [], components(of.size)
    for title, stored, asked in (
        ("code", coded.codes(of.coder).train, of.own),
        ("components", linear.encode(part("train")), linear.encode(of.picture)),
        ("pixels", part("train"), of.picture),
    ):
        far = np.linalg.norm(stored - asked, axis=1)
        near = np.argsort(far, kind="stable")[:NEAREST]
        rows.append((title, near, far[near]))
        alike = sum(LABELS[label] == of.truth for label in digits().labels[train[near]])
        said.append(f"{alike} in the {title}")
    galleries = tuple(
        gallery(
            "digit",
            f"Nearest in the {title}",
            [
                {
                    "name": int(train[i]),
                    "title": LABELS[digits().labels[train[i]]],
                    "caption": number(float(d)),
                    "image": thumbnail("digit", int(train[i])),
                    "help": f"Digit {train[i]}, at a distance of {d:.3f} in the {title}",
                }
                for i, d in zip(near, far, strict=True)
            ],
            chosen=-1,
            layout="grid fifth",
            pixelated=True,
            also=ABOUT,
            key=f"near-{title}",
        )
        for title, near, far in rows
    )
    both = len(set(rows[0][1].tolist()) & set(rows[-1][1].tolist()))
    itself = " It is one of the training digits, and its own nearest." if of.is_training else ""
    known = f" Of the same class: {listed(said)}." if of.truth else ""
    return Panel(
        "near",
        f"Its {NEAREST} nearest training digits, with their distances: by the code, by {of.size} principal components, by the pixels",
        (Beside(galleries, gap="medium"),),
        f"{counted(both).capitalize() if both else 'None'} of them {'is' if both == 1 else 'are'} near by the code and by the pixels.{known}{itself}",
        downloads=(panel.csv(f"convlens-near-{of.coder.name}-{of.stamp}", ["by", "digit", "distance"], *_near(rows)),),
    )


def world(of: Coded) -> Panel:
    """What is no digit, beside one: what its error says, and what it does not."""
    asked = [(of.title, of.picture), *coded.strangers(of)]
    again = of.coder.rebuilt(np.stack([picture for _, picture in asked]))
    errors = [float(error(picture, back)) for (_, picture), back in zip(asked, again, strict=True)]
    held_out = coded.codes(of.coder).errors
    mean, faint, noise = errors[-3:]
    black = float(np.square(asked[-2][1]).mean())
    worse = int(np.sum(held_out > mean))
    photo = f" {of.photo[0]} has {number(errors[1])}." if of.photo else ""
    rows = [
        ("in", [(_shown(picture), title, title) for title, picture in asked]),
        ("out", [(_shown(back), f"{title}, rebuilt", f"error {number(e)}") for (title, _), back, e in zip(asked, again, errors, strict=True)]),
    ]  # fmt: skip
    return Panel(
        "world",
        "Does a large error say that something is no digit?",
        (Markup(pictures_in_rows((), rows)),),
        f"The mean of all digits, which is no digit, comes back with an error of {number(mean)}: {worse} of the {len(held_out)} held-out digits come back worse. "
        f"Noise has {number(noise)}, the faint digit {number(faint)}, where black alone would have {number(black)}.{photo}",
        "A small error says that something is easy to rebuild, not that it is a digit.",
        downloads=(panel.csv(f"convlens-world-{of.coder.name}-{of.stamp}", ["picture", "error"], [title for title, _ in asked], errors),),
    )  # fmt: skip


def denoised(of: Coded) -> Panel:
    """A noisy digit, cleaned by the denoising autoencoder and by hand-picked filters at their best; and the photo, which it has never learned."""
    pictures = (of.title, of.picture), *([of.photo] if of.photo else [])
    rows = [cleaning.row(*each, of.noise / 100, shipped()[DENOISER]) for each in pictures]
    table = [(title, *errors) for title, _, errors in rows]
    _, before, after, blur, median = table[0]
    tries = ("the noisy one itself", before), ("the autoencoder", after), ("the blur", blur), ("the median", median)
    best = min(tries, key=lambda each: each[1])
    way = "falls" if after < before else "rises"
    lost = (
        f" On {table[1][0]} it has {number(table[1][2])}, the better filter {number(min(table[1][3:]))}."
        if of.photo
        else ""
    )
    return Panel(
        "denoised",
        f"Noise of {of.noise} % taken away",
        (Markup(pictures_in_rows(cleaning.HEAD, [(title, cells) for title, cells, _ in rows])),),
        f"The error {way} from {number(before)} to {number(after)} by the denoising autoencoder; the best Gaussian blur has {number(blur)}, the better median {number(median)}: "
        f"{best[0]} is nearest.{lost}",
        f"Normal noise, its standard deviation in per cent of white, cut off at black and white; the denoising autoencoder has learned with {percent(NOISE)}. {cleaning.FAVOURED}",
        downloads=(panel.csv(f"convlens-denoised-{of.noise}-{of.stamp}", ["picture", "noisy", "autoencoder", "blur", "median"], *zip(*table, strict=True)),),
        code=snippets.denoised(of),
    )  # fmt: skip


def drawn(of: Coded) -> Panel | None:
    """New digits: codes drawn from a standard normal distribution, decoded; None for autoencoders that did not learn from such."""
    if of.coder.plan.kind != "variational":
        return None
    codes = np.random.default_rng(of.draw).standard_normal((DRAWN, of.size), np.float32)
    pictures = of.coder.decode(codes)
    nearest = coded.from_training(pictures)
    stem = f"convlens-{of.coder.name}-drawn-{of.draw}"
    return Panel(
        "drawn",
        f"{DRAWN} pictures from random codes",
        (Picture(_sheet(pictures), f"{DRAWN} pictures decoded from random codes"),),
        f"From a training digit they are {number(float(nearest.min()))} to {number(float(nearest.max()))} away, at the nearest; half of the held-out digits are within {number(coded.usual())}.",
        "Each is decoded from numbers drawn from a normal distribution around 0, as the codes were held there in learning. Nobody says which digits they are.",
        downloads=(panel.png(stem, _sheet, pictures), panel.npz(stem, dict, {"codes": codes, "pictures": pictures})),
        code=snippets.drawn(of, DRAWN),
    )  # fmt: skip


def _sheet(pictures: np.ndarray) -> bytes:
    """A PNG of pictures in two rows, each in a dark frame."""
    framed = np.pad(pictures.reshape(-1, SIDE, SIDE), ((0, 0), (1, 1), (1, 1)))
    return encode_png(tiled(framed, len(pictures) // 2), enlarged=8)


def kinds(of: Coded) -> Panel:
    """What is measured of every one on the held-out digits."""
    rows = []
    for each in shipped().values():
        test, found = each.card["test"], coded.measured(each)
        rows.append(
            (
                each.title,
                WHAT[each.plan.kind],
                number(test["error"]),
                percent(test["read"]),
                f"{each.plan.size - len(found.idle)} of {each.plan.size}",
                number(found.units),
                number(found.moves),
            )
        )
    head = (
        "kind",
        "what counts in learning",
        "error",
        "still read",
        "numbers that do something",
        "not 0 at a time",
        "its code moves",
    )
    return Panel(
        "kinds",
        "Plain ones and the five kinds, measured in the same way",
        (Markup(table(head, rows, wide=(1, 5))),),
        f"All errors are mean squared errors of clean digits; {counted(len(split().held_out))} held-out ones. How far a code moves when a picture does, a little, is divided by how far the codes are spread.",
        "A number does something if moving it changes a grey on the screen: variational ones let go of numbers that do not pay, sparse ones of some that never answer. "
        f"One network can be of several kinds at once. The denoising one learned with normal noise of {NOISE:g}; the variational ones from cross-entropy, which is not 0 even where nothing is wrong.",
        downloads=(panel.table("convlens-autoencoders", _kinds),),
        code=snippets.kinds(of.coder),
    )  # fmt: skip


def _kinds() -> tuple:
    rows = []
    for name, each in shipped().items():
        test, found = each.card["test"], coded.measured(each)
        rows.append((name, test["error"], test["read"], each.plan.size - len(found.idle), found.units, found.moves))
    return ["autoencoder", "error", "read", "numbers that do something", "not 0", "moves"], *zip(*rows, strict=True)


def _errors(of: Coded) -> tuple:
    return ["autoencoder", "error"], list(of.all_of_them), [of.by(each)[1] for each in of.all_of_them.values()]


def _near(rows: list[tuple[str, np.ndarray, np.ndarray]]) -> tuple:
    train = split().train
    return (
        [title for title, near, _ in rows for _ in near],
        [int(train[i]) for _, near, _ in rows for i in near],
        [float(d) for *_, far in rows for d in far],
    )


def _between(of: Coded, ends: np.ndarray) -> str:
    """How far both mixtures are from real digits, half way."""
    mixed = of.coder.decode(of.coder.encode(ends).mean(axis=0, keepdims=True))
    by_code, by_pixels = (float(coded.from_training(each)[0]) for each in (mixed, ends.mean(axis=0, keepdims=True)))
    return (
        f"Half way the picture from the mixed codes is {number(by_code)} from the nearest training digit, the mixed pixels are {number(by_pixels)}; "
        f"half of the held-out digits are within {number(coded.usual())}."
    )


def _shown(picture: np.ndarray) -> str:
    return encoded.shown(picture, (SIDE, SIDE, 1))


def _means(plans: list[Plan], what: str) -> str:
    return listed([number(shipped()[plan.name].card["test"][what]) for plan in plans])
