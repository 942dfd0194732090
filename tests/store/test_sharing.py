"""What is read ahead says what it said, in fewer objects."""

from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from school.store.connection import Store
from school.store.memory.sharing import shared, sharing_values

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2),
    st.sampled_from([0.0, -0.0, 1.0, 2.0]),
    st.text("01", max_size=2),
    st.just(date(2026, 9, 1)),
    st.just(datetime(2026, 9, 1)),
    st.lists(st.integers(0, 1), max_size=2),
)


@given(st.lists(st.tuples(VALUES, VALUES), max_size=30))
def test_every_value_keeps_its_type_and_its_look(rows: list[tuple[object, object]]) -> None:
    """1, True and 1.0 are equal and not the same; -0.0 is printed otherwise than 0.0."""
    with sharing_values():
        assert repr(shared(list(rows))) == repr(rows)


def test_equal_numbers_and_moments_of_several_questions_are_one_object(school_store: Store) -> None:
    sql = "SELECT lesson_id + 100000, recorded_at FROM marks WHERE recorded_at IS NOT NULL ORDER BY ALL"
    with sharing_values():
        first, second = school_store.read(sql), school_store.read(sql)
        assert first
        assert all(
            a is b for one, other in zip(first, second, strict=True) for a, b in zip(one, other, strict=True)
        )
    assert school_store.read(sql)[0][0] is not first[0][0]
