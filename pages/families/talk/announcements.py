"""«Школа»: announcements to a child and their family, opened and confirmed without a script (п. 2.9, 4.7)."""

from starlette.requests import Request
from starlette.responses import Response

from pages.families.parts.answering import Form, acting, asked, reading, redirect
from pages.families.parts.diary_answers import Asked
from school.announcements.actions import confirm_announcement, note_opened
from school.announcements.lookups.family import OpenedAnnouncement, family_announcements, opened_announcement
from school.announcements.rules import Wanted
from school.audiences.rules import Part
from school.correspondence.lookups.threads import About, AboutKind, what_is_asked
from school.families.lookups.diary import children_of
from school.records import User

PLACE = "/school"
WANTED_WORDS: dict[Wanted, str] = {
    Wanted.ANYBODY: "достаточно одного из вашей семьи",
    Wanted.ONE_GUARDIAN: "достаточно одного из родителей",
    Wanted.BOTH_GUARDIANS: "подтверждает каждый из родителей",
    Wanted.PUPIL_AND_GUARDIAN: "подтверждают ученик и один из родителей",
}


def announcements_page(asked: Asked) -> bytes:
    """Return what is announced now, pinned first, and what was before. Raises AccessRefused or Refusal."""
    found = family_announcements(asked.school.store, asked.user, asked.pupil_id, now=asked.now)
    # One that was withdrawn leaves a line until its last day.
    current = [each for each in found if each.announcement.shown_until >= asked.today]
    return asked.drawn(
        "announcements.html",
        PLACE,
        "Школа",
        current=sorted(current, key=lambda each: not each.announcement.is_pinned),
        past=[each for each in found if each.announcement.shown_until < asked.today],
        here=PLACE,
    )


def announcement_page(asked: Asked, opened: OpenedAnnouncement) -> bytes:
    """Return an announcement with the buttons that confirm it."""
    found = opened.found
    children = children_of(asked.school.store, asked.user)
    own = found.own
    return asked.drawn(
        "announcement.html",
        PLACE,
        found.announcement.subject if not found.announcement.withdrawn_at else "Объявление отозвано",
        found=found,
        files=opened.files,
        audience=opened.audience,
        also_for={child: children[child] for child in opened.also_for if child in children},
        is_pupil=own is not None and own.part == Part.PUPIL,
        confirmed=[(_who(each.part, is_own=each == own), each) for each in found.confirmed],
        wanted_words=WANTED_WORDS.get(found.announcement.wanted, ""),
        may_answer=_may_answer(asked, opened),
        here=PLACE,
    )


def _may_answer(asked: Asked, opened: OpenedAnnouncement) -> bool:
    """Whether the author may be answered, by whom the announcement was sent to and the table of who may write to whom."""
    said = opened.found.announcement
    if opened.found.own is None or not said.takes_answers or said.withdrawn_at:
        return False
    about = About(AboutKind.ANNOUNCEMENT, said.announcement_id)
    found = what_is_asked(asked.school.store, asked.user, about, child=asked.pupil_id, now=asked.now)
    return found.user_id is not None


def _who(part: Part, *, is_own: bool) -> str:
    if is_own:
        return "вы"
    return "ученик" if part == Part.PUPIL else "родитель"


def _announcements(request: Request, user: User, _form: Form) -> bytes:
    return announcements_page(asked(request, user))


def _announcement(request: Request, user: User, _form: Form) -> bytes:
    here, announcement_id = asked(request, user), request.path_params["announcement_id"]
    store = here.school.store
    opened = opened_announcement(store, user, here.pupil_id, announcement_id, now=here.now)
    own = opened.found.own
    if own is not None and (own.seen_at is None or opened.found.is_new):
        note_opened(store, user, announcement_id, here.pupil_id, now=here.now)
        # Asked again: what stands beside the tabs no longer counts it as new.
        here = asked(request, user)
    return announcement_page(here, opened)


def _confirm(request: Request, user: User, form: Form) -> Response:
    here, announcement_id = asked(request, user), request.path_params["announcement_id"]
    children = [here.pupil_id]
    if "all" in form:
        opened = opened_announcement(here.school.store, user, here.pupil_id, announcement_id, now=here.now)
        children += opened.also_for
    confirm_announcement(here.school.store, user, announcement_id, children, now=here.now)
    return redirect(f"/family/{here.pupil_id}{PLACE}/{announcement_id}")


ROUTES = [
    reading("/family/{pupil_id:id}/school", _announcements),
    reading("/family/{pupil_id:id}/school/{announcement_id:id}", _announcement),
    acting("/family/{pupil_id:id}/school/{announcement_id:id}/confirm", _confirm),
]
