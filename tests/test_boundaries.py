"""Who may import what. The source is read, and the whole application is run, to see what really gets loaded."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEAVY = {"tensorflow", "keras", "sklearn", "umap", "skimage", "matplotlib", "mpl_toolkits", "torch", "jax"}
PRESS = {
    "convlens.export.press",
    "convlens.export.explored",
}  # Matplotlib stands there, and a worker's job alone opens them


def imported(path: Path, *, inside_functions: bool) -> set[str]:
    """Dotted names that a module imports; at the top level only, or anywhere."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = ast.walk(tree) if inside_functions else tree.body
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def touches(names: set[str], package: str) -> bool:
    return any(name == package or name.startswith(package + ".") for name in names)


NAMED = re.compile(r"^\| (\d) \| ([a-z, ]+) \|", re.MULTILINE)  # a row of the table of floors
FLOORS = {
    room: int(floor)
    for floor, rooms in NAMED.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    for room in rooms.split(", ")
}
SUBJECTS = FLOORS.pop("the subject rooms")
KERAS = {"keras", "tensorflow"}
FREE = "models.catalog", "models.imagenet"  # which rooms may import at the top: they never import Keras
ROOMS = sorted((ROOT / "convlens").rglob("*.py"))
MODELS = sorted((ROOT / "models").rglob("*.py"))

# What still differs: importer → imported. It may only shrink.
EXCEPTIONS: set[tuple[str, str]] = set()


def room_of(name: str) -> str:
    """The room of a module of ``convlens``, by its dotted name: the folder, or the file on the ground floor."""
    return name.split(".")[1]


def floor_of(name: str) -> int:
    room = room_of(name)
    return (
        FLOORS.get(room, SUBJECTS) if (ROOT / "convlens" / room).is_dir() else FLOORS[room]
    )  # a file has a floor of its own


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def modules(names: set[str]) -> set[str]:
    """Those imported names that are modules of ours: of ``from convlens.text import number`` the module."""
    return {name for name in names if (ROOT / name.replace(".", "/")).with_suffix(".py").exists()}


def test_every_room_has_a_floor_and_says_what_it_is():
    rooms = {p.name for p in (ROOT / "convlens").iterdir() if p.suffix == ".py" or (p.is_dir() and [*p.glob("*.py")])}
    files = {name.removesuffix(".py") for name in rooms if name.endswith(".py")} - {"__init__"}
    assert files <= set(FLOORS)
    assert set(FLOORS) <= files | rooms
    for folder in (p for p in (ROOT / "convlens").rglob("*") if p.is_dir() and [*p.glob("*.py")]):
        assert ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))), folder


def test_no_room_imports_from_above_and_no_subject_room_another():
    found = set()
    for path in ROOMS:
        importer = dotted(path)
        if importer == "convlens":
            continue
        for name in modules(imported(path, inside_functions=True)):
            if not name.startswith("convlens.") or room_of(name) == room_of(importer):
                continue
            up = floor_of(name) > floor_of(importer)
            aside = floor_of(name) == floor_of(importer) == SUBJECTS
            if up or aside:
                found.add((importer.removeprefix("convlens."), name.removeprefix("convlens.")))
    assert found == EXCEPTIONS


@pytest.mark.parametrize("path", ROOMS, ids=dotted)
def test_rooms_leave_streamlit_and_keras_where_they_are(path):
    names, at_the_top = (imported(path, inside_functions=inside) for inside in (True, False))
    screen = dotted(path) != "convlens" and floor_of(dotted(path)) == FLOORS["ui"]
    drawn = {"matplotlib", "mpl_toolkits"} if dotted(path) in PRESS else set()
    assert not [heavy for heavy in HEAVY - drawn if touches(names if screen else at_the_top, heavy)]
    assert screen or not touches(names, "streamlit")
    assert dotted(path) in {*PRESS, "convlens.export.jobs"} or not names & PRESS
    assert not [heavy for heavy in KERAS if touches(names, heavy)] or path.name == "jobs.py"
    for name in modules(names if path.name != "jobs.py" else at_the_top):
        assert not name.startswith("models.") or name in FREE or path.name == "warming.py"


@pytest.mark.parametrize("path", [ROOT / "app.py", *sorted((ROOT / "pages").glob("*.py"))], ids=lambda p: p.name)
def test_screens_import_nothing_heavy(path):
    names = imported(path, inside_functions=True)
    assert not [heavy for heavy in HEAVY if touches(names, heavy)]
    assert {name for name in modules(names) if name.startswith("models.")} <= set(FREE)


@pytest.mark.parametrize("path", MODELS, ids=dotted)
def test_models_import_what_stands_below_them(path):
    names = imported(path, inside_functions=True)
    assert not touches(names, "streamlit")
    for name in modules(names):
        assert not name.startswith("convlens.") or floor_of(name) <= 2
    if "Never imports Keras" in (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""):
        assert not [heavy for heavy in HEAVY if touches(names, heavy)]
        for name in modules(names):
            if name.startswith("models."):
                text = (ROOT / name.replace(".", "/")).with_suffix(".py").read_text(encoding="utf-8")
                assert "Never imports Keras" in ast.get_docstring(ast.parse(text)), name
    else:
        assert dotted(path) not in FREE


def loaded_by(code: str) -> set[str]:
    """Modules in memory after some code has run in a process of its own."""
    code += "\nimport sys, json\nprint('\\n' + json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_the_application_loads_nothing_heavy():
    assert not HEAVY & loaded_by("import app, convlens, convlens.slices.jobs, convlens.work.engine, models.catalog")


def test_workers_import_of_keras_what_they_need():
    """What Keras would only offer more with is there for whoever asks later."""
    code = """
import sys, matplotlib, models.running.slicing
assert {"matplotlib", "keras"} <= set(sys.modules)  # what was there stays
assert not {"pandas", "scipy", "sklearn"} & set(sys.modules)
import pandas, scipy.stats, sklearn.linear_model
"""
    assert {"pandas", "scipy.stats", "sklearn.linear_model"} <= loaded_by(code)
    for folder in ("architectures", "running", "training"):  # whichever is asked for first
        assert "from models import lean" in (ROOT / "models" / folder / "__init__.py").read_text(encoding="utf-8")


def test_running_every_page_loads_nothing_heavy():
    code = """
import sys
from pathlib import Path
from streamlit.testing.v1 import AppTest
from convlens.server import first
from convlens.work import engine
from convlens.ui.navigation import PAGES
first.lay_out()  # as a server does; what workers answer comes as pickles, these too
at = AppTest.from_file(str(Path("convlens/ui/frame.py").resolve()), default_timeout=120).run()
assert "convlens.drawing.figures" not in sys.modules  # the first page does not wait for Plotly, which AppTest itself imports
for page in PAGES:
    at.switch_page(f"../../pages/{page.name}.py").run()
    assert not at.exception, at.exception
engine.stop()
"""
    loaded = loaded_by(code)
    assert "streamlit" in loaded
    assert not HEAVY & loaded


def test_memory_is_one_thing():
    """What is computed is remembered in ``work/memory.py`` alone; ``functools`` keeps what never changes."""
    for path in [*ROOMS, *(ROOT / "pages").glob("*.py"), ROOT / "app.py"]:
        text = path.read_text(encoding="utf-8")
        assert "st.cache_" not in text, path
        assert not touches(imported(path, inside_functions=True), "cachetools"), path
        assert not touches(imported(path, inside_functions=True), "functools.cached_property"), path  # see lazy.py


PRIVATE = ROOT / "convlens" / "server" / "private.py"
INSIDE = {
    "streamlit.proto",
    "streamlit.web",
    "streamlit.elements",
    "streamlit.runtime.scriptrunner",
    "streamlit.runtime.state",
}


def test_private_parts_of_streamlit_stand_in_one_file():
    for path in {*ROOMS, *(ROOT / "pages").glob("*.py"), ROOT / "app.py"} - {PRIVATE}:
        text = path.read_text(encoding="utf-8")
        names = imported(path, inside_functions=True)
        assert not [part for part in INSIDE if touches(names, part)], path
        assert "streamlit.runtime.Runtime" not in names, path
        assert not re.findall(
            r"\b(?:_session_mgr|_session_storage|_fragment_storage|_new_widget_state|_old_state)\b", text
        ), path


def test_no_drawer_for_odds_and_ends():
    assert not [
        p for p in ROOT.glob("**/*.py") if p.stem in {"utils", "helpers", "common", "misc"} and ".venv" not in p.parts
    ]


@pytest.mark.parametrize("path", [ROOT / "convlens" / "ui" / "frame.py", ROOT / "app.py"], ids=lambda p: p.name)
def test_routers_stay_short(path):
    assert len(path.read_text().splitlines()) <= 40


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("*.py")), ids=lambda p: p.name)
def test_pages_stay_short(path):
    """A page's panels are in its room."""
    assert len(path.read_text().splitlines()) <= 60


APPLICATION = [
    ROOT / "app.py",
    *(p for part in ("convlens", "models", "pages", "scripts", "benchmarks") for p in (ROOT / part).rglob("*.py")),
]
CALLED_BY_LIBRARIES = {"setup", "to_dict"}  # Dask's plugin; what Streamlit asks a figure for


def defined(tree: ast.Module) -> set[str]:
    """Functions, classes, methods, fields and constants of a module; not what is local to a function."""
    names: set[str] = set()
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    for node in [*tree.body, *(inner for each in classes for inner in each.body)]:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}
    return {name for name in names if not name.startswith("__")}


def test_what_is_defined_is_used():
    """By name: as an attribute or an import anywhere, or within its module. A use in tests keeps nothing alive."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in APPLICATION}
    everywhere = set(CALLED_BY_LIBRARIES)
    for tree in trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                everywhere.add(node.attr)
            elif isinstance(node, ast.ImportFrom):
                everywhere |= {alias.name for alias in node.names}
    unused = []
    for path, tree in trees.items():
        within = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
        unused += [f"{path.relative_to(ROOT)}: {name}" for name in sorted(defined(tree) - within - everywhere)]
    assert unused == []
