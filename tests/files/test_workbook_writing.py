"""Files to fill in: the same sheet whoever writes it."""

import io
from collections.abc import Callable

import openpyxl
import pytest

from school.external_tests.records import EnrolledName, ExternalTestKind
from school.external_tests.workbook import results_workbook
from school.files.plan import ImportKind
from school.lesson_plans.workbook import plan_workbook
from school.records import PersonName, PlanTopic
from school.year.workbooks import table_template

TYPED = "=1+1"


def results() -> bytes:
    pupil = EnrolledName(1, PersonName("Орлов", "Пётр"), "7А", 2026, (None, None))
    return results_workbook([pupil], ExternalTestKind.VPR, TYPED, "15.04.2027")


def subjects() -> bytes:
    return table_template(ImportKind.SUBJECTS, [{"name": TYPED}])


def plan() -> bytes:
    return plan_workbook([PlanTopic(TYPED, 2)])


@pytest.mark.parametrize(("made", "cell"), [(results, "D2"), (subjects, "A2"), (plan, "B2")])
def test_what_people_typed_is_never_a_formula(made: Callable[[], bytes], cell: str) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(made())).active
    assert (sheet[cell].value, sheet[cell].data_type) == (TYPED, "s")
    assert sheet["A1"].font.bold


@pytest.mark.parametrize(("made", "first_moving"), [(results, "C2"), (subjects, "A2"), (plan, "A2")])
def test_the_header_and_who_a_row_is_about_stay_in_sight(
    made: Callable[[], bytes], first_moving: str
) -> None:
    assert openpyxl.load_workbook(io.BytesIO(made())).active.freeze_panes == first_moving


def test_a_long_topic_goes_on_in_the_next_line() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(plan())).active
    assert sheet["B2"].alignment.wrap_text
    assert not sheet["A2"].alignment.wrap_text
