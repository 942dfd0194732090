"""Slips with invitation codes, to be cut apart and handed out (п. 3.1, 4.3)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from pipelines.reports.typesetting import typeset
from school.people.records import IssuedCode


@dataclass(frozen=True)
class Slip:
    """One person's slip."""

    name: str
    purpose: str
    expires_at: datetime
    is_new_password: bool
    code: str = field(repr=False)


@dataclass(frozen=True)
class SlipSheet:
    """A sheet of slips: whose school, and the address at which codes are typed."""

    school_name: str
    address: str
    slips: Sequence[Slip]


def slip_sheet(school_name: str, address: str, codes: Sequence[IssuedCode]) -> SlipSheet:
    """Return the sheet of just issued codes."""
    slips = [
        Slip(each.name.full, each.purpose, each.expires_at, each.is_new_password, each.code) for each in codes
    ]
    return SlipSheet(school_name, address, slips)


def slips_pdf(sheet: SlipSheet) -> bytes:
    """Return an A4 document of ten slips a page with cut lines."""
    return typeset("invitation_slips", asdict(sheet))
