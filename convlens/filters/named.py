"""Hand-picked kernels, each built from its meaning, with a sentence and its source."""

from dataclasses import dataclass

import numpy as np

LECTURE = "A. Jana, Data Mining, Lecture 14 (CS360, 2024)"
WIKIPEDIA = f"{LECTURE}, after Wikipedia, Kernel (image processing)"


@dataclass(frozen=True)
class Kernel:
    """``weights`` float32 (k, k); a sentence for the visitor; where it comes from."""

    title: str
    weights: np.ndarray
    sentence: str
    source: str


def _array(rows) -> np.ndarray:
    weights = np.array(rows, np.float32)
    weights.setflags(write=False)
    return weights


CENTRE = _array([[0, 0, 0], [0, 1, 0], [0, 0, 0]])
FOUR_NEIGHBOURS = _array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
EIGHT_NEIGHBOURS = np.ones((3, 3), np.float32) - CENTRE
STEP = _array([[-1, 0, 1]])  # right minus left
BINOMIAL_3 = _array([[1, 2, 1]])
BINOMIAL_5 = _array([[1, 4, 6, 4, 1]])
GAUSSIAN_5 = BINOMIAL_5.T @ BINOMIAL_5 / 256
CENTRE_5 = np.pad(CENTRE, 1)
SOBEL_X = BINOMIAL_3.T @ STEP
PREWITT_X = np.ones((3, 1), np.float32) @ STEP

KERNELS: dict[str, Kernel] = {
    "identity": Kernel("Identity", _array(CENTRE), "One in the middle: every pixel is copied.", WIKIPEDIA),
    "edges_4": Kernel(
        "Edges, 4 neighbours",
        _array(4 * CENTRE - FOUR_NEIGHBOURS),
        "Four times the pixel minus its four neighbours: even areas give 0, edges do not.",
        WIKIPEDIA,
    ),
    "edges_8": Kernel(
        "Edges, 8 neighbours",
        _array(8 * CENTRE - EIGHT_NEIGHBOURS),
        "Eight times the pixel minus all eight neighbours: diagonal edges count as well.",
        WIKIPEDIA,
    ),
    "sharpen": Kernel(
        "Sharpen",
        _array(CENTRE + 4 * CENTRE - FOUR_NEIGHBOURS),
        "The picture plus its edges.",
        WIKIPEDIA,
    ),
    "box_blur": Kernel(
        "Box blur", _array(np.ones((3, 3)) / 9), "The mean of nine pixels: detail and noise are smeared out.", WIKIPEDIA
    ),
    "gaussian_3": Kernel(
        "Gaussian blur 3 × 3",
        _array(BINOMIAL_3.T @ BINOMIAL_3 / 16),
        "A mean in which near pixels count for more.",
        WIKIPEDIA,
    ),
    "gaussian_5": Kernel(
        "Gaussian blur 5 × 5",
        _array(GAUSSIAN_5),
        "A bell of weights, wider than that of 3 × 3: a stronger, smoother blur.",
        WIKIPEDIA,
    ),
    "unsharp_5": Kernel(
        "Unsharp masking 5 × 5",
        _array(2 * CENTRE_5 - GAUSSIAN_5),
        "Twice the picture minus its blur: what the blur loses is added once more.",
        WIKIPEDIA,
    ),
    "sobel_x": Kernel(
        "Sobel, across",
        _array(SOBEL_X),
        "Right minus left, smoothed downwards: positive where it gets brighter to the right.",
        "I. Sobel and G. Feldman, A 3×3 isotropic gradient operator (1968)",
    ),
    "sobel_y": Kernel(
        "Sobel, down",
        _array(SOBEL_X.T),
        "Below minus above, smoothed sideways: positive where it gets brighter downwards.",
        "I. Sobel and G. Feldman, A 3×3 isotropic gradient operator (1968)",
    ),
    "prewitt_x": Kernel(
        "Prewitt, across",
        _array(PREWITT_X),
        "Right minus left, with a plain mean instead of Sobel's bell.",
        "J. M. S. Prewitt, Object enhancement and extraction (1970)",
    ),
    "prewitt_y": Kernel(
        "Prewitt, down",
        _array(PREWITT_X.T),
        "Below minus above, with a plain mean instead of Sobel's bell.",
        "J. M. S. Prewitt, Object enhancement and extraction (1970)",
    ),
    "emboss": Kernel(
        "Emboss",
        _array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]),
        "The picture plus its slope from upper left to lower right, as if lit from the side.",
        "Wikipedia, Image embossing",
    ),
    "log_5": Kernel(
        "Laplacian of Gaussian",
        _array(-np.array([[0, 0, 1, 0, 0], [0, 1, 2, 1, 0], [1, 2, -16, 2, 1], [0, 1, 2, 1, 0], [0, 0, 1, 0, 0]])),
        "Blur, then edges, in one kernel: fine noise is ignored, blobs and lines remain.",
        "D. Marr and E. Hildreth, Theory of edge detection (1980), in its usual 5 × 5 integers",
    ),
}

# The worked example of the lecture: its 7 × 7 input, and the weights that it slides over it.
LECTURE_INPUT = _array(
    [
        [0, 0, 0, 0, 0, 0, 0],
        [0, 1, 1, 1, 1, 1, 0],
        [0, 1, 0, 0, 1, 0, 0],
        [0, 1, 0, 1, 0, 0, 0],
        [0, 1, 1, 0, 0, 0, 0],
        [0, 1, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0],
    ]
)


@dataclass(frozen=True)
class Example:
    """One worked example: ``input`` (n, m), ``weights`` (k, l), a stride; padding is always "valid"."""

    title: str
    input: np.ndarray
    weights: np.ndarray
    stride: int
    sentence: str


_INNER = _array(LECTURE_INPUT[1:, 1:])  # rows and columns 1 to 6
EXAMPLES: dict[str, Example] = {
    "corner": Example(
        "The lecture's kernel",
        LECTURE_INPUT,
        _array([[0, 0, 0], [0, 1, 1], [0, 1, 0]]),
        1,
        "Each output value counts the ones among a pixel, its right and its lower neighbour.",
    ),
    "identity": Example("Identity", LECTURE_INPUT, _array(CENTRE), 1, "The middle of each patch is copied."),
    "blur": Example(
        "Blurring",
        LECTURE_INPUT,
        _array(np.full((3, 3), 0.1) + 0.1 * CENTRE),
        1,
        "The slide prints three of these values wrongly (.4 .2 .3 begins its second row); here they are right.",
    ),
    "downsampling": Example(
        "Downsampling",
        _INNER,
        _array(np.ones((2, 2))),
        2,
        "Stride 2: only 9 patches of the 6 × 6 input are visited, and none overlaps another.",
    ),
    "averaging": Example(
        "Averaging",
        _INNER,
        _array(np.full((2, 2), 0.25)),
        2,
        "Weights of ¼ and stride 2: the mean of each 2 × 2 block.",
    ),
}
