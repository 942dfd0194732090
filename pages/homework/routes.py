"""The HTTP route of homework files: sent to who may read them, never run in the browser (п. 3.4, 3.6)."""

from school.homework.lookups import read_file
from server.http.kept_files import files_route
from server.session import school

routes = [files_route("/api/homework/files", lambda user, file_id: read_file(school().store, user, file_id))]
