"""README, CHANGELOG, requirements and settings stay true."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from convlens.ui.navigation import PAGES
from models.catalog import catalog

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TRACKED = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_the_readme_has_every_page(page):
    assert f"### {page.title}" in README
    assert page.file.exists()


@pytest.mark.parametrize("card", catalog().values(), ids=lambda c: c.name)
def test_the_readme_has_every_network_with_its_accuracy(card):
    assert (
        f"| {card.name} | {card.training_size:,} | {card.training['epochs']} | {100 * card.accuracy:.1f} % |" in README
    )


def test_every_picture_of_the_readme_is_there():
    pictures = re.findall(r"!\[.+?\]\((.+?)\)", README)
    assert len(pictures) >= 6
    for picture in pictures:
        assert (ROOT / picture).stat().st_size > 10_000


def test_every_command_of_the_readme_is_there():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.M))
    assert set(re.findall(r"make ([a-z]+)", README)) <= targets
    for script in re.findall(r"scripts/\w+\.py", README):
        assert (ROOT / script).exists()


def test_the_bench_table_is_quoted():
    rows = [line for line in README.splitlines() if line.startswith("|")]
    for what in (
        "first page, server just started",
        "home, another picture: drawn",
        "all 13 layers, through the engine",
        "3×3 kernel",
    ):
        assert [row for row in rows if row.startswith(f"| {what}")], what


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-test.txt"])
def test_requirements_are_exact_and_name_no_host(name):
    lines = (ROOT / name).read_text().splitlines()
    assert "make requirements" in "\n".join(lines[:3])
    for line in lines:
        assert line.startswith("#") or re.match(r"^[\w.\-\[\]]+==[\w.]+( ;.*)?$", line.strip()), line


def test_every_setting_has_a_comment():
    text = (ROOT / ".streamlit" / "config.toml").read_text()
    settings = tomllib.loads(text)
    assert settings["runner"]["postScriptGC"] is False
    assert settings["browser"]["gatherUsageStats"] is False
    assert settings["client"]["showErrorDetails"] == "none"
    for section in ("server", "runner", "client", "browser"):
        body = text.split(f"[{section}]")[1].split("\n[")[0]
        for line in body.strip().splitlines():
            assert "#" in line or line.startswith(("enableXsrfProtection", "showErrorLinks", "toolbarMode")), line


def test_no_machine_and_no_registry_is_named():
    pattern = re.compile(r"/(wor[k]|roo[t]|far[m]|hom[e]/\w+)/|p[y]pi[.]org|pythonhoste[d]|inde[x]-url", re.I)
    for name in TRACKED:
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ".txt", ".json", ".js", ".css", ".html", ".yaml"} or name in (
            "Makefile",
            ".ci/run",
            "deploy/Dockerfile",
            "deploy/Caddyfile",
        ):
            found = pattern.search(path.read_text(encoding="utf-8"))
            assert not found, f"{name}: {found}"


def test_no_package_is_committed():
    assert [name for name in TRACKED if name.lower().endswith((".whl", ".egg", ".gz", ".xz", ".zip", ".jar"))] == []


def test_no_picture_of_a_data_set_is_committed():
    allowed = ("assets/pictures/", "assets/screenshots/", "assets/icon.png")
    pictures = [n for n in TRACKED if n.lower().endswith((".png", ".jpg", ".jpeg", ".webp", ".gif", ".npy"))]
    assert all(name.startswith(allowed) for name in pictures)
