"""Who may do what with whose rows: the table of roles against the grants that the regulation gives (п. 4.1–4.7)."""

import pytest
from readable_table import read_table
from small_school import (
    CHILD,
    CLASS_7A,
    CLASS_8B,
    NAMES,
    OWNER_STAFF,
    ROLE_OF,
    STRANGE_CHILD,
    STRANGER_STAFF,
    USER_IDS,
    People,
)

from school.access.action import Action
from school.access.checks import check_may, may, may_somewhere
from school.access.scopes import ALL_ROWS, Rows
from school.errors import AccessRefused
from school.records import Role

# lessons — own lessons, class — own class, child — own child or oneself, school — the whole school, · — nothing.
GRANTS = read_table("""
                        teacher  homeroom  deputy  head    admin   secretary  guardian  pupil
read_day                lessons  ·         ·       ·       ·       ·          ·         ·
read_register           lessons  class     school  school  school  ·          ·         ·
enter_cells             lessons  ·         ·       ·       ·       ·          ·         ·
edit_lesson             lessons  ·         ·       ·       ·       ·          ·         ·
read_lesson_plans       lessons  class     school  school  school  ·          ·         ·
edit_lesson_plan        lessons  ·         ·       ·       ·       ·          ·         ·
enter_term_marks        lessons  ·         ·       ·       ·       ·          ·         ·
ask_correction          lessons  ·         ·       ·       ·       ·          ·         ·
read_term_closing       ·        ·         school  school  ·       ·          ·         ·
close_terms             ·        ·         school  ·       ·       ·          ·         ·
plan_exams              ·        ·         school  ·       school  ·          ·         ·
enter_exam_marks        lessons  ·         school  ·       ·       ·          ·         ·
read_councils           ·        class     school  school  school  school     ·         ·
propose_decisions       ·        class     ·       ·       ·       ·          ·         ·
record_decisions        ·        ·         school  ·       school  school     ·         ·
read_marking            ·        ·         school  school  school  ·          ·         ·
edit_marking            ·        ·         school  ·       school  ·          ·         ·
read_absences           ·        class     school  school  ·       ·          ·         ·
edit_absences           ·        class     ·       ·       ·       ·          ·         ·
read_class_control      ·        class     school  school  ·       ·          ·         ·
send_gap_request        ·        class     ·       ·       ·       ·          ·         ·
close_gap_request       ·        ·         school  ·       ·       ·          ·         ·
read_substitutions      ·        ·         school  school  ·       ·          ·         ·
assign_substitutions    ·        ·         school  ·       ·       ·          ·         ·
read_substitution_log   lessons  ·         ·       ·       ·       ·          ·         ·
sign_substitutions      lessons  ·         ·       ·       ·       ·          ·         ·
read_data_checks        ·        ·         school  school  school  ·          ·         ·
give_extra_help         lessons  class     school  ·       ·       ·          ·         ·
read_remarks            lessons  class     school  school  ·       ·          ·         ·
write_remark            lessons  class     ·       ·       ·       ·          ·         ·
confirm_remark          ·        ·         ·       ·       ·       ·          child     ·
confirm_week            ·        ·         ·       ·       ·       ·          child     ·
tick_homework           ·        ·         ·       ·       ·       ·          ·         child
answer_task             ·        ·         ·       ·       ·       ·          child     child
read_occasions          school   school    school  school  school  school     ·         ·
plan_occasions          ·        class     school  school  school  ·          ·         ·
answer_occasion         ·        ·         ·       ·       ·       ·          child     child
announce_absence        ·        ·         ·       ·       ·       ·          child     ·
read_family_work        ·        class     school  school  ·       ·          ·         ·
read_announcements      account  account   account account account account    ·         ·
write_announcement      lessons  class     school  school  school  school     ·         ·
follow_announcements    ·        class     school  school  ·       ·          ·         ·
confirm_announcement    ·        ·         ·       ·       ·       ·          child     child
hold_consultations      account  account   account account ·       ·          ·         ·
read_consultations      ·        class     school  school  ·       ·          ·         ·
plan_parents_evenings   ·        ·         school  ·       ·       ·          ·         ·
book_consultation       ·        ·         ·       ·       ·       ·          child     ·
read_quality            lessons  class     school  school  ·       ·          ·         ·
read_pupil_history      lessons  class     school  school  ·       ·          ·         ·
read_teacher_activity   ·        ·         school  school  school  ·          ·         ·
read_attendance         lessons  class     school  school  ·       ·          ·         ·
read_register_work      lessons  class     school  school  school  ·          ·         ·
read_consistency        lessons  class     school  school  ·       ·          ·         ·
read_external_tests     ·        ·         school  school  ·       ·          ·         ·
load_external_tests     ·        ·         school  ·       ·       ·          ·         ·
read_forecasts          lessons  class     school  school  ·       ·          ·         ·
read_forecast_model     ·        ·         school  school  school  ·          ·         ·
fit_forecasts           ·        ·         ·       ·       school  ·          ·         ·
read_reports            lessons  class     school  school  school  ·          ·         ·
make_reports            lessons  class     school  ·       school  ·          ·         ·
read_papers             ·        class     school  school  school  school     ·         ·
print_papers            ·        class     school  ·       school  school     ·         ·
read_inspections        ·        ·         school  school  ·       ·          ·         ·
inspect                 ·        ·         school  school  ·       ·          ·         ·
answer_inspection       lessons  ·         ·       ·       ·       ·          ·         ·
read_diary              ·        class     school  school  ·       ·          child     child
read_class_lists        ·        class     school  school  school  school     ·         ·
read_events             ·        ·         school  school  school  ·          ·         ·
read_users              ·        ·         ·       school  school  ·          ·         ·
edit_staff              ·        ·         ·       ·       school  ·          ·         ·
keep_own_account        account  account   account account account account    account   account
keep_notices            ·        ·         ·       ·       ·       ·          child     child
keep_mail               ·        ·         ·       ·       school  ·          ·         ·
check_account_signals   ·        ·         ·       ·       school  ·          ·         ·
edit_pupils             ·        class     ·       ·       school  school     ·         ·
move_pupils             ·        ·         ·       ·       school  school     ·         ·
enter_former_marks      ·        class     school  ·       school  school     ·         ·
issue_family_codes      ·        class     ·       ·       school  ·          ·         ·
read_year_opening       ·        ·         school  school  school  ·          ·         ·
open_year               ·        ·         ·       ·       school  ·          ·         ·
edit_load               ·        ·         school  ·       school  ·          ·         ·
edit_timetable          ·        ·         school  ·       school  ·          ·         ·
export_journal          ·        ·         ·       ·       school  school     ·         ·
import_journal          ·        ·         ·       ·       school  ·          ·         ·
load_files              ·        ·         school  ·       school  school     ·         ·
load_entries            ·        ·         ·       ·       school  school     ·         ·
read_privacy            ·        ·         ·       school  school  ·          ·         ·
keep_privacy            ·        ·         ·       ·       school  ·          ·         ·
read_child_record       ·        ·         ·       school  school  school     child     ·
read_certificates       ·        ·         school  school  school  school     ·         ·
issue_certificates      ·        ·         ·       ·       ·       school     ·         ·
ask_certificate         ·        ·         ·       ·       ·       ·          child     ·
read_report_cards       ·        class     school  school  ·       school     ·         ·
read_state              ·        ·         ·       school  school  ·          ·         ·
keep_backups            ·        ·         ·       ·       school  ·          ·         ·
correspond              account  account   account account account account    account   account
answer_help             ·        ·         ·       ·       school  ·          ·         ·
read_complaints         ·        ·         school  school  ·       ·          ·         ·
decide_complaints       ·        ·         school  school  ·       ·          ·         ·
set_letter_order        ·        ·         school  ·       ·       ·          ·         ·
read_by_request         ·        ·         ·       school  ·       ·          ·         ·
read_year_plan          ·        ·         school  school  school  school     ·         ·
edit_year_plan          ·        ·         school  school  ·       ·          ·         ·
tick_year_plan          ·        ·         school  school  account account    ·         ·
read_archive            ·        ·         school  school  school  school     ·         ·
make_archive            ·        ·         ·       ·       ·       school     ·         ·
read_documents          account  account   account account account account    ·         ·
draft_documents         ·        ·         school  school  ·       ·          ·         ·
follow_documents        ·        ·         school  school  ·       school     ·         ·
approve_documents       ·        ·         ·       school  ·       ·          ·         ·
read_own_measures       account  account   account account account account    ·         ·
keep_measures           ·        ·         ·       school  ·       ·          ·         ·
""")

# Everybody's own rows are those of 7А: the owner's lessons, the homeroom teacher's class, the guardian's child.
ROWS = {
    "lessons": (Rows(frozenset({OWNER_STAFF})), Rows(frozenset({STRANGER_STAFF}))),
    "class": (Rows(class_id=CLASS_7A), Rows(class_id=CLASS_8B)),
    "child": (Rows(pupil_id=CHILD), Rows(pupil_id=STRANGE_CHILD)),
}
STRANGE_ROWS = Rows(frozenset({STRANGER_STAFF}), CLASS_8B, STRANGE_CHILD)


def test_the_matrix_names_every_action_and_every_role() -> None:
    assert {action for action, _ in GRANTS} == set(Action), "every action has a line in GRANTS"
    assert {role for _, role in GRANTS} == set(Role), "every role has a column in GRANTS"


@pytest.mark.parametrize("action", Action)
def test_a_role_does_what_the_matrix_grants_and_only_with_its_own_rows(
    action: Action, people: People
) -> None:
    for name in NAMES:
        if name == "stranger":
            continue
        user, scope = getattr(people, name), GRANTS[action, ROLE_OF[name]]
        assert may_somewhere(user, action) == (scope != "·"), f"{name}: {action} at all"
        assert may(user, action, STRANGE_ROWS) == (scope == "school"), (
            f"{name}: {action} with rows of strangers"
        )
        assert may(user, action, ALL_ROWS) == (scope == "school"), f"{name}: {action} with the whole school"
        account = Rows(user_id=user.user_id), Rows(user_id=USER_IDS["stranger"])
        for kind, (own, strange) in (*ROWS.items(), ("account", account)):
            assert may(user, action, own) == (scope in (kind, "school")), f"{name}: {action}, own {kind}"
            assert may(user, action, strange) == (scope == "school"), f"{name}: {action}, strange {kind}"


def test_a_refusal_says_what_why_and_what_to_do(people: People) -> None:
    with pytest.raises(AccessRefused) as refused:
        check_may(people.pupil, Action.READ_REGISTER)
    assert all([refused.value.what, refused.value.why, refused.value.next_step])


def test_the_head_edits_nothing(people: People) -> None:
    """П. 4.1: the head sees every page and changes none but the own account; an inspection (п. 6.2), announcements, letters and
    receiving families (п. 2.9), events (п. 3.6), complaints about a deputy's own letters, documents of the school, measures and
    the plan of the year (п. 4.1) are the head's too.
    """
    changes = {action for action in Action if not action.startswith(("read_", "export_", "follow_"))}
    assert {action for action in changes if may_somewhere(people.head, action)} == {
        Action.INSPECT,
        Action.KEEP_OWN_ACCOUNT,
        Action.WRITE_ANNOUNCEMENT,
        Action.CORRESPOND,
        Action.DECIDE_COMPLAINTS,
        Action.HOLD_CONSULTATIONS,
        Action.PLAN_OCCASIONS,
        Action.DRAFT_DOCUMENTS,
        Action.APPROVE_DOCUMENTS,
        Action.KEEP_MEASURES,
        Action.EDIT_YEAR_PLAN,
        Action.TICK_YEAR_PLAN,
    }
