"""«Что мы храним о ребёнке»: nothing that is kept is left out, for the family alone (152-ФЗ, ст. 14 ч. 7)."""

import io
from collections.abc import Callable

import pytest
from diary_pages import diary_client, diary_page
from screens import open_page
from small_school import CHILD, CLASSMATE, GUARDIAN_PERSON, NOW, STRANGE_CHILD, People

from pipelines.reports.child_record import child_record_document
from pipelines.reports.document_pdf import document_pdf
from school.families.actions import RemarkDraft, write_remark
from school.privacy.actions.incidents import set_operator
from school.privacy.actions.viewings import note_viewings
from school.privacy.lookups.child_record import ChildRecord, child_record, role_readings
from school.privacy.rules.facts import FACTS, Fact
from school.privacy.rules.viewing import Seen, Viewed, Viewing
from school.privacy.store.settings import Operator
from school.records import RemarkKind
from school.store.connection import Store


def facts_of(record: ChildRecord) -> dict[Fact, list[tuple[str, ...]]]:
    return {each.fact: each.rows for each in record.facts}


def test_every_table_that_names_a_pupil_is_in_the_document(school_store: Store) -> None:
    query = """SELECT table_name FROM duckdb_columns() JOIN duckdb_tables() USING (database_name, schema_name, table_name)
        WHERE column_name = 'pupil_id' AND NOT duckdb_columns.internal"""
    known = {table for kind in FACTS.values() for table in kind.tables}
    assert {row[0] for row in school_store.read(query)} <= known, (
        "name the table in FACTS and what it keeps of a child"
    )
    assert set(FACTS) == set(Fact)


def test_the_document_holds_what_the_tables_hold(school_store: Store, people: People) -> None:
    write_remark(school_store, people.owner, RemarkDraft(CHILD, RemarkKind.REMARK, "Нет тетради"), now=NOW)
    note_viewings(school_store, [Viewing(NOW, people.deputy.user_id, Seen(Viewed.CARD, frozenset([CHILD])))])
    record = child_record(school_store, people.guardian, CHILD, now=NOW)
    facts = facts_of(record)
    assert facts[Fact.PERSON] == [("Алёшин Пётр", "", "")]
    assert facts[Fact.GUARDIANS] == [("Алёшина Ольга", "", "не указан")]
    assert facts[Fact.MARKS] == [("2026/27", "Математика", "18.11 — 4")]
    assert facts[Fact.TERM_MARKS] == [("2026/27", "1-я четверть", "Математика", "3", "")]
    assert facts[Fact.REMARKS][0][1:5] == ("замечание", "", "Нет тетради", "Орлова В.")
    assert facts[Fact.VIEWINGS] == [("19.11.2026 12:00", "Завьялова И.", "карточка ученика")]
    assert {row[:2] for row in facts[Fact.ACCESS]} == {
        ("Алёшина Ольга", "знает родитель"),
        ("ученик", "pupil.7"),
    }
    assert "Ёлкина" not in repr(record)


def test_one_parent_does_not_learn_the_others_phone_or_way_in(
    school_store: Store, people: People, change: Callable[[str], None]
) -> None:
    change(f"UPDATE guardians SET phone = '+7 900 123-45-67' WHERE guardian_id = {GUARDIAN_PERSON}")
    said = repr(child_record(school_store, people.secretary, CHILD, now=NOW))
    assert "оканчивается на 67" in said
    assert "123-45" not in said
    assert "guardian.7" not in said


def test_who_may_read_is_said_by_the_table_of_roles(school_store: Store, people: People) -> None:
    record = child_record(school_store, people.guardian, CHILD, now=NOW)
    readers = {each.title: each for each in record.readers}
    assert readers["Учитель-предметник"].scopes == "свои уроки"
    assert readers["Учитель-предметник"].people == 2
    assert "смотреть журнал" in readers["Директор"].actions
    assert role_readings({})[0].people == 0


def test_the_document_says_who_answers_for_the_data(school_store: Store, people: People) -> None:
    unsaid = child_record_document(child_record(school_store, people.guardian, CHILD, now=NOW))
    assert "школа ещё не указала" in " ".join(unsaid.sections[0].paragraphs)
    set_operator(
        school_store, people.admin, Operator(responsible="Зуева М. П.", hosting="сервер в школе"), now=NOW
    )
    said = child_record_document(child_record(school_store, people.guardian, CHILD, now=NOW))
    words = " ".join(said.sections[0].paragraphs)
    assert "Зуева М. П." in words
    assert "сервер в школе" in words
    assert {section.title for section in said.sections} >= {kind.title for kind in FACTS.values()}
    assert document_pdf(said).startswith(b"%PDF-")


@pytest.mark.usefixtures("school_screens")
@pytest.mark.parametrize(
    ("name", "pupil", "status"),
    [
        ("guardian", CHILD, 200),
        ("guardian", CLASSMATE, 403),
        ("guardian", STRANGE_CHILD, 403),
        ("pupil", CHILD, 403),
        ("owner", CHILD, 403),
        ("secretary", CHILD, 200),
    ],
)
def test_the_document_is_for_the_childs_family_and_the_office(
    people: People, name: str, pupil: int, status: int
) -> None:
    answer = diary_client(getattr(people, name)).get(f"/family/{pupil}/record")
    assert answer.status_code == status
    if status == 200:
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["cache-control"] == "private, no-store"
        assert io.BytesIO(answer.content).read(5) == b"%PDF-"


@pytest.mark.usefixtures("school_screens")
def test_a_guardian_finds_it_in_the_diary_and_the_secretary_on_the_card(people: People) -> None:
    link = f"/family/{CHILD}/record"
    assert link in diary_page(people.guardian, f"/{CHILD}")
    assert link not in diary_page(people.pupil, f"/{CHILD}")
    assert link not in diary_page(people.homeroom, f"/{CHILD}")
    card = open_page("people/pupil_card.py", people.secretary, pupil=str(CHILD))
    assert [each.label for each in card.get("download_button") if "хранится" in each.proto.label]
