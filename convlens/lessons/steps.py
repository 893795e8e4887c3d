"""Three things that one does on each page, what to look for, and no number that the page itself shows otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Step:
    """
    Attributes:
        do: what a button says.
        look: what to look for then.
        sets: the choices that are made.
        page: where; "" for the page itself.
    """

    do: str
    look: str
    sets: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    page: str = ""


ANEW = {"channel": -1, "row": -1, "column": -1}
STEPS: dict[str, tuple[Step, Step, Step]] = {
    "home": (
        Step("Go back before training", "The same photo, and weights that have learned nothing yet. What do both say?", {"after": 0}),
        Step("After a thousand updates", "Both have made as many steps, the benchmark from more pictures. Which is right now?", {"after": 1000}),
        Step("Predict who is right", "Choose, then see.", {"predict": "compare"}, "compare"),
    ),
    "pixels": (
        Step("Count in 16 bins", "Fewer bins: the entropy can be log₂ 16 = 4 bits at most.", {"bins": 16}),
        Step("Count in 256 bins", "One bin for each value: at most log₂ 256 = 8 bits. How far below is this picture?", {"bins": 256}),
        Step("Hold the lower magnifier", "144 numbers that the network gets. Move it over an edge: where do they jump?", {"held_seen": "10-10-red"}),
    ),
    "kernels": (
        Step("Sobel, down", "Which edges answer, and which do not? The two colours tell their direction.", {"steps": 1, "kernel_1": "sobel_y", "weights_1": ""}),
        Step("A blur", "Small things fade first. Compare the smallest and the largest value with those before.", {"steps": 1, "kernel_1": "gaussian_5", "weights_1": ""}),
        Step("A stride of 2", "Half the rows and half the columns remain: read the formula under the picture.", {"stride_1": 2, "stride_columns_1": 2}),
    ),
    "live": (
        Step("Sobel, down", "Edges that run across answer, and no others. Tilt the camera, or turn the picture.", {"kernel_1": "sobel_y", "weights_1": ""}),
        Step("The champion", "More layers, another answer? Find a frame on which the two part.", {"live": "champion", "live_beside": "benchmark"}),
        Step("Cover the lens", "Or drag the picture out of the square. What does it answer where nothing is, and how sure is it?", {"live": "benchmark", "live_beside": "none"}),
    ),
    "layers": (
        Step("The first convolution", "Which maps look like kernels picked by hand?", {"network": "benchmark", "layer": "conv2d_1", **ANEW}),
        Step("The strongest maps first", "Which answer most to this picture, and how many are silent?", {"sorting": "strongest first", "folded": True}),
        Step("A scale for each map", "What was black before may have been small, not nothing.", {"scale": "unit"}),
    ),
    "explorer": (
        Step("Open the second convolution", "One product for each value of the window, in every map below. Which of them is largest?", {"network": "benchmark", "layer": "conv2d_2", **ANEW}),
        Step("Open the last convolution", "The receptive field has grown: how much of the picture can this cell see?", {"network": "benchmark", "layer": "conv2d_6", **ANEW}),
        Step("Silence a map", "What does the network say without it? *Undo* brings it back.", {"network": "benchmark", "surgery": "conv2d_1:silence:3"}),
    ),
    "compare": (
        Step("Predict first", "Who is right? Choose, then see.", {"predict": "compare"}),
        Step("The first convolution", "Are the maps of the two alike? Then look at the layer with the lowest point of the curve.", {"predict": "", "layer": "conv2d_1", **ANEW}),
        Step("Another seed", "One recipe, the same pictures: other first weights, another order, and as many epochs as each needed. How far are they apart?", {"a": "dummy", "b": "dummy-2"}),
    ),
    "digits": (
        Step("k = 1", "The border follows every training digit. Where are islands?", {"k": 1}),
        Step("k = 50", "Smoother: do the errors on held-out digits rise or fall?", {"k": 50}),
        Step("Shuffle the digits", "Now each hand is in both parts. Is the score better, and is it honest?", {"order": "shuffled"}),
    ),
    "ladder": (
        Step("A digit that rungs part on", "Which rung is the first that reads it?", {"mistake": 1573}),
        Step("Its nearest neighbours", "Which training digits did the lowest rung listen to?", {"ask": "digit", "digit": 1573}, "digits"),
        Step("Through a network", "What do the highest rungs look at? The maps of the same digit.", {"network": "digits-cnn", "picture": "digit-1573"}, "layers"),
    ),
    "networks": (
        Step("One that saw 500 pictures", "How far is its accuracy off, either way, and what does it take for what?", {"a": "benchmark", "b": "cifar10-500"}),
        Step("The champion", "Which confusion is left, and which is gone?", {"a": "benchmark", "b": "champion"}),
        Step("One that reads digits", "Which two digits does it take for one another?", {"a": "lenet", "b": "digits-cnn"}),
    ),
    "map": (
        Step("A plane by PCA", "The shadow in two directions: which kinds lie over one another now?", {"way": "PCA"}),
        Step("Colours by labels", "Do the clusters agree with what people called the pictures?", {"by": "labels"}),
        Step("Vectors of pixels", "Without a network: what has it done to the neighbours?", {"pictures": "digits", "vectors": "pixel values"}),
    ),
    "architectures": (
        Step("LeNet-5, 1998", "How many weights, and where are most of them?", {"architecture": "lenet5", "block": ""}),
        Step("ResNet-50, 2015", "More layers than AlexNet, and fewer weights: which layers hold them?", {"architecture": "resnet50", "block": ""}),
        Step("A rate of 1 for all", "Which network learns at a rate that others break at?", {"tried": "1"}),
    ),
    "training": (
        Step("Before the first update", "Random weights: what does the network say, and what do its filters look like?", {"update": 0}),
        Step("Twenty pictures only", "Press *Train*: when do the two curves part?", {"taught": "20", "wrong": "0", "update": -1}),
        Step("Half of the labels wrong", "Press *Train*: can it learn them by heart, and what does it say of held-out ones?", {"taught": "1257", "wrong": "50", "update": -1}),
    ),
    "autoencoder": (
        Step("A code of two numbers", "What is lost? The plane shows what each place is decoded to.", {"coder": "plain-2", "code": ""}),
        Step("A variational one", "Near codes, near pictures: walk over its plane. Are there holes?", {"coder": "variational-2", "code": ""}),
        Step("One that takes noise away", "Is it better than a blur and a median at their best?", {"coder": "denoising-32", "noise": 30, "code": ""}),
    ),
    "made_up": (
        Step("Shapes half hidden", "Which training helps on which pictures?", {"experiment": "hidden"}),
        Step("Digits by a GAN", "How many does a reader still read, and how unlike one another are they?", {"maker": "GAN"}),
        Step("The duel from its first update", "Noise at first: when can you read a digit?", {"duel": 0}),
    ),
    "regions": (
        Step("Minimum distance", "Only the mean of each class counts. Which pixels are called wrongly?", {"rule": "minimum distance"}),
        Step("Mahalanobis", "Its spread counts as well, along every direction. What has changed?", {"rule": "Mahalanobis"}),
        Step("Regions by a network's maps", "The first layer's maps in place of colour: which way is right more often?", {"described": "first layer's maps"}),
    ),
    "teach": (
        Step("Ask its neighbours", "Which photos are nearest to the picture at the side? They are the answer.", {"taught_by": "nearest neighbours"}),
        Step("Swap the background", "Does it say the same of the thing on another ground?", {"question": "another background"}),
        Step("Draw a class", "Draw two kinds of things a few times each. How few are enough?", {"draws": True}),
    ),
}  # fmt: skip
