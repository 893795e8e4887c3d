"""The seven of the lecture's table: how each is built, and what in it is folded."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import keras

from models.architectures.history.alexnet import alexnet
from models.architectures.history.googlenet import googlenet
from models.architectures.history.lenet5 import lenet5
from models.architectures.history.zfnet import zfnet


@dataclass(frozen=True)
class Builder:
    """
    Attributes:
        build: gives the network with random weights.
        block: a pattern of the names of layers that belong to a block; its group is the block's name. "" where none is folded.
    """

    build: Callable[[], keras.Model]
    block: str = ""


BUILDERS = {
    "lenet5": Builder(lenet5, r"(C3)_"),
    "alexnet": Builder(alexnet),
    "zfnet": Builder(zfnet),
    "googlenet": Builder(googlenet, r"(inception_\d[a-e])_"),
    "vgg16": Builder(partial(keras.applications.VGG16, weights=None)),
    "resnet50": Builder(partial(keras.applications.ResNet50, weights=None), r"(conv\d_block\d)_"),
    "densenet121": Builder(partial(keras.applications.DenseNet121, weights=None), r"(conv\d)_block\d+_"),
}
