"""Which kernel made this? A question to predict."""

import numpy as np

from convlens.drawing import encoding, sheets
from convlens.drawing.scales import weight_scale
from convlens.filters.convolution import convolve
from convlens.filters.named import KERNELS
from convlens.panel import Option, Picture, Question, signature
from convlens.pictures import fitting, reading
from convlens.slices.view import View
from convlens.text import size

ASKED = ("sobel_x", "sobel_y", "edges_8", "sharpen", "gaussian_5", "emboss")  # that can be told apart by eye
OPTIONS = 4
LONGEST = 480  # pixels of the picture that is shown
PLAIN = {"steps": 1, "colour": "grey"} | {
    f"{name}_1": value
    for name, value in {
        "weights": "", "scale": 1.0, "bias": 0.0, "stride": 1, "stride_columns": 1, "padding": "valid", "relu": False, "pool": "none",
    }.items()
}  # fmt: skip
SMALLEST = 8  # pixels of a side
WEIGHTS = 84  # pixels of a kernel's weights


def which_kernel(view: View) -> Question | str:
    """The picture after one of four kernels, as a picture; which one it is depends on the picture alone. Or why that cannot be asked."""
    grey = fitting.to_grey(reading.limited(view.picture.rgb, LONGEST).astype(np.float32) / 255)
    if min(grey.shape) < SMALLEST:
        return f"{size(grey.shape)} pixels are too few"
    of = signature("kernels", view.picture.digest)
    names = np.random.default_rng(int(of, 16)).permutation(ASKED)[:OPTIONS].tolist()
    kernel, options = KERNELS[names[0]], []
    for name in sorted(names, key=list(KERNELS).index):
        weights = KERNELS[name].weights
        drawn = sheets.map_png(weights, weight_scale(weights), enlarged=WEIGHTS // len(weights))
        options.append(
            Option(name, KERNELS[name].title, Picture(drawn, f"The weights of {KERNELS[name].title}", width=WEIGHTS))
        )

    data = view.told(lambda: encoding.encode_png(np.clip(convolve(grey, kernel.weights), 0, 1)), "which kernel")
    caption = f"Of {size(grey.shape)} grey values; what lies beyond 0 to 1 is clipped."
    shown = Picture(data, "The picture after a kernel", caption, width=LONGEST // 2)
    told = f"It is {kernel.title}. {kernel.sentence}"
    return Question(
        of,
        "Which of these kernels made this of the picture?",
        tuple(options),
        names[0],
        told,
        (shown,),
        PLAIN | {"kernel_1": names[0]},
    )
