"""Who makes and reads which report (п. 2.6, 4.1–4.6): one's own, of one's class, of the school; and the page that shows them."""

import pytest
from orders import FIRST_QUARTER, SECOND_QUARTER, YEAR, kept, made, order
from readable_table import read_table
from screens import open_page, texts
from small_school import CLASS_8B, NAMES, NOW, ROLE_OF, STRANGER_STAFF, People

from pipelines.reports.making import FORMS, drawn, file_name
from school.errors import AccessRefused, RuleRefused
from school.reports.access import may_make_report, may_read_report
from school.reports.lookups import report_content, schedule_is_on, shelf
from school.reports.records import ReportKind, ReportOrder
from school.store.connection import Store, Transaction
from school.store.events import Event
from school.store.school import School

# m — makes and reads, r — reads, · — neither; about 7А and its teacher, or about the school.
RIGHTS = read_table("""
                  teacher homeroom deputy head admin secretary guardian pupil
performance          ·       ·       m     r     ·       ·        ·      ·
homeroom             ·       m       m     r     ·       ·        ·      ·
subject_teacher      m       ·       m     r     ·       ·        ·      ·
mark_coverage        ·       ·       m     r     m       ·        ·      ·
curriculum           ·       ·       m     r     m       ·        ·      ·
substitutions        ·       ·       m     r     ·       ·        ·      ·
user_activity        ·       ·       m     r     m       ·        ·      ·
""")
OF_STRANGERS = (
    ReportOrder(ReportKind.HOMEROOM, FIRST_QUARTER, CLASS_8B),
    ReportOrder(ReportKind.SUBJECT_TEACHER, FIRST_QUARTER, STRANGER_STAFF),
)


@pytest.mark.parametrize("kind", ReportKind)
def test_everybody_makes_and_reads_what_is_theirs(kind: ReportKind, people: People) -> None:
    for name in set(NAMES) - {"stranger"}:
        user, right = getattr(people, name), RIGHTS[kind, ROLE_OF[name]]
        assert may_make_report(user, order(kind)) == (right == "m"), name
        assert may_read_report(user, order(kind)) == (right in "mr"), name


def test_nobody_gets_a_report_about_strangers(school_store: Store, people: People) -> None:
    for wanted in OF_STRANGERS:
        report_id = kept(school_store, people.deputy, wanted)
        for user in (people.owner, people.homeroom, people.secretary, people.guardian):
            with pytest.raises(AccessRefused):
                made(school_store, user, wanted)
            with pytest.raises(AccessRefused):
                kept(school_store, user, wanted)
            with pytest.raises(AccessRefused):
                report_content(school_store, user, report_id)
            assert shelf(school_store, user).reports == []


def test_a_teachers_own_report_is_the_one_that_the_deputy_makes(school_store: Store, people: People) -> None:
    wanted = order(ReportKind.SUBJECT_TEACHER, SECOND_QUARTER)
    own, deputys = (made(school_store, user, wanted) for user in (people.owner, people.deputy))
    assert own.sections == deputys.sections


@pytest.mark.parametrize("kind", ReportKind)
@pytest.mark.parametrize("span", [SECOND_QUARTER, YEAR])
def test_every_report_can_be_made_of_little_data_and_drawn(
    kind: ReportKind, span, school_store: Store, people: People
) -> None:
    if span is YEAR and kind in (ReportKind.MARK_COVERAGE, ReportKind.USER_ACTIVITY):
        with pytest.raises(RuleRefused):
            made(school_store, people.deputy, order(kind, span))
        return
    document = made(school_store, people.deputy, order(kind, span))
    assert document.tables
    assert all(len(form.draw(document)) > 1000 for form in FORMS)


def test_a_made_report_stays_what_it_was_when_marks_change(school_store: Store, people: People) -> None:
    here = School(school_store, lambda: NOW)
    report_id = kept(school_store, people.deputy, order(ReportKind.PERFORMANCE))
    before = drawn(here, people.head, report_id, FORMS[0])

    def lose(change: Transaction) -> None:
        change.change("DELETE FROM term_marks")
        change.record(Event(NOW, None, "school"))

    school_store.write(lose)
    assert drawn(here, people.head, report_id, FORMS[0]) == before


def test_a_deputy_makes_a_report_and_finds_it_in_the_list(school_screens: School, people: People) -> None:
    page = open_page("reports/reports.py", people.deputy)
    page.button[0].click().run()
    assert not page.exception
    (report,) = shelf(school_screens.store, people.deputy).reports
    assert report.order.kind is ReportKind.PERFORMANCE
    assert "Завьялова" in texts(page)
    assert file_name(report, FORMS[0]).endswith("2-я четверть 2026-27 учебного года.pdf")


def test_a_report_made_again_stands_beside_the_earlier_one(school_screens: School, people: People) -> None:
    first = kept(school_screens.store, people.deputy, order(ReportKind.HOMEROOM))
    page = open_page("reports/reports.py", people.homeroom)
    page.button(key=f"again_{first}").click().run()
    assert not page.exception
    reports = shelf(school_screens.store, people.homeroom).reports
    assert [made.report_id for made in reports[1:]] == [first]
    assert reports[0].order == reports[1].order
    assert reports[0].made_by_name == "Климова Р."


def test_the_schedule_is_switched_on_the_page(school_screens: School, people: People) -> None:
    page = open_page("reports/reports.py", people.deputy)
    page.toggle(key="report_schedule").set_value(False).run()
    assert not page.exception
    assert not schedule_is_on(school_screens.store)


def test_the_head_reads_reports_and_has_no_way_to_make_one(school_screens: School, people: People) -> None:
    kept(school_screens.store, people.deputy, order(ReportKind.PERFORMANCE))
    page = open_page("reports/reports.py", people.head)
    assert "Сводный отчёт об успеваемости и качестве знаний" in texts(page)
    assert not [button for button in page.button if button.key and button.key.startswith("again")]
    assert "Сделать" not in [button.label for button in page.button]
    assert not page.toggle
