"""The peers behind one shape: fit(train) -> object with rank(users, k) and score(table)."""

import contextlib
import io
import time

import numpy
from implicit.cpu.als import AlternatingLeastSquares
import irspack


class Implicit:
    """implicit's ALS; the time of a sweep is what it reports itself."""

    def __init__(self, train, factors, threads, *, iterations=15, use_cg=True, regularization=0.01, alpha=1.0, seed=42):
        self.train, self.sweeps = train, []
        self.model = AlternatingLeastSquares(
            factors=factors, regularization=regularization, alpha=alpha, use_cg=use_cg,
            iterations=iterations, num_threads=threads, random_state=seed)
        began = time.perf_counter()
        self.model.fit(train, show_progress=False, callback=lambda _, seconds, *__: self.sweeps.append(seconds))
        self.seconds = time.perf_counter() - began

    def rank(self, k):
        users = numpy.arange(self.train.shape[0])
        ids, _ = self.model.recommend(users, self.train, N=k, filter_already_liked_items=True)
        return ids

    def score(self, table):
        users = self.model.user_factors[table[:, 0]]
        return numpy.einsum("uf,ucf->uc", users, self.model.item_factors[table[:, 1:]])


class Irspack:
    """A recommender of irspack."""

    def __init__(self, train, kind, threads, **settings):
        self.train = train
        if kind == "IALSRecommender":
            settings["n_threads"] = threads
        self.model = getattr(irspack, kind)(train.astype(numpy.float64), **settings)
        began = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()):  # its progress bar
            self.model.learn()
        self.seconds = time.perf_counter() - began

    def scores(self, users):
        return numpy.asarray(self.model.get_score(users))

    def rank(self, k, block=500):
        ids = numpy.empty((self.train.shape[0], k), numpy.int64)
        for begin in range(0, len(ids), block):
            users = numpy.arange(begin, min(begin + block, len(ids)))
            scores = self.scores(users)
            for row, user in enumerate(users):
                scores[row, self.train.indices[self.train.indptr[user] : self.train.indptr[user + 1]]] = -numpy.inf
            best = numpy.argpartition(-scores, k, axis=1)[:, :k]
            order = numpy.argsort(-numpy.take_along_axis(scores, best, 1), axis=1, kind="stable")
            ids[users] = numpy.take_along_axis(best, order, 1)
        return ids

    def score(self, table, block=500):
        result = numpy.empty((len(table), table.shape[1] - 1), numpy.float32)
        for begin in range(0, len(table), block):
            part = table[begin : begin + block]
            result[begin : begin + block] = numpy.take_along_axis(self.scores(part[:, 0]), part[:, 1:], 1)
        return result


def nearest_by_text(train, texts, k):
    """scikit-learn: a user's items' TF-IDF vectors, summed, and the texts nearest to that.

    Words, and one and two characters of Chinese: the better of two analyzers is the peer.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    best = []
    for vectorizer in (TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 2), sublinear_tf=True),
                       TfidfVectorizer(token_pattern=r"[一-鿿]|\w+", ngram_range=(1, 2), sublinear_tf=True)):
        vectors = vectorizer.fit_transform(texts)
        best.append(lambda users, items, vectors=vectors: (train[users] @ vectors) @ vectors[items].T)
    return best
