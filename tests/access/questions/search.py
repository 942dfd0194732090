"""Questions about 8Б to the search."""

from asking import NOBODY, TODAY, Question

from school.search import lookups as search
from school.search.rules import query_of

QUESTIONS = {
    "search.lookups.find_registers": Question(
        lambda store, user: search.find_registers(store, user, query_of("8б мат"), today=TODAY, limit=6),
        {"stranger", "leader", "head", "deputy", "admin"},
    ),
    "search.lookups.find_classes": Question(
        lambda store, user: search.find_classes(store, user, query_of("8б"), today=TODAY, limit=6),
        {"stranger", "leader", "head", "deputy", "admin", "secretary"},
    ),
    "search.lookups.find_teachers": Question(
        lambda store, user: search.find_teachers(store, user, query_of("стрельцов"), today=TODAY, limit=6),
        {"head", "deputy", "admin"},
    ),
    "search.lookups.find_pupils": Question(
        lambda store, user: search.find_pupils(store, user, query_of("яковлев"), today=TODAY, limit=6),
        {"stranger", "leader", "head", "deputy", "admin", "secretary"},
    ),
    # One's own places, whoever asks.
    "search.lookups.last_places": Question(search.last_places, NOBODY),
}
