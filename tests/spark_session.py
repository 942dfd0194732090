"""Spark on this machine, for the tests that ask the same of every engine."""

import os
import shutil
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from typing import Any

import pytest

# Compiling a plan takes longer than interpreting it over a hundred rows. To note which line asked for each column took three
# quarters of all that Python and Java say to each other.
FOR_SMALL_TABLES = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.python.sql.dataFrameDebugging.enabled": "false",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}
MISSING = {
    "PySpark (pip install -r requirements-cluster.txt)": lambda: find_spec("pyspark") is None,
    "Java": lambda: shutil.which("java") is None,
}


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A Spark session; where Spark is not installed the test is skipped, except on the machine that must have it."""
    if missing := [name for name, is_missing in MISSING.items() if is_missing()]:
        said = f"not checked on Spark: {' and '.join(missing)} not installed"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(said)
    from pyspark.sql import SparkSession
    from pyspark.sql.functions import builtin

    session = SparkSession.builder.master("local[1]").config(map=FOR_SMALL_TABLES).getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    # Each use of a function would ask Java twice where to find it: a third of all that is said between them.
    builtin._get_jvm_function = cache(builtin._get_jvm_function)
    yield session
    session.stop()
