"""The network of a moment of a run, as it is taken home or to the other pages: its .keras file, and what its card says."""

from collections.abc import Callable

import numpy as np

from convlens.errors import InputError
from convlens.networks import runs
from convlens.networks.answers import HELD_OUT
from convlens.networks.card import ModelCard
from convlens.networks.runs import Report, Settings
from convlens.statistics import confusion
from convlens.text import percent, updates
from convlens.training import jobs
from convlens.training.watched import Watched, held_out, state_of
from convlens.work import engine
from models.catalog import brought


def file(settings: Settings, report: Report) -> bytes:
    """The .keras file."""
    return _made(settings, report).content


def document(settings: Settings, report: Report) -> bytes:
    """The card that lies beside it, JSON."""
    return _made(settings, report).document()


def _made(settings: Settings, report: Report, name: str = "network", owner: str | None = None) -> ModelCard:
    """
    Raises:
        InputError: see ``watched.state_of``.
    """
    state = state_of(settings, report.update)
    floats = (values for values in state.network if values.dtype == np.float32)  # whole numbers are dropout's seeds
    told = card(settings, report) | {"weights": sum(values.size for values in floats)}
    return brought(name, engine.run(jobs.network, settings, state), told, owner)


def own(of: Watched, name_for: Callable[[str], str], owner: str) -> ModelCard:
    """The network of the moment that is looked at, or of the last before it whose weights are remembered, for the visitor who takes it.

    Args:
        name_for: gives it a name, from the network and the updates.

    Raises:
        InputError: there are no weights that could be taken.
    """
    if not of.kept or of.is_recorded:
        raise InputError(
            "Nobody has the weights of the recorded run. Press Train: a second later there is a network to take."
        )
    report = of.kept.report
    if not report.is_finite:
        raise InputError("Its weights are no numbers any more. Drag the film back to a moment at which they were.")
    return _made(of.settings, report, name_for(f"{of.settings.network}-{report.update}"), owner)


def card(settings: Settings, report: Report) -> dict:
    """What it says of the training, see ``models.checks.cards.CARD``: wrong labels, changes under way, and how good the network is."""
    unusual = f" ({', '.join(settings.unusual)})" * bool(settings.unusual)
    of, now = settings.of, settings.at(max(0, report.update - 1))  # as the last update was made
    truth = held_out(settings)[1]
    counts = confusion(truth, report.answers.argmax(axis=1), len(of.labels))
    changes = runs.said(change for change in settings.changes if change[0] < report.update)
    how = [f"{settings.wrong} % of the labels were replaced by wrong ones"] * bool(settings.wrong)
    how += [f"first weights: {settings.start}"] * (settings.start != "Glorot")
    how += [f"drawn by the recipe {settings.recipe or 'as it is at first'}"] * (settings.data == "shapes")
    how += [f"layers: {settings.stack}"] * bool(settings.stack)
    how += [f"changed under way: {', '.join(changes)}"] * bool(changes)
    return {
        "title": f"My {settings.called}{unusual} after {updates(report.update)}",
        "sentence": f"Trained on the page Training: {updates(report.update)}, learning from {settings.pictures:,} {of.many}. "
        f"Right on {percent(report.accuracy[1])} of {of.held:,} {of.many} that were held out.",
        "labels": list(of.labels),
        "preprocessing": {"colour": "grey" if of.shape[-1] == 1 else "rgb", "range": [0, 1]},
        "training": {
            "data": of.source,
            **({"form": "; ".join(how)} if how else {}),
            "size": settings.pictures,
            "updates": report.update,
            "recipe": {
                "seed": settings.seed,
                "batch": int(now.batch),
                "learning_rate": now.rate,
                **({"momentum": 0.9} if settings.optimiser == "momentum" else {}),
                **({"weight_decay": settings.decay} if settings.decay else {}),
                **settings.augmentation,
                "optimizer": f"{'SGD with momentum 0.9' if settings.optimiser == 'momentum' else settings.optimiser}, rate {now.rate:g}",
                "loss": "categorical cross-entropy",
                "epochs_chosen_by": f"taken by hand, after {updates(report.update)}",
            },
        },
        "test": {
            "data": f"the {of.many} {HELD_OUT}",
            "pictures": of.held,
            "accuracy": report.accuracy[1],
            "loss": report.loss[1],
            "accuracy_per_class": (counts.diagonal() / np.maximum(counts.sum(axis=1), 1)).tolist(),
            "confusion": counts.tolist(),
        },
    }
