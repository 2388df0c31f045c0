"""An import that is killed again and again, and made once more, ends in the same school as one that
was left alone; and another one after it adds nothing.

    import_test.py PROGRAM FOLDER    PROGRAM is school_day; FOLDER is made anew

There is a kill for every ten of EDUPLAT_CRASH_KILLS: ten unless told. EDUPLAT_CRASH_SEED repeats their
moments.
"""

import csv
import gzip
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import time

PRESENTATIONS = [("AAA", "2013J", 268), ("BBB", "2013B", 240), ("BBB", "2014B", 234)]
LEARNERS, MATERIALS, CLICKS = 900, 40, 170_000
ACTIVITIES = ["oucontent", "forumng", "quiz", "resource"]
OUTCOMES = ["Pass", "Distinction", "Fail", "Withdrawn"]


def write(file, columns, rows):
    """Plain, or compressed where the name says so."""
    with (gzip.open(file, "wt") if file.suffix == ".gz" else file.open("w")) as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(columns)
        table.writerows(rows)


def generate(folder, dice):
    """Files of the dataset's form, all of whose content is made up."""
    folder.mkdir()
    learners = [(*dice.choice(PRESENTATIONS)[:2], 1000 + i, dice.choice("MF"), "Scotland", "A Level",
                 "10-20", "0-35", 0, 60, "N", dice.choice(OUTCOMES)) for i in range(LEARNERS)]
    sites = [(5000 + i, *PRESENTATIONS[i % 3][:2], dice.choice(ACTIVITIES),
              *(("", "") if i % 4 else (i % 20, i % 20 + 1))) for i in range(3 * MATERIALS)]
    own = {p[:2]: [s[0] for s in sites if s[1:3] == p[:2]] for p in PRESENTATIONS}
    write(folder / "courses.csv", ["code_module", "code_presentation", "module_presentation_length"],
          PRESENTATIONS)
    write(folder / "studentInfo.csv",
          ["code_module", "code_presentation", "id_student", "gender", "region", "highest_education",
           "imd_band", "age_band", "num_of_prev_attempts", "studied_credits", "disability", "final_result"],
          learners)
    write(folder / "studentRegistration.csv.gz",
          ["code_module", "code_presentation", "id_student", "date_registration", "date_unregistration"],
          [(*one[:3], dice.randint(-90, 5), dice.randint(6, 200) if one[-1] == "Withdrawn" else "")
           for one in learners])
    write(folder / "vle.csv",
          ["id_site", "code_module", "code_presentation", "activity_type", "week_from", "week_to"], sites)
    clicks = []
    for _ in range(CLICKS):
        one = dice.choice(learners)
        clicks.append((*one[:3], dice.choice(own[one[:2]]), dice.randint(-20, 230), dice.randint(1, 9)))
    write(folder / "studentVle.csv.gz",
          ["code_module", "code_presentation", "id_student", "id_site", "date", "sum_click"], sorted(clicks))


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
    steps = re.findall(r"^  (people|courses|enrollments|clicks) +([\d,]+) +([\d,]+) ", report, re.MULTILINE)
    return {what: int(new.replace(",", "")) for what, _, new in steps}


def compare(what, found, expected):
    if found != expected:
        sys.exit(f"{what}:\n{found}\nexpected:\n{expected}")


def main(program, folder):
    seed = int(os.environ.get("EDUPLAT_CRASH_SEED", random.randrange(1_000_000)))
    kills = max(1, int(os.environ.get("EDUPLAT_CRASH_KILLS", 100)) // 10)
    print(f"EDUPLAT_CRASH_SEED={seed}")
    dice = random.Random(seed)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    generate(folder / "data", dice)

    alone = School(program, folder / "data", folder / "alone")
    began = time.monotonic()
    report = alone.run()
    took_s = time.monotonic() - began
    compare("rows of a first import", new_rows(report),
            {"people": LEARNERS + 2, "courses": 3, "enrollments": LEARNERS, "clicks": CLICKS})
    expected = alone.summary()

    killed = School(program, folder / "data", folder / "killed")
    hits = sum(killed.run_killed(dice.uniform(0, took_s)) for _ in range(kills))
    killed.run()
    compare("a school whose import was killed", killed.summary(), expected)
    compare("rows of another import", new_rows(killed.run()),
            {"people": 0, "courses": 0, "enrollments": 0, "clicks": 0})
    compare("a school that was imported again", killed.summary(), expected)
    print(f"{hits} of {kills} kills came while the import was at work")
    if hits == 0:
        sys.exit("no kill came in time")


if __name__ == "__main__":
    main(sys.argv[1], pathlib.Path(sys.argv[2]))
