"""What a training run computes, in a worker. Keras is imported inside, so that importing this module is cheap."""

import numpy as np

from convlens.drawing.sheets import averaged
from convlens.networks.runs import Back, Lens, Moment, Settings, State
from convlens.training.strip import Strip, drawn


def go_on(settings: Settings, state: State | None, updates: tuple[int, ...], seconds: float) -> tuple[Moment, ...]:
    """A slice of a run.

    Args:
        state: from which it goes on; None for the beginning.
        updates: after how many it is looked at; as many of these moments come as so many ``seconds`` allow, and one at least.
    """
    from models.training import steps

    return steps.go_on(settings, state, updates, seconds)


def maps(settings: Settings, state: State, image: np.ndarray) -> dict[str, np.ndarray]:
    """Every layer's answer to one image (rows, columns, channels) with a state's weights: layer name → values."""
    from models.training import steps

    return steps.maps(settings, state, image)


def answers(settings: Settings, networks: tuple[tuple[np.ndarray, ...], ...], image: np.ndarray) -> np.ndarray:
    """Probabilities (states, classes) for one image with the weights of each of some states, ``State.network`` of each."""
    from models.training import steps

    return steps.answers(settings, networks, image)


def strips(settings: Settings, networks: tuple[tuple[np.ndarray, ...], ...], image: np.ndarray) -> tuple[Strip, ...]:
    """What every layer makes of one image, drawn, with the weights of each of some states; arguments as for ``answers``."""
    from models.training import steps

    return tuple(map(drawn, steps.all_maps(settings, networks, image)))


def kernel(settings: Settings, state: State, layer: str) -> np.ndarray:
    """A layer's weights float32 (rows, columns, channels, filters); of a dense one (inputs, units)."""
    from models.training import steps

    return steps.kernel(settings, state, layer)


def lens(
    settings: Settings, state: State, image: np.ndarray, label: int, layer: str, place: tuple[int, int, int, int]
) -> Lens:
    """One update from one picture, seen at one weight (row, column, channel, unit) of a layer."""
    from models.training import steps

    return steps.lens(settings, state, image, label, layer, place)


def once(
    model: str,
    image: np.ndarray,
    value_range: tuple | None,
    label: int,
    layer: str,
    unit: int,
    place: tuple[int, int, int] | None,
    rate: float,
) -> Lens:
    """One more update of a finished network from one image of a class, seen at one weight; see ``models.running.learning.lens``.

    Args:
        model, image, value_range: as for ``slices.jobs.feature_maps``.
        place: row, column and slice of the weight; None for the one with which the loss changes most.
    """
    from models.catalog import card_of
    from models.running import learning
    from models.running.slicing import sliced

    card = card_of(model)
    return learning.lens(sliced(model), card.answer, card.prepare(image, value_range), label, layer, unit, place, rate)


def tested(settings: Settings, state: State) -> int:
    """How many pictures of the data set's test a state's network answers rightly."""
    from models.training import steps

    return steps.tested(settings, state)


def back(settings: Settings, state: State, image: np.ndarray, label: int) -> Back:
    """How the loss of one image (rows, columns, channels) of a class changes with what each layer answers to it."""
    from models.training import steps

    return steps.back(settings, state, image, label)


def lapse(model: str, image: np.ndarray, value_range: tuple | None, layer: str) -> tuple[np.ndarray, np.ndarray]:
    """What a network with a time-lapse answers to one image, at each of its moments, and what one of its layers does.

    Args:
        model, image, value_range: as for ``slices.jobs.feature_maps``.

    Returns:
        Probabilities float32 (moments, classes), and the layer's values (moments, rows, columns, channels) or (moments, units);
        maps larger than ``sheets.THUMBNAIL`` on a side are averaged.
    """
    from models.catalog import card_of
    from models.running.lapse import moving

    card, network = card_of(model), moving(model)
    last = network.sliced.nodes[-1].name
    found = network.through(card.prepare(image, value_range), layer, last)
    answers = np.stack([card.probabilities({last: each[last]}) for each in found])
    values = [averaged(each[layer]) if each[layer].ndim == 3 else each[layer] for each in found]
    return answers, np.stack(values)


def network(settings: Settings, state: State) -> bytes:
    """A state's network as the bytes of a .keras file."""
    from models.training import steps

    return steps.network(settings, state)
