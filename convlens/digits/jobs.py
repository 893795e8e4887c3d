"""The rungs of the ladder that a network stands on, in a worker."""

import numpy as np

from convlens.digits import ladder
from convlens.digits.ladder import Climb
from convlens.pictures import digits


def ladder_of_network(rung: str) -> Climb:
    """The ladder's "cnn", or "code": kNN on that network's vectors."""
    from sklearn.neighbors import KNeighborsClassifier

    from models.catalog import card_of
    from models.running.slicing import sliced

    data, parts, network = digits.digits(), digits.split(), sliced(ladder.NETWORK)
    pictures = data.images / digits.LARGEST

    def vectors_of(some: np.ndarray) -> np.ndarray:
        return network.vectors(some[..., None])

    def probabilities(some: np.ndarray) -> np.ndarray:
        return list(network.activations(some[..., None]).values())[-1]

    weights = card_of(ladder.NETWORK).weights
    if rung == "cnn":
        return ladder.measured(lambda some: probabilities(some).argmax(axis=-1), pictures[parts.held_out], weights)
    stored = vectors_of(pictures[parts.train])
    knn = KNeighborsClassifier(ladder.K).fit(stored, data.labels[parts.train])
    return ladder.measured(lambda some: knn.predict(vectors_of(some)), pictures[parts.held_out], stored.size + weights)
