"""Photos by class: what is added, taken back, named."""

import numpy as np
import pytest

from convlens.errors import InputError
from convlens.pictures import gathering, shapes
from convlens.pictures.reading import read_picture
from convlens.teaching.project import (
    CLASSES,
    EMPTY,
    PHOTOS,
    Photo,
    Project,
    checked,
    example,
    from_folders,
    in_folders,
    zipped,
)


def photo(burst: int) -> Photo:
    return Photo(b"%d" % burst, f"photo {burst}", burst)


def test_photos_come_class_by_class_and_go_burst_by_burst():
    of = EMPTY.with_photos(1, [photo(0), photo(1)]).with_photos(0, [photo(2)]).with_photos(1, [photo(3), photo(3)])
    assert of.counts == (1, 4)
    assert of.labels.tolist() == [0, 1, 1, 1, 1]
    assert of.bursts.tolist() == [2, 0, 1, 3, 3]
    assert of.next_burst == 4
    assert of.lacking == ("class 1",)
    assert of.without_last(1).without_last(1).lacking == ("class 1", "class 2")
    assert of.without_last(1).counts == (1, 2)
    assert of.without_last(1).without_last(1).counts == (1, 1)
    assert EMPTY.next_burst == 0
    assert EMPTY.lacking == EMPTY.names


def test_one_burst_alone_is_too_little_to_leave_some_out():
    of = EMPTY.with_photos(0, [photo(0), photo(1)]).with_photos(1, [Photo(b"a", "", 2), Photo(b"b", "", 2)])
    assert of.lacking == ("class 2",)


def test_the_same_photo_once_more_is_of_the_same_burst():
    of = EMPTY.with_photos(0, [photo(0), photo(1)]).with_photos(1, [Photo(b"1", "again", 7), photo(8)])
    assert of.bursts.tolist() == [0, 1, 1, 8]


def test_photos_of_one_name_are_taken_out():
    of = EMPTY.with_photos(0, [photo(0), Photo(b"x", "Your photo", 1)]).with_photos(1, [Photo(b"y", "Your photo", 2)])
    assert of.without("Your photo").counts == (1, 0)


def test_there_is_an_end_to_photos_and_to_classes():
    of = EMPTY.with_photos(0, [photo(n) for n in range(PHOTOS + 5)])
    assert of.counts == (PHOTOS, 0)
    with pytest.raises(InputError, match="100 photos"):
        of.with_photos(0, [photo(200)])
    assert of.with_photos(0, []).counts == of.counts
    for _ in range(CLASSES - 2):
        of = of.with_class()
    assert len(set(of.names)) == CLASSES
    with pytest.raises(InputError, match="6 classes"):
        of.with_class()


def test_a_class_goes_with_its_photos_and_a_new_one_has_a_name_of_its_own():
    of = EMPTY.with_class().with_photos(2, [photo(0)]).without_class(0)
    assert of.names == ("class 2", "class 3")
    assert of.counts == (0, 1)
    assert of.with_class().names == ("class 2", "class 3", "class 4")


def test_names_are_kept_plain_and_apart():
    assert EMPTY.named(0, "  my   cup ").names == ("my cup", "class 2")
    assert EMPTY.named(1, "class 2").names == EMPTY.names
    for name in ("", " \t", "a\0b", 25 * "x"):
        with pytest.raises(InputError, match="1 to 24 letters"):
            EMPTY.named(0, name)
    with pytest.raises(InputError, match="Another class"):
        EMPTY.named(0, "class 2")
    assert checked(24 * "x") == 24 * "x"


def test_the_examples_circles_are_red_and_its_stars_are_not():
    of = example()
    assert of.names == ("circle", "star")
    assert of.counts == (6, 6)
    assert len(set(of.bursts.tolist())) == 12
    for kind, photos in enumerate(of.photos):
        for each in photos:
            rgb = read_picture(each.data).pixels
            bright = rgb[rgb.max(axis=2) - rgb.min(axis=2) > 0.4].mean(axis=0)  # the shape
            assert (bright.argmax() == 0 and bright[0] > 2 * bright[1:].max()) == (kind == 0)
    assert set(of.names) <= set(shapes.KINDS)
    assert isinstance(of, Project)
    assert np.array_equal(of.labels, [0] * 6 + [1] * 6)


def test_a_zip_that_was_taken_home_is_brought_back():
    of = example().named(0, "my red circle").with_photos(1, [Photo(b"x", "shot", 40), Photo(b"y", "shot", 40)])
    left: list[str] = []
    found = list(gathering.pictures([("mine.zip", zipped(in_folders(of)))], 600, left, folders=True))
    assert len(left) == 2  # x and y are no pictures
    again = from_folders(found)
    assert again.names == ("my red circle", "star")
    assert [[photo.data for photo in some] for some in again.photos] == [
        [photo.data for photo in some] for some in example().photos
    ]
    assert again.bursts.tolist() == example().bursts.tolist()


def test_any_folders_are_classes_and_any_names_are_told_apart():
    found = from_folders(
        [("b/1.jpg", b"1"), ("a_b/2.jpg", b"2"), ("a b/3.jpg", b"3"), ("0-b/4.jpg", b"4"), ("loose.jpg", b"5")]
    )
    assert sorted(found.counts) == [1, 1, 1, 1]
    assert len(set(found.names)) == 4
    assert set(found.names) >= {"a b", "b"}
    assert len(set(found.bursts.tolist())) == 4
    for name in found.names:
        assert checked(name) == name


@pytest.mark.parametrize("names", [[], ["loose.jpg", "other.jpg"], ["a/1.jpg"], [f"{n}/1.jpg" for n in "abcdefg"]])
def test_other_zips_are_refused_with_their_number_of_folders(names):
    with pytest.raises(InputError, match=f"2 to 6 of them. Received {len({name for name in names if '/' in name})}."):
        from_folders([(name, b"") for name in names])


def test_a_late_click_on_a_class_that_is_gone_is_said():
    for late in (lambda: EMPTY.without_last(2), lambda: EMPTY.with_photos(2, [photo(0)]), lambda: EMPTY.named(2, "x")):
        with pytest.raises(InputError, match="This class is gone"):
            late()
    assert EMPTY.without_last(0) == EMPTY
    with pytest.raises(InputError, match="This class is gone"):
        EMPTY.without_class(5)
    with pytest.raises(InputError, match="Two classes are the least"):
        EMPTY.without_class(0)
