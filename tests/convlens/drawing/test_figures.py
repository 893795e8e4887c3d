"""Our figures are what Plotly itself would make of them."""

import json

import numpy as np
import plotly.graph_objects as go
import pytest

from convlens.drawing import figures

RNG = np.random.default_rng(0)
SERIES = [("a<b", "#123456", RNG.random(9)), ("c", "#654321", RNG.random(9))]
CASES = {
    "channels": figures.channel_histograms({name: RNG.random(64) for name in ("red", "green", "blue", "grey")}),
    "shares": figures.distributions(SERIES, (0, 3), "value"),
    "shares, logarithmic": figures.distributions(SERIES, (0, 3), "value", log=True),
    "curves": figures.curves(["first", "second"], [("a", "#123456", [1, 2]), ("b", "#654321", [3, 4])], "bits"),
    "curves of shares": figures.curves(["first"], [("a", "#123456", [0.5])], "zeros", share=True),
    "bars": figures.bars(["x", "<y>"], RNG.random(2), "#123456", "value"),
}


@pytest.mark.parametrize("figure", CASES.values(), ids=CASES)
def test_plotly_accepts_every_part(figure):
    """It raises for names and values that it does not know; what it keeps is what we gave."""
    checked = json.loads(go.Figure(figure.to_dict()).to_json())
    ours = json.loads(json.dumps(figure.to_dict()))
    assert checked["data"] == ours["data"]
    assert checked["layout"] == ours["layout"]


def test_a_wrong_part_would_be_found():
    with pytest.raises(ValueError, match="colour"):
        go.Figure({"data": [{"type": "scatter", "line": {"colour": "#123456"}}]})


def test_shares_sum_to_one_at_the_middle_of_their_bins():
    first = figures.distributions(SERIES, (0, 3), "value").to_dict()["data"][0]
    assert sum(first["y"]) == pytest.approx(1)
    assert first["x"] == pytest.approx((np.arange(9) + 0.5) / 3)
    assert first["name"] == "a&lt;b"
