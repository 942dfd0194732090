"""The HTTP route of files of tasks and of the answers to them: sent to who may read them, pictures shown, nothing run in the browser (п. 3.6, 4.7)."""

from school.tasks.lookups import read_task_file
from server.http.kept_files import files_route
from server.session import school

routes = [
    files_route(
        "/api/tasks/files",
        lambda user, file_id: read_task_file(school().store, user, file_id, today=school().clock().date()),
        shows_pictures=True,
    )
]
