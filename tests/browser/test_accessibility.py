"""axe-core on every page, in light and in dark: no serious or critical finding."""

from pathlib import Path

import axe_playwright_python
import pytest

from convlens.ui.navigation import PAGES
from tests.serving import go, ready

pytestmark = pytest.mark.browser
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
GRAVE = """async options => (await axe.run(document, { resultTypes: ["violations"], ...options })).violations
    .filter(found => ["serious", "critical"].includes(found.impact))
    .flatMap(found => found.nodes.map(node => `${found.id}: ${node.html.slice(0, 120)} ${node.failureSummary.slice(0, 200)}`))"""
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}  # nothing else depends on the theme
THEMED = """theme => { const [r, g, b] = getComputedStyle(document.querySelector("[data-testid=stApp]")).backgroundColor.match(/\\d+/g)
    return (Number(r) + Number(g) + Number(b) > 380) === (theme === "light") }"""
HEADS = {
    "home": "One picture",
    "pixels": "Pixels:",
    "kernels": "Kernels:",
    "regions": "Regions:",
    "live": "Live:",
    "layers": "Layers:",
    "explorer": "Explorer:",
    "compare": "Compare:",
    "networks": "Networks:",
    "architectures": "Architectures:",
    "training": "Training:",
    "teach": "Teach:",
    "autoencoder": "Autoencoder:",
    "made_up": "Made up:",
    "digits": "Digits:",
    "ladder": "The ladder:",
    "map": "Map:",
}


@pytest.mark.timeout(900)  # seventeen pages, each looked at twice: two minutes, more on a busy machine
def test_no_page_has_a_grave_fault_in_light_or_dark(server, tab):
    tab.set_viewport_size({"width": 1280, "height": 3600})  # what is out of view, axe-core does not judge
    tab.goto(server)
    ready(tab)
    tab.evaluate(AXE)
    found = {}
    for page in PAGES:
        go(tab, page.title)
        tab.wait_for_selector(f"[data-testid=stMain] h1:has-text('{HEADS[page.name]}')")
        ready(tab)
        for theme, options in (("light", {}), ("dark", COLOURS)):
            tab.emulate_media(color_scheme=theme)
            tab.wait_for_function(THEMED, arg=theme)
            found[page.name, theme] = tab.evaluate(GRAVE, options)
    assert {where: faults for where, faults in found.items() if faults} == {}
