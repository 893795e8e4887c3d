"""Experiments: a run is what was recorded, its figures are scikit-learn's, its gradients those of the loss itself."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss

from convlens.networks.experiments import ACTIVATIONS, EPOCHS, Arm, recorded
from models.training.arms import Trainer, trained

RELU = ACTIVATIONS[2]


@pytest.fixture(scope="module")
def trainer():
    return Trainer(RELU)


def test_a_run_is_what_was_recorded(trainer):
    found = recorded()[RELU]
    again = trainer.run(found.best.rate, found.best.seed, 4)
    for name in ("loss", "right", "held_out"):
        assert getattr(again, name) == pytest.approx(getattr(found.best, name)[:5], abs=0.02)
    assert found.best.loss[4] < found.best.loss[0] - 0.5  # by then it has learned
    assert trainer.gradients() == pytest.approx(found.gradients, rel=1e-3)


def test_what_is_measured_is_scikit_learns(trainer):
    run = trainer.run(0.01, 1, 3)
    for (pixels, labels), right in ((trainer.train, run.right), (trainer.held_out, run.held_out)):
        answers = trainer.model.predict(pixels, verbose=0)
        assert right[-1] == pytest.approx(accuracy_score(labels, answers.argmax(axis=1)), abs=1e-4)
        if right is run.right:
            answers = answers.astype(np.float64)
            assert run.loss[-1] == pytest.approx(
                log_loss(labels, answers / answers.sum(axis=1, keepdims=True)), abs=1e-4
            )


def test_a_gradient_is_how_fast_the_loss_rises(trainer):
    """At every weight of the first kernel, by differences."""
    sizes = trainer.gradients()
    pixels, labels = (values[:128] for values in trainer.train)
    layer = trainer.model.get_layer("conv2d_1")
    start = layer.kernel.numpy()
    slopes = np.zeros_like(start)

    def loss(kernel) -> float:
        layer.kernel.assign(kernel)
        answers = trainer.model(pixels).numpy().astype(np.float64)
        return log_loss(labels, answers / answers.sum(axis=1, keepdims=True), labels=range(10))

    for place in np.ndindex(start.shape):
        nudge = np.zeros_like(start)
        nudge[place] = 0.01
        slopes[place] = (loss(start + nudge) - loss(start - nudge)) / 0.02
    layer.kernel.assign(start)
    assert np.sqrt(np.mean(slopes**2)) == pytest.approx(sizes[0], rel=0.05)


def test_a_run_whose_loss_is_no_number_ends_there(trainer):
    run = trainer.run(1e30, 1)
    assert run.broke
    assert len(run.loss) == len(run.right) == len(run.held_out) < EPOCHS
    assert np.isfinite(run.loss).all()
    assert trainer.run(0.01, 1, 1) == Trainer(RELU).run(0.01, 1, 1)  # and leaves nothing behind


def test_the_best_rate_goes_on_to_the_other_seeds():
    *_, found = trained(Arm(8), (0.0001, 0.01), (1, 5), 2)
    assert [(run.rate, run.seed) for run in found.runs] == [(0.0001, 1), (0.01, 1), (0.01, 5)]
    assert found.best is found.runs[1]
    assert found.runs[1].loss[0] != found.runs[2].loss[0]  # other first weights
