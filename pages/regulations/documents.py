"""«Документы школы»: what one has to read, all documents, drafts and approval (п. 4.1, 4.2)."""

from pages.regulations.parts.drafting import show_form
from pages.regulations.parts.lists import show_all, show_drafts, show_to_read
from pages.regulations.parts.opened import opened_id, show_opened
from pages.ui.filters import choose_segment
from pages.ui.upload import show_note
from school.access.action import Action
from school.access.checks import may
from school.records import User
from school.regulations.lookups import drafts, waiting_for_head, waiting_to_read
from server.session import guard, school

READ, ALL, DRAFTS, WRITE = "read", "all", "drafts", "write"


def show_documents(user: User) -> None:
    """Show the whole page."""
    show_note()
    opened = opened_id()
    if opened is not None:
        show_opened(user, opened)
        return
    store, today = school().store, school().clock().date()
    waiting = len(waiting_to_read(store, user, today=today))
    titles = {READ: f"Ознакомиться · {waiting}" if waiting else "Ознакомиться", ALL: "Все"}
    views = {READ: show_to_read, ALL: show_all, DRAFTS: show_drafts, WRITE: show_form}
    if may(user, Action.DRAFT_DOCUMENTS):
        before_head = len(waiting_for_head(store, user, today=today))
        count = before_head or len(drafts(store, user))
        title = "На утверждении" if before_head else "Черновики"
        titles |= {DRAFTS: f"{title} · {count}" if count else title, WRITE: "Подготовить"}
    default = DRAFTS if DRAFTS in titles and waiting_for_head(store, user, today=today) else READ
    views[choose_segment("documents", "Что показать", titles, default=default)](user)


show_documents(guard(Action.READ_DOCUMENTS))
