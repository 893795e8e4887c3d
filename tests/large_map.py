"""A map of 5,000 pictures: made here, and zoomed as fast as the browser can."""

import io

import numpy as np

COUNT = 5000
# (stage, n) → over n frames, each with a turn of the wheel: how many were drawn, in how many seconds
ZOOM = """(stage, n) => new Promise(done => {
  const box = stage.getBoundingClientRect(), canvas = stage.querySelector("canvas.top"), before = +canvas.dataset.frames
  let frame = 0
  const start = performance.now()
  const step = now => {
    stage.dispatchEvent(new WheelEvent("wheel", { deltaY: frame < n / 2 ? -12 : 12, clientX: box.left + 300, clientY: box.top + 200, cancelable: true }))
    if (++frame < n) requestAnimationFrame(step)
    else requestAnimationFrame(() => done({ drawn: +canvas.dataset.frames - before, seconds: (performance.now() - start) / 1000 }))
  }
  requestAnimationFrame(step)
})"""


def vectors_file() -> bytes:
    """An NPZ of one's own vectors for made pictures: twenty heaps, each a colour."""
    rng = np.random.default_rng(2)
    heap = np.arange(COUNT) % 20
    vectors = rng.normal(size=(20, 16))[heap] * 4 + rng.normal(size=(COUNT, 16))
    thumbnails = np.zeros((COUNT, 32, 32, 3), np.uint8)
    thumbnails[:] = rng.integers(60, 256, (20, 3))[heap][:, None, None]
    thumbnails[:, 8:20, 8:20] = rng.integers(0, 256, (COUNT, 1, 1, 3))
    buffer = io.BytesIO()
    np.savez_compressed(buffer, vectors=vectors.astype(np.float32), thumbnails=thumbnails)
    return buffer.getvalue()


def opened(tab, address: str, file: bytes):
    """The stage of the map of that file; the page is still."""
    tab.goto(f"{address}/map?pictures=your+pictures&way=PCA&smallest=50")
    tab.locator("input[type=file]").last.set_input_files(
        {"name": "made.npz", "mimeType": "application/octet-stream", "buffer": file}
    )
    tab.get_by_text(f"{COUNT} pictures", exact=True).wait_for(timeout=90_000)
    tab.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    return tab.locator(".stage")
