"""Networks as the bytes of .keras files that are always the same."""

import io
import json
import tempfile
import zipfile
from pathlib import Path

import keras


def written(model: keras.Model) -> bytes:
    """The bytes of its .keras file: always the same, so that its hash names it. Keras would write when it was saved, and where in
    memory its parts lay."""
    packed = io.BytesIO()
    with tempfile.TemporaryDirectory() as place:
        model.save(file := Path(place) / "network.keras")
        with zipfile.ZipFile(file) as saved, zipfile.ZipFile(packed, "w") as archive:
            for name in saved.namelist():
                data = saved.read(name)
                if name == "metadata.json":
                    data = json.dumps(json.loads(data) | {"date_saved": "1980-01-01@00:00:00"}).encode()
                elif name == "config.json":
                    data = json.dumps(_unplaced(json.loads(data))).encode()
                archive.writestr(zipfile.ZipInfo(name), data)
    return packed.getvalue()


def _unplaced(part):
    """A config without the addresses of objects, by which Keras finds layers again that stand in several networks."""
    if isinstance(part, dict):
        return {name: _unplaced(value) for name, value in part.items() if name != "shared_object_id"}
    return [_unplaced(value) for value in part] if isinstance(part, list) else part
