"""What a measure's query says depends on its key alone, whichever school is asked: a process of tests writes each once."""

import re
from typing import Any

from school.analytics.lookups.readers import FigureReader, MeasureQuery

# By the key of a query: its text. Empty it before looking at how texts are written.
TEXTS: dict[Any, str] = {}
_KEPT = re.compile(r"\bkept\"?\.\"?(\w+)")


def share_measure_texts() -> None:
    """Give a query the text written for another school, where the tables it reads are kept here already."""
    look_up, write = MeasureQuery.__init__, MeasureQuery.write

    def looked_up(query: MeasureQuery, reader: FigureReader, name: str, *arguments: Any) -> None:
        look_up(query, reader, name, *arguments)
        text = TEXTS.get(query._key)
        if text and not query.is_written and all(map(query._store.has_kept, _KEPT.findall(text))):
            query._entry.set(text, True)

    def written(query: MeasureQuery, relation: Any) -> None:
        write(query, relation)
        TEXTS[query._key] = query._entry.answer

    MeasureQuery.__init__, MeasureQuery.write = looked_up, written
