"""The HTTP route of files of materials: sent to who may read them, never run in the browser (п. 3.6, 4.7)."""

from school.materials.lookups import read_material
from server.http.kept_files import files_route
from server.session import school

routes = [
    files_route(
        "/api/materials",
        lambda user, file_id: read_material(school().store, user, file_id, today=school().clock().date()),
    )
]
