"""A whole run as one text, for a link: there and back; what no link of ours says is no run."""

import pytest

from convlens.networks.runs import Settings
from convlens.training.choices import CHOICES, run_of, written

RUNS = {
    "default": Settings(),
    "optimiser:SGD;rate:3": Settings(optimiser="SGD", rate=3.0),
    "network:tiny;decay:0.1;seed:7;changes:128:rate:0.01,512:batch:8": Settings(
        "tiny", decay=0.1, seed=7, changes=((128, "rate", 0.01), (512, "batch", 8.0))
    ),
    "network:stacked;stack:c8x3n-p2-d16": Settings("stacked", stack="c8x3n-p2-d16"),
    "network:LeNet;pictures:10000;wrong:25;data:MNIST;augment:flips": Settings(
        "LeNet", data="MNIST", pictures=10_000, wrong=25, augment="flips"
    ),
    "pictures:500;data:shapes;recipe:size:40": Settings(data="shapes", pictures=500, recipe="size:40"),
}


@pytest.mark.parametrize("text", RUNS)
def test_there_and_back(text):
    assert written(RUNS[text]) == text
    assert run_of(text) == RUNS[text]
    assert CHOICES["run_beside"].permits(text)


@pytest.mark.parametrize(
    "text",
    [
        "seed:0", "seed:2;seed:3", "seed", "seed:x", "rate:0.0021", "network:LeNet", "data:MNIST", "pictures:10000", "labels:3", "through:dense_1",
        "stack:c8x3n", "network:stacked", "network:stacked;stack:c8", "recipe:size:40", "data:shapes;pictures:500;recipe:noise:20,size:40", "changes:5:rate:0.01", "network:stacked;stack:c16x3-p2-p2-p2-p2-p2",
        "; ", "default;seed:2", "of:3", "__class__:1",
    ],
)  # fmt: skip
def test_what_no_link_of_ours_says_is_no_run(text):
    assert run_of(text) is None
    assert not CHOICES["run_beside"].permits(text)
