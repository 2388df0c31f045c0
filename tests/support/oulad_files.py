"""Files of the Open University Learning Analytics Dataset's form, all of whose content is made up."""

import csv
import gzip

PRESENTATIONS = [("AAA", "2013J", 268), ("BBB", "2013B", 240), ("BBB", "2014B", 234)]
ACTIVITIES = ["oucontent", "forumng", "quiz", "resource"]
OUTCOMES = ["Pass", "Distinction", "Fail", "Withdrawn"]
ASSESSMENTS = [("TMA", 20, 25), ("CMA", 90, 25), ("TMA", 160, 50), ("Exam", "", 100)]  # of each presentation
MATERIALS = 40  # of each presentation


def write(file, columns, rows):
    """Plain, or compressed where the name says so."""
    with (gzip.open(file, "wt") if file.suffix == ".gz" else file.open("w")) as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(columns)
        table.writerows(rows)


def generate(folder, dice, learner_count, click_count):
    """Returns the rows of submissions that an import takes in: those that were not carried over."""
    folder.mkdir()
    learners = [(*dice.choice(PRESENTATIONS)[:2], 1000 + i, dice.choice("MF"), "Scotland", "A Level",
                 "10-20", "0-35", 0, 60, "N", dice.choice(OUTCOMES)) for i in range(learner_count)]
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
    for _ in range(click_count):
        one = dice.choice(learners)
        clicks.append((*one[:3], dice.choice(own[one[:2]]), dice.randint(-20, 230), dice.randint(1, 9)))
    write(folder / "studentVle.csv.gz",
          ["code_module", "code_presentation", "id_student", "id_site", "date", "sum_click"], sorted(clicks))
    return generate_submissions(folder, dice, learners)


def generate_submissions(folder, dice, learners):
    assessments = [(*presentation[:2], 100 * (place + 1) + i, *assessment)
                   for place, presentation in enumerate(PRESENTATIONS)
                   for i, assessment in enumerate(ASSESSMENTS)]
    write(folder / "assessments.csv",
          ["code_module", "code_presentation", "id_assessment", "assessment_type", "date", "weight"], assessments)
    submissions = []
    for one in learners:
        for row in assessments:
            if row[:2] != one[:2] or dice.random() < 0.2:
                continue
            banked = dice.random() < 0.05
            score = "" if dice.random() < 0.02 else max(0, min(100, round(dice.gauss(80 - row[2] % 100 * 10, 15))))
            submissions.append((row[2], one[2], -1 if banked else dice.randint(1, 225), int(banked), score))
    write(folder / "studentAssessment.csv",
          ["id_assessment", "id_student", "date_submitted", "is_banked", "score"], submissions)
    return [row for row in submissions if not row[3]]
