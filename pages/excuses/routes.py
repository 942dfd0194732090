"""The HTTP route of photos of certificates: data of health, each viewing of another's is noted (152-ФЗ, ст. 10, 19)."""

from school.excuses.lookups import ReadPaper, read_paper
from school.privacy.rules.viewing import Seen, Viewed
from school.records import User
from server.http.kept_files import files_route
from server.session import school
from server.viewings import note_seen


def _read(user: User, paper_id: int) -> ReadPaper:
    paper = read_paper(school().store, user, paper_id)
    if not paper.is_own:
        note_seen(user, Seen(Viewed.PAPER, frozenset([paper.pupil_id])))
    return paper


routes = [files_route("/api/excuses/papers", _read, shows_pictures=True)]
