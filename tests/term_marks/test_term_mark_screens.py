"""The screens of term marks, closing and marking settings, as each role meets them."""

from datetime import datetime

import pytest
from end_of_term import AFTER, END, REGISTER_7A
from grid_answers import client_of, term_marks_of
from screens import open_page, show_school, sign_in_as, texts
from small_school import (
    ABSENTEE,
    CHILD,
    CLASS_7A,
    CLASSMATE,
    CONTROL_WORK,
    MATHS,
    QUARTER_1,
    QUARTER_2,
    People,
)
from streamlit.testing.v1 import AppTest

from pages.term_marks.parts.term_marks_view import column_id, term_marks_grid
from school.errors import RuleRefused
from school.records import YEAR, User
from school.store.connection import Store
from school.store.events import Event
from school.term_marks.actions.entries import TermMarkEdit, enter_term_marks
from school.term_marks.lookups.term_marks import TermMarksPage, term_marks_page
from school.terms.actions import ask_correction, close_term

ADDRESS = {"year": "2026", "class": str(CLASS_7A), "subject": str(MATHS)}


def grid(store: Store, user: User, term_id: int = QUARTER_2, now: datetime = END) -> dict[str, object]:
    page = term_marks_page(store, user, REGISTER_7A, term_id, now=now)
    assert isinstance(page, TermMarksPage)
    return term_marks_grid(page, user, None, version=1)


def place(pupil: int, term_id: int = QUARTER_2) -> str:
    return f"{column_id(REGISTER_7A, term_id)}:{pupil}"


# ---- what the grid is given


def test_the_grid_shows_the_mean_the_marks_and_what_the_rule_proposes(
    end_store: Store, people: People
) -> None:
    data = grid(end_store, people.owner)
    assert [column["name"] for column in data["lessons"]] == ["1-я четверть", "2-я четверть", "Год"]
    assert [column["editable"] for column in data["lessons"]] == [False, True, True]
    child = data["pupils"][0]["info"]
    assert (child["mean"]["text"], child["mean"]["side"], child["mean"]["kind"]) == ("4,14", "6/6", "")
    assert (child["control"]["text"], child["proposed"]["text"]) == ("1", "4")
    absentee = data["pupils"][2]["info"]
    assert (absentee["mean"]["side"], absentee["mean"]["kind"]) == ("2/6", "short")


def test_only_marks_that_need_no_reason_can_be_accepted_at_once(end_store: Store, people: People) -> None:
    assert grid(end_store, people.owner)["fills"] == {place(CHILD): "4", place(CLASSMATE): "5"}
    enter_term_marks(end_store, people.owner, [TermMarkEdit(REGISTER_7A, QUARTER_2, CHILD, "4")], now=END)
    assert grid(end_store, people.owner)["fills"] == {place(CLASSMATE): "5", place(CHILD, YEAR): "4"}
    assert grid(end_store, people.homeroom)["fills"] == {}


def test_a_mark_without_its_reason_is_dotted_and_one_with_it_tells_it(
    end_store: Store, people: People
) -> None:
    edit = TermMarkEdit(REGISTER_7A, QUARTER_2, ABSENTEE, "3", reason="долго болел")
    enter_term_marks(end_store, people.owner, [edit], now=END)
    cells = grid(end_store, people.owner)["cells"]
    assert cells[place(ABSENTEE)] == {"text": "3", "late": False, "title": "Причина: долго болел"}
    assert cells[place(ABSENTEE, QUARTER_1)]["late"] is True  # a mark of the first quarter without any marks


@pytest.mark.parametrize("name", ["homeroom", "deputy", "head", "admin"])
def test_readers_have_the_same_grid_without_entry(end_store: Store, people: People, name: str) -> None:
    data = grid(end_store, getattr(people, name))
    assert data["read_only"] is True
    assert data["pupils"] == grid(end_store, people.owner)["pupils"]


def test_the_year_has_its_own_mean_of_term_marks(end_store: Store, people: People) -> None:
    enter_term_marks(end_store, people.owner, [TermMarkEdit(REGISTER_7A, QUARTER_2, CHILD, "4")], now=END)
    child = grid(end_store, people.owner, YEAR)["pupils"][0]["info"]
    assert (child["mean"]["text"], child["proposed"]["text"]) == ("3,50", "4")


# ---- pages


@pytest.fixture
def at_end(end_store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    show_school(end_store, END, monkeypatch)
    return end_store


@pytest.fixture
def after_end(end_store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    show_school(end_store, AFTER, monkeypatch)
    return end_store


def opened(path: str, user: User, **address: str) -> AppTest:
    page = open_page(path, user, **address)
    assert not page.exception
    return page


def button(page: AppTest, label: str) -> AppTest:
    (found,) = [each for each in page.button if each.label == label]
    return found.click().run()


def reasons_dialog(user: User) -> AppTest:
    """The dialog that a teacher writes missing reasons in."""

    def shown() -> None:
        from end_of_term import REGISTER_7A
        from small_school import QUARTER_2

        from pages.term_marks.parts.missing_reasons import show_missing_reasons

        show_missing_reasons(REGISTER_7A, QUARTER_2)

    return sign_in_as(AppTest.from_function(shown, default_timeout=60), user).run()


def field(page: AppTest, label: str) -> object:
    return next(each for each in [*page.text_area, *page.text_input] if each.label == label)


@pytest.mark.usefixtures("at_end")
@pytest.mark.parametrize("name", ["owner", "homeroom", "deputy", "head", "admin"])
def test_the_page_opens_on_todays_term(people: People, name: str) -> None:
    answer = term_marks_of(getattr(people, name))
    assert answer["words"][:2] == ["2-я четверть", "до 29.12.2026"]
    assert {"мало отметок: 1", "выставлено 0 из 3"} <= {*answer["words"]}
    assert not opened("term_marks/term_marks.py", getattr(people, name)).error


@pytest.mark.usefixtures("at_end")
def test_the_address_holds_ids_only_and_names_the_year(people: People) -> None:
    answer = term_marks_of(people.owner, **ADDRESS, term="year")
    assert answer["words"][0] == "Год"
    assert answer["address"] == ADDRESS | {"term": "year"}


def test_the_teacher_asks_to_correct_a_closed_term_and_the_deputy_grants(
    after_end: Store, people: People
) -> None:
    note = term_marks_of(people.owner, **ADDRESS, term=str(QUARTER_1))["notes"][0]
    assert (note["button"] is not None, "Исправить отметку можно с разрешения" in note["text"]) == (
        True,
        True,
    )
    with pytest.raises(RuleRefused, match="Причина не написана"):
        ask_correction(after_end, people.owner, REGISTER_7A, QUARTER_1, "", now=AFTER)
    ask_correction(after_end, people.owner, REGISTER_7A, QUARTER_1, "описка в отметке", now=AFTER)
    note = term_marks_of(people.owner, **ADDRESS, term=str(QUARTER_1))["notes"][0]
    assert (note["button"] is not None, "ждёт заместителя директора" in note["text"]) == (False, True)

    office = opened("terms/terms.py", people.deputy, period="2026-quarter-1")
    assert "«описка в отметке»" in texts(office)
    assert "Новых запросов нет" in texts(button(office, "Разрешить"))
    note = term_marks_of(people.owner, **ADDRESS, term=str(QUARTER_1))["notes"][0]
    assert (note["title"], note["kind"]) == ("исправление разрешено", "good")


def test_a_refusal_needs_words_and_reaches_the_teacher(after_end: Store, people: People) -> None:
    ask_correction(after_end, people.owner, REGISTER_7A, QUARTER_1, "описка", now=AFTER)
    office = button(opened("terms/terms.py", people.deputy, period="2026-quarter-1"), "Отказать")
    assert "Причина не написана" in texts(office)
    field(office, "или почему нет").set_value("срок апелляции прошёл")
    button(office, "Отказать")
    note = term_marks_of(people.owner, **ADDRESS, term=str(QUARTER_1))["notes"][0]
    assert "В исправлении отказано: срок апелляции прошёл" in note["text"]


def test_the_deputy_closes_an_unfinished_term_only_when_sure(after_end: Store, people: People) -> None:
    office = opened("terms/terms.py", people.deputy, period="2026-quarter-2")
    assert "не выставлено: 6 отметок" in texts(office)
    office = button(office, "Закрыть период")
    assert "Подтвердите закрытие галочкой" in texts(office)
    office.checkbox[0].check()
    assert ":material/lock: закрыт" in texts(button(office, "Закрыть период"))


def test_a_term_that_goes_on_says_when_it_can_be_closed(at_end: Store, people: People) -> None:
    office = opened("terms/terms.py", people.deputy, period="2026-quarter-2")
    assert "Учебный период ещё идёт. Закрыть его можно с 29.12.2026" in texts(office)
    assert "Закрыть период" not in {each.label for each in office.button}


def test_a_term_is_opened_again_with_a_reason(after_end: Store, people: People) -> None:
    close_term(after_end, people.deputy, 2026, "quarter", 2, now=AFTER)
    office = button(opened("terms/terms.py", people.deputy, period="2026-quarter-2"), "Открыть период")
    assert "Причина не написана" in texts(office)
    field(office, "Почему период открывается снова").set_value("болел учитель")
    assert ":green-badge[открыт]" in texts(button(office, "Открыть период"))


def test_the_head_sees_the_closing_without_its_buttons(after_end: Store, people: People) -> None:
    ask_correction(after_end, people.owner, REGISTER_7A, QUARTER_1, "описка", now=AFTER)
    office = opened("terms/terms.py", people.head, period="2026-quarter-1")
    assert "«описка»" in texts(office)
    assert {each.label for each in office.button} == {"Выйти"}


def test_missing_reasons_are_counted_and_written(at_end: Store, people: People) -> None:
    edits = [TermMarkEdit(REGISTER_7A, QUARTER_2, pupil, "4") for pupil in (CHILD, CLASSMATE)]
    enter_term_marks(
        at_end, people.owner, [edits[0], TermMarkEdit(**{**vars(edits[1]), "reason": "спор"})], now=END
    )
    at_end.write(
        lambda transaction: (
            transaction.change("UPDATE term_marks SET reason = ''")
            or transaction.record(Event(END, None, "term_mark"))
        )
    )
    address = {**ADDRESS, "term": str(QUARTER_2)}
    (missing, _) = term_marks_of(people.owner, **address)["buttons"]
    assert (missing["what"], missing["label"]) == ("reasons", "Без причины: 1")
    page = reasons_dialog(people.owner)
    field(page, "Ёлкина Анна: «4»").set_value("слабая итоговая работа")
    page = button(page, "Записать")
    assert not page.exception
    assert at_end.read(
        f"SELECT reason FROM term_marks WHERE pupil_id = {CLASSMATE} AND term_id = {QUARTER_2}"
    ) == [("слабая итоговая работа",)]


# ---- marking settings


def test_a_bad_weight_keeps_what_was_typed(at_end: Store, people: People) -> None:
    page = opened("term_marks/marking.py", people.deputy)
    name, weight = f"work-type-{CONTROL_WORK}-name", f"work-type-{CONTROL_WORK}-weight"
    page.text_input(key=name).set_value("Контрольная")
    page.text_input(key=weight).set_value("много")
    (save, *_) = [each for each in page.button if each.form_id == f"work-type-{CONTROL_WORK}"]
    page = save.click().run()
    assert "Вес «много» не подходит" in texts(page)
    assert page.text_input(key=name).value == "Контрольная"
    assert page.text_input(key=weight).value == "много"


def test_a_changed_weight_says_what_it_changes_before_it_does(at_end: Store, people: People) -> None:
    page = opened("term_marks/marking.py", people.admin)
    page.text_input(key=f"work-type-{CONTROL_WORK}-weight").set_value("3")
    (save, *_) = [each for each in page.button if each.form_id == f"work-type-{CONTROL_WORK}"]
    page = save.click().run()
    assert "стоит 5 отметок" in texts(page)
    assert "в журналах, дневниках, отчётах и прогнозах" in texts(page)
    assert {"Изменить вес", "Оставить как было"} <= {each.label for each in page.button}
    assert at_end.read(f"SELECT weight FROM work_types WHERE work_type_id = {CONTROL_WORK}") == [(2.0,)]


def test_a_new_work_type_is_added_and_its_row_is_empty_again(at_end: Store, people: People) -> None:
    page = opened("term_marks/marking.py", people.deputy)
    page.text_input(key="work-type-0-name").set_value("Сочинение")
    page.text_input(key="work-type-0-short").set_value("соч")
    (add,) = [each for each in page.button if each.form_id == "work-type-0"]
    page = add.click().run()
    assert not page.exception
    assert "Сочинение" in [each.value for each in page.text_input]
    assert page.text_input(key="work-type-0-name").value == ""


def test_the_head_reads_how_the_school_marks(at_end: Store, people: People) -> None:
    page = opened("term_marks/marking.py", people.head)
    assert "- Контрольная работа (К/р), вес 2, письменная" in texts(page)
    assert "- Школа: с половины: 2,50 · 3,50 · 4,50" in texts(page)
    assert not page.text_input
    assert {each.label for each in page.button} == {"Выйти"}


@pytest.mark.usefixtures("at_end")
def test_whom_to_ask_stands_at_the_register(people: People) -> None:
    answer = client_of(people.owner).get("/api/register/whom-to-ask", params=ADDRESS).json()
    assert answer["pupils"][0] == {"name": "Жуков Иван", "why": "отметок 2 из 6"}
