"""The numbers of a network laid out for the browser: every array is found where the pages say, and nothing else is there."""

import json

import numpy as np
import pytest

from convlens.drawing.scales import scale_of
from convlens.explorer import book as explained
from convlens.networks.layers import wanted
from models.running.slicing import Sliced
from tests.networks import SHAPES, large


def laid_out(model):
    sliced = Sliced(model)
    image = np.random.default_rng(5).random((1, *sliced.nodes[0].shape), np.float32)
    batch = sliced.activations(image)
    before = {
        layer.name: sliced.before_activation(layer.name, batch)[0]
        for layer in sliced.layers
        if layer.operation.looks_among(layer.settings)
    }
    maps = {name: values[0] for name, values in batch.items()}
    return sliced.layers, maps, before, explained.book(sliced.layers, scales(maps), maps, before)


def scales(maps):
    return {name: scale_of(values) for name, values in maps.items()}


def at(book, start, shape):
    return np.frombuffer(book.numbers, "<f4", int(np.prod(shape)), start).reshape(shape)


@pytest.mark.parametrize("name", SHAPES)
def test_every_array_is_where_the_pages_say(name):
    layers, maps, before, book = laid_out(SHAPES[name]())
    pages = json.loads(book.pages)
    assert [page["name"] for page in pages] == [layer.name for layer in layers]
    for layer, page in zip(layers, pages, strict=True):
        np.testing.assert_array_equal(at(book, page["start"], layer.shape), maps[layer.name])
        assert [pages[i]["name"] for i in page["inputs"]] == list(layer.inputs)
        assert page["low"] <= maps[layer.name].min()
        assert maps[layer.name].max() <= page["high"]
        if page["before"] is not None:
            np.testing.assert_array_equal(at(book, page["before"], layer.shape), before[layer.name])
    assert sum(page["before"] is not None for page in pages) == len(before)
    assert len(book.numbers) == sum(v.nbytes for v in (*maps.values(), *before.values()))


def test_what_is_read_by_a_dense_layer_after_flatten_is_told():
    layers, _, _, book = laid_out(SHAPES["grey"]())
    after = next(i for i, layer in enumerate(layers) if layer.kind == "Flatten") + 1
    assert json.loads(book.pages)[after]["flat"] == list(layers[after - 2].shape)


def test_of_a_large_network_only_what_a_layer_reads_is_laid_out():
    layers, maps, _, _ = laid_out(large())
    of = wanted(layers, "wide_0", "wide_1")
    assert of == ("wide_0", "wide_1", layers[-1].name)
    book = explained.book(layers, scales(maps), {name: maps[name] for name in of}, {})
    pages = json.loads(book.pages)
    assert [page["name"] for page in pages if page["start"] is not None] == list(of)
    assert len(book.numbers) == sum(maps[name].nbytes for name in of)
    assert all(page["high"] == pytest.approx(scale_of(maps[page["name"]]).high) for page in pages)
    assert wanted(Sliced(SHAPES["plain"]()).layers, "conv_1") == ()


def test_other_numbers_have_another_digest():
    *_, one = laid_out(SHAPES["plain"]())
    *_, same = laid_out(SHAPES["plain"]())
    layers, maps, before, _ = laid_out(SHAPES["plain"]())
    assert one.numbers != same.numbers  # random weights
    assert one.digest != same.digest
    again = [explained.book(layers, scales(maps), maps, before).digest for _ in range(2)]
    assert again[0] == again[1]
