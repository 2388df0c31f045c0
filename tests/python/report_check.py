"""The report of examples/school_day: its numbers are what plain Python makes of the files, and CSV, chart and
page say the same.

usage: report_check.py PROGRAM FOLDER    PROGRAM is school_day; FOLDER is made anew
"""

import collections
import csv
import gzip
import json
import pathlib
import random
import re
import shutil
import statistics
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "examples" / "school_day")]
import render  # noqa: E402: found by the line before
from oulad_files import PRESENTATIONS, generate  # noqa: E402

WEEKS_BEFORE = 4


def rows_of(file):
    with (gzip.open(file, "rt") if file.suffix == ".gz" else file.open()) as lines:
        return list(csv.DictReader(lines))


class Truth:
    """What became of a presentation, from the files alone."""

    def __init__(self, data, module, run, length):
        def own(name):
            return [row for row in rows_of(data / name)
                    if (row["code_module"], row["code_presentation"]) == (module, run)]
        self.module, self.run, self.length = module, run, length
        self.assessments = {row["id_assessment"]: row for row in own("assessments.csv")}
        self.submissions = [row for row in rows_of(data / "studentAssessment.csv")
                            if row["id_assessment"] in self.assessments and row["is_banked"] == "0"]
        self.clicks = own("studentVle.csv.gz")
        self.registrations = {row["id_student"]: row for row in own("studentRegistration.csv.gz")}
        self.results = {row["id_student"]: row["final_result"] for row in own("studentInfo.csv")}

    def days_of(self, student_rows, column):
        days = collections.defaultdict(list)
        for row in student_rows:
            days[row["id_student"]].append(int(row[column]))
        return days

    def funnel(self):
        clicks, submissions = self.days_of(self.clicks, "date"), self.days_of(self.submissions, "date_submitted")
        counts = [0, 0, 0, 0]
        for student, row in self.registrations.items():
            at = int(row["date_registration"])
            reached = 1
            opened = [day for day in clicks[student] if day >= at]
            if opened:
                reached = 2
                # On one day openings stand before answers in the log.
                if any(day >= min(opened) for day in submissions[student]):
                    reached = 3
                    if not row["date_unregistration"] and self.results[student] in ("Pass", "Distinction"):
                        reached = 4
            for step in range(reached):
                counts[step] += 1
        return counts

    def survival(self):
        """(days, observed) of each learner, then the share that stays longer than each time of an event."""
        stays = []
        for row in self.registrations.values():
            at = int(row["date_registration"])
            left = int(row["date_unregistration"]) if row["date_unregistration"] else None
            stays.append((left - at, True) if left is not None and left <= self.length else (self.length - at, False))
        survival, curve = 1.0, {}
        for time in sorted({time for time, _ in stays}):
            at_risk = sum(1 for other, _ in stays if other >= time)
            survival *= 1 - sum(1 for other, observed in stays if other == time and observed) / at_risk
            curve[time] = survival
        return curve

    def active(self, week):
        first = 7 * (week - 1)
        both = ([(row["id_student"], int(row["date"])) for row in self.clicks] +
                [(row["id_student"], int(row["date_submitted"])) for row in self.submissions])
        return {student for student, day in both if first <= day < first + 7}

    def before_start(self):
        return {student for student, row in self.registrations.items() if int(row["date_registration"]) < 0}

    def scores(self):
        of = collections.defaultdict(list)
        for row in self.submissions:
            if row["score"]:
                of[row["id_assessment"]].append(int(row["score"]))
        return sorted(statistics.fmean(scores) for scores in of.values() if len(scores) >= 30)


class Report(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        program, folder = PROGRAM, FOLDER
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        generate(folder / "data", random.Random(20260301), 240, 12_000)
        subprocess.run([program, "--oulad", folder / "data", "--folder", folder], check=True, capture_output=True)
        cls.folder = folder / "report"
        cls.page = render.Page(cls.folder)
        cls.truths = [Truth(folder / "data", *presentation) for presentation in PRESENTATIONS]

    def rows(self, name):
        return render.read(self.folder / f"{name}.csv")

    def own(self, section, truth):
        return [row for row in self.rows(f"{section}_{truth.module}") if row["presentation"] == truth.run]

    # -- Numbers

    def test_funnels_are_those_of_the_files(self):
        for truth in self.truths:
            self.assertEqual([int(row["learners"]) for row in self.own("funnel", truth)], truth.funnel())

    def test_survival_is_that_of_the_files(self):
        for truth in self.truths:
            curve = truth.survival()
            rows = [row for row in self.own("survival", truth) if float(row["time"]) > 0]
            self.assertEqual([float(row["time"]) for row in rows], sorted(curve))
            for row in rows:
                self.assertAlmostEqual(float(row["survival"]), curve[float(row["time"])], delta=1e-12)

    def test_activity_and_retention_are_those_of_the_files(self):
        for truth in self.truths:
            activity = {int(row["week"]): int(row["learners"]) for row in self.own("activity", truth)}
            self.assertEqual(min(activity), 1 - WEEKS_BEFORE)
            self.assertEqual(activity, {week: len(truth.active(week)) for week in activity})
            registered = truth.before_start()
            for row in self.own("retention", truth):
                self.assertEqual(int(row["registered"]), len(registered))
                self.assertEqual(int(row["active"]), len(truth.active(int(row["week"])) & registered))

    def test_means_of_scores_are_those_of_the_files(self):
        expected = sorted(mean for truth in self.truths for mean in truth.scores())
        found = [float(row["mean_score"]) for row in self.rows("hardest")]
        self.assertEqual(len(found), min(15, len(expected)))
        for one, other in zip(found, expected):
            self.assertAlmostEqual(one, other, delta=1e-9)

    # -- Charts

    def test_charts_hold_the_rows_of_their_files(self):
        for chart in self.page.charts:
            rows = self.rows(chart["name"])
            values = self.specification(chart)["data"]["values"]
            self.assertEqual(len(values), len(rows))
            for value, row in zip(values, rows):
                self.assertEqual({name: self.as_value(text, value[name]) for name, text in row.items()}, value)

    @staticmethod
    def as_value(text, like):
        if text == "":
            return None
        return text if isinstance(like, str) else type(like)(text)

    def specification(self, chart):
        return json.loads((self.folder / f"{chart['name']}.vl.json").read_text(encoding="utf-8"))

    def test_drawings_have_a_mark_for_each_row(self):
        for chart in self.page.charts:
            rows = self.rows(chart["name"])
            text = json.dumps(self.specification(chart))
            svg = render.draw(text, chart["section"], "en", self.page.runs)
            marks = collections.Counter(re.findall(r'aria-roledescription="([^"]+)"', svg))
            lines = re.findall(r'aria-roledescription="line mark" d="([^"]*)"', svg)
            corners = sum(len(re.findall("[ML]", line)) for line in lines)
            section = chart["section"]
            if section in ("funnel", "reopened"):
                self.assertEqual(marks["bar"], len(rows))
            elif section == "hardest":
                self.assertEqual((marks["point"], marks["rule mark"]), (len(rows), len(rows)))
            elif section == "survival":  # a step has a corner before each row but the first
                self.assertEqual(corners + len(lines), 2 * len(rows))
            else:
                self.assertEqual(corners, len(rows))

    def test_lines_are_as_high_as_their_numbers(self):
        for chart in self.page.charts:
            if chart["section"] != "retention":
                continue
            svg = render.draw(json.dumps(self.specification(chart)), "retention", "en", self.page.runs)
            height = 180
            lines = re.findall(r'aria-roledescription="line mark" d="([^"]*)"', svg)
            found = [float(point.split(",")[1]) for line in lines for point in re.split("[ML]", line)[1:]]
            expected = [height * (1 - float(row["active_share"])) for row in self.rows(chart["name"])]
            self.assertEqual(len(found), len(expected))
            for one, other in zip(found, expected):
                self.assertAlmostEqual(one, other, delta=0.01)

    # -- The page

    def test_the_page_needs_nothing_else(self):
        page = self.page.text()
        self.assertNotRegex(page, r"<script|<link|<img|<iframe|@import|\ssrc=|url\((?!#)")
        hosts = set(re.findall(r"https?://([^/\"\s<]+)", page))
        self.assertEqual(hosts, {"doi.org", "creativecommons.org", "www.w3.org"})  # two links, and a name
        names = re.findall(r'\sid="([^"]+)"', page)
        self.assertEqual(len(names), len(set(names)))
        for link in re.findall(r'href="#([^"]+)"', page):
            self.assertIn(link, names)
        self.assertEqual(page.count("<svg"), 2 * len(self.page.charts))

    def test_a_school_without_registrations_has_a_page(self):
        folder = self.folder.parent / "empty"
        folder.mkdir()
        for name in ("charts", "presentations", "tests"):
            head = (self.folder / f"{name}.csv").read_text(encoding="utf-8").splitlines(keepends=True)[0]
            (folder / f"{name}.csv").write_text(head, encoding="utf-8")
        shutil.copy(self.folder / "facts.csv", folder)
        page = render.Page(folder).text()
        self.assertNotIn("<table", page)
        self.assertEqual(page.count("<h1>"), 2)

    def test_both_languages_say_the_same_numbers(self):
        page = self.page.text()
        zh, en = page.split('<div id="en"')
        cells = [re.findall(r"<td>([^<]*)</td>", text) for text in (zh, en)]
        self.assertEqual(cells[0], cells[1])
        self.assertGreater(len(cells[0]), 100)


if __name__ == "__main__":
    PROGRAM, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
    unittest.main(argv=sys.argv[:1])
