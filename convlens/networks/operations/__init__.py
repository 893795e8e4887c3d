"""How each Keras layer class computes a cell: one entry an operation, and nothing of it elsewhere but ``components/arithmetic.js`` and ``live/lens/compute.js``."""

from convlens.networks.operations.kernels import Convolution, Dense, Depthwise, Separable, Transposed
from convlens.networks.operations.operation import AMONG, Operation, Shape, Unexplained, Unit
from convlens.networks.operations.places import Concatenate, Identity, Input, Reshape, Shift, Upsampling
from convlens.networks.operations.values import Activation, LayerNormalisation, Merge, Normalisation, Rescaling
from convlens.networks.operations.windows import GlobalPooling, Pooling

__all__ = ["AMONG", "NOT_EXPLAINED", "OPERATIONS", "UNEXPLAINED", "Operation", "Unit", "settings_of"]

UNEXPLAINED = Unexplained()
OPERATIONS: dict[str, Operation] = {  # Keras class → how it computes
    "InputLayer": Input(),
    "Conv2D": Convolution(),
    "DepthwiseConv2D": Depthwise(),
    "SeparableConv2D": Separable(),
    "Conv2DTranspose": Transposed(),
    "Dense": Dense(),
    **dict.fromkeys(("MaxPooling2D", "AveragePooling2D"), Pooling()),
    **dict.fromkeys(("GlobalMaxPooling2D", "GlobalAveragePooling2D"), GlobalPooling()),
    "BatchNormalization": Normalisation(),
    "LayerNormalization": LayerNormalisation(),
    "Rescaling": Rescaling(),
    "Activation": Activation(),
    "ReLU": Activation("relu", ("negative_slope", "max_value", "threshold")),
    "LeakyReLU": Activation("leaky_relu", ("negative_slope",)),
    "PReLU": Activation("prelu"),  # its slopes are weights
    "ELU": Activation("elu", ("alpha",)),
    "Softmax": Activation("softmax"),
    **dict.fromkeys(("Add", "Multiply", "Subtract", "Average", "Maximum", "Minimum"), Merge()),
    "Concatenate": Concatenate(),
    **dict.fromkeys(("ZeroPadding2D", "Cropping2D"), Shift()),
    "UpSampling2D": Upsampling(),
    **dict.fromkeys(("Flatten", "Reshape"), Reshape()),
    **dict.fromkeys(
        ("Dropout", "SpatialDropout2D", "GaussianNoise", "GaussianDropout", "AlphaDropout", "ActivityRegularization", "Identity"),
        Identity(),
    ),
}  # fmt: skip
# glu joins two channels into one; what Keras 3.15 computes as sparsemax on TensorFlow is none (it does not sum to 1)
NOT_EXPLAINED = {"glu", "sparsemax", "threshold"}


def settings_of(layer, inputs: list[Shape], output: Shape) -> dict:
    """The settings of a Keras layer that turns ``inputs`` into ``output``; {} where its arithmetic is not explained.

    Returns:
        op, and for a window ``kernel`` (rows, columns), ``strides``, ``dilation``, ``before`` (zeros above, at the
        left), ``after`` (below, at the right); ``activation``: {"name": …, and its numbers}.
    """
    if any(len(shape) not in (1, 3) for shape in (*inputs, output)):
        return {}
    found = OPERATIONS.get(type(layer).__name__, UNEXPLAINED).settings(layer, inputs, output)
    return {} if found.get("activation", {}).get("name") in NOT_EXPLAINED else found
