"""Who has looked at a pupil is noted beside the page, once an hour, and shown (152-ФЗ, ст. 14, 19)."""

from datetime import timedelta

import pytest
from diary_pages import diary_client, diary_page
from screens import open_page
from small_school import CHILD, CLASS_7A, CLASSMATE, NOW, OWNER_STAFF, STRANGE_CHILD, USER_IDS, People

from pages.ui.export import noted
from school.errors import AccessRefused
from school.privacy.lookups.keeping import NamedViewing, ViewingFilter, viewings
from school.privacy.rules.viewing import Seen, Viewed
from school.store.connection import Store
from school.store.school import School
from server import viewings as server_viewings
from server.viewings import Viewings


@pytest.fixture(autouse=True)
def notes(monkeypatch: pytest.MonkeyPatch) -> Viewings:
    """What the pages of this test alone have noted."""
    fresh = Viewings()
    monkeypatch.setattr(server_viewings, "viewings", fresh)
    return fresh


def seen_of(here: School, notes: Viewings, people: People, pupil: int | None = None) -> list[NamedViewing]:
    notes.write(here)
    rows, total = viewings(here.store, people.admin, ViewingFilter(pupil), limit=100)
    assert total == len(rows)
    return rows


def test_a_card_is_noted_once_an_hour_however_often_the_page_runs(
    school_screens: School, notes: Viewings, people: People
) -> None:
    version = school_screens.store.version
    for _visit in range(2):
        assert not open_page("people/pupil_card.py", people.secretary, pupil=str(CHILD)).exception
    (row,) = seen_of(school_screens, notes, people)
    assert (row.who, row.kind, row.pupil_name, row.viewed_at) == ("Секачёва М.", "card", "Алёшин Пётр", NOW)
    # The two sign-ins apart, nothing that pages keep in memory has grown old.
    assert school_screens.store.version == version + 2
    later = School(school_screens.store, lambda: NOW + timedelta(hours=1))
    notes.note(later, USER_IDS["secretary"], Seen(Viewed.CARD, frozenset([CHILD])))
    assert len(seen_of(school_screens, notes, people)) == 2


def test_a_refused_card_is_not_noted(school_screens: School, notes: Viewings, people: People) -> None:
    open_page("people/pupil_card.py", people.homeroom, pupil=str(STRANGE_CHILD))
    assert seen_of(school_screens, notes, people) == []


def test_the_page_of_a_pupil_over_all_years_is_noted(
    school_screens: School, notes: Viewings, people: People
) -> None:
    assert not open_page("analytics/pupil.py", people.deputy, pupil=str(CHILD)).exception
    assert [(row.who, row.kind) for row in seen_of(school_screens, notes, people)] == [
        ("Завьялова И.", "history")
    ]


@pytest.mark.usefixtures("school_screens")
def test_a_diary_is_noted_for_the_staff_and_not_for_the_family(
    school_screens: School, notes: Viewings, people: People
) -> None:
    diary_page(people.guardian, f"/{CHILD}")
    diary_page(people.pupil, f"/{CHILD}/marks")
    assert diary_client(people.homeroom).get(f"/family/{STRANGE_CHILD}").status_code == 403
    assert seen_of(school_screens, notes, people) == []
    diary_page(people.homeroom, f"/{CHILD}")
    diary_page(people.homeroom, f"/{CHILD}/absences")
    assert [(row.who, row.kind) for row in seen_of(school_screens, notes, people)] == [
        ("Климова Р.", "diary")
    ]


def test_a_list_is_noted_by_pupil_when_it_is_taken_out_and_not_when_it_is_looked_at(
    school_screens: School, notes: Viewings, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[object] = []
    monkeypatch.setattr(
        "pages.ui.export.download", lambda _label, make, *_rest, **_options: taken.append(make)
    )
    open_page("people/class_lists.py", people.secretary, **{"class": str(CLASS_7A)})
    assert seen_of(school_screens, notes, people) == []
    assert taken
    taken[0]()  # type: ignore[operator]
    rows = seen_of(school_screens, notes, people)
    assert {row.pupil_name for row in rows} == {"Алёшин Пётр", "Ёлкина Анна", "Жуков Иван"}
    assert {(row.who, row.kind, row.title) for row in rows} == {
        ("Секачёва М.", "list", "Список 7А на 19.11.2026")
    }


def test_nothing_is_noted_of_a_table_without_pupils() -> None:
    def make() -> bytes:
        return b""

    assert noted(make, (), "Учителя") is make


@pytest.mark.parametrize(
    ("seen", "is_child_seen", "is_stranger_seen"),
    [
        (Seen(Viewed.REPORT, class_id=CLASS_7A), True, False),
        (Seen(Viewed.REPORT, teacher=(OWNER_STAFF, 2026)), True, False),
        (Seen(Viewed.EXPORT, title="журнал школы"), True, True),
        (Seen(Viewed.LIST, frozenset([CLASSMATE])), False, False),
    ],
)
def test_a_report_or_an_export_counts_for_every_pupil_in_it(
    school_screens: School,
    notes: Viewings,
    people: People,
    seen: Seen,
    is_child_seen: bool,
    is_stranger_seen: bool,
) -> None:
    notes.note(school_screens, USER_IDS["deputy"], seen)
    found = [bool(seen_of(school_screens, notes, people, pupil)) for pupil in (CHILD, STRANGE_CHILD)]
    assert found == [is_child_seen, is_stranger_seen]


def test_what_could_not_be_written_waits(
    school_screens: School, notes: Viewings, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes.note(school_screens, USER_IDS["deputy"], Seen(Viewed.CARD, frozenset([CHILD])))

    def fail(_store: Store, _viewings: object) -> None:
        raise OSError("no space")

    with monkeypatch.context() as patch:
        patch.setattr(server_viewings, "note_viewings", fail)
        with pytest.raises(OSError, match="no space"):
            notes.write(school_screens)
    assert len(seen_of(school_screens, notes, people)) == 1


def test_a_teacher_may_not_read_who_looked(school_screens: School, people: People) -> None:
    with pytest.raises(AccessRefused):
        viewings(school_screens.store, people.owner, ViewingFilter(), limit=1)
