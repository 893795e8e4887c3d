"""*The code*: a network is built, and counted; one of those that differ in one idea is trained."""

from convlens.networks.experiments import Arm, Trained


def counts(name: str) -> str:
    """
    Args:
        name: of the network.
    """
    return f"""\
from models.architectures.history.builders import BUILDERS  # to be run in ConvLens' own folder
from models.architectures.history.description import described

builder = BUILDERS["{name}"]
found = described(builder.build(), builder.block)
totals = found["totals"]
print(totals)

# as the papers count: what learns, and is not taken out again
weights = totals["weights"] - totals["moving"] - totals["fixed"] - totals["idle"]
multiply_adds = totals["multiply_adds"]
print(weights, multiply_adds, totals["depth"], totals["field"])

for layer in found["layers"]:
    print(layer["name"], layer["kind"], layer["shape"], layer["weights"], layer["multiply_adds"])
"""


def trained(arm: Arm, run: Trained) -> str:
    """
    Args:
        run: of the arm, which is trained anew.
    """
    return f"""\
from convlens.networks.experiments import Arm  # to be run in ConvLens' own folder
from models.training.arms import Trainer

trainer = Trainer({arm!r})
trainer.model.summary()
one = trainer.run(rate={run.rate!r}, seed={run.seed})
for epoch, (loss, right, held_out) in enumerate(zip(one.loss, one.right, one.held_out)):
    print(epoch, loss, right, held_out)
"""


def gradients(arm: Arm) -> str:
    """Of its first update."""
    return f"""\
from convlens.networks.experiments import Arm  # to be run in ConvLens' own folder
from models.training.arms import Trainer

sizes = Trainer({arm!r}).gradients()
for layer, size in enumerate(sizes, 1):
    print(layer, size)
"""
