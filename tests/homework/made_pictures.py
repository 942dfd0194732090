"""Pictures as phones make them: with the place, the device and the words that travel inside."""

from io import BytesIO

from PIL import ExifTags, Image, PngImagePlugin

PLACE, DEVICE, WORDS = b"\x00\x00\x00\x37\x00\x00\x00\x01", b"Pixel 9 of Anna", b"At home, Lenin street"
ON_ITS_SIDE = 6
SIZE = (40, 24)
# What an iPhone writes when nobody asked it for anything else.
HEIC = b"\x00\x00\x00\x24ftypheic\x00\x00\x00\x00mif1heic" + bytes(40)


def photo() -> bytes:
    """A jpg with the place, the device, a comment and a side that is up."""
    exif = Image.Exif()
    exif[ExifTags.Base.Model], exif[ExifTags.Base.Orientation] = DEVICE.decode(), ON_ITS_SIDE
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (55.0, 45.0, 7.0)
    made = BytesIO()
    Image.linear_gradient("L").resize(SIZE).convert("RGB").save(
        made, "JPEG", quality=92, exif=exif, comment=WORDS, xmp=b"<x:xmpmeta>" + DEVICE + b"</x:xmpmeta>"
    )
    return made.getvalue() + b"a small film" + DEVICE


def drawing() -> bytes:
    """A png with words beside the picture."""
    words, exif = PngImagePlugin.PngInfo(), Image.Exif()
    words.add_text("Comment", WORDS.decode())
    words.add_itxt("XML:com.adobe.xmp", DEVICE.decode())
    exif[ExifTags.Base.Model] = DEVICE.decode()
    made = BytesIO()
    Image.new("RGBA", SIZE, (20, 80, 120, 90)).save(made, "PNG", pnginfo=words, exif=exif)
    return made.getvalue()


PHOTO, DRAWING = photo(), drawing()
