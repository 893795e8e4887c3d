"""Which map is this picture's? A question to predict."""

from dataclasses import replace

import numpy as np

from convlens.drawing.scales import scale_of
from convlens.drawing.sheets import map_png
from convlens.networks.layers import convolutions
from convlens.panel import Option, Picture, Question, signature
from convlens.pictures.bundled import bundled
from convlens.slices.opening import strongest_map
from convlens.slices.view import View
from convlens.text import listed

LETTERS = "abcd"
WIDE = 150  # pixels


def whose_map(view: View) -> Question | str:
    """The same map for four pictures; which layer, which map and which pictures depends on the picture and the network alone. Or why that cannot be asked."""
    names = convolutions(view.layers)
    if not names:
        return f"{view.card.title} has no convolution"
    of, layer = signature("layers", view.key), names[len(names) // 2]
    rng = np.random.default_rng(int(of, 16))
    others = [
        each for each in bundled().values() if each.title.lower() not in view.title.lower()
    ]  # nor one that this is a part of
    chosen = [others[n] for n in rng.permutation(len(others))[: len(LETTERS) - 1]]
    views = [view, *(replace(view, picture=each.picture, how="crop", at=0.5, title=each.title) for each in chosen)]
    order = rng.permutation(len(views)).tolist()
    views, truth = [views[n] for n in order], LETTERS[order.index(0)]
    channel = strongest_map(view.maps(layer)[layer])
    maps = [each.maps(layer)[layer][..., channel] for each in views]
    scale, options = scale_of(*maps), []
    for letter, values in zip(LETTERS, maps, strict=True):
        data = map_png(values, scale, enlarged=max(1, WIDE // len(values)))
        options.append(Option(letter, letter.upper(), Picture(data, f"Map {letter.upper()}", width=WIDE)))
    rest = [
        f"{letter.upper()} answers to {each.title}"
        for letter, each in zip(LETTERS, views, strict=True)
        if each is not view
    ]
    told = f"It is {truth.upper()}. {rest[0]}, {listed(rest[1:])}."
    asked = f"Map {channel} of {layer} answers to four pictures, on one scale. Which answer is to {view.title}?"
    sets = {"layer": layer, "channel": channel}
    return Question(of, asked, tuple(options), truth, told, sets=sets)
