"""The school that is looked at and the moment it lives at: change a number here and every file of a snapshot changes."""

from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# A Monday of the second quarter, before lessons are over: the first quarter is closed, the year before is complete.
NOW = datetime(2026, 11, 23, 10, 0)
PUPILS, YEARS, SEED = 120, 2, 1
DATABASE = "school.duckdb"
# Roles as the demonstration names them in its settings, «demo.user.deputy» and so on.
ROLES = ("deputy", "head", "admin", "homeroom", "teacher", "secretary", "guardian", "pupil")
# Further people: a guardian of two children, and a teacher whose register the demonstration spoilt.
MORE_PEOPLE = ("guardian_of_two", "late_teacher")
PEOPLE = (*ROLES, *MORE_PEOPLE)
