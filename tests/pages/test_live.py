"""The page Live without a browser: what is sent becomes one's own photo, and what is said of networks that do not go together."""

import numpy as np

from convlens.drawing.encoding import encode_png
from tests.pages.test_pages import component, texts

FRAME = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)


def test_a_frame_becomes_the_photo_pixel_by_pixel(open_page):
    app = open_page("live")
    app.session_state["_brought"] = encode_png(FRAME)
    app.run()
    np.testing.assert_array_equal(app.session_state["_chosen"].picture.rgb, FRAME)
    assert "_brought" not in app.session_state


def test_a_frame_that_comes_with_the_click_that_forgets_is_not_kept(open_page):
    app = open_page("live")
    app.session_state["_brought"] = encode_png(FRAME)
    app.run()
    app.session_state["_brought"] = encode_png(255 - FRAME)  # heard after the button, of the same message
    app.button("forget").click().run()
    assert "_photo" not in app.session_state
    assert "_brought" not in app.session_state
    app.session_state["_brought"] = encode_png(FRAME)  # sent afterwards
    app.run()
    assert "_photo" in app.session_state


def test_bytes_that_are_no_picture_leave_all_as_it_was(open_page):
    app = open_page("live", picture="ship")
    app.session_state["_brought"] = encode_png(FRAME)[:60]
    app.run()
    assert "Your former picture is still here" in texts(app)
    assert app.session_state["picture"] == "ship"


def test_networks_that_do_not_go_together_are_told(open_page):
    app = open_page("live", live="lenet", live_beside="champion")
    assert not app.exception
    assert "Champion sees other pictures or has other classes than LeNet: nothing is shown beside it." in texts(app)
    assert [each["title"] for each in component(app, "live.lens")["networks"]] == ["LeNet"]


def test_the_kernel_is_that_of_the_page_kernels(open_page):
    app = open_page("live", kernel_1="emboss", stride_1="3", padding_1="same")
    told = component(app, "live.lens")["kernel"]
    assert (told["name"], told["title"], told["step"]["stride"]) == ("emboss", "Emboss", [3, 1])
    assert told["step"]["weights"] == [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]
    own = open_page("live", weights_1="0,1;2,3")
    assert component(own, "live.lens")["kernel"]["name"] == ""
