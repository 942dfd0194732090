"""The staff of a demonstration: teachers by speciality and the administration."""

from dataclasses import dataclass
from datetime import date, timedelta

from demo.plan.people import Register
from school.records import PersonName, Role

PRIMARY_POSITION = "Учитель начальных классов"
POSITIONS: dict[str, str] = {
    "начальные классы": PRIMARY_POSITION,
    "русский язык и литература": "Учитель русского языка и литературы",
    "иностранный язык": "Учитель английского языка",
    "математика и информатика": "Учитель математики и информатики",
    "история и обществознание": "Учитель истории и обществознания",
    "естествознание": "Учитель биологии, географии и химии",
    "физика": "Учитель физики",
    "искусство": "Учитель музыки и изобразительного искусства",
    "технология": "Учитель труда (технологии)",
    "физическая культура и ОБЗР": "Учитель физической культуры и ОБЗР",
}
ADMINISTRATION: tuple[tuple[str, Role], ...] = (
    ("Директор", Role.HEAD),
    ("Заместитель директора по УВР", Role.DEPUTY),
    ("Администратор электронного журнала", Role.ADMIN),
    ("Секретарь", Role.SECRETARY),
)
# The speciality whose first teacher is also a deputy head.
DEPUTY_SPECIALITIES = ("история и обществознание", "математика и информатика")


@dataclass
class Employee:
    """An employee with roles; teachers have a speciality and a room."""

    staff_id: int
    name: PersonName
    position: str
    roles: list[Role]
    hired_on: date
    speciality: str = ""
    room: str = ""


def make_staff(register: Register, teachers: dict[str, int], opened_on: date) -> list[Employee]:
    """Return the administration, then the teachers; one teacher is a deputy head too."""
    staff = [_employee(register, position, [role], opened_on) for position, role in ADMINISTRATION]
    for speciality, count in teachers.items():
        for _ in range(count):
            teacher = _employee(register, POSITIONS[speciality], [Role.TEACHER], opened_on)
            teacher.speciality = speciality
            teacher.room = _room(speciality, len(staff))
            staff.append(teacher)
    deputy = next(
        (each for wanted in DEPUTY_SPECIALITIES for each in staff if each.speciality == wanted), staff[-1]
    )
    deputy.roles.append(Role.DEPUTY)
    deputy.position = f"{deputy.position}, заместитель директора по УВР"
    return staff


def _employee(register: Register, position: str, roles: list[Role], opened_on: date) -> Employee:
    hired_on = opened_on - timedelta(days=int(register.rng.integers(30, 20 * 365)))
    return Employee(next(register.ids), register.new_employee(), position, roles, hired_on)


def _room(speciality: str, place: int) -> str:
    if speciality.startswith("физическая культура"):
        return "спортзал"
    return str(100 * (1 + place // 20) + 1 + place % 20)
