"""Detached signatures (CMS) made outside: whether one fits its document, by whom it is, and what is known of its certificate (п. 6.6).

``openssl`` checks them; those by ГОСТ Р 34.10-2012 it checks where its engine «gost» is installed.
"""

import base64
import binascii
import shutil
import subprocess
import warnings
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import NameOID

from school.archive.records import CheckedSignature, Trust, Verdict
from school.errors import RuleRefused

MOST_BYTES, SECONDS = 1024**2, 60
# Russian algorithms have object identifiers under this arc.
GOST_ARC = "1.2.643."
ROOT_ENDINGS = frozenset({".pem", ".crt", ".cer"})
VERDICT_WORDS = {
    (Verdict.WHOLE, Trust.UNCHECKED): "Целостность подтверждена; доверие не проверялось.",
    (
        Verdict.WHOLE,
        Trust.CONFIRMED,
    ): "Целостность подтверждена; сертификат выдан центром, которому школа доверяет.",
    (
        Verdict.WHOLE,
        Trust.REFUSED,
    ): "Целостность подтверждена; ни один из доверенных центров школы этого сертификата не выдавал, "
    "или срок его не тот.",
    (
        Verdict.UNCHECKED,
        Trust.UNCHECKED,
    ): "ГОСТ: на этом компьютере проверить нельзя. Подпись хранится как есть; проверьте её там, "
    "где она сделана.",
}


@dataclass(frozen=True)
class _Signed:
    """A signature beside its document as files for ``openssl``."""

    document: Path
    signature: Path
    signer: Path
    engine: tuple[str, ...]


def check_signature(document: bytes, signature: bytes, now: datetime, roots: Path) -> CheckedSignature:
    """Return what is known of a signature that fits a document; ``roots``: a folder of trusted certificates, if the school has one.

    Raises RuleRefused where the file is no signature, or of another document.
    """
    content = _binary(signature)
    certificates = _certificates(content)
    is_gost = any(each.signature_algorithm_oid.dotted_string.startswith(GOST_ARC) for each in certificates)
    if shutil.which("openssl") is None:
        raise RuleRefused(
            "Подпись здесь проверить нельзя: нет программы openssl.",
            next_step="Попросите администратора установить её.",
        )
    if is_gost and not has_gost_engine():
        signer = certificates[0]
        return CheckedSignature(Verdict.UNCHECKED, Trust.UNCHECKED, _name_of(signer), *_days_of(signer))
    with TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "document").write_bytes(document)
        (folder / "signature").write_bytes(content)
        engine = ("-engine", "gost") if is_gost else ()
        signed = _Signed(folder / "document", folder / "signature", folder / "signer", engine)
        if not _verifies(signed, "-noverify"):
            raise RuleRefused(
                "Подпись не подходит к этому документу.",
                "Документ изменён после подписания, или подписан другой файл.",
                "Скачайте документ из архива и подпишите его снова.",
            )
        signer = x509.load_pem_x509_certificate(signed.signer.read_bytes())
        trust = _trust(signed, roots, now, folder)
    return CheckedSignature(Verdict.WHOLE, trust, _name_of(signer), *_days_of(signer))


def has_gost_engine() -> bool:
    """Whether ``openssl`` of this machine knows the Russian algorithms."""
    return shutil.which("openssl") is not None and _runs("openssl", "engine", "gost")


def _runs(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=SECONDS, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def _verifies(signed: _Signed, *how: str) -> bool:
    return _runs(
        *("openssl", "cms", "-verify", "-binary", "-inform", "DER", *signed.engine),
        *("-in", str(signed.signature), "-content", str(signed.document), "-out", "/dev/null"),
        *("-signer", str(signed.signer), *how),
    )


def _trust(signed: _Signed, roots: Path, now: datetime, folder: Path) -> Trust:
    found = [each for each in sorted(roots.glob("*")) if each.suffix.lower() in ROOT_ENDINGS]
    if not found:
        return Trust.UNCHECKED
    bundle = folder / "roots"
    bundle.write_bytes(b"".join(map(_as_pem, found)))
    at = str(int(now.timestamp()))
    is_trusted = _verifies(signed, "-CAfile", str(bundle), "-no-CApath", "-purpose", "any", "-attime", at)
    return Trust.CONFIRMED if is_trusted else Trust.REFUSED


def _as_pem(root: Path) -> bytes:
    content = root.read_bytes()
    if b"-----BEGIN" in content:
        return content + b"\n"
    try:
        return x509.load_der_x509_certificate(content).public_bytes(Encoding.PEM)
    except ValueError:
        return b""


def _binary(content: bytes) -> bytes:
    """Return a signature as DER, whichever of the usual forms it came in. Raises RuleRefused."""
    if len(content) > MOST_BYTES:
        raise RuleRefused(
            "Файл слишком велик для отдельной подписи.", next_step="Приложите файл .sig или .p7s."
        )
    text = content.strip()
    if text.startswith(b"-----BEGIN"):
        text = b"".join(line for line in text.splitlines() if not line.startswith(b"-----"))
    try:
        return base64.b64decode(b"".join(text.split()), validate=True)
    except binascii.Error:
        return content


def _certificates(content: bytes) -> list[x509.Certificate]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            found = pkcs7.load_der_pkcs7_certificates(content)
    except ValueError:
        found = []
    if not found:
        raise RuleRefused(
            "Это не отдельная электронная подпись, или в ней нет сертификата подписавшего.",
            next_step="Приложите файл .sig или .p7s, в который сертификат вложен.",
        )
    return found


def _name_of(certificate: x509.Certificate) -> str:
    """Return whom a certificate is of: surname and names where they stand apart, else the common name."""
    parts = [_attribute(certificate, oid) for oid in (NameOID.SURNAME, NameOID.GIVEN_NAME)]
    return (
        " ".join(filter(None, parts))
        or _attribute(certificate, NameOID.COMMON_NAME)
        or "имя в сертификате не указано"
    )


def _attribute(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    found = certificate.subject.get_attributes_for_oid(oid)
    return str(found[0].value).strip() if found else ""


def _days_of(certificate: x509.Certificate) -> tuple[date, date]:
    return certificate.not_valid_before_utc.date(), certificate.not_valid_after_utc.date()
