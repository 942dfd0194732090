"""The sheet with the key of backups for the head's safe (п. 8.6)."""

import io
from datetime import date

import segno

from pipelines.reports.typesetting import typeset


def key_sheet(school_name: str, day: date, public_key: str, secret_key: str) -> bytes:
    """Return an A4 page as PDF with the secret key as text and as a QR code, and how copies are opened with it."""
    drawn = io.BytesIO()
    segno.make(secret_key, error="q").save(drawn, kind="svg", border=2, xmldecl=False)
    return typeset(
        "backup_key",
        {
            "school_name": school_name,
            "day": day,
            "public_key": public_key,
            "secret_key": secret_key,
            "qr": drawn.getvalue().decode(),
        },
    )
