"""Documents of the school: drafted, approved by the head alone, read by a deliberate act, replaced by versions (п. 4.1, 4.2)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from drafted import DRAFT, approved
from office import events_of
from small_school import CHILD, DEPUTY_STAFF, NOW, OWNER_STAFF, SCHOOL, STRANGER_STAFF, USER_IDS, People

from school.audiences.rules import Target
from school.errors import AccessRefused, RuleRefused
from school.records import Role, User
from school.regulations.actions import (
    acquaint,
    approve_document,
    discard_draft,
    look_after_readers,
    note_on_paper,
    note_read,
    remind_readers,
    repeal_document,
    return_draft,
    save_agreement,
    save_draft,
    submit_draft,
)
from school.regulations.lookups import (
    acquaintance_sheet,
    documents,
    drafts,
    family_documents,
    meets_documents_first,
    open_document,
    read_document,
    reminded_documents,
    waiting_for_head,
    waiting_to_read,
)
from school.regulations.records import RegulationKind
from school.regulations.rules.documents import body_parts, last_day_of_replaced, next_number
from school.store.connection import Store

TODAY = NOW.date()
TOMORROW = NOW + timedelta(days=1)


def waiting(store: Store, user: User, today: date = TODAY) -> list[int]:
    return [each.regulation_id for each in waiting_to_read(store, user, today=today)]


def test_a_draft_goes_to_the_head_and_back_and_is_approved(school_store: Store, people: People) -> None:
    document = save_draft(school_store, people.deputy, DRAFT, now=NOW)
    submit_draft(school_store, people.deputy, document, now=NOW)
    assert [each.regulation_id for each in waiting_for_head(school_store, people.head, today=TODAY)] == [
        document
    ]
    assert waiting_for_head(school_store, people.deputy, today=TODAY) == ()
    with pytest.raises(RuleRefused, match="на утверждении"):
        save_draft(school_store, people.deputy, DRAFT, regulation_id=document, now=NOW)
    return_draft(school_store, people.head, document, "Нет срока", now=NOW)
    (held,) = drafts(school_store, people.deputy)
    assert held.note == "Нет срока"
    mended = replace(DRAFT, read_by=TODAY + timedelta(3))
    save_draft(school_store, people.deputy, mended, regulation_id=document, now=NOW)
    submit_draft(school_store, people.deputy, document, now=NOW)
    with pytest.raises(AccessRefused):
        approve_document(school_store, people.deputy, document, "1", TODAY, now=NOW)
    assert approve_document(school_store, people.head, document, "1", TODAY, now=NOW) == 7
    with pytest.raises(RuleRefused, match="не меняется"):
        discard_draft(school_store, people.deputy, document, now=NOW)
    assert events_of(school_store, "regulation_approved") == [(None, "положение № 1 «О ведении журнала»", "")]


def test_opening_is_not_acquaintance(school_store: Store, people: People) -> None:
    document = approved(school_store, people)
    note_read(school_store, people.owner, document, now=NOW)
    assert waiting(school_store, people.owner) == [document]
    acquaint(school_store, people.owner, document, now=NOW)
    acquaint(school_store, people.owner, document, now=TOMORROW)
    assert waiting(school_store, people.owner) == []
    sheet = acquaintance_sheet(school_store, people.deputy, document, today=TODAY)
    assert (sheet.done, len(sheet.rows)) == (1, 7)
    (row,) = [each for each in sheet.rows if each.staff_id == OWNER_STAFF]
    assert row.row.confirmed_at == NOW


def test_a_version_that_replaces_one_half_read_is_read_by_everybody_again(
    school_store: Store, people: People
) -> None:
    first = approved(school_store, people)
    acquaint(school_store, people.owner, first, now=NOW)
    starts = TODAY + timedelta(5)
    second = approved(school_store, people, number="2", newer_than=first, valid_from=starts)
    assert [waiting(school_store, user) for user in (people.owner, people.stranger)] == [[second], [second]]
    # The first is no longer asked for, but its sheet stays as it was, and it holds until the second begins.
    with pytest.raises(RuleRefused, match="новой редакцией"):
        acquaint(school_store, people.stranger, first, now=NOW)
    with pytest.raises(RuleRefused, match="новой редакцией"):
        note_on_paper(school_store, people.secretary, first, [STRANGER_STAFF], TODAY, now=NOW)
    assert acquaintance_sheet(school_store, people.head, first, today=TODAY).done == 1
    old = open_document(school_store, people.owner, first, today=TODAY).regulation
    assert (old.is_in_force(TODAY), old.is_in_force(starts), old.valid_until) == (
        True,
        False,
        starts - timedelta(1),
    )
    opened = open_document(school_store, people.owner, second, today=TODAY)
    assert (opened.regulation.version, [each.version for each in opened.versions]) == (2, [1])
    with pytest.raises(RuleRefused, match="из действующей"):
        save_draft(school_store, people.deputy, DRAFT, newer_than=first, now=NOW)


def test_a_signature_on_paper_says_who_entered_it(school_store: Store, people: People) -> None:
    document = approved(school_store, people)
    with pytest.raises(RuleRefused, match="ещё не был утверждён"):
        note_on_paper(
            school_store, people.secretary, document, [STRANGER_STAFF], TODAY - timedelta(1), now=NOW
        )
    assert note_on_paper(school_store, people.secretary, document, [STRANGER_STAFF], TODAY, now=NOW) == 1
    sheet = acquaintance_sheet(school_store, people.head, document, today=TODAY)
    (row,) = [each for each in sheet.rows if each.staff_id == STRANGER_STAFF]
    assert (row.noted_by, row.row.paper_by) == ("Секачёва М.", people.secretary.user_id)


def test_nobody_is_reminded_twice_a_day(school_store: Store, people: People) -> None:
    document = approved(school_store, people)
    acquaint(school_store, people.owner, document, now=NOW)
    assert reminded_documents(school_store, people.stranger, today=TODAY) == 0
    assert remind_readers(school_store, people.deputy, document, now=NOW) == 6
    assert reminded_documents(school_store, people.stranger, today=TODAY) == 1
    with pytest.raises(RuleRefused, match="Напоминать некому"):
        remind_readers(school_store, people.head, document, now=NOW)
    assert remind_readers(school_store, people.head, document, now=TOMORROW) == 6


def test_the_program_reminds_when_the_last_day_is_near(school_store: Store, people: People) -> None:
    document = approved(school_store, people, read_by=TODAY + timedelta(5))
    assert look_after_readers(school_store, now=NOW) == 0
    assert look_after_readers(school_store, now=NOW + timedelta(days=3)) == 7
    assert look_after_readers(school_store, now=NOW + timedelta(days=3)) == 0
    acquaint(school_store, people.stranger, document, now=NOW + timedelta(days=3))
    assert look_after_readers(school_store, now=NOW + timedelta(days=4)) == 6


def test_who_comes_later_reads_what_is_in_force_first(
    school_store: Store, people: People, change: Callable[[str], None]
) -> None:
    document = approved(school_store, people)
    change(
        f"INSERT INTO staff (staff_id, last_name, first_name, school_id) VALUES (48, 'Новая', 'Яна', {SCHOOL})"
    )
    assert look_after_readers(school_store, now=NOW) == 1
    newcomer = User(USER_IDS["owner"], "new", "", frozenset({Role.TEACHER}), 48)
    assert waiting(school_store, newcomer) == [document]
    assert meets_documents_first(school_store, newcomer, today=TODAY)
    assert not meets_documents_first(school_store, people.owner, today=TODAY)
    note_read(school_store, newcomer, document, now=NOW)
    assert not meets_documents_first(school_store, newcomer, today=TODAY)


def test_who_has_left_without_it_is_not_asked_any_more(
    school_store: Store, people: People, change: Callable[[str], None]
) -> None:
    document = approved(school_store, people)
    acquaint(school_store, people.owner, document, now=NOW)
    change(
        f"UPDATE staff SET dismissed_on = '2026-11-19' WHERE staff_id IN ({OWNER_STAFF}, {STRANGER_STAFF})"
    )
    sheet = acquaintance_sheet(school_store, people.deputy, document, today=TODAY)
    (listed,) = documents(school_store, people.deputy, today=TODAY)
    assert (sheet.done, len(sheet.rows)) == (listed.done, listed.total) == (1, 6)


def test_a_number_is_given_once_a_kind_and_year(school_store: Store, people: People) -> None:
    first = approved(school_store, people)
    with pytest.raises(RuleRefused, match="уже занят"):
        approved(school_store, people, title="О другом")
    approved(school_store, people, title="О другом", kind=RegulationKind.ORDER)
    approved(school_store, people, newer_than=first)


def test_the_next_number_follows_those_of_the_kind_and_year(school_store: Store, people: People) -> None:
    document = approved(school_store, people, kind=RegulationKind.ORDER)
    order = open_document(school_store, people.head, document, today=TODAY).regulation
    others = [
        replace(order, number="500", dated_on=TODAY.replace(year=TODAY.year - 1)),
        replace(order, number="900", kind=RegulationKind.STATUTE),
    ]
    for given, offered in (([], ""), (["7"], "8"), (["9", "10"], "11"), (["12-о"], ""), (["12-о", "3"], "4")):
        known = [*others, *(replace(order, number=each) for each in given)]
        assert next_number(order, known, TODAY.year) == offered, given


def test_a_list_by_name_is_read_by_its_people_and_who_keeps_sheets(
    school_store: Store, people: People
) -> None:
    act = approved(
        school_store,
        people,
        kind=RegulationKind.ACT,
        target=Target.STAFF,
        target_ids=(STRANGER_STAFF, DEPUTY_STAFF),
    )
    assert [waiting(school_store, user) for user in (people.stranger, people.owner)] == [[act], []]
    assert documents(school_store, people.owner, today=TODAY) == []
    with pytest.raises(AccessRefused, match="не для вас"):
        open_document(school_store, people.owner, act, today=TODAY)
    with pytest.raises(AccessRefused):
        acquaint(school_store, people.owner, act, now=NOW)


def test_a_file_is_kept_by_its_content_and_replaced(school_store: Store, people: People) -> None:
    pdf = replace(DRAFT, body="", file=("Положение.pdf", b"%PDF-1.7 one"))
    document = save_draft(school_store, people.deputy, pdf, now=NOW)
    with pytest.raises(RuleRefused, match="не принят"):
        save_draft(
            school_store,
            people.deputy,
            replace(pdf, file=("Положение.pdf", b"MZ")),
            regulation_id=document,
            now=NOW,
        )
    newer = replace(pdf, file=("Положение.pdf", b"%PDF-1.7 two"))
    save_draft(school_store, people.deputy, newer, regulation_id=document, now=NOW)
    assert read_document(school_store, people.head, document, today=TODAY).content == b"%PDF-1.7 two"
    assert len([*(school_store.path.parent / "files").glob("??/*")]) == 1
    with pytest.raises(AccessRefused):
        read_document(school_store, people.owner, document, today=TODAY)
    discard_draft(school_store, people.deputy, document, now=NOW)
    assert [*(school_store.path.parent / "files").glob("??/*")] == []


def test_families_read_what_is_in_force_and_shown_to_them(school_store: Store, people: People) -> None:
    shown = approved(school_store, people, is_for_families=True)
    approved(school_store, people, number="2", title="Для работников")
    approved(
        school_store,
        people,
        number="3",
        title="Будущее",
        is_for_families=True,
        valid_from=TODAY + timedelta(1),
    )
    found = family_documents(school_store, people.guardian, today=TODAY)
    assert [each.regulation_id for each in found] == [shown]
    repeal_document(school_store, people.head, shown, now=NOW)
    assert family_documents(school_store, people.pupil, today=TODAY) == []
    with pytest.raises(AccessRefused):
        open_document(school_store, people.guardian, shown, today=TODAY)
    assert CHILD in people.guardian.pupil_ids


def test_the_agreement_is_the_heads(school_store: Store, people: People) -> None:
    document = approved(school_store, people)
    save_agreement(school_store, people.head, " Соглашение № 4  от 01.09.2026 ", now=NOW)
    sheet = acquaintance_sheet(school_store, people.secretary, document, today=TODAY)
    assert sheet.agreement == "Соглашение № 4 от 01.09.2026"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"title": " "}, "Заголовок"),
        ({"valid_from": TODAY, "valid_until": TODAY - timedelta(1)}, "раньше первого"),
        ({"target": Target.STAFF}, "кому"),
        ({"body": ""}, "ни текста, ни файла"),
        ({"read_by": TODAY - timedelta(1)}, "Срок ознакомления"),
        ({"valid_from": TODAY - timedelta(9), "valid_until": TODAY - timedelta(1)}, "Срок действия"),
    ],
)
def test_what_says_too_little_or_is_over_is_refused(
    school_store: Store, people: People, changed: dict[str, object], words: str
) -> None:
    with pytest.raises(RuleRefused, match=words):
        approved(school_store, people, **changed)
    assert documents(school_store, people.deputy, today=TODAY) == []


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ("Один\n\nДва", ["Один", "Два"]),
        ("a | b\n1 | 2\nконец", [[("a", "b"), ("1", "2")], "конец"]),
        ("| a | b |\n1\n2 | 3 | 4", [[("a", "b")], "1", [("2", "3", "4")]]),
        ("a | b\n1 | 2 | 3\n4 |", [[("a", "b"), ("1", "2 3"), ("4", "")]]),
    ],
)
def test_a_text_is_paragraphs_and_tables(body: str, parts: list[object]) -> None:
    assert [*body_parts(body)] == parts


def test_a_version_ends_the_day_before_the_next_or_earlier(school_store: Store, people: People) -> None:
    document = approved(school_store, people)
    old = open_document(school_store, people.owner, document, today=TODAY).regulation
    assert last_day_of_replaced(old, TODAY) == TODAY - timedelta(1)
    assert last_day_of_replaced(replace(old, valid_until=date(2026, 1, 1)), TODAY) == date(2026, 1, 1)
