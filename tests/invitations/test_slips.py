"""Slips with codes on paper: in Russian letters, ten a page, the same bytes again (п. 3.1)."""

import io
from datetime import datetime

import pypdf
import pytest

from pipelines.reports.invitation_slips import slips_pdf
from school.people.records import Invitee, IssuedCode, PersonKind
from school.records import PersonName

EXPIRES = datetime(2026, 12, 3, 23, 59, 59)
ANNA = IssuedCode(
    Invitee(PersonKind.GUARDIAN, 1),
    PersonName("Ёжикова-Щукина", "Анна", "Юрьевна"),
    "родитель: Ёжиков Эдуард, 7А",
    EXPIRES,
    is_new_password=False,
    code="ACEH-KMPT-XY23-4569",
)


def printed(codes: list[IssuedCode]) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(slips_pdf("Школа № 1", "http://school.local", codes)))


def test_a_slip_says_who_where_what_and_until_when() -> None:
    text = " ".join(printed([ANNA]).pages[0].extract_text().split())
    for words in (
        "Ёжикова-Щукина Анна Юрьевна",
        "родитель: Ёжиков Эдуард, 7А",
        "ACEH-KMPT-XY23-4569",
        "http://school.local",
        "«У меня есть код приглашения»",
        "03.12.2026",
        "Школа № 1",
    ):
        assert words in text


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (10, 1), (11, 2), (60, 6)])
def test_a_class_takes_ten_slips_a_page(count: int, pages: int) -> None:
    assert len(printed([ANNA] * count).pages) == pages


def test_the_fonts_travel_with_the_document() -> None:
    fonts = printed([ANNA]).pages[0]["/Resources"]["/Font"].values()
    for font in fonts:
        (descendant,) = font.get_object()["/DescendantFonts"]
        assert (
            "/FontFile3" in descendant.get_object()["/FontDescriptor"]
            or "/FontFile2" in descendant.get_object()["/FontDescriptor"]
        )


def test_what_people_are_called_is_no_markup() -> None:
    odd = IssuedCode(
        ANNA.invitee,
        PersonName("#panic()", "*_$", "[x]"),
        "@y <z>",
        EXPIRES,
        is_new_password=True,
        code=ANNA.code,
    )
    text = printed([odd]).pages[0].extract_text()
    assert "#panic() *_$ [x]" in text
    assert "имя для входа прежнее" in " ".join(text.split())


def test_the_same_slips_are_the_same_bytes() -> None:
    assert slips_pdf("Школа", "адрес", [ANNA]) == slips_pdf("Школа", "адрес", [ANNA])
