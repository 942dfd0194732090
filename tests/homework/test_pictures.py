"""A picture that people bring keeps its points and the side that is up, and says nothing of the place and the device (152-ФЗ, ст. 5)."""

from io import BytesIO

import pytest
from PIL import ExifTags, Image

from school.errors import RuleRefused
from school.files.attachments import pictures
from school.files.attachments.kinds import check_file
from tests.homework.made_pictures import DEVICE, DRAWING, HEIC, ON_ITS_SIDE, PHOTO, PLACE, SIZE, WORDS


@pytest.mark.parametrize(("name", "content"), [("Справка.jpg", PHOTO), ("Справка.png", DRAWING)])
def test_a_picture_says_nothing_of_where_and_by_what_it_was_made(name: str, content: bytes) -> None:
    assert DEVICE in content
    assert WORDS in content
    kept = check_file(name, content).content
    assert not any(secret in kept for secret in (DEVICE, WORDS, PLACE, b"xmp", b"GPS", b"a small film"))
    with Image.open(BytesIO(kept)) as after, Image.open(BytesIO(content)) as before:
        assert set(after.getexif()) <= {ExifTags.Base.Orientation}
        assert not after.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        assert (after.size, after.mode, after.format) == (SIZE, before.mode, before.format)
        difference = [abs(one - other) for one, other in zip(after.tobytes(), before.tobytes(), strict=True)]
        assert max(difference) <= 2, "small print stays legible"


def test_a_photo_of_a_phone_held_upright_stays_upright() -> None:
    with Image.open(BytesIO(check_file("Справка.jpg", PHOTO).content)) as kept:
        assert dict(kept.getexif()) == {ExifTags.Base.Orientation: ON_ITS_SIDE}


@pytest.mark.parametrize("name", ["IMG_0412.HEIC", "IMG_0412.heif", "IMG_0412.jpg"])
def test_a_picture_of_an_iphones_own_kind_is_refused_with_a_way_out(name: str) -> None:
    with pytest.raises(RuleRefused, match=r"HEIC.*Наиболее совместимые"):
        check_file(name, HEIC)


@pytest.mark.parametrize(
    ("name", "content"),
    [("Справка.jpg", b"\xff\xd8\xff\xe0...."), ("Справка.jpg", PHOTO[:300]), ("Справка.png", DRAWING[:60])],
)
def test_a_picture_that_does_not_open_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(RuleRefused, match="не принят"):
        check_file(name, content)


def test_a_small_file_of_too_many_points_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_PIXELS", SIZE[0] * SIZE[1] - 1)
    with pytest.raises(RuleRefused, match="не принят"):
        check_file("Справка.png", DRAWING)
