"""Materials as rows."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from school.records import RegisterKey
from school.store.memory.entered import Kind
from school.store.reading import Reader, Writer, read_as, read_one
from school.store.selection import among
from school.store.writing import insert


@dataclass(frozen=True)
class Material:
    """A version of a material: a link, or a kept file (``link`` empty). ``series_id`` is the first version's id."""

    material_id: int
    series_id: int
    key: RegisterKey
    title: str
    link: str
    stored_name: str
    file_name: str
    kind: str
    size_bytes: int
    sha256: str
    added_at: datetime
    added_by: int


# By class.
MATERIALS = Kind("materials")
_COLUMNS = """material_id, series_id, class_id, subject_id, subgroup_id, title, link, stored_name, file_name, kind, size_bytes, sha256,
    added_at, added_by"""


def materials_of_classes(reader: Reader, class_ids: Collection[int]) -> list[Material]:
    """Return what stands in classes, every version, in the order they were added: from memory."""
    found = reader.entered(MATERIALS, [*dict.fromkeys(class_ids)], lambda wanted: _materials(reader, wanted))
    return [each for of_class in found.values() for each in of_class]


def _materials(reader: Reader, class_ids: list[int]) -> dict[int, list[Material]]:
    query = f"""SELECT {_COLUMNS} FROM materials WHERE removed_at IS NULL AND {among("class_id", "classes", class_ids)}
        ORDER BY material_id"""
    found: dict[int, list[Material]] = {each: [] for each in class_ids}
    for row in read_as(reader, Material, query, {"classes": class_ids}):
        found[row.key.class_id].append(row)
    return found


def material_by_id(reader: Reader, material_id: int) -> Material | None:
    """Return a material that was not removed, or None."""
    query = f"SELECT {_COLUMNS} FROM materials WHERE material_id = $material AND removed_at IS NULL"
    return read_one(reader, Material, query, {"material": material_id})


def save_material(writer: Writer, material: Material, pupil_ids: Collection[int]) -> None:
    """Add a version; ``pupil_ids``: whose pages say it."""
    values = {name: value for name, value in vars(material).items() if name != "key"} | vars(material.key)
    insert(writer, "materials", "", [material.key.class_id], pupil_ids, **values)


def save_removal(writer: Writer, material: Material, at: datetime, pupil_ids: Collection[int]) -> None:
    """Note that a version was removed; its file goes."""
    sql = "UPDATE materials SET removed_at = $at, stored_name = '' WHERE material_id = $material"
    parameters = {"at": at, "material": material.material_id}
    writer.change(sql, parameters, entered_in=[material.key.class_id], of_pupils=pupil_ids)
