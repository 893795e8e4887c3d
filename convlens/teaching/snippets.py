"""*The code* of the page Teach, for the photos as its ZIP has them; run where ConvLens is."""


def taught(network: str) -> str:
    """What three ways learn from the photos, and how many each calls right that it has not learned from."""
    return f"""from pathlib import Path

import numpy as np
from convlens.slices.jobs import picture_vectors
from convlens.teaching.jobs import learn

files = sorted(Path("photos").glob("*/*"))  # the ZIP, unpacked: photos/0-circle/003-02.png is of class 0 and burst 3
labels = np.array([int(file.parent.name.split("-")[0]) for file in files])
bursts = np.array([int(file.name.split("-")[0]) for file in files])
found = learn(picture_vectors("{network}", [file.read_bytes() for file in files]), labels, bursts)
print({{way: int(np.sum(called == labels)) for way, called in found.called.items()}}, "of", len(files))
"""


def forgotten(network: str) -> str:
    """What a network forgets of CIFAR-10 when its last layer goes on with the photos' classes."""
    return f"""from pathlib import Path

import numpy as np
from convlens.pictures.cifar10 import copy_on_this_machine
from convlens.slices.jobs import picture_vectors
from convlens.teaching.questions import forgotten

files = sorted(Path("photos").glob("*/*"))  # the ZIP, unpacked: photos/0-circle/003-02.png is of class 0 and burst 3
labels = np.array([int(file.parent.name.split("-")[0]) for file in files])
bursts = np.array([int(file.name.split("-")[0]) for file in files])
vectors = picture_vectors("{network}", [file.read_bytes() for file in files])
print(forgotten("{network}", str(copy_on_this_machine()), vectors, labels, bursts))
"""
