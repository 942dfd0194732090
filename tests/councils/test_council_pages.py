"""«Экзамены и итог» and «Решения педсовета»: what is typed is checked, written, and kept where it is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from grid_answers import client_of, exams_of
from screens import open_page, sign_in_as
from small_school import ABSENTEE, CHILD, CLASS_7A, CLASSMATE, MATHS, NOW, People
from streamlit.testing.v1 import AppTest

from school.councils.actions import plan_exams
from school.councils.lookups import NO_EXAM, NOT_YOURS, class_year
from school.records import User
from school.store.connection import Store

pytestmark = pytest.mark.usefixtures("school_screens", "with_years")
ADDRESS = {"class": str(CLASS_7A), "subject": str(MATHS)}


@pytest.fixture
def with_years(change: Callable[[str], None]) -> None:
    """Give 7А a 4 for the year, the absentee a 2."""
    change(
        f"""INSERT INTO year_marks (class_id, subject_id, school_year, pupil_id, value)
            SELECT {CLASS_7A}, {MATHS}, 2026, pupil_id, CASE pupil_id WHEN {ABSENTEE} THEN 2 ELSE 4 END
            FROM enrolments WHERE class_id = {CLASS_7A}"""
    )


def press(page: AppTest, label: str) -> AppTest:
    next(each for each in page.button if each.label == label).click()
    return page.run()


def save(user: User, seq: int, column: str, pupil: int, text: str, reason: str = "") -> dict[str, Any]:
    edit = {"lesson": f"{CLASS_7A}.{MATHS}.0.{column}", "pupil": str(pupil), "text": text, "base": ""}
    body = {"user_id": str(user.user_id), "client": "tab", "edits": [{**edit, "seq": seq, "reason": reason}]}
    answer: dict[str, Any] = client_of(user).post("/api/exams/cells", json=body).json()
    return answer


def test_a_teacher_types_exams_and_sees_what_follows(school_store: Store, people: People) -> None:
    plan_exams(school_store, people.deputy, CLASS_7A, [MATHS], now=NOW)
    answer = exams_of(people.owner, **ADDRESS)
    assert answer["words"] == ["Экзамен: выставлено 0 из 3"]
    assert [column["name"] for column in answer["grid"]["lessons"]] == ["Экзамен", "Другой итог"]
    assert (answer["grid"]["read_only"], answer["buttons"]) == (False, [])
    exam, final = (f"{CLASS_7A}.{MATHS}.0.{column}:{CHILD}" for column in ("exam", "final"))

    saved = save(people.owner, 1, "exam", CHILD, "5")
    assert [each["status"] for each in saved["results"]] == ["saved"]
    assert saved["rows"][str(CHILD)]["info"]["final"]["text"] == "5"
    assert save(people.owner, 2, "exam", CLASSMATE, "7")["results"][0]["status"] == "refused"
    asked = save(people.owner, 3, "final", CHILD, "4")["results"][0]
    assert (asked["status"], "причину" in asked["message"]) == ("reason_required", True)
    told = save(people.owner, 4, "final", CHILD, "4", "апелляция")
    assert told["cells"][final]["title"] == "Причина: апелляция"

    cells = exams_of(people.owner, **ADDRESS)["grid"]["cells"]
    assert {place: cell["text"] for place, cell in cells.items()} == {exam: "5", final: "4"}
    history = client_of(people.head).get(
        "/api/exams/history", params={"lesson": exam.split(":")[0], "pupil": CHILD}
    )
    assert [each["new"] for each in history.json()["events"]] == ["5"]


@pytest.mark.parametrize("lesson", ["", "7.21.0", "7.21.0.32", "7.21.exam", "a.21.0.exam", "7.21.0.0.exam"])
def test_a_column_that_is_none_is_not_understood(people: People, lesson: str) -> None:
    answer = client_of(people.owner).get("/api/exams/history", params={"lesson": lesson, "pupil": CHILD})
    assert answer.status_code == 400


def test_who_may_not_enter_reads(school_store: Store, people: People) -> None:
    plan_exams(school_store, people.deputy, CLASS_7A, [MATHS], now=NOW)
    for reader in (people.head, people.homeroom):
        answer = exams_of(reader, **ADDRESS)
        assert answer["grid"]["read_only"]
        assert NOT_YOURS in answer["words"]
        assert not any(column["editable"] for column in answer["grid"]["lessons"])
    assert [each["what"] for each in exams_of(people.deputy, **ADDRESS)["buttons"]] == ["plan"]


def test_without_an_exam_only_another_final_mark_can_be_typed(people: People) -> None:
    answer = exams_of(people.owner, **ADDRESS)
    assert answer["words"] == [NO_EXAM]
    assert [column["name"] for column in answer["grid"]["lessons"]] == ["Другой итог"]


def plan_screen(class_id: int) -> None:
    from pages.councils.parts.exam_plan import show_plan

    show_plan(class_id)


def test_a_deputy_chooses_where_there_is_an_exam(school_store: Store, people: People) -> None:
    page = AppTest.from_function(plan_screen, args=(CLASS_7A,))
    sign_in_as(page, people.deputy)
    page.run()
    page.multiselect[0].set_value([MATHS])
    press(page, "Сохранить")
    assert class_year(school_store, people.deputy, CLASS_7A).exams == {MATHS}


def test_decisions_come_filled_in_and_are_written_by_one_protocol(
    school_store: Store, people: People
) -> None:
    page = open_page("councils/councils.py", people.secretary, **{"class": str(CLASS_7A)})
    table = page.dataframe[0].value
    assert list(table["outcome"]) == ["перевести", "перевести", "перевести условно"]
    assert list(table["debts"]) == ["", "", "Математика"]
    assert [each.label for each in page.expander] == ["Не сдано: 1 ученик"]
    assert any(each.value.endswith(": Математика") for each in page.markdown)
    press(page, "Записать решения")
    assert "Номер протокола" in page.error[0].value
    page.text_input[0].set_value("5")
    page.date_input[0].set_value(NOW.date())
    press(page, "Записать решения")
    decided = class_year(school_store, people.head, CLASS_7A).at_end
    assert [each.decision and each.decision.protocol for each in decided] == ["5", "5", "5"]


def test_the_head_reads_and_a_homeroom_teacher_proposes(school_store: Store, people: People) -> None:
    read = open_page("councils/councils.py", people.head, **{"class": str(CLASS_7A)})
    assert "Записать решения" not in [each.label for each in read.button]
    page = open_page("councils/councils.py", people.homeroom, **{"class": str(CLASS_7A)})
    press(page, "Предложить педсовету")
    held = class_year(school_store, people.homeroom, CLASS_7A).at_end
    assert [each.decision is not None and not each.decision.is_recorded for each in held] == [True] * 3
