"""A run, from the page's opening to what is taken home."""

import re

import keras
import pytest
from playwright.sync_api import expect

from convlens.pictures import digits
from convlens.text import a
from tests.serving import ready

FILM = ".st-key-panel-film"


def said(tab) -> str:
    return tab.locator(f"{FILM} figcaption").inner_text()


def test_a_recorded_run_plays_before_any_click_and_a_still_one_where_motion_is_reduced(server, tab):
    for motion in ("no-preference", "reduce"):
        tab.emulate_media(reduced_motion=motion)
        tab.goto(f"{server}/training")
        ready(tab)
        expect(tab.locator(f"{FILM} figcaption")).to_contain_text("updates")
        first = said(tab)
        if motion == "no-preference":
            expect(tab.locator(f"{FILM} figcaption")).not_to_have_text(first)
        else:
            tab.wait_for_timeout(1500)
            assert said(tab) == first
            maps = tab.locator(f"{FILM} .strip img")
            expect(maps).to_have_js_property("complete", True)
            assert maps.evaluate("image => image.naturalWidth") > 500  # every layer's, before anybody has trained
            tab.locator(f"{FILM} input[type=range]").press("Home")
            expect(maps).to_have_attribute("alt", "Every layer's maps after 0 updates")
            assert first.startswith("After 2,048 updates (51.2 epochs): right on 99.8 %")


def test_a_run_is_trained_gone_back_to_and_taken_home(server, tab, chromium, tmp_path):
    tab.goto(f"{server}/training")
    ready(tab)
    tab.get_by_role("button", name="Wrong labels").click()
    tab.wait_for_function(
        "() => window.convlensFilm?.run?.includes('wrong=50')", timeout=120_000
    )  # no longer the recorded run
    expect(tab.locator(f"{FILM} figcaption")).to_have_text(
        re.compile("After (256|384|512|640) updates"), timeout=120_000
    )
    tab.get_by_role("button", name="Stop training").click()
    expect(tab.get_by_role("button", name="Train", exact=True)).to_be_visible()
    ready(tab)
    expect(tab.locator(f"{FILM} .play")).to_contain_text("Play")  # it stands where it has stopped
    tab.wait_for_function("() => window.convlensFilm.rests")
    assert tab.locator(f"{FILM} input[type=range]").evaluate("slider => slider.value === slider.max")
    tab.get_by_role("button", name="Train", exact=True).click()
    expect(tab.locator(f"{FILM} .play")).to_contain_text("Pause")  # it goes on, and so does the film
    tab.get_by_role("button", name="Stop training").click()
    expect(tab.get_by_role("button", name="Train", exact=True)).to_be_visible()
    ready(tab)
    slider = tab.locator(f"{FILM} input[type=range]")
    slider.press("End")  # while the film plays it may be where Home leads
    slider.press("Home")
    tab.wait_for_url(re.compile("wrong=50.*update=0"))
    expect(tab.locator(".st-key-panel-wrong")).to_contain_text("Wrong after 0 updates")
    assert said(tab).startswith("After 0 updates")
    with tab.expect_download() as download:
        tab.locator(FILM).get_by_role("button", name="KERAS").click()
    download.value.save_as(tmp_path / "first.keras")
    keras.utils.set_random_seed(1)
    from models.architectures.digits_cnn import digits_cnn

    fresh, taken = digits_cnn(), keras.saving.load_model(tmp_path / "first.keras")
    for ours, theirs in zip(taken.get_weights(), fresh.get_weights(), strict=True):
        assert (ours == theirs).all()
    last = tab.locator(f"{FILM} .strip img").get_attribute("src")
    slider.press("End")
    expect(tab.locator(f"{FILM} .strip img")).not_to_have_attribute("src", last)  # of this run, too, they are there
    slider.press("Home")
    tab.wait_for_url(re.compile("wrong=50.*update=0"))
    link = tab.url
    other = chromium.new_context().new_page()
    other.goto(link)
    ready(other)
    expect(other.locator(".st-key-panel-wrong")).to_contain_text("Wrong after 0 updates")
    other.context.close()
    tab.get_by_role("button", name="Look inside").click()
    tab.get_by_role("button", name="Explorer: how its numbers are made").click()
    tab.wait_for_url(re.compile("explorer.*network=my-digits-cnn-0"))
    ready(tab)
    head = tab.locator(".st-key-head-how p").first
    expect(head).to_contain_text("of conv2d_1 is made")
    unit = int(re.search(r"map (\d+)", head.inner_text())[1])
    tab.wait_for_selector(".how .line b")
    cells = tab.locator(".how .kernel").first.locator("span").evaluate_all("cells => cells.map(cell => +cell.title)")
    kernel = taken.get_layer("conv2d_1").get_weights()[0][:, :, 0, unit]
    assert cells == pytest.approx(kernel.ravel().tolist(), rel=1e-6)


def test_the_next_experiment_plays_however_soon_it_follows_on_a_pause(server, tab):
    """What the server hears late was said of the run before."""
    tab.goto(f"{server}/training")
    ready(tab)
    expect(tab.locator(f"{FILM} figcaption")).to_contain_text("updates")
    tab.locator(f"{FILM} .play").click()
    expect(tab.locator(f"{FILM} .play")).to_contain_text("Play")
    tab.get_by_role("button", name="Rate too high").click()
    # it plays, or on a busy machine it has come to its end by now, and rests there
    plays = "() => { const me = window.convlensFilm; return me?.run?.includes('rate=3') && (me.timer || me.rests) }"
    tab.wait_for_function(plays, timeout=120_000)
    expect(tab.locator(f"{FILM} figcaption")).to_have_text(re.compile("After [0-9,]+ updates"))
    tab.wait_for_url(re.compile("rate=3"))  # the address follows the film
    assert "update=" not in tab.url
    play, stop = tab.locator(f"{FILM} .play"), tab.get_by_role("button", name="Stop training")
    if "Play" in play.inner_text():
        play.click()
    play.click()  # a pause of this run is one
    tab.wait_for_url(re.compile("update="))
    if stop.count():
        stop.click()
    expect(play).to_contain_text("Play")


def test_a_run_that_is_stopped_before_its_first_moment_shows_it(server, tab):
    tab.goto(f"{server}/training")
    ready(tab)
    tab.get_by_role("button", name="All zeros").click()
    tab.get_by_role("button", name="Stop training").click()
    expect(tab.locator(FILM)).to_contain_text("zeros")
    expect(tab.locator(f"{FILM} figcaption")).to_contain_text("updates")


def test_95_per_cent_of_the_digits(server, tab):
    tab.goto(f"{server}/training")
    ready(tab)
    tab.get_by_role("button", name="Train", exact=True).click()
    tab.get_by_role("radio", name="Every layer").click()
    # the row that is drawn anew may stand beside the one before for a moment
    expect(tab.locator(".st-key-panel-layers").last).to_contain_text(
        "What every layer makes of the digit", timeout=120_000
    )
    wanted = re.compile(r"and on (25[7-9]|26\d) of 270")
    expect(tab.locator(f"{FILM} figcaption")).to_have_text(wanted, timeout=180_000)
    tab.locator(FILM).get_by_role("button", name="Ask my picture").click()
    expect(tab.locator(f"{FILM} .asked")).to_have_text("Cat, as it is seen at 8 × 8, is asked")
    expect(tab.locator(".st-key-panel-layers")).to_contain_text("What every layer makes of your picture")
    tab.locator(FILM).get_by_role("button", name="Ask one of the held-out digits").click()
    expect(tab.locator(f"{FILM} .asked")).to_have_text("A held-out digit, a 7, is asked")
    tab.get_by_role("button", name="Stop training").click()


def test_a_digit_that_is_wrong_is_asked(server, tab):
    tab.goto(f"{server}/training?update=16")
    ready(tab)
    first = tab.locator(".st-key-panel-wrong [role=radio]").first
    number = int(re.search(r"\d+", first.get_attribute("aria-label") or first.get_attribute("title")).group())
    first.click()
    truth = a(str(digits.digits().labels[number]))
    expect(tab.locator(f"{FILM} .asked")).to_have_text(f"A held-out digit, {truth}, is asked")


@pytest.mark.parametrize("experiment", ["Dead ReLU"])
def test_what_goes_wrong_is_seen(server, tab, experiment):
    tab.goto(f"{server}/training")
    ready(tab)
    tab.get_by_role("button", name=experiment).click()
    expect(tab.locator(f"{FILM} .layers")).to_contain_text(
        "100 % of its units answer no held-out digit", timeout=120_000
    )
    tab.get_by_role("button", name="Stop training").click()


def test_a_weight_of_any_layer_is_looked_at(server, tab):
    tab.goto(f"{server}/training?rate=0.005&update=16")
    ready(tab)
    kernel = tab.locator(".st-key-panel-kernel")
    expect(kernel).to_contain_text("of conv2d_1", timeout=120_000)
    tab.locator(f"{FILM} .layers button", has_text="dense_1").click()
    expect(kernel).to_contain_text("of dense_1")
    expect(tab.locator(".st-key-panel-lens")).to_contain_text("is one product")
    field = kernel.locator("input")
    field.fill("5")
    field.press("Enter")
    expect(kernel).to_contain_text("Unit 5 of dense_1")
    tab.wait_for_url(re.compile("through=dense_1.*filter=5|filter=5.*through=dense_1"))
    kernel.locator(".map").click(position={"x": 4, "y": 4})
    expect(kernel).to_contain_text("The weight of input 0 is")
    tab.locator(f"{FILM} .filters button").nth(3).click()
    expect(kernel).to_contain_text("Filter 3 of conv2d_1")
    tab.get_by_role("radio", name="And back").click()
    tab.wait_for_url(re.compile("behind=And.back"))
    expect(kernel).to_have_count(0)
    expect(tab.locator(".st-key-panel-back")).to_contain_text("∂L/∂z = p − 1")
    tab.locator(f"{FILM} .filters button").nth(2).click()  # which is looked at behind another view
    expect(kernel).to_contain_text("Filter 2 of conv2d_1")
    expect(tab.locator(".st-key-panel-back")).to_have_count(0)


def test_one_batch_and_one_epoch_on(server, tab):
    tab.goto(f"{server}/training?learner=tiny&seed=5&update=2")
    ready(tab)
    batch, epoch = (tab.locator(f"{FILM} .{name}") for name in ("batch", "epoch"))
    for update in (3, 4, 5):
        batch.click()
        expect(tab.locator(f"{FILM} figcaption")).to_contain_text(f"After {update} updates")
    tab.wait_for_url(re.compile("update=5"))
    epoch.click()
    expect(tab.locator(f"{FILM} figcaption")).to_contain_text("After 40 updates (1 epoch)")
    epoch.click()
    expect(tab.locator(f"{FILM} figcaption")).to_contain_text("After 80 updates (2 epochs)")
    expect(tab.locator(".st-key-panel-wrong")).to_contain_text("Wrong after 80 updates")


def test_back_leads_to_the_run_that_was_left(server, tab):
    """Streamlit itself takes what stood in widgets from the address of a page that is left."""
    tab.goto(f"{server}/training?learner=stacked&stack=c4x3-g&rate=0.01&update=2")
    ready(tab)
    expect(tab.locator(FILM)).to_contain_text("Your stack of two layers learns from 1,257 digits, rate 0.01")
    tab.get_by_role("button", name="Look inside").click()
    tab.get_by_role("button", name="Networks: its card").click()
    tab.wait_for_url(re.compile("networks.*a=my-stacked-"))
    ready(tab)
    tab.go_back()
    tab.wait_for_url(re.compile("training.*learner=stacked"))
    ready(tab)
    expect(tab.locator(FILM)).to_contain_text("Your stack of two layers learns from 1,257 digits, rate 0.01")
    assert {"rate=0.01", "stack=c4x3-g"} <= set(tab.url.partition("?")[2].split("&"))
