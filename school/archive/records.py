"""Records of the archive: the package of a year, its documents, how far each is on paper, signatures made outside (п. 6.6)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

# What the package is called inside the school's folder, and where it lies there.
FOLDER = "archives"


class ArchiveState(StrEnum):
    """How far the package of a year is."""

    ASKED = "asked"
    MADE = "made"
    FAILED = "failed"


class PaperState(StrEnum):
    """How far a document is on paper, in this order (п. 6.6)."""

    FORMED = "formed"
    PRINTED = "printed"
    SIGNED = "signed"
    STORED = "stored"
    EXPIRED = "expired"
    DESTROYED = "destroyed"


@dataclass(frozen=True)
class Archive:
    """The package of a school year as it was asked for; ``file_name`` is empty until it is made, ``problem`` is in Russian."""

    archive_id: int
    school_year: int
    asked_at: datetime
    asked_by: int
    asked_by_name: str
    reason: str
    state: ArchiveState
    problem: str
    made_at: datetime | None
    file_name: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class PackedDocument:
    """A document as it lies in a package: its place there, its pages, until when it is kept."""

    kind: str
    class_id: int | None
    class_name: str
    title: str
    path: str
    pages: int
    kept_until: date
    sha256: str


@dataclass(frozen=True)
class MadePackage:
    """A package that is whole: its file, SHA-256, size in bytes and documents."""

    file_name: str
    sha256: str
    size_bytes: int
    documents: tuple[PackedDocument, ...]


@dataclass(frozen=True)
class ArchivedDocument:
    """A document of a made package with how far it is on paper; ``step`` says who took the last step, when and in what words."""

    document_id: int
    archive_id: int
    packed: PackedDocument
    state: PaperState
    step: str = ""


class Verdict(StrEnum):
    """What was found of a signature: whole, or made by ГОСТ where this machine cannot check that."""

    WHOLE = "whole"
    UNCHECKED = "unchecked"


class Trust(StrEnum):
    """What is known of the signer's certificate: nobody asked, it leads to a root of the school's folder, or it does not."""

    UNCHECKED = "unchecked"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


@dataclass(frozen=True)
class CheckedSignature:
    """A detached signature that fits its document: by whom, valid between which days, and what is known of it."""

    verdict: Verdict
    trust: Trust
    signer: str
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True)
class Signature:
    """A signature attached to a document; its file is kept beside the database."""

    signature_id: int
    document_id: int
    title: str
    checked: CheckedSignature
    added_at: datetime
    added_by_name: str
    added_by: int | None
    stored_name: str
    sha256: str
