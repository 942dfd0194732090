"""Names of staff, pupils and guardians as queries write them.

Each function returns SQL for a table by its name in the query; what it yields is what the property of ``PersonName``
yields: a part that is not known is left out. Where a join found nobody it is an empty text.
"""

from school.store.reading import Reader


def full_name(alias: str) -> str:
    """Return SQL for «Иванов Пётр Сергеевич»."""
    return (
        f"concat_ws(' ', {alias}.last_name, nullif({alias}.first_name, ''), nullif({alias}.middle_name, ''))"
    )


def short_name(alias: str) -> str:
    """Return SQL for «Иванов Пётр»."""
    return f"concat_ws(' ', {alias}.last_name, nullif({alias}.first_name, ''))"


def surname_and_initials(alias: str) -> str:
    """Return SQL for «Иванов П. С.»."""
    first, middle = (f"nullif(left({alias}.{name}, 1), '') || '.'" for name in ("first_name", "middle_name"))
    return f"concat_ws(' ', {alias}.last_name, {first}, {middle})"


def name_parts(alias: str) -> str:
    """Return SQL for the columns of a ``PersonName``."""
    return f"{alias}.last_name AS last, {alias}.first_name AS first, {alias}.middle_name AS middle"


def last_name_key(column: str) -> str:
    """Return SQL for what two spellings of one last name have in common: its letters, the look-alikes as one."""
    letters = rf"regexp_replace({column}, '\(.*?(\)|$)|[^\pL]', '', 'g')"
    return f"translate(upper({letters}), 'ABCEHKMOPTXYЁ', 'АВСЕНКМОРТХУЕ')"


def staff_initials(reader: Reader) -> dict[int, str]:
    """Return the surname with initials of all staff by id, in alphabetical order."""
    query = f"""SELECT staff_id, {surname_and_initials("staff")} FROM staff
        ORDER BY last_name COLLATE ru, first_name COLLATE ru, staff_id"""
    return dict(reader.read(query))
