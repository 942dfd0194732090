"""A document for Word, drawn in a process of its own.

The libraries that write it take most of a second of the interpreter for a long report, and memory that stays.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.reports.document import Document, to_json
from school.errors import Refusal
from school.processes import OwnProcess, ProcessFault

DRAWER = "pipelines.reports.document_docx"


def document_word(document: Document) -> bytes:
    """Return ``document_docx`` of a document. Raises Refusal where the process died."""
    return drawn_in_process(DRAWER, to_json(document))


def drawn_in_process(drawer: str, kept: bytes) -> bytes:
    """Return what a module draws for Word of what is kept as JSON. Raises Refusal where the process died."""
    with TemporaryDirectory() as place:
        given, drawn = Path(place) / "document.json", Path(place) / "document.docx"
        given.write_bytes(kept)
        try:
            list(OwnProcess(steps_back=0).run(drawer, str(given), str(drawn)))
        except ProcessFault as fault:
            why = (
                "Серверу не хватило памяти, или его процесс сняли."
                if fault.is_killed
                else "Ошибка в программе."
            )
            raise Refusal(
                "Документ для Word не сделан.", why, "Попробуйте ещё раз или возьмите PDF."
            ) from fault
        return drawn.read_bytes()
