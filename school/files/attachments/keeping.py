"""Files that somebody sends with a record: their contents are kept while the record is written, and dropped where it is not."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from school.files.attachments.kinds import CheckedFile
from school.files.kept import drop_content, keep_content
from school.store.connection import Store


@dataclass(frozen=True)
class KeptFile:
    """A file whose content is kept: the columns of its row."""

    stored_name: str
    title: str
    kind: str
    size_bytes: int
    sha256: str


@contextmanager
def keeping(store: Store, files: Sequence[CheckedFile]) -> Iterator[list[KeptFile]]:
    """Keep the contents of files for the rows that the block writes; none is left where it does not. Raises StoreUnavailable."""
    kept: list[KeptFile] = []
    try:
        for file in files:
            stored_name, sha256 = keep_content(store, file.content)
            kept.append(KeptFile(stored_name, file.title, file.kind, len(file.content), sha256))
        yield kept
    except BaseException:
        for each in kept:
            drop_content(store, each.stored_name)
        raise
