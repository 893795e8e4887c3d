"""The seven of the lecture's table, and what their papers say. Each figure stands in the paper that is named beside it."""

from convlens.history.architectures import Architecture, Score

TOP5 = "top-5, ImageNet 2012"
ILSVRC = "Russakovsky et al. 2015"
HE = "He et al. 2015"
ARCHITECTURES = (
    Architecture(
        "lenet5",
        "LeNet-5",
        1998,
        "Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, Gradient-Based Learning Applied to Document Recognition",
        "The same small weights slide over the whole picture, layer upon layer, and are learned together with the classifier, by backpropagation.",
        ("ImageNet did not exist yet: it reads digits of 32 × 32.", ILSVRC),
        (Score(0.95, "digits of MNIST, test", "one network", "section III.B"),),
        {
            "weights": ("60,000", "section II.B"),
            "multiply_adds": ("340,908 connections, with biases and what is only added up", "section II.B"),
            "depth": ("7, the subsampling among them, which has weights here", "section II.B"),
        },
        "Each map of its layer C3 reads 3, 4 or 6 of the maps below, by a table. The usual copy, which connects them all, pools without weights and has a dense "
        "answer, has 61,706. The ten codes that the answer is compared with are fixed here, and not counted.",
        "layer C3, map by map",
    ),
    Architecture(
        "alexnet",
        "AlexNet",
        2012,
        "A. Krizhevsky, I. Sutskever, G. Hinton, ImageNet Classification with Deep Convolutional Neural Networks",
        "The same idea with a thousand times the weights: ReLU instead of sigmoids, dropout, 1.2 million photos, and two graphics processors to learn from them.",
        ("First in 2012; the second best entry, which was no network, had 26.2 %.", ILSVRC),
        (
            Score(15.3, f"{TOP5}, test", "an ensemble of seven, two of them pre-trained on ImageNet 2011", "table 2", "contest"),
            Score(16.4, f"{TOP5}, test", "an ensemble of five, without those", "table 2"),
            Score(18.2, f"{TOP5}, validation", "one network, ten crops", "table 2", "alone"),
        ),
        {"weights": ("60 million", "abstract"), "depth": ("8", "section 3.5")},
        "It takes 227 × 227 here: from the paper's 224, windows of 11 at stride 4 do not come out even. Its two processors are two groups of maps.",
    ),
    Architecture(
        "zfnet",
        "ZFNet",
        2013,
        "M. Zeiler, R. Fergus, Visualizing and Understanding Convolutional Networks",
        "Maps made visible: pictures of what excites each one showed that AlexNet's first layer was too coarse, so 11 × 11 at stride 4 became 7 × 7 at stride 2.",
        (
            "Not first in 2013: that was Clarifai, Zeiler's company, with other networks of theirs, 11.7 %, or 11.2 % with more training data. The team ZF was third.",
            "image-net.org, results of 2013",
        ),
        (
            Score(13.5, f"{TOP5}, test", "an ensemble", "image-net.org, results of 2013", "contest"),
            Score(14.8, f"{TOP5}, test", "an ensemble of six, the sixth wider", "table 2"),
            Score(16.5, f"{TOP5}, validation", "one network, as it is drawn here; its paper names ten crops in training only", "table 2", "alone"),
        ),
        {"depth": ("8", "figure 3")},
        "The paper gives no count of weights. One processor, so no groups: more weights than AlexNet, in spite of smaller windows.",
    ),
    Architecture(
        "googlenet",
        "GoogLeNet",
        2014,
        "C. Szegedy et al., Going Deeper with Convolutions",
        "Inception: windows of 1, 3 and 5 look at the same maps side by side, after 1 × 1 convolutions have made them few; a mean takes the place of the large dense layers.",
        ("First in 2014.", ILSVRC),
        (
            Score(6.67, f"{TOP5}, test", "an ensemble of seven, 144 crops of each picture", "tables 2 and 3", "contest"),
            Score(9.15, f"{TOP5}, validation", "one network, ten crops", "table 3", "alone"),
            Score(10.07, f"{TOP5}, validation", "one network, one crop", "table 3"),
        ),
        {
            "weights": ("6,798 K in all, where K is 1,024: 6.96 million", "table 1, added up"),
            "multiply_adds": ("1.5 billion", "section 1"),
            "depth": ("22", "section 5"),
        },
        "Without the two extra heads, which help it to learn and are thrown away. The paper's table gives 34 million multiply-adds for the first "
        "layer; 112 × 112 × 64 values of 7 × 7 × 3 products each are 118 million: that alone is the whole difference (inception 5a has 3 million less here).",
        "inception module",
    ),
    Architecture(
        "vgg16",
        "VGG-16",
        2014,
        "K. Simonyan, A. Zisserman, Very Deep Convolutional Networks for Large-Scale Image Recognition",
        "Nothing but 3 × 3: two of them see as much as one 5 × 5, with fewer weights and one more ReLU, so it could be deep. What makes it large is its first dense layer.",
        ("Second in 2014 (and first in localisation).", ILSVRC),
        (
            Score(7.3, f"{TOP5}, test", "an ensemble of seven networks of this kind", "table 7", "contest"),
            Score(6.8, f"{TOP5}, test", "an ensemble of two, after the contest", "table 7"),
            Score(7.2, f"{TOP5}, validation", "one network, at several sizes, many crops and dense evaluation averaged", "table 5", "alone"),
        ),
        {
            "weights": ("138 million", "table 2"),
            "multiply_adds": ("15.3 billion", HE + ", section 4.1"),
            "depth": ("16", "table 1"),
        },
        "Almost three of four weights are in its first dense layer, 7 × 7 × 512 values times 4,096. Its convolutions alone make 15.3 billion multiply-adds.",
    ),
    Architecture(
        "resnet50",
        "ResNet-50",
        2015,
        "K. He, X. Zhang, S. Ren, J. Sun, Deep Residual Learning for Image Recognition",
        "Shortcuts: a block learns only what is to be added to what it was given, so that a hundred layers and more can be trained.",
        ("Its family was first in 2015.", "image-net.org, results of 2015"),
        (
            Score(3.57, f"{TOP5}, test", "an ensemble of six ResNets, two of them of 152 layers", "table 5", "contest"),
            Score(5.25, f"{TOP5}, validation", "one ResNet-50, many sizes", "table 4"),
            Score(6.71, f"{TOP5}, validation", "one ResNet-50, ten crops", "table 3", "alone"),
        ),
        {"multiply_adds": ("3.8 billion", "table 1"), "depth": ("50", "table 1")},
        "Keras counts 25,636,712: the moving means and variances of its batch normalisation (53,120) do not learn by gradients, and the biases before it "
        "(26,560) are taken out again; neither is counted here.",
        "residual block",
    ),
    Architecture(
        "densenet121",
        "DenseNet-121",
        2017,
        "G. Huang, Z. Liu, L. van der Maaten, K. Weinberger, Densely Connected Convolutional Networks",
        "Every layer of a block reads the maps of all layers before it; nothing has to be learned twice, so 32 new maps a layer are enough.",
        ("It did not take part, and has no figure of the contest, which ended in 2017.", "image-net.org, results of 2017"),
        (
            Score(7.71, f"{TOP5}, validation", "one network, one crop", "table 3"),
            Score(6.66, f"{TOP5}, validation", "one network, ten crops", "table 3", "alone"),
        ),
        {
            "weights": ("only plotted", "figure 3"),
            "multiply_adds": ("only plotted", "figure 3"),
            "depth": ("121", "table 1"),
        },
        "Keras counts 8,062,504, with 83,648 moving means and variances of batch normalisation, which do not learn by gradients.",
        "dense block",
    ),
)  # fmt: skip
NAMES = tuple(each.name for each in ARCHITECTURES)


def architecture(name: str) -> Architecture:
    """The one of this name."""
    return ARCHITECTURES[NAMES.index(name)]
