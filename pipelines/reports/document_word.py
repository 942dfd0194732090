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
    with TemporaryDirectory() as place:
        kept, drawn = Path(place) / "document.json", Path(place) / "document.docx"
        kept.write_bytes(to_json(document))
        try:
            list(OwnProcess(steps_back=0).run(DRAWER, str(kept), str(drawn)))
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
