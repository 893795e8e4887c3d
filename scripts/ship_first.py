"""What everybody sees first, computed before: every page is opened with its defaults, and what workers have given is written down.

    python scripts/ship_first.py

Writes assets/first.pickle and the note beside it. Half a minute. Run it after a change of the networks' weights, of a job, of what a job
returns, of a page's defaults, or of scikit-learn's or TensorFlow's version: `tests/convlens/server/test_first.py` says when. A value whose
key has changed is computed, only later; one whose job has changed and whose key has not is an old one, which that test finds.
"""

import importlib.metadata
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402
from streamlit.testing.v1 import AppTest  # noqa: E402

from convlens.server import first, warming  # noqa: E402
from convlens.ui.navigation import PAGES  # noqa: E402
from convlens.work import engine, memory, shipped  # noqa: E402

ELSEWHERE = ("atlas",)  # kinds that ship in files of their own
SLOW = (  # first and last parts of keys
    ("codes", "measured"),
    ("codes", "nearest"),
    ("codes", "alike"),
    ("codes", "usual"),
    ("made up", "usual"),
)
LIBRARIES = ("keras", "numpy", "opencv-python-headless", "scikit-learn", "scikit-image")


def main() -> None:
    for name in [name for name in os.environ if name.startswith("CONVLENS_")]:
        del os.environ[name]  # what lies on this machine must not be seen
    os.environ["KERAS_HOME"] = tempfile.mkdtemp(prefix="convlens-keras-")
    engine.start(warming.warm, ("benchmark", "dummy"))
    try:
        open_all()
        found = recorded()
    finally:
        engine.stop()
    versions = {name: importlib.metadata.version(name) for name in LIBRARIES}
    shipped.write(found, first.FILE, made_by="scripts/ship_first.py", versions=versions, processor=processor())
    print(f"{len(found)} values, {first.FILE.stat().st_size:,} bytes")


def processor() -> list[str]:
    """What it can do, on which the last digits of a sum depend, and which of two equal values comes first."""
    return sorted(np.show_config(mode="dicts")["SIMD Extensions"].get("found", []))


def open_all() -> None:
    """Every page as it opens.

    Raises:
        RuntimeError: a page did not open.
    """
    for page in PAGES:
        app = AppTest.from_file(str(ROOT / "convlens" / "ui" / "frame.py"), default_timeout=120)
        app.run()
        if page is not PAGES[0]:
            app.switch_page(f"../../pages/{page.name}.py").run()
        if app.exception or app.error:
            raise RuntimeError(f"{page.title} does not open: {[each.value for each in (*app.exception, *app.error)]}")


def recorded() -> dict[tuple, Any]:
    """key → value of what workers have computed and all may have, and of what a page computes itself in tens of milliseconds."""
    return {
        key: value
        for key, (value, elsewhere) in memory.MEMORY.of_all().items()
        if ((elsewhere and key[0] not in ELSEWHERE) or (key[0], key[-1]) in SLOW) and shipped.digest_of(key)
    }


if __name__ == "__main__":
    main()
