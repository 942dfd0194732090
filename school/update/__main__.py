"""``python -m school.update check|apply [FOLDER]``: see docs/install.ru.md. FOLDER is that of the live school, else SCHOOL_DATA."""

import argparse
import sys
from pathlib import Path

from school.clock import school_clock
from school.errors import Refusal
from school.store.connection import data_directory
from school.update.applying import apply
from school.update.checking import check

WORDS = {
    "check": "испытать новую программу на копии школы и сказать, что изменится",
    "apply": "обновить базу остановленного журнала",
}
REFUSED, FAULTY = 1, 3


def main(arguments: list[str]) -> int:
    """Do what the command line asks for; return the exit code."""
    parser = argparse.ArgumentParser("python -m school.update", description="Обновление журнала без потерь.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, words in WORDS.items():
        command = commands.add_parser(name, help=words, description=words)
        command.add_argument("folder", nargs="?", type=Path, default=data_directory(), help="папка школы")
    asked = parser.parse_args(arguments)
    try:
        if asked.command == "check":
            check(asked.folder, now=school_clock()(), say=_say)
        else:
            apply(asked.folder, now=school_clock()(), say=_say)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return REFUSED
    except (KeyboardInterrupt, OSError) as problem:
        why = "прервано" if isinstance(problem, KeyboardInterrupt) else problem.strerror
        print(f"Не закончено: {why}. Школа осталась такой, какой была. Повторите.", file=sys.stderr)
        return FAULTY
    return 0


def _say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
