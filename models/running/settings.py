"""What a layer's arithmetic needs besides its weights, as plain values that JSON can carry.

Every layer class of ``EXPLAINED`` has an entry ``op``, which names one of the ways to compute a cell that the explorer
knows (``convlens/explorer/how/arithmetic.js``) and that ``convlens/explorer/receptive.py`` can trace back. Any other
class has no settings: its maps are shown, its arithmetic is not.
"""

from collections.abc import Callable

import keras
import numpy as np

NOTHING_AT_INFERENCE = {
    "Dropout", "SpatialDropout2D", "GaussianNoise", "GaussianDropout", "AlphaDropout", "ActivityRegularization", "Identity",
}  # fmt: skip
# glu joins two channels into one; what Keras 3.15 computes as sparsemax on TensorFlow is none (it does not sum to 1)
NOT_EXPLAINED = {"glu", "sparsemax", "threshold"}


def settings_of(layer: keras.Layer, inputs: list[tuple[int, ...]], output: tuple[int, ...]) -> dict:
    """The settings of a layer that turns ``inputs`` (shapes without the batch axis) into ``output``.

    Returns:
        op, and for a window op ``kernel`` (rows, columns), ``strides``, ``dilation``, ``before`` (zeros above, at the
        left), ``after`` (below, at the right); ``activation``: {"name": …, and its numbers}.
    """
    make = _MAKERS.get(type(layer).__name__)
    if make is None or any(len(shape) not in (1, 3) for shape in (*inputs, output)):
        return {}
    found = make(layer, inputs, output)
    return {} if found.get("activation", {}).get("name") in NOT_EXPLAINED else found


def _same(n: int, kernel: int, stride: int, dilation: int) -> tuple[int, int]:
    """Zeros that "same" puts before and after n values; the odd one comes after them."""
    total = max((-(-n // stride) - 1) * stride + (kernel - 1) * dilation + 1 - n, 0)
    return total // 2, total - total // 2


def _window(layer, kernel, strides, dilation, shape) -> dict:
    same = layer.padding == "same"
    zeros = [_same(shape[i], kernel[i], strides[i], dilation[i]) if same else (0, 0) for i in (0, 1)]
    before, after = map(list, zip(*zeros, strict=True))
    window = {"kernel": list(kernel), "strides": list(strides), "dilation": list(dilation)}
    return window | {"before": before, "after": after}


def _activation(function) -> dict:
    """An activation function by its name, with the constants that Keras uses for it when no layer sets them."""
    return {"name": getattr(function, "__name__", "linear") if function is not None else "linear"}


def _conv(layer, inputs, output) -> dict:
    window = _window(layer, layer.kernel_size, layer.strides, layer.dilation_rate, inputs[0])
    return {
        "op": "conv",
        "groups": getattr(layer, "groups", 1) or 1,
        "activation": _activation(layer.activation),
    } | window


def _depthwise(layer, inputs, output) -> dict:
    window = _window(layer, layer.kernel_size, layer.strides, layer.dilation_rate, inputs[0])
    return {
        "op": "depthwise",
        "multiplier": layer.depth_multiplier,
        "activation": _activation(layer.activation),
    } | window


def _separable(layer, inputs, output) -> dict:
    return _depthwise(layer, inputs, output) | {"op": "separable"}


def _transposed(layer, inputs, output) -> dict:
    kernel, strides, dilation = layer.kernel_size, layer.strides, layer.dilation_rate
    before = []
    for i in (0, 1):  # what the convolution from the output's size down to the input's would put before it
        reach = (kernel[i] - 1) * dilation[i] + 1
        total = max((inputs[0][i] - 1) * strides[i] + reach - output[i], 0)
        before.append(total // 2 if layer.padding == "same" else 0)
    window = {"kernel": list(kernel), "strides": list(strides), "dilation": list(dilation), "before": before}
    return {"op": "transposed", "activation": _activation(layer.activation)} | window


def _dense(layer, inputs, output) -> dict:
    return {"op": "dense", "activation": _activation(layer.activation)}


def _pool(layer, inputs, output) -> dict:
    how = "maximum" if "Max" in type(layer).__name__ else "average"
    return {"op": "pool", "how": how} | _window(layer, layer.pool_size, layer.strides, (1, 1), inputs[0])


def _global(layer, inputs, output) -> dict:
    return {"op": "global", "how": "maximum" if "Max" in type(layer).__name__ else "average"}


def _norm(layer, inputs, output) -> dict:
    last = layer.axis in (-1, len(output))
    return {"op": "norm", "epsilon": float(layer.epsilon), "scale": layer.scale, "center": layer.center} if last else {}


def _pointwise(name: str, **numbers) -> dict:
    return {
        "op": "pointwise",
        "activation": {"name": name} | {k: None if v is None else float(v) for k, v in numbers.items()},
    }


def _activation_layer(layer, inputs, output) -> dict:
    return {"op": "pointwise", "activation": _activation(layer.activation)}


def _relu(layer, inputs, output) -> dict:
    slope, most, threshold = layer.negative_slope, layer.max_value, layer.threshold
    return _pointwise("relu", negative_slope=slope, max_value=most, threshold=threshold)


def _leaky(layer, inputs, output) -> dict:
    return _pointwise("leaky_relu", negative_slope=layer.negative_slope)


def _elu(layer, inputs, output) -> dict:
    return _pointwise("elu", alpha=layer.alpha)


def _prelu(layer, inputs, output) -> dict:
    return {"op": "pointwise", "activation": {"name": "prelu"}}  # its slopes are weights


def _softmax(layer, inputs, output) -> dict:
    last = layer.axis in (-1, len(output))
    return {"op": "pointwise", "activation": {"name": "softmax"}} if last else {}


def _merge(layer, inputs, output) -> dict:
    return {"op": "merge", "how": type(layer).__name__.lower()}


def _concatenate(layer, inputs, output) -> dict:
    axis = layer.axis - 1 if layer.axis > 0 else len(output) + layer.axis
    return {"op": "concatenate", "axis": axis}


def _shift(sign: int) -> Callable:
    def make(layer, inputs, output) -> dict:
        (top, _), (left, _) = layer.padding if sign > 0 else layer.cropping
        return {"op": "shift", "by": [sign * top, sign * left]}

    return make


def _upsample(layer, inputs, output) -> dict:
    known = layer.interpolation in ("nearest", "bilinear")
    return {"op": "upsample", "size": list(layer.size), "how": layer.interpolation} if known else {}


def _rescale(layer, inputs, output) -> dict:
    units = output[-1]
    scale, offset = (np.broadcast_to(np.asarray(v, float), (units,)).tolist() for v in (layer.scale, layer.offset))
    return {"op": "rescale", "scale": scale, "offset": offset}


def _always(op: str) -> Callable:
    return lambda layer, inputs, output: {"op": op}


_MAKERS: dict[str, Callable] = {
    "InputLayer": _always("input"),
    "Conv2D": _conv,
    "DepthwiseConv2D": _depthwise,
    "SeparableConv2D": _separable,
    "Conv2DTranspose": _transposed,
    "Dense": _dense,
    "MaxPooling2D": _pool,
    "AveragePooling2D": _pool,
    "GlobalMaxPooling2D": _global,
    "GlobalAveragePooling2D": _global,
    "BatchNormalization": _norm,
    "Activation": _activation_layer,
    "ReLU": _relu,
    "LeakyReLU": _leaky,
    "PReLU": _prelu,
    "ELU": _elu,
    "Softmax": _softmax,
    "Concatenate": _concatenate,
    "ZeroPadding2D": _shift(1),
    "Cropping2D": _shift(-1),
    "UpSampling2D": _upsample,
    "Rescaling": _rescale,
    "Flatten": _always("reshape"),
    "Reshape": _always("reshape"),
    **dict.fromkeys(("Add", "Multiply", "Subtract", "Average", "Maximum", "Minimum"), _merge),
    **{name: _always("same") for name in NOTHING_AT_INFERENCE},
}
