"""Ours and the peers in turns on one machine: quality, speed, memory. See ../run.sh."""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # implicit asks for it: its threads are its own

import numpy
import scipy.sparse

import data
import metrics
import peers
from worker_process import WorkerProcess

THREADS = 2
SETTINGS = pathlib.Path(__file__).resolve().parents[3] / "examples/recommender_lab/settings"


class Report:
    """Rows as a table on standard output and as lines of JSON."""

    def __init__(self, path):
        self.file = open(path, "w") if path else None
        self.began = time.perf_counter()
        print(f"{'':34}{'dataset':18}{'ours':>12} {'peer':>12} {'ratio':>8}  unit", flush=True)

    def add(self, name, dataset, ours, peer, ratio, unit):
        row = {"name": name, "dataset": dataset, "ours": ours, "peer": peer, "ratio": ratio, "unit": unit}
        print(f"{name:34}{dataset:18}{ours:12.5g} {peer:12.5g} {ratio:8.3f}  {unit}", flush=True)
        if self.file:
            print(json.dumps(row), file=self.file, flush=True)

    def time(self, name, dataset, ours, peer, unit="s"):
        scale = {"s": 1, "ms": 1e3, "us": 1e6}[unit]
        self.add(name, dataset, ours * scale, peer * scale, peer / ours, unit)

    def share(self, name, dataset, ours, peer):
        self.add(name, dataset, ours, peer, ours / peer, "")

    def note(self, text):
        print(f"  [{time.perf_counter() - self.began:6.0f} s] {text}", file=sys.stderr, flush=True)


class Ours(WorkerProcess):
    """The worker, to which matrices go as files."""

    def load(self, name, rows):
        path = self.folder / f"{name}.csr"
        data.write_csr(rows, path)
        return self.ask("load", name, path)

    def fit(self, name, model, settings):
        words = [f"{key}={value}" for key, value in settings.items()]
        return self.ask("fit", name, THREADS, model, *words)["seconds"]

    def rank(self, name, users, k):
        path = self.folder / "ranking"
        self.ask("rank", name, k, path)
        return numpy.fromfile(path, numpy.int32).reshape(users, k)

    def score(self, name, table):
        path, answer = self.folder / "table", self.folder / "scores"
        table.astype(numpy.int32).tofile(path)
        self.ask("score", name, path, table.shape[1], answer)
        return numpy.fromfile(answer, numpy.float32).reshape(len(table), -1)

    def users(self, ids):
        path = self.folder / "users"
        numpy.asarray(ids, numpy.int32).tofile(path)
        return path


# The model of each figure; its settings are the lab's, so that a user gets the same.
MODELS = {
    "ncf-ml1m": "hybrid",
    "gowalla": "graph_filter",
    "mooccubex-12k": "hybrid",
    "mooccubex-12k, cold": "content",
    "ncf-ml1m, fast": "als",
}


def settings_of(figure):
    """The model and its settings: those of the lab's file, or the usual ones."""
    model = MODELS[figure]
    path = SETTINGS / f"{figure.split(',')[0]}-{model}.txt"
    if not path.exists():
        return model, {}
    lines = [line.split("#")[0].split("=") for line in path.read_text().splitlines()]
    return model, {line[0].strip(): line[1].strip() for line in lines if len(line) == 2}


def ml1m_quality(report, ours, sets, quick):
    train, table = sets["ncf-ml1m"].train, sets["ncf-ml1m"].candidates
    model, settings = settings_of("ncf-ml1m")
    rows = []
    for seed in range(2 if quick else 10):
        seconds = ours.fit("ncf-ml1m", model, settings | {"als.random_state": seed + 1})
        rows.append(metrics.among_candidates(ours.score("ncf-ml1m", table)))
        report.note(f"ncf-ml1m {model} seed {seed + 1}: hr10 {rows[-1][0]:.4f}, ndcg10 {rows[-1][1]:.4f}, fit {seconds:.1f} s")
    their = []
    for seed in range(1 if quick else 3):
        peer = peers.Irspack(train, "IALSRecommender", THREADS, n_components=192, alpha0=0.3, reg=0.007, nu=1.0,
                             solver_type="CHOLESKY", train_epochs=12, random_seed=seed + 1)
        their.append(metrics.among_candidates(peer.score(table)))
        report.note(f"irspack IALS d=192 seed {seed + 1}: {their[-1]}, fit {peer.seconds:.1f} s")
    implicit = peers.Implicit(train, 192, THREADS, iterations=12)
    theirs = numpy.max([numpy.mean(their, axis=0), metrics.among_candidates(implicit.score(table))], axis=0)
    means = numpy.mean(rows, axis=0)
    report.share("hr10", "ncf-ml1m", float(means[0]), float(theirs[0]))
    report.share("ndcg10", "ncf-ml1m", float(means[1]), float(theirs[1]))


# Settings of the peers: those of the papers, or the best that were found on a part of the train set.
FULL_RANKING_PEERS = {
    "gowalla": [("IALSRecommender", dict(n_components=256, alpha0=0.1, reg=0.003, solver_type="CG", train_epochs=12)),
                ("RP3betaRecommender", dict(alpha=1.0, beta=0.5, top_k=200))],
    "mooccubex-12k": [("IALSRecommender", dict(n_components=64, alpha0=0.1, reg=0.003, solver_type="CG", train_epochs=12)),
                      ("DenseSLIMRecommender", dict(reg=300.0))],
}


def full_ranking_quality(report, ours, sets, quick):
    for name, models in FULL_RANKING_PEERS.items():
        train, test = sets[name].train, sets[name].test
        model, settings = settings_of(name)
        seconds = ours.fit(name, model, settings)
        mine = metrics.at_k(ours.rank(name, train.shape[0], 20), test, 20)
        report.note(f"{name} {model}: recall20 {mine[0]:.4f}, ndcg20 {mine[1]:.4f}, fit {seconds:.1f} s")
        their = []
        for kind, options in models[: 1 if quick else None]:
            peer = peers.Irspack(train, kind, THREADS, **options)
            their.append(metrics.at_k(peer.rank(20), test, 20))
            report.note(f"{name} irspack {kind}: {their[-1]}, fit {peer.seconds:.1f} s")
        if not quick:
            peer = peers.Implicit(train, 128, THREADS, iterations=15)
            their.append(metrics.at_k(peer.rank(20), test, 20))
            report.note(f"{name} implicit f=128: {their[-1]}, fit {peer.seconds:.1f} s")
        best = numpy.max(their, axis=0)
        report.share("recall20", name, mine[0], float(best[0]))
        report.share("ndcg20", name, mine[1], float(best[1]))


def text_of(profile):
    return " ".join([profile.get("name", ""), profile.get("about", "")]).replace("\t", " ").replace("\n", " ")


def write_profiles(profiles, path):
    """As the worker reads them. Both sides get name, description, fields, teachers and concepts."""
    def words(profile, *keys):
        return "\x1f".join(str(word).replace("\t", " ").replace("\n", " ") for key in keys for word in profile.get(key) or [])
    with open(path, "w") as file:
        for profile in profiles:
            fields = [text_of(profile), words(profile, "fields"), words(profile, "teacher_ids", "school_ids"),
                      words(profile, "key_concepts", "concepts")]
            print("\t".join(fields), file=file)


def cold_recall(report, ours, sets, quick):
    name = "mooccubex-12k"
    full, profiles = (sets[name].train + sets[name].test).tocsr(), sets[name].profiles
    with open(ours.folder / "profiles") as lines:
        texts = [line.replace("\t", " ").replace("\x1f", " ") for line in lines]
    model, settings = settings_of(f"{name}, cold")
    mine, their, chance = [], [], []
    for draw in range(2 if quick else 10):
        random = numpy.random.default_rng(draw + 1)
        cold = numpy.sort(random.choice(full.shape[1], full.shape[1] // 10, replace=False))
        kept = numpy.ones(full.shape[1], bool)
        kept[cold] = False
        train = full @ scipy.sparse.diags(kept.astype(numpy.float32))
        train.eliminate_zeros()
        train = train.tocsr()
        train.sort_indices()
        test = full[:, cold].tocsr()
        ours.load("cold", train)
        ours.fit("cold", model, settings)
        users = numpy.arange(full.shape[0], dtype=numpy.int32)[:, None]
        table = numpy.concatenate([users, numpy.broadcast_to(cold.astype(numpy.int32), (len(users), len(cold)))], axis=1)
        mine.append(metrics.at_k(numpy.argsort(-ours.score("cold", table), axis=1, kind="stable"), test, 20)[0])
        both = []
        for scores in peers.nearest_by_text(train, texts, 20):
            matrix = numpy.asarray(scores(users[:, 0], cold).todense())
            both.append(metrics.at_k(numpy.argsort(-matrix, axis=1, kind="stable"), test, 20)[0])
        their.append(max(both))
        ranks = random.random((full.shape[0], len(cold))).argsort(axis=1)
        chance.append(metrics.at_k(ranks, test, 20)[0])
        report.note(f"cold draw {draw + 1}: ours {mine[-1]:.4f}, TF-IDF {their[-1]:.4f}, random {chance[-1]:.4f}")
    report.share("cold recall20", name, float(numpy.mean(mine)), float(numpy.mean(their)))
    report.share("cold recall20 of random", name, float(numpy.mean(mine)), float(numpy.mean(chance)))


# With weights of 1 and alpha 1, implicit has nothing to add to the Gram matrix for what a user has (it adds
# alpha * weight - 1 times each item), and BLAS skips it. Any other alpha makes it do the work of the method.
ALPHA = 2.0


def sweeps(report, ours, sets, quick):
    for name in ("ncf-ml1m", "mooccubex-12k", "gowalla", "synthetic-course"):
        train = sets[name].train
        mine, their = [], []
        for turn in range(1 if quick else 5):
            # The whole fit, divided: it bears its start and its end too.
            mine.append(ours.fit(name, "als", {"factors": 128, "iterations": 4, "alpha": ALPHA}) / 4)
            their += peers.Implicit(train, 128, THREADS, iterations=1, use_cg=False, alpha=ALPHA).sweeps
        report.time("sweep f128 exact", name, statistics.median(mine), statistics.median(their), "ms")


def best_time(times):
    return min(times, default=float("inf"))


# What the peers are given to choose from for the time to a quality.
GRID = [dict(n_components=factors, alpha0=0.3, reg=0.007, solver_type=solver)
        for factors in (96, 128, 192) for solver in ("CG", "CHOLESKY", "IALSPP")]


def time_to_quality(report, ours, sets, quick, goal=0.7257):
    """The time of the first number of sweeps whose mean over three seeds reaches the goal."""
    train, table = sets["ncf-ml1m"].train, sets["ncf-ml1m"].candidates

    def reached(fit_and_score, sweeps, bound):
        times, values = [], []
        for seed in (1, 2, 3):
            seconds, scores = fit_and_score(sweeps, seed)
            times.append(seconds)
            values.append(metrics.among_candidates(scores)[0])
        if statistics.median(times) > bound:
            return float("inf"), None
        return (statistics.median(times), sweeps) if numpy.mean(values) >= goal else None

    def first(fit_and_score, counts, bound=float("inf")):
        for sweeps in counts:
            found = reached(fit_and_score, sweeps, bound)
            if found:
                return found
        return float("inf"), None

    model, settings = settings_of("ncf-ml1m, fast")

    def mine(sweeps, seed):
        seconds = ours.fit("ncf-ml1m", model, settings | {"iterations": sweeps, "random_state": seed})
        return seconds, ours.score("ncf-ml1m", table)

    seconds, count = first(mine, range(2, 17))
    report.note(f"ours reaches hr10 {goal} after {count} sweeps, {seconds:.2f} s")
    times = []
    for options in GRID[: 1 if quick else None]:
        def peer(sweeps, seed):
            fitted = peers.Irspack(train, "IALSRecommender", THREADS, train_epochs=sweeps, random_seed=seed, **options)
            return fitted.seconds, fitted.score(table)
        took, sweeps_needed = first(peer, (4, 6, 8, 10, 12, 16), best_time(times))
        report.note(f"irspack {options} reaches it after {sweeps_needed} epochs, {took:.2f} s")
        times.append(took)
    report.time("time to hr10 .7257", "ncf-ml1m", seconds, best_time(times))


def serving(report, ours, sets, quick):
    name = "mooccubex-12k"
    train = sets[name].train
    peer = peers.Implicit(train, 64, THREADS)
    ours.fit(name, "als", {"factors": 64})
    random = numpy.random.default_rng(1)
    users = random.choice(train.shape[0], 2000, replace=False)
    path = ours.users(users)
    ours.ask("one", name, path)
    mine = ours.ask("one", name, path)["seconds"]
    their = []
    for user in users:
        row = train[user]
        began = time.perf_counter()
        peer.model.recommend(user, row, N=10)
        their.append(time.perf_counter() - began)
    report.time("recommend one user f64 p50", name, statistics.median(mine), statistics.median(their), "us")

    mine, their, rows = [], [], train[users]
    for turn in range(3 if quick else 11):
        mine.append(ours.ask("batch", name, path, THREADS)["seconds"])
        began = time.perf_counter()
        peer.model.recommend(users, rows, N=10)
        their.append(time.perf_counter() - began)
    report.time("recommend batch 2000 users f64", name, statistics.median(mine), statistics.median(their), "ms")
    fold_in(report, ours, train, peer)


def fold_in(report, ours, train, peer):
    name, random = "mooccubex-12k", numpy.random.default_rng(2)
    learners = scipy.sparse.csr_matrix(
        (numpy.ones(500 * 20, numpy.float32),
         numpy.concatenate([numpy.sort(random.choice(train.shape[1], 20, replace=False)) for _ in range(500)]),
         numpy.arange(501) * 20), shape=(500, train.shape[1]))
    path = ours.folder / "learners.csr"
    data.write_csr(learners, path)
    ours.fit(name, "als", {"factors": 64, "regularization": 0.003, "unobserved_weight": 0.1})
    ours.ask("fold", name, path)
    mine = ours.ask("fold", name, path)["seconds"]
    their = []
    peer.model.num_threads = 1  # for one learner a second thread costs it more than it does
    for learner in range(learners.shape[0]):
        row = learners[learner]
        began = time.perf_counter()
        peer.model.recommend(0, row, N=10, recalculate_user=True)
        their.append(time.perf_counter() - began)
    check_fold_in(report, ours, learners, path)
    report.time("fold-in and recommend, 20 courses", name, statistics.median(mine), statistics.median(their), "us")


def check_fold_in(report, ours, learners, path):
    """Against the normal equations, solved in double."""
    factors_path = ours.folder / "factors"
    f = ours.ask("factors", factors_path)["factors"]
    items = numpy.fromfile(factors_path, numpy.float32).reshape(-1, f).astype(float)
    vectors = numpy.fromfile(f"{path}.vectors", numpy.float32).reshape(-1, f)
    gram, worst = items.T @ items, 0.0
    for learner, vector in enumerate(vectors):
        own = items[learners.indices[learners.indptr[learner] : learners.indptr[learner + 1]]]
        ridge = 0.003 * (len(own) + 0.1 * len(items))
        exact = numpy.linalg.solve(0.1 * gram + own.T @ own + ridge * numpy.eye(f), own.sum(axis=0))
        worst = max(worst, float(numpy.abs(vector - exact).max() / numpy.abs(exact).max()))
    report.note(f"fold-in: worst relative difference from a full solution {worst:.1e}")
    if worst > 1e-5:
        raise SystemExit("fold-in differs from a full solution by more than 1e-5")


def memory(report, program, sets):
    name, f = "gowalla", 128
    train = sets[name].train
    with tempfile.TemporaryDirectory() as folder:
        ours = Ours(program, folder)
        ours.load(name, train)
        used = ours.ask("memory", name, THREADS, "als", f"factors={f}", "iterations=2")["bytes"]
        ours.close()
    matrices = sum(train.shape) * f * 4
    # For the peer the same, by its own process.
    code = ("import sys,pathlib; sys.path.insert(0, sys.argv[1]); import data, peers, gc\n"
            "d = data.gowalla(pathlib.Path(sys.argv[2])).train; t = d.T.tocsr(); gc.collect()\n"
            "peers.Implicit(d[:50], 8, 1, iterations=1)\n"
            "read = lambda k: next(int(l.split()[1]) * 1024 for l in open('/proc/self/status') if l.startswith(k))\n"
            "open('/proc/self/clear_refs', 'w').write('5'); before = read('VmRSS')\n"
            f"peers.Implicit(d, {f}, {THREADS}, iterations=2, use_cg=False)\n"
            "print(read('VmHWM') - before - t.data.nbytes - t.indices.nbytes - t.indptr.nbytes)")
    answer = subprocess.run([sys.executable, "-c", code, str(pathlib.Path(__file__).parent), sets["root"]],
                            capture_output=True, text=True, check=True)
    peer = float(answer.stdout)
    report.note(f"peak beyond the data: ours {used / 2**20:.1f} MiB, implicit {peer / 2**20:.1f} MiB, "
                f"both matrices {matrices / 2**20:.1f} MiB")
    report.add("peak memory", name, matrices / used, matrices / peer, peer / used, "matrices / peak")


PARTS = ("sweeps", "serving", "memory", "cold", "full", "ml1m", "time")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--worker", required=True)
    parser.add_argument("--data", default="")
    parser.add_argument("--json")
    parser.add_argument("--dir")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", choices=PARTS)
    options = parser.parse_args()
    root = data.folder_of(options.data)
    if root is None:
        print("recommender: no data: give the folder with ncf-ml1m, gowalla and mooccubex-12k by --data; "
              "only the synthetic set is measured")
    with tempfile.TemporaryDirectory(dir=options.dir) as folder:
        run(options, root, folder)


def run(options, root, folder):
    report = Report(options.json)
    ours = Ours(options.worker, folder)
    sets = {"root": str(root), "synthetic-course": data.synthetic_course()}
    if root:
        sets |= {each.name: each for each in (data.ml1m(root), data.gowalla(root), data.mooccubex(root))}
    for name, each in sets.items():
        if name != "root":
            loaded = ours.load(name, each.train)
            report.note(f"{name}: {each.train.shape[0]} x {each.train.shape[1]}, {loaded['pairs']} pairs; kernels {loaded['kernels']}")
    if root:
        path = ours.folder / "profiles"
        write_profiles(sets["mooccubex-12k"].profiles, path)
        ours.ask("profiles", path)
    wanted = lambda part: options.only in (None, part)
    if not root:
        mine = statistics.median(ours.fit("synthetic-course", "als", {"factors": 128, "iterations": 4}) / 4 for _ in range(3))
        their = statistics.median(peers.Implicit(sets["synthetic-course"].train, 128, THREADS, iterations=1, use_cg=False,
                                                 alpha=ALPHA).sweeps)
        report.time("sweep f128 exact", "synthetic-course", mine, their, "ms")
        return
    if wanted("sweeps"):
        sweeps(report, ours, sets, options.quick)
    if wanted("serving"):
        serving(report, ours, sets, options.quick)
    if wanted("memory"):
        memory(report, options.worker, sets)
    if wanted("cold"):
        cold_recall(report, ours, sets, options.quick)
    if wanted("full"):
        full_ranking_quality(report, ours, sets, options.quick)
    if wanted("ml1m"):
        ml1m_quality(report, ours, sets, options.quick)
    if wanted("time") and not options.quick:
        time_to_quality(report, ours, sets, options.quick)


if __name__ == "__main__":
    main()
