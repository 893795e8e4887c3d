"""Fetching a network by a click: who is offered it, how far it is, how it is stopped, what is said when it fails."""

import time
from concurrent.futures import Future

import pytest

from convlens.errors import InputError
from convlens.networks import jobs
from convlens.pictures import jobs as reading
from convlens.ui.controls import fetching
from convlens.work import engine
from models.catalog import to_fetch
from models.imagenet import PRETRAINED, partial_of
from tests import faulty_jobs
from tests.pages.test_pages import texts

BROWSER = {
    "Host": "localhost:8501", "Connection": "Upgrade", "Upgrade": "websocket", "Origin": "http://localhost:8501", "Pragma": "no-cache",
    "User-Agent": "Mozilla/5.0", "Accept-Encoding": "gzip, deflate, br, zstd", "Accept-Language": "en", "Cookie": "_streamlit_xsrf=1",
    "Cache-Control": "no-cache", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "x", "Sec-WebSocket-Protocol": "streamlit",
    "Sec-Fetch-Mode": "websocket",
}  # fmt: skip
FORWARDED = {
    "X-Forwarded-For": "127.0.0.1", "x-forwarded-for": "", "X-Forwarded-Host": "localhost", "X-Forwarded-Proto": "https", "X-Real-IP": "127.0.0.1",
    "Forwarded": "for=127.0.0.1", "Via": "1.1 Caddy", "X-Client-IP": "::1", "True-Client-IP": "127.0.0.1", "CF-Connecting-IP": "127.0.0.1",
    "X-Original-Forwarded-For": "127.0.0.1", "X-Cluster-Client-IP": "127.0.0.1", "X-Request-Id": "1", "Fly-Client-IP": "127.0.0.1",
    "X-Amzn-Trace-Id": "1", "X-Envoy-External-Address": "127.0.0.1", "Tailscale-User-Login": "me", "Authorization": "Basic eA==",
}  # fmt: skip


@pytest.mark.parametrize("host", ["localhost:8501", "localhost", "127.0.0.1:8501", "[::1]:8501", "[::1]"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_browser_on_the_servers_own_machine_is_local(host, scheme):
    for address in (None, "::ffff:127.0.0.1"):
        assert fetching.is_local(address, BROWSER | {"Host": host, "Origin": f"{scheme}://{host}"})


@pytest.mark.parametrize("name", FORWARDED)
def test_behind_a_proxy_nobody_is_local(name):
    assert not fetching.is_local(None, BROWSER | {name: FORWARDED[name]})


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "lens.example.edu:8501", "192.168.1.7:8501", "0.0.0.0:8501", "localhost.evil.example", "127.0.0.1.evil.example",
        "evil.example#localhost", "localhost@evil.example", "", "[::1", "[::2]:8501",
    ],
)  # fmt: skip
def test_by_another_name_nobody_is_local(host):
    """A page elsewhere may have its name point to this machine; a proxy may say the name by which it was asked."""
    assert not fetching.is_local(None, BROWSER | {"Host": host, "Origin": f"http://{host}"})
    assert not fetching.is_local(None, BROWSER | {"Host": host})
    assert not fetching.is_local(None, BROWSER | {"Origin": f"http://{host}"})


@pytest.mark.parametrize("missing", ["Host", "Origin"])
def test_without_host_or_origin_nobody_is_local(missing):
    assert not fetching.is_local(None, {name: value for name, value in BROWSER.items() if name != missing})
    assert not fetching.is_local(None, {})


@pytest.mark.parametrize("address", ["192.168.1.7", "172.17.0.1", "2001:db8::1", "0.0.0.0", "::ffff:192.168.1.7", ""])
def test_from_another_machine_nobody_is_local(address):
    assert not fetching.is_local(address, BROWSER)


def test_where_others_compute_nobody_is_local():
    assert not fetching.is_local(None, BROWSER, clustered=True)


@pytest.fixture
def local(monkeypatch, tmp_path):
    """The page's visitor sits at the server, which has fetched nothing yet."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(fetching, "_offered", lambda: True)
    monkeypatch.setattr(fetching, "_last", None)


def buttons(app) -> list[str]:
    return [button.label for button in app.button if (button.key or "").startswith("fetch.")]


@pytest.mark.parametrize("page", ["layers", "explorer", "compare"])
def test_each_network_is_offered_with_its_size(open_page, local, page):
    app = open_page(page)
    assert not app.exception
    assert buttons(app) == [f"{entry.title}, {entry.bytes / 1e6:.0f} MB" for entry in sorted(PRETRAINED.values(), key=lambda e: e.bytes)]  # fmt: skip


def test_nobody_else_is_offered_any(open_page):
    app = open_page("layers")
    assert not buttons(app)
    assert "a thousand things" not in texts(app)


def test_a_fetch_is_shown_and_stopped(open_page, local, monkeypatch):
    """In the worker that fetches, with a job that has half of the file and waits for the rest."""
    monkeypatch.setattr(jobs, "fetch", faulty_jobs.half_of_a_download)
    engine.FETCHING.stop()  # the next worker has this test's folder in its environment
    entry = PRETRAINED["mobilenet-v3-small"]
    app = open_page("layers")
    app.button(key="fetch.mobilenet-v3-small").click().run()
    now = fetching._last
    end = time.monotonic() + 60
    while not entry.fetched() and time.monotonic() < end:
        time.sleep(0.05)
    app.run()
    assert not app.exception
    assert buttons(app) == ["Stop"]
    progress = app.get("progress")[0].proto
    assert (progress.value, progress.text) == (50, "MobileNetV3-Small: 5 of 11 MB")
    fetching.begin("vgg19")
    assert fetching._last is now  # one at a time
    app.button(key="fetch.stop").click().run()
    assert now.future.cancelled()
    assert not entry.target.exists()
    assert buttons(app)[0] == "MobileNetV3-Small, 11 MB"
    assert not app.error
    assert not partial_of(now.name).exists()
    assert engine.FETCHING.run(abs, -3) == 3  # a new worker is there


def test_maps_are_computed_while_a_network_is_fetched(local, monkeypatch):
    monkeypatch.setattr(jobs, "fetch", faulty_jobs.half_of_a_download)
    engine.FETCHING.stop()
    fetching.begin("mobilenet-v3-small")
    now = fetching._last
    map_of_another = engine.SLOW.submit(abs, -3)
    assert map_of_another.result(60) == 3
    assert not now.future.done()
    engine.SLOW.end(engine.SLOW.submit(time.sleep, 30))  # somebody's map takes too long
    assert not now.future.done()
    fetching.stop(now)
    assert now.future.cancelled()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (InputError("vgg19 cannot be fetched: no way. Without the internet, copy it."), "copy it."),
        (ZeroDivisionError("ours"), "VGG19 could not be fetched. The server's log says why."),
    ],
)
def test_what_went_wrong_is_said_where_it_can_be_tried_again(open_page, local, monkeypatch, error, said):
    failed: Future = Future()
    failed.set_exception(error)
    monkeypatch.setattr(fetching, "_last", fetching.Fetch("vgg19", failed))
    app = open_page("layers")
    assert not app.exception
    assert app.error[0].value.replace("\\", "").endswith(said)
    assert len(buttons(app)) == len(to_fetch()) == len(PRETRAINED)


def test_data_sets_are_offered_where_networks_learn(open_page, local, monkeypatch):
    monkeypatch.delenv("CONVLENS_MNIST", raising=False)
    app = open_page("training")
    assert not app.exception
    assert buttons(app) == ["MNIST, 11 MB", "CIFAR-10, 170 MB"]
    asked = []
    monkeypatch.setattr(engine.FETCHING, "submit", lambda job, name: asked.append((job, name)) or Future())
    app.button(key="fetch.MNIST").click().run()
    assert asked == [(reading.fetch, "MNIST")]
    assert app.get("progress")[0].proto.text == "MNIST: a worker gets ready and asks for it."
    now = fetching._last
    now.entry.target.parent.mkdir(parents=True)
    now.entry.target.write_bytes(bytes(2_000_000))
    app.run()
    assert app.get("progress")[0].proto.text == "MNIST: 2 of 11 MB"
    assert app.selectbox("data").options == ["digits", "shapes"]  # half a file is none
    monkeypatch.setattr(engine.FETCHING, "end", lambda future: future.cancel())
    app.button(key="fetch.stop").click().run()
    assert not now.entry.target.exists()
    assert buttons(app) == ["MNIST, 11 MB", "CIFAR-10, 170 MB"]
