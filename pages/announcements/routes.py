"""The HTTP route of the files of announcements: sent to who may read them, never run in the browser (п. 2.9)."""

from school.announcements.lookups.staff import ReadFile, read_file
from school.records import User
from server.http.kept_files import files_route
from server.session import school


def _read(user: User, file_id: int) -> ReadFile:
    here = school()
    return read_file(here.store, user, file_id, now=here.clock())


routes = [files_route("/api/announcements/files", _read)]
