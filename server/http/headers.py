"""What every answer tells the browser: to load, frame, guess, keep and pass on nothing that the register does not need."""

from functools import cache

# Streamlit's styles are written into the page by scripts; its scripts come from this server and, those of components, from
# memory («blob:»). Scripts in the document itself are named by their hashes.
DOCUMENT_POLICY = (
    "default-src 'none'; script-src 'self' blob: {scripts}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' blob:; connect-src 'self'; "
    "worker-src 'self' blob:; manifest-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# Streamlit's files: a worker lives by the policy of its own file.
FILE_POLICY = DOCUMENT_POLICY.format(scripts="").replace("blob: ;", "blob:;")
# Data, files of people, words: nothing in them is to be run.
DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"

FEATURES = (
    "accelerometer", "autoplay", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone", "midi",
    "payment", "usb", "xr-spatial-tracking",
)  # fmt: skip
COMMON = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": ", ".join(f"{feature}=()" for feature in FEATURES),
    "cross-origin-resource-policy": "same-origin",
    "x-permitted-cross-domain-policies": "none",
}
# A year. Only for this host: what else stands under a school's name is not ours to decide.
SECURE = {
    "strict-transport-security": "max-age=31536000",
    # Without TLS browsers ignore it, and say so as an error.
    "cross-origin-opener-policy": "same-origin",
}
STREAMLIT_FILES = ("/static/", "/component/", "/_stcore/bidi-components/")


def default_headers(path: str, is_secure: bool) -> tuple[tuple[bytes, bytes], ...]:
    """Return the headers of an answer at an address, but for those that it sets itself."""
    return _headers(path.startswith(STREAMLIT_FILES), is_secure)


@cache
def _headers(is_file: bool, is_secure: bool) -> tuple[tuple[bytes, bytes], ...]:
    named = COMMON | (SECURE if is_secure else {})
    named["content-security-policy"] = FILE_POLICY if is_file else DATA_POLICY
    named["cache-control"] = "no-store"
    return tuple((name.encode(), value.encode()) for name, value in named.items())
