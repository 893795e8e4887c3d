"""Which networks there are: a file (.keras) each, with a card (.json) beside it or without. Never imports Keras.

They lie in ``models/weights/`` and in the folder that ``CONVLENS_MODELS`` names. A file or a card that cannot be taken
is listed in ``refused`` with a sentence, and the others stay.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from convlens.errors import InputError
from convlens.files import identity
from convlens.networks.card import WEIGHTS, ModelCard, TimeLapse
from models.checks.cards import read_card
from models.checks.guard import read_config
from models.checks.opening import shown
from models.checks.outline import outline
from models.imagenet import PRETRAINED, Pretrained, imagenet_folder

NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,60}")  # it goes into links
MOMENT = re.compile(r"([^@]+)@([0-9]{1,9})")


def catalog() -> dict[str, ModelCard]:
    """name → card: the network trained on most pictures first, those without a card last."""
    return _all()[0]


def refused() -> dict[str, str]:
    """file name → why it is not in the catalog."""
    return _all()[1]


def to_fetch() -> dict[str, Pretrained]:
    """name → what can be fetched and is not there yet, the smallest first."""
    missing = {name: entry for name, entry in PRETRAINED.items() if name not in catalog()}
    return dict(sorted(missing.items(), key=lambda item: item[1].bytes))


def card_of(name: str | ModelCard) -> ModelCard:
    """The card of one network; "benchmark@391": as it was after so many updates, see ``ModelCard.at``. A card is its own.

    Raises:
        InputError: there is no such network; the text lists those there are, or says why this one was refused.
    """
    if isinstance(name, ModelCard):
        return name
    cards = catalog()
    if name not in cards:
        if (moment := MOMENT.fullmatch(name)) and moment[1] in cards:
            return cards[moment[1]].at(int(moment[2]))
        if why := refused().get(f"{name}.keras"):
            raise InputError(why)
        raise InputError(f"There is no network '{name}'. Expected one of {', '.join(cards)}.")
    return cards[name]


def brought(name: str, content: bytes, told: dict, owner: str | None) -> ModelCard:
    """The card of a visitor's own network, read as those in a folder are.

    Args:
        content: of its .keras file.
        told: what its card says, but for the hash.

    Raises:
        InputError: the file or the card cannot be taken.
    """
    told = {name: value for name, value in told.items() if name != "time_lapse"}  # of which there is no file
    told["sha256"] = hashlib.sha256(content).hexdigest()
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"{name}.keras"
        file.write_bytes(content)
        file.with_suffix(".json").write_text(json.dumps(told), encoding="utf-8")
        card = _read(file)
    return replace(card, file=Path(file.name), version=card.sha256, content=content, owner=owner)


def _all() -> tuple[dict[str, ModelCard], dict[str, str]]:
    folders = _folders()
    return _read_all(folders, _state(folders))


def _folders() -> tuple[Path, ...]:
    own = os.environ.get("CONVLENS_MODELS")
    fetched = imagenet_folder()
    return (WEIGHTS, *([fetched] if fetched.is_dir() else []), *([Path(os.path.expanduser(own))] if own else []))


def _state(folders: Iterable[Path]) -> tuple:
    """Changes whenever a file is added, changed or taken away."""
    found = []
    for folder in folders:
        with suppress(OSError), os.scandir(folder) as entries:  # ``_read_all`` says why it cannot be read
            for entry in entries:
                if entry.name.endswith((".keras", ".json", ".npz")):
                    status = _status(entry.path)
                    found.append((entry.path, status and identity(status)))
    return tuple(sorted(found))


def _status(path: str) -> os.stat_result | None:
    """None for a link that leads nowhere."""
    try:
        return os.stat(path)
    except OSError:
        return None


@lru_cache(maxsize=4)
def _read_all(folders: tuple[Path, ...], _: tuple) -> tuple[dict[str, ModelCard], dict[str, str]]:
    cards: dict[str, ModelCard] = {}
    why: dict[str, str] = {}
    for folder in folders:
        try:
            files = sorted(folder / name for name in os.listdir(folder) if re.fullmatch(r"[^.].*\.keras", name, re.S))
        except OSError as error:
            kind = "is no folder" if not folder.is_dir() else f"cannot be read: {error.strerror}"
            why[_path(folder)] = f"CONVLENS_MODELS names {_path(folder)}, which {kind}. Make it, or name another."
            continue
        for file in files:
            try:
                if file.stem in cards:
                    raise InputError(f"There is a network '{file.stem}' already. Give {file.name} another name.")
                cards[file.stem] = _read(file)
            except InputError as error:
                why[shown(file)] = str(error)
    return {card.name: card for card in sorted(cards.values(), key=_place)}, why


def _version(files: list[Path]) -> str:
    """Another one after one of these files was replaced. Of those that ship, which are small, it is the same on every machine."""
    if files[0].parent != WEIGHTS:
        return repr([identity(path.stat()) for path in files])
    return hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in files)).hexdigest()


def _path(folder: Path) -> str:
    return str(folder).encode(errors="replace").decode()


def _place(card: ModelCard) -> tuple[bool, bool, int]:
    """Those that ConvLens ships first, and of these those that see colour: they take any photo."""
    return card.file.parent != WEIGHTS, card.input_shape[2] == 1, -card.training_size


def _read(file: Path) -> ModelCard:
    name = shown(file)
    if not NAME.fullmatch(file.stem):
        raise InputError(f"'{name}' is no name for a link. Use letters, digits, '-', '_' and '.'.")
    found = outline(name, read_config(file))
    told = file.with_suffix(".json")
    frames = file.with_suffix(".timelapse.npz")
    version = _version([path for path in (file, told, frames) if path.exists()])
    form = {"name": file.stem, "file": file, "version": version} | {
        field: getattr(found, field) for field in ("input_shape", "answer", "guessed_range", "plain")
    }
    if not os.path.lexists(told):
        sentence = "It has no card, so its classes have numbers instead of names."
        return ModelCard(title=file.stem, sentence=sentence, labels=(), value_range=None, classes=found.classes, **form)
    card = read_card(told, found.classes)
    labels = card.get("labels", ())
    return ModelCard(
        title=card.get("title", file.stem),
        sentence=card.get("sentence", ""),
        labels=labels,
        value_range=card["preprocessing"]["range"],
        minus=card["preprocessing"].get("minus"),
        classes=len(labels) or found.classes,
        training=card.get("training", {}),
        test=card.get("test", {}),
        weights=card.get("weights"),
        sha256=card["sha256"],
        lapse=TimeLapse(frames, **card["time_lapse"]) if "time_lapse" in card else None,
        **form,
    )
