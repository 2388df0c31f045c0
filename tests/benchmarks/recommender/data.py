"""The data sets, as rows of users, and the files through which the worker gets them."""

import gzip
import json
import pathlib

import numpy
import scipy.sparse


def read_rows(path):
    """Lines `user item item ...` as a list of (user, items)."""
    rows = []
    with gzip.open(path, "rt") as lines:
        for line in lines:
            numbers = [int(word) for word in line.split()]
            if len(numbers) > 1:
                rows.append((numbers[0], numbers[1:]))
    return rows


def matrix(rows, shape=None):
    """A CSR matrix of ones; pairs that occur twice count once."""
    users = numpy.concatenate([numpy.full(len(items), user) for user, items in rows])
    items = numpy.concatenate([numpy.asarray(items) for _, items in rows])
    shape = shape or (int(users.max()) + 1, int(items.max()) + 1)
    result = scipy.sparse.csr_matrix((numpy.ones(len(users), numpy.float32), (users, items)), shape=shape)
    result.data[:] = 1.0
    result.sort_indices()
    return result


class DataSet:
    """train and test as CSR; candidates, where the protocol ranks 1 + 99."""

    def __init__(self, name, train, test=None, candidates=None, profiles=None):
        self.name, self.train, self.test = name, train, test
        self.candidates, self.profiles = candidates, profiles


def split_files(name, folder):
    train_rows, test_rows = read_rows(folder / "train.txt.gz"), read_rows(folder / "test.txt.gz")
    users = 1 + max(user for user, _ in train_rows + test_rows)
    items = 1 + max(max(items) for _, items in train_rows + test_rows)
    shape = (users, items)
    return DataSet(name, matrix(train_rows, shape), matrix(test_rows, shape))


def gowalla(root):
    return split_files("gowalla", root / "gowalla")


def mooccubex(root):
    data = split_files("mooccubex-12k", root / "mooccubex-12k")
    data.profiles = [{} for _ in range(data.train.shape[1])]
    with gzip.open(root / "mooccubex-12k" / "course_profiles.jsonl.gz", "rt") as lines:
        for line in lines:
            profile = json.loads(line)
            data.profiles[profile["mapped_id"]] = profile
    return data


def ml1m(root):
    folder = root / "ncf-ml1m"
    positives = {}
    with gzip.open(folder / "ml-1m.test.rating.gz", "rt") as lines:
        for line in lines:
            user, item = line.split()[:2]
            positives[int(user)] = int(item)
    candidates = numpy.zeros((len(positives), 101), numpy.int32)
    with gzip.open(folder / "ml-1m.test.negative.gz", "rt") as lines:
        for row, line in enumerate(lines):
            words = line.rstrip("\n").split("\t")
            user = int(words[0].strip("()").split(",")[0])
            candidates[row] = [user, positives[user], *map(int, words[1:])]
    train_rows = read_rows(folder / "train.txt.gz")
    users = max(max(user for user, _ in train_rows), int(candidates[:, 0].max())) + 1
    items = max(max(max(items) for _, items in train_rows), int(candidates[:, 1:].max())) + 1
    return DataSet("ncf-ml1m", matrix(train_rows, (users, items)), candidates=candidates)


def synthetic_course(seed=1):
    """100,000 learners of 3,300 courses, about 1.2 M pairs: a median of 7 courses, popularity by Zipf."""
    random = numpy.random.default_rng(seed)
    learners, courses = 100_000, 3_300
    counts = numpy.clip(numpy.round(numpy.exp(random.normal(numpy.log(7.0), 1.1, learners))), 1, 600).astype(int)
    popularity = 1.0 / numpy.arange(1, courses + 1)
    popularity /= popularity.sum()
    edges = numpy.cumsum(popularity)
    users = numpy.repeat(numpy.arange(learners), counts)
    # Pairs drawn twice are drawn again, so that the number of courses of a learner stays.
    items = numpy.minimum(numpy.searchsorted(edges, random.random(len(users))), courses - 1)
    for _ in range(200):
        keys = users.astype(numpy.int64) * courses + items
        order = numpy.argsort(keys, kind="stable")
        again = order[1:][keys[order][1:] == keys[order][:-1]]
        if not len(again):
            break
        items[again] = numpy.minimum(numpy.searchsorted(edges, random.random(len(again))), courses - 1)
    train = scipy.sparse.csr_matrix(
        (numpy.ones(len(users), numpy.float32), (users, items)), shape=(learners, courses))
    train.data[:] = 1.0
    train.sort_indices()
    return DataSet("synthetic-course", train)


def write_csr(rows, path):
    """int32 users, int32 items, int64 pairs; int64 offsets; int32 ids. The worker reads this."""
    with open(path, "wb") as file:
        numpy.asarray(rows.shape, numpy.int32).tofile(file)
        numpy.asarray([rows.nnz], numpy.int64).tofile(file)
        rows.indptr.astype(numpy.int64).tofile(file)
        rows.indices.astype(numpy.int32).tofile(file)


def folder_of(text):
    root = pathlib.Path(text)
    return root if root.is_dir() else None
