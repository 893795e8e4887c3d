"""MNIST from a file: as keras.datasets has it, or a copy without test digits; whatever else lies there gets a sentence."""

import numpy as np
import pytest

from convlens.errors import InputError
from convlens.pictures import mnist


def digits(count: int, start: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Each a grey of its own."""
    numbers = np.arange(start, start + count)
    return np.broadcast_to(numbers[:, None, None] % 251, (count, 28, 28)).astype(np.uint8), (numbers % 10).astype("u1")


def test_the_file_of_keras_has_both_parts(tmp_path):
    (x, y), (x_test, y_test) = digits(12), digits(5, 100)
    np.savez(tmp_path / "mnist.npz", x_train=x, y_train=y, x_test=x_test, y_test=y_test)
    for part, (pixels, labels) in {"train": (x, y), "test": (x_test, y_test)}.items():
        found = mnist.read(tmp_path / "mnist.npz", part)
        np.testing.assert_array_equal(found[0], pixels)
        np.testing.assert_array_equal(found[1], labels)
        assert found[1].dtype == np.int64


def test_of_a_copy_without_test_digits_the_last_are_held_out(tmp_path, monkeypatch):
    monkeypatch.setattr(mnist, "HELD_OUT", 3)
    x, y = digits(8)
    np.savez(tmp_path / "copy.npz", x=x, y=y)
    assert mnist.read(tmp_path / "copy.npz", "train")[0][:, 0, 0].tolist() == [0, 1, 2, 3, 4]
    assert mnist.read(tmp_path / "copy.npz", "test")[0][:, 0, 0].tolist() == [5, 6, 7]


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"a": np.zeros(3)}, "cannot be read as MNIST"),
        ({"x": np.zeros((20, 28, 28)), "y": np.zeros(20, "u1")}, "holds float64"),
        ({"x": np.zeros((20, 27, 28), "u1"), "y": np.zeros(20, "u1")}, r"\(\d+, 27, 28\)"),
        ({"x": np.zeros((20, 28, 28), "u1"), "y": np.zeros(19, "u1")}, "labels"),
        ({"x": np.array([{}]), "y": np.zeros(1, "u1")}, "cannot be read as MNIST"),  # a pickle, which is code
    ],
)
def test_another_file_is_refused_with_what_was_expected(tmp_path, monkeypatch, arrays, said):
    monkeypatch.setattr(mnist, "HELD_OUT", 3)
    np.savez(tmp_path / "odd.npz", **arrays)
    with pytest.raises(InputError, match=f"odd.npz .*{said}.*Expected an .npz with x_train"):
        mnist.read(tmp_path / "odd.npz", "train")


def test_what_is_no_archive_is_refused(tmp_path):
    (tmp_path / "text.npz").write_bytes(b"hello")
    with pytest.raises(InputError, match=r"text.npz cannot be read as MNIST"):
        mnist.read(tmp_path / "text.npz", "test")


def test_half_a_file_is_refused(tmp_path):
    x, y = digits(40)
    np.savez_compressed(tmp_path / "half.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    whole = (tmp_path / "half.npz").read_bytes()
    (tmp_path / "half.npz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"half.npz cannot be read as MNIST"):
        mnist.read(tmp_path / "half.npz", "test")
    middle = len(whole) // 5
    (tmp_path / "half.npz").write_bytes(whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :])
    with pytest.raises(InputError, match=r"half.npz cannot be read as MNIST"):
        mnist.read(tmp_path / "half.npz", "train")


def test_whether_there_are_test_digits_is_known(tmp_path):
    x, y = digits(4)
    np.savez(tmp_path / "keras.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    np.savez(tmp_path / "copy.npz", x=x, y=y)
    assert mnist.has_test_digits(tmp_path / "keras.npz")
    assert not mnist.has_test_digits(tmp_path / "copy.npz")


def test_a_named_copy_goes_before_that_of_keras(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("CONVLENS_MNIST", raising=False)
    assert mnist.copy_on_this_machine() is None
    (tmp_path / "datasets").mkdir()
    np.savez(tmp_path / "datasets" / "mnist.npz", x=np.zeros(900))
    whole = (tmp_path / "datasets" / "mnist.npz").read_bytes()
    (tmp_path / "datasets" / "mnist.npz").write_bytes(whole[: len(whole) // 2])
    assert mnist.copy_on_this_machine() is None  # it is still coming
    (tmp_path / "datasets" / "mnist.npz").write_bytes(whole)
    assert mnist.copy_on_this_machine() == tmp_path / "datasets" / "mnist.npz"
    monkeypatch.setenv("CONVLENS_MNIST", str(tmp_path / "own.npz"))
    assert mnist.copy_on_this_machine() is None
    (tmp_path / "own.npz").touch()
    assert mnist.copy_on_this_machine() == tmp_path / "own.npz"
