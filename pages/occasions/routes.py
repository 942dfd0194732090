"""The HTTP route of files of events: sent to who may read them, never run in the browser (п. 3.6, 4.7)."""

from school.occasions.lookups import read_occasion_file
from server.http.kept_files import files_route
from server.session import school

routes = [
    files_route(
        "/api/occasions/files",
        lambda user, file_id: read_occasion_file(
            school().store, user, file_id, today=school().clock().date()
        ),
    )
]
