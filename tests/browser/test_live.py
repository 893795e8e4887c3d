"""The page Live: what the browser computes of a frame equals Keras and SciPy, and nothing leaves it unless somebody sends it."""

import base64
import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from convlens.filters.chain import Step
from convlens.filters.named import KERNELS
from convlens.live import jobs
from convlens.live.program import program
from convlens.networks.card import ModelCard
from convlens.slices.jobs import feature_maps, predict
from convlens.text import percent
from models.catalog import card_of
from models.running.slicing import Sliced
from tests.browser.frames import floats, text
from tests.networks import SHAPES
from tests.serving import ready

SHIPPED = ("benchmark", "dummy", "champion", "lenet", "digits-cnn", "cifar10-500")


@pytest.mark.parametrize("name", SHIPPED)
def test_a_frame_of_the_networks_that_ship_is_keras(browser, name):
    pixels = np.random.default_rng(3).integers(0, 256, card_of(name).input_shape, np.uint8)
    found = browser.evaluate("given => frame(...given)", [text(jobs.program(name)), [text(pixels)], True])
    expected = feature_maps(name, pixels / np.float32(255))
    for values, (layer, true) in zip(found["layers"], expected.items(), strict=True):
        np.testing.assert_allclose(floats(values), true.ravel(), rtol=1e-4, atol=1e-4, err_msg=layer)
    np.testing.assert_allclose(found["shares"], predict(name, pixels / np.float32(255)), atol=1e-4)


def test_logits_become_probabilities(browser):
    sliced = Sliced(SHAPES["sequential"]())
    pixels = np.random.default_rng(4).integers(0, 256, sliced.nodes[0].shape, np.uint8)
    card = ModelCard("x", Path("x.keras"), "X", "", (), sliced.nodes[0].shape, (0.0, 255.0), answer="logits")
    given = text(program(card, None, sliced.layers, sliced.weights)), [text(pixels)], True
    logits = list(sliced.activations(pixels[None].astype(np.float32)).values())[-1][0]
    powers = np.exp(logits - logits.max())
    np.testing.assert_allclose(
        browser.evaluate("given => frame(...given)", list(given))["shares"], powers / powers.sum(), atol=1e-5
    )


def test_means_are_taken_away_and_channels_turned_as_the_card_says(browser):
    sliced = Sliced(SHAPES["plain"]())
    pixels = np.random.default_rng(5).integers(0, 256, (32, 32, 3), np.uint8)
    card = ModelCard("x", Path("x.keras"), "X", "", (), (32, 32, 3), (0.0, 255.0), minus=(103.9, 116.8, 123.7))
    found = browser.evaluate(
        "given => frame(...given)", [text(program(card, None, sliced.layers, sliced.weights)), [text(pixels)], True]
    )
    expected = pixels[..., ::-1].astype(np.float32) - np.float32([103.9, 116.8, 123.7])
    np.testing.assert_allclose(floats(found["layers"][0]), expected.ravel(), rtol=1e-5, atol=1e-4)


RNG = np.random.default_rng(6)
SLID = {
    "3 × 3": Step(RNG.normal(size=(3, 3)).astype(np.float32)),
    "same": Step(RNG.normal(size=(3, 3)).astype(np.float32), padding="same"),
    "7 × 7 same, stride": Step(RNG.normal(size=(7, 7)).astype(np.float32), stride=(2, 3), padding="same"),
    "even, stride": Step(RNG.normal(size=(4, 4)).astype(np.float32), stride=(3, 2), padding="same"),
    "1 × 1": Step(np.float32([[-2.5]]), 0.5, 0.125),
    "scale, bias, ReLU": Step(RNG.normal(size=(5, 5)).astype(np.float32), -1.5, 0.2, relu=True),
    "pooled": Step(RNG.normal(size=(3, 3)).astype(np.float32), padding="same", pool="max"),
    "averaged": Step(RNG.normal(size=(3, 3)).astype(np.float32), stride=(1, 2), pool="average"),
    "stride 8": Step(RNG.normal(size=(6, 6)).astype(np.float32), stride=(8, 8)),
}


@pytest.mark.parametrize("fast", [True, False], ids=["SIMD", "plain"])
@pytest.mark.parametrize("planes", [1, 3])
@pytest.mark.parametrize("name", SLID)
def test_a_kernel_gives_what_the_page_kernels_gives(browser, name, planes, fast):
    step, pixels = SLID[name], np.random.default_rng(7).integers(0, 256, (45, 62, 4), np.uint8)
    told = {"weights": step.weights.tolist(), "scale": step.scale, "bias": step.bias, "stride": step.stride, "padding": step.padding, "relu": step.relu, "pool": step.pool}  # fmt: skip
    rgb = pixels[..., :3] / np.float32(255)
    expected = step.apply(rgb if planes == 3 else rgb @ np.float32([0.299, 0.587, 0.114]))
    expected = expected.reshape(*expected.shape[:2], planes)
    for part in (0, expected.shape[1] // 3, expected.shape[1]):  # from a column on, as where the line is drawn
        found = browser.evaluate("given => slid(...given)", [told, 45, 62, planes, text(pixels), fast, part])
        assert tuple(found["shape"]) == expected.shape[:2]
        for plane, values in enumerate(found["results"]):
            values = floats(values).reshape(expected.shape[:2])[:, part:]
            np.testing.assert_allclose(values, expected[:, part:, plane], rtol=1e-4, atol=2e-5)


@pytest.mark.parametrize("shape", [(32, 32, 3), (28, 28, 3), (8, 8, 1), (480, 480, 3)])
def test_a_frame_is_shrunk_by_the_mean_of_what_each_pixel_stands_for(browser, shape):
    pixels = np.random.default_rng(8).integers(0, 256, (480, 640, 4), np.uint8)
    found = browser.evaluate("given => small(...given)", [text(pixels), 640, [0, 80, 480, 480], shape, False])
    found = np.frombuffer(base64.b64decode(found), np.uint8).reshape(shape).astype(int)
    square = pixels[:, 80:560, :3].astype(np.float32)
    expected = cv2.resize(square, shape[1::-1], interpolation=cv2.INTER_AREA)
    if shape[2] == 1:
        expected = (expected @ np.float32([0.299, 0.587, 0.114]))[..., None]
        turned = browser.evaluate("given => small(...given)", [text(pixels), 640, [0, 80, 480, 480], shape, True])
        assert np.abs(np.frombuffer(base64.b64decode(turned), np.uint8).reshape(shape) + found - 255).max() <= 1
    assert np.abs(found - expected).max() <= 0.51  # rounded, and nothing else


def classes(tab) -> dict[str, list[str]]:
    """class → what is said of it, for each network."""
    return {
        row.locator("span").inner_text().removeprefix("✓ "): [
            said.replace(" ", "\xa0") for said in row.locator("b").all_inner_texts()
        ]
        for row in tab.locator(".classes .class").all()
    }


def crop(tab) -> np.ndarray:
    """uint8 (rows, columns, 3): what the networks see."""
    return drawn(tab, "canvas.crop")


def opened(tab, address: str) -> None:
    tab.goto(address)
    ready(tab)
    expect(tab.locator(".network .layer").first).to_be_visible()
    expect(tab.locator(".rate")).to_contain_text("ms")


def frozen(tab) -> None:
    tab.locator("h1").click()
    tab.keyboard.press("Space")
    expect(tab.locator(".freeze")).to_have_attribute("aria-pressed", "true")
    expect(tab.locator(".rate")).to_contain_text("Stands still")
    tab.wait_for_timeout(600)  # what is said follows four times a second


def test_a_picture_drifts_and_a_frozen_frame_is_answered_as_the_server_does(server, tab):
    opened(tab, f"{server}/live?picture=frog")
    expect(tab.locator(".network")).to_have_count(2)
    expect(tab.locator(".network").first.locator(".layer")).to_have_count(
        12
    )  # thirteen with the input, which is the crop
    first = crop(tab)
    tab.wait_for_timeout(1500)
    assert np.abs(first.astype(int) - crop(tab)).max() > 8  # it moved
    frozen(tab)
    seen = crop(tab)
    tab.wait_for_timeout(500)
    np.testing.assert_array_equal(crop(tab), seen)
    shown = classes(tab)
    for place, name in enumerate(("benchmark", "dummy")):
        expected = predict(name, seen / np.float32(255))
        for label, share in zip(card_of(name).labels, expected, strict=True):
            assert shown[label][place] == percent(float(share)).replace(" ", "\xa0")
    tab.keyboard.press("Space")
    expect(tab.locator(".freeze")).to_have_attribute("aria-pressed", "false")


def test_nothing_moves_where_motion_is_reduced(server, tab):
    tab.emulate_media(reduced_motion="reduce")
    opened(tab, f"{server}/live")
    expect(tab.locator(".rate")).to_contain_text("Stands still")
    first = crop(tab)
    tab.wait_for_timeout(800)
    np.testing.assert_array_equal(crop(tab), first)
    tab.locator("canvas.frame").focus()
    tab.keyboard.press("ArrowRight")  # but it can be moved
    tab.wait_for_timeout(300)
    assert (crop(tab) != first).any()


def test_the_camera_sends_nothing_until_a_frame_is_sent(server, tab):
    sent = []
    tab.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    opened(tab, f"{server}/live?live_beside=champion")
    tab.on("request", lambda request: sent.append(request.url))
    tab.locator(".camera").click()
    tab.wait_for_function("""() => {
      const part = [...document.querySelectorAll("*")].map(each => each.shadowRoot?.querySelector(".live")).find(Boolean)
      return part?.querySelector("video").readyState === 4
    }""")
    tab.wait_for_timeout(1000)
    sent.clear()
    tab.wait_for_timeout(2500)
    expect(tab.locator(".rate")).to_contain_text("frames a second")
    assert sent == []
    frozen(tab)
    seen, shown = crop(tab), classes(tab)
    assert sent == []
    tab.locator(".send").click()
    expect(tab.get_by_test_id("stSidebar")).to_contain_text("Your photo")
    expect(tab.locator(".said")).to_contain_text("these 32 × 32 pixels, and nothing else")
    assert any("iVBORw0KGgo" in str(message) for message in sent)
    ready(tab)
    picture = tab.get_by_alt_text("The picture as the network sees it, 32 by 32 pixels")
    got = picture.evaluate("""async image => {
      await image.decode()
      const canvas = new OffscreenCanvas(32, 32).getContext("2d"), by = image.naturalWidth / 32
      canvas.imageSmoothingEnabled = false
      canvas.drawImage(image, 0, 0, 32, 32)
      return [...canvas.getImageData(0, 0, 32, 32).data]
    }""")
    np.testing.assert_array_equal(np.array(got, np.uint8).reshape(32, 32, 4)[..., :3], seen)
    tab.wait_for_timeout(1000)
    sent.clear()
    tab.locator(".split").focus()
    tab.get_by_test_id("stSidebar").get_by_role("radio", name="Ship").click()  # what is sent with every click
    expect(tab.get_by_test_id("stSidebar")).to_contain_text("Show my photo")
    assert sent
    assert not any("iVBORw0KGgo" in str(message) for message in sent)  # has the frame no more
    answer = predict("benchmark", seen / np.float32(255))
    best = int(answer.argmax())
    assert shown[card_of("benchmark").labels[best]][0] == percent(float(answer[best])).replace(" ", "\xa0")


def drawn(tab, canvas: str) -> np.ndarray:
    """uint8 (rows, columns, 3); as a PNG, because a million numbers as text take seconds"""
    data = tab.locator(canvas).evaluate("canvas => canvas.toDataURL()").partition(",")[2]
    return np.array(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"))


def shown_numbers(text: str) -> list[float]:
    return [float(number.replace("−", "-")) for number in re.findall(r"−?\d[\d.e−]*", text)]


@pytest.mark.parametrize(
    ("link", "step"),
    [
        ("kernel_1=sobel_x", Step(KERNELS["sobel_x"].weights)),
        (
            "kernel_1=sharpen&scale_1=-2&bias_1=0.25&relu_1=true&pool_1=max&stride_1=2",
            Step(KERNELS["sharpen"].weights, -2.0, 0.25, (2, 1), "valid", True, "max"),
        ),
    ],
    ids=["Sobel", "with everything"],
)
def test_a_value_is_read_with_the_sum_behind_it(server, tab, link, step):
    tab.emulate_media(reduced_motion="reduce")
    opened(tab, f"{server}/live?picture=cat&line=100&live_values=signed colours&{link}")
    expect(tab.locator(".of-kernel")).to_contain_text("Drag the line to the left")
    grey = drawn(tab, "canvas.frame") / np.float32(255) @ np.float32([0.299, 0.587, 0.114])
    tab.get_by_role("button", name="Read a value").click()
    expect(tab.locator(".sum")).to_be_hidden()  # of the frame there is nothing to read
    tab.locator(".split").focus()
    tab.keyboard.press("Home")
    expect(tab.locator(".of-kernel")).to_contain_text("The colours end at ±" if "sobel" in link else "black is 0")
    box = tab.locator("canvas.frame").bounding_box()
    tab.mouse.click(box["x"] + 0.3 * box["width"], box["y"] + 0.4 * box["height"])
    tab.locator(".spot").focus()
    tab.keyboard.press("ArrowDown")
    result = step.apply(grey)
    where, sums, _ = tab.locator(".sum p").all_inner_texts()
    row, column = map(int, re.findall(r"\d+", where))
    across, down = (2, 4) if step.pool != "none" else (1, 1)  # pixels of the frame that a value stands for
    assert abs(row * down - 0.4 * 480) <= 2 * down
    assert abs(column * across - 0.3 * 640) <= 2 * across
    if step.pool == "max":
        before = replace(step, pool="none").apply(grey)
        four = before[2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
        at = np.unravel_index(four.argmax(), (2, 2))
        row, column = 2 * row + int(at[0]), 2 * column + int(at[1])
    r = row * step.stride[0]
    under = grey[r : r + 3, column : column + 3]
    read = [float(each.replace("−", "-")) for each in tab.locator(".squares b").all_inner_texts()]
    np.testing.assert_allclose(read, under.ravel(), rtol=5e-3, atol=1e-3)
    assert [float(each.removeprefix("× ").replace("−", "-")) for each in tab.locator(".squares small").all_inner_texts()] == step.weights.ravel().tolist()  # fmt: skip
    total, value = float((under * step.weights).sum()), result[tuple(map(int, re.findall(r"\d+", where)))]
    if step.pool == "none":
        assert shown_numbers(sums) == pytest.approx([total], abs=2e-3)
    else:
        summed = total * step.scale + step.bias
        assert re.sub(r"−?\d[\d.]*(e−\d+)?", "n", sums) == (
            "Sum of the products: n × n + n = n; ReLU leaves n; the largest of four: n"
        )
        expected = [total, -2, 0.25, summed, max(summed, 0), float(value)]
        assert shown_numbers(sums) == pytest.approx(expected, abs=4e-3, rel=1e-2)
    tab.keyboard.press("Escape")
    expect(tab.locator(".sum")).to_be_hidden()


def test_a_frame_is_taken_home_as_picture_and_as_numbers(server, tab, tmp_path):
    tab.emulate_media(reduced_motion="reduce")
    opened(tab, f"{server}/live?picture=cat&live_beside=champion")
    for both in range(2):  # each comes as soon as its weights have
        expect(tab.locator(".network").nth(both).locator(".layer").first).to_be_visible()
    with tab.expect_download() as wanted:
        tab.get_by_role("button", name="⤓ CSV").click()
    assert wanted.value.suggested_filename == "convlens-live-sobel_x-benchmark-champion.csv"
    wanted.value.save_as(tmp_path / "frame.csv")
    with (tmp_path / "frame.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    seen = crop(tab) / np.float32(255)
    for name in ("benchmark", "champion"):
        card, maps = card_of(name), feature_maps(name, seen)
        own = [row for row in rows if row["network"] == card.title]
        for layer, values in maps.items():
            found = [row for row in own if row["layer"] == layer]
            axes = tuple(range(values.ndim - 1))
            np.testing.assert_allclose([float(row["mean"]) for row in found], values.mean(axis=axes), atol=1e-4)
            np.testing.assert_allclose([float(row["largest"]) for row in found], values.max(axis=axes), rtol=1e-3, atol=1e-4)  # fmt: skip
        assert [row["unit"] for row in own][-10:] == list(card.labels)
        assert len(own) == sum(values.shape[-1] for values in maps.values())
    with tab.expect_download() as wanted:
        tab.get_by_role("button", name="⤓ PNG").click()
    wanted.value.save_as(tmp_path / "frame.png")
    taken = np.asarray(Image.open(tmp_path / "frame.png").convert("RGB"))
    np.testing.assert_array_equal(taken[20:212, 680:872], np.kron(crop(tab), np.ones((6, 6, 1), np.uint8)))
    frame, expected = taken[20:500, 20:660].astype(int), drawn(tab, "canvas.frame")
    dashes = np.zeros((480, 640), bool)
    dashes[[0, 479]] = dashes[:, [79, 80, 559, 560]] = True
    np.testing.assert_array_equal(frame[~dashes], expected[~dashes])
    assert (frame[100:380, 79:81].sum(axis=(1, 2)) < expected[100:380, 79:81].sum(axis=(1, 2), dtype=int)).mean() > 0.4


def test_the_link_brings_the_picture_where_it_was_moved(server, tab):
    tab.emulate_media(reduced_motion="reduce")
    opened(tab, f"{server}/live?picture=frog")
    before = crop(tab)
    tab.locator("canvas.frame").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp"):
        tab.keyboard.press(key)
    tab.get_by_role("button", name="Turn right").click()
    tab.wait_for_url(re.compile(r"moved_to=20\.-10\.100\.10$"))
    moved = crop(tab)
    assert (moved != before).any()
    tab.goto(tab.url)
    ready(tab)
    expect(tab.locator(".rate")).to_contain_text("ms")
    np.testing.assert_array_equal(crop(tab), moved)
    tab.locator("canvas.frame").dblclick(position={"x": 60, "y": 60})  # where it was
    tab.wait_for_url(re.compile(r"moved_to=0\.0\.100\.0$"))
    np.testing.assert_array_equal(crop(tab), before)


def test_a_hidden_tab_computes_nothing_and_counts_no_time(server, tab):
    """Browsers call no animation frames of a tab that is hidden: here their calls are held back, as they do it."""
    tab.add_init_script("""
      const given = window.requestAnimationFrame.bind(window), held = []
      window.requestAnimationFrame = call => (window.hides ? held.push(call) : given(call))
      window.back = () => { window.hides = false; held.splice(0).forEach(call => given(call)) }
    """)
    opened(tab, f"{server}/live?picture=frog")
    tab.wait_for_timeout(1500)
    tab.evaluate("window.hides = true")
    tab.wait_for_timeout(500)
    first, said = crop(tab), tab.locator(".agreed").inner_text()
    tab.wait_for_timeout(5000)
    np.testing.assert_array_equal(crop(tab), first)
    tab.evaluate("back(); window.on = performance.now()")
    tab.wait_for_timeout(700)
    assert (crop(tab) != first).any()
    seconds = [int(re.search(r"last (\d+)", text)[1]) for text in (said, tab.locator(".agreed").inner_text())]
    since = tab.evaluate("(performance.now() - window.on) / 1000")
    # of the pause of more than five seconds one counts at most; all are rounded, and what is said is a quarter of a second old
    assert seconds[1] - seconds[0] <= since + 2.3


def test_ten_minutes_leave_nothing_behind(server, tab):
    """What 400 frames leave on the heap, after the strip's ten seconds are full: of ten minutes' 36,000 that is little."""
    tab.add_init_script("""
      let clock = 0, calls = []
      const get = OffscreenCanvasRenderingContext2D.prototype.getImageData
      window.drawn = 0
      OffscreenCanvasRenderingContext2D.prototype.getImageData = function (...given) { window.drawn++; return get.apply(this, given) }
      window.requestAnimationFrame = call => calls.push(call)
      window.frames = count => { for (let i = 0; i < count; i++) { clock += 34; calls.splice(0).forEach(call => call(clock)) } return clock }
      setInterval(() => window.quiet || frames(1), 16)
    """)
    opened(tab, f"{server}/live?picture=frog&layer=conv2d_3")
    tab.evaluate("window.quiet = true")
    session = tab.context.new_cdp_session(tab)

    def used() -> float:
        session.send("HeapProfiler.collectGarbage")
        return session.send("Runtime.getHeapUsage")["usedSize"]

    tab.evaluate("frames(350)")  # more than the strip's ten seconds
    before = used()
    already = tab.evaluate("window.drawn")
    tab.evaluate("frames(400)")
    assert tab.evaluate("window.drawn") - already >= 395  # as many frames
    per_frame = (used() - before) / 400
    assert per_frame * 36_000 < 20e6  # bytes; a single map of 32 × 32 that stayed would be 147 million


def refusing(tab, name: str) -> None:
    tab.add_init_script(f"navigator.mediaDevices.getUserMedia = async () => {{ throw new DOMException('', '{name}') }}")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("NotAllowedError", "told to give no camera. Allow it beside the address"),
        ("NotFoundError", "There is no camera on this machine"),
        ("NotReadableError", "Another program uses the camera"),
        ("AbortError", "gives no camera (AbortError)"),
    ],
)
def test_a_camera_that_is_not_given_is_said(server, tab, name, told):
    refusing(tab, name)
    opened(tab, f"{server}/live")
    tab.locator(".camera").click()
    expect(tab.locator(".said")).to_contain_text(told)
    expect(tab.locator(".camera")).to_have_text("● Use the camera")
    first = crop(tab)
    tab.wait_for_timeout(1000)
    assert (crop(tab) != first).any()  # the picture drifts on


def test_a_camera_that_is_unplugged_is_said_and_of_two_one_is_chosen(server, tab):
    tab.add_init_script("""
      const media = navigator.mediaDevices, given = media.getUserMedia.bind(media)
      media.getUserMedia = async wished => { window.wished = JSON.stringify(wished); return (window.stream = await given({ video: true })) }
      media.enumerateDevices = async () => [
        { kind: "videoinput", deviceId: "a", label: "" }, { kind: "audioinput", deviceId: "m" }, { kind: "videoinput", deviceId: "b", label: "Back" }]
    """)
    opened(tab, f"{server}/live")
    tab.locator(".camera").click()
    cameras = tab.locator(".cameras select")
    expect(cameras).to_be_visible()
    assert cameras.locator("option").all_inner_texts() == ["Camera 1", "Back"]
    assert "environment" in tab.evaluate("window.wished")  # on a phone, the one at the back
    cameras.select_option("b")
    tab.wait_for_function(
        """() => window.wished.includes('"exact":"b"') && window.stream.getVideoTracks()[0].onended"""
    )
    tab.evaluate("window.stream.getVideoTracks()[0].dispatchEvent(new Event('ended'))")
    expect(tab.locator(".said")).to_contain_text("The camera is gone")
    expect(cameras).to_be_hidden()


def test_the_camera_goes_out_when_the_page_is_left(server, tab):
    tab.add_init_script("""
      const media = navigator.mediaDevices, given = media.getUserMedia.bind(media)
      media.getUserMedia = async wished => (window.stream = await given(wished))
    """)
    opened(tab, f"{server}/live")
    tab.locator(".camera").click()
    tab.wait_for_function("() => window.stream?.getVideoTracks()[0].readyState === 'live'")
    tab.locator("[data-testid=stPageLink] a", has_text="Kernels").first.click()
    expect(tab.locator("h1")).to_contain_text("Kernels")
    tab.wait_for_function("() => window.stream.getVideoTracks()[0].readyState === 'ended'")


def test_the_line_is_moved_by_pointer_and_keys_and_the_kernel_stands_at_its_right(server, tab):
    tab.emulate_media(reduced_motion="reduce")
    opened(tab, f"{server}/live?picture=cat&kernel_1=identity&live_values=clipped to a picture")
    line, frame = tab.locator(".split"), tab.locator("canvas.frame")
    expect(line).to_have_attribute("aria-valuenow", "50")
    line.focus()
    tab.keyboard.press("ArrowLeft")
    expect(line).to_have_attribute("aria-valuenow", "48")
    at, box = line.bounding_box(), frame.bounding_box()
    tab.mouse.move(at["x"] + at["width"] / 2, box["y"] + 20)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 20, steps=4)
    tab.mouse.up()
    expect(line).to_have_attribute("aria-valuenow", "25")
    tab.wait_for_url(re.compile("line=25"))
    tab.wait_for_timeout(500)
    # the identity in grey: at its right red, green and blue are one, at its left they are not
    spread = frame.evaluate("""canvas => {
      const of = (x, w) => { const { data } = canvas.getContext("2d").getImageData(x, 10, w, 400); let most = 0
        for (let i = 0; i < data.length; i += 4) most = Math.max(most, Math.abs(data[i] - data[i + 1]), Math.abs(data[i] - data[i + 2])); return most }
      return [of(20, 130), of(170, 440)]
    }""")
    assert spread[0] > 20
    assert spread[1] == 0
    expect(tab.locator(".of-kernel")).to_contain_text("Identity")
    expect(tab.locator(".of-kernel")).to_contain_text("0 % of the values shown are outside 0 to 1")


def test_a_covered_lens_is_answered_and_the_page_says_what_that_is_worth(server, tab, tmp_path):
    dark = tmp_path / "dark.png"
    noise = np.random.default_rng(9).integers(0, 14, (64, 64, 3), np.uint8)
    Image.fromarray(noise).save(dark)
    tab.emulate_media(reduced_motion="reduce")
    opened(tab, f"{server}/live")
    tab.locator("[data-testid=stFileUploaderDropzoneInput]").set_input_files(dark)
    expect(tab.locator(".verdict")).to_contain_text(
        "The square is nearly of one colour, and still they answer. Benchmark:"
    )
    expect(tab.locator(".verdict")).to_contain_text(
        "Of 10 classes, and no “none of them”. If nothing is there, the truth is none of them"
    )


def test_a_layer_is_enlarged_and_the_map_that_answers_most_is_outlined(server, tab):
    tab.emulate_media(reduced_motion="reduce")
    opened(tab, f"{server}/live?picture=ship")
    tab.get_by_role("button", name="conv2d_3 of Benchmark").click()
    told = tab.locator(".enlarged .finding")
    expect(told).to_have_count(2)
    expect(told.first).to_contain_text("conv2d_3 of Benchmark: map")
    maps = feature_maps("benchmark", crop(tab) / np.float32(255))["conv2d_3"]
    strongest = int(maps.sum(axis=(0, 1)).argmax())
    expect(told.first).to_contain_text(f"map {strongest} answers most")
    mark, sheet = (tab.locator(".enlarged .sheet").first.locator(part).bounding_box() for part in ("i", "canvas"))
    across = int(np.ceil(np.sqrt(maps.shape[2])))
    assert round((mark["x"] - sheet["x"]) / (sheet["width"] / across)) == strongest % across
    assert round((mark["y"] - sheet["y"]) / (sheet["height"] / -(-maps.shape[2] // across))) == strongest // across
    tab.wait_for_url(re.compile("layer=conv2d_3"))
    tab.goto(tab.url)  # the link opens it again
    expect(told.first).to_contain_text("conv2d_3 of Benchmark: map")
    tab.locator("[data-testid=stPageLink] a", has_text="Layers").first.click()
    expect(tab.locator("h1")).to_contain_text("Layers")
    tab.wait_for_url(re.compile("layer=conv2d_3"))


def test_a_pen_on_white_paper_is_turned_round_for_lenet(server, tab, tmp_path):
    paper = Image.new("RGB", (200, 200), "white")
    ImageDraw.Draw(paper).line([(100, 30), (100, 170)], fill="black", width=22)
    paper.save(tmp_path / "one.png")
    tab.emulate_media(reduced_motion="reduce")
    opened(tab, f"{server}/live?live=lenet&live_beside=none&inverted=true")
    tab.locator("[data-testid=stFileUploaderDropzoneInput]").set_input_files(tmp_path / "one.png")
    expect(tab.locator(".class.best")).to_contain_text("1")
    expect(tab.locator(".verdict")).to_contain_text("LeNet: 1,")  # mostly black, and not empty
    assert crop(tab)[0, 0].max() == 0
    expect(tab.locator(".network")).to_have_count(1)
    expect(tab.locator(".agreement")).to_be_hidden()


def test_a_file_that_is_no_video_is_said(server, tab, tmp_path):
    (tmp_path / "notes.mp4").write_bytes(b"no video at all")
    opened(tab, f"{server}/live")
    tab.locator(".chosen-file").set_input_files(tmp_path / "notes.mp4")
    expect(tab.locator(".said")).to_contain_text("cannot play notes.mp4. Expected a video such as MP4 or WebM")
    expect(tab.locator(".rate")).to_contain_text("frames a second")


def test_a_camera_that_is_given_after_the_page_was_left_goes_out(server, tab):
    tab.add_init_script("""
      const media = navigator.mediaDevices, given = media.getUserMedia.bind(media)
      media.getUserMedia = wished => new Promise(done => { window.allow = async () => done((window.stream = await given(wished))) })
    """)
    opened(tab, f"{server}/live")
    tab.locator(".camera").click()
    tab.locator("[data-testid=stPageLink] a", has_text="Kernels").first.click()
    expect(tab.locator("h1")).to_contain_text("Kernels")
    tab.evaluate("allow()")
    tab.wait_for_function("() => window.stream?.getVideoTracks()[0].readyState === 'ended'")


def test_what_is_set_on_the_page_is_what_the_next_frame_has(server, tab):
    """Kernel, what its result is drawn in, stride and network are changed while the part stands there."""
    tab.emulate_media(reduced_motion="reduce")
    opened(tab, f"{server}/live?picture=cat")
    expect(tab.locator(".of-kernel")).to_contain_text("Sobel, across: ")
    expect(tab.locator(".of-kernel")).to_contain_text("The colours end at ±")
    tab.locator(".st-key-gallery-kernel_1").get_by_role("radio", name="Box blur").click()
    expect(tab.locator(".of-kernel")).to_contain_text("Box blur: ")
    expect(tab.locator(".of-kernel")).to_contain_text("0 % of the values shown are outside 0 to 1, and clipped")
    tab.get_by_text("signed colours").click()
    expect(tab.locator(".of-kernel")).to_contain_text(", black is 0")
    tab.locator(".kernels select").select_option("sharpen")
    expect(tab.locator(".of-kernel")).to_contain_text("Sharpen: red is above 0, blue below")
    expect(tab.locator(".st-key-gallery-kernel_1").get_by_role("radio", name="Sharpen")).to_be_checked()
    tab.locator(".st-key-stride_1 input").focus()
    before = tab.locator("canvas.frame").evaluate("canvas => canvas.toDataURL()")
    tab.keyboard.press("End")  # 8 rows
    tab.wait_for_function(
        "before => { const part = [...document.querySelectorAll('*')].map(each => each.shadowRoot?.querySelector('canvas.frame')).find(Boolean); return part.toDataURL() !== before }",
        arg=before,
    )
    tab.locator(".split").focus()
    tab.keyboard.press("End")  # nothing of the result is left to be seen
    expect(tab.locator(".of-kernel")).to_contain_text("Drag the line to the left")
    seen = crop(tab)
    tab.locator(".st-key-live_beside input").click()
    tab.get_by_role("option", name="champion").click()
    expect(tab.locator(".network").nth(1)).to_contain_text("Champion")
    tab.wait_for_timeout(600)
    shown = classes(tab)
    answer = predict("champion", seen / np.float32(255))
    for label, share in zip(card_of("champion").labels, answer, strict=True):
        assert shown[label][1] == percent(float(share)).replace(" ", "\xa0")


def test_another_picture_is_shown_though_a_frame_was_frozen_and_a_forgotten_one_is_gone(server, tab, tmp_path):
    Image.new("RGB", (64, 64), (250, 20, 20)).save(tmp_path / "red.png")
    tab.emulate_media(reduced_motion="reduce")
    opened(tab, f"{server}/live?picture=cat")
    tab.locator("[data-testid=stFileUploaderDropzoneInput]").set_input_files(tmp_path / "red.png")
    expect(tab.locator(".verdict")).to_contain_text("nearly of one colour")
    assert crop(tab).reshape(-1, 3).mean(axis=0).tolist() == [250, 20, 20]
    frozen(tab)
    tab.get_by_role("button", name="Forget my photo").click()
    expect(tab.locator(".freeze")).to_have_attribute("aria-pressed", "false")
    expect(tab.locator(".verdict")).not_to_contain_text("nearly of one colour")
    assert crop(tab).reshape(-1, 3).mean(axis=0)[0] < 240


def test_a_video_plays_is_frozen_and_makes_way_for_the_picture(server, tab, tmp_path):
    film = cv2.VideoWriter(str(tmp_path / "film.webm"), cv2.VideoWriter_fourcc(*"VP80"), 25, (160, 120))
    for i in range(100):
        film.write(np.full((120, 160, 3), (2 * i, 255 - 2 * i, 40), np.uint8))
    film.release()
    opened(tab, f"{server}/live")
    tab.locator(".chosen-file").set_input_files(tmp_path / "film.webm")
    expect(tab.locator(".file")).to_have_text("■ Stop the video")
    expect(tab.locator(".verdict")).to_contain_text("nearly of one colour")
    expect(tab.locator(".hold")).to_contain_text("rightly or not; ")
    first = crop(tab)
    tab.wait_for_timeout(700)
    assert (crop(tab) != first).any()
    frozen(tab)
    seen = crop(tab)
    tab.wait_for_timeout(400)
    np.testing.assert_array_equal(crop(tab), seen)
    tab.locator(".file").click()
    expect(tab.locator(".file")).to_have_text("Video file")
    expect(tab.locator(".drift")).to_be_visible()
    expect(tab.locator(".verdict")).not_to_contain_text("nearly of one colour")


def test_the_strip_says_how_often_two_networks_agreed(server, tab):
    opened(tab, f"{server}/live?picture=frog&live_beside=benchmark&live=dummy")
    expect(tab.locator(".agreed")).to_contain_text("Both may be wrong together")
    frozen(tab)
    said = tab.locator(".agreed").inner_text()
    tab.wait_for_timeout(1500)
    assert tab.locator(".agreed").inner_text() == said  # its clock stands while frames do
    marked = tab.locator(".agreement").evaluate("""canvas => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
      const column = (x, y) => data[4 * (y * canvas.width + x) + 3] > 0
      const high = [...Array(canvas.width).keys()].filter(x => column(x, 1)).length, low = [...Array(canvas.width).keys()].filter(x => column(x, canvas.height - 2)).length
      return [high, low]
    }""")
    assert marked[1] >= marked[0]
    assert marked[1] > 0
    share = marked[0] / marked[1]
    said = float(re.search(r"agreed in (?:[<>] )?([\d.]+)", said)[1]) / 100
    assert abs(share - said) < 0.12
