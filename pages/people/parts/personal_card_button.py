"""The personal card of a pupil, on the pupil's card: of those who have left too, whom no class list has (п. 4.6)."""

from pages.ui.export import download
from pipelines.reports.document_pdf import document_pdf
from pipelines.reports.pupil_papers.personal_card import personal_card_document
from school.certificates.lookups.report_cards import personal_card
from school.privacy.rules.viewing import Seen, Viewed
from school.records import User
from school.sign_in.lookups.sessions import school_name
from server.session import school
from server.viewings import note_seen


def show_personal_card_button(user: User, pupil_id: int) -> None:
    """Show the button that prints the card."""
    download(
        "Личная карта",
        lambda: _personal_card(user, pupil_id),
        "Личная карта.pdf",
        "application/pdf",
        key=f"personal_card_{pupil_id}",
        type="tertiary",
        help="Сведения, классы и движение по приказам, итоги по годам",
    )


def _personal_card(user: User, pupil_id: int) -> bytes:
    here = school()
    now = here.clock()
    card = personal_card(here.store, user, pupil_id, now.date())
    note_seen(user, Seen(Viewed.CERTIFICATE, frozenset([pupil_id])))
    return document_pdf(personal_card_document(card, school_name(here.store), user.name, now))
