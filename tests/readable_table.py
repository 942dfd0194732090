"""Tables that a test writes as people write them: names across, names down, a sign in each cell."""


def read_table(text: str) -> dict[tuple[str, str], str]:
    """Return the cell of each row and column of a table written with blanks between its columns."""
    lines = [line.split() for line in text.strip().splitlines()]
    columns, rows = lines[0], lines[1:]
    assert all(len(row) == len(columns) + 1 for row in rows), "every row has a cell for every column"
    return {(row[0], column): cell for row in rows for column, cell in zip(columns, row[1:], strict=True)}
