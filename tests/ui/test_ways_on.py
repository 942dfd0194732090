"""Every table and every count of the staff's screens opens the rows behind it, or says here why there is nothing to open."""

import ast
from collections.abc import Iterator
from pathlib import Path

PAGES = Path(__file__).parents[2] / "pages"
SHOWING = {"show_records", "show_table", "show_prepared", "dataframe"}
COUNTING = {"metric"}
# What a call is given where its rows lead on: a row opens something, a column holds addresses.
WAYS = {"on_choose", "links", "on_select"}


def calls(wanted: set[str]) -> Iterator[tuple[str, ast.Call]]:
    """Yield «folder/module:key» of every call of these functions on a page, with the call; without a key, its function's name."""
    for path in sorted(PAGES.rglob("*.py")):
        if path.relative_to(PAGES).parts[0] == "ui":
            continue
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and _name(node) in wanted:
                    yield f"{path.parts[len(PAGES.parts)]}/{path.stem}:{_key(node) or function.name}", node


def _name(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _key(call: ast.Call) -> str:
    named = [word.value for word in call.keywords if word.arg == "key"]
    key = next(iter([*named, *call.args[2:3]]), None)
    if isinstance(key, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "…" for part in key.values)
    return str(key.value) if isinstance(key, ast.Constant) else ""


def leads_on(call: ast.Call) -> bool:
    """Whether a call names a way on."""
    return any(word.arg in WAYS for word in call.keywords)


STORY = "a line is all there is of it: what happened, when and who did it"
BESIDE = "what it is of stands on the same page"
PERSON = "all of one person, whose page this is"
TYPED = "what is being typed or checked before it is taken"
OWN_KEPT = "what is counted is kept by nobody by name"
PEOPLE_ELSEWHERE = "an employee's page is not for everybody who reads this"
WITHOUT_WAY: dict[str, str] = {
    "analytics/attendance:weeks_table": "lessons of everybody in a week: who misses them is the view «Кому позвонить»",
    "analytics/attendance:times_table": "lessons of everybody at an hour: who misses them is the view «Кому позвонить»",
    "analytics/comparison:show_headline": "sums of the table below, whose rows open",
    "analytics/comparison:show_table_of_groups": "the page says what its groups open",
    "analytics/consistency:table_…": "findings above the table lead to the marks",
    "analytics/fair:fair_rows": PERSON,
    "analytics/pupil:current": PERSON,
    "analytics/pupil:dynamics_table": PERSON,
    "analytics/pupil:final": PERSON,
    "analytics/pupil:missed": PERSON,
    "analytics/pupil:pupil_forecast": PERSON,
    "analytics/pupil:show_headline": PERSON,
    "analytics/quality:show_figure": "the pupils behind it are the view «Ученики»",
    "analytics/quality:show_measures": "the pupils behind it are the view «Ученики»",
    "analytics/quality:…_table": "terms of one choice: the period above opens them",
    "analytics/side_by_side:sides": "two choices above lead to their pages",
    "analytics/side_by_side:sides_subjects": "two choices above lead to their pages",
    "analytics/standings:show_standings": "sums of the table below, whose rows open",
    "analytics/users_work:people_…": PEOPLE_ELSEWHERE,
    "analytics/users_work:roles": "people by name stand below",
    "announcements/report:…_staff": PEOPLE_ELSEWHERE,
    "archive/archive:archive_documents": "files of the table are downloaded beside it",
    "archive/archive:archive_former": BESIDE,
    "archive/paper_steps:archive_expired": STORY,
    "audit/events:events": STORY,
    "backup/state:state_backups": STORY,
    "backup/state:state_errors": STORY,
    "backup/state:state_outcomes": STORY,
    "consultations/booked:booked_talks": PEOPLE_ELSEWHERE,
    "consultations/evenings:evening_…": BESIDE,
    "consultations/own_times:own_…": BESIDE,
    "consultations/own_times:past_talks": BESIDE,
    "correspondence/letter_order:letter_answers": "letters are read by those who write them",
    "councils/councils:show_councils": "a form of decisions, pupil by pupil",
    "external_tests/external_tests:brought": TYPED,
    "external_tests/external_tests:external_tests": BESIDE,
    "external_tests/external_tests:refused_results": TYPED,
    "extracts/exchange:import_counts": "what was loaded is opened on its own pages",
    "extracts/exchange:import_refused": TYPED,
    "forecasts/forecast_model:model_losses": OWN_KEPT,
    "forecasts/forecast_model:model_…": OWN_KEPT,
    "forecasts/forecast_record:record_days": OWN_KEPT,
    "imports/comparison:exchange_only_here": TYPED,
    "imports/exchange_profiles:exchange_log": STORY,
    "imports/imports:import_batches": STORY,
    "imports/preview:import_…": TYPED,
    "imports/preview:show_plan": TYPED,
    "inspections/findings:show_rechecked": "its column «Где» leads to the evidence",
    "inspections/findings:show_findings": "its column «Где» leads to the evidence",
    "inspections/report:show_readings": STORY,
    "lesson_plans/lesson_plan:plan_lessons": TYPED,
    "lesson_plans/plan_changes:plan_proposal": TYPED,
    "lesson_plans/plan_changes:show_preview": TYPED,
    "lesson_plans/plan_changes:show_topics": TYPED,
    "my_school/my_school:schedule_clients": STORY,
    "occasions/one_occasion:occasion_staff": PEOPLE_ELSEWHERE,
    "paper/printing:papers": "the class is chosen beside it",
    "people/joint_movement:joint_rows_…": TYPED,
    "people/school_counts:show_school_counts": "a form of the state: only sums go there",
    "privacy/erasing:due": OWN_KEPT,
    "privacy/erasing:erased": "who was erased has no page any more",
    "privacy/erasing:kept": OWN_KEPT,
    "privacy/viewings:viewings": STORY,
    "regulations/acquaintance:acquaintance_sheet": PEOPLE_ELSEWHERE,
    "sign_in/own_sign_ins:own_attempts": STORY,
    "substitutions/substitutions:day_log": STORY,
    "substitutions/substitutions:show_titled": BESIDE,
    "year/calendar_table:show_calendar": TYPED,
    "year/calendar_table:show_loaded_calendar": TYPED,
    "year/load:load_lines": TYPED,
    "year/load:load_teachers": "the teacher is chosen above",
    "year/opening_tables:show_plan": TYPED,
    "year/opening_tables:show_refused": TYPED,
    "year/opening_tables:show_table_step": TYPED,
    "year/timetable:show_all": BESIDE,
    "year/timetable:show_week": BESIDE,
}


def test_every_table_and_count_leads_to_its_rows() -> None:
    found = list(calls(SHOWING | COUNTING))
    assert len(found) > 100
    without = {name for name, call in found if not leads_on(call)}
    assert without - WITHOUT_WAY.keys() == set(), "a table without a way on: give it on_choose= or links="
    assert WITHOUT_WAY.keys() - without == set(), "these lead on by now"
