"""A family with two guardians."""

from collections.abc import Callable

import pytest
from announced import FATHER, FATHER_USER
from small_school import CHILD, STRANGE_CHILD

from school.records import User
from school.sign_in.store.users import users_by_id
from school.store.connection import Store


@pytest.fixture
def father(school_store: Store, change: Callable[[str], None]) -> User:
    """The child's other guardian, who follows a pupil of 8Б too."""
    change(
        f"INSERT INTO guardians (guardian_id, last_name, first_name) VALUES ({FATHER}, 'Алёшин', 'Андрей')"
    )
    change(
        f"INSERT INTO guardian_pupils (guardian_id, pupil_id) VALUES ({FATHER}, {CHILD}), ({FATHER}, {STRANGE_CHILD})"
    )
    change(
        f"""INSERT INTO users SELECT {FATHER_USER}, 'father.7', password_hash, NULL, {FATHER}, NULL, NULL
        FROM users WHERE login = 'guardian.7'"""
    )
    change(f"INSERT INTO user_roles VALUES ({FATHER_USER}, 'guardian')")
    return users_by_id(school_store, [FATHER_USER])[FATHER_USER]
