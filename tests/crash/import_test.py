"""An import that is killed again and again, and made once more, ends in the same school as one that
was left alone; and another one after it adds nothing.

    import_test.py PROGRAM FOLDER    PROGRAM is school_day; FOLDER is made anew

There is a kill for every ten of EDUPLAT_CRASH_KILLS: ten unless told. EDUPLAT_CRASH_SEED repeats their
moments.
"""

import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from oulad_files import ASSESSMENTS, PRESENTATIONS, generate  # noqa: E402: found by the line before

LEARNERS, CLICKS = 900, 170_000


class School:
    def __init__(self, program, data, folder):
        folder.mkdir()
        self.command = [program, "--folder", folder]
        self.importing = self.command + ["--oulad", data]

    def run(self):
        """The report of an import that is left alone."""
        return subprocess.run(self.importing, check=True, capture_output=True, text=True).stdout

    def run_killed(self, after_s):
        """Whether the import was still at work."""
        with subprocess.Popen(self.importing, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as one:
            time.sleep(after_s)
            one.kill()
            return one.wait() != 0

    def summary(self):
        return subprocess.run(self.command + ["--summary"], check=True, capture_output=True, text=True).stdout


def new_rows(report):
    """How many rows each step of an import found new."""
    steps = re.findall(r"^  (people|courses|assessments|enrollments|clicks|submissions) +([\d,]+) +([\d,]+) ", report, re.MULTILINE)
    return {what: int(new.replace(",", "")) for what, _, new in steps}


def compare(what, found, expected):
    if found != expected:
        sys.exit(f"{what}:\n{found}\nexpected:\n{expected}")


def main(program, folder):
    seed = int(os.environ.get("EDUPLAT_CRASH_SEED", random.randrange(1_000_000)))
    wanted = max(2, int(os.environ.get("EDUPLAT_CRASH_KILLS", 100)) // 20)
    print(f"EDUPLAT_CRASH_SEED={seed}")
    dice = random.Random(seed)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    submissions = generate(folder / "data", dice, LEARNERS, CLICKS)

    alone = School(program, folder / "data", folder / "alone")
    began = time.monotonic()
    report = alone.run()
    took_s = time.monotonic() - began
    compare("rows of a first import", new_rows(report),
            {"people": LEARNERS + 2, "courses": len(PRESENTATIONS),
             "assessments": len(PRESENTATIONS) * len(ASSESSMENTS), "enrollments": LEARNERS, "clicks": CLICKS,
             "submissions": len(submissions)})
    expected = alone.summary()

    killed = School(program, folder / "data", folder / "killed")
    hits = kills = 0
    while hits < wanted and kills < 10 * wanted:  # the further the import has come, the more come too late
        kills += 1
        hits += killed.run_killed(dice.uniform(0, took_s))
    killed.run()
    compare("a school whose import was killed", killed.summary(), expected)
    compare("rows of another import", new_rows(killed.run()),
            {"people": 0, "courses": 0, "assessments": 0, "enrollments": 0, "clicks": 0, "submissions": 0})
    compare("a school that was imported again", killed.summary(), expected)
    print(f"{hits} of {kills} kills came while the import was at work")
    if hits == 0:
        sys.exit("no kill came in time")


if __name__ == "__main__":
    main(sys.argv[1], pathlib.Path(sys.argv[2]))
