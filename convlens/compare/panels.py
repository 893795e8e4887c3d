"""The panels of Compare: two networks' answers, one layer of both, how its values are spread, what changes from layer to layer."""

import numpy as np

from convlens import panel, statistics
from convlens.compare import asked, snippets
from convlens.compare.pair import Pair
from convlens.drawing import encoding, plots, sheets
from convlens.drawing.charts import softmax_png
from convlens.drawing.colours import ACCENT
from convlens.drawing.markup import softmax_bars
from convlens.drawing.scales import scale_of, table_of
from convlens.drawing.sheets import as_maps, averaged, palette_png
from convlens.networks import answers
from convlens.networks.answers import introduce, knows, shortlist, top, verdict
from convlens.networks.card import ModelCard
from convlens.networks.courses import Course, at_equal_steps, course, lengths, trials
from convlens.networks.layers import last_maps, with_values_of_their_own
from convlens.networks.worth import apart, worth
from convlens.panel import Beside, Chart, Markup, Panel, Picture, Words
from convlens.pictures import fitting
from convlens.pictures.bundled import bundled
from convlens.pictures.cifar10 import LABELS
from convlens.slices.alike import PLACES
from convlens.slices.snippets import layer as layer_code
from convlens.slices.snippets import network_of, softmax
from convlens.slices.view import asked as asked_of
from convlens.statistics import BINS, COUNTED_IN, Spread, entropy, information, own_span, spread
from convlens.text import listed, number, percent, plain

CLOSE = 0.1  # of a CKA: nearer ones are not told apart
GREY = "#7a7f87"  # of the picture, which is no network


def introduction(pair: Pair) -> str:
    return verdict(pair.labels, *zip(pair.titles, pair.answers, strict=True), pair.label)


def known(pair: Pair) -> str:
    said = apart(*pair.cards)
    return knows(pair.labels, *pair.titles) + (f" {said}." if said else "")


def nothing_common(pair: Pair) -> str:
    first, second = pair.titles
    return f"{first} and {second} have no layer of the same name and shape, so only their answers are compared."


def answer(pair: Pair, i: int) -> Panel:
    """What one of them says."""
    labels, p, few = pair.labels, pair.answers[i], shortlist(*pair.answers)
    names, title = [labels[c] for c in few], _says(pair, i)
    unknown = f"None of their classes is called {pair.label}." if pair.label else "The true class is not known."
    told = f"◆ marks the truth: {pair.truth}." if pair.truth else unknown
    left_out = f" The {len(few)} likeliest of {len(labels):,} classes are drawn." if len(few) < len(labels) else ""
    stem = f"{pair.stem}-softmax-{i}"
    return Panel(
        f"softmax-{i}",
        title,
        (Markup(softmax_bars(names, introduce(pair.cards[i]), pair.colours[i], p[few], pair.truth)),),
        f"Entropy {number(entropy(p))} of at most {number(np.log2(len(labels)))} bits. {told}{left_out}",
        worth(pair.cards[i], p),
        downloads=(panel.png(stem, _answer_png, pair.bare, i), panel.table(stem, _answer_table, pair.bare, i)),
        code=softmax(pair.code_of, *pair.fitted),
    )


def sheet(pair: Pair, i: int) -> Panel:
    """All maps of the chosen layer in one of them."""
    values, at, name, view = pair.both[i], pair.cell, pair.layer.name, pair.views[i]
    levels = sheets.sheet(averaged(as_maps(values)), scales=pair.scales)
    caption = (
        f"{percent(statistics.share_of_zeros(values))} of the values are 0, the largest is {number(values.max())}."
    )
    if values.ndim == 3:
        caption = f"{len(statistics.silent_channels(values))} of {values.shape[-1]} maps never fire; {caption}"
    caption += f" In {f'map {at.channel}' if at.layer.has_maps else name}, {at.text(values[at.index])}"
    data = palette_png(levels, table_of(pair.scales), enlarged=max(1, 520 // levels.shape[1]))
    file = f"{view.stem}-{name}"
    return Panel(
        f"sheet-{i}",
        f"{pair.titles[i]}, {name}",
        (Picture(data, f"{name} of {pair.titles[i]}"),),
        f"{caption} {pair.opened}{at.opened}" if i == 0 else caption,
        "",
        scale_of(*pair.both),
        "one scale for both networks",
        (panel.png(file, _sheet_png, pair.bare, i), panel.npz(file, _values, pair.bare, i)),
        layer_code(network_of(view), name, *pair.fitted),
    )


def related(pair: Pair) -> str:
    """How like the weights behind the chosen map are in both; "" where that says nothing."""
    first, second = pair.cards
    kin = None if first == second else asked.kinship(first, second, pair.layer.name)
    if not kin:
        return ""
    seeds = tuple(found and found.seed for found in (course(card.training) for card in pair.cards))
    if pair.views[0].layers != pair.views[1].layers:  # of another architecture, a seed gives other weights
        seeds = (None, None)
    return answers.related(kin, seeds, pair.cell.channel)


def distribution(pair: Pair) -> Panel:
    """How the values of the layer are spread in both."""
    found, name = _spread(pair), pair.layer.name
    series = list(zip(pair.titles, pair.colours, found.counts, strict=True))
    low, high = map(number, found.span)
    drawn, stem = plots.distributions(series, found.span, "value", log=True), f"{pair.stem}-{name}-histogram"
    return Panel(
        "distribution",
        f"How the values of {name} are spread",
        (Chart(drawn, f"Histograms of {name} in both"),),
        f"{BINS} equal bins from {low} to {high} for both, shares on a logarithmic axis.",
        downloads=(panel.table(stem, _spread_table, pair.bare),),
        code=_information_code(pair),
    )


def picture(pair: Pair) -> Panel:
    """How the values of the picture are spread."""
    first, second = pair.seen()
    span = own_span(first)
    low, high = map(number, span)
    caption = f"{BINS} equal bins from its smallest value, {low}, to its largest, {high}."
    if not np.array_equal(first, second):
        caption += f" As {pair.titles[0]} gets it; {pair.titles[1]} gets other numbers."
    drawn = plots.distributions([("picture", GREY, statistics.histogram(first, span=span))], span, "value")
    stem = f"{pair.stem}-picture"
    return Panel(
        "picture",
        "The picture's own values",
        (Chart(drawn, "Histogram of the picture at the network's size"),),
        caption,
        downloads=(panel.table(stem, _picture_table, pair.bare),),
        code=_information_code(pair),
    )


def gained(pair: Pair) -> Panel:
    """The entropy of the picture less that of the layer, in both."""
    found, seen = _spread(pair), pair.seen()
    said = []
    for title, pixels, after in zip(pair.titles, seen, found.bits, strict=True):
        before = information(pixels)
        said.append(
            Words(
                f"**{plain(title)}**: {number(before)} − {number(after)} = **{number(before - after)} bits** "
                "(entropy of the picture − entropy of the layer)"
            )
        )
    return Panel(
        "information",
        f"By how much entropy fell between the picture and {pair.layer.name}",
        (Beside(tuple(said)),),
        f"Entropies in bits of at most {number(np.log2(BINS))}, {COUNTED_IN}. They say how much more predictable a value of the layer "
        "is than a value of the picture: not where the values lie, nor whether they are right. No layer adds information about the "
        "picture: of ten times the layer it would fall as much, and of a layer of zeros the most. Each number is rounded by itself.",
        code=_information_code(pair),
    )


def alike(pair: Pair) -> Panel | None:
    """How alike both see the picture, layer by layer; None where no layer can say."""
    if not pair.alike or pair.cards[0] == pair.cards[1]:
        return None
    names, title = list(pair.alike), "How alike both see the picture, layer by layer"
    series, control = [(" and ".join(pair.titles), ACCENT, [pair.alike[name] for name in names])], pair.control
    if pair.least_alike:
        said = f"They see it least alike at {pair.least_alike}: {number(pair.alike[pair.least_alike])}"
    else:
        said = "They see it alike everywhere: 1.00"
    said += ", where 1 is the same but for the order of the maps, their rotation and their scale."
    if control and pair.least_alike in control.alike:
        series.append((" and ".join(control.titles), GREY, [control.alike.get(name, np.nan) for name in names]))
        there, here = control.alike[pair.least_alike], pair.alike[pair.least_alike]
        more = (
            "about as alike" if abs(here - there) < CLOSE else f"{'less' if here < there else 'more'} alike than that"
        )
        said += f" Two networks by one recipe with two seeds, {_epochs(control)}: {number(there)} there. {pair.titles[0]} and {pair.titles[1]} are {more}."
    drawn, stem = plots.curves(names, series, "linear CKA"), f"{pair.stem}-alike"
    return Panel(
        "alike",
        title,
        (Chart(drawn, f"{title}: {len(series)} curves"),),
        said,
        f"Linear centred kernel alignment, unbiased (Kornblith et al. 2019; Nguyen et al. 2021), over {PLACES:,} places of the maps at most, fewer in deep layers: which map is which does not matter. Vectors have no places.",
        downloads=(panel.table(stem, _alike_table, pair.bare),),
        code=snippets.alike(pair.code_of, tuple(names), PLACES, *pair.fitted),
    )


def zeros(pair: Pair) -> Panel:
    """The share of zeros, layer by layer."""
    found, layers = asked.curves(*pair.views), pair.views[0].layers
    last, own = last_maps(layers), set(with_values_of_their_own(layers))
    shares = {name: both for name, *both in zip(found.names, *found.zeros, strict=True)}
    counted = [both for name, both in shares.items() if name in own]
    black = {name: both for name, both in shares.items() if name in last}
    sentence = (
        f"{pair.titles[0]} has more zeros than {pair.titles[1]} in {sum(x > y for x, y in counted)} of the {len(counted)} layers that "
        "compute values of their own, on this picture. "
        + answers.blackness(pair.titles, black, answers.more_accurate(pair.cards))
    )
    return _curves(pair, "zeros", "Share of zeros, layer by layer", "share of zeros", found.zeros, sentence)


def entropies(pair: Pair) -> Panel:
    """The entropy, layer by layer."""
    found = asked.curves(*pair.views)
    bins = f"In bits, {COUNTED_IN}: a layer's entropy does not depend on the other network."
    return _curves(pair, "entropies", "Entropy, layer by layer", "bits", found.entropies, bins)


def courses(pair: Pair) -> Panel | None:
    """How long each was trained, and how good it was on the way; None where not both cards tell."""
    told = _courses(pair)
    if pair.cards[0] == pair.cards[1] or not all(found for _, found in told):
        return None
    title = "Trials before the training: held-out pictures that are answered rightly"
    series = [(name, colour, f.at, f.held_out) for (name, f), colour in zip(told, pair.colours, strict=True)]
    drawn, stem = plots.over_steps(series, "right answers"), f"{pair.stem}-training"
    return Panel(
        "courses",
        title,
        (Chart(drawn, f"{title}, after each epoch of both"),),
        f"{trials(*told)} {lengths(*told)} {at_equal_steps(*told)}",
        downloads=(panel.table(stem, _courses_table, pair.bare),),
    )


def stranger(card: ModelCard) -> tuple[Picture, str] | None:
    """A bundled picture of something that a network of CIFAR-10's classes does not know, and what it says of it; for the lesson."""
    found = asked.surest_stranger(card) if card.labels == LABELS else None  # others may know a coffee
    if found is None:
        return None
    name, p = found
    label, share = top(card.labels_for(len(p)), p)
    shown, side = bundled()[name], max(card.input_shape)
    pixels = fitting.seen_by(shown.picture.pixels, card.input_shape)
    drawn = Picture(
        encoding.encode_png(pixels, enlarged=max(1, 128 // side)), f"{shown.title}, as {card.title} sees it"
    )
    return drawn, f"{shown.title} is none of its classes. {card.title} says {label}, {percent(share)}."


def _says(pair: Pair, i: int) -> str:
    label, share = top(pair.labels, pair.answers[i])
    return f"{pair.titles[i]}: {label}, {percent(share)}"


def _spread(pair: Pair) -> Spread:
    return asked_of(pair.views, lambda: spread(*pair.both), "spread", pair.layer.name)


def _information_code(pair: Pair) -> str:
    return snippets.information(pair.code_of, pair.layer.name, *pair.fitted, BINS)


def _curves(pair: Pair, key: str, title: str, unit: str, values: tuple, caption: str) -> Panel:
    names, series = asked.curves(*pair.views).names, list(zip(pair.titles, pair.colours, values, strict=True))
    drawn, stem = plots.curves(names, series, unit, share=key == "zeros"), f"{pair.stem}-{key}"
    downloads = (panel.table(stem, _curves_table, pair.bare, key),)
    code = snippets.curves(pair.code_of, *pair.fitted, BINS)
    return Panel(
        key, title, (Chart(drawn, f"{title}: one curve for each network"),), caption, downloads=downloads, code=code
    )


def _courses(pair: Pair) -> list[tuple[str, Course | None]]:
    return [(title, course(card.training)) for title, card in zip(pair.titles, pair.cards, strict=True)]


# ---- what the downloads hold


def _answer_png(pair: Pair, i: int) -> bytes:
    pair = pair.bare
    few = shortlist(*pair.answers)
    names = [pair.labels[c] for c in few]
    return softmax_png(names, _says(pair, i), pair.colours[i], pair.answers[i][few], pair.truth)


def _answer_table(pair: Pair, i: int) -> tuple:
    pair = pair.bare
    return ["class", "probability"], pair.labels, pair.answers[i]


def _sheet_png(pair: Pair, i: int) -> bytes:
    pair = pair.bare
    levels = sheets.sheet(averaged(as_maps(pair.both[i])), scales=pair.scales)
    return palette_png(levels, table_of(pair.scales), enlarged=4)


def _values(pair: Pair, i: int) -> dict[str, np.ndarray]:
    pair = pair.bare
    return {pair.layer.name: pair.both[i]}


def _spread_table(pair: Pair) -> tuple:
    pair = pair.bare
    found = _spread(pair)
    return ["bin from", "first", "second"], found.edges, *found.counts


def _picture_table(pair: Pair) -> tuple:
    pair = pair.bare
    first = pair.seen()[0]
    span = own_span(first)
    return ["bin from", "values"], np.linspace(*span, BINS + 1)[:-1], statistics.histogram(first, span=span)


def _curves_table(pair: Pair, key: str) -> tuple:
    pair = pair.bare
    found = asked.curves(*pair.views)
    return ["layer", "first", "second"], found.names, *getattr(found, key)


def _alike_table(pair: Pair) -> tuple:
    pair = pair.bare
    found, control = pair.alike, pair.control
    columns = [found.values()] + ([[control.alike.get(name, "") for name in found]] if control else [])
    return ["layer", "linear CKA", "of two seeds"][: 1 + len(columns)], list(found), *map(list, columns)


def _epochs(control: Pair) -> str:
    """What both are called, and how long they learned, which their recipe chose for each."""
    told = zip(control.titles, (course(card.training) for card in control.cards), strict=True)
    return listed([f"{title} ({found.epochs} epochs)" if found else title for title, found in told])


def _courses_table(pair: Pair) -> tuple:
    pair = pair.bare
    told = _courses(pair)
    rows = [(title, at, share) for title, found in told for at, share in zip(found.at, found.held_out, strict=True)]
    return ["network", "steps", "held-out accuracy"], *zip(*rows, strict=True)
