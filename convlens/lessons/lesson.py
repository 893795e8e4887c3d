"""What is behind each page, apart from the mechanism, and where it comes from."""

from dataclasses import dataclass

from convlens.statistics import BINS


@dataclass(frozen=True)
class Lesson:
    """``text``: Markdown of our own; ``sources``: what it rests on."""

    text: str
    sources: tuple[str, ...]


JANA = "A. Jana, *Data Mining, Lecture 14* (CS360, autumn 2024)"
SLICING = "*Exploring Feature Extraction with CNNs* (Towards Data Science)"
CIFAR = "A. Krizhevsky, *Learning Multiple Layers of Features from Tiny Images* (2009)"
DIGITS = "gk_, *Image Recognition Demystified*"
NEIGHBOURS = "Unite.AI, *What is a KNN (K-Nearest Neighbors)?*"
LENET = "Y. LeCun et al., *Gradient-Based Learning Applied to Document Recognition* (1998)"
LESSONS: dict[str, Lesson] = {
    "home": Lesson(
        "A picture is numbers. A kernel slides over them and writes down, for each place, the sum of its "
        "weights times the numbers under them: large where the patch is like the weights, and where it is bright. A network does the same many times, with weights that it has learned instead of weights that "
        "somebody chose, and turns the last maps into one probability for each class.\n\n"
        "The benchmark and the dummy have the same architecture and began with the same weights. The benchmark was trained on "
        "more pictures, and in more steps; what either does on its own is not measured here.",
        (JANA, SLICING, CIFAR),
    ),
    "pixels": Lesson(
        "Each pixel is three numbers, for red, green and blue: 0 is black, 255 is full. Networks like small numbers, so "
        "they are divided by 255 and lie between 0 and 1. Grey is a weighted mean, 0.299 R + 0.587 G + 0.114 B.\n\n"
        "The entropy of a histogram says how hard it is to guess a value: 0 bits if all pixels are equal, log₂ of the "
        "number of bins if all bins are equally full. It knows nothing of where the pixels are: shuffle them, and it "
        "stays the same.",
        (SLICING, "C. E. Shannon, *A Mathematical Theory of Communication* (1948)"),
    ),
    "kernels": Lesson(
        "At each place the kernel's weights are multiplied with the pixels under them, and the products are added. All "
        "that varies is the weights: some make edges bright, some smear, some sharpen. The sum grows with the brightness: a "
        "patch twice as bright answers twice as much, so the strongest answer need not come from the patch most like the weights. A stride of 2 visits every other "
        "place in both directions, so half the rows and half the columns remain: a quarter of the values. With padding *same*, zeros are put around the picture so that it "
        "keeps its size (at stride 1); with *valid*, only places where the kernel fits are visited.\n\n"
        "Networks do exactly this, and they do not turn the kernel round first: strictly it is cross-correlation. A CNN "
        "learns its weights instead of having them picked. And its kernels for colour are three-dimensional: a slice of weights for "
        "each channel, and all products are added into one map. Here the same two-dimensional kernel goes over each channel on its "
        "own; in colour, the page shows the sum of the three as well.",
        (JANA, "Wikipedia, *Kernel (image processing)*"),
    ),
    "regions": Lesson(
        "**Pixel-based** classification takes each pixel by itself: its colour, and what the colours of a class are like. **Minimum distance** knows "
        "of each class only its mean. **Mahalanobis** measures in units of the class's own spread, along every direction of colour space, so that a class of "
        "many colours reaches further. **Maximum likelihood** asks which Gaussian makes the colour most likely: its logarithm is, but for a factor and a constant, "
        "the squared Mahalanobis distance plus log |Σ|, by which a class that spreads widely is thinner everywhere.\n\n"
        "**Object-based** classification takes neighbours together first: a superpixel is a contiguous region of alike pixels, an *object* whether or not "
        "a thing is in it, and has what a single pixel has not, a spread, edges, a place. Which features describe it was once chosen by hand; the first layer of a "
        "CNN has learned some.\n\n"
        "*Localisation* puts a box around one thing, *detection* one around each, *segmentation* says of every pixel what it belongs to. **Intersection over union** says how "
        "well two boxes agree: what both cover, divided by what either covers. It is strict: a box of the right size that lies a third of its width aside has one half.",
        (
            "Unite.AI, *How Does Image Classification Work?*",
            JANA,
            "R. Achanta et al., *SLIC Superpixels Compared to State-of-the-Art Superpixel Methods* (2012)",
            "P. F. Felzenszwalb, D. P. Huttenlocher, *Efficient Graph-Based Image Segmentation* (2004)",
        ),
    ),
    "live": Lesson(
        "Everything on this page is computed in your browser, for every frame: the kernel at 640 × 480, and the whole network on the dashed square, which is shrunk to "
        "what the network takes: each of its pixels is the mean of those that it stands for. No frame is sent anywhere, unless you press *Send this frame*.\n\n"
        "A network answers always. A softmax shares 100 % out among the classes that it has, whether one of them is in view or not; it has no place for *none of them*. So a covered lens is a class, "
        "with a share, and the share says nothing of whether that class is there.\n\n"
        "Two networks that agree may be wrong together: they may have learned from the same pictures, and have the same classes. Watch which layers flicker when the picture moves by a "
        "little, and which stay: pooling forgets where things are, a few pixels at a time.",
        (JANA, SLICING, "Setosa, *Image Kernels, Explained Visually*"),
    ),
    "layers": Lesson(
        "Slicing: a new model with the same input, and every layer's output as its outputs. Nothing is trained anew; "
        "the weights are shared. Early convolutions look like kernels picked by hand, edges and colours; later ones "
        "see more of the picture through the layers below, and answer to fewer things.\n\n"
        "Where a bright or dark rim runs along the border, the filter has met the zeros of the padding.\n\n"
        "ReLU sets everything below zero to zero, and zero is black. But on one scale for a layer, black is also what is small beside "
        "the strongest map: give each map a scale of its own to see it. A map that is zero "
        "everywhere never fires on this picture; several others may be zero nearly everywhere. Two maps that look alike say the same thing twice.",
        (SLICING, JANA),
    ),
    "explorer": Lesson(
        "A network is one chain of small sums. A convolution multiplies each value of a window with a weight, in every map "
        "below, and adds it all up with a bias; an activation function bends the sum; pooling keeps the largest or the "
        "mean; a normalisation shifts and scales; an addition lets a short cut through; the last sums become "
        "probabilities by a softmax: eˣ of each, divided by the sum of all of them. Each value is worked out anew in your "
        "browser, and what Keras has there stands beside it.\n\n"
        "The **receptive field** is the part of the picture that a cell can see. It grows with every kernel larger than 1 × 1, and faster "
        "after every stride. **Surgery** asks what a map is good for: take it away, and see what the network says then. "
        "A map that hardly matters for this picture may matter for another, and two maps may stand in for each other.",
        (
            JANA,
            SLICING,
            "W. Luo et al., *Understanding the Effective Receptive Field in Deep Convolutional Neural Networks* (2016)",
        ),
    ),
    "architectures": Lesson(
        "All seven are made of the same parts: convolutions, pooling, a function that bends, dense layers at the end. Maps become smaller and more. "
        "What changed in twenty years is how many layers can be trained, and how few weights are needed: first more of everything (AlexNet, VGG), then narrower "
        "ways (1 × 1 convolutions in GoogLeNet), then ways past the layers (sums in ResNet, concatenation in DenseNet).\n\n"
        "ILSVRC was a contest on 1.2 million labelled pictures of 1,000 classes, held every year from 2010 to 2017 (the lecture says 2016); from 2012 on its pictures stayed the same. Errors on its test and on its validation pictures do not compare. Its *top-5 error* is the share of "
        "pictures whose class is not among a network's first five answers. From 2012 on its winners were **ensembles**: several networks whose answers are averaged; those of 2010 and 2011 were no networks. So 15.3, 6.67 "
        "and 3.57 % are not errors of the networks drawn here, which err more often when they are alone.\n\n"
        "A **receptive field** in theory is 1 + Σ (k − 1) · products of the strides below, along the path where that is largest. It may exceed the picture; where it is more than twice as large, even "
        "a cell in the corner of the last map could see all of it. What a cell really heeds is smaller.\n\n"
        "What was new is tried below on 1,527 small digits, each network with its own first weights and the best of five learning rates. He et al. saw that a plain network of 56 layers has a "
        "larger *training* error than one of 20, though it could copy the shallow one and pass the rest on; they do not blame vanishing gradients, which batch normalisation prevents. A skip connection "
        "makes passing on the default. A sigmoid's slope is at most 1/4, so that a gradient that passes many of them fades; ReLU's is 1 where it answers.\n\n"
        "The counts come from networks that Keras builds, and a test builds them anew. Keras' own Inception V3 is a later network than GoogLeNet, so that is built here by its paper's table, "
        "as are LeNet-5, AlexNet and ZFNet.",
        (
            JANA,
            LENET,
            "O. Russakovsky et al., *ImageNet Large Scale Visual Recognition Challenge* (2015)",
            "A. Araujo, W. Norris, J. Sim, *Computing Receptive Fields of Convolutional Neural Networks*, Distill (2019)",
            "the papers named beside the figures",
        ),
    ),
    "training": Lesson(
        "An update: the network answers a few pictures, the loss says how wrong it is, backpropagation says for every weight "
        "which way the loss falls, and an optimiser moves each weight a little that way. SGD subtracts the rate times the gradient; momentum goes on "
        "in the direction of earlier steps; Adam divides each weight's step by how large its gradients have been.\n\n"
        "The loss on the pictures that are learned from may fall to nothing while that on held-out pictures rises: then they are learned "
        "by heart. A unit whose sum is below 0 for every picture answers nothing, and ReLU's gradient there is 0, so that nothing moves its weights: it comes "
        "back only where the layers below change what it reads; where exactly 0 is met, any number from 0 to 1 would be a sub-gradient, and TensorFlow takes 0.\n\n"
        "Three parts of the pictures have three uses. From the training pictures the weights are learned. On held-out ones a run is watched, and whatever is chosen by "
        "them, a moment, a rate, the layers of a stack, makes them flatter the choice. A test is what nothing was chosen by; it is one only as long as it is opened once, at the end.\n\n"
        "Batch normalisation gives the sums of each map the mean 0 and the variance 1 over a batch, then a scale and an offset that are learned; once training is over, "
        "means and variances gathered on the way stand in for the batch's. A skip connection adds what a block reads to what it answers, so that a block whose weights "
        "do nothing yet passes its input on, and gradients have a way past it.\n\n"
        "The same settings and seed give the same run, on the same kind of machine. The run that plays at first was recorded.",
        (
            JANA,
            DIGITS,
            "S. Ioffe, C. Szegedy, *Batch Normalization* (2015)",
            "K. He, X. Zhang, S. Ren, J. Sun, *Deep Residual Learning for Image Recognition* (2016)",
            "D. P. Kingma, J. Ba, *Adam: A Method for Stochastic Optimization* (2015)",
            "X. Glorot, Y. Bengio, *Understanding the difficulty of training deep feedforward neural networks* (2010)",
        ),
    ),
    "teach": Lesson(
        "A network that was trained on many pictures has layers that say what is in a picture, in numbers that its last layer turns into classes. Those numbers can serve other "
        "classes too: only a new last layer has to be learned, and for that a few photos may do (**transfer learning**). They hold what the old classes needed; what they do not hold, a few photos do not teach.\n\n"
        "**Nearest neighbours** keep the photos and learn nothing. **Logistic regression** finds the weights that make the photos' classes likely, and holds them small. A **last layer, fine-tuned**, is the same "
        "layer as a network learns it, by updates. All three are judged on photos that they have not seen: each is left out once.\n\n"
        "Leaving one out is no guess at a coin: where nothing can be learned, the photo that is left out makes its own class the rarer one, and the answer is wrong more often than not. So beside it stands the "
        "same procedure on **shuffled labels**. Shots of one burst are nearly the same photo, and are left out together. And whatever differs between the classes is learned, the thing or its background.\n\n"
        "A softmax shares all of 1 among the classes it has: it cannot say *none of these*. A threshold can, and errs both ways. And a last layer that goes on with new classes alone **forgets** the old ones: "
        "in the example mostly because the new outputs win (*catastrophic forgetting*; *rehearsal* of old pictures helps).",
        (
            "J. Yosinski, J. Clune, Y. Bengio, H. Lipson, *How transferable are features in deep neural networks?* (2014)",
            "M. McCloskey, N. J. Cohen, *Catastrophic Interference in Connectionist Networks* (1989)",
            "D. Hendrycks, K. Gimpel, *A Baseline for Detecting Misclassified and Out-of-Distribution Examples in Neural Networks* (2017)",
            "C. Rother, V. Kolmogorov, A. Blake, *GrabCut: Interactive Foreground Extraction using Iterated Graph Cuts* (2004)",
            NEIGHBOURS,
            JANA,
        ),
    ),
    "autoencoder": Lesson(
        "Encoder, code, decoder: a network learns to give back its own input, without labels, through a layer that is too narrow to copy it. What "
        "it keeps is what most of the pictures it has learned from have in common; so it is lossy, and it compresses only what is like them.\n\n"
        "What one sets is the size of the code, the number of layers and of units in them, and the loss: mean squared error, or cross-entropy for values from 0 to 1. "
        "With one linear layer each way nothing beats principal components on the pictures that were learned from, and those need no training.\n\n"
        "A **sparse** one is punished for every number that answers, a **contractive** one for a code that moves when the picture does (the Frobenius norm of the "
        "code's Jacobian), a **denoising** one sees a spoilt picture and is compared with the clean one, a **variational** one gives a mean and a spread for each number, "
        "draws a sample and decodes that: near codes then mean near pictures, and new pictures can be drawn.\n\n"
        "A small error does not say that a picture is of the kind that was learned: the mean of all digits, which is none, comes back better than many of them.",
        (
            "Unite.AI, *What is an Autoencoder?*",
            DIGITS,
            "S. Rifai et al., *Contractive Auto-Encoders* (2011)",
            "D. P. Kingma, M. Welling, *Auto-Encoding Variational Bayes* (2014)",
        ),
    ),
    "made_up": Lesson(
        "Synthetic data are made by a program, not measured in the world: any number of examples, each labelled as it is made, random, but by "
        "distributions that one controls. They help where data are rare, private or dangerous to get, and where a case is wanted on purpose: "
        "an object that is only partly in view.\n\n"
        "What speaks against them stands in the experiments. A **bias** of the recipe is learned as if it were the matter itself. **Outliers** are missing, "
        "as a program makes what somebody thought of. Their worth shows only on **authentic** pictures with labels by people: the accuracy on more of "
        "the same says nothing of it.\n\n"
        "Ways to make them: a **Monte Carlo** method where the distribution is known or fitted, **decision trees** fitted to real data, a **variational "
        "autoencoder**, and a **generative adversarial network**, in which a generator learns to make what a discriminator takes for real.",
        (
            "Unite.AI, *What Is Synthetic Data?*",
            DIGITS,
            "I. Goodfellow et al., *Generative Adversarial Nets* (2014)",
            "M. Mirza, S. Osindero, *Conditional Generative Adversarial Nets* (2014)",
            "D. Lopez-Paz, M. Oquab, *Revisiting Classifier Two-Sample Tests* (2017)",
        ),
    ),
    "digits": Lesson(
        "Nothing is learned here: all training digits are kept, and a new one is compared with each of them. The k nearest "
        "vote. **Small k** follows every training digit, so the border between the classes is ragged, and islands appear "
        "around single digits. **Large k** reaches into other classes, and small ones lose. Between them the error on held-out digits "
        "has its minimum, while the error on training digits says little: with k = 1 it is 0.\n\n"
        "Training costs nothing, answering costs a distance to every stored digit. Each of the 64 numbers counts the same, "
        "wherever it lies: a digit that is moved by a pixel has other numbers, so it has to be centred and scaled as the "
        "stored ones were. That is most of the work.\n\n"
        "Held-out digits must be strange to the training digits in the way that later digits will be. In the order of the "
        "file, the last ones were written by other hands; shuffled, each hand is in both parts, and the score is flattering.",
        (DIGITS, NEIGHBOURS, "E. Fix, J. L. Hodges, *Discriminatory Analysis* (1951)", LENET),
    ),
    "ladder": Lesson(
        "Every rung answers the same question about the same held-out digits; what differs is what it looks at. kNN compares "
        "raw values. Hand-picked kernels replace values by edges, and HOG counts how strong edges are in each direction, cell by "
        "cell: features made by hand, as before CNNs. A support vector machine and a perceptron learn weights, but "
        "a weight of its own for each pixel, in every border or unit: a digit that is moved meets other weights. A CNN learns kernels that look everywhere, and kNN on "
        "its last vectors shows how much of the work those have done: the same vote as on the lowest rung, on better numbers.\n\n"
        "Neighbours have to keep every training digit, and compare with all of them; a network keeps its weights alone. "
        "A ladder does not have to rise: with 1,527 digits of 8 × 8 there is little for a deep network to gain, and a "
        "difference of a few digits may be chance. All rungs answer the same digits, so what counts is where just one of two is "
        "right: that is the difference that p judges. A network that is trained begins with random weights, and others would make "
        "other mistakes; so the perceptron is trained several times, and its range stands beside it.",
        (
            DIGITS,
            NEIGHBOURS,
            "Unite.AI, *How Does Image Classification Work?*",
            "N. Dalal, B. Triggs, *Histograms of Oriented Gradients for Human Detection* (2005)",
            "Q. McNemar, *Note on the Sampling Error of the Difference between Correlated Proportions* (1947)",
            LENET,
        ),
    ),
    "networks": Lesson(
        "A network is what it has learned from. Its card tells that, and how often it is right on **test pictures**: ones that were "
        "used neither to train it nor to choose how long it was trained. Of *n* such pictures a share *p* is off by about "
        "1.96 √(p (1 − p) / n) either way, 95 times of 100: on 10,000 pictures by less than one point, on 270 by two and more.\n\n"
        "One number hides much. The **confusion matrix** says which class is taken for which: cats and dogs for one another, "
        "ships hardly ever for frogs. A network that is right on most test pictures knows nothing of pictures that are not like "
        "them, your own photo included.",
        (
            CIFAR,
            LENET,
            "M. Mitchell et al., *Model Cards for Model Reporting* (2019)",
        ),
    ),
    "map": Lesson(
        "A picture is rescaled to the size that a network takes, and the last layer before the classes makes one vector of it. "
        "Distances between such vectors follow meaning better than distances between pixels. **UMAP** builds a graph of who is near whom, with fuzzy "
        "memberships, and looks for places on the plane whose graph has the lowest cross entropy to it. **t-SNE** matches "
        "probabilities of being neighbours. **PCA** is the shadow in the two directions of most variance.\n\n"
        "**HDBSCAN** finds clusters where points are dense, with no number of clusters given, and leaves lonely points as "
        "noise. It looks at the plane, not at the vectors.\n\n"
        "A plane cannot hold all neighbours of a space with many dimensions, so every map lies somewhere. Sizes of "
        "clusters and distances between them mean little. The lines show who is near in truth. Trustworthiness looks at the "
        "nearest few of each picture on the plane, as many as the panel says: 1 if they are the nearest in truth, and a false one "
        "takes off the more, the further down it stands in the true order.",
        (
            "J. de la Rosa, *Working with images and CNN*, in *Barr X Inception CNN* (2020)",
            "L. McInnes, J. Healy, J. Melville, *UMAP* (2018)",
            "R. Campello, D. Moulavi, J. Sander, *Density-Based Clustering Based on Hierarchical Density Estimates* (2013)",
            "J. Venna, S. Kaski, *Neighborhood Preservation in Nonlinear Projection Methods* (2001)",
        ),
    ),
    "compare": Lesson(
        "Softmax turns ten numbers into probabilities that sum to 1. Its entropy says how undecided a network is: 0 "
        "bits if it is certain, log₂ 10 = 3.32 bits if it cannot tell the classes apart. Certain is not right.\n\n"
        "The article reads a layer's values as information: if one is surer which value a layer will hold than which "
        "value a pixel will hold, information was gained. *Gain = entropy of the picture − entropy of the layer*, both "
        f"from histograms of {BINS} equal bins from an array's own smallest to its own largest value. It measures how unevenly values "
        "are spread, no more: not where they lie, nor whether they are right. A layer that is multiplied by ten gains as much as "
        "before, and a layer of zeros would gain the most and know nothing.",
        (SLICING, "C. E. Shannon, *A Mathematical Theory of Communication* (1948)", CIFAR),
    ),
}
