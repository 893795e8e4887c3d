"""What stands before Streamlit, on a real server: strangers, metrics, a full hall, faults of ours."""

import asyncio
import http.client
import io
import json
import random
import re
import socket
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import connect

from convlens.drawing import encoding
from convlens.filters.named import KERNELS
from convlens.server import gate, hosts, sockets
from convlens.server.quota import Quota
from tests.serving import serving
from tests.visitor import CutError, Visitor, play


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with serving(
        tmp_path_factory.mktemp("gate"),
        "tests/server/holding.py",
        CONVLENS_VISITORS="3",
        CONVLENS_HOSTS="lens, https://lens.example.edu:443/",
        CONVLENS_METRICS="a secret",
        CONVLENS_EMBED="https://moodle.example.edu",
    ) as server:
        yield server


def ask(address: str, method: str = "GET", **headers: str):
    return urllib.request.urlopen(urllib.request.Request(address, None, headers, method=method))


def refused(address: str, method: str = "GET", **headers: str) -> int:
    with pytest.raises(urllib.error.HTTPError) as error:
        ask(address, method, **headers)
    return error.value.code


def handshake(served, host: str) -> int:
    """The status of a websocket that a page of this very host asks for."""
    with socket.create_connection(("127.0.0.1", int(served.address.rsplit(":", 1)[1]))) as speaking:
        cookie = f"_streamlit_xsrf=2|00000000|{random.getrandbits(128):032x}|1"
        speaking.sendall(
            f"GET /_stcore/stream HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nConnection: Upgrade\r\nCookie: {cookie}\r\n"
            "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: streamlit\r\n"
            "Sec-WebSocket-Key: MDEyMzQ1Njc4OUFCQ0RFRg==\r\n\r\n".encode("latin-1")
        )
        return int(speaking.recv(100).split()[1])


def test_headers_on_pages_media_and_errors(served):
    policy = ask(served.address).headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "'unsafe-eval'" not in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    assert "frame-ancestors 'self' https://moodle.example.edu" in policy
    assert ask(served.address).headers["X-Frame-Options"] is None  # it could not name the course page
    for path in ("/_stcore/health", "/units/benchmark/0/conv2d_1"):
        headers = ask(served.address + path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_small_pictures_are_fetched_once_for_all_pages(served):
    frog = ask(f"{served.address}/thumbnails/picture/frog")
    assert frog.headers["Cache-Control"] == "public, max-age=86400"
    assert Image.open(io.BytesIO(frog.read())).size == (96, 96)
    weights = ask(f"{served.address}/thumbnails/kernel/sobel_x").read()
    colours = np.asarray(Image.open(io.BytesIO(weights)).convert("RGB"))[4::8, 4::8].astype(int)
    signs = np.sign(colours[:, :, 0] - colours[:, :, 2])  # red above blue: positive
    np.testing.assert_array_equal(signs, np.sign(KERNELS["sobel_x"].weights))
    for nothing in ("picture/nobody", "kernel/frog", "secret/frog"):
        assert refused(f"{served.address}/thumbnails/{nothing}") == 404


@pytest.mark.parametrize("number", ["9" * 4301, "9" * 8, "-1", "1e3", "0x1", "%D9%A3", "1.0"])
def test_what_is_no_number_of_a_digit_or_a_unit_gets_a_sentence(served, number):
    for path, sentence in (
        (f"/thumbnails/digit/{number}", "There is no small picture"),
        (f"/units/benchmark/{number}/conv2d_1", "'benchmark' has no unit"),
    ):
        with pytest.raises(urllib.error.HTTPError) as error:
            ask(served.address + path)
        assert error.value.code == 404
        assert sentence in error.value.read().decode()


@pytest.mark.skipif(not sockets.DESCRIPTORS.is_dir(), reason="there is no list of open sockets to set")
def test_connections_send_at_once(served):
    """TCP_NODELAY: else the end of every run waits for the browser to acknowledge its beginning."""
    told = json.load(ask(f"{served.address}/holds"))
    assert told["connections"]
    assert set(told["connections"]) == {"at once"}


def test_without_course_pages_nobody_may_frame(monkeypatch):
    monkeypatch.delenv("CONVLENS_EMBED", raising=False)
    found = gate.SecurityHeaders(None).headers
    assert found["X-Frame-Options"] == "SAMEORIGIN"
    assert found["Content-Security-Policy"].endswith("frame-ancestors 'self'")


@pytest.mark.parametrize("given", ["*", "moodle.example.edu", "https://a.example; script-src *", "javascript:1"])
def test_course_pages_are_origins(monkeypatch, given):
    monkeypatch.setenv("CONVLENS_EMBED", given)
    with pytest.raises(ValueError, match="Expected origins such as"):
        gate.embedders()


def test_metrics_need_the_secret(served):
    where = f"{served.address}/_stcore/metrics"
    assert refused(where) == 404
    assert refused(where, Authorization="Bearer wrong") == 404
    assert b"active_sessions" in ask(where, Authorization="Bearer a secret").read()
    assert refused(f"{served.address}/_stcore/agent/openapi.json") == 404


def test_other_pages_scripts_are_refused(served):
    where = served.address.replace("http", "ws") + "/_stcore/stream"
    with pytest.raises(InvalidStatus) as error:
        connect(where, origin="https://elsewhere.example", subprotocols=["streamlit"])
    assert error.value.response.status_code == 403
    upload = f"{served.address}/_stcore/upload_file/a/b"
    assert refused(upload, "PUT", Origin="https://elsewhere.example") == 403
    with connect(where, origin=served.address, subprotocols=["streamlit"]):
        pass


@pytest.mark.parametrize("origin", ["http://[::1", "http://]", "null", "https://", "http://elsewhere.example:80:80"])
def test_odd_origins_are_refused(served, origin):
    assert refused(f"{served.address}/_stcore/upload_file/a/b", "PUT", Origin=origin) == 403


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8501", "127.0.0.1.evil.example", "[::1", "a@127.0.0.1", "é"]
)
def test_names_that_are_not_ours_are_refused(served, host):
    """DNS rebinding: to the browser this is the same origin."""
    for path in ("/", "/media/a.png", "/_stcore/host-config", "/thumbnails/picture/frog"):
        assert refused(served.address + path, Host=host) == 403
    assert handshake(served, host) == 403


def test_a_refused_name_is_told_how_to_be_allowed(served):
    with pytest.raises(urllib.error.HTTPError) as error:
        ask(served.address, Host="hall.example:8501")
    said = error.value.read().decode()
    assert said.endswith("If it is right, start it with CONVLENS_HOSTS=hall.example")
    assert ask(f"{served.address}/_stcore/health", Host="web-1:8501").status == 200  # a proxy's question


@pytest.mark.parametrize(
    "host",
    [
        "lens.example.edu",
        "LENS.example.edu.:443",
        "lens",
        "localhost:1",
        "127.0.0.1",
        "[::1]:8501",
        "10.1.2.3",
        socket.gethostname(),
    ],
)
def test_names_that_are_ours_are_answered(served, host):
    assert ask(served.address, Host=host).status == 200
    assert handshake(served, host) == 101


@pytest.mark.parametrize("given", ["*", "lens.example.edu/path", "a b; c", "http://"])
def test_hosts_are_names(monkeypatch, given):
    monkeypatch.setenv("CONVLENS_HOSTS", given)
    with pytest.raises(ValueError, match="Expected names such as"):
        hosts.chosen()


def test_the_first_page_answers_to_its_name(served):
    """With all that its link carries."""
    assert (
        ask(f"{served.address}/home?picture=cat&at=20", Accept="text/html").url
        == f"{served.address}/?picture=cat&at=20"
    )


def test_a_full_hall_says_so_and_opens_again(served):
    async def fill():
        visitors = [Visitor(served.address) for _ in range(3)]
        for visitor in visitors:
            await visitor.enter()
        assert refused(served.address, Accept="text/html") == 503
        with pytest.raises(urllib.error.HTTPError) as error:
            ask(served.address + "/layers", Accept="text/html")
        page = error.value.read().decode()
        assert "All 3 seats of this ConvLens are taken" in page
        assert 'http-equiv="refresh" content="15"' in page
        assert error.value.headers["Retry-After"] == "15"
        more = [Visitor(served.address) for _ in range(3)]  # two more come in, as if their connection had been cut
        for visitor in more[:2]:
            await visitor.enter()
        with pytest.raises((WebSocketException, CutError)):
            await more[2].enter()
        assert ask(f"{served.address}/_stcore/health").status == 200
        assert await visitors[0].go("kernels") > 0
        again = "; ".join(f"{cookie.name}={cookie.value}" for cookie in visitors[0]._cookies)
        assert (
            ask(served.address, Accept="text/html", Cookie=again).status == 200
        )  # who is here may load the page again
        for visitor in [*visitors, *more[:2]]:
            await visitor.leave()
        for _ in range(50):
            try:
                return ask(served.address, Accept="text/html").status
            except urllib.error.HTTPError:
                await asyncio.sleep(0.1)

    assert play(fill()) == 200


def test_pages_that_nobody_looks_at_take_no_seat(served):
    async def visit() -> None:
        for n in range(260):
            path = ("/", "/layers", "/nowhere", "/?picture=cat")[n % 4]
            await asyncio.to_thread(ask, served.address + path, Accept="text/html")
        visitor = Visitor(served.address)
        await visitor.enter()
        assert not visitor.failed
        await visitor.leave()

    play(visit())


def noise(size: int) -> bytes:
    return encoding.encode_png(np.random.default_rng(size).random((40, 40, 3), np.float32)) + bytes(size)


def test_too_many_uploads_are_refused_with_a_sentence(served):
    async def visit():
        visitor = Visitor(served.address)
        await visitor.enter()
        for n in range(Quota.FILES):
            await visitor.upload(noise(n), "me.png")
        with pytest.raises(urllib.error.HTTPError) as error:
            await visitor.upload(noise(999), "me.png")
        assert error.value.code == 429
        assert "Please wait" in error.value.read().decode()
        assert int(error.value.headers["Retry-After"]) > 60
        other = Visitor(served.address)
        await other.enter()
        await other.upload(noise(5), "me.png")
        assert not other.failed
        await visitor.leave()
        await other.leave()

    play(visit())


def begin(served, visitor: Visitor, number: int) -> socket.socket:
    """An upload of 14 MB that stops after its first bytes."""
    place = served.address.removeprefix("http://")
    sending = socket.create_connection(("127.0.0.1", int(place.split(":")[1])))
    cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in visitor._cookies)
    sending.sendall(
        f"PUT /_stcore/upload_file/{visitor.session}/{number} HTTP/1.1\r\nHost: {place}\r\nCookie: {cookie}\r\n"
        f"X-Xsrftoken: {visitor._token}\r\nContent-Type: multipart/form-data; boundary=xx\r\n"
        f'Content-Length: {14 << 20}\r\n\r\n--xx\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'.encode()
    )
    return sending


def test_slow_uploads_of_one_visitor_do_not_block_another(served):
    async def visit() -> None:
        slow, other = Visitor(served.address), Visitor(served.address)
        await slow.enter()
        await other.enter()
        sending = [await asyncio.to_thread(begin, served, slow, n) for n in range(13)]
        try:
            await asyncio.wait_for(other.upload(noise(1), "me.png"), Quota.STALL)  # none of the others is over by then
            assert "forget" in other.widgets
        finally:
            for each in sending:
                each.close()
        await slow.leave()
        await other.leave()

    play(visit())


@pytest.mark.skipif(not Path("/proc").exists(), reason="memory is read from Linux' list of processes")
def test_refused_uploads_leave_nothing(served):
    """2,000 with names of 60 kB, 117 MB together, which nobody keeps."""

    def memory() -> int:
        status = Path(f"/proc/{served.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) >> 10

    before = memory()
    asking = http.client.HTTPConnection(served.address.removeprefix("http://"))
    for n in range(2000):
        asking.request("PUT", f"/_stcore/upload_file/{n:060000}/1", headers={"X-Xsrftoken": "none"})
        answer = asking.getresponse()
        answer.read()
        assert answer.status == 403
    assert memory() - before < 40


def test_a_fault_of_ours_has_a_number_that_the_log_has_too(served):
    async def visit():
        visitor = Visitor(served.address)
        await visitor.enter()
        ask(f"{served.address}/broken")
        await visitor.go("kernels")
        await visitor.leave()
        return visitor

    visitor = play(visit())
    said = next(text for text in visitor.texts if "Something went wrong on our side" in text)
    number = re.search(r"fault \*\*([0-9a-f]{6})\*\*", said)[1]
    log = served.log.read_text()
    assert f"Fault {number}" in log
    assert "ZeroDivisionError" in log
    assert not visitor.failed  # Streamlit's own box
    assert not any("secret" in text or "Traceback" in text for text in visitor.texts)
