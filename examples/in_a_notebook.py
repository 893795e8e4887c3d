"""One picture asked of one network, without Streamlit; what ConvLens shows of it, as numbers and as code.

python examples/in_a_notebook.py [photo]
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from convlens.layers import panels  # noqa: E402
from convlens.pictures.reading import read_picture  # noqa: E402
from convlens.slices.view import View  # noqa: E402
from convlens.work import engine  # noqa: E402
from models.catalog import card_of  # noqa: E402


def main(photo: Path) -> None:
    choices = {"layer": "conv2d_3", "channel": 4}
    view = View(read_picture(photo.read_bytes()), card_of("benchmark"), choices=choices)
    print(dict(zip(view.card.labels, view.answer().round(3).tolist(), strict=True)))
    for layer in view.layers:
        print(layer.name, layer.kind, layer.shape_text)
    print("largest value:", view.maps()["conv2d_3"][:, :, 4].max())
    panel = panels.chosen_map(panels.shown(view))
    print(f"{panel.title}. {panel.caption}")
    Path(panel.downloads[0].name).write_bytes(panel.downloads[0].make())  # a PNG of the map
    print(panel.code)
    engine.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else ROOT / "assets" / "pictures" / "ship.png")
