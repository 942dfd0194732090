"""Pictures without what a phone writes beside them: the place, the device, the hour, a small copy of what was cut away (152-ФЗ, ст. 5)."""

import struct
from io import BytesIO

from PIL import ExifTags, Image, JpegImagePlugin, PngImagePlugin

# Of 50 megapixels phones make pictures; more would take the server's memory for one paper.
MOST_PIXELS = 60_000_000
ORIENTATION = ExifTags.Base.Orientation
HEIC_ENDINGS = frozenset({"heic", "heif"})
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})


def is_heic(content: bytes) -> bool:
    """Whether a file is an iPhone's own kind of picture, whatever its name says."""
    return content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS


def bare_picture(kind: str, content: bytes) -> bytes | None:
    """Return a «jpg» or «png» with its points, colours and the side that is up, and nothing else; None where it does not open.

    A jpg keeps the tables it was packed with, so that small print stays as legible as it was.
    """
    try:
        return _bare(kind, content)
    except (OSError, SyntaxError, ValueError, struct.error, Image.DecompressionBombError):
        return None


def _bare(kind: str, content: bytes) -> bytes | None:
    # Opened by its very kind: a jpg of several pictures gives its first.
    opened = JpegImagePlugin.JpegImageFile if kind == "jpg" else PngImagePlugin.PngImageFile
    with opened(BytesIO(content)) as picture, BytesIO() as bare:
        if picture.width * picture.height > MOST_PIXELS:
            return None
        up, kept = picture.getexif().get(ORIENTATION), Image.Exif()
        if up:
            kept[ORIENTATION] = up
        exif = kept.tobytes() if up else b""
        if kind == "jpg":
            picture.save(bare, "JPEG", quality="keep", exif=exif, comment=b"")
        else:
            picture.save(bare, "PNG", exif=exif, compress_level=3)
        return bare.getvalue()
