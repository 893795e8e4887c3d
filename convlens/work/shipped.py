"""Values that workers have computed before and that ship, in one file: each under the text of its key, read when it is asked for.

A file that is damaged, or was made by another version of the code, is not used: its values are computed, as without it.
"""

import dataclasses
import hashlib
import io
import json
import logging
import pickle
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from convlens.work import memory

NUMPY = {  # what a pickled array or number names
    ("numpy", "ndarray"), ("numpy", "dtype"), ("numpy._core.multiarray", "_reconstruct"), ("numpy._core.multiarray", "scalar"),
    ("numpy._core.numeric", "_frombuffer"),
}  # fmt: skip
PLAIN = str, int, float, bool, bytes, type(None)
LOG = logging.getLogger(__name__)


class Shipped:
    """What ``memory`` may stand before.

    Args:
        packed: digest of a key's text → its value, packed; see ``pack``.
        kinds: the first parts of these keys: others need not be looked for.
    """

    def __init__(self, packed: Mapping[str, bytes] | None = None, kinds: tuple[str, ...] = ()):
        self._packed, self._kinds = dict(packed or {}), frozenset(kinds)

    def __len__(self) -> int:
        return len(self._packed)

    def find(self, key: tuple) -> tuple:
        """(value,), its arrays read-only; () where nothing is under that key, or what cannot be read by this version."""
        name = key[0] in self._kinds and digest_of(key)
        if not name or name not in self._packed:
            return ()
        try:
            return (memory.frozen(unpack(self._packed[name])),)
        except Exception as error:  # whatever it is, the value can still be computed
            LOG.warning(
                "What ships for %s is of another version and is computed: %s: %s", key[:2], type(error).__name__, error
            )
            self._packed.pop(name, None)  # somebody else may have found the same
            return ()


def write(values: Mapping[tuple, Any], file: Path, **told: Any) -> None:
    """Ship values; beside the file a note (.json) with its hash, how many there are, and what is ``told``."""
    kinds = sorted({key[0] for key in values})
    packed = {digest_of(key): pack(value) for key, value in values.items()}
    data = pickle.dumps({"kinds": kinds, "packed": dict(sorted(packed.items()))}, protocol=5)
    file.write_bytes(data)
    note = told | {"values": len(packed), "sha256": hashlib.sha256(data).hexdigest()}
    file.with_suffix(".json").write_text(json.dumps(note, indent=1) + "\n", encoding="utf-8")


def read(file: Path) -> Shipped:
    """What ships in a file; nothing where it is not what the note beside it says."""
    try:
        data, note = file.read_bytes(), json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
        if hashlib.sha256(data).hexdigest() != note["sha256"]:
            raise ValueError("its SHA-256 is not the one that its note tells")
        return Shipped(**_Known(io.BytesIO(data)).load())
    except Exception as error:  # whatever it is, all can still be computed
        LOG.warning("Nothing of %s is used, and all is computed: %s: %s", file.name, type(error).__name__, error)
        return Shipped()


def digest_of(key: tuple) -> str | None:
    """What a key is found by, the same in every process and on every machine; None where that cannot be told."""
    try:
        return hashlib.sha256(_text(key).encode()).hexdigest()
    except TypeError:
        return None


def _text(part: Any) -> str:
    if type(part) in PLAIN:
        return repr(part)
    if isinstance(part, tuple):
        return f"{type(part).__qualname__}({','.join(map(_text, part))})"
    if dataclasses.is_dataclass(part) and not isinstance(part, type):
        fields = (field for field in dataclasses.fields(part) if field.compare)
        told = ",".join(f"{field.name}={_text(getattr(part, field.name))}" for field in fields)
        return f"{type(part).__module__}.{type(part).__qualname__}({told})"
    raise TypeError(f"What a {type(part).__name__} is cannot be told in another process.")


def pack(value: Any) -> bytes:
    return zlib.compress(pickle.dumps(value, protocol=5), 9)


def unpack(data: bytes) -> Any:
    """
    Raises:
        pickle.UnpicklingError: it names something that is neither ConvLens' own class nor an array.
    """
    return _Known(io.BytesIO(zlib.decompress(data))).load()


class _Known(pickle.Unpickler):
    """Knows classes of ConvLens, and arrays."""

    def find_class(self, module: str, name: str) -> Any:
        found = super().find_class(module, name) if module.startswith("convlens.") or (module, name) in NUMPY else None
        if found is None or (
            module.startswith("convlens.") and not (isinstance(found, type) and found.__module__ == module)
        ):
            raise pickle.UnpicklingError(f"{module}.{name} is no class of ConvLens, and no array")
        return found
