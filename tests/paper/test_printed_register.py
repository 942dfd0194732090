"""The printed register as pages: nothing is lost or cut, a left page is even and its right page odd, the archive's form is valid."""

import json
import re
import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from shutil import which

import numpy as np
import pytest
import typst
from made_up_class import LONG_HOMEWORK, LONG_NAME, class_of, subject_of
from PIL import Image
from pypdf import PdfReader

from pipelines.reports.class_register.printing import LAYOUT, register_context, sheets_words
from pipelines.reports.typesetting import ARCHIVAL, LAYOUTS, page_count, typeset

ALGEBRA = subject_of("Алгебра", pupils=35, lessons_a_term=70, is_long=True)
NO_LESSONS = replace(subject_of("Музыка", pupils=35, lessons_a_term=1), lessons=(), cells={}, marks={})
HARD_CLASS = class_of(ALGEBRA, subject_of("История", pupils=35, lessons_a_term=12), NO_LESSONS)
EASY_CLASS = class_of(subject_of("Алгебра", pupils=3, lessons_a_term=2))
# Debian's packages of PDFBox and what it needs: a validator of PDF/A-1b.
JARS = [
    Path(f"/usr/share/java/{name}.jar")
    for name in (
        *("pdfbox2", "preflight", "xmpbox", "fontbox2"),
        *("commons-logging", "commons-io", "javax.activation", "jaxb-api"),
    )
]
HAS_VALIDATOR = which("java") is not None and all(jar.exists() for jar in JARS)
DOTS_AN_INCH = 50
MARGIN = round(7 / 25.4 * DOTS_AN_INCH)  # 7 mm


@pytest.fixture(scope="module")
def register() -> bytes:
    """The register of a class as hard to print as can be."""
    return typeset(LAYOUT, register_context(HARD_CLASS), is_tagged=False)


@pytest.fixture(scope="module")
def pages(register: bytes) -> list[str]:
    """The text of its pages."""
    return [page.extract_text() for page in PdfReader(BytesIO(register)).pages]


def plain(text: str) -> str:
    """A text without blanks and hyphens: lines are broken anywhere."""
    return re.sub(r"[\s\u00ad\u200b\u2010-]", "", text)


def test_pages_are_counted(register: bytes, pages: list[str]) -> None:
    assert page_count(register) == len(pages)


def test_a_left_page_is_even_and_its_right_page_odd(pages: list[str]) -> None:
    lefts = [number for number, text in enumerate(pages, start=1) if "разворот" in text]
    rights = [number for number, text in enumerate(pages, start=1) if "Домашнее задание" in text]
    assert len(lefts) > 20
    assert all(number % 2 == 0 for number in lefts)
    # One page each: no text has run over to a page more.
    assert rights == [number + 1 for number in lefts]


def test_every_topic_and_homework_is_there_in_whole(pages: list[str]) -> None:
    printed = plain("".join(text for text in pages if "Домашнее задание" in text))
    assert printed.count(plain(LONG_HOMEWORK)) == sum(
        each.homework == LONG_HOMEWORK for each in ALGEBRA.lessons
    )
    assert all(plain(each.topic) in printed for each in ALGEBRA.lessons)
    assert "замещал(а)ЗаменоваЛ.П." in printed


def test_every_left_page_lists_all_pupils_under_a_head(pages: list[str]) -> None:
    for text in pages:
        if "разворот" in text:
            assert "Месяц" in text
            assert plain(LONG_NAME.short) in plain(text)
            assert "Ученикова35 Анна" in text


def test_the_margins_of_every_page_stay_white() -> None:
    pictures = typst.compile(
        LAYOUTS / f"{LAYOUT}.typ",
        root=LAYOUTS,
        ignore_system_fonts=True,
        format="png",
        ppi=DOTS_AN_INCH,
        sys_inputs={"data": json.dumps(register_context(HARD_CLASS), default=str)},
    )
    assert len(pictures) > 50
    for number, picture in enumerate(pictures, start=1):
        page = np.asarray(Image.open(BytesIO(picture)).convert("L"))
        assert page.min() < 200 or number == len(pictures) - 1, number
        edge = np.concatenate(
            [
                page[:MARGIN].ravel(),
                page[-MARGIN:].ravel(),
                page[:, :MARGIN].ravel(),
                page[:, -MARGIN:].ravel(),
            ]
        )
        assert edge.min() == 255, number


def test_contents_name_the_page_of_each_subject(pages: list[str]) -> None:
    contents = pages[1]
    for title in ("Алгебра", "История"):
        first = next(number for number, text in enumerate(pages, start=1) if text.startswith(title))
        assert re.search(rf"{title}.*Ивановна\s*{first}\b", contents)
    assert re.search(r"Музыка.*нет уроков", contents)
    summary = next(
        n for n, text in enumerate(pages, start=1) if text.startswith("Сводная ведомость учёта посещаемости")
    )
    assert f"посещаемости {summary}" in contents


def test_the_last_leaf_counts_the_sheets_in_words(pages: list[str]) -> None:
    assert len(pages) % 2 == 1
    assert plain(sheets_words((len(pages) + 1) // 2)) in plain(pages[-1])


def test_what_follows_the_subjects_is_there(pages: list[str]) -> None:
    whole = plain("".join(pages))
    for words in (
        *("Указания к журналу", "н — отсутствовал", "к/р", "запись № 12345", "Классная Руководила Петровна"),
        *(
            "Родителева Ольга Петровна",
            "8 900 000-00-00",
            "приказ № 5",
            "Листок здоровья",
            "Замен в этом году не было",
        ),
        *("Завучева Инна", "устранено", "3 → 4 (исправлено 20.11.2025, приказ № 7)"),
    ):
        assert plain(words) in whole, words


@pytest.mark.skipif(not HAS_VALIDATOR, reason="needs Java and PDFBox Preflight")
def test_a_validator_takes_the_layout_for_pdf_a(tmp_path: Path) -> None:
    file = tmp_path / "register.pdf"
    file.write_bytes(typeset(LAYOUT, register_context(EASY_CLASS), standard="a-1b"))
    validator = "org.apache.pdfbox.preflight.Validator_A1b"
    path = ":".join(map(str, JARS))
    done = subprocess.run(
        ["java", "-cp", path, validator, str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_the_archives_register_is_pdf_a_2a() -> None:
    reader = PdfReader(BytesIO(typeset(LAYOUT, register_context(EASY_CLASS), standard=ARCHIVAL)))
    facts = reader.xmp_metadata
    assert facts is not None
    assert (facts.pdfaid_part, facts.pdfaid_conformance) == ("2", "A")
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "ru"
    assert root["/MarkInfo"]["/Marked"]
    fonts = [
        font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        for page in reader.pages
        for font in page["/Resources"].get("/Font", {}).values()
    ]
    assert fonts
    assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor) for descriptor in fonts)
