"""The way of a document on paper (п. 6.6): each step after the other, several documents at once, mistakes taken back."""

from datetime import date, datetime

import pytest
from closed_year import JUNE
from small_school import CLASS_7A, CLASS_8B, NAMES, People

from school.archive.actions import ask_archive, keep_package, take_step, take_step_back
from school.archive.lookups import ArchivedDocument, archive_page, expired_documents, waiting_papers
from school.archive.records import MadePackage, PackedDocument, PaperState
from school.archive.rules.paper_states import Step, check_step, state_before, state_on
from school.errors import AccessRefused, RuleRefused
from school.store.connection import Store

TODAY, LAST_DAY = JUNE.date(), date(2032, 12, 31)
AFTER = datetime(2033, 1, 1, 9)
FORMED, PRINTED, SIGNED, STORED, EXPIRED, DESTROYED = PaperState
SHELF = Step(STORED, place="шкаф 2")
ACT = Step(DESTROYED, act_number="5", act_day=date(2033, 1, 1))


@pytest.mark.parametrize(
    ("step", "states", "refusal"),
    [
        (Step(PRINTED), [FORMED, FORMED], None),
        (Step(PRINTED), [FORMED, PRINTED], "можно только у документов"),
        (Step(PRINTED), [], "не отмечен"),
        (Step(PRINTED, sheets=0), [FORMED], "листов"),
        (Step(PRINTED, sheets=48), [FORMED], None),
        (Step(PRINTED, sheets=48), [FORMED, FORMED], "своё число листов"),
        (Step(SIGNED), [PRINTED], None),
        (Step(SIGNED), [FORMED], "«распечатан»"),
        (SHELF, [SIGNED], None),
        (Step(STORED, place=" "), [SIGNED], "Не сказано, где"),
        (Step(STORED, place="п" * 121), [SIGNED], "больше 120"),
        (SHELF, [PRINTED], "«подписан и прошит»"),
        (ACT, [EXPIRED], None),
        (ACT, [STORED], "«срок истёк»"),
        (Step(DESTROYED, act_number="5"), [EXPIRED], "только по акту"),
        (Step(DESTROYED, act_day=LAST_DAY), [EXPIRED], "только по акту"),
        (Step(DESTROYED, act_number="5", act_day=date(2033, 1, 2)), [EXPIRED], "не наступила"),
        (Step(EXPIRED), [STORED], "можно только"),
        (Step(FORMED), [PRINTED], "можно только"),
    ],
)
def test_a_step_follows_the_state_and_says_what_it_must(
    step: Step, states: list[PaperState], refusal: str | None
) -> None:
    if refusal is None:
        check_step(step, states, AFTER.date())
        return
    with pytest.raises(RuleRefused, match=refusal):
        check_step(step, states, AFTER.date())


@pytest.mark.parametrize(
    ("state", "today", "shown"),
    [
        (STORED, LAST_DAY, STORED),
        (STORED, AFTER.date(), EXPIRED),
        (SIGNED, AFTER.date(), SIGNED),
        (DESTROYED, AFTER.date(), DESTROYED),
    ],
)
def test_only_stored_paper_comes_to_its_term(state: PaperState, today: date, shown: PaperState) -> None:
    assert state_on(state, LAST_DAY, today) is shown


@pytest.mark.parametrize(
    ("state", "before"),
    [(PRINTED, FORMED), (SIGNED, PRINTED), (STORED, SIGNED), (FORMED, None), (DESTROYED, None)],
)
def test_a_step_by_mistake_is_taken_back_but_not_a_destruction(
    state: PaperState, before: PaperState | None
) -> None:
    if before is None:
        with pytest.raises(RuleRefused, match="не отменяют"):
            state_before(state)
    else:
        assert state_before(state) is before


@pytest.fixture
def documents(closed_store: Store, people: People) -> list[int]:
    """The ids of two registers of a made package."""
    archive_id = ask_archive(closed_store, people.secretary, 2026, now=JUNE)
    packed = tuple(
        PackedDocument(
            "class_register", class_id, name, f"Классный журнал {name}", f"{name}/a.pdf", 3, LAST_DAY, "ab"
        )
        for class_id, name in ((CLASS_7A, "7А"), (CLASS_8B, "8Б"))
    )
    keep_package(closed_store, archive_id, MadePackage("archive-2026-1.zip", "ab", 10, packed), now=JUNE)
    return [each.document_id for each in _documents(closed_store, people)]


def _documents(store: Store, people: People, today: date = TODAY) -> list[ArchivedDocument]:
    return list(archive_page(store, people.head, 2026, today=today).documents)


def test_two_documents_go_the_whole_way(closed_store: Store, people: People, documents: list[int]) -> None:
    assert waiting_papers(closed_store, people.head, today=TODAY) == 2
    take_step(closed_store, people.secretary, documents, Step(PRINTED), now=JUNE)
    assert [each.step for each in _documents(closed_store, people)] == ["10.06.2027 Секачёва М., 2 л."] * 2
    take_step(closed_store, people.secretary, documents, Step(SIGNED), now=JUNE)
    assert waiting_papers(closed_store, people.head, today=TODAY) == 0
    take_step(closed_store, people.secretary, documents, SHELF, now=JUNE)
    assert [each.step for each in _documents(closed_store, people)] == ["10.06.2027 Секачёва М., шкаф 2"] * 2
    assert expired_documents(closed_store, people.head, today=LAST_DAY) == []
    found = expired_documents(closed_store, people.head, today=AFTER.date())
    assert [(year, each.document_id, each.state) for year, each in found] == [
        ("2026/27", document, EXPIRED) for document in documents
    ]
    with pytest.raises(RuleRefused, match="«срок истёк»"):
        take_step(closed_store, people.secretary, documents[:1], ACT, now=JUNE.replace(year=2030))
    take_step(closed_store, people.secretary, documents[:1], ACT, now=AFTER)
    assert [each.state for each in _documents(closed_store, people, AFTER.date())] == [DESTROYED, EXPIRED]
    words = closed_store.read("SELECT new_value FROM events WHERE kind = 'archive_paper' ORDER BY event_id")
    assert words[-1] == ("Классный журнал 7А: уничтожен по акту, акт № 5 от 01.01.2033",)


def test_a_mistake_is_taken_back_and_both_stay_in_the_journal(
    closed_store: Store, people: People, documents: list[int]
) -> None:
    take_step(closed_store, people.secretary, documents[:1], Step(PRINTED, sheets=7), now=JUNE)
    take_step_back(closed_store, people.secretary, documents[:1], now=JUNE)
    assert [each.state for each in _documents(closed_store, people)] == [FORMED, FORMED]
    states = closed_store.read("SELECT state, sheets, words FROM archive_steps ORDER BY rowid")
    assert states == [("printed", 7, ""), ("formed", None, "шаг отменён")]
    with pytest.raises(RuleRefused, match="не отменяют"):
        take_step_back(closed_store, people.secretary, documents[:1], now=JUNE)


def test_nobody_but_the_secretary_moves_paper(
    closed_store: Store, people: People, documents: list[int]
) -> None:
    for name in set(NAMES) - {"secretary"}:
        with pytest.raises(AccessRefused):
            take_step(closed_store, getattr(people, name), documents, Step(PRINTED), now=JUNE)
        with pytest.raises(AccessRefused):
            take_step_back(closed_store, getattr(people, name), documents, now=JUNE)
    with pytest.raises(RuleRefused, match="не отмечен"):
        take_step(closed_store, people.secretary, [*documents, 999999], Step(PRINTED), now=JUNE)
