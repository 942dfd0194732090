"""Slips with invitation codes, to be cut apart and handed out (п. 3.1, 4.3)."""

from collections.abc import Sequence

from pipelines.reports.typesetting import typeset
from school.people.records import IssuedCode

PRINTED = ("purpose", "expires_at", "is_new_password", "code")


def slips_pdf(school_name: str, address: str, codes: Sequence[IssuedCode]) -> bytes:
    """Return an A4 document of ten slips a page with cut lines; ``address`` is where codes are typed."""
    slips = [{"name": each.name.full} | {field: getattr(each, field) for field in PRINTED} for each in codes]
    return typeset("invitation_slips", {"school_name": school_name, "address": address, "slips": slips})
