"""The HTTP route of the files of documents: sent to staff who may read them, and to families what is shown to them (п. 4.1)."""

from school.records import User
from school.regulations.lookups import ReadDocument, read_document
from server.http.kept_files import files_route
from server.session import school


def _read(user: User, regulation_id: int) -> ReadDocument:
    here = school()
    return read_document(here.store, user, regulation_id, today=here.clock().date())


routes = [files_route("/api/documents", _read)]
