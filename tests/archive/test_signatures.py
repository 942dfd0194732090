"""Signatures made outside (п. 6.6): one that fits is attached with its signer, one of another document is refused; ГОСТ where it can be."""

import base64
import subprocess
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from closed_year import JUNE
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID
from small_school import NAMES, People

from school.archive import signatures
from school.archive.actions import attach_signature
from school.archive.lookups import archive_page, archived_document, signature_file
from school.archive.records import CheckedSignature, Trust, Verdict
from school.archive.shelf import trusted_roots
from school.archive.signatures import VERDICT_WORDS, check_signature, has_gost_engine
from school.errors import AccessRefused, RuleRefused
from school.store.connection import Store

DOCUMENT = "Журнал 7А, как он напечатан".encode()
FROM, UNTIL = datetime(2027, 1, 1), datetime(2028, 1, 1)
HEAD = x509.Name(
    [
        x509.NameAttribute(NameOID.SURNAME, "Дорохов"),
        x509.NameAttribute(NameOID.GIVEN_NAME, "Игорь Петрович"),
        x509.NameAttribute(NameOID.COMMON_NAME, "МБОУ Школа у реки"),
    ]
)
Signer = tuple[x509.Certificate, rsa.RSAPrivateKey]


def certificate(name: x509.Name, issuer: Signer | None = None, *, is_root: bool = False) -> Signer:
    """Make a key and its certificate, of a root or of one that a root has issued."""
    key = rsa.generate_private_key(65537, 2048)
    issued_by, signing_key = (issuer[0].subject, issuer[1]) if issuer else (name, key)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issued_by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(FROM)
        .not_valid_after(UNTIL)
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .sign(signing_key, hashes.SHA256())
    )
    return made, key


@pytest.fixture(scope="module")
def root() -> Signer:
    return certificate(
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Удостоверяющий центр")]), is_root=True
    )


@pytest.fixture(scope="module")
def head(root: Signer) -> Signer:
    return certificate(HEAD, root)


def signed(signer: Signer, document: bytes = DOCUMENT, encoding: Encoding = Encoding.DER) -> bytes:
    """Return a detached signature of a document."""
    builder = pkcs7.PKCS7SignatureBuilder().set_data(document).add_signer(*signer, hashes.SHA256())
    return builder.sign(encoding, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary])


def check(
    signature: bytes, roots: Path, document: bytes = DOCUMENT, now: datetime = JUNE
) -> CheckedSignature:
    return check_signature(document, signature, now, roots)


@pytest.mark.parametrize("form", ["der", "pem", "base64"])
def test_a_signature_that_fits_names_its_signer_and_days(form: str, head: Signer, tmp_path: Path) -> None:
    signature = signed(head, encoding=Encoding.PEM if form == "pem" else Encoding.DER)
    found = check(base64.encodebytes(signature) if form == "base64" else signature, tmp_path / "нет")
    assert found == CheckedSignature(
        Verdict.WHOLE, Trust.UNCHECKED, "Дорохов Игорь Петрович", date(2027, 1, 1), date(2028, 1, 1)
    )
    assert VERDICT_WORDS[found.verdict, found.trust] == "Целостность подтверждена; доверие не проверялось."


def test_a_changed_document_is_refused(head: Signer, tmp_path: Path) -> None:
    with pytest.raises(RuleRefused, match="Подпись не подходит к этому документу"):
        check(signed(head), tmp_path, DOCUMENT + b" ")
    broken = bytearray(signed(head))
    broken[-10] ^= 1
    with pytest.raises(RuleRefused, match="не подходит"):
        check(bytes(broken), tmp_path)


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7 no signature", "Подписал директор".encode(), b"MIIB", b"\x30\x82"]
)
def test_what_is_no_signature_is_refused(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(RuleRefused, match="не отдельная электронная подпись"):
        check(content, tmp_path)
    with pytest.raises(RuleRefused, match="слишком велик"):
        check(b"0" * (signatures.MOST_BYTES + 1), tmp_path)


def test_with_trusted_roots_the_chain_is_checked_too(root: Signer, head: Signer, tmp_path: Path) -> None:
    (tmp_path / "ЦЕНТР.crt").write_bytes(root[0].public_bytes(Encoding.DER))
    assert check(signed(head), tmp_path).trust is Trust.CONFIRMED
    assert check(signed(head), tmp_path, now=UNTIL + timedelta(1)).trust is Trust.REFUSED
    stranger = certificate(HEAD)
    found = check(signed(stranger), tmp_path)
    assert (found.verdict, found.trust) == (Verdict.WHOLE, Trust.REFUSED)
    (tmp_path / "мусор.pem").write_bytes(b"not a certificate")
    assert check(signed(head), tmp_path).trust is Trust.CONFIRMED


GOST = pytest.mark.skipif(not has_gost_engine(), reason="openssl has no engine gost here")


@pytest.fixture(scope="module")
def gost_signature(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A signature by ГОСТ Р 34.10-2012 of the document."""
    folder = tmp_path_factory.mktemp("gost")
    (folder / "document").write_bytes(DOCUMENT)
    openssl = ("openssl",)
    for command in (
        (
            *openssl, "req", "-x509", "-engine", "gost", "-newkey", "gost2012_256", "-pkeyopt", "paramset:A", "-nodes",
            "-keyout", "key", "-out", "cert", "-subj", "/CN=Дорохов И. П.", "-utf8", "-days", "30", "-md_gost12_256",
        ),
        (
            *openssl, "cms", "-sign", "-engine", "gost", "-binary", "-md", "md_gost12_256", "-signer", "cert", "-inkey",
            "key", "-in", "document", "-outform", "DER", "-out", "signature",
        ),
    ):  # fmt: skip
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return (folder / "signature").read_bytes()


@GOST
def test_gost_is_checked_where_the_engine_is(gost_signature: bytes, tmp_path: Path) -> None:
    found = check(gost_signature, tmp_path)
    assert (found.verdict, found.signer) == (Verdict.WHOLE, "Дорохов И. П.")
    with pytest.raises(RuleRefused, match="не подходит"):
        check(gost_signature, tmp_path, DOCUMENT + b" ")


@GOST
def test_gost_without_the_engine_is_kept_and_said_to_be_unchecked(
    gost_signature: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signatures, "has_gost_engine", lambda: False)
    found = check(gost_signature, tmp_path)
    assert (found.verdict, found.signer) == (Verdict.UNCHECKED, "Дорохов И. П.")
    assert VERDICT_WORDS[found.verdict, found.trust].startswith("ГОСТ: на этом компьютере проверить нельзя")


def test_without_openssl_nothing_is_attached(
    head: Signer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuleRefused, match="нет программы openssl"):
        check(signed(head), tmp_path)


def test_a_signature_of_a_document_of_the_archive_is_kept_with_it(
    packed_store: Store, people: People, head: Signer, root: Signer
) -> None:
    page = archive_page(packed_store, people.secretary, 2026, today=JUNE.date())
    document = page.documents[-1]
    assert page.made is not None
    content = (packed_store.path.parent / "archives" / page.made.file_name).read_bytes()
    with pytest.raises(RuleRefused, match="не подходит"):
        attach_signature(
            packed_store, people.secretary, document.document_id, "а.sig", signed(head, content), now=JUNE
        )
    assert packed_store.read("FROM archive_signatures") == []
    roots = trusted_roots(packed_store)
    roots.mkdir()
    (roots / "root.pem").write_bytes(root[0].public_bytes(Encoding.PEM))
    _, content = archived_document(packed_store, people.head, document.document_id)
    for name in set(NAMES) - {"secretary"}:
        with pytest.raises(AccessRefused):
            attach_signature(
                packed_store, getattr(people, name), document.document_id, "а.sig", b"", now=JUNE
            )
    signature = signed(head, content)
    signature_id = attach_signature(
        packed_store, people.secretary, document.document_id, "опись.sig", signature, now=JUNE
    )
    (found,) = archive_page(packed_store, people.head, 2026, today=JUNE.date()).signatures[
        document.document_id
    ]
    assert (found.title, found.checked.signer, found.checked.trust, found.added_by_name) == (
        "опись.sig",
        "Дорохов Игорь Петрович",
        Trust.CONFIRMED,
        "Секачёва М.",
    )
    assert signature_file(packed_store, people.head, signature_id)[1] == signature
    with pytest.raises(AccessRefused):
        signature_file(packed_store, people.owner, signature_id)
