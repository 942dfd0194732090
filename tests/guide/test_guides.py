"""The guides say something of every page to everybody who may open it, and nothing of what is not there."""

import re
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from docs.pictures import MOST_BYTES, TABLE, WIDTH, Picture, named_pictures, packed
from pages.families import routes as families
from school.access.roles import ROLES
from school.access.writing import STAFF
from school.guide.lookups import find_paragraphs, guides, guides_of, paragraphs_of
from school.guide.rules import STEPS, are_alike, read_guide
from school.records import Role, User
from server.menu import MENU, menu_rows

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "pages" / "families" / "templates"
# Parts of pages, and pages that say one sentence and the way on.
WITHOUT_HELP = {"frame", "parts", "talk", "message", "no_letters"}
SOURCES, ENDINGS = ("pages", "school", "server", "pipelines"), {".py", ".js", ".html"}
# What stands in quotation marks and is no word of a screen: an example, another program.
OTHER_NAMES = {"3 из 5", "Сетевого города"}
DIARY = "diary/"


def _may_open(role: Role, path: str) -> bool:
    (row,) = (row for row in MENU if row.path == path)
    return any(action == row.action for action, _ in ROLES[role].grants)


@pytest.mark.parametrize("path", [row.path for row in MENU])
def test_everybody_who_may_open_a_page_is_told_of_it_and_nobody_else(path: str) -> None:
    page = path.removesuffix(".py")
    told = {role for role in STAFF if paragraphs_of({role}, page)}
    assert told == {role for role in STAFF if _may_open(role, path)}, (
        "write its paragraph in docs/guide-….ru.md"
    )


def test_every_page_of_the_diary_is_told_of_and_no_other() -> None:
    pages = {path.stem for path in TEMPLATES.glob("*.html")} - WITHOUT_HELP
    told = {page for guide in guides() for each in guide.paragraphs for page in each.pages}
    assert {page.removeprefix(DIARY) for page in told if page.startswith(DIARY)} == pages


def test_every_paragraph_is_about_a_page_that_there_is_or_answers_a_question() -> None:
    known = {row.path.removesuffix(".py") for row in MENU}
    for guide in guides():
        for each in guide.paragraphs:
            assert each.pages or each.asked, f"{guide.name}: «{each.title}»"
            assert {page for page in each.pages if not page.startswith(DIARY)} <= known
            assert each.text


@cache
def _words_of_the_product() -> str:
    files = (path for folder in SOURCES for path in (ROOT / folder).rglob("*") if path.suffix in ENDINGS)
    text = " ".join(path.read_text(encoding="utf-8") for path in files)
    return " ".join(text.split()).lower()


@pytest.mark.parametrize("name", [guide.name for guide in guides()])
def test_a_guide_names_what_stands_on_the_screens(name: str) -> None:
    """A button or page that is called otherwise by now leaves a guide that leads nowhere."""
    (guide,) = (guide for guide in guides() if guide.name == name)
    texts = (guide.opening, *guide.steps, *(each.text for each in guide.paragraphs))
    named = {quoted for text in texts for quoted in re.findall("«([^«»]+)»", " ".join(text.split()))}
    assert named
    gone = {quoted for quoted in named if quoted.lower().rstrip("…. ") not in _words_of_the_product()}
    assert gone - OTHER_NAMES == set()


def test_every_role_has_a_guide_with_three_first_steps() -> None:
    assert {role: [len(guide.steps) for guide in guides_of({role})] for role in Role} == {
        role: [STEPS] for role in Role
    }


def test_the_command_takes_the_pictures_that_the_guides_name() -> None:
    names = [each.name for each in TABLE]
    assert sorted(names) == sorted(named_pictures())


def test_notes_are_taken_out_of_the_words() -> None:
    text = "# Учителю\n\nО чём.\n\n## Журнал\n<!-- page: register/grid -->\n<!-- also: head -->\n<!-- asked: а; б -->\n\nСлова.\n"
    guide = read_guide("teacher", text)
    (paragraph,) = guide.paragraphs
    assert (guide.title, guide.opening, paragraph.text) == ("Учителю", "О чём.", "Слова.")
    assert (paragraph.pages, paragraph.asked) == (("register/grid",), ("а", "б"))
    assert paragraph.roles == {Role.TEACHER, Role.HEAD}
    with pytest.raises(ValueError, match="no title"):
        read_guide("teacher", "О чём.")


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("отметку", "отметок", True),
        ("исправить", "исправление", True),
        ("пароль", "пароля", True),
        ("н", "н", True),
        ("н", "на", False),
        ("справка", "отметка", False),
        ("класс", "классный", True),
        ("урок", "уровень", False),
    ],
)
def test_words_are_alike_whatever_their_endings(one: str, other: str, alike: bool) -> None:
    assert are_alike(one, other) is alike
    assert are_alike(other, one) is alike


@pytest.mark.parametrize(
    ("role", "question", "title"),
    [
        (Role.TEACHER, "как поставить н", "Журнал: отметки и пропуски с клавиатуры"),
        (Role.TEACHER, "исправить отметку", "Журнал: исправить отметку"),
        (Role.TEACHER, "ОТМЕТКУ исправить", "Журнал: исправить отметку"),
        (Role.TEACHER, "пропал интернет", "Журнал: нет связи"),
        (Role.TEACHER, "забыл пароль", "Мой вход и пароль"),
        (Role.TEACHER, "четвертные оценки выставить", "Оценки за период"),
        (Role.HOMEROOM, "родители забыли пароль", "Коды приглашения семьям"),
        (Role.HOMEROOM, "внести справку", "Пропуски"),
        (Role.DEPUTY, "кто не заполнил журнал на прошлой неделе", "Работа с журналом"),
        (Role.DEPUTY, "учитель заболел", "Замены"),
        (Role.DEPUTY, "закрыть четверть", "Учебные периоды: закрыть"),
        (Role.HEAD, "жалобы родителей", "Порядок переписки и чтение по обращению"),
        (Role.ADMIN, "резервная копия", "Состояние и резервные копии"),
        (Role.HEAD, "что подписать", "Что меня ждёт"),
        (Role.HEAD, "утвердить приказ", "Документы школы: утвердить"),
        (Role.DEPUTY, "кого давно не проверяли", "Состояние контроля"),
        (Role.SECRETARY, "лист ознакомления", "Документы школы: листы ознакомления"),
        (Role.ADMIN, "загрузить учеников", "Загрузка данных"),
        (Role.SECRETARY, "отчислить ученика", "Учащиеся: принять, перевести, отчислить"),
        (Role.GUARDIAN, "ребёнок заболел", "Пропуски"),
        (Role.GUARDIAN, "ребенок заболел", "Пропуски"),
        (Role.PUPIL, "что задали на завтра", "Неделя"),
    ],
)
def test_a_question_finds_its_paragraph_first(role: Role, question: str, title: str) -> None:
    found = find_paragraphs({role}, question, 5)
    assert next((each.title for each in found), None) == title
    assert all(role in each.roles for each in found)


@pytest.mark.parametrize("question", ["", "как", "абракадабра", "синхрофазотрон отметок ядра кварка"])
def test_what_no_paragraph_answers_finds_nothing(question: str) -> None:
    assert find_paragraphs({Role.TEACHER}, question, 5) == []


def test_a_picture_loses_its_empty_foot_and_stays_small() -> None:
    screenshot = Image.effect_noise((1366, 768), 40).convert("RGB")
    screenshot.paste("white", (0, 400, 1366, 768))
    file = BytesIO()
    screenshot.save(file, "PNG")
    content = packed(file.getvalue())
    picture = Image.open(BytesIO(content))
    assert len(content) <= MOST_BYTES
    assert picture.width == WIDTH
    assert picture.height < 450 * WIDTH / 1366


@pytest.mark.parametrize("picture", TABLE, ids=lambda each: each.name)
def test_a_picture_is_taken_of_a_page_that_its_reader_has(picture: Picture) -> None:
    if picture.role is Role.GUARDIAN:
        known = {route.path for route in families.routes}
        assert any(re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", path), picture.address) for path in known)
        return
    reader = User(0, "", "", frozenset({picture.role}))
    assert picture.address.strip("/") in {row.url_path for row in menu_rows(reader)}
