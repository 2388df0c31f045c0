"""What is counted, by the same code for both sides."""

import numpy


def at_k(ids, test, k):
    """recall and ndcg at k over the users who have something in `test`; ids is users x k."""
    recalls, ndcgs = [], []
    discounts = 1.0 / numpy.log2(numpy.arange(2, k + 2))
    ideal = numpy.cumsum(discounts)
    for user in range(test.shape[0]):
        wanted = test.indices[test.indptr[user] : test.indptr[user + 1]]
        if not len(wanted):
            continue
        hits = numpy.isin(ids[user, :k], wanted)
        recalls.append(hits.sum() / len(wanted))
        ndcgs.append((hits * discounts).sum() / ideal[min(k, len(wanted)) - 1])
    return float(numpy.mean(recalls)), float(numpy.mean(ndcgs))


def among_candidates(scores, k=10):
    """hr and ndcg at k of the first column among its row; ties count against it."""
    ranks = (scores[:, 1:] >= scores[:, :1]).sum(axis=1)
    hits = ranks < k
    return float(hits.mean()), float((hits / numpy.log2(ranks + 2)).mean())
