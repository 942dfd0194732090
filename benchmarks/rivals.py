"""What another open-source register needed for the same work, and how fast the machine was that it was measured on.

RosarioSIS 12 (PHP-FPM, 16 workers, PostgreSQL 15) with 1,000 pupils, 40 classes, 300,000 marks; processor milliseconds of
all its processes, measured on one quiet machine of two cores in turn with this product at commit 366e82d.

``PROBE_MS`` is what one probe (``benchmarks.probe``) took on that machine. The probe came later, so its value follows from
the one thing measured on both: «open the register» of commit 366e82d took 152 ms there. Measured here in three runs of
ten turns, each 20 pages with a probe after each: probe × 152 ÷ page was 63.0, 63.1 and 65.1 ms (medians of the turns; single
turns 56 to 70), in the mean 64. So a figure divided by its probe is known to about a twentieth.
"""

PROBE_MS = 64.0


ROSARIO_MS: dict[str, float] = {
    "open_register": 82,
    "save_marks": 42,
    "save_attendance": 159,
    "quality_changed": 92,
    "quality_same": 76,
    "teachers_changed": 77,
    "absences_year": 744,
    "whom_to_call": 178,
    "diary": 66,
}

# A request of the load below, 50 users: processor milliseconds, requests a second, p95 in milliseconds.
ROSARIO_LOAD_MS, ROSARIO_LOAD_A_SECOND, ROSARIO_LOAD_P95_MS = 68, 27.7, 2700
