"""Arrays → the bytes of a download."""

import csv
import io
import zipfile

import numpy as np


def npz(arrays: dict[str, np.ndarray]) -> bytes:
    """A compressed NPZ; names as given (any: ``np.savez`` would refuse "file"), read it with ``np.load``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w") as member:
                np.lib.format.write_array(member, np.asarray(array), allow_pickle=False)
    return buffer.getvalue()


def table(header: list[str], rows) -> bytes:
    """A CSV in UTF-8 with a header line."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue().encode()
