"""Questions about 8Б to the actions and lookups of terms."""

from asking import REGISTER_8B, TEACHER, Question, passed, was_done
from small_school import NOW, QUARTER_1

from school.terms import actions as terms
from school.terms import lookups as term_lookups

QUESTIONS: dict[str, Question] = {
    "terms.actions.ask_correction": Question(
        lambda store, user: passed(
            lambda: terms.ask_correction(store, user, REGISTER_8B, QUARTER_1, "описка", now=NOW)
        ),
        TEACHER,
        was_done,
    ),
    "terms.actions.grant_correction": Question(
        lambda store, user: passed(lambda: terms.grant_correction(store, user, 0, 3, now=NOW)),
        {"deputy"},
        was_done,
    ),
    "terms.actions.decline_correction": Question(
        lambda store, user: passed(lambda: terms.decline_correction(store, user, 0, "поздно", now=NOW)),
        {"deputy"},
        was_done,
    ),
    "terms.actions.close_term": Question(
        lambda store, user: passed(lambda: terms.close_term(store, user, 2026, "quarter", 2, now=NOW)),
        {"deputy"},
        was_done,
    ),
    "terms.actions.reopen_term": Question(
        lambda store, user: passed(
            lambda: terms.reopen_term(store, user, 2026, "quarter", 2, "ошибка", now=NOW)
        ),
        {"deputy"},
        was_done,
    ),
    "terms.lookups.known_terms": Question(term_lookups.known_terms, {"head", "deputy"}, bool),
    "terms.lookups.term_lines": Question(
        lambda store, user: term_lookups.term_lines(store, user, (2026, "quarter", 2)), {"head", "deputy"}
    ),
    "terms.lookups.correction_requests": Question(
        lambda store, user: term_lookups.correction_requests(store, user, 2026), {"head", "deputy"}, was_done
    ),
}
