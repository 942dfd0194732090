"""Questions about documents of the school and measures: the deputy prepares, the head approves, nobody else sees a measure."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from asking import CONTROLLERS, NOBODY, TODAY, Question, past_the_door, was_done
from small_school import NOW, STRANGER_STAFF, USER_IDS

from school.audiences.rules import Target
from school.discipline import actions as measuring
from school.discipline import lookups as measures
from school.discipline.records import Asked, MeasureDraft, MeasureKind
from school.records import User
from school.regulations import actions, lookups
from school.regulations.records import RegulationDraft, RegulationKind
from school.regulations.rules.orders import OrderTemplate
from school.sign_in.store.users import users_by_id
from school.store.connection import Store

DRAFTERS, HEAD = {"head", "deputy"}, {"head"}
FOLLOWERS = DRAFTERS | {"secretary"}
STAFF = CONTROLLERS | {"owner", "stranger", "homeroom", "leader", "secretary"}
# What is shown to families is no pupil's: whoever reads a diary reads it.
DIARY_READERS = DRAFTERS | {"leader", "homeroom", "guardian", "pupil"}
# The document is for the teacher of 8Б by name, and names the class.
DRAFT = RegulationDraft(
    RegulationKind.ACT, "О журнале 8Б", Target.STAFF, (STRANGER_STAFF,), number="1", body="8Б"
)
DEED = MeasureDraft(STRANGER_STAFF, "Не заполнен журнал 8Б", TODAY, TODAY)
REQUEST = lookups.OrderRequest(OrderTemplate.HOMEROOMS)


def _head(store: Store) -> User:
    return users_by_id(store, [USER_IDS["head"]])[USER_IDS["head"]]


def _drafted(store: Store) -> int:
    return actions.save_draft(store, _head(store), DRAFT, now=NOW)


def _submitted(store: Store) -> int:
    document = _drafted(store)
    actions.submit_draft(store, _head(store), document, now=NOW)
    return document


def _approved(store: Store) -> int:
    document, known = _submitted(store), store.read("SELECT count(*) FROM regulations")[0][0]
    actions.approve_document(store, _head(store), document, f"{known}", TODAY, now=NOW)
    return document


def _reminded(store: Store) -> int:
    document = _approved(store)
    actions.remind_readers(store, _head(store), document, now=NOW)
    return document


def _read_file(store: Store, user: User) -> object:
    draft = replace(DRAFT, file=("8Б.pdf", b"%PDF-1.4 8"), body="")
    document = actions.save_draft(store, _head(store), draft, now=NOW)
    return lookups.read_document(store, user, document, today=TODAY)


def _recorded(store: Store) -> int:
    measure = measuring.record_measure(store, _head(store), DEED, now=NOW)
    measuring.change_measure(store, _head(store), measure, Asked(TODAY), now=NOW)
    return measure


def _after(make: Callable[[Store], int], ask: Callable[..., Any]) -> Callable[[Store, User], Any]:
    """Return a question that is asked about what ``make`` leaves in the store."""
    return lambda store, user: ask(store, user, make(store))


def _acts(work: Callable[..., Any], *rest: Any) -> Callable[[Store, User, int], Any]:
    return lambda store, user, document: past_the_door(work, document, *rest)(store, user)


QUESTIONS: dict[str, Question] = {
    "regulations.actions.save_draft": Question(past_the_door(actions.save_draft, DRAFT), DRAFTERS, was_done),
    "regulations.actions.submit_draft": Question(
        _after(_drafted, _acts(actions.submit_draft)), DRAFTERS, was_done
    ),
    "regulations.actions.return_draft": Question(
        _after(_submitted, _acts(actions.return_draft, "нет срока")), DRAFTERS, was_done
    ),
    "regulations.actions.discard_draft": Question(
        _after(_drafted, _acts(actions.discard_draft)), DRAFTERS, was_done
    ),
    "regulations.actions.approve_document": Question(
        _after(_submitted, _acts(actions.approve_document, "77", TODAY)), HEAD, was_done
    ),
    "regulations.actions.repeal_document": Question(
        _after(_approved, _acts(actions.repeal_document)), HEAD, was_done
    ),
    "regulations.actions.note_read": Question(_after(_approved, _acts(actions.note_read)), STAFF, was_done),
    "regulations.actions.acquaint": Question(
        _after(_approved, _acts(actions.acquaint)), {"stranger"}, was_done
    ),
    "regulations.actions.note_on_paper": Question(
        _after(_approved, _acts(actions.note_on_paper, [STRANGER_STAFF], TODAY)), FOLLOWERS, was_done
    ),
    "regulations.actions.remind_readers": Question(
        _after(_approved, _acts(actions.remind_readers)), FOLLOWERS, was_done
    ),
    "regulations.actions.save_agreement": Question(
        past_the_door(actions.save_agreement, "приказ № 3"), HEAD, was_done
    ),
    "regulations.lookups.waiting_to_read": Question(
        _after(_approved, lambda store, user, _: lookups.waiting_to_read(store, user, today=TODAY)),
        {"stranger"},
    ),
    "regulations.lookups.meets_documents_first": Question(
        # What was in force before somebody came; here nobody has come since.
        _after(_approved, lambda store, user, _: lookups.meets_documents_first(store, user, today=TODAY)),
        NOBODY,
        bool,
    ),
    "regulations.lookups.reminded_documents": Question(
        _after(_reminded, lambda store, user, _: lookups.reminded_documents(store, user, today=TODAY)),
        {"stranger"},
        bool,
    ),
    "regulations.lookups.waiting_for_head": Question(
        _after(_submitted, lambda store, user, _: lookups.waiting_for_head(store, user, today=TODAY)), HEAD
    ),
    "regulations.lookups.documents": Question(
        _after(_approved, lambda store, user, _: lookups.documents(store, user, today=TODAY)),
        FOLLOWERS | {"stranger"},
    ),
    "regulations.lookups.drafts": Question(
        _after(_drafted, lambda store, user, _: lookups.drafts(store, user)), DRAFTERS
    ),
    "regulations.lookups.open_document": Question(
        _after(_approved, lambda store, user, key: lookups.open_document(store, user, key, today=TODAY)),
        FOLLOWERS | {"stranger"},
    ),
    "regulations.lookups.read_document": Question(_read_file, DRAFTERS),
    "regulations.lookups.acquaintance_sheet": Question(
        _after(_approved, lambda store, user, key: lookups.acquaintance_sheet(store, user, key, today=TODAY)),
        FOLLOWERS,
    ),
    "regulations.lookups.family_documents": Question(
        lambda store, user: ("8Б", lookups.family_documents(store, user, today=TODAY)), DIARY_READERS
    ),
    "regulations.lookups.order_subjects": Question(
        _after(_drafted, lambda store, user, _: lookups.order_subjects(store, user, OrderTemplate.STATUTE)),
        DRAFTERS,
    ),
    "regulations.lookups.order_words": Question(
        lambda store, user: lookups.order_words(store, user, REQUEST, today=TODAY), DRAFTERS
    ),
    "regulations.lookups.issuer_words": Question(lookups.issuer_words, STAFF | {"guardian", "pupil"}, bool),
    "discipline.actions.record_measure": Question(
        past_the_door(measuring.record_measure, DEED), HEAD, was_done
    ),
    "discipline.actions.change_measure": Question(
        _after(_recorded, _acts(measuring.change_measure, Asked(TODAY))), HEAD, was_done
    ),
    "discipline.lookups.measures": Question(
        _after(_recorded, lambda store, user, _: measures.measures(store, user, today=TODAY)), HEAD
    ),
    "discipline.lookups.own_measures": Question(
        _after(_recorded, lambda store, user, _: measures.own_measures(store, user, today=TODAY)),
        {"stranger"},
    ),
    "discipline.lookups.next_steps": Question(
        _after(_recorded, lambda store, user, _: measures.next_steps(store, user, today=TODAY)), HEAD, bool
    ),
    "discipline.lookups.employees": Question(
        lambda store, user: measures.employees(store, user, today=TODAY), HEAD
    ),
    "discipline.lookups.found_about": Question(
        lambda store, user: ("8Б", measures.found_about(store, user, STRANGER_STAFF)), HEAD
    ),
    "discipline.lookups.request_paper": Question(
        _after(
            _recorded,
            lambda store, user, key: measures.request_paper(store, user, key, "Дорохов", today=TODAY),
        ),
        HEAD,
    ),
    "discipline.lookups.refusal_paper": Question(
        _after(_recorded, lambda store, user, key: measures.refusal_paper(store, user, key, "Дорохов")), HEAD
    ),
    "discipline.lookups.order_draft": Question(
        _after(
            _recorded, lambda store, user, key: measures.order_draft(store, user, key, MeasureKind.CAUTION)
        ),
        HEAD,
    ),
}
