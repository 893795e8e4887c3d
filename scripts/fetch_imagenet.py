"""Fetch networks that were trained on ImageNet, once, into Keras' cache; ConvLens finds them there.

    python scripts/fetch_imagenet.py                          # all of them
    python scripts/fetch_imagenet.py mobilenet_v3_small vgg19

"-" and "_" are the same. What is there already is kept. Without the internet, copy the folder from a machine that has it.
"""

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from convlens.errors import InputError  # noqa: E402
from models.architectures import pretrained  # noqa: E402
from models.catalog import card_of, catalog  # noqa: E402
from models.imagenet import PRETRAINED  # noqa: E402


def main() -> None:
    sizes = [f"{name}, {entry.megabytes} MB" for name, entry in PRETRAINED.items()]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", help=f"of {'; '.join(sizes)}; all if none is named")
    names = [name.replace("_", "-") for name in parser.parse_args().networks]
    if unknown := set(names) - set(PRETRAINED):
        parser.error(f"{', '.join(sorted(unknown))}: expected some of {'; '.join(sizes)}")
    for name in names or PRETRAINED:
        if name in catalog():
            print(f"{name} is there: {card_of(name).file}")
            continue
        print(f"{name} is being fetched, {PRETRAINED[name].megabytes} MB", flush=True)
        try:
            file = pretrained.fetch(name)
        except InputError as error:
            sys.exit(str(error))
        print(f"{name}: {file}, {file.stat().st_size / 1e6:.0f} MB", flush=True)


if __name__ == "__main__":
    main()
