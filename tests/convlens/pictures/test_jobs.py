"""What a map keeps of a picture, by Pillow."""

import io

import numpy as np
from PIL import Image

from convlens.pictures import jobs
from tests.encoded import encoded


def halves(rows: int, columns: int) -> np.ndarray:
    """Red on the left, blue on the right."""
    rgb = np.zeros((rows, columns, 3), np.uint8)
    rgb[:, : columns // 2, 0] = rgb[:, columns // 2 :, 2] = 250
    return rgb


def test_pictures_are_made_small():
    files = [
        ("wide", encoded(halves(400, 800))),
        ("broken", b"GIF89a"),
        ("high", encoded(halves(96, 48))),
        ("note", b"hello"),
    ]
    titles, small, thumbnails, left = jobs.shrink(files)
    assert titles == ["wide", "high"]
    assert left == [
        "broken: The picture is damaged or cut off",
        "note: This is not a picture that ConvLens can read",
    ]
    opened = [Image.open(io.BytesIO(data)) for data in small]
    assert [(image.format, image.size) for image in opened] == [("JPEG", (320, 160)), ("JPEG", (48, 96))]
    assert thumbnails.dtype == np.uint8
    assert thumbnails.shape == (2, 48, 48, 3)
    assert thumbnails[0, 24, [4, 44]].tolist() == [[250, 0, 0], [0, 0, 250]]
    assert thumbnails[0, [0, 47], 24].tolist() == [[0, 0, 0]] * 2  # beyond the wide one
    assert thumbnails[1, 24, [0, 16, 30, 47]].tolist() == [[0, 0, 0], [250, 0, 0], [0, 0, 250], [0, 0, 0]]


def test_of_no_picture_there_is_no_thumbnail():
    titles, small, thumbnails, left = jobs.shrink([("a", b"")])
    assert (titles, small, thumbnails.shape) == ([], [], (0, 48, 48, 3))
    assert left == ["a: The file is empty"]
