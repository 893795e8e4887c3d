"""What Layers has computed in a worker, besides what every room asks."""

import numpy as np

from convlens.slices.jobs import Range, prepared


def means(model: str, image: np.ndarray, value_range: Range) -> dict[str, np.ndarray]:
    """Layer name → float32 (units,): the mean of each map, or the value of each unit.

    The maps themselves go at once: they are not kept beside those of the picture that is looked at.
    """
    from models.running.slicing import sliced

    found = sliced(model).activations(prepared(model, image, value_range))
    return {name: values.reshape(-1, values.shape[-1]).mean(axis=0) for name, values in found.items()}
