"""The plan of a year: kept by the deputy head, ticked by whoever has the entry, done by itself where the register knows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from small_school import CLASS_7A, CLASS_8B, NOW, USER_IDS, People

from school.backup import shelf
from school.backup.records import Deed, Outcome
from school.errors import AccessRefused, RuleRefused
from school.inspections.actions import InspectionDraft, publish_inspection, start_inspection, write_conclusion
from school.records import InspectionScope, User
from school.reports.actions import ReportContent, keep_scheduled_report
from school.reports.records import ReportKind, ReportOrder, Span
from school.store.connection import Store
from school.terms.actions import close_term, reopen_term
from school.year_plan.actions import (
    EntryKey,
    add_entries,
    change_entry,
    drop_entry,
    restore_entry,
    tick_entry,
)
from school.year_plan.lookups import (
    may_tick,
    next_entries,
    overdue_entries,
    pressing_entries,
    waiting_plan,
    year_plan,
)
from school.year_plan.records import PlanDraft, PlanEntry
from school.year_plan.rules import PlanState, state_of

TODAY, YEAR = NOW.date(), 2026
DRAFT = PlanDraft("Педсовет по итогам четверти", TODAY + timedelta(5), USER_IDS["admin"], 7, "Отчёты готовы")


def entry(store: Store, user: User, code: str = "", *, today: date = TODAY) -> PlanEntry:
    """The entry with a code, or the typed one."""
    return next(each for each in year_plan(store, user, YEAR, today=today).entries if each.code == code)


def kinds(store: Store) -> list[str]:
    return [
        kind for (kind,) in store.read("SELECT kind FROM events WHERE kind LIKE 'plan%' ORDER BY event_id")
    ]


def test_the_deputy_puts_an_entry_in_and_whoever_has_it_ticks_it(school_store: Store, people: People) -> None:
    (entry_id,) = add_entries(school_store, people.deputy, YEAR, DRAFT, now=NOW)
    key = EntryKey(YEAR, "", entry_id)
    typed = entry(school_store, people.admin)
    assert (typed.title, typed.who, typed.note) == (DRAFT.title, "Адамов Л.", "Отчёты готовы")
    assert may_tick(people.admin, typed)
    assert not may_tick(people.secretary, typed)
    assert typed in pressing_entries(school_store, people.admin, today=TODAY)
    with pytest.raises(AccessRefused):
        tick_entry(school_store, people.secretary, key, is_done=True, now=NOW)
    tick_entry(school_store, people.admin, key, is_done=True, now=NOW)
    tick_entry(school_store, people.admin, key, is_done=True, now=NOW)
    assert entry(school_store, people.admin).done_on == TODAY
    tick_entry(school_store, people.head, key, is_done=False, now=NOW)
    assert not entry(school_store, people.admin).is_done
    assert kinds(school_store) == ["plan_entry", "plan_done", "plan_not_done"]


def test_an_entry_is_changed_and_taken_out(school_store: Store, people: People) -> None:
    (entry_id,) = add_entries(school_store, people.deputy, YEAR, DRAFT, now=NOW)
    key = EntryKey(YEAR, "", entry_id)
    later = DRAFT._replace(title="Малый педсовет", due_on=TODAY + timedelta(9), user_id=None)
    change_entry(school_store, people.head, key, later, now=NOW)
    typed = entry(school_store, people.deputy)
    assert (typed.title, typed.due_on, typed.user_id, typed.who) == ("Малый педсовет", later.due_on, None, "")
    change_entry(school_store, people.head, key, later, now=NOW)
    drop_entry(school_store, people.deputy, key, "", now=NOW)
    assert not [
        each for each in year_plan(school_store, people.head, YEAR, today=TODAY).entries if not each.code
    ]
    assert kinds(school_store) == ["plan_entry", "plan_entry", "plan_dropped"]
    with pytest.raises(RuleRefused, match="Обновите страницу"):
        tick_entry(school_store, people.deputy, key, is_done=True, now=NOW)
    with pytest.raises(AccessRefused):
        tick_entry(school_store, people.owner, key, is_done=True, now=NOW)


def test_a_repeated_entry_stands_before_the_end_of_each_term_to_come(
    school_store: Store, people: People
) -> None:
    draft = DRAFT._replace(due_on=date(2026, 10, 20))
    assert len(add_entries(school_store, people.head, YEAR, draft, is_repeated=True, now=NOW)) == 2
    typed = [
        each.due_on
        for each in year_plan(school_store, people.head, YEAR, today=TODAY).entries
        if not each.code
    ]
    assert typed == [date(2026, 10, 20), date(2026, 12, 24)]


def test_an_entry_goes_only_to_who_reads_the_plan(school_store: Store, people: People) -> None:
    with pytest.raises(RuleRefused, match="поручить нельзя"):
        add_entries(school_store, people.deputy, YEAR, DRAFT._replace(user_id=people.owner.user_id), now=NOW)
    assert set(year_plan(school_store, people.deputy, YEAR, today=TODAY).people.values()) == {
        *("Завьялова И.", "Дорохов И.", "Адамов Л.", "Секачёва М.")
    }


def test_a_standard_entry_keeps_its_title_and_its_day_until_it_is_moved(
    school_store: Store, people: People
) -> None:
    code = "inspect/quarter/2"
    key, before = EntryKey(YEAR, code), entry(school_store, people.deputy, "inspect/quarter/2")
    draft = PlanDraft("Иначе", before.due_on, people.head.user_id, 3, "Начать с 8Б")
    change_entry(school_store, people.deputy, key, draft, now=NOW)
    after = entry(school_store, people.deputy, code)
    assert (after.title, after.who, after.remind_days) == (before.title, "Дорохов И.", 3)
    assert school_store.read("SELECT due_on, title FROM plan_entries") == [(None, "")]
    change_entry(school_store, people.deputy, key, draft._replace(due_on=date(2026, 12, 20)), now=NOW)
    assert entry(school_store, people.deputy, code).due_on == date(2026, 12, 20)
    with pytest.raises(RuleRefused, match="по самому журналу"):
        tick_entry(school_store, people.deputy, key, is_done=True, now=NOW)


def test_an_entry_of_the_regulation_leaves_the_plan_for_a_reason_and_may_come_back(
    school_store: Store, people: People
) -> None:
    code = "drill/quarter/1"
    key = EntryKey(YEAR, code)
    with pytest.raises(RuleRefused, match=r"п\. 6\.1"):
        drop_entry(school_store, people.deputy, key, " ", now=NOW)
    drop_entry(school_store, people.deputy, key, "Школа открылась в октябре", now=NOW)
    dropped = entry(school_store, people.deputy, code)
    assert (state_of(dropped, TODAY), dropped.note) == (PlanState.DROPPED, "Школа открылась в октябре")
    assert code not in [each.code for each in overdue_entries(school_store, people.head, today=TODAY)]
    restore_entry(school_store, people.deputy, key, now=NOW)
    assert state_of(entry(school_store, people.deputy, code), TODAY) is PlanState.OVERDUE


def test_a_closed_term_is_done_by_itself_and_undone_when_it_opens(
    school_store: Store, people: People
) -> None:
    code, after = "close/quarter/2", datetime(2026, 12, 30, 12)
    assert entry(school_store, people.deputy, "close/quarter/1").done_on == date(2026, 10, 26)
    assert not entry(school_store, people.deputy, code).is_done
    close_term(school_store, people.deputy, YEAR, "quarter", 2, now=after)
    assert entry(school_store, people.deputy, code).done_on == after.date()
    reopen_term(school_store, people.deputy, YEAR, "quarter", 2, "Исправить отметку", now=after)
    assert not entry(school_store, people.deputy, code).is_done


def test_a_quarter_is_inspected_when_the_last_class_is(school_store: Store, people: People) -> None:
    for class_id, is_done in ((CLASS_7A, False), (CLASS_8B, True)):
        scope = InspectionScope((), ("marks",), (class_id,))
        draft = InspectionDraft("Проверка", YEAR, date(2026, 11, 2), TODAY, scope)
        key = start_inspection(school_store, people.deputy, draft, [], {}, now=NOW)
        write_conclusion(school_store, people.deputy, key, "Ведутся.", "", now=NOW)
        publish_inspection(school_store, people.deputy, key, now=NOW)
        assert entry(school_store, people.deputy, "inspect/quarter/2").is_done is is_done
    assert entry(school_store, people.deputy, "inspect/quarter/2").done_on == TODAY


@pytest.mark.parametrize(
    ("kind", "code"),
    [(ReportKind.PERFORMANCE, "reports/quarter/1"), (ReportKind.USER_ACTIVITY, "activity/quarter/1")],
)
def test_a_report_about_the_school_is_done_by_itself(
    kind: ReportKind, code: str, school_store: Store, people: People
) -> None:
    order = ReportOrder(kind, Span(YEAR, "quarter", 1))
    keep_scheduled_report(school_store, order, ReportContent(b"pdf", "", "журнал"), now=NOW)
    done = [
        each.code for each in year_plan(school_store, people.head, YEAR, today=TODAY).entries if each.is_done
    ]
    assert code in done
    other = {"reports/quarter/1": "activity/quarter/1", "activity/quarter/1": "reports/quarter/1"}[code]
    assert other not in done


def test_a_drill_counts_for_its_quarter_and_only_when_it_came_off(
    school_store: Store, people: People
) -> None:
    folder = shelf.folder_of(school_store.path.parent)
    failed = Outcome(Deed.DRILL, datetime(2026, 11, 10, 3), "a", 1.0, "", problem="Нет места.")
    shelf.remember(folder, failed)
    assert not entry(school_store, people.admin, "drill/quarter/2").is_done
    shelf.remember(folder, replace(failed, at=datetime(2026, 11, 12, 3), problem=""))
    assert entry(school_store, people.admin, "drill/quarter/2").done_on == date(2026, 11, 12)
    # Held after the end of the first quarter, before the second began, it would have been the first's.
    assert not entry(school_store, people.admin, "drill/quarter/1").is_done


def test_the_council_the_archive_and_the_next_year_are_done_by_themselves(
    school_store: Store, people: People, change: Callable[[str], None]
) -> None:
    change(
        """INSERT INTO council_decisions BY NAME SELECT class_id, pupil_id, 'moved' AS outcome,
            DATE '2026-12-28' AS decided_on, '7' AS protocol FROM enrolments WHERE pupil_id <> 51"""
    )
    assert not entry(school_store, people.deputy, "council/year/1").is_done
    change(
        f"""INSERT INTO council_decisions BY NAME SELECT {CLASS_7A} AS class_id, 51 AS pupil_id, 'moved' AS outcome,
            DATE '2026-12-29' AS decided_on, '7' AS protocol"""
    )
    assert entry(school_store, people.deputy, "council/year/1").done_on == date(2026, 12, 29)
    change(
        """INSERT INTO archives BY NAME SELECT 800 AS archive_id, 2026 AS school_year, TIMESTAMP '2027-06-10' AS asked_at,
            107 AS asked_by, 'made' AS state, TIMESTAMP '2027-06-10 12:00' AS made_at;
        INSERT INTO archive_documents BY NAME SELECT 801 AS document_id, 800 AS archive_id, 'class_register' AS kind,
            '7А' AS class_name, 'Журнал' AS title, 'a.pdf' AS path, 2 AS pages, DATE '2032-06-30' AS kept_until,
            'ab' AS sha256, 'formed' AS state"""
    )
    assert entry(school_store, people.secretary, "archive/year/1").done_on == date(2027, 6, 10)
    assert not entry(school_store, people.secretary, "paper/year/1").is_done
    change(
        """UPDATE archive_documents SET state = 'signed';
        INSERT INTO archive_steps BY NAME SELECT 801 AS document_id, 'signed' AS state,
            TIMESTAMP '2027-06-20 10:00' AS made_at, 107 AS made_by"""
    )
    assert entry(school_store, people.secretary, "paper/year/1").done_on == date(2027, 6, 20)
    assert not entry(school_store, people.admin, "open/year/1").is_done
    change(
        """INSERT INTO classes (class_id, school_id, school_year, name, grade_level, term_kind)
            VALUES (13, 1, 2027, '8А', 8, 'quarter');
        INSERT INTO teaching_load (load_id, school_year, class_id, subject_id, hours_a_week) VALUES (98, 2027, 13, 21, 1);
        INSERT INTO timetable (slot_id, load_id, weekday, number) VALUES (990, 98, 1, 1)"""
    )
    opened = entry(school_store, people.admin, "open/year/1")
    assert (opened.is_done, opened.done_on) == (True, None)


def test_the_menu_counts_what_is_somebodys_own_and_presses(school_store: Store, people: People) -> None:
    before = waiting_plan(school_store, people.deputy, today=TODAY)
    add_entries(school_store, people.head, YEAR, DRAFT._replace(user_id=people.deputy.user_id), now=NOW)
    assert waiting_plan(school_store, people.deputy, today=TODAY) == before + 1
    # Teachers and families have no plan, and are told nothing of it.
    assert [waiting_plan(school_store, each, today=TODAY) for each in (people.owner, people.guardian)] == [
        0,
        0,
    ]
    (first,) = next_entries(school_store, people.head, today=TODAY, most=1)
    assert first.title == DRAFT.title


def test_an_event_says_what_was_planned_and_for_when(school_store: Store, people: People) -> None:
    add_entries(school_store, people.head, YEAR, DRAFT, now=NOW)
    assert school_store.read("SELECT new_value FROM events WHERE kind = 'plan_entry'") == [
        (f"{DRAFT.title}, 24.11.2026",)
    ]
