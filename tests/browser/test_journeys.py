"""What a student does, done in a real browser against a real server."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from convlens.filters.named import EXAMPLES
from convlens.pictures import fitting
from convlens.pictures.bundled import bundled
from convlens.ui.navigation import PAGES
from tests.serving import go, ready, upload

# the lecture's tables, as in tests/convlens/test_convolution.py
TABLES = {
    "corner": [3, 2, 2, 3, 1, 2, 0, 2, 1, 0, 2, 2, 1, 0, 0, 3, 1, 0, 0, 0, 1, 0, 0, 0, 0],
    "identity": [1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0],
    "blur": [
        0.4,
        0.5,
        0.5,
        0.5,
        0.4,
        0.5,
        0.6,
        0.5,
        0.6,
        0.3,
        0.5,
        0.5,
        0.4,
        0.2,
        0.1,
        0.5,
        0.6,
        0.2,
        0.1,
        0,
        0.4,
        0.3,
        0.1,
        0,
        0,
    ],
    "downsampling": [3, 3, 1, 3, 1, 0, 1, 0, 0],
    "averaging": [0.75, 0.75, 0.25, 0.75, 0.25, 0, 0.25, 0, 0],
}
pytestmark = pytest.mark.browser
PHOTO = ".st-key-panel-photo .magnifier"  # the page has a second one


def say(page, text):
    expect(page.get_by_text(text).first).to_be_visible()


def a_photo(rows=48, columns=64) -> bytes:
    ramp = np.linspace(0, 255, columns).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(np.dstack([np.tile(ramp, (rows, 1))] * 3)).save(buffer, "PNG")
    return buffer.getvalue()


def test_a_cold_deep_link_opens_the_right_page_in_the_right_frame(server, tab):
    tab.goto(f"{server}/kernels?kernel_1=sharpen&stride_1=2&stride_columns_1=2&picture=ship")
    ready(tab)
    say(tab, "191 × 191 values")
    say(tab, "Ship, grey")
    expect(tab.get_by_test_id("stTopNav").get_by_role("button", name="Picture: Kernels")).to_be_visible()
    tab.wait_for_url(re.compile("picture=ship"))
    expect(tab.get_by_role("radio", name="Sharpen")).to_have_attribute("aria-checked", "true")


def test_an_uploaded_photo_is_on_every_page(server, tab):
    tab.goto(server)
    ready(tab)
    upload(tab, {"name": "me.png", "mimeType": "image/png", "buffer": a_photo()})
    say(tab, "48 × 64 × 3 numbers")
    for page, text in (
        ("Pixels", "48 × 64 × 3 = 9,216"),
        ("Kernels", "46 × 62 values"),
        ("Layers", "conv2d_1: Conv2D"),
        ("Compare", "ConvLens does not know its class"),
    ):
        go(tab, page)
        say(tab, text)
        expect(tab.locator("[data-testid=stSidebar]").get_by_text("Your photo", exact=True)).to_be_visible()
        assert "picture" not in tab.url
    tab.locator(".gallery [data-name=frog]").click()
    say(tab, "It is a frog")
    tab.get_by_role("button", name="Show my photo").click()
    say(tab, "ConvLens does not know its class")
    tab.get_by_role("button", name="Forget my photo").click()
    expect(tab.locator("[data-testid=stSidebar]").get_by_text("Cat").first).to_be_visible()


def test_a_bad_upload_is_explained_and_the_picture_stays(server, tab):
    tab.goto(f"{server}/pixels?picture=cat")
    ready(tab)
    upload(tab, {"name": "notes.png", "mimeType": "image/png", "buffer": b"no picture at all"})
    say(tab, "This is not a picture that ConvLens can read.")
    say(tab, "Your former picture is still here.")
    say(tab, "Cat, every pixel")


def test_a_kernel_with_stride_two_has_the_expected_size(server, tab):
    tab.goto(f"{server}/kernels?picture=frog")
    ready(tab)
    say(tab, "382 × 382 values")
    tab.get_by_role("radio", name="Gaussian blur 5 × 5").click()
    say(tab, "380 × 380 values")
    for name in ("Stride, rows", "Stride, columns"):
        tab.get_by_role("slider", name=name).press("ArrowRight")
    say(tab, "190 × 190 values")
    tab.wait_for_url(re.compile("kernel_1=gaussian_5"))
    tab.wait_for_url(re.compile("stride_1=2"))


def test_weights_can_be_edited(server, tab):
    tab.goto(f"{server}/kernels?kernel_1=identity&padding_1=same&picture=frog")
    ready(tab)
    say(tab, "384 × 384 values from 0 to 1")
    cell = tab.get_by_label("weight in row 2, column 2")
    cell.fill("-3")
    cell.press("Enter")
    say(tab, "384 × 384 values from −3 to 0")
    tab.wait_for_url(re.compile("weights_1="))
    tab.get_by_role("button", name="Larger kernel").click()
    expect(tab.get_by_label("weight in row 4, column 4")).to_be_visible()


def test_from_a_layer_to_a_channel_to_the_large_map(server, tab, chromium):
    tab.goto(f"{server}/layers")
    ready(tab)
    tab.get_by_role("radio", name=re.compile("^conv2d_4")).click()
    say(tab, "conv2d_4: Conv2D, 16 × 16 × 16")
    tab.get_by_role("radio", name=re.compile("^Map 7:")).click()
    say(tab, "Map 7 of conv2d_4")
    for panel in ("sheet", "map"):
        tab.locator(f".st-key-panel-{panel}").get_by_role("button", name="Enlarge").click()
        tab.wait_for_function("() => document.fullscreenElement")
        tab.keyboard.press("Escape")
        tab.evaluate("document.fullscreenElement && document.exitFullscreen()")
    expect(
        tab.locator(".st-key-panel-spread").get_by_role("img", name="Histogram of the map and of its layer")
    ).to_be_visible()
    say(tab, "The weights behind map 7")
    tab.wait_for_url(re.compile("channel=7"))
    tab.wait_for_url(re.compile("layer=conv2d_4"))
    link = tab.url
    other = chromium.new_context().new_page()
    other.goto(link)
    say(other, "Map 7 of conv2d_4")
    other.context.close()


def test_a_picture_is_chosen_again_after_a_photo(server, tab):
    tab.goto(server)
    ready(tab)
    side = tab.locator("[data-testid=stSidebar]")
    tab.locator(".gallery [data-name=ship]").click()
    expect(side.get_by_text("Ship").first).to_be_visible()
    say(tab, "It is a ship")
    upload(tab, {"name": "me.png", "mimeType": "image/png", "buffer": a_photo()})
    say(tab, "48 × 64 × 3 numbers")
    tab.locator(".gallery [data-name=ship]").click()  # the very same that was clicked last
    say(tab, "It is a ship")
    tab.wait_for_url(re.compile("picture=ship"))


def test_the_back_button_leads_back(server, tab):
    tab.goto(f"{server}/?picture=ship")
    ready(tab)
    tab.get_by_role("link", name="5 Last convolution").click()
    say(tab, "conv2d_6: Conv2D")
    tab.wait_for_url(lambda url: "picture=ship" in url and "layer=conv2d_6" in url)  # the panels may be there first
    tab.get_by_role("radio", name=re.compile("^conv2d_3")).click()
    say(tab, "conv2d_3: Conv2D")
    go(tab, "Compare")
    say(tab, "Compare: two networks")
    tab.go_back()
    say(tab, "conv2d_3: Conv2D")  # as it was left
    tab.wait_for_url(lambda url: "layer=conv2d_3" in url)
    tab.go_back()
    say(tab, "One picture, all the way through")
    expect(tab.locator("[data-testid=stSidebar]").get_by_text("Ship").first).to_be_visible()


def test_back_and_the_menu_bring_again_what_widgets_had(server, tab):
    """Streamlit itself takes what stood in widgets from the address of a page that is left."""
    tab.goto(f"{server}/digits?k=9")
    ready(tab)
    tab.get_by_role("radio", name="Manhattan").click()
    tab.wait_for_url(lambda url: {"k=9", "distance=Manhattan"} <= set(url.partition("?")[2].split("&")))
    go(tab, "Kernels")
    tab.wait_for_selector("h1:has-text('Kernels')")  # until then a 2 of the page before would be clicked
    ready(tab)
    tab.get_by_role("radio", name="2", exact=True).click()
    tab.wait_for_url(re.compile("kernels.*steps=2"))
    for _ in range(2):  # to Digits, or to Kernels as it was opened and then to Digits
        if "kernels" in tab.url:
            tab.go_back()
            tab.wait_for_timeout(2_000)  # the address may change a little later than going back has ended
    tab.wait_for_url(lambda url: {"k=9", "distance=Manhattan"} <= set(url.partition("?")[2].split("&")))
    ready(tab)
    expect(tab.get_by_role("radio", name="Manhattan")).to_be_checked()
    go(tab, "Kernels")
    expect(tab.get_by_role("radio", name="2", exact=True)).to_be_checked()
    tab.wait_for_url(re.compile("kernels.*steps=2"))


def test_two_softmaxes(server, tab):
    tab.goto(f"{server}/compare?picture=cat")
    ready(tab)
    say(tab, "It is a cat, so")
    say(tab, "of at most 3.32 bits. ◆ marks the truth: cat.")
    tab.locator("[data-testid=stSidebar]").get_by_role("radio", name="Airplane").click()
    say(tab, "It is an airplane, so")


def messages(tab) -> list:
    """Every frame that the page sends to the server from now on."""
    sent: list = []
    tab.on("websocket", lambda ws: ws.on("framesent", lambda payload: sent.append(payload)))
    return sent


def numbers(cells) -> list[float]:
    return [float(text.replace("−", "-")) for text in cells.all_inner_texts()]


def test_the_stepper_gives_the_lectures_tables_without_a_round_trip(server, tab):
    sent = messages(tab)
    tab.goto(f"{server}/kernels")
    ready(tab)
    stepper = tab.locator(".stepper")
    stepper.scroll_into_view_if_needed()
    for name, example in EXAMPLES.items():
        stepper.locator(f"[data-name={name}]").click()
        output = stepper.locator(".output .cell")
        assert numbers(output) == pytest.approx(TABLES[name])
        output.last.hover()
        shown = stepper.locator(".terms").inner_text()
        assert shown.endswith(f"= {output.last.inner_text()}")
        assert shown.count("·") == example.weights.size
    stepper.locator("[data-name=corner]").click()
    grid = stepper.locator(".output")
    grid.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        grid.press(key)
    expect(stepper.locator(".output .cell.on")).to_have_text("2")
    # the patch in rows 2–4, columns 3–5 of the input, the weights 0 0 0 / 0 1 1 / 0 1 0
    expect(stepper.locator(".terms")).to_have_text("1·0 + 1·0 + 1·0 + 0·0 + 0·1 + 1·1 + 0·0 + 1·1 + 0·0 = 2")
    tab.wait_for_url(re.compile("stepped=1-2"))
    ready(tab)
    before = len(sent)  # which cell it is goes into the link, and whether it plays; what is typed stays
    stepper.get_by_label("input, row 2, column 2").fill("5")
    expect(stepper.locator(".output .cell").first).to_have_text("7")
    stepper.get_by_role("button", name="Play").click()
    tab.wait_for_timeout(1800)
    stepper.get_by_role("button", name="Pause").click()
    tab.wait_for_url(re.compile("stepped=[0-9]-[0-9](&|$)"))
    assert len(sent) == before + 2


def test_what_a_magnifier_holds_and_the_steppers_example_go_into_the_link(server, tab):
    tab.goto(f"{server}/pixels")
    ready(tab)
    magnifier = tab.locator(PHOTO)
    lens = magnifier.locator(".photo")
    lens.press("ArrowDown")
    lens.press("Enter")
    magnifier.locator(".channels button", has_text="blue").click()
    tab.wait_for_url(re.compile("held_photo=[0-9]+-[0-9]+-blue"))
    row, column = re.search("held_photo=([0-9]+)-([0-9]+)-blue", tab.url).groups()
    tab.goto(tab.url)
    ready(tab)
    said = f"blue, rows {row}–{int(row) + 11}, columns {column}–{int(column) + 11}"
    expect(magnifier.locator(".say")).to_contain_text(said)
    for _ in range(2):  # held, and let go
        lens.press("Enter")
    tab.wait_for_url(lambda url: "held_photo" not in url)
    tab.goto(f"{server}/kernels")
    ready(tab)
    for name in ("own", "photo", "downsampling"):
        tab.locator(f".stepper [data-name={name}]").click()
        tab.wait_for_url(re.compile(f"example={name}"))
        tab.goto(tab.url)
        ready(tab)
        expect(tab.locator(f".stepper [data-name={name}]")).to_have_attribute("aria-pressed", "true")
    tab.locator(".stepper .output .cell").last.click()
    tab.wait_for_url(re.compile("stepped=2-2(&|$)"))
    tab.reload()
    ready(tab)
    expect(tab.locator(".stepper .output .cell.on")).to_have_attribute("data-at", "2,2")
    tab.locator(".stepper .play").click()
    tab.wait_for_url(re.compile("stepped=2-2-play"))
    tab.goto(tab.url.replace("stepped=2-2-play", "stepped=0-1-play"))
    ready(tab)
    expect(tab.locator(".stepper .play")).to_have_attribute("aria-pressed", "true")
    expect(tab.locator(".stepper .output .cell.on")).not_to_have_attribute("data-at", "0,1")  # it goes on
    tab.locator(".stepper [data-name=photo]").click()
    tab.locator(".stepper .photo img").click(position={"x": 12, "y": 12})
    tab.wait_for_url(re.compile("stepped=0-0[.]"))
    row, column = map(int, re.search("stepped=0-0[.]([0-9]+)-([0-9]+)", tab.url).groups())
    tab.reload()
    ready(tab)
    shown = f"rows {row}–{row + 6}, columns {column}–{column + 6}"
    expect(tab.locator(".stepper .where")).to_have_text(shown)
    tab.emulate_media(reduced_motion="reduce")
    tab.goto(f"{server}/kernels?example=photo&stepped=3-4-play")
    ready(tab)
    expect(tab.locator(".stepper .output .cell.on")).to_have_attribute("data-at", "3,4")
    expect(tab.locator(".stepper .play")).to_have_attribute("aria-pressed", "false")


def test_a_patch_of_the_photo_is_true(server, tab):
    tab.goto(f"{server}/kernels?kernel_1=identity&picture=frog")
    ready(tab)
    stepper = tab.locator(".stepper")
    stepper.locator("[data-name=photo]").click()
    expect(stepper.locator(".where")).to_have_text(re.compile(r"rows \d"))  # the photo may have to be decoded first
    where = stepper.locator(".where").inner_text()
    top, left = int(re.search(r"rows (\d+)", where)[1]), int(re.search(r"columns (\d+)", where)[1])
    grey = fitting.to_grey(bundled()["frog"].picture.pixels)
    expected = np.rint(grey[top + 1 : top + 6, left + 1 : left + 6] * 255) / 255
    np.testing.assert_allclose(numbers(stepper.locator(".output .cell")), expected.ravel(), atol=0.0006)


def test_the_magnifier_shows_the_pixels_without_a_round_trip(server, tab):
    sent = messages(tab)
    tab.goto(f"{server}/pixels?picture=cat")
    ready(tab)
    magnifier = tab.locator(PHOTO)
    photo = magnifier.locator(".photo")
    expect(magnifier.locator(".values span")).to_have_count(144)
    tab.wait_for_timeout(500)
    before = len(sent)
    rgb = bundled()["cat"].picture.rgb
    for channel, plane in (("green", rgb[:, :, 1]), ("red", rgb[:, :, 0])):
        magnifier.get_by_role("radio", name=channel).click()
        box = photo.bounding_box()
        tab.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.3)
        where = magnifier.locator(".say").inner_text()
        top, left = int(re.search(r"rows (\d+)", where)[1]), int(re.search(r"columns (\d+)", where)[1])
        assert numbers(magnifier.locator(".values span")) == plane[top : top + 12, left : left + 12].ravel().tolist()
    photo.focus()
    photo.press("ArrowRight")
    expect(magnifier.locator(".say")).to_contain_text(f"columns {left + 1}–{left + 12}")
    seen = tab.locator(".st-key-panel-seen .magnifier")
    seen.get_by_role("radio", name="0–1").click()
    where = seen.locator(".say").inner_text()
    top, left = int(re.search(r"rows (\d+)", where)[1]), int(re.search(r"columns (\d+)", where)[1])
    expected = fitting.fit(rgb.astype(np.float32) / 255, (32, 32))[top : top + 12, left : left + 12, 0]
    np.testing.assert_allclose(numbers(seen.locator(".values span")), expected.ravel(), atol=0.00501)
    assert len(sent) == before


def test_home_shows_the_whole_chain_on_one_screen(server, tab):
    tab.set_viewport_size({"width": 1280, "height": 720})
    tab.goto(server)
    ready(tab)
    bars = (
        "[...document.querySelectorAll('.st-key-panel-answers [data-testid=stHtml]')]"  # what is said of them follows
    )
    bottom = f"Math.max(...{bars}.map(each => each.getBoundingClientRect().bottom))"
    tab.wait_for_function(f"() => {bars}.length === 2 && {bottom} <= 720")  # once fonts and pictures have their places


def test_headers_and_health(server, tab):
    response = tab.request.get(server)
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["x-frame-options"] == "SAMEORIGIN"
    assert response.headers["referrer-policy"] == "same-origin"
    assert tab.request.get(f"{server}/_stcore/health").text() == "ok"


def test_nothing_leaves_this_machine(server, tab):
    addresses: list[str] = []
    tab.on("request", lambda request: addresses.append(request.url))
    tab.goto(f"{server}/compare")
    ready(tab)
    assert len(addresses) > 20
    # blob: and data: are made by the page itself and ask nobody
    assert [url for url in addresses if not url.startswith((server, f"blob:{server}", "data:"))] == []


WITHIN = """() => [...document.querySelectorAll("[class*=st-key-panel-] :is(table, [data-testid=stCaptionContainer])")]
    .map(part => part.getBoundingClientRect().right <= part.closest("[class*=st-key-panel-]").getBoundingClientRect().right)"""


DRAWING = ":is([class*=st-key-panel-], [class*=st-key-stage-], .st-key-class-0)"
WIDGETS = """() => [...document.querySelectorAll("[data-testid=stMain] :is([data-testid=stSelectbox], [data-testid=stButtonGroup])")]
    .filter(widget => widget.checkVisibility()).length"""
PHONE = {"width": 390, "height": 844}
FOLDS = {"kernels", "live", "layers", "explorer", "compare", "networks", "training", "digits", "map"}


@pytest.mark.parametrize("name", [page.name for page in PAGES])
def test_pages_fit_a_phone(server, tab, name):
    tab.set_viewport_size(PHONE)
    tab.emulate_media(color_scheme="dark")
    tab.goto(f"{server}/{name if name != 'home' else ''}")
    ready(tab)
    tab.wait_for_selector("[data-testid=stSidebar][data-collapsed=true]")  # Streamlit folds it when all is there
    wider = tab.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth")
    header = tab.locator("[data-testid=stHeader]").bounding_box()
    below = [header["y"] + header["height"]]
    below += [
        tab.locator(part).first.bounding_box()["y"]
        for part in (".st-key-tray-views img", "[data-testid=stMain] h1", DRAWING)
    ]
    assert below == sorted(below)  # the picture, the title, the first drawing
    assert below[-1] < 470  # of 844
    if folded := tab.locator("[data-testid=stMain] .fold input").all():
        (settings,) = folded
        assert settings.bounding_box()["y"] > below[-1]
        before = tab.evaluate(WIDGETS)
        settings.focus()
        tab.keyboard.press("Space")
        assert tab.evaluate(WIDGETS) > before
    assert bool(folded) == (name in FOLDS)
    within = tab.evaluate(WITHIN)
    if name == "explorer":  # the answer is in view there too
        names = tab.locator(".explorer .names").bounding_box()
        assert names["x"] + names["width"] <= 390
    assert wider <= 0
    assert all(within)


def test_on_a_phone_the_picture_is_changed_without_the_menu(server, tab):
    tab.set_viewport_size(PHONE)
    tab.goto(f"{server}/kernels")
    ready(tab)
    change, frog = tab.get_by_role("checkbox", name="Change picture: now Cat"), tab.locator("[data-name=frog]")
    expect(frog).not_to_be_visible()
    change.focus()
    tab.keyboard.press("Space")
    frog.click()
    expect(tab.get_by_role("checkbox", name="Change picture: now Frog")).not_to_be_checked()
    expect(frog).not_to_be_visible()  # folded again: what was chosen is to be seen
    upload(tab, {"name": "mine.png", "mimeType": "image/png", "buffer": a_photo()})
    expect(tab.get_by_role("button", name="Forget my photo")).to_be_visible()
    assert tab.get_by_role("button", name="Forget my photo").bounding_box()["y"] < 250
    inside = tab.locator(".katex-display").evaluate_all("all => all.map(each => each.scrollWidth <= each.clientWidth)")
    assert inside == [True]  # the size formula goes on in the next line
    tab.goto(
        f"{server}/kernels?predict=kernels"
    )  # a question is no first drawing: it comes before, and settings stay folded
    ready(tab)
    asked, first = tab.locator(".st-key-panel-ask-predict"), tab.locator(".st-key-panel-before")
    expect(asked).to_be_visible()
    assert asked.bounding_box()["y"] < first.bounding_box()["y"]
    expect(tab.locator(".st-key-steps")).not_to_be_visible()
    tab.goto(f"{server}/kernels")
    ready(tab)
    strip = tab.locator(".st-key-tray-views")
    tab.wait_for_selector("[data-testid=stSidebar][data-collapsed=true]")
    change = tab.get_by_role("checkbox", name="Change picture: now Cat").locator("xpath=..")
    tab.wait_for_function("label => label.getBoundingClientRect().right <= 390", arg=change.element_handle())
    tab.get_by_test_id("stExpandSidebarButton").click()
    tab.get_by_test_id("stSidebarNav").get_by_role("link", name="Layers").click()
    expect(tab.locator("h1")).to_contain_text("Layers")
    tab.wait_for_selector("[data-testid=stSidebar][data-collapsed=true]")  # the menu makes way for what was chosen
    ready(tab)
    network, settings = (
        tab.locator(".st-key-network-choose"),
        tab.get_by_role("checkbox", name="Settings of this page"),
    )
    expect(network).not_to_be_visible()
    settings.focus()
    tab.keyboard.press("Space")
    expect(network).to_be_visible()
    assert network.bounding_box()["y"] > settings.bounding_box()["y"]
    assert strip.bounding_box()["y"] < 120  # what has the focus has not moved it out of sight


def test_a_patch_is_shown_as_soon_as_the_photo_is_there(server, tab):
    tab.add_init_script("""const source = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, "src")
        Object.defineProperty(HTMLImageElement.prototype, "src", { ...source, set(url) { setTimeout(() => source.set.call(this, url), 4000) } })""")
    tab.goto(f"{server}/kernels?kernel_1=identity")
    where = tab.locator(".stepper .where")
    tab.locator(".stepper [data-name=photo]").click()  # the photo comes four seconds later
    expect(where).not_to_contain_text("rows")
    expect(where).to_contain_text("rows")


def test_a_lessons_step_is_done_and_says_where_to_look(server, tab):
    tab.goto(f"{server}/kernels?picture=ship")
    ready(tab)
    tab.get_by_text("What is behind this").click()
    tab.get_by_role("button", name="1. Sobel, down").click()
    tab.wait_for_url(re.compile("kernel_1=sobel_y"))
    assert "picture=ship" in tab.url
    expect(tab.get_by_text("done, look above")).to_be_visible()
    expect(tab.locator(".st-key-panel-signed")).to_contain_text("values from")


def test_predict_then_see(server, tab):
    tab.goto(f"{server}/compare?picture=cat")
    ready(tab)
    expect(tab.get_by_text("Benchmark says cat").first).to_be_visible()
    tab.get_by_role("button", name="Predict first").click()
    expect(tab.get_by_text("Which of the two says so?")).to_be_visible()
    expect(tab.locator(".st-key-panel-softmax-0")).to_have_count(0)
    tab.get_by_role("button", name="Benchmark only").click()
    expect(tab.get_by_text("You said: Benchmark only. It is: Benchmark only.")).to_be_visible()
    expect(tab.locator(".st-key-panel-softmax-0")).to_be_visible()
    tab.wait_for_url(re.compile("predict=compare-[0-9a-f]{8}-first"))
