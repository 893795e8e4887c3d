"""What every layer makes of a picture, drawn as one picture: the values can be read off it, and they are Keras' own."""

import io

import numpy as np
import pytest
from PIL import Image

from convlens.drawing.scales import palette, scale_of
from convlens.networks.runs import Settings
from convlens.pictures import jobs as reading
from convlens.training import jobs
from convlens.training.run import recorded, recorded_strips
from convlens.training.strip import ABOVE, WIDE, Strip, drawn
from models.training import steps


def pixels(strip: Strip) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(strip.png)).convert("RGBA"))


def colours(values: np.ndarray) -> np.ndarray:
    """As the table of the layer's own scale has them, uint8 (…, 3)."""
    scale = scale_of(values)
    share = (values - scale.low) / (scale.high - scale.low)
    return np.frombuffer(palette(scale.colours), np.uint8).reshape(256, 3)[np.rint(share * 252).astype(int)]


def test_every_value_is_where_it_belongs():
    rng = np.random.default_rng(1)
    maps = {"first": rng.random((8, 8, 16)), "second": rng.random((4, 4, 30))}
    strip = drawn(maps)
    found = pixels(strip)
    assert strip.size == found.shape[1::-1]
    assert not strip.signed
    (name, left, top, width), (other, along, _, _) = strip.parts
    assert (name, left, top, width, other, along) == ("first", 0, ABOVE, 4 * (8 * 4 + 1) - 1, "second", width + 14)
    one = found[top + 33 :, left + 66 :][:32, :32][::4, ::4]  # its second line, its third map: number 6
    np.testing.assert_array_equal(one[..., :3], colours(maps["first"])[:, :, 6])
    assert (one[..., 3] == 255).all()
    (_, left, top, width) = strip.parts[1]
    cell = 4 * 8 + 1  # eight maps in a line
    one = found[top + 3 * cell :, left + 5 * cell :][:32, :32][::8, ::8]
    np.testing.assert_array_equal(one[..., :3], colours(maps["second"])[:, :, 29])
    assert not found[top + 3 * cell + 1, left + 6 * cell + 1 :, 3].any()  # there is no map 30
    assert not found[:ABOVE, :, 3].any()


def test_signed_layers_share_the_palette_and_0_is_white():
    rng = np.random.default_rng(2)
    maps = {"signed": rng.normal(size=(8, 8, 4)), "plain": rng.random((8, 8, 4))}
    maps["signed"][0, 0, 0] = 0
    strip = drawn(maps)
    assert strip.signed
    found = pixels(strip).astype(int)
    for (name, left, top, _), values in zip(strip.parts, maps.values(), strict=True):
        shown = found[top:, left:][:64, :64][::8, ::8, :3]
        assert np.abs(shown - colours(values)[:, :, 0]).max() <= 12, name  # half as many steps
    (_, left, top, _) = strip.parts[0]
    np.testing.assert_array_equal(found[top, left, :3], colours(np.array([-1.0, 0.0, 1.0]))[1])


def test_many_layers_stand_in_several_lines():
    strip = drawn({f"layer {i}": np.ones((32, 32, 16)) for i in range(20)})
    lefts = [left for _, left, _, _ in strip.parts]
    assert lefts.count(0) == 3  # seven of 131 pixels and 14 between them in a line
    assert max(left + width for _, left, _, width in strip.parts) <= WIDE
    assert len({top for _, _, top, _ in strip.parts}) == 3


@pytest.mark.parametrize("stack", ["", "c8x3n-o30-r8x3n-d16"])
def test_they_are_the_maps_of_keras(stack):
    settings = Settings("stacked", stack=stack, pictures=100) if stack else Settings(pictures=100)
    states = [moment.state for moment in steps.go_on(settings, None, (0, 3), 60.0)]
    image = reading.held_out("digits")[0][5]
    found = steps.all_maps(settings, [state.network for state in states], image)
    for state, maps in zip(states, found, strict=True):
        expected = steps.maps(settings, state, image)
        kinds = {layer.name: type(layer).__name__ for layer in steps.built(settings).layers}
        wanted = [
            name
            for name, values in expected.items()
            if values.ndim == 3 and kinds[name] not in ("InputLayer", "Dropout")
        ]
        assert list(maps) == wanted
        for name in wanted:
            np.testing.assert_allclose(maps[name], expected[name], atol=1e-6)
    strips = jobs.strips(settings, tuple(state.network for state in states), image)
    assert strips == tuple(drawn(maps) for maps in found)


def test_the_recorded_run_has_those_of_the_first_digit():
    (moment,) = steps.go_on(Settings(), None, (32,), 60.0)
    (expected,) = jobs.strips(Settings(), (moment.state.network,), reading.held_out("digits")[0][0])
    found = recorded_strips()
    assert list(found) == [report.update for report in recorded()]
    assert (found[32].size, found[32].parts) == (expected.size, expected.parts)
    off = np.abs(pixels(found[32]).astype(int) - pixels(expected))
    opaque = pixels(expected)[..., 3] > 0
    assert np.mean(off[opaque].max(axis=1) > 8) < 0.01  # another kind of machine rounds otherwise
    assert len(np.unique(pixels(expected)[opaque], axis=0)) > 50
