"""The document «Что мы храним о ребёнке» on a pupil's card (152-ФЗ, ст. 14)."""

from pages.ui.export import download
from pipelines.reports.child_record import child_record_document
from pipelines.reports.document_pdf import document_pdf
from school.privacy.lookups.child_record import child_record
from school.privacy.rules.viewing import Seen, Viewed
from school.records import User
from server.session import school
from server.viewings import note_seen


def show_record_button(user: User, pupil_id: int) -> None:
    """Show the button that makes the document."""
    download(
        "Что хранится",
        lambda: _record(user, pupil_id),
        "Что мы храним о ребёнке.pdf",
        "application/pdf",
        key=f"record_{pupil_id}",
        type="tertiary",
        help="Документ для родителя: всё, что журнал хранит о ребёнке, зачем, сколько, кто смотрел (152-ФЗ, ст. 14)",
    )


def _record(user: User, pupil_id: int) -> bytes:
    here = school()
    note_seen(user, Seen(Viewed.RECORD, frozenset([pupil_id])))
    return document_pdf(child_record_document(child_record(here.store, user, pupil_id, now=here.clock())))
