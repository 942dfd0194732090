"""How an extract's texts are read as ids and moments: SQL that DuckDB and Spark share, for every reader of extracts."""

# Blanks of every width, and signs of no width at all, which stand between nothing.
_BLANKS, _NO_WIDTH = "\u00a0\u2007\u2009\u202f\t\r\n", "\u200b\u200c\u200d\u2060\ufeff"
# What programs write in the place of what is not there: pandas, R, databases, Excel in English and in Russian.
NOTHING = ("nan", "<na>", "nat", "none", "null", "\\n", "#n/a", "#н/д")
_NO_ID = ("", *NOTHING, "n/a", "-", "–", "—")


def id_text(given: str) -> str:
    """Return SQL that reads an id from text, NULL where there is none.

    Blanks around it are nothing, and blanks inside it are one. «103.0» and «103,0» are 103: a table program made whole
    numbers with a gap among them real ones.
    """
    return id_of_even(even_text(given))


def even_text(given: str) -> str:
    """Return SQL of a text with no blanks around it, and one where there are several inside."""
    even = f"translate({given}, '{_BLANKS}{_NO_WIDTH}', '{' ' * len(_BLANKS)}')"
    return f"trim(replace(replace({even}, '  ', ' '), '  ', ' '))"


def id_of_even(one: str) -> str:
    """Return SQL that reads an id from what ``even_text`` gives, which it names several times."""
    point = f"replace({one}, ',', '.')"
    is_real = f"{point} LIKE '%_.0%' AND replace(split_part({point}, '.', 2), '0', '') = '' AND try_cast({point} AS DOUBLE) IS NOT NULL"
    nothing = ", ".join(f"'{word}'" for word in _NO_ID)
    return f"CASE WHEN lower({one}) IN ({nothing}) THEN NULL WHEN {is_real} THEN split_part({point}, '.', 1) ELSE {one} END"


def whole_text(number: str) -> str:
    """Return SQL that writes a real number as text, a whole one without a point: 103.0 is «103»."""
    is_whole = f"{number} = floor({number}) AND abs({number}) < 9007199254740992"
    return f"CASE WHEN {is_whole} THEN cast(cast({number} AS BIGINT) AS STRING) ELSE cast({number} AS STRING) END"


def has_offset(text: str) -> str:
    """Return SQL that tells whether a date and time as text names its zone: «Z», «+03:00», «-05»."""
    clock = f"substring(trim({text}), 12)"
    return f"(lower({clock}) LIKE '%z' OR {clock} LIKE '%+%' OR {clock} LIKE '%-%')"
