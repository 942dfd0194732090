"""What another open-source register needed for the same work, and how fast the machine was that it was measured on.

RosarioSIS 12 (PHP-FPM, 16 workers, PostgreSQL 15) with 1,000 pupils, 40 classes, 300,000 marks; processor milliseconds of
all its processes, measured on one quiet machine of two cores in turn with this product at commit 366e82d.

``PROBE_MS`` is what one probe (``benchmarks.probe``) took on that machine. The probe came later, so its value follows from
the one thing measured on both: «open the register» of commit 366e82d took 152 ms there. Measured here in four runs, a
probe after each page: probe × 152 ÷ page was 63.0, 63.1, 65.1 and 65.0 ms, in the mean 64. Twelve pages with their probes
deviate from that by 7 % (one standard deviation), for the machine's fast moments make the probe faster than the page: a
difference of less than a tenth between ours and theirs says nothing.
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
