"""Files looked through before they are decoded: nothing but the picture is left, and it is the same picture."""

import contextlib
import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from convlens.errors import InputError
from convlens.pictures import screening
from convlens.pictures.reading import read_picture
from tests.encoded import encoded

RNG = np.random.default_rng(7)
SMOOTH = np.clip(
    np.add.outer(np.linspace(0, 180, 24), np.linspace(0, 70, 36))[:, :, None] + RNG.integers(0, 6, 3), 0, 255
).astype(np.uint8)
ORIENTATION = 0x0112
SECRET = b"secret place 48.137 N"


def exif(turned: int) -> bytes:
    tags = Image.Exif()
    tags[0x010E] = SECRET.decode()
    tags[ORIENTATION] = turned
    return tags.tobytes()


PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.mark.parametrize("turned", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_metadata_goes_and_the_picture_stays_upright(kind, turned):
    options = {"lossless": True} if kind == "WEBP" else {"quality": 95} if kind in ("JPEG", "AVIF") else {}
    data = encoded(Image.fromarray(SMOOTH), kind, exif=exif(turned), icc_profile=PROFILE, **options)
    assert SECRET in data
    found = screening.screen(data)
    if kind == "AVIF":  # there the block is made unknown, and Pillow is asked how the picture is turned
        assert "exif" not in Image.open(io.BytesIO(found.data)).info or turned != 1
    else:
        assert SECRET not in found.data
        assert found.orientation == turned
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
    assert np.abs(read_picture(data).rgb.astype(int) - np.asarray(expected, int)).max() <= 2


def test_the_other_notes_of_a_file_go_too():
    from PIL.PngImagePlugin import PngInfo

    note = PngInfo()
    note.add_text("Comment", SECRET.decode())
    assert SECRET not in screening.screen(encoded(Image.fromarray(SMOOTH), "PNG", pnginfo=note)).data
    for kind in ("JPEG", "GIF"):
        data = encoded(Image.fromarray(SMOOTH), kind, comment=SECRET)
        assert SECRET in data
        assert SECRET not in screening.screen(data).data
    data = encoded(Image.fromarray(SMOOTH), "WEBP", xmp=SECRET)
    assert SECRET in data
    assert SECRET not in screening.screen(data).data
    data = encoded(Image.fromarray(SMOOTH), "JPEG") + SECRET  # phones put films and second pictures there
    assert SECRET not in screening.screen(data).data
    assert read_picture(data).size == (24, 36)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_of_an_animation_the_first_frame_is_read(kind):
    frames = [Image.new("RGB", (9, 7), colour) for colour in ("red", "lime", "blue")]
    data = encoded(
        frames[0], kind, save_all=True, append_images=frames[1:], **({"lossless": True} if kind == "WEBP" else {})
    )
    picture = read_picture(data)
    assert (picture.rgb == (255, 0, 0)).all()
    assert picture.notes == ("It is animated: only its first frame is used.",)
    assert read_picture(encoded(frames[0], kind)).notes == ()


def test_a_phones_picture_of_several_is_not_called_animated():
    data = encoded(Image.fromarray(SMOOTH), "MPO", save_all=True, append_images=[Image.new("RGB", (36, 24))])
    picture = read_picture(data)
    assert picture.notes == ()
    assert np.abs(picture.rgb.astype(int) - SMOOTH).max() <= 12


def test_transparency_of_a_gif_survives():
    image = Image.new("P", (4, 4), 1)
    image.putpalette([0, 0, 0, 200, 10, 10])
    picture = read_picture(encoded(image, "GIF", transparency=1))
    assert (picture.rgb == 255).all()


@pytest.mark.parametrize("order", ["<", ">"])
def test_the_orientation_tag_in_both_byte_orders(order):
    mark = {"<": b"II*\0", ">": b"MM\0*"}[order]
    tags = struct.pack(order + "HHII", 0x010F, 2, 400, 0) + struct.pack(order + "HHIHH", 0x0112, 3, 1, 6, 0)
    block = mark + struct.pack(order + "IH", 8, 2) + tags
    assert screening.orientation(block) == 6
    assert screening.orientation(b"Exif\0\0" + block) == 6


@pytest.mark.parametrize(
    "block",
    [
        b"", b"II*\0", b"II*\0\xff\xff\xff\xff", b"XX*\0\x08\0\0\0\1\0",
        b"II*\0" + struct.pack("<IHHHIHH", 8, 1, 0x0112, 3, 1, 9, 0),  # there is no ninth way
        b"II*\0" + struct.pack("<IHHHII", 8, 1, 0x0112, 4, 1, 6),  # of another type
        b"II*\0" + struct.pack("<IH", 8, 60_000),  # entries that are not there
    ],
)  # fmt: skip
def test_nonsense_is_upright(block):
    assert screening.orientation(block) == 1


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_every_cut_is_a_picture_or_damage(kind):
    data = encoded(Image.fromarray(SMOOTH), kind, **({"exif": exif(3)} if kind != "GIF" else {"comment": b"x" * 300}))
    for end in range(len(data)):
        with contextlib.suppress(screening.DamagedError):  # any other exception fails the test
            screening.screen(data[:end])


@pytest.mark.parametrize("brand", sorted(screening.HEIC))
def test_heic_is_answered_with_a_way_out(brand):
    data = b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0mif1heic" + b"\0" * 50
    with pytest.raises(InputError, match="Settings, Camera, Formats, Most compatible"):
        read_picture(data)


def test_an_avif_with_the_brand_of_its_family_is_read():
    data = encoded(Image.fromarray(SMOOTH), "AVIF", quality=95)
    assert data[8:12] == b"avif"
    family = data[:8] + b"mif1" + data[12:]
    assert b"avif" in family[16:32]
    assert read_picture(family).size == (24, 36)


def test_other_containers_are_no_pictures():
    assert screening.screen(b"\0\0\0\x18ftypmp42" + b"\0" * 40) is None  # a film
    assert screening.screen(b"RIFF\0\0\0\0WAVE") is None
    assert screening.screen(b"%PDF-1.7") is None
