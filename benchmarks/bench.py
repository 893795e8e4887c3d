"""What must stay fast, each beside a peer in the same run. Prints a table; asserts nothing.

    make bench                                  # all rows
    python benchmarks/bench.py convolution engine click first

Ratios are what counts: the machine is the same on both sides, the hour too.
"""

import base64
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402
import psutil  # noqa: E402
from browser import browser, click_seconds, first_page_seconds, server  # noqa: E402
from clicks import CLICKS, Click  # noqa: E402

from convlens.ui.navigation import PAGES  # noqa: E402
from tests.serving import Served  # noqa: E402
from tests.visitor import Visitor, play  # noqa: E402


def median_seconds(*runs: Callable, repeat: int) -> list[float]:
    """The median time of each function, all taking turns so that no one profits from a quiet moment."""
    times: list[list[float]] = [[] for _ in runs]
    for i in range(repeat + 1):
        for function, row in zip(runs, times, strict=True):
            start = time.perf_counter()
            function()
            if i:  # the first round warms up
                row.append(time.perf_counter() - start)
    return [statistics.median(row) for row in times]


def convolution() -> list[tuple]:
    import cv2
    import scipy.signal

    from convlens.filters.convolution import convolve
    from convlens.filters.named import KERNELS

    image = np.random.default_rng(0).random((1024, 1024, 3), np.float32)
    weights = KERNELS["sharpen"].weights
    ours, opencv = median_seconds(
        lambda: convolve(image, weights, padding="same"),
        lambda: cv2.filter2D(image, cv2.CV_32F, weights, borderType=cv2.BORDER_CONSTANT),
        repeat=60,
    )
    ours_again, scipy_ = median_seconds(
        lambda: convolve(image, weights, padding="same"),
        lambda: [scipy.signal.correlate2d(image[:, :, c], weights, "same") for c in range(3)],
        repeat=5,
    )
    return [
        ("3×3 kernel, 1024×1024 colour", ours, "cv2.filter2D", opencv, "≤ 1.3"),
        ("3×3 kernel, 1024×1024 colour", ours_again, "scipy.signal.correlate2d", scipy_, "≤ 0.1"),
    ]


def engine() -> list[tuple]:
    import keras

    from convlens.networks.card import WEIGHTS
    from convlens.pictures import fitting
    from convlens.pictures.bundled import bundled
    from convlens.slices import jobs
    from convlens.work import engine
    from models.running.slicing import sliced

    seen = fitting.fit(bundled()["frog"].picture.pixels, (32, 32))
    model = keras.saving.load_model(WEIGHTS / "benchmark.keras")

    def a_model_and_a_predict_a_layer():
        for layer in model.layers:
            keras.Model(model.input, layer.output).predict(seen[None], verbose=0)

    traced = sliced("benchmark")
    try:
        engine.run(jobs.feature_maps, "benchmark", seen)
        ours, bare = median_seconds(
            lambda: engine.run(jobs.feature_maps, "benchmark", seen), lambda: traced.activations(seen[None]), repeat=200
        )
        ours_again, naive = median_seconds(
            lambda: engine.run(jobs.feature_maps, "benchmark", seen), a_model_and_a_predict_a_layer, repeat=3
        )
    finally:
        engine.stop()
    what = "all 13 layers, through the engine"
    return [
        (what, ours, "the bare traced forward pass", bare, "≤ 4"),
        (what, ours_again, "a model and a predict() a layer", naive, "≤ 1/200"),
    ]


def cluster() -> list[tuple]:
    """What the way through Dask costs a click, and what a second worker brings; 300 jobs, 32 of them on their way at a time."""
    from convlens.pictures import fitting
    from convlens.pictures.bundled import bundled
    from convlens.server import warming
    from convlens.slices import jobs
    from convlens.work.engine import Engine
    from tests.dask_cluster import DaskCluster

    seen = fitting.fit(bundled()["frog"].picture.pixels, (32, 32))
    here, rows, throughput = Engine(workers=1, cluster=""), [], {}
    for workers in (1, 2):
        with tempfile.TemporaryDirectory() as folder, DaskCluster(Path(folder), workers) as dask:
            there = Engine(cluster=dask.address)
            for engine in (here, there):
                engine.start(warming.warm, ("benchmark",))
            dask.wait_for_workers(workers)
            for place, engine in ((workers, there), ("here", here)):
                run = partial(engine.run, jobs.feature_maps, "benchmark", seen)
                with ThreadPoolExecutor(32) as visitors:
                    list(visitors.map(lambda _, run=run: run(), range(100)))  # all workers are warm
                    start = time.perf_counter()
                    list(visitors.map(lambda _, run=run: run(), range(300)))
                    throughput[place] = (time.perf_counter() - start) / 300
            if workers == 1:
                through, local = median_seconds(
                    lambda: there.run(jobs.feature_maps, "benchmark", seen),  # noqa: B023
                    lambda: here.run(jobs.feature_maps, "benchmark", seen),
                    repeat=100,
                )
                rows.append(("all 13 layers, through Dask", through, "a worker process of this machine", local, ""))
            there.stop()
    here.stop()
    return [
        *rows,
        (
            "300 jobs at once, a job, one Dask worker",
            throughput[1],
            "a worker process of this machine",
            throughput["here"],
            "",
        ),
        ("300 jobs at once, a job, two Dask workers", throughput[2], "one Dask worker", throughput[1], ""),
    ]


def click() -> list[tuple]:
    """What was clicked is drawn, and the whole page after it, in Chromium: each page's main click."""
    rows = []
    with browser() as chromium, server(ROOT / "app.py") as ours, server(ROOT / "benchmarks" / "empty_app.py") as empty:
        for each in CLICKS:
            rows += _clicked(chromium, each, ours.address, empty.address)
    return rows


def _clicked(chromium, click: Click, ours: str, empty: str, more: str = "") -> list[tuple]:
    drawn, done, theirs = click_seconds(chromium, f"{ours}/{click.page}{more}", empty, click)
    what, beside = f"{click.page.split('?')[0] or 'home'}, {click.what}", ("an empty app with a slider", theirs)
    return [
        (f"{what}: drawn", drawn, *beside, "≤ 1.5, or 100 ms"),
        (f"{what}: the whole page", done, *beside, "≤ 3, or 250 ms"),
    ]


def cpu() -> list[tuple]:
    """The server's time on its processor, a run: each page's main click, and the whole page drawn anew; one visitor, no browser."""
    with server(ROOT / "app.py") as ours, server(ROOT / "benchmarks" / "empty_app.py") as empty:
        theirs = play(_of_runs(empty, lambda visitor, i: visitor.change(next(iter(visitor.widgets)), **_slid(i))))
        rows, runs = [], []
        for each in CLICKS:
            page, name = each.page, each.page.split("?")[0] or "home"
            clicked = play(_of_runs(ours, partial(_click, each), page))
            whole = play(_of_runs(ours, lambda visitor, _: visitor.run(), page))
            runs.append(whole)
            rows.append((f"server, {name}, {each.what}", clicked, "a run of an empty app", theirs, ""))
            rows.append((f"server, {name}, the whole page", whole, "a run of an empty app", theirs, ""))
        clicks = statistics.mean(row[1] for row in rows[::2])
        return [
            *rows,
            ("server, a click, mean of all pages", clicks, "a run of an empty app", theirs, "≤ 4, or 10 ms"),
            ("server, the whole page, mean of all pages", statistics.mean(runs), "a run of an empty app", theirs, ""),
        ]


def _slid(i: int) -> dict:
    return {"double_array_value": {"data": [float(i % 100)]}}


async def _click(click: Click, visitor: Visitor, i: int) -> None:
    value = click.values[i % len(click.values)]
    await (
        visitor.tell(click.key, **{click.name: value}) if click.name else visitor.change(click.key, string_value=value)
    )


async def _of_runs(served: Served, act: Callable, page: str = "", count: int = 40) -> float:
    """Seconds of the web process a run, after some that warm up."""
    page, _, query = page.partition("?")
    visitor, process = Visitor(served.address), psutil.Process(served.process.pid)
    await visitor.enter(query)
    if page:
        await visitor.go(page, query)
    for i in range(count + 8):
        if i == 8:
            begun = process.cpu_times()
        await act(visitor, i)
        if visitor.failed:
            raise RuntimeError(f"{page or 'home'} shows an exception")
    ended = process.cpu_times()
    await visitor.leave()
    return (ended.user + ended.system - begun.user - begun.system) / count


def large() -> list[tuple]:
    """VGG19 as it is, with random weights: 512 maps of 14 × 14 and 64 of 224 × 224, beside an empty app."""
    from models.architectures import pretrained

    rows = []
    with tempfile.TemporaryDirectory() as home:
        model = pretrained.build("vgg19", None)
        pretrained.save("vgg19", Path(home) / "convlens", model, [f"class {i}" for i in range(1000)])
        with (
            browser() as chromium,
            server(ROOT / "app.py", KERAS_HOME=home) as ours,
            server(ROOT / "benchmarks" / "empty_app.py") as empty,
        ):
            for layer in ("block5_conv1", "block1_conv1"):
                for name in ("layers", "explorer"):
                    each = next(each for each in CLICKS if each.page == name)
                    picture = replace(each, what=f"another picture, VGG19 {layer}", act=CLICKS[0].act)
                    for clicked in (picture, replace(each, what=f"{each.what}, VGG19 {layer}")):
                        rows += _clicked(
                            chromium, clicked, ours.address, empty.address, f"?network=vgg19&layer={layer}"
                        )
    return rows


def mapped() -> list[tuple]:
    """Pictures of a folder to vectors, beside one ``predict`` a picture, which is PixPlot's way."""
    import keras
    from PIL import Image

    from convlens.atlas import survey
    from convlens.pictures import fitting, reading
    from convlens.work.engine import Engine

    count, rng = 512, np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "pictures"
        folder.mkdir()
        for n in range(count):
            noise = Image.fromarray(rng.integers(0, 256, (30, 40, 3), np.uint8))
            noise.resize((640, 480)).save(folder / f"{n:04}.jpg")
        network = keras.saving.load_model(ROOT / "models" / "weights" / "benchmark.keras")
        model = keras.Model(network.inputs[0], network.get_layer("flatten_1").output)
        paths = sorted(folder.iterdir())[: count // 4]
        start = time.perf_counter()
        for path in paths:
            model.predict(fitting.fit(reading.read_file(path).pixels, (32, 32))[None], verbose=0)
        peer = (time.perf_counter() - start) / len(paths)
        rows = []
        for workers in (1, 2):
            pool = Engine(workers, cluster="")
            try:
                for part in range(workers):  # every worker has imported and traced before the clock runs
                    warm = survey.begin(folder, Path(place) / f"warm-{workers}-{part}", "benchmark", 64 * workers)
                    survey.gather(warm, pool, lambda *_: None)
                made = survey.begin(folder, Path(place) / f"made-{workers}", "benchmark", count)
                start = time.perf_counter()
                survey.gather(made, pool, lambda *_: None)
                ours = (time.perf_counter() - start) / count
            finally:
                pool.stop()
            rows.append(
                (f"a picture's vector, {workers} worker{'s' * (workers > 1)}", ours, "one predict a picture", peer, "")
            )
    return rows


def frames() -> list[tuple]:
    """A frame of the map of 5,000 pictures while it is zoomed, drawn without a GPU."""
    from tests import large_map

    with browser() as chromium, server(ROOT / "app.py") as ours:
        tab = chromium.new_page(viewport={"width": 1280, "height": 900})
        stage = large_map.opened(tab, ours.address, large_map.vectors_file())
        tab.wait_for_timeout(2000)  # until what arrived is decoded
        found = [stage.evaluate(large_map.ZOOM, 180) for _ in range(5)]
        seconds = statistics.median(each["seconds"] / each["drawn"] for each in found)
    return [("a frame of the map, 5,000 pictures, no GPU", seconds, "a frame at 60 a second", 1 / 60, "≤ 1")]


def live() -> list[tuple]:
    """A frame of the page Live with a fake camera, and its network alone beside TensorFlow.js, which a packager brings into a folder of its own."""
    import json
    import re

    from convlens.live import jobs
    from convlens.slices.jobs import predict
    from tests.browser.frames import holding

    pixels = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    data = jobs.program("benchmark")
    head = 4 + int.from_bytes(data[:4], "little")
    told, numbers = json.loads(data[4:head]), np.frombuffer(data[head:], "<f4")
    with tempfile.TemporaryDirectory() as place, browser(*CAMERA) as chromium, server(ROOT / "app.py") as ours:
        tab = chromium.new_page(viewport={"width": 1280, "height": 900})
        tab.goto(f"{ours.address}/live")
        tab.locator("button.camera").click(timeout=120_000)
        tab.wait_for_timeout(15_000)
        said = tab.locator(".rate").inner_text()
        tab.close()
        rate, *spent = map(
            float,
            re.match(r"(\d+) frames.*kernel ([\d.]+) ms, network ([\d.]+) ms, drawing ([\d.]+) ms", said).groups(),
        )
        rows = [
            ("Live: a frame, camera to drawing, two networks", 1 / rate, "30 frames a second", 1 / 30, "≤ 1"),
            ("of it computed and drawn", sum(spent) / 1000, "60 frames a second", 1 / 60, "≤ 1"),
        ]
        packed = subprocess.run(
            ["npm", "install", "--prefix", place, "@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm"],
            capture_output=True,
            check=False,
        )
        if packed.returncode:
            sys.exit(
                "TensorFlow.js did not arrive: install npm, and look whether this machine reaches a package registry."
            )
        with _files(Path(place) / "node_modules" / "@tensorflow") as address:
            tab = chromium.new_page()
            tab.goto(f"{address}/tfjs/package.json")
            for script in ("tfjs/dist/tf.min.js", "tfjs-backend-wasm/dist/tf-backend-wasm.min.js"):
                tab.add_script_tag(url=f"{address}/{script}")
            tab.evaluate(f"tf.wasm.setWasmPaths('{address}/tfjs-backend-wasm/dist/')")
            tab.add_script_tag(content=(ROOT / "benchmarks" / "same_in_tfjs.js").read_text(encoding="utf-8"))
            holding(tab)
            tab.evaluate(OURS)
            expected = predict("benchmark", pixels / np.float32(255))
            mine = tab.evaluate(
                "given => here(...given)", [base64.b64encode(data).decode(), pixels.ravel().tolist(), 100]
            )
            np.testing.assert_allclose(mine["answer"], expected, atol=1e-4)
            for backend in ("wasm", "cpu"):
                scaled = (pixels.ravel() / 255).tolist()
                theirs = tab.evaluate("given => inTfjs(...given)", [backend, told, numbers.tolist(), scaled, 100])
                np.testing.assert_allclose(theirs["answer"], expected, atol=1e-3)
                rows.append(
                    (
                        "all layers of the benchmark in the browser",
                        mine["milliseconds"] / 1000,
                        f"TensorFlow.js, {backend}",
                        theirs["milliseconds"] / 1000,
                        "≤ 1",
                    )
                )
    return rows


OURS = """() => { window.here = (program, pixels, frames) => {
  const found = compiled(decoded(program).buffer), picture = Uint8Array.from(pixels)
  for (let i = 0; i < 20; i++) found.run(picture)
  const begun = performance.now()
  for (let i = 0; i < frames; i++) found.run(picture)
  return { milliseconds: (performance.now() - begun) / frames, answer: found.shares() }
} }"""
CAMERA = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream=fps=60")


@contextmanager
def _files(folder: Path):
    """The address of a folder's files."""
    serve = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    found = ThreadingHTTPServer(("127.0.0.1", 0), partial(serve, directory=str(folder)))
    Thread(target=found.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{found.server_port}"
    finally:
        found.shutdown()


def explorer() -> list[tuple]:
    """A network at the upper end of the bound."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, ROOT / "benchmarks" / "deep_network.py", folder], check=True, capture_output=True
        )
        with (
            browser() as chromium,
            server(ROOT / "app.py", CONVLENS_MODELS=folder) as ours,
            server(ROOT / "benchmarks" / "empty_app.py") as empty,
        ):
            each = next(each for each in CLICKS if each.page == "explorer")
            deep = replace(each, what="another map, 97 layers, 4.1 million weights")
            return _clicked(chromium, deep, ours.address, empty.address, "?network=deep")


def sent() -> list[tuple]:
    """Bytes: the sheets of all layers and the strongest edges of all units, beside the same maps as floats."""
    from convlens.explorer import overview
    from convlens.explorer.jobs import edges
    from convlens.pictures import fitting
    from convlens.pictures.bundled import bundled
    from convlens.slices import jobs

    maps = jobs.feature_maps("benchmark", fitting.fit(bundled()["cat"].picture.pixels, (32, 32)))
    ours = sum(len(sheet.png) for sheet in overview.sheets(maps, "layer").values()) + len(edges("benchmark")[0])
    floats = sum(values.nbytes for values in maps.values())
    return [("all maps of the benchmark, sent", ours, "the same maps as floats", floats, "", "bytes")]


def pictures() -> list[tuple]:
    """The slowest and the greediest of the worst files that may come as pictures, beside what is promised."""
    import json

    from tests.worst_pictures import WORST

    with tempfile.TemporaryDirectory() as folder:
        files = []
        for i, make in enumerate(WORST.values()):
            files.append(Path(folder) / str(i))
            files[-1].write_bytes(make())
        found = []
        for file in files:  # each in a process of its own: memory once had counts for ever
            command = [sys.executable, ROOT / "tests" / "measure_pictures.py", file]
            found += json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    told = dict(zip(WORST, found, strict=True))
    slow = max(told, key=lambda name: told[name]["seconds"])
    greedy = max(told, key=lambda name: told[name]["megabytes"])
    return [
        (f"the slowest of {len(WORST)} bad pictures: {slow}", told[slow]["seconds"], "what is promised", 2.0, "≤ 1"),
        (f"the greediest: {greedy}", round(told[greedy]["megabytes"]), "what is promised", 400, "≤ 1", "MB"),
    ]


def training() -> list[tuple]:
    """Updates of a run, with all that is seen of it every 128, beside ``fit`` of the same network, batch and threads."""
    from convlens.networks.runs import Settings
    from convlens.work.engine import Engine

    engine = Engine(workers=1, cluster="", threads=1)
    rows = []
    for settings in (Settings(), Settings("tiny")):
        ours, theirs = engine.run(_updates, settings, 3, limit=600)
        rows.append(
            (
                f"{settings.network}, an update of a run",
                ours,
                "fit with the same batch and one thread",
                theirs,
                "≤ 1.25",
            )
        )
    engine.stop()
    return rows


def _updates(settings, repeat: int) -> list[float]:
    """In a worker: seconds an update, of a run and of Keras' own loop, in turns."""
    from convlens.training.jobs import go_on
    from models.training import steps

    (start,) = go_on(settings, None, (128,), 600.0)
    (pixels, labels), _ = steps.data(settings)
    epochs = 3
    count = epochs * -(-len(labels) // settings.batch)  # 120 updates
    model = steps.built(settings)
    model.compile(steps.optimiser(settings), "sparse_categorical_crossentropy", jit_compile=False)
    times = median_seconds(
        lambda: go_on(settings, start.state, (128 + count,), 600.0),
        lambda: model.fit(pixels, labels, batch_size=settings.batch, epochs=epochs, verbose=0),
        repeat=repeat,
    )
    return [seconds / count for seconds in times]


def first() -> list[tuple]:
    """From starting the server to the first picture on the first page."""
    with browser() as chromium:
        mine, theirs = first_page_seconds(chromium, ROOT / "app.py", ROOT / "benchmarks" / "empty_app.py")
    return [("first page, server just started", mine, "an empty app with a slider", theirs, "≤ 1.5")]


def pages() -> list[tuple]:
    """From starting the server to each page's finished default, as the first that anybody opens."""
    rows = []
    with browser() as chromium:
        for page in PAGES:
            mine, theirs = first_page_seconds(
                chromium, ROOT / "app.py", ROOT / "benchmarks" / "empty_app.py", 1, page.name
            )
            bound = f"≤ {1.5 + 0.5 / theirs:.2f}"  # half as much again, and half a second
            rows.append((f"{page.title}, server just started", mine, "an empty app with a slider", theirs, bound))
    return rows


ROWS = {
    "first": first, "pages": pages, "pictures": pictures, "click": click, "cpu": cpu, "large": large, "map": mapped, "frames": frames, "live": live, "explorer": explorer, "sent": sent, "engine": engine, "cluster": cluster, "convolution": convolution, "training": training,
}  # fmt: skip


def main() -> None:
    names = sys.argv[1:] or list(ROWS)
    print("| what | ours | beside | it takes | ratio | bound |\n|---|---|---|---|---|---|")
    for name in names:
        for what, ours, beside, theirs, bound, *unit in ROWS[name]():
            ratio = ours / theirs
            text = f"1/{theirs / ours:.0f}" if ratio < 0.05 else f"{ratio:.2f}"
            mine, peer = (f"{x:,} {unit[0]}" if unit else f"{1000 * x:.4g} ms" for x in (ours, theirs))
            print(f"| {what} | {mine} | {beside} | {peer} | {text} | {bound} |", flush=True)


if __name__ == "__main__":
    main()
