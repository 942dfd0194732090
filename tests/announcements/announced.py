"""The words of an announcement to the families of 7А, and the child's other guardian."""

from datetime import timedelta

from small_school import CLASS_7A, NOW

from school.announcements.rules import Draft, Wanted
from school.audiences.rules import Audience, Target

FATHER, FATHER_USER = 62, 131
FAMILIES_OF_7A = Audience(Target.CLASS, (CLASS_7A,), for_pupils=True, for_guardians=True)
DRAFT = Draft(
    FAMILIES_OF_7A,
    "Экскурсия в музей",
    "Во вторник в 14:00. Запись: https://museum.example/7a",
    NOW.date(),
    NOW.date() + timedelta(14),
    Wanted.BOTH_GUARDIANS,
)
