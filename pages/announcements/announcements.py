"""«Объявления»: what is announced to the staff, writing to families and colleagues, who has read and confirmed (п. 2.9, 4.7)."""

from pages.announcements.parts.reading import opened_id, show_inbox, show_opened, show_sent
from pages.announcements.parts.writing import show_form
from pages.ui.filters import choose_segment
from pages.ui.upload import show_note
from school.access.action import Action
from school.access.checks import may_somewhere
from school.announcements.lookups.staff import waiting_announcements
from school.records import User
from server.session import guard, school

READ, SENT, WRITE = "inbox", "sent", "write"


def show_announcements(user: User) -> None:
    """Show the whole page."""
    show_note()
    opened = opened_id()
    if opened is not None:
        show_opened(user, opened)
        return
    if not may_somewhere(user, Action.WRITE_ANNOUNCEMENT):
        show_inbox(user)
        return
    waiting = waiting_announcements(school().store, user, today=school().clock().date())
    titles = {READ: f"Мне · {waiting}" if waiting else "Мне", SENT: "Отправленные", WRITE: "Написать"}
    views = {READ: show_inbox, SENT: show_sent, WRITE: show_form}
    views[choose_segment("announcements", "Что показать", titles, default=READ)](user)


show_announcements(guard(Action.READ_ANNOUNCEMENTS))
