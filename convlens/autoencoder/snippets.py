"""*The code* of the page Autoencoder; run where ConvLens is, as it reads the weights that ship with it."""

import math

from convlens.autoencoder.cleaning import SEED
from convlens.autoencoder.coded import Coded
from convlens.networks.autoencoders import OWN, Autoencoder, shipped
from convlens.networks.plans import Plan

DIGITS = "from sklearn.datasets import load_digits\n"
SHIPPED = "models/weights/autoencoders.npz"


def _built(plan: Plan, file: str = SHIPPED) -> str:
    """From nothing to ``encoder``, ``decoder``."""
    code = _dense(plan.size, plan.activation, f"encoder_{plan.layers + 1}")
    if plan.kind == "convolutional":
        there = [
            f"Reshape({plan.shape})",
            *(_slid("Conv2D", n, "relu", f"encoder_{i}") for i, n in enumerate(plan.hidden, 1)),
            "Flatten()",
        ]
        again = [_dense(math.prod(plan.maps), "relu", "decoder_1"), f"Reshape({plan.maps})"]
        again += [
            *(
                _slid("Conv2DTranspose", n, activation, f"decoder_{i}")
                for i, (n, activation) in enumerate(plan.back, 2)
            ),
            "Flatten()",
        ]
    else:
        there = [_dense(units, "relu", f"encoder_{i}") for i, units in enumerate(plan.hidden, 1)]
        again = [_dense(units, activation, f"decoder_{i}") for i, (units, activation) in enumerate(plan.back, 1)]

    def listed(*layers: str) -> str:
        return "\n".join(f"    keras.layers.{layer}," for layer in layers)

    return f"""\
import keras
import numpy as np
{DIGITS if plan.data == "digits" else ""}
encoder = keras.Sequential([
{listed(f"Input(({math.prod(plan.shape)},))", *there, code)}
])
decoder = keras.Sequential([
{listed(f"Input(({plan.size},))", *again)}
])
with np.load("{file}") as weights:
    for layer in encoder.layers + decoder.layers:
        if layer.weights:
            layer.set_weights([weights[f"{plan.name}/{{layer.name}}/{{part}}"] for part in ("kernel", "bias")])
"""


def _dense(units: int, activation: str, name: str) -> str:
    return f'Dense({units}, "{activation}", name="{name}")'


def _slid(layer: str, filters: int, activation: str, name: str) -> str:
    return f'{layer}({filters}, 3, 2, "same", activation="{activation}", name="{name}")'


def _of(coder: Autoencoder) -> str:
    return _built(coder.plan, own_file(coder) if coder.name == OWN else SHIPPED)


def own_file(coder: Autoencoder) -> str:
    """What the weights of one's own are downloaded as."""
    return f"convlens-{coder.mark}.npz"


def code(of: Coded) -> str:
    """The digit's code, what it is decoded to, and the error."""
    rows = ",\n    ".join(str([int(v) for v in row]) for row in of.values)
    moved = (
        f"code = np.array([{', '.join(f'{v:g}' for v in of.code)}])[None]  # as it was moved\n" if of.is_moved else ""
    )
    return f"""{_of(of.coder)}
picture = np.array([
    {rows},
]).reshape(1, 64) / 16
code = encoder.predict(picture)
{moved}again = decoder.predict(code)
error = np.mean((again - picture) ** 2)
print(code, error)
"""


def denoised(of: Coded) -> str:
    """The digit made noisy and cleaned."""
    rows = ",\n    ".join(str([int(v) for v in row]) for row in of.values)
    return f"""{_of(shipped()["denoising-32"])}
picture = np.array([
    {rows},
]).reshape(1, 64) / 16
noise = np.random.default_rng({SEED}).standard_normal(64, np.float32)
noisy = np.clip(picture + {of.noise / 100:g} * noise, 0, 1)
clean = decoder.predict(encoder.predict(noisy))
before, after = np.mean((noisy - picture) ** 2), np.mean((clean - picture) ** 2)
print(before, after)
"""


def drawn(of: Coded, count: int) -> str:
    """Pictures decoded from drawn codes."""
    return f"""{_of(of.coder)}
codes = np.random.default_rng({of.draw}).standard_normal(({count}, {of.size}), np.float32)
pictures = decoder.predict(codes).reshape(-1, 8, 8)
"""


def own(of: Autoencoder) -> str:
    """The error of one's own on the held-out digits, of the weights as they can be downloaded; of other pictures the networks alone."""
    return kinds(of) if of.plan.data == "digits" else _of(of)


def kinds(of: Autoencoder) -> str:
    """The error of one on the held-out digits."""
    return f"""{_of(of)}
held_out = load_digits().data[1527:] / 16
again = decoder.predict(encoder.predict(held_out))
error = np.mean((again - held_out) ** 2)
print(error)
"""
