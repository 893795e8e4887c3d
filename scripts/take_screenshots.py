"""Take the README's screenshots: start ConvLens, open every page in Chromium, write assets/screenshots/.

python scripts/take_screenshots.py [name ...]
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from browser import browser, server  # noqa: E402
from PIL import Image  # noqa: E402

from tests.serving import ready  # noqa: E402

FOLDER = ROOT / "assets" / "screenshots"
# file → (address, width, height, dark, what to bring into view)
SHOTS = {
    "home": ("?picture=frog", 1280, 800, False, None),
    "pixels": ("pixels?picture=cat", 1280, 800, False, None),
    "kernels": ("kernels?picture=cat&kernel_1=sobel_x", 1280, 800, False, None),
    "stepper": ("kernels", 1280, 800, False, ".stepper"),
    "regions": ("regions?picture=cat&described=first layer's maps", 1280, 800, False, None),
    "live": ("live?picture=cat&kernel_1=sobel_x", 1280, 860, False, None),
    "layers": ("layers?picture=cat&layer=conv2d_1&channel=3&row=12&column=20", 1280, 860, False, None),
    "explorer": ("explorer?layer=conv2d_3&channel=4&row=7&column=8", 1280, 760, False, None),
    "how": ("explorer?layer=conv2d_3&channel=4&row=7&column=8", 1280, 800, False, ".st-key-panel-how"),
    "surgery": (
        "explorer?layer=conv2d_3&channel=4&row=7&column=8&surgery=conv2d_2:silence:3,6,9",
        1280,
        800,
        False,
        ".st-key-panel-answer",
    ),
    "compare": ("compare?picture=cat", 1280, 800, False, None),
    "networks": ("networks", 1280, 860, False, None),
    "architectures": ("architectures?architecture=googlenet&block=inception_3a", 1280, 900, False, None),
    "skips": ("architectures", 1280, 760, False, ".st-key-panel-tried-skips"),
    "training": ("training?update=256", 1280, 1010, False, None),
    "stacked": ("training?learner=stacked&stack=c16x3n-p2-r32x3n-o30-d64&update=64", 1280, 860, False, None),
    "lapse": ("compare?picture=cat&after=391", 1280, 760, False, None),
    "teach": ("teach?picture=automobile", 1280, 860, False, None),
    "autoencoder": ("autoencoder?coder=plain-2", 1280, 860, False, None),
    "unfolding": ("autoencoder?plan=plain-2-2-128-squared-1-digits", 1280, 860, False, ".st-key-panel-own-plane"),
    "made_up": ("made_up", 1280, 760, False, None),
    "duel": ("made_up?duel=10000", 1280, 900, False, ".st-key-panel-film"),
    "digits": (
        "digits?ask=drawing&drawing=QMSMUMWMYMaMcLeLgLiLkLmMoMqMsMuMwMvOuQsTrWqYobnemgkjjmiohqgsgufweyd0c2",
        1280,
        860,
        False,
        None,
    ),
    "ladder": ("ladder", 1280, 860, False, None),
    "map": ("map?spot=300", 1280, 860, False, None),
    "dark": ("layers?picture=ship&layer=conv2d_4&channel=6&row=7&column=8", 1280, 800, True, None),
    "phone": ("?picture=airplane", 390, 844, False, None),
}


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with browser() as chromium, server(ROOT / "app.py") as served:
        for name in sys.argv[1:] or SHOTS:
            address, width, height, dark, view = SHOTS[name]
            context = chromium.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if dark else "light",
                reduced_motion="reduce",
            )
            page = context.new_page()
            page.goto(f"{served.address}/{address}")
            ready(page, 90_000)
            page.locator("[data-testid=stSkeleton]").first.wait_for(state="detached")  # the browser may be behind
            if name == "map":
                page.wait_for_selector("text=pictures by UMAP", timeout=120_000)
            if name == "unfolding":
                page.get_by_role("button", name="Train", exact=True).click()
                page.wait_for_selector("text=After 9,600 updates: the plane of codes", timeout=300_000)
            if view:
                page.wait_for_timeout(1000)  # what the browser draws itself takes its place a moment later
                page.locator(view).evaluate("e => e.scrollIntoView({block: 'center'})")
                if view == ".stepper":
                    page.locator(".output .cell").nth(6).hover()
            page.wait_for_timeout(1500)
            path = FOLDER / f"{name}.png"
            page.screenshot(path=path)
            Image.open(path).convert("RGB").save(path, optimize=True)
            print(path.relative_to(ROOT), f"{path.stat().st_size / 1000:.0f} kB")
            context.close()


if __name__ == "__main__":
    main()
