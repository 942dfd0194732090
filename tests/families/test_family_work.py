"""«Семьи»: who has a way in and reads the diary, codes and letters for the others, figures by class (п. 4.3)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from diary_pages import diary_page
from screens import open_page, texts
from small_school import CHILD, CLASS_7A, CLASSMATE, MATHS, NOW, OWNERS_LESSON_YESTERDAY, People

from pipelines.reports import family_letter as letters
from school.families.actions import RemarkDraft, write_remark
from school.families.lookups.family_work import class_families, readers_by_class
from school.families.lookups.letter import family_letter
from school.records import RegisterKey, RemarkKind
from school.store.connection import Store
from school.store.school import School
from school.tasks.actions import NewRegisterTask, give_task
from server.diary_readings import diary_readings

pytestmark = pytest.mark.usefixtures("school_screens")
PAGE = "families/family_work.py"
TODAY = NOW.date()
Change = Callable[[str], None]


def read_diary(here: School, people: People) -> None:
    diary_page(people.guardian)
    diary_page(people.deputy, f"/{CHILD}")
    diary_readings.write(here)


def test_a_reading_of_the_diary_is_noted_of_the_family_alone(
    school_store: Store, school_screens: School, people: People
) -> None:
    read_diary(school_screens, people)
    readers = {user for (user,) in school_store.read("SELECT user_id FROM diary_readings")}
    assert people.guardian.user_id in readers
    assert people.deputy.user_id not in readers


def test_the_homeroom_teacher_sees_each_family(
    school_store: Store, school_screens: School, people: People
) -> None:
    write_remark(school_store, people.owner, RemarkDraft(CHILD, RemarkKind.REMARK, "Нет тетради"), now=NOW)
    read_diary(school_screens, people)
    families = {
        each.pupil_id: each for each in class_families(school_store, people.homeroom, CLASS_7A, day=TODAY)
    }
    family = families[CHILD]
    guardian, pupil = family.people
    assert (guardian.name, guardian.may_sign_in, guardian.read_at) == ("Алёшина Ольга", True, NOW)
    assert guardian.signed_in_at is not None
    assert (pupil.who, pupil.may_sign_in, pupil.read_at) == ("ученик", True, None)
    assert (family.unread, family.has_way_in, family.has_read_since(NOW - timedelta(7))) == (1, True, True)
    other = families[CLASSMATE]
    assert (other.has_way_in, other.unread, other.people[0].may_sign_in) == (False, 0, False)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("", (3, 1, 1)),
        (f"UPDATE diary_readings SET read_at = '{NOW - timedelta(8)}'", (3, 1, 0)),
        (f"UPDATE users SET blocked_at = '{NOW}' WHERE guardian_id IS NOT NULL", (3, 0, 0)),
        ("DELETE FROM guardian_pupils", (3, 0, 0)),
    ],
)
def test_figures_of_a_class_count_families_with_a_guardian_who_can_and_does_read(
    school_store: Store,
    school_screens: School,
    people: People,
    change: Change,
    sql: str,
    expected: tuple[int, int, int],
) -> None:
    read_diary(school_screens, people)
    if sql:
        change(sql)
    found = readers_by_class(school_store, people.deputy, [CLASS_7A], day=TODAY, now=NOW)[CLASS_7A]
    assert (found.families, found.with_sign_in, found.readers) == expected


def test_the_page_hands_out_codes_and_letters_to_who_does_not_read(
    school_store: Store, people: People
) -> None:
    page = open_page(PAGE, people.homeroom)
    assert "Семей: **3**, могут войти: **1**" in texts(page)
    next(each for each in page.button if each.label.startswith("Выдать коды")).click().run()
    assert not page.exception
    assert "Сейчас коды видны в последний раз" in texts(page)
    assert (
        len(school_store.read("SELECT * FROM invitations")) == 2
    )  # the two pupils without guardians or a way in
    next(each for each in page.button if each.label == "Сделать").click().run()
    assert not page.exception
    assert "Готово: 3 письма, 7А" in texts(page)
    of_class, pupils, letters_made = page.session_state["family_letters"]
    assert (of_class, len(pupils), letters_made[:5]) == (CLASS_7A, 3, b"%PDF-")
    # For one family alone.
    (whose,) = (each for each in page.selectbox if each.label == "Чьё письмо")
    whose.select(CHILD).run()
    next(each for each in page.button if each.label == "Сделать").click().run()
    assert "Готово: 1 письмо, Алёшин Пётр" in texts(page)
    assert page.session_state["family_letters"][1] == (CHILD,)


def test_the_deputy_sees_classes_as_figures_and_hands_out_no_codes(people: People) -> None:
    page = open_page(PAGE, people.deputy)
    (table,) = page.dataframe
    assert list(table.value["Класс"]) == ["7А", "8Б"]
    assert list(table.value["Семей"]) == [3, 3]
    page = open_page(PAGE, people.deputy, **{"class": str(CLASS_7A)})
    assert not any(each.label.startswith("Выдать коды") for each in page.button)
    assert any(each.label == "Сделать" for each in page.button)


def test_confirmed_weeks_stand_beside_the_guardian_who_confirmed(
    school_store: Store, people: People, change: Change
) -> None:
    change(
        f"INSERT INTO week_confirmations (pupil_id, monday, user_id, confirmed_at) "
        f"VALUES ({CHILD}, DATE '2026-11-09', {people.guardian.user_id}, TIMESTAMP '{NOW}')"
    )
    page = open_page(PAGE, people.homeroom)
    assert "ознакомились с неделей с 09.11: **1**." in texts(page)
    table = page.dataframe[0].value
    # A tablet shows so many columns: the last week is among them.
    assert "Неделя с 09.11" in list(table.columns)[:6]
    assert list(table["Неделя с 09.11"]).count("19.11 в 12:00") == 1
    assert next(iter(table["Неделя с 09.11"])) == "19.11 в 12:00"
    assert not any(table["Неделя с 02.11"])


def test_a_letter_tells_a_child_of_its_own_and_has_a_place_to_sign(
    school_store: Store, people: People, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(
        f"UPDATE lessons SET homework_state = 'set', homework = '§ 7 *x* #y' WHERE lesson_id = {OWNERS_LESSON_YESTERDAY}"
    )
    write_remark(school_store, people.owner, RemarkDraft(CHILD, RemarkKind.REMARK, "Нет тетради #1"), now=NOW)
    task = NewRegisterTask(RegisterKey(CLASS_7A, MATHS), "Доклад", NOW.date() + timedelta(1), [CHILD])
    give_task(school_store, people.owner, task, now=NOW)
    both = [family_letter(school_store, people.homeroom, each, now=NOW) for each in (CHILD, CLASSMATE)]
    caught: list[dict[str, object]] = []
    typeset = letters.typeset

    def catch(layout: str, context: dict[str, object]) -> bytes:
        caught.append(context)
        return typeset(layout, context)

    monkeypatch.setattr(letters, "typeset", catch)
    pdf = letters.letters_pdf("Школа у реки", both, made_at=NOW)
    assert pdf.startswith(b"%PDF")
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") + pdf.count(b"/Type /Page/") in {0, 2}
    first, second = caught[0]["letters"]  # type: ignore[misc]
    assert first["pupil"] == "Алёшин Пётр"
    assert first["subjects"][0] == ["Математика", "4", "мало отметок", first["subjects"][0][3]]
    assert first["ahead"] == [["19.11", "Математика", "§ 7 *x* #y"], ["20.11", "Математика", "лично: Доклад"]]
    assert first["remarks"][0]["text"] == "Нет тетради #1"
    assert "Алёшин" not in str(second)
    assert (MATHS, first["waits_until"]) == (MATHS, "")
