"""What an update refuses, as tables."""

import pytest

from school.errors import RuleRefused
from school.update.rules import Migrations, check_not_newer, check_space, lost_rows, megabytes, space_needed

MB = 1024**2


@pytest.mark.parametrize(
    ("known", "applied", "pending", "is_newer"),
    [
        (("0001", "0002"), ("0001",), ("0002",), False),
        (("0001", "0002"), ("0001", "0002"), (), False),
        (("0001",), ("0001", "0002"), (), True),
        (("0001", "0003"), ("0001", "0002"), ("0003",), True),
    ],
)
def test_a_newer_database_is_refused_and_an_older_one_brought_up(
    known: tuple[str, ...], applied: tuple[str, ...], pending: tuple[str, ...], is_newer: bool
) -> None:
    migrations = Migrations(known, applied)
    assert migrations.pending == pending
    if not is_newer:
        check_not_newer(migrations)
        return
    with pytest.raises(RuleRefused, match=r"База новее.*Школа не тронута"):
        check_not_newer(migrations)


@pytest.mark.parametrize(
    ("free", "size", "is_enough"),
    [(64 * MB, MB, True), (63 * MB, MB, False), (299 * MB, 100 * MB, False), (300 * MB, 100 * MB, True)],
)
def test_an_update_needs_room_for_three_databases(free: int, size: int, is_enough: bool) -> None:
    assert (free >= space_needed(size)) == is_enough
    if is_enough:
        check_space(free, size)
        return
    with pytest.raises(RuleRefused, match=rf"свободно {free // MB} МБ, нужно"):
        check_space(free, size)


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        ({"marks": 5}, {"marks": 5}, {}),
        ({"marks": 5}, {"marks": 9, "new": 0}, {}),
        ({"marks": 5}, {"marks": 3}, {"marks": 2}),
        ({"marks": 5, "receipts": 9}, {"marks": 5}, {}),
    ],
)
def test_a_table_may_go_but_not_shrink(
    before: dict[str, int], after: dict[str, int], lost: dict[str, int]
) -> None:
    assert lost_rows(before, after) == lost


def test_room_is_said_in_whole_megabytes() -> None:
    assert [megabytes(each) for each in (0, 1, MB, 1500 * MB)] == ["0 МБ", "1 МБ", "1 МБ", "1\u202f500 МБ"]
