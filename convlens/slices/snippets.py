"""*The code*: short Keras or NumPy programs that give the numbers on screen. A test runs each and compares.

They expect the photo as ``picture.png`` beside them, and the networks in ``models/weights/``, or beside them too if they
are one's own. Whatever is put into them is a number or a name from our own tables.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Network:
    """What a program must know of a network: its file, what it takes, the form of its answer, how it can be sliced."""

    file: str
    input_shape: tuple[int, int, int]
    value_range: tuple[float, float]
    answer: str
    plain: bool
    minus: tuple[float, float, float] | None = None


OPEN = """\
import numpy as np
from PIL import Image

rgb = np.asarray(Image.open("picture.png").convert("RGB"), np.float32) / 255  # (rows, columns, 3)
"""


def to_seen(how: str, at: float, size: tuple[int, int]) -> str:
    """From ``rgb`` to ``seen``, as ``images.fit`` does it."""
    height, width = size
    if how == "stretch":
        body = f"seen = cv2.resize(rgb, ({width}, {height}), interpolation=cv2.INTER_AREA)\n"
    elif how == "pad":
        body = f"""\
scale = min({height} / rgb.shape[0], {width} / rgb.shape[1])
h, w = round(rgb.shape[0] * scale), round(rgb.shape[1] * scale)
top, left = ({height} - h) // 2, ({width} - w) // 2
seen = np.full(({height}, {width}, 3), 0.5, np.float32)
seen[top : top + h, left : left + w] = cv2.resize(rgb, (w, h), interpolation=cv2.INTER_AREA)
"""
    else:
        body = f"""\
scale = min(rgb.shape[0] / {height}, rgb.shape[1] / {width})
h, w = round({height} * scale), round({width} * scale)
top, left = round((rgb.shape[0] - h) * {at}), round((rgb.shape[1] - w) * {at})
seen = cv2.resize(rgb[top : top + h, left : left + w], ({width}, {height}), interpolation=cv2.INTER_AREA)
"""
    return body


def beginning(*libraries: str) -> str:
    """``OPEN`` with more imports."""
    return "".join(f"import {name}\n" for name in ("cv2", *libraries)) + OPEN + "\n"


def as_given(network: Network, how: str, at: float) -> str:
    """From ``rgb`` to ``seen``, as this network takes it."""
    rows, columns, channels = network.input_shape
    code = to_seen(how, at, (rows, columns))
    if channels == 1:
        code += "seen = (seen @ np.array([0.299, 0.587, 0.114], np.float32))[:, :, None]\n"
    low, high = network.value_range
    if (low, high) != (0, 1):
        code += f"seen = seen * {high - low} + {low}\n".replace(" + -", " - ").replace(" + 0.0", "")
    if network.minus:
        code += f"seen = seen[:, :, ::-1] - np.array({list(network.minus)}, np.float32)  # blue, green, red\n"
    return code


def histogram(bins: int) -> str:
    return OPEN + _histogram("rgb", bins)


def seen_histogram(how: str, at: float, size: tuple[int, int], bins: int) -> str:
    return beginning() + to_seen(how, at, size) + _histogram("seen", bins)


def _histogram(array: str, bins: int) -> str:
    return f"""
counts = [np.histogram({array}[:, :, c] * 255, bins={bins}, range=(0, 256))[0] for c in range(3)]
p = [c / c.sum() for c in counts]
entropy = [-(q[q > 0] * np.log2(q[q > 0])).sum() for q in p]  # bits, for red, green, blue
mean = {array}.mean(axis=(0, 1), dtype=float) * 255
print(mean, entropy)
"""


def photo(patch: int) -> str:
    return f"""{OPEN}
values = np.rint(rgb * 255).astype(int)  # 0 to 255
row, column = 0, 0  # where the magnifier is
print(values[row : row + {patch}, column : column + {patch}, 0])  # 0 red, 1 green, 2 blue
"""


def seen(how: str, at: float, size: tuple[int, int]) -> str:
    return beginning() + to_seen(how, at, size) + "print(seen.shape)\n"


def chain(steps: list, colour: bool, summed: bool = False) -> str:
    """The kernels page: ``steps`` of ``convlens.kernels.chain.Step``; ``summed``: over the channels, as a CNN does."""
    code = OPEN.replace("import numpy", "import keras\nimport numpy")
    code += "\nx = rgb\n" if colour else "\nx = (rgb @ np.array([0.299, 0.587, 0.114], np.float32))[:, :, None]\n"
    if summed:  # the sum of what one kernel makes of each channel is what it makes of their sum
        code += "x = x.sum(axis=2, keepdims=True)  # as the same weights for each channel, all products added\n"
    code += "x = np.moveaxis(x, 2, 0)[..., None]  # each channel on its own: (channels, rows, columns, 1)\n"
    for step in steps:
        weights = np.array2string(np.asarray(step.weights, np.float64), separator=", ", floatmode="unique").replace(
            "\n", "\n" + " " * 19
        )
        code += f"""
weights = np.array({weights}, np.float32)
x = keras.ops.conv(x, weights[:, :, None, None], strides=({step.stride[0]}, {step.stride[1]}), padding="{step.padding}")
"""
        if (step.scale, step.bias) != (1, 0):
            code += f"x = {step.scale} * x + {step.bias}\n"
        if step.relu:
            code += "x = keras.ops.relu(x)\n"
        if step.pool != "none":
            code += f"x = keras.ops.{step.pool}_pool(x, 2)\n"
    return (
        code
        + "result = np.moveaxis(np.asarray(x)[..., 0], 0, 2)  # (rows, columns, channels)\nprint(result.shape, result.min(), result.max())\n"
    )


def to_maps(network: Network) -> str:
    """From ``seen`` to ``maps``: layer name → values."""
    if not network.plain:  # sequential, or with a network as a layer, which ConvLens flattens
        return f"""
from models.slicing import Sliced  # to be run in ConvLens' own folder

maps = Sliced(keras.saving.load_model("{network.file}")).activations(seen[None])
maps = {{name: values[0] for name, values in maps.items()}}
"""
    return f"""
model = keras.saving.load_model("{network.file}")
slicer = keras.Model(model.inputs[0], {{layer.name: layer.output for layer in model.layers}})
maps = {{name: np.asarray(values)[0] for name, values in slicer(seen[None], training=False).items()}}
"""


def layer(network: Network, name: str, how: str, at: float) -> str:
    show = f"""\
values = maps["{name}"]
print(values.shape, values.min(), values.max())
"""
    return beginning("keras") + as_given(network, how, at) + to_maps(network) + show


def every_layer(network: Network, how: str, at: float) -> str:
    show = """\
for name, values in maps.items():
    print(name, values.shape, values.min(), values.max())
"""
    return beginning("keras") + as_given(network, how, at) + to_maps(network) + show


def softmax(networks: tuple[Network, ...], how: str, at: float) -> str:
    code = beginning("keras") + "answers = []\n"
    for network in networks:
        code += f"""
{as_given(network, how, at)}model = keras.saving.load_model("{network.file}")
p = np.asarray(model(seen[None], training=False))[0]
"""
        if network.answer == "logits":
            code += "p = np.exp(p - p.max()) / np.exp(p - p.max()).sum()\n"
        code += "answers.append(p)\n"
    return (
        code
        + """
for p in answers:
    print(p.argmax(), p.max(), -(p[p > 0] * np.log2(p[p > 0])).sum())
"""
    )


def weights(network: Network, name: str, channel: int) -> str:
    if network.plain:
        opened = f"""\
import keras
import numpy as np

model = keras.saving.load_model("{network.file}")
kernel, *bias = map(np.asarray, model.get_layer("{name}").get_weights())
"""
    else:
        opened = f"""\
import keras

from models.slicing import Sliced  # to be run in ConvLens' own folder

kernel, *bias = Sliced(keras.saving.load_model("{network.file}")).weights("{name}")
"""
    return f"""{opened}\
weights = kernel[..., {channel}]
print(weights.shape, weights.min(), weights.max(), [b[{channel}] for b in bias])
"""


ENTROPY = """
def entropy(values):
    values = values.astype(float)
    p = np.histogram(values, bins={bins})[0] / values.size  # equal bins from the smallest to the largest value
    return -(p[p > 0] * np.log2(p[p > 0])).sum()

both = []
"""


def _both(networks: tuple[Network, Network], how: str, at: float, bins: int) -> str:
    code = beginning("keras") + ENTROPY.format(bins=bins)
    for network in networks:
        code += "\n" + as_given(network, how, at) + to_maps(network) + "both.append((seen, maps))\n"
    return code


def information(networks: tuple[Network, Network], name: str, how: str, at: float, bins: int) -> str:
    return (
        _both(networks, how, at, bins)
        + f"""
gained = [entropy(seen) - entropy(maps["{name}"]) for seen, maps in both]
print(gained)
"""
    )


def curves(networks: tuple[Network, Network], how: str, at: float, bins: int) -> str:
    return (
        _both(networks, how, at, bins)
        + """
first, second = (maps for _, maps in both)
names = [n for n in first if n in second and first[n].shape == second[n].shape]
zeros = [[np.mean(maps[n] == 0) for n in names] for maps in (first, second)]
bits = [[entropy(maps[n]) for n in names] for maps in (first, second)]
print(zeros, bits)
"""
    )
