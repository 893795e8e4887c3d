"""Reads picture files, prints for each what was said of it, the seconds, and the memory it took. For tests and bench."""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PIL import Image

from convlens.errors import InputError
from convlens.pictures import reading


def most_memory() -> float:
    """MB that this process has ever held; it never shrinks."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux' own figure is not that of the parent
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    import resource  # not on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)  # macOS counts bytes


Image.init()
found = []
for file in sys.argv[1:]:
    data = Path(file).read_bytes()
    before, start, said = most_memory(), time.perf_counter(), None
    try:
        reading.read_picture(data)
    except InputError as error:
        said = str(error)
    seconds = time.perf_counter() - start
    found.append({"said": said, "seconds": seconds, "megabytes": max(0.0, most_memory() - before)})
sys.stdout.write(json.dumps(found))
