"""What can be chosen on the page Made up."""

from convlens.choice import Choice
from convlens.networks.adversaries import MOMENTS
from convlens.pictures import handwriting, shapes
from convlens.synthetic.trials import EXPERIMENTS
from convlens.synthetic.tried import PAINTS
from convlens.synthetic.ways import WAYS

FIRST = 100  # pictures that are drawn at once

CHOICES = {
    "experiment": Choice(next(iter(EXPERIMENTS)), tuple(EXPERIMENTS)),
    "recipe": Choice("", lambda text: shapes.read(text) is not None),
    "made": Choice(0, range(FIRST)),  # which of the first pictures is looked at
    "maker": Choice("Gaussian", tuple(WAYS)),
    "digits_seed": Choice(1, range(1, 1000)),
    "duel": Choice(MOMENTS[-1], MOMENTS),  # after how many updates generator and discriminator are looked at
    "sketched": Choice("drawing", ("drawing", "photo")),
    "paint": Choice("blue", tuple(PAINTS)),
    "sketch": Choice("", handwriting.is_drawing),  # a shape on the pad
}
