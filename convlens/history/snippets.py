"""*The code*: a network is built, and counted."""


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
