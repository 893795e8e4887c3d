"""*The code* of a chain of kernels."""

import numpy as np

from convlens.pictures.snippets import OPEN


def chain(steps: list, colour: bool, summed: bool = False) -> str:
    """The kernels page: ``steps`` of ``convlens.filters.chain.Step``; ``summed``: over the channels, as a CNN does."""
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
