"""Shared by all tests: where things are, one engine for the session, the application without a browser."""

import gc
import os
import tempfile
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parents[1]
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# two processes of tests and their workers share the cores: more threads only wait for one another
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ.setdefault(name, "1")
os.environ["CONVLENS_WORKERS"] = "1"  # of every server and engine that says nothing else
os.environ["KERAS_HOME"] = tempfile.mkdtemp(prefix="convlens-keras-")  # what was fetched here must not be tested
hypothesis.settings.register_profile("convlens", deadline=None)  # the first example pays for imports
hypothesis.settings.load_profile("convlens")
for name in (
    "CONVLENS_CIFAR10",
    "CONVLENS_MNIST",
    "CONVLENS_MODELS",
    "CONVLENS_PICTURES",
    "CONVLENS_MAPS",
    "CONVLENS_DECKS",
):  # what lies on the developer's machine must not change what is tested
    os.environ.pop(name, None)


LONGEST = (  # files whose tests take half a minute or more, the longest first, so that no worker waits for another at the end
    "test_steps", "test_pages", "test_pretrained", "test_owning", "test_trials", "test_recipe", "test_own_networks", "test_projection",
    "test_reading", "test_boundaries", "test_engine", "test_train_script", "test_map", "test_snippets", "test_first",
    "test_explorer", "test_live", "test_journeys", "test_training", "test_door", "test_messages", "test_cluster", "test_accessibility",
    "test_faults", "test_autoencoder", "test_teach", "test_privacy", "test_made_up", "test_digits_and_map", "test_arithmetic",
    "test_presenting", "test_deploy", "test_lapse", "test_regions", "test_rows", "test_memory", "test_gate", "test_jobs", "test_survey",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(LONGEST)))


@pytest.fixture(scope="module", autouse=True)
def old_objects_rest():
    """Streamlit collects garbage after every run of a page; what earlier tests have built, TensorFlow's graphs above all, would
    be looked through each time, for a second and more."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def networks_folder(tmp_path_factory) -> Path:
    """A folder with a network of every shape, as somebody would put their own there."""
    from tests import networks

    folder = tmp_path_factory.mktemp("networks")
    networks.save_all(folder)
    return folder


@pytest.fixture
def own_networks(networks_folder, monkeypatch) -> Path:
    """The folder of one's own networks, in the catalog."""
    monkeypatch.setenv("CONVLENS_MODELS", str(networks_folder))
    return networks_folder


@pytest.fixture
def student_folder(tmp_path, monkeypatch):
    """A folder as a student would have it, with the networks that ship; the test runs in it."""
    (tmp_path / "models").symlink_to(ROOT / "models")
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def engine(networks_folder):
    """The engine that the pages use, with one worker; TensorFlow's import is paid once."""
    from convlens.server import warming
    from convlens.work import engine

    engine.QUIET["CONVLENS_MODELS"] = str(
        networks_folder
    )  # the worker's catalog; the tests' has it only where asked for
    engine.TIME_LIMIT *= (
        4  # where three processes of tests share two cores a worker that starts may take more than a minute
    )
    engine.start(warming.warm, ("benchmark", "dummy"))
    yield engine
    engine.stop()


@pytest.fixture
def in_this_process(monkeypatch):
    """Jobs run here, so that they see what a test has changed."""
    from convlens.work import engine

    monkeypatch.setattr(engine, "run", lambda job, *args: job(*args))


@pytest.fixture(scope="session")
def parts():
    """Streamlit's register of live parts. A server has one; each AppTest would ask all that is installed for parts of its own."""
    from streamlit.components.v2.component_manager import BidiComponentManager

    return BidiComponentManager()


@pytest.fixture
def open_page(engine, parts):
    """``open_page("kernels", stride_1="2")``: a page as a link with these parameters opens it."""
    from streamlit.testing.v1 import AppTest

    from convlens.ui.navigation import PAGES

    def opener(name: str, **query: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "convlens" / "ui" / "frame.py"), default_timeout=270)
        app._bidi_component_manager = parts
        for key, value in query.items():
            app.query_params[key] = value
        if name != PAGES[0].name:
            app.switch_page(f"../../pages/{name}.py")
        return app.run()

    return opener
