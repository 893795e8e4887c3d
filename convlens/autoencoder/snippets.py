"""*The code* of the page Autoencoder; run where ConvLens is, as it reads the weights that ship with it."""

from convlens.autoencoder.coded import STRANGERS, Coded
from convlens.networks.autoencoders import Plan, shipped


def _built(plan: Plan) -> str:
    """From nothing to ``encoder``, ``decoder``."""
    there = [*((units, "relu") for units in plan.hidden), (plan.size, plan.activation)]
    back = [*((units, "relu") for units in reversed(plan.hidden)), (64, "sigmoid")]

    def layers(stem: str, sizes: list[tuple[int, str]]) -> str:
        return "\n".join(f'    keras.layers.Dense({units}, "{activation}", name="{stem}_{i}"),' for i, (units, activation) in enumerate(sizes, 1))  # fmt: skip

    told = "# its convolutions are written as dense layers: most weights are 0, the others are shared\n"
    return f"""\
{told if plan.kind == "convolutional" else ""}import keras
import numpy as np
from sklearn.datasets import load_digits

encoder = keras.Sequential([
    keras.layers.Input((64,)),
{layers("encoder", there)}
])
decoder = keras.Sequential([
    keras.layers.Input(({plan.size},)),
{layers("decoder", back)}
])
with np.load("models/weights/autoencoders.npz") as weights:
    for layer in encoder.layers + decoder.layers:
        layer.set_weights([weights[f"{plan.name}/{{layer.name}}/{{part}}"] for part in ("kernel", "bias")])
"""


def code(of: Coded) -> str:
    """The digit's code, what it is decoded to, and the error."""
    rows = ",\n    ".join(str([int(v) for v in row]) for row in of.values)
    moved = (
        f"code = np.array([{', '.join(f'{v:g}' for v in of.code)}])[None]  # as it was moved\n" if of.is_moved else ""
    )
    return f"""{_built(of.autoencoder.plan)}
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
    return f"""{_built(shipped()["denoising-32"].plan)}
picture = np.array([
    {rows},
]).reshape(1, 64) / 16
noise = np.random.default_rng({STRANGERS}).standard_normal(64, np.float32)
noisy = np.clip(picture + {of.noise / 100:g} * noise, 0, 1)
clean = decoder.predict(encoder.predict(noisy))
before, after = np.mean((noisy - picture) ** 2), np.mean((clean - picture) ** 2)
print(before, after)
"""


def drawn(of: Coded, count: int) -> str:
    """Pictures decoded from drawn codes."""
    return f"""{_built(of.autoencoder.plan)}
codes = np.random.default_rng({of.draw}).standard_normal(({count}, {of.size}), np.float32)
pictures = decoder.predict(codes).reshape(-1, 8, 8)
"""


def kinds(plan: Plan) -> str:
    """The error of one on the held-out digits."""
    return f"""{_built(plan)}
held_out = load_digits().data[1527:] / 16
again = decoder.predict(encoder.predict(held_out))
error = np.mean((again - held_out) ** 2)
print(error)
"""
