"""Who may import what. The source is read, and the whole application is run, to see what really gets loaded."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEAVY = {"tensorflow", "keras", "sklearn", "umap", "skimage", "torch", "jax"}


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


SCREENS = [ROOT / "app.py", *sorted((ROOT / "pages").glob("*.py")), *sorted((ROOT / "convlens" / "ui").rglob("*.py"))]
CORE = sorted((ROOT / "convlens").glob("*.py"))
LIGHT = {
    "catalog",
    "cards",
    "guard",
    "imagenet",
    "opening",
    "outline",
    "schema",
    "structure",
}  # of models, what the web process imports
MODELS = sorted((ROOT / "models").glob("*.py"))


@pytest.mark.parametrize("path", SCREENS, ids=lambda p: p.name)
def test_screens_import_nothing_heavy_and_of_models_what_never_imports_keras(path):
    names = imported(path, inside_functions=True)
    assert not [h for h in HEAVY if touches(names, h)]
    of_models = {name for name in names if touches({name}, "models")}
    assert all(touches({name}, "models.catalog") or touches({name}, "models.imagenet") for name in of_models)


@pytest.mark.parametrize("path", CORE, ids=lambda p: p.name)
def test_the_core_imports_no_screen_and_no_network(path):
    names = imported(path, inside_functions=True)
    assert not touches(names, "streamlit")
    assert not touches(names, "convlens.ui")
    at_the_top = imported(path, inside_functions=False)
    assert not touches(at_the_top, "models")
    assert not [h for h in HEAVY if touches(at_the_top, h)]
    if path.name not in ("jobs.py",):
        assert not touches(names, "models")
        assert not touches(names, "keras")
        assert not touches(names, "tensorflow")
    assert not touches(names, "matplotlib")


@pytest.mark.parametrize("path", MODELS, ids=lambda p: p.name)
def test_models_import_no_screen(path):
    names = imported(path, inside_functions=True)
    assert not touches(names, "streamlit")
    assert not touches(names, "convlens.ui")
    if "Never imports Keras" in (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""):
        assert not [h for h in HEAVY if touches(names, h)]
        assert {name.split(".")[1] for name in names if touches({name}, "models") and "." in name} <= LIGHT
    else:
        assert path.stem not in LIGHT - {"__init__"}


def loaded_by(code: str) -> set[str]:
    """Modules in memory after some code has run in a process of its own."""
    code += "\nimport sys, json\nprint('\\n' + json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_the_application_loads_nothing_heavy():
    assert not HEAVY & loaded_by("import app, convlens, convlens.slices.jobs, convlens.work.engine, models.catalog")


def test_running_every_page_loads_nothing_heavy():
    code = """
from pathlib import Path
from streamlit.testing.v1 import AppTest
from convlens.work import engine
from convlens.ui.navigation import PAGES
at = AppTest.from_file(str(Path("convlens/ui/frame.py").resolve()), default_timeout=120).run()
for page in PAGES:
    at.switch_page(f"../../pages/{page.name}.py").run()
    assert not at.exception, at.exception
engine.stop()
"""
    loaded = loaded_by(code)
    assert "streamlit" in loaded
    assert not HEAVY & loaded


def test_the_home_page_does_not_wait_for_plotly():
    code = """
from pathlib import Path
from streamlit.testing.v1 import AppTest
from convlens.work import engine
at = AppTest.from_file(str(Path("convlens/ui/frame.py").resolve()), default_timeout=120).run()
assert not at.exception, at.exception
engine.stop()
"""
    assert "convlens.drawing.figures" not in loaded_by(
        code
    )  # AppTest itself imports Plotly, so look at who would draw with it


def test_no_drawer_for_odds_and_ends():
    assert not [
        p for p in ROOT.glob("**/*.py") if p.stem in {"utils", "helpers", "common", "misc"} and ".venv" not in p.parts
    ]


@pytest.mark.parametrize("path", [ROOT / "convlens" / "ui" / "frame.py", ROOT / "app.py"], ids=lambda p: p.name)
def test_routers_stay_short(path):
    assert len(path.read_text().splitlines()) <= 40


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("*.py")), ids=lambda p: p.name)
def test_pages_stay_short(path):
    assert len(path.read_text().splitlines()) <= 160


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
