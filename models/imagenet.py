"""Which networks trained on ImageNet can be fetched, how large they are and where they lie afterwards. Never imports Keras."""

from dataclasses import dataclass
from pathlib import Path

from convlens.files import Fetched, keras_home

MEAN = (103.939, 116.779, 123.68)  # of ImageNet, blue, green, red: what VGG and ResNet take off


@dataclass(frozen=True)
class Pretrained(Fetched):
    """A network of ``keras.applications``.

    Attributes:
        builder: its name there.
        side: of its input, in pixels.
        value_range, minus: how its input is prepared, see ``ModelCard``.
        title, download, bytes: see ``Fetched``.
    """

    title: str
    builder: str
    side: int
    value_range: tuple[float, float]
    minus: tuple[float, float, float] | None
    source: str
    download: str
    bytes: int


PRETRAINED = {
    "vgg19": Pretrained(
        "VGG19", "VGG19", 224, (0.0, 255.0), MEAN, "Simonyan, Zisserman 2014",
        "models/vgg19_weights_tf_dim_ordering_tf_kernels.h5", 574_710_816,
    ),
    "inception-v3": Pretrained(
        "Inception V3", "InceptionV3", 299, (-1.0, 1.0), None, "Szegedy et al. 2015",
        "models/inception_v3_weights_tf_dim_ordering_tf_kernels.h5", 96_112_376,
    ),
    "resnet50": Pretrained(
        "ResNet50", "ResNet50", 224, (0.0, 255.0), MEAN, "He et al. 2015",
        "models/resnet50_weights_tf_dim_ordering_tf_kernels.h5", 102_967_424,
    ),
    "mobilenet-v3-small": Pretrained(
        "MobileNetV3-Small", "MobileNetV3Small", 224, (0.0, 255.0), None, "Howard et al. 2019",
        "models/weights_mobilenet_v3_small_224_1.0_float.h5", 10_734_624,
    ),
    "efficientnet-v2-b0": Pretrained(
        "EfficientNetV2-B0", "EfficientNetV2B0", 224, (0.0, 255.0), None, "Tan, Le 2021",
        "models/efficientnetv2-b0.h5", 29_403_144,
    ),
}  # fmt: skip


def imagenet_folder() -> Path:
    """Where networks trained on ImageNet lie, once they are fetched: in Keras' cache."""
    return keras_home() / "convlens"


def partial_of(name: str) -> Path:
    """The file of a network that is still being written."""
    return imagenet_folder() / f".{name}.part.keras"
