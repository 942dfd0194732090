"""«Обмен данными»: a register out as an archive, and an archive in."""

import io
import zipfile

import pytest
from office_pages import EXCHANGE, button
from roster_specification import faults_of
from screens import screen, sign_in_as, texts
from small_school import People
from streamlit.testing.v1 import AppTest

from school.extracts.archive import export_archive
from school.store.connection import Store
from school.store.school import School


@pytest.mark.parametrize(("name", "may_import"), [("admin", True), ("secretary", False)])
def test_the_office_exports_and_only_the_administrator_imports(
    school_screens: School, people: People, name: str, may_import: bool
) -> None:
    page = sign_in_as(screen(EXCHANGE), getattr(people, name)).run()
    assert not page.exception
    assert "Скачать архив" in [button.label for button in page.download_button]
    assert bool(page.file_uploader) is may_import


def test_the_office_makes_a_roster_of_a_year_and_is_told_that_names_are_in_it(
    school_screens: School, people: People
) -> None:
    page = sign_in_as(screen(EXCHANGE), people.secretary).run()
    assert "В нём есть имена" in texts(page)
    assert "Скачать набор" not in [each.label for each in page.download_button]
    button(page, "Собрать набор").click().run()
    assert not page.exception
    assert "Скачать набор" in [each.label for each in page.download_button]
    year, content = page.session_state["one_roster_set"]
    assert year == 2026
    assert faults_of(content) == []


def test_an_archive_is_shown_before_it_is_loaded(school_screens: School, people: People) -> None:
    store = school_screens.store
    content = _foreign_archive(store, school_screens)
    before = store.read("SELECT count(*) FROM marks")[0][0]
    page = sign_in_as(screen(EXCHANGE), people.admin).run()
    page.file_uploader[0].set_value(("journal.zip", content, "application/zip")).run()
    assert dict(zip(*_columns(page, "Таблица", "Добавится"), strict=True))["Текущие отметки"] == before
    assert store.read("SELECT count(*) FROM marks")[0][0] == before
    button(page, "Загрузить в журнал").click().run()
    assert "Журнал загружен" in texts(page)
    assert store.read("SELECT count(*) FROM marks")[0][0] == 2 * before


def _foreign_archive(store: Store, here: School) -> bytes:
    """Return the school's own register as if it came from another school."""
    with zipfile.ZipFile(io.BytesIO(export_archive(store, None, now=here.clock(), as_csv=True))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content.replace(b"school-1,", b"elsewhere,"))
    return buffer.getvalue()


def _columns(page: AppTest, *titles: str) -> list[list[object]]:
    return [list(page.dataframe[0].value[title]) for title in titles]


def test_a_broken_archive_is_explained_and_changes_nothing(school_screens: School, people: People) -> None:
    page = sign_in_as(screen(EXCHANGE), people.admin)
    before = school_screens.store.version
    page.run()
    page.file_uploader[0].set_value(("journal.zip", b"no archive", "application/zip")).run()
    assert "Архив не открывается" in texts(page)
    assert not page.exception
    assert school_screens.store.version == before
