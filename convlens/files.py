"""Arrays → the bytes of a download."""

import csv
import io

import numpy as np


def npz(**arrays: np.ndarray) -> bytes:
    """A compressed NPZ; names as given, read it with ``np.load``."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def table(header: list[str], rows) -> bytes:
    """A CSV in UTF-8 with a header line."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue().encode()
