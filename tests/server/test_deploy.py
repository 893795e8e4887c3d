"""``deploy/``: linted, and every process of it started for real, without containers."""

import os
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import numpy as np
import pytest

from tests.deployed import COMPOSE, DEPLOY, Deployed, instructions
from tests.encoded import encoded
from tests.server.test_faults import with_tensorflow
from tests.visitor import Visitor, play

ANSWER = "Dummy says"
PHOTO = encoded(np.random.default_rng(4).integers(0, 256, (60, 80, 3), np.uint8))
needs_caddy = pytest.mark.skipif(
    not shutil.which("caddy") and not os.environ.get("CI"), reason="needs the proxy: install caddy"
)
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="each service has a loopback address of its own")


def lint(*command: str) -> subprocess.CompletedProcess:
    return subprocess.run([Path(sys.executable).with_name(command[0]), *command[1:]], capture_output=True, text=True)


@pytest.mark.skipif(not Path(sys.executable).with_name("hadolint").exists(), reason="no linter for this machine")
def test_the_image_is_linted():
    done = lint("hadolint", str(DEPLOY / "Dockerfile"))
    assert done.returncode == 0, done.stdout


def test_the_compose_file_is_linted():
    done = lint("check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(DEPLOY / "compose.yaml"))
    assert done.returncode == 0, done.stdout


@needs_caddy
def test_the_proxys_file_is_valid_and_formatted():
    file = DEPLOY / "Caddyfile"
    subprocess.run(["caddy", "validate", "--config", file, "--adapter", "caddyfile"], check=True, capture_output=True)
    assert subprocess.run(["caddy", "fmt", file], check=True, capture_output=True, text=True).stdout == file.read_text()


def test_nobody_is_root_writes_or_is_reached_but_the_proxy():
    user = next(rest for word, rest in instructions() if word == "USER")
    assert int(user.split(":")[0]) >= 10_000
    for name, service in COMPOSE["services"].items():
        assert service["read_only"], name
        assert service["tmpfs"] == ["/tmp"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert ("ports" in service) == (name == "proxy"), name
    assert COMPOSE["networks"]["computing"]["internal"]
    for name in ("scheduler", "worker"):
        assert COMPOSE["services"][name]["networks"] == ["computing"]


def test_each_replica_answers_to_the_proxys_name():
    proxy = COMPOSE["services"]["proxy"]["environment"]["CONVLENS_HOST"]
    for name in ("web-1", "web-2"):
        assert COMPOSE["services"][name]["environment"]["CONVLENS_HOSTS"] == proxy


def test_the_image_ignores_what_it_does_not_copy():
    copied = {rest.split()[0].strip("/") for word, rest in instructions() if word == "COPY"}
    kept = {line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line.startswith("!")}
    assert {name.split("/")[0] for name in kept} == copied


@pytest.fixture(scope="module")
def deployed(tmp_path_factory):
    with Deployed(tmp_path_factory.mktemp("deployed")) as deployed:
        deployed.wait()
        yield deployed


@needs_caddy
@needs_linux
class TestDeployed:
    def test_a_visitor_goes_through_the_proxy_and_all_pages(self, deployed):
        async def visit() -> None:
            visitor = Visitor(deployed.address)
            await visitor.enter("picture=ship")
            assert visitor.said(ANSWER)
            assert "convlens" in {cookie.name for cookie in visitor._cookies}
            await visitor.upload(PHOTO)
            assert "forget" in visitor.widgets
            for page in ("pixels", "kernels", "layers", "explorer", "compare"):
                await visitor.go(page)
                assert not visitor.failed
                assert not visitor.said("Please try again")
            await visitor.leave()

        play(visit())
        for name, process in deployed.processes.items():
            assert process.poll() is None, name
            assert bool(with_tensorflow(process)) == name.startswith("worker"), name

    def test_every_visitor_finds_their_photo_again_after_a_cut(self, deployed):
        async def visit() -> set[str]:
            replicas = set()
            for n in range(40):  # the proxy throws dice
                visitor = Visitor(deployed.address)
                await visitor.enter()
                replicas.add(next(cookie.value for cookie in visitor._cookies if cookie.name == "convlens"))
                await visitor.upload(PHOTO)
                session = visitor.session
                await visitor.cut()
                await visitor.come_back()
                assert visitor.session == session
                assert "forget" in visitor.widgets
                await visitor.leave()
                if n >= 3 and len(replicas) == 2:
                    break
            return replicas

        assert len(play(visit())) == 2  # both replicas had visitors

    def test_a_replica_that_ends_leaves_its_visitors_to_the_other(self, deployed):
        async def visit() -> None:
            visitor = Visitor(deployed.address)
            await visitor.enter("picture=frog")
            for name in ("web-1", "web-2"):
                process = deployed.processes[f"{name}-0"]
                process.kill()
                process.wait(10)
                again = Visitor(deployed.address, _cookies=visitor._cookies)
                await again.enter("picture=truck")  # as the browser does: the page is loaded anew
                assert again.said(ANSWER)
                await again.leave()
                deployed.start(name)
                deployed.wait()

        play(visit())

    def test_what_the_browser_loads_is_compressed(self, deployed):
        page = urllib.request.urlopen(deployed.address).read().decode()
        script = re.search(r'src="\.?(/static/js/index[^"]+\.js)"', page)[1]
        request = urllib.request.Request(deployed.address + script, headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(request) as reply:
            assert reply.headers["Content-Encoding"] == "gzip"
            sent = len(reply.read())
        assert sent < 0.5 * len(urllib.request.urlopen(deployed.address + script).read())

    def test_health_is_told(self, deployed):
        command, environment = deployed.command("web-1", deployed.healthcheck)
        assert subprocess.run(command, env=environment, capture_output=True).returncode == 0
        command, environment = deployed.command(
            "scheduler", COMPOSE["services"]["scheduler"]["healthcheck"]["test"][1:]
        )
        assert subprocess.run(command, env=environment, capture_output=True).returncode == 0
        command, environment = deployed.command("proxy", deployed.healthcheck)  # nobody answers there at this port
        assert subprocess.run(command, env=environment, capture_output=True).returncode == 1

    def test_nothing_is_written_but_where_nothing_lasts(self, deployed):
        written = deployed.writes.read_text().splitlines()
        assert written  # the watch works
        allowed = (str(deployed.folder / "tmp"), "/dev/", "/proc/", f"{deployed.folder / 'watch'}/")
        assert not [path for path in written if not path.startswith(allowed) and "__pycache__" not in path]
