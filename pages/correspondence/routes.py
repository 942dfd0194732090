"""The HTTP route of the files of letters: saved, never opened in the browser (п. 2.9, 8.5)."""

from school.correspondence.lookups.threads import ReadFile, read_message_file
from school.records import User
from server.http.kept_files import files_route
from server.session import school


def _read(user: User, file_id: int) -> ReadFile:
    here = school()
    return read_message_file(here.store, user, file_id, now=here.clock())


routes = [files_route("/api/correspondence/files", _read)]
