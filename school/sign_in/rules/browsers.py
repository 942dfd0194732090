"""Where a sign-in comes from, as its owner should recognise it: the browser in words, the address cut short (п. 8.5)."""

from dataclasses import dataclass, field
from ipaddress import ip_address

LONGEST_AGENT = 400
# The first that is found stands: Edge calls itself Chrome, Chrome calls itself Safari, Android calls itself Linux.
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "Chrome OS"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
BROWSERS = (
    ("YaBrowser", "Яндекс Браузер"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chromium", "Chromium"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
UNKNOWN_BROWSER = "неизвестный браузер"


@dataclass(frozen=True)
class Browser:
    """What a sign-in is known by besides its address: the secret of the device's cookie, empty where it has none; words."""

    device: str = field(default="", repr=False)
    words: str = ""


def browser_words(agent: str) -> str:
    """Return «Windows, Chrome» of the header User-Agent."""
    text = agent[:LONGEST_AGENT]
    found = [next((words for sign, words in table if sign in text), "") for table in (SYSTEMS, BROWSERS)]
    return ", ".join(filter(None, found)) or UNKNOWN_BROWSER


def short_address(address: str) -> str:
    """Return an address without the part that names one computer: «192.168.1.x», «2001:db8:0:1::x»."""
    try:
        known = ip_address(address)
    except ValueError:
        return "этот компьютер" if address == "localhost" else "неизвестный адрес"
    # A socket of both kinds gives IPv4 addresses as «::ffff:10.0.0.7».
    known = getattr(known, "ipv4_mapped", None) or known
    if known.is_loopback:
        return "этот компьютер"
    if known.version == 4:
        return f"{str(known).rpartition('.')[0]}.x"
    return ":".join(part.lstrip("0") or "0" for part in known.exploded.split(":")[:4]) + "::x"
