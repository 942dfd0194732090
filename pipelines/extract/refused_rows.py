"""The bad rows of an extract as people look for them: table, file, line and reason."""

from collections.abc import Iterable, Iterator
from urllib.parse import urlparse
from urllib.request import url2pathname

import narwhals as nw
import pandas as pd

from pipelines.extract.sound_rows import REASON
from pipelines.extract.sources import ExtractSource
from pipelines.extract.tables import ExtractTables
from pipelines.extract.typed_columns import FILE

SHOWN_LINES = 3
COLUMNS = ["table", "file", "line", "reason"]


def refused_rows(tables: ExtractTables, source: ExtractSource, names: Iterable[str]) -> pd.DataFrame:
    """Return the bad rows of these tables, COLUMNS; a line of CSV counts the header as 1, a row of Parquet from 1."""
    found = [
        rows.with_columns(table=nw.lit(name)) for name in names if (rows := tables.refused(name)) is not None
    ]
    if not found:
        return pd.DataFrame(columns=COLUMNS)
    # All tables at once: on a cluster every question has its price.
    refused: pd.DataFrame = (
        nw.concat(found).collect(backend="pandas").to_native().rename(columns={REASON: "reason"})
    )
    shown = _shown_names(source)
    refused["file"] = [shown.get(_path(url), url) for url in refused[FILE]]
    return refused[COLUMNS].sort_values(["table", "file", "line"], ignore_index=True)


def refused_lines(refused: pd.DataFrame) -> Iterator[str]:
    """Yield a sentence for each file and reason: how many rows, the first lines."""
    for (_, file, reason), lines in refused.groupby(["table", "file", "reason"], sort=True)["line"]:
        first = ", ".join(str(line) for line in lines.head(SHOWN_LINES))
        more = " …" if len(lines) > SHOWN_LINES else ""
        yield f"{file}: отклонено строк {len(lines)} (строки {first}{more}): {reason}."


def _shown_names(source: ExtractSource) -> dict[str, str]:
    return {
        str(path): f"{each.shown}/{each.names[name]}"
        for each in source.partitions
        for name, path in each.files.items()
    }


def _path(url: str) -> str:
    """Return the path of a file that DuckDB names by path and Spark by URL."""
    return url2pathname(urlparse(url).path) if url.startswith("file:") else url
