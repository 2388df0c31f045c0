"""Ours and the peers in turns on one machine, the same answers checked row by row. See ../run.sh."""

import argparse
import csv
import gzip
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import duckdb
import lifelines
import numpy
import pandas

from worker_process import WorkerProcess

THREADS = 2
DAY = 86_400
WEEK = 7 * DAY
ROUNDS = 7
SEED = 20_240_229
SYNTHETIC = " (seeded times, synthetic)"

# What DuckDB answers. `events` is sorted by learner and time and holds usr, t (seconds), rn (the place in that order),
# course, lecture and n (clicks).
SQL = {
    "daily_active": "SELECT t // 86400 * 86400 AS day, count(DISTINCT usr), sum(n) FROM {events} GROUP BY day ORDER BY day",
    "weekly_cohorts": """
        WITH born AS (SELECT usr, min(t - {start}) // 604800 AS week FROM {events} GROUP BY usr),
             active AS (SELECT DISTINCT usr, (t - {start}) // 604800 AS week FROM {events})
        SELECT born.week * 604800 + {start}, active.week - born.week AS period, count(*)
        FROM active JOIN born USING (usr) GROUP BY born.week, period ORDER BY born.week, period""",
    "sessions": """
        WITH gaps AS (SELECT usr, n, t - lag(t) OVER (PARTITION BY usr ORDER BY t) AS gap FROM {events})
        SELECT count(DISTINCT usr), count(*) FILTER (gap IS NULL OR gap > 1800), sum(n),
               coalesce(sum(gap) FILTER (gap <= 1800), 0) FROM gaps""",
    "per_lecture": """
        WITH each AS (SELECT lecture, usr, sum(n) AS n, min(t) AS first, max(t) AS last FROM {events} GROUP BY lecture, usr)
        SELECT lecture, count(*), sum(n), count(*) FILTER (n >= 2), sum(n) - count(*), min(first), max(last)
        FROM each GROUP BY lecture ORDER BY lecture""",
    "exact_percentiles": """
        WITH each AS (SELECT (t - {start}) // 604800 AS week, usr, sum(n)::BIGINT AS n FROM {events} GROUP BY week, usr)
        SELECT week * 604800 + {start}, learners, q[1], q[2], q[3], q[4] FROM (
            SELECT week, count(*) AS learners, quantile_disc(n, [0.25, 0.5, 0.75, 0.9]) AS q FROM each GROUP BY week)
        ORDER BY week""",
    "funnel": """
        WITH s1 AS (SELECT usr, arg_min(t, rn) AS t, min(rn) AS rn FROM {events} WHERE lecture IN (SELECT * FROM step1) GROUP BY usr),
             s2 AS (SELECT e.usr, arg_min(e.t, e.rn) AS t, min(e.rn) AS rn FROM {events} e JOIN s1 ON e.usr = s1.usr AND e.rn > s1.rn
                    WHERE e.lecture IN (SELECT * FROM step2) GROUP BY e.usr),
             s3 AS (SELECT e.usr, arg_min(e.t, e.rn) AS t, min(e.rn) AS rn FROM {events} e JOIN s2 ON e.usr = s2.usr AND e.rn > s2.rn
                    WHERE e.lecture IN (SELECT * FROM step3) GROUP BY e.usr),
             s4 AS (SELECT e.usr, arg_min(e.t, e.rn) AS t, min(e.rn) AS rn FROM {events} e JOIN s3 ON e.usr = s3.usr AND e.rn > s3.rn
                    WHERE e.lecture IN (SELECT * FROM step4) GROUP BY e.usr)
        SELECT learners, median FROM (SELECT 1 AS step, count(*) AS learners, NULL AS median FROM s1
        UNION ALL SELECT 2, count(*), quantile_disc(s2.t - s1.t, 0.5) FROM s2 JOIN s1 USING (usr)
        UNION ALL SELECT 3, count(*), quantile_disc(s3.t - s2.t, 0.5) FROM s3 JOIN s2 USING (usr)
        UNION ALL SELECT 4, count(*), quantile_disc(s4.t - s3.t, 0.5) FROM s4 JOIN s3 USING (usr)) ORDER BY step""",
    "idle": """
        SELECT usr, max(t), sum(n) FROM {events} WHERE t < {at} GROUP BY usr HAVING max(t) < {at} - 604800 ORDER BY usr""",
}


class Report:
    """Rows as a table on standard output and as lines of JSON."""

    def __init__(self, path):
        self.file = open(path, "w") if path else None
        self.began = time.perf_counter()
        print(f"{'':40}{'ours':>12} {'peer':>12} {'ratio':>8}  unit", flush=True)

    def add(self, name, ours, peer, ratio, unit, remark=""):
        row = {"name": name, "ours": ours, "peer": peer, "ratio": ratio, "unit": unit}
        shown = [f"{value:12.5g}" if value is not None else " " * 12 for value in (ours, peer)]
        ratio_shown = f"{ratio:8.3f}" if ratio is not None else " " * 8
        print(f"{name + remark:40}{shown[0]} {shown[1]} {ratio_shown}  {unit}", flush=True)
        if self.file:
            print(json.dumps(row), file=self.file, flush=True)

    def time(self, name, ours, peer, unit="ms", remark=""):
        scale = {"s": 1, "ms": 1e3, "us": 1e6}[unit]
        self.add(name, ours * scale, peer * scale, peer / ours, unit, remark)

    def note(self, text):
        print(f"  [{time.perf_counter() - self.began:6.0f} s] {text}", file=sys.stderr, flush=True)


class Ours(WorkerProcess):
    """The worker, to which columns go as files."""

    def load(self, name, columns):
        path = self.folder / f"{name}.columns"
        with open(path, "wb") as file:
            numpy.array([len(columns[0])], numpy.int64).tofile(file)
            for column in columns:
                numpy.ascontiguousarray(column, numpy.int64).tofile(file)
        loaded = self.ask("load", name, path)
        path.unlink()
        return loaded

    def run(self, metric, name, *arguments):
        """Seconds, and the rows as tuples."""
        path = self.folder / "rows"
        seconds = self.ask(metric, name, path, *arguments)["seconds"]
        with open(path, newline="") as file:
            return seconds, [tuple(int(each) if each else None for each in row) for row in csv.reader(file)]


class Peer:
    """DuckDB, in memory, with the threads that ours has."""

    def __init__(self):
        self.duck = duckdb.connect(config={"threads": THREADS})

    def load(self, name, columns):
        usr, t, course, lecture, n = columns
        frame = {"usr": usr.astype(numpy.int32), "t": t, "course": course.astype(numpy.int32),
                 "lecture": lecture.astype(numpy.int32), "n": n.astype(numpy.int32)}
        order = numpy.lexsort((t, usr))
        frame = {key: numpy.ascontiguousarray(values[order]) for key, values in frame.items()}
        frame["rn"] = numpy.arange(len(order), dtype=numpy.int64)
        incoming = pandas.DataFrame(frame)
        self.duck.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM incoming ORDER BY rn")

    def lectures(self, name, lectures):
        self.duck.execute(f"CREATE OR REPLACE TABLE {name} (lecture INTEGER)")
        self.duck.executemany(f"INSERT INTO {name} VALUES (?)", [[int(each)] for each in lectures])

    def run(self, metric, **values):
        began = time.perf_counter()
        rows = self.duck.execute(SQL[metric].format(**values)).fetchall()
        return time.perf_counter() - began, [tuple(None if each is None else int(each) for each in row) for row in rows]


def read_oulad(folder):
    """Clicks in the file's order: numbers of learner, second, course, lecture and clicks; and the types of lectures."""
    find = lambda name: next(path for path in (folder / f"{name}.csv", folder / f"{name}.csv.gz") if path.exists())
    read = duckdb.connect(config={"threads": THREADS})
    start = "CASE right(code_presentation, 1) WHEN 'B' THEN 2 ELSE 10 END"
    rows = read.execute(f"""
        SELECT id_student::DOUBLE::BIGINT AS usr,
               epoch(make_date(left(code_presentation, 4)::INT, {start}, 1))::BIGINT + date::DOUBLE::BIGINT * {DAY} AS t,
               dense_rank() OVER (ORDER BY code_module, code_presentation) AS course,
               id_site::DOUBLE::BIGINT AS lecture, sum_click::DOUBLE::BIGINT AS n
        FROM read_csv('{find("studentVle")}', all_varchar = true)""").fetchnumpy()
    columns = [numpy.asarray(rows[name]) for name in ("usr", "t", "course", "lecture", "n")]
    kinds = dict(read.execute(f"SELECT id_site::DOUBLE::BIGINT, activity_type FROM read_csv('{find('vle')}', all_varchar = true)").fetchall())
    return columns, kinds


def synthetic(events):
    """Without the dataset: learners, days and lectures of about its shape, seeded."""
    random = numpy.random.default_rng(SEED)
    usr = random.integers(1, 21_001, events)
    start = 1_380_585_600
    t = start + (random.beta(1.2, 2.0, events) * 400).astype(numpy.int64) * DAY
    lecture = 1 + numpy.minimum(random.zipf(1.2, events), 6_000)
    course = 1 + lecture % 15
    n = random.geometric(0.4, events)
    kinds = {int(each): ("homepage", "oucontent", "forumng", "quiz")[int(each) % 4] for each in numpy.unique(lecture)}
    return [usr, t, course, lecture, n], kinds


def with_times(columns):
    """The same clicks at seeded moments of their days: the dataset knows no hours. Sessions cluster in evenings."""
    random = numpy.random.default_rng(SEED)
    usr, t, course, lecture, n = columns
    sitting = random.normal(19 * 3600, 2 * 3600, 4 * 400_000).clip(0, DAY - 1)
    which = (usr * 7_919 + t // DAY * 104_729 + random.integers(0, 2, len(t))) % len(sitting)
    seconds = (sitting[which] + random.exponential(600, len(t))).clip(0, DAY - 1).astype(numpy.int64)
    return [usr, t + seconds, course, lecture, n]


def same(metric, ours, peers):
    if ours == peers:
        return
    for place, (mine, their) in enumerate(zip(ours, peers)):
        if mine != their:
            raise SystemExit(f"{metric}: row {place} differs: {mine} and {their}")
    raise SystemExit(f"{metric}: {len(ours)} rows and {len(peers)}")


def compare(report, ours, peer, title, metric, name, arguments, values, rounds):
    mine, their = [], []
    for _ in range(rounds):
        seconds, rows = ours.run(metric, name, *arguments)
        mine.append(seconds)
        seconds, answer = peer.run(metric, events=name, **values)
        their.append(seconds)
        same(metric, rows, answer)
    report.time(title, statistics.median(mine), statistics.median(their), remark=SYNTHETIC if name == "times" else "")


def metrics(report, ours, peer, sets, kinds, rounds):
    days, times = sets["days"], sets["times"]
    first, last = int(days[1].min()) // DAY * DAY, int(days[1].max()) // DAY * DAY
    weeks = (last - first) // WEEK + 1
    by_day = (first, last + DAY, DAY)
    by_week = (first, first + weeks * WEEK, WEEK)
    start = {"start": first}
    run = lambda *arguments: compare(report, ours, peer, *arguments, rounds)
    run("daily active", "daily_active", "days", by_day, {})
    run("weekly cohorts", "weekly_cohorts", "days", by_week, start)
    run("sessions", "sessions", "times", (1800,), {})
    run("per lecture", "per_lecture", "days", (), {})
    run("exact percentiles", "exact_percentiles", "days", by_week, start)
    files = []
    for step, kind in enumerate(("homepage", "oucontent", "forumng", "quiz"), 1):
        chosen = [lecture for lecture, its in kinds.items() if its == kind]
        peer.lectures(f"step{step}", chosen)
        files.append(ours.folder / f"step{step}")
        files[-1].write_text("\n".join(map(str, chosen)))
    run("funnel 4 steps", "funnel", "times", files, {})
    moment = int(numpy.quantile(times[1], 0.8)) // DAY * DAY
    run("idle 7 days", "idle", "days", (moment, WEEK), {"at": moment})


def export_csv(report, ours, peer, rounds):
    """The same columns; each in the format of times that is its own."""
    peer.duck.execute("CREATE OR REPLACE TABLE exported AS SELECT usr AS user, make_timestamp(t * 1000000) AS time, course, "
                      "lecture, 'opened' AS kind, n AS count FROM days ORDER BY rn")
    my_path, their_path = ours.folder / "ours.csv", ours.folder / "peer.csv"
    mine, their = [], []
    for _ in range(rounds):
        mine.append(ours.ask("csv", "days", my_path)["seconds"])
        began = time.perf_counter()
        peer.duck.execute(f"COPY exported TO '{their_path}' (HEADER)")
        their.append(time.perf_counter() - began)
    types = "{user: 'BIGINT', time: 'TIMESTAMPTZ', course: 'BIGINT', lecture: 'BIGINT', kind: 'VARCHAR', count: 'BIGINT'}"
    peer.duck.execute("SET TimeZone = 'UTC'")
    read = lambda path: f"SELECT * FROM read_csv('{path}', header = true, types = {types})"
    for one, other in ((my_path, their_path), (their_path, my_path)):
        differing = peer.duck.execute(f"SELECT count(*) FROM ({read(one)} EXCEPT ALL {read(other)})").fetchone()[0]
        if differing:
            raise SystemExit(f"export csv: {differing} rows of {one.name} are not in {other.name}")
    report.time("export csv of frame columns", statistics.median(mine), statistics.median(their))
    my_path.unlink(), their_path.unlink()


def durations_of(folder):
    """Days from registration until unregistration, or the end of the presentation."""
    opened = lambda name: (gzip.open(folder / f"{name}.csv.gz", "rt") if (folder / f"{name}.csv.gz").exists()
                           else open(folder / f"{name}.csv"))
    with opened("courses") as file:
        length = {(row["code_module"], row["code_presentation"]): float(row["module_presentation_length"])
                  for row in csv.DictReader(file)}
    durations, observed = [], []
    with opened("studentRegistration") as file:
        for row in csv.DictReader(file):
            if row["date_registration"] in ("", "?"):
                continue
            left = row["date_unregistration"] not in ("", "?")
            end = float(row["date_unregistration"]) if left else length[row["code_module"], row["code_presentation"]]
            if end >= float(row["date_registration"]):
                durations.append(end - float(row["date_registration"]))
                observed.append(left)
    return numpy.array(durations), numpy.array(observed)


def kaplan_meier(report, ours, folder, rounds):
    if folder:
        durations, observed = durations_of(folder)
    else:
        random = numpy.random.default_rng(SEED)
        durations, observed = numpy.floor(random.exponential(150, 20_000)), random.random(20_000) < 0.6
    path, answer = ours.folder / "durations", ours.folder / "curve"
    with open(path, "wb") as file:
        numpy.array([len(durations)], numpy.int64).tofile(file)
        durations.astype(numpy.float64).tofile(file)
        observed.astype(numpy.uint8).tofile(file)
    mine, their = [], []
    for _ in range(rounds):
        mine.append(ours.ask("kaplan_meier", path, answer, 20)["seconds"])
        began = time.perf_counter()
        fitter = lifelines.KaplanMeierFitter().fit(durations, observed)
        their.append(time.perf_counter() - began)
    curve = numpy.loadtxt(answer, delimiter=",", ndmin=2)
    expected = fitter.survival_function_["KM_estimate"].reindex(curve[:, 0]).to_numpy()
    worst = numpy.abs(curve[:, 3] - expected).max()
    if not worst < 1e-8:
        raise SystemExit(f"kaplan-meier: {worst} from lifelines")
    report.note(f"kaplan-meier: {len(durations)} durations, at most {worst:.1e} from lifelines")
    report.time("kaplan-meier", statistics.median(mine), statistics.median(their))


def of_school(report, options, folder):
    """What needs a school: measured by the program of the other groups."""
    path = folder / "school.json"
    words = [options.school, "analytics", "--dir", options.dir, "--json", str(path)]
    if options.data:
        words += ["--oulad", options.data]
    if subprocess.run(words, stdout=subprocess.DEVNULL).returncode != 0:
        raise SystemExit("analytics: the school's part failed")
    for line in path.read_text().splitlines():
        row = json.loads(line)
        report.add(row["name"], row["ours"], row.get("peer"), row.get("ratio"), row["unit"])


def scale(report, ours, columns):
    """Milliseconds and bytes as the log grows: learners once, then copies of them."""
    usr, t, course, lecture, n = columns
    first, last = int(t.min()) // DAY * DAY, int(t.max()) // DAY * DAY
    for millions in (1, 7, 70):
        size = millions * 1_000_000
        copies = -(-size // len(usr))
        take = lambda column: numpy.tile(column, copies)[:size]
        users = numpy.concatenate([usr + 10_000_000 * copy for copy in range(copies)])[:size]
        loaded = ours.load("scaled", [users, take(t), take(course), take(lecture), take(n)])
        costs = {}
        for metric, arguments in (("daily_active", (first, last + DAY, DAY)), ("per_lecture", ())):
            costs[metric] = statistics.median(ours.run(metric, "scaled", *arguments)[0] for _ in range(5))
        report.add(f"scale {millions} M: bytes an event", loaded["bytes"] / loaded["events"], None, None, "bytes")
        report.add(f"scale {millions} M: frame made", loaded["seconds"] * 1e3, None, None, "ms")
        for metric, seconds in costs.items():
            report.add(f"scale {millions} M: {metric}", seconds * 1e3, None, None, "ms")


PARTS = ("metrics", "csv", "survival", "school", "scale")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--worker", required=True)
    parser.add_argument("--school", required=True)
    parser.add_argument("--data")
    parser.add_argument("--json")
    parser.add_argument("--dir", required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", choices=PARTS)
    options = parser.parse_args()
    if not options.data:
        print("analytics: no dataset: give its folder by --data; synthetic events are measured")
    with tempfile.TemporaryDirectory(dir=options.dir) as folder:
        run(options, pathlib.Path(folder))


def run(options, folder):
    report = Report(options.json)
    ours, peer = Ours(options.worker, folder), Peer()
    data = pathlib.Path(options.data) if options.data else None
    wanted = lambda part: options.only in (None, part)
    rounds = 3 if options.quick else ROUNDS
    if wanted("metrics") or wanted("csv") or wanted("scale"):
        columns, kinds = read_oulad(data) if data else synthetic(1_000_000 if options.quick else 7_000_000)
    if wanted("metrics") or wanted("csv"):
        # As a log has them: in the order of time.
        order = numpy.argsort(columns[1], kind="stable")
        days = [column[order] for column in columns]
        times = with_times(days)
        order = numpy.argsort(times[1], kind="stable")
        sets = {"days": days, "times": [column[order] for column in times]}
        for name, each in sets.items():
            loaded = ours.load(name, each)
            peer.load(name, each)
            report.note(f"{name}: {loaded['events']} events of {loaded['learners']} learners, "
                        f"{loaded['bytes'] / loaded['events']:.2f} bytes an event, made in {loaded['seconds']:.2f} s")
        if wanted("metrics"):
            metrics(report, ours, peer, sets, kinds, rounds)
        if wanted("csv"):
            export_csv(report, ours, peer, rounds)
    if wanted("survival"):
        kaplan_meier(report, ours, data, rounds)
    if wanted("school"):
        of_school(report, options, folder)
    if options.only == "scale" or (options.only is None and not options.quick):
        scale(report, ours, columns)
    ours.close()


if __name__ == "__main__":
    main()
