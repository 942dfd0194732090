"""A thread as a document for those who read it: for a dispute, or for the family's own papers (п. 2.9)."""

from datetime import datetime

from pipelines.reports.document import Document, DocumentColumn, Section, table
from school.correspondence.lookups.threads import SeenMessage, ThreadPage

MADE_OF = (
    "Переписка в электронном журнале школы. Тексты после отправки не меняются; отозванное в первые пять минут отмечено. "
    "Файлы названы, но в документ не входят."
)
COLUMNS = (DocumentColumn("Когда", 30), DocumentColumn("Кто", 50), DocumentColumn("Сообщение", 110))
WITHDRAWN = "(сообщение отозвано автором)"


def thread_document(page: ThreadPage, school_name: str, reader: str, now: datetime) -> Document:
    """Return the document of a thread as its reader sees it; ``reader`` is whose name stands under it."""
    thread = page.thread
    people = [f"Участники: {reader}; {page.with_words}."]
    people += [f"Видят также: {page.seen_also}."] if page.seen_also else []
    people += [f"О чём: {thread.about}."] if thread.about else []
    rows = [
        (_moment(each.written_at), reader if each.is_own else each.author, _said(each))
        for each in page.messages
    ]
    return Document(
        title=f"Переписка «{thread.title}»",
        school_name=school_name,
        about=thread.pupil_name,
        span=f"с {thread.started_at:%d.%m.%Y}",
        made_at=now,
        made_by=reader,
        made_of=MADE_OF,
        sections=(Section("Сообщения", tuple(people), (table("", COLUMNS, rows),)),),
    )


def _moment(moment: datetime) -> str:
    return f"{moment:%d.%m.%Y %H:%M}"


def _said(message: SeenMessage) -> str:
    if message.is_withdrawn:
        return WITHDRAWN
    files = [f"Файл: {each.title}" for each in message.files]
    delivered = [f"(будет доставлено {_moment(message.waits_until)})"] if message.waits_until else []
    return "\n".join([*([message.text] if message.text else []), *files, *delivered])
