"""A space that turns, in a real Chromium: projection and outlines beside Matplotlib and samples, what hides what by pixels, keys, pointer."""

import base64
import io
import itertools

import numpy as np
import pytest
from PIL import Image

from convlens.components.space import space
from convlens.drawing.plots import Axis
from convlens.drawing.space import Box, Cloud, Space
from convlens.ui.parts import ROOMS, _text
from tests.projected import by_matplotlib

pytestmark = pytest.mark.browser
BLUE, RED, GREY = "#2f6fd0", "#cd4100", "#8a9099"
GEOMETRY = (ROOMS / "components" / "space" / "geometry.js").read_text(encoding="utf-8")
STACK = Space(
    ((BLUE, "near"), (RED, "far <b>")),
    (1, -1, 0.5),
    boxes=(Box((4, 6), (-4, 4), (-4, 4), BLUE, "near: 8 × 8"), Box((0, 2), (-3, 3), (-3, 3), RED, "far: 6 × 6")),
)
AXES = tuple(Axis(0, 100, ((0, "0"), (50, "50"), (100, "100")), name) for name in ("red", "green", "blue"))
MOUNT = """async ([script, html, css, data]) => {
    document.body.innerHTML = `<div style="width:460px;--st-font:sans-serif;--st-text-color:#111;--st-background-color:#fff;--st-border-color:#ccc;--st-primary-color:#07c"></div>`
    const part = document.body.firstChild
    part.innerHTML = `<style>${css}</style>${html}`
    const made = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })))
    window.part = { part, show: data => made.default({ data: [data], parentElement: part }) }
    window.part.show(data)
}"""


@pytest.fixture(scope="module")
def page(chromium):
    page = chromium.new_page(viewport={"width": 600, "height": 700})
    page.goto("about:blank")
    yield page
    page.close()


def mounted(page, of: Space, alt: str = "what is shown"):
    """Its canvas, drawn."""
    page.evaluate(MOUNT, [*(_text("space", kind) for kind in ("js", "html", "css")), space("x", of, alt).data])
    canvas = page.locator("canvas")
    settled(page)
    return canvas


def settled(page) -> int:
    """How many frames were drawn, once no more is asked for."""
    page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done))))"
    )
    return int(page.locator("canvas").get_attribute("data-frames"))


def pixels(canvas) -> np.ndarray:
    data = canvas.evaluate("canvas => canvas.toDataURL()")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data.partition(",")[2])))).astype(int)


def hue(pixel) -> str:
    r, _, b, a = pixel
    return "nothing" if a < 200 else "blue" if b > r + 40 else "red" if r > b + 40 else "other"


def screen(of: Space, shape: tuple[int, ...], points: np.ndarray) -> np.ndarray:
    """Where points (n, 3) stand in a canvas of that shape, at first: by Python's projection, as large as there is room (14 pixels beside)."""
    corners = of.on_screen(np.concatenate([box.corners for box in of.boxes])) * (1, -1)
    low, high = corners.min(axis=0), corners.max(axis=0)
    scale = min((shape[1] - 28) / (high - low)[0], (shape[0] - 28) / (high - low)[1])
    return scale * (of.on_screen(np.atleast_2d(points)) * (1, -1) - (low + high) / 2) + (shape[1] / 2, shape[0] / 2)


@pytest.mark.parametrize("eye", [(1, 0, 0), (0.62, -0.82, 0.4), (1.5, 1.4, 0.8), (-0.3, 2, -1)])
def test_the_cameras_directions_are_matplotlibs(page, eye):
    ways = page.evaluate(f"eye => {{ {GEOMETRY}; return camera(bearing(eye)) }}", list(eye))
    points = np.random.default_rng(0).random((20, 3))
    theirs = by_matplotlib(eye, points)
    ours = points @ np.array([ways["right"], ways["up"]]).T
    scale = np.ptp(theirs[:, 0]) / np.ptp(ours[:, 0])
    np.testing.assert_allclose(theirs - theirs[0], scale * (ours - ours[0]), atol=1e-9)
    np.testing.assert_allclose(ways["toward"], np.array(eye) / np.linalg.norm(eye))


def test_an_ellipsoids_outline_and_its_front_hold_all_its_points_and_touch_them(page):
    rng = np.random.default_rng(3)
    halves, ways = rng.normal(size=(3, 3)), rng.normal(size=(200_000, 3))
    surface = ways / np.linalg.norm(ways, axis=1, keepdims=True) @ halves.T
    found = page.evaluate(
        f"""halves => {{ {GEOMETRY}; const ways = camera({{ azimuth: 0.7, elevation: 0.4 }}), {{ before, ...of }} = outline(halves, ways)
        return {{ ...of, ways, front: [[0, 0], [0.2, -0.1], [-0.3, 0.1]].map(at => before(...at)), beside: Number.isNaN(before(9, 9)) }} }}""",
        halves.tolist(),
    )
    x, y, depth = (surface @ np.array(found["ways"][way]) for way in ("right", "up", "toward"))
    turned = np.array(
        [[np.cos(found["angle"]), np.sin(found["angle"])], [-np.sin(found["angle"]), np.cos(found["angle"])]]
    )
    across = (turned @ [x, y]) / [[found["long"]], [found["short"]]]
    assert np.hypot(*across).max() == pytest.approx(1, abs=1e-4)
    for way in across:
        assert np.abs(way).max() == pytest.approx(1, abs=1e-3)
    for (right, up), front in zip([(0, 0), (0.2, -0.1), (-0.3, 0.1)], found["front"], strict=True):
        assert depth[np.hypot(x - right, y - up) < 0.02].max() == pytest.approx(front, abs=0.05)
    assert found["beside"]


def test_the_nearer_box_covers_the_farther_one_from_either_side(page):
    canvas = mounted(page, STACK)
    image = pixels(canvas)
    assert image.shape[:2] == (330, 460)
    (x, y), (ox, oy) = screen(STACK, image.shape, np.array([[6, 0, 0], [0, -3, 2.9]])).astype(int)
    assert hue(image[y, x]) == "blue"
    # a place of the far one that the near one, which is larger, does not hide
    assert hue(image[oy, ox + 2]) == "red"
    ((hx, hy),) = screen(STACK, image.shape, np.array([[2, 2, -2]])).astype(int)
    assert hue(image[hy, hx]) == "blue"  # what stands there is hidden
    canvas.focus()
    for _ in range(24):  # 180°: the far one is nearer now, and as it is smaller, both are seen
        page.keyboard.press("ArrowRight")
    settled(page)
    image = pixels(canvas)
    reds = (image[..., 0] > image[..., 2] + 40) & (image[..., 3] > 200)
    rows, columns = np.nonzero(reds)
    whole = np.ptp(rows) * np.ptp(columns)
    assert reds.sum() > 0.55 * whole  # no blue lies over it
    middle = image[int(rows.mean()), int(columns.mean())]
    assert hue(middle) == "red"


def test_boxes_stand_where_python_projects_them(page):
    image = pixels(mounted(page, STACK))
    rows, columns = np.nonzero(image[..., 3] > 100)
    corners = screen(STACK, image.shape, np.concatenate([box.corners for box in STACK.boxes]))
    np.testing.assert_allclose([columns.min(), rows.min()], corners.min(axis=0), atol=1.5)
    np.testing.assert_allclose([columns.max(), rows.max()], corners.max(axis=0), atol=1.5)


def test_sides_are_shaded_each_by_itself(page):
    image = pixels(mounted(page, STACK))
    places = screen(STACK, image.shape, np.array([[6, 0, 0], [5, -4, 0], [5, 0, 4]])).astype(int)
    shades = [tuple(image[y, x, :3]) for x, y in places]
    assert len(set(shades)) == 3
    for shade in shades:  # of one colour
        np.testing.assert_allclose(np.array(shade) / max(shade), np.array([0x2F, 0x6F, 0xD0]) / 0xD0, atol=0.02)
    assert shades[2] == max(shades)  # light comes from above


def test_what_lies_under_the_pointer_is_read_and_what_lies_beside_is_not(page):
    canvas = mounted(page, STACK)
    image, box, tip = pixels(canvas), canvas.bounding_box(), page.locator(".tip")
    for point, said in (((6, 0, 0), "near: 8 × 8"), ((2, 2, -2), "near: 8 × 8"), ((0.2, -3, 2.8), "far: 6 × 6")):
        ((x, y),) = screen(STACK, image.shape, np.array([point]))
        page.mouse.move(box["x"] + x, box["y"] + y)
        assert tip.text_content() == said
    settled(page)
    page.mouse.move(box["x"] + 3, box["y"] + box["height"] - 3)
    assert tip.text_content() == ""


def test_keys_turn_zoom_read_and_go_back(page):
    canvas = mounted(page, STACK, "two boxes")
    assert canvas.get_attribute("role") == "img"
    assert canvas.get_attribute("aria-label") == "two boxes"
    assert "Arrow keys" in page.locator("#keys").text_content()
    first = pixels(canvas)
    page.keyboard.press("Tab")
    assert canvas.evaluate(
        "canvas => document.activeElement === canvas && getComputedStyle(canvas).outlineStyle !== 'none'"
    )
    seen = [first]
    for key in ("ArrowRight", "ArrowUp", "ArrowLeft", "ArrowDown", "+", "-"):
        page.keyboard.press(key)
        settled(page)
        seen.append(pixels(canvas))
    different = [np.any(a != b) for a, b in itertools.pairwise(seen)]
    assert all(different)
    np.testing.assert_array_equal(seen[-1], first)  # each way there and back
    page.keyboard.press("ArrowRight")
    settled(page)
    page.locator(".first").click()
    settled(page)
    np.testing.assert_array_equal(pixels(canvas), first)
    canvas.focus()
    for key, said in (
        ("n", "near: 8 × 8"),
        ("n", "far: 6 × 6"),
        ("n", "near: 8 × 8"),
        ("N", "far: 6 × 6"),
        ("Escape", ""),
    ):
        page.keyboard.press(f"Shift+{key}" if key == "N" else key)
        assert page.locator(".tip").text_content() == said


def test_it_turns_as_it_is_dragged_and_nothing_is_drawn_while_nothing_changes(page):
    canvas = mounted(page, STACK)
    before, box = pixels(canvas), canvas.bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 300)
    quiet = settled(page)
    page.mouse.down()
    page.mouse.move(box["x"] + 140, box["y"] + 300, steps=8)
    page.mouse.up()
    drawn = settled(page)
    assert quiet < drawn <= quiet + 8
    assert np.any(pixels(canvas) != before)
    page.wait_for_timeout(200)
    assert settled(page) == drawn
    page.mouse.move(box["x"] + 3, box["y"] + box["height"] - 3)
    page.mouse.down()
    page.mouse.move(box["x"] - 37, box["y"] + box["height"] - 3, steps=8)  # and back again
    page.mouse.up()
    settled(page)
    assert np.abs(pixels(canvas) - before).mean() < 0.5


def test_the_wheel_scrolls_the_page_and_zooms_with_its_key_alone(page):
    canvas = mounted(page, STACK)
    first = pixels(canvas)
    found = canvas.evaluate("""canvas => [false, true].map(ctrlKey => {
        const event = new WheelEvent("wheel", { deltaY: -100, ctrlKey, cancelable: true, bubbles: true, clientX: 200, clientY: 100 })
        canvas.dispatchEvent(event)
        return event.defaultPrevented
    })""")
    assert found == [False, True]
    settled(page)
    assert (pixels(canvas)[..., 3] > 0).sum() > 1.1 * (first[..., 3] > 0).sum()
    assert (
        canvas.evaluate("canvas => getComputedStyle(canvas).touchAction") == "pan-y pinch-zoom"
    )  # a finger that goes up and down scrolls


def test_the_legend_has_names_and_colours_and_no_name_is_markup(page):
    mounted(page, STACK)
    assert page.locator(".key > span").all_text_contents() == ["near", "far <b>"]
    assert page.locator(".key i").evaluate_all("all => all.map(each => getComputedStyle(each).backgroundColor)") == ["rgb(47, 111, 208)", "rgb(205, 65, 0)"]  # fmt: skip


def test_another_network_is_seen_from_where_this_one_was(page):
    canvas = mounted(page, STACK)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    settled(page)
    turned = pixels(canvas)
    page.evaluate(
        "data => window.part.show(data)", space("x", Space(STACK.names, STACK.eye, boxes=STACK.boxes[:1]), "one").data
    )
    settled(page)
    assert np.any(pixels(canvas) != turned)
    assert canvas.get_attribute("aria-label") == "one"
    page.evaluate("data => window.part.show(data)", space("x", STACK, "two").data)
    settled(page)
    np.testing.assert_array_equal(pixels(canvas), turned)


def clouds(*more: Cloud, points=((50, 50, 50),)) -> Space:
    first = Cloud(np.array(points, float), np.full(3, 50.0), np.diag([20.0, 20, 20]))
    return Space(
        ((BLUE, "sky"), (RED, "fire"))[: 1 + len(more)], (1, 0, 0), clouds=(first, *more), axes=AXES, height=390
    )


def test_a_point_stands_on_its_axes_and_says_its_three_values(page):
    of = clouds(points=((50, 20, 80), (50, 80, 30)))
    canvas = mounted(page, of)
    image, box = pixels(canvas), canvas.bounding_box()
    # seen along x: y runs to the right over 100 units, z upwards; 52 pixels over and under it are kept free
    scale = (390 - 104) / 100
    for y, z in ((20, 80), (80, 30)):
        x, down = 230 + scale * (y - 50), 195 - scale * (z - 50)
        assert hue(image[round(down), round(x)]) == "blue"
        page.mouse.move(box["x"] + x + 2, box["y"] + down + 2)
        assert page.locator(".tip").text_content() == f"sky\nred 50, green {y}, blue {z}"
    page.mouse.move(box["x"] + 230, box["y"] + 195)
    assert page.locator(".tip").text_content() == ""


def test_an_ellipsoid_veils_what_lies_behind_its_front_and_not_what_lies_before_it(page):
    def seen(x: float) -> np.ndarray:
        image = pixels(
            mounted(page, clouds(Cloud(np.array([[x, 50.0, 50.0]]), np.array([50.0, 50, 50]), np.diag([30.0, 30, 30]))))
        )
        return image[195, 230]

    (before, within, behind) = (seen(x)[:3] for x in (95, 50, 5))
    assert before.tolist() == [0xCD, 0x41, 0x00]
    assert np.abs(within - before).max() > 20
    assert np.abs(behind - before).max() > 20


def test_axes_are_written_with_their_names(page):
    canvas = mounted(page, clouds())
    page.evaluate("""() => { window.written = []; const old = CanvasRenderingContext2D.prototype.fillText
        CanvasRenderingContext2D.prototype.fillText = function (text, ...at) { window.written.push(text); return old.call(this, text, ...at) } }""")
    canvas.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    settled(page)
    written = page.evaluate("window.written.slice(-12)")
    assert {"red", "green", "blue", "0", "50", "100"} <= set(written)


def test_its_png_has_the_drawing_and_what_its_colours_mean(page):
    mounted(page, STACK)
    with page.expect_download() as found:
        page.locator(".save").click()
    assert found.value.suggested_filename == "convlens-x.png"
    image = np.asarray(Image.open(found.value.path()).convert("RGB")).astype(int)
    assert image.shape == (330 + 22, 460, 3)
    assert (image[0, 0] == 255).all()
    below = image[330:]
    for colour in (BLUE, RED):
        assert (below == [int(colour[at : at + 2], 16) for at in (1, 3, 5)]).all(axis=2).any()
