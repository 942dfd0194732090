"""Questions to the actions and lookups of the route for «Моя школа»."""

from asking import Question, was_done
from small_school import NOW, STRANGE_CHILD, people_of

from school.my_school import actions, lookups
from school.records import User
from school.store.connection import Store

KEEPERS, MOVERS = {"admin"}, {"admin", "secretary"}


def _close(store: Store, user: User) -> None:
    made = actions.make_client(store, people_of(store).admin, "Система", now=NOW)
    actions.close_client(store, user, made.client_id, now=NOW)


QUESTIONS: dict[str, Question] = {
    "my_school.actions.turn_route": Question(
        lambda store, user: actions.turn_route(store, user, is_on=True, now=NOW), KEEPERS, was_done
    ),
    "my_school.actions.make_client": Question(
        lambda store, user: actions.make_client(store, user, "Система", now=NOW), KEEPERS, was_done
    ),
    "my_school.actions.close_client": Question(_close, KEEPERS, was_done),
    "my_school.actions.write_esia_id": Question(
        lambda store, user: actions.write_esia_id(store, user, STRANGE_CHILD, "1000", now=NOW),
        MOVERS,
        was_done,
    ),
    "my_school.lookups.route_state": Question(lookups.route_state, KEEPERS, was_done),
    "my_school.lookups.esia_id_on_card": Question(
        lambda store, user: lookups.esia_id_on_card(store, user, STRANGE_CHILD), MOVERS, was_done
    ),
}
