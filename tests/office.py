"""What tests of people and codes share: a quick hasher, a third class, a way in by a code."""

from datetime import date, datetime

import bcrypt
from small_school import CLASS_7A, NOW, SCHOOL

from school.invitations.actions import Acceptance, accept_code
from school.store.connection import Store, Transaction
from school.store.events import Event

HERE = "10.0.0.1"
TODAY = NOW.date()
CLASS_7B, FRENCH, GROUP_1, GROUP_2 = 401, 402, 403, 404
MOVED_ON = date(2026, 11, 19)
NEW_PASSWORD = "вечерний поезд"


class QuickHasher:
    """bcrypt at its cheapest."""

    def hash(self, password: str) -> str:
        return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()

    def check_pw(self, password: str, hashed_password: str) -> bool:
        return bcrypt.checkpw(password.encode(), hashed_password.encode())


HASHER = QuickHasher()


def accept(
    store: Store, code: str, login: str = "new.login", password: str = NEW_PASSWORD, *, at: datetime = NOW
) -> str:
    """Use a code and return the secret of the session."""
    form = Acceptance(code, login, password, password)
    return accept_code(store, form, address=HERE, now=at, hasher=HASHER).secret


def change(store: Store, sql: str) -> None:
    """Change the store behind the actions' back."""

    def work(transaction: Transaction) -> None:
        transaction.change(sql)
        transaction.record(Event(NOW, None, "school"))

    store.write(work)


def add_second_class(store: Store) -> None:
    """Add 7Б and two subgroups of French in 7А."""
    change(
        store,
        f"""INSERT INTO classes (class_id, school_id, school_year, name, grade_level, term_kind)
                VALUES ({CLASS_7B}, {SCHOOL}, 2026, '7Б', 7, 'quarter');
            INSERT INTO class_terms SELECT {CLASS_7B}, term_id FROM terms;
            INSERT INTO subjects (subject_id, school_id, name) VALUES ({FRENCH}, {SCHOOL}, 'Французский язык');
            INSERT INTO subgroups VALUES ({GROUP_1}, {CLASS_7A}, {FRENCH}, 'группа 1'),
                ({GROUP_2}, {CLASS_7A}, {FRENCH}, 'группа 2')""",
    )


def events_of(store: Store, kind: str) -> list[tuple[str | None, str | None, str]]:
    """Return the events of a kind: old value, new value, reason."""
    rows = store.read(
        "SELECT old_value, new_value, reason FROM events WHERE kind = $kind ORDER BY event_id", {"kind": kind}
    )
    return [(old, new, reason) for old, new, reason in rows]
