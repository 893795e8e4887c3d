"""What a network can be trained on here: whether it is on this machine, and its parts in one order, classes mixed."""

from dataclasses import replace

import numpy as np
import pytest

from convlens.errors import InputError
from convlens.pictures import datasets, jobs
from tests import datasets as made


@pytest.fixture
def nothing(monkeypatch, tmp_path):
    """No copy on this machine; a folder for one."""
    for each in datasets.DATA.values():
        if each.variable:
            monkeypatch.delenv(each.variable, raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    made.shrink(monkeypatch)
    made.forget()
    yield tmp_path
    made.forget()


def test_only_what_ships_is_here_where_nothing_was_fetched(nothing, monkeypatch):
    assert datasets.here() == ("digits", "shapes")
    made.mnist(nothing / "mnist.npz")
    monkeypatch.setenv("CONVLENS_MNIST", str(nothing / "mnist.npz"))
    assert datasets.here() == ("digits", "shapes", "MNIST")


def test_digits_are_split_as_their_source_has_it():
    (pixels, labels, _), (held, _, numbers) = jobs.part("digits", "train"), jobs.held_out("digits")
    assert numbers.tolist() == list(range(1527, 1797))
    assert (pixels.shape, held.shape) == ((1527, 8, 8, 1), (270, 8, 8, 1))
    assert (pixels.dtype, pixels.max(), labels[:4].tolist()) == (np.float32, 1.0, [0, 1, 2, 3])


@pytest.mark.parametrize("name", ["MNIST", "CIFAR-10"])
def test_a_copy_class_by_class_is_mixed_always_alike_and_labels_stay_with_their_pictures(nothing, monkeypatch, name):
    if name == "MNIST":
        made.mnist(nothing / "copy.npz")
    else:
        made.cifar10(nothing / "copy.npz")  # a folder
    monkeypatch.setenv(datasets.DATA[name].variable, str(nothing / "copy.npz"))
    pixels, labels, numbers = jobs.part(name, "train")
    assert pixels.shape == (made.TRAIN, *datasets.DATA[name].shape)
    assert pixels.dtype == np.uint8
    assert len(set(labels[:20].tolist())) > 4
    np.testing.assert_array_equal(pixels.reshape(made.TRAIN, -1).min(axis=1) // 23, labels)
    assert sorted(numbers) == list(range(made.TRAIN))
    np.testing.assert_array_equal(np.sort(labels)[numbers], labels)  # there they lie class by class
    made.forget()
    np.testing.assert_array_equal(jobs.part(name, "train")[1], labels)


def test_as_many_are_held_out_as_a_run_is_measured_on(nothing, monkeypatch):
    made.mnist(nothing / "mnist.npz")
    monkeypatch.setenv("CONVLENS_MNIST", str(nothing / "mnist.npz"))
    all_of_them = jobs.part("MNIST", "test")[0]
    monkeypatch.setitem(datasets.DATA, "MNIST", replace(datasets.DATA["MNIST"], held=7))
    np.testing.assert_array_equal(jobs.held_out("MNIST")[0], all_of_them[:7])


@pytest.mark.parametrize(("which", "wanted"), [("train", "50,000"), ("test", "5,000")])
def test_a_copy_with_too_few_pictures_is_refused(nothing, monkeypatch, which, wanted):
    monkeypatch.undo()
    made.mnist(nothing / "mnist.npz")
    monkeypatch.setenv("CONVLENS_MNIST", str(nothing / "mnist.npz"))
    with pytest.raises(InputError, match=f"The copy of MNIST has .* for '{which}'. Expected {wanted} or more"):
        jobs.part("MNIST", which)


def test_a_worker_without_a_copy_says_so(nothing):
    with pytest.raises(InputError, match="There is no copy of CIFAR-10 on the machine that computes this"):
        jobs.part("CIFAR-10", "train")


def test_bytes_are_scaled_and_floats_are_taken_as_they_are():
    np.testing.assert_array_equal(jobs.scaled(np.array([0, 51, 255], np.uint8)), np.float32([0, 0.2, 1]))
    assert jobs.scaled(values := np.float32([0.5])) is values


def test_what_cannot_be_fetched_says_how_to_get_it_all_the_same(monkeypatch):
    import keras

    def offline():
        raise Exception("URL fetch failure on somewhere: None -- no route")

    monkeypatch.setattr(keras.datasets.cifar10, "load_data", offline)
    with pytest.raises(InputError, match="CIFAR-10 cannot be fetched: URL fetch.*no route.*by CONVLENS_CIFAR10 when"):
        jobs.fetch("CIFAR-10")
