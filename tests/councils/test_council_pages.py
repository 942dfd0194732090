"""«Экзамены и итог» and «Решения педсовета»: what is typed is checked, written, and kept where it is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from screens import open_page, texts
from small_school import ABSENTEE, CHILD, CLASS_7A, MATHS, NOW, People
from streamlit.testing.v1 import AppTest

from school.councils.actions import enter_exam_marks, plan_exams
from school.councils.lookups import class_year
from school.councils.records import ExamEdit
from school.records import RegisterKey
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


def type_in(page: AppTest, key: str, rows: dict[int, dict[str, Any]]) -> None:
    page.session_state[key] = {"edited_rows": rows, "added_rows": [], "deleted_rows": []}


def press(page: AppTest, label: str) -> AppTest:
    next(each for each in page.button if each.label == label).click()
    return page.run()


def test_a_teacher_types_exams_and_a_refusal_names_the_row(school_store: Store, people: People) -> None:
    plan_exams(school_store, people.deputy, CLASS_7A, [MATHS], now=NOW)
    page = open_page("councils/exams.py", people.owner, **ADDRESS)
    assert "выставлено 0 из 3" in texts(page)
    key = f"exam_{CLASS_7A}_{MATHS}_0_table_0"
    type_in(page, key, {1: {"exam": "7"}})
    press(page, "Сохранить")
    assert "Строка № 2" in page.error[0].value
    type_in(page, key, {0: {"exam": "5"}})
    press(page, "Сохранить")
    found = class_year(school_store, people.deputy, CLASS_7A).pupil(CHILD)
    assert found is not None
    assert (found.subjects[MATHS].exam, found.subjects[MATHS].final) == (5, 5)
    # Saved again nothing of the old typing goes over what a colleague has written meanwhile.
    enter_exam_marks(school_store, people.deputy, RegisterKey(CLASS_7A, MATHS), [ExamEdit(CHILD, 3)], now=NOW)
    press(page.run(), "Сохранить")
    found = class_year(school_store, people.deputy, CLASS_7A).pupil(CHILD)
    assert found is not None
    assert found.subjects[MATHS].exam == 3


def test_a_deputy_chooses_where_there_is_an_exam(school_store: Store, people: People) -> None:
    page = open_page("councils/exams.py", people.deputy, **ADDRESS)
    assert "Экзамена по этому предмету у класса нет" in texts(page)
    page.multiselect[0].set_value([MATHS])
    next(each for each in page.button if each.label == "Сохранить").click()
    page.run()
    assert class_year(school_store, people.deputy, CLASS_7A).exams == {MATHS}


def test_decisions_come_filled_in_and_are_written_by_one_protocol(
    school_store: Store, people: People
) -> None:
    page = open_page("councils/councils.py", people.secretary, **{"class": str(CLASS_7A)})
    table = page.dataframe[0].value
    assert list(table["outcome"]) == ["перевести", "перевести", "перевести условно"]
    assert list(table["debts"]) == ["", "", "Математика"]
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
